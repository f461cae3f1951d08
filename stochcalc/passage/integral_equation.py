"""The law of the first passage of a Brownian motion through a curve, by an integral equation.

The curve is c(s) = A sqrt(1 + s) - B with c(0) > 0, and the motion starts at 0. The density f of
the first time at which the motion is on the curve solves

    f(s) = p(c(s), s) (c(s)/s - c'(s))
           + int_0^s f(u) p(c(s) - c(u), s - u) (c'(s) - (c(s) - c(u))/(s - u)) du

with p(x, s) the density of N(0, s). With R = sqrt(1 + s) and Q = sqrt(1 + u) the last bracket is
-A (s - u)/(2 R (R + Q)^2), so nothing cancels. The kernel vanishes like sqrt(s - u).

The equation is solved for s f(s) as a polynomial in log s: it is imposed at Chebyshev points, twice
as many until the answer no longer changes.

Source: Buonocore, Nobile and Ricciardi, Adv. Appl. Probab. 19 (1987) 784.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import chebyshev

from stochcalc.typing import Array

ACCURACY = 1e-9  # the largest change from N to 2 N polynomials
DEGREES = (64, 128, 256, 512)
EARLY = 80.0  # c^2/s above which a passage has a probability below e^-40


def curve_passage(s: Array, A: float, B: float) -> Array | None:
    """Return the probability of a passage by each time s, or None if 512 polynomials do not do.

    Parameters
    ----------
    s : ndarray
        Times on the clock of the motion, not negative.
    A, B : float
        The parameters of the curve.

    Returns
    -------
    ndarray, of the shape of s, or None
        The probabilities, right to 1e-9.
    """
    low = _earliest(A, B)
    high = float(s.max())
    if high <= low:
        return np.zeros_like(s)
    before = None
    for degree in DEGREES:
        solved = _solve(np.maximum(s, low), A, B, low, high, degree)
        found = np.where(s > low, solved, 0.0)
        if before is not None and np.abs(found - before).max() < ACCURACY:
            return found
        before = found
    return None


def _earliest(A: float, B: float) -> float:
    """Return a time before which the curve is far out of reach."""
    s = (A - B) ** 2 / EARLY
    while A * math.sqrt(1.0 + s) - B < math.sqrt(EARLY * s):
        s *= 0.5
    return s


def _solve(s: Array, A: float, B: float, low: float, high: float, degree: int) -> Array:
    """Return the probability of a passage by each s in [low, high].

    The solution is a polynomial in log s below a degree.
    """
    middle = 0.5 * math.log(low * high)
    half = 0.5 * math.log(high / low)
    x = np.cos(math.pi * (np.arange(degree) + 0.5) / degree)
    y, weight = np.polynomial.legendre.leggauss(degree)
    y = 0.5 * (y + 1.0)
    weight = 0.5 * weight
    at = np.exp(middle + half * x)
    R = np.sqrt(1.0 + at)
    free = (
        np.exp(-0.5 * (A * R - B) ** 2 / at)
        / np.sqrt(2.0 * math.pi * at)
        * (0.5 * A * (R + 1.0 / R) - B)
    )
    equations = chebyshev.chebvander(x, degree - 1)
    for i in range(degree):
        # With log u = log s - length y^2, the root at u = s becomes a polynomial.
        length = half * (1.0 + x[i])
        gap = -at[i] * np.expm1(-length * y * y)
        two = R[i] + np.sqrt(1.0 + at[i] - gap)
        kernel = (
            -A
            * np.sqrt(gap / (2.0 * math.pi))
            / (2.0 * R[i] * two**2)
            * np.exp(-0.5 * A * A * gap / two**2)
        )
        places = x[i] - length / half * y * y
        equations[i] -= (at[i] * kernel * weight * 2.0 * length * y) @ chebyshev.chebvander(
            places, degree - 1
        )
    total = chebyshev.chebint(np.linalg.solve(equations, free), lbnd=-1.0)
    return np.asarray(
        half * chebyshev.chebval((np.log(s) - middle) / half, total), dtype=np.float64
    )
