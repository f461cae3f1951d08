"""Whether, when and where the bridge of one step crosses a barrier, from three normals."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from stochcalc.engine.registers.choices import choose
from stochcalc.passage.bridges import leave_strip
from stochcalc.typing import Noise

Ends: TypeAlias = tuple[float, float]  # the lower and the upper barrier at one time


def find_crossing_of_one(
    x: float, y: float, variance: float, start: Ends, end: Ends, side: float, normals: Noise
) -> tuple[bool, bool, float, float]:
    """Return whether a bridge crosses one barrier, below or above, and when and where.

    Parameters
    ----------
    x, y : float
        The ends of the bridge.
    variance : float
        s^2 h.
    start, end : tuple of two floats
        The barrier at the start and at the end of the step.
    side : float
        1 for a barrier above the start of the path, -1 for one below.
    normals : three floats
        Standard normals z_1, z_2 and z_3.

    Returns
    -------
    low, high : bool
        Whether the bridge crosses a barrier below, or above.
    share : float
        The time of the crossing from the start of the step, divided by its length.
    where : float
        The barrier at that time.
    """
    a = side * (start[0] - x)  # the distances at both ends
    c = side * (end[0] - y)
    # (z_1^2 + z_2^2)/2 is a standard exponential E. The bridge crosses if E > 2 a c/(s^2 h), and
    # what is left of E is a standard exponential again, so that exp(-excess/variance) is uniform.
    exponential = 0.5 * (normals[0] * normals[0] + normals[1] * normals[1])
    excess = exponential * variance - 2.0 * a * max(c, 0.0)
    share = draw_share(a, c, variance, normals[2], np.exp(-excess / variance))
    hit = excess >= 0.0
    above = side > 0.0
    return hit & (not above), hit & above, share, start[0] + (end[0] - start[0]) * share


def find_crossing_of_two(
    x: float, y: float, variance: float, start: Ends, end: Ends, side: float, normals: Noise
) -> tuple[bool, bool, float, float]:
    """Return whether a bridge first crosses the lower or the upper barrier, and when and where.

    The arguments and the values are those of `find_crossing_of_one`. The time is drawn as if the
    other barrier were not there. That is wrong for a bridge that touches both barriers in one step,
    which has a probability below 4 Phi(-w/sqrt(variance)) for a strip of width w. Where the side is
    not computed (see `bridges`), the bridge crosses at nan.
    """
    a_low = x - start[0]
    a_high = start[1] - x
    c_low = y - end[0]
    c_high = end[1] - y
    p_low, p_high = leave_strip(a_low, a_high, c_low, c_high, variance)
    uniform = np.exp(-0.5 * (normals[0] * normals[0] + normals[1] * normals[1]))
    outside = (c_low <= 0.0) | (c_high <= 0.0)
    low = uniform <= p_low
    high = (not low) & (outside | (uniform <= p_low + p_high))
    a = choose(low, a_low, a_high)
    c = choose(low, c_low, c_high)
    left = choose(low, uniform / p_low, min((uniform - p_low) / p_high, 1.0))
    share = draw_share(a, c, variance, normals[2], left)
    first = choose(low, start[0], start[1])
    last = choose(low, end[0], end[1])
    unknown = p_low != p_low
    where = choose(unknown, math.nan, first + (last - first) * share)
    return low, high | unknown, share, where


def draw_share(a: float, c: float, variance: float, z: float, uniform: float) -> float:
    """Return u/h for a crossing at the time u of a step of length h.

    Parameters
    ----------
    a, c : float
        The distances from the barrier at both ends; c is negative beyond it.
    variance : float
        s^2 h.
    z : float
        A standard normal, z_3.
    uniform : float
        A number that is uniform on (0, 1).
    """
    late = draw_lateness(abs(c), 0.5 * variance * z * z / a, uniform)
    return a / (a + late)


def draw_lateness(c: float, q: float, uniform: float) -> float:
    """Return a (h - u)/u for a crossing at the time u of a step of length h.

    The ratio u/(h - u) is inverse Gaussian with mean a/c and shape a^2/(s^2 h). The lateness is one
    of the two roots of a quadratic equation whose product is c^2, and the uniform number chooses.

    Parameters
    ----------
    c : float
        The distance from the barrier at the end of the step.
    q : float
        s^2 h z_3^2/(2 a), with the distance a at the start and a standard normal z_3.
    uniform : float
        A number that is uniform on (0, 1).
    """
    root = c + q + math.sqrt(q * (2.0 * c + q))
    return c * c / root if uniform * (c + root) < c else root  # a select keeps the lanes packed
