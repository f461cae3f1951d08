"""Checks of the points and the smoothing that a density is evaluated at."""

from __future__ import annotations

from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.typing import Array


def check_rows(x: ArrayLike, dim: int) -> Array:
    """Return `x` as an array of shape (n, dim), one point per row, or raise ValueError."""
    points = checks.array("x", x)
    if points.ndim != 2 or points.shape[1] != dim:
        raise ValueError(f"x has shape {points.shape}: give (n, {dim}), one point per row")
    return points


def check_smoothing(sigma: float, reason: str) -> float:
    """Return sigma > 0 as a float; for sigma = 0 raise ValueError, which gives the reason."""
    if checks.number("sigma", sigma, least=0.0) == 0:
        raise ValueError(f"sigma=0 has no score: {reason}; smooth with sigma > 0")
    return float(sigma)
