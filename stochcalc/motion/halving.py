r"""Levy's construction of Brownian motion: halve the steps, and move each middle by a normal.

Begin with the two ends, W(t_0) = 0 and W(T) = sqrt(T - t_0) z. Given its values at the ends of an
interval of length h, the path is a Brownian bridge there, and so its value in the middle is

    w_mid = (w_left + w_right)/2 + sqrt(h)/2 z

with a standard normal z of its own. Level by level this fills the interval, and the polygons
through the values of each level converge uniformly to a continuous path. At a time that divides h
into two unequal parts, left and right, the weights and the variance are those of the bridge there:

    w_mid = (right w_left + left w_right)/h + sqrt(left right/h) z

Source: Evans (2013), section 3.3; Levy, Processus stochastiques et mouvement brownien (1948).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.constructions import join_corners, make_paths_like
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, Progress, Workers

SAME = 1e-9  # relative to the largest corner: what is nearer differs by rounding alone


@hint_names
def levy_construction(
    W: BrownianPaths,
    level: int,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return the path that Levy's construction has after `level` halvings.

    The normals are those that W itself implies: `recover_normals` solves the formula for z, and
    `build_corners` builds the path from them, level by level. So the corners are W's values, and
    what the function shows is the construction. The next level keeps these corners and moves each
    middle between them by an independent normal.

    Parameters
    ----------
    W : BrownianPaths
        The motion, in any number of components.
    level : int
        Number of halvings, from 0 on; 2**level must divide n.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])
        Straight lines between the 2^level + 1 corners, at the grid times of W: to the bit they are
        `polygon(W, 2**level)`.

    Raises
    ------
    TypeError, ValueError
        If 2**level does not divide n, or the array exceeds the memory budget.

    Notes
    -----
    In the middle of an interval of length h, with a standard normal z_j for each interval,

    .. math:: w_{mid} = \tfrac12 (w_{left} + w_{right}) + \tfrac12 \sqrt{h}\, z_j

    What one level adds to the path are the Schauder functions of this level: tents of height
    sqrt(h)/2 z_j.

    References
    ----------
    Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 3.3. [evans2013]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, rng=1)
    >>> bool((levy_construction(W, 3) == W.values).all())
    True
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W)
    level = checks.integer("level", level, 0, 40)
    n = W.partition.n
    pieces = 2**level
    if n % pieces:
        raise ValueError(
            f"level={level}: 2**{level} pieces must divide n={n}: draw W with n = 2**k, k >= level"
        )
    stride = n // pieces
    times = W.t[::stride]
    construct = functools.partial(_construct, stride=stride, times=times, t=W.t)
    return make_paths_like(W, construct, **means)


def _construct(w: Array, stride: int, times: Array, t: Array) -> Array:
    """Return Levy's construction of paths w at all times t from their normals at every stride."""
    values = w[:, ::stride]
    normals = recover_normals(values, times)
    corners = build_corners(values[:, [0, -1]], normals, times)
    return join_corners(_undo_rounding(corners, values), times, t)


def build_corners(ends: Array, normals: Sequence[Array], t: Array) -> Array:
    """Return the values at all times t that Levy's construction makes of normals.

    Parameters
    ----------
    ends : ndarray, shape (paths, 2[, dim])
        The values at the first time and at the last.
    normals : sequence of ndarray, shapes (paths, 1[, dim]), (paths, 2[, dim]), (paths, 4[, dim]) ..
        Independent standard normals, one for each interval of a level.
    t : ndarray, shape (2^level + 1,)
        The times of the last level.

    Returns
    -------
    ndarray, shape (paths, 2^level + 1[, dim])
    """
    w = ends
    half = len(t) - 1
    for z in normals:
        half //= 2
        # In equal halves: w_mid = (w_left + w_right)/2 + sqrt(h)/2 z
        mean, deviation = _describe_middles(w, t[::half])
        middle = mean + deviation * z
        w = _insert(w, middle)
    return w


def recover_normals(w: Array, t: Array) -> list[Array]:
    """Return the normals from which Levy's construction makes the path w: one array for each level.

    Parameters
    ----------
    w : ndarray, shape (paths, 2^level + 1[, dim])
        Values of paths.
    t : ndarray, shape (2^level + 1,)
        Their times.

    Returns
    -------
    list of ndarray, shapes (paths, 1[, dim]), (paths, 2[, dim]), (paths, 4[, dim]) ...
    """
    normals = []
    half = len(t) - 1
    while half > 1:
        half //= 2
        corners = w[:, :: 2 * half]
        # In equal halves: z = (w_mid - (w_left + w_right)/2)/(sqrt(h)/2)
        mean, deviation = _describe_middles(corners, t[::half])
        normals.append((w[:, half :: 2 * half] - mean) / deviation)
    return normals


def _describe_middles(w: Array, t: Array) -> tuple[Array, Array]:
    """Return the mean and the standard deviation of the bridge between neighbouring values.

    The values w are those at every second time of t; the bridge is described at the times between.
    """
    steps = np.diff(t)
    left = steps[0::2]
    right = steps[1::2]
    if w.ndim == 3:
        left = left[:, None]
        right = right[:, None]
    h = left + right
    mean: Array = (right / h) * w[:, :-1] + (left / h) * w[:, 1:]
    deviation: Array = np.sqrt(left / h * right)
    return mean, deviation


def _insert(w: Array, middle: Array) -> Array:
    """Return the values w with one of `middle` between every two of them."""
    out = np.empty((len(w), w.shape[1] + middle.shape[1], *w.shape[2:]))
    out[:, 0::2] = w
    out[:, 1::2] = middle
    return out


def _undo_rounding(corners: Array, values: Array) -> Array:
    """Return the corners with W's own bits where the way from W to normals and back has rounded."""
    near = SAME * np.abs(values).max()
    return np.where(np.abs(corners - values) <= near, values, corners)
