"""The integrands of the score-matching losses, one number for each point.

`losses` averages them over data. They are public so that they can be averaged under other weights,
such as those of a quadrature. The derivative of a score along a vector is a central difference
whose step is chosen from the precision of what the score returns.
"""

from __future__ import annotations

import numpy as np

from stochcalc.score.evaluation import check_values, evaluate_as_returned
from stochcalc.typing import Array, Score, ScoreFunction


def explicit_terms(
    score: Score, x: Array, sigma: float, jacobian: ScoreFunction | None = None
) -> Array:
    """Return |s|^2 / 2 + tr grad s at each row of x, which has shape (n, d).

    The trace is explicit, the score matching implicit. Without `jacobian` the trace is a sum of
    central differences along the axes.
    """
    s = _evaluate(score, x, sigma)
    if jacobian is None:
        trace = np.zeros(len(x))
        for axis in np.eye(x.shape[1]):
            trace = trace + _curvature(score, x, sigma, axis, s)
    else:
        matrices = check_values(
            f"jacobian(x, sigma={sigma:g})",
            jacobian(x.copy(), sigma),
            x,
            (*x.shape, x.shape[1]),
            remedy="fix or replace the jacobian, or drop the point",
        )
        trace = np.trace(matrices, axis1=1, axis2=2, dtype=np.float64)
    return 0.5 * _inner(s, s) + trace


def denoising_terms(score: Score, x: Array, sigma: float, z: Array) -> Array:
    """Return |s(x + sigma z, sigma) + z / sigma|^2 / 2 at each row of x and z, both (n, d)."""
    gap = _evaluate(score, x + sigma * z, sigma) + z / sigma
    return 0.5 * _inner(gap, gap)


def sliced_terms(score: Score, x: Array, sigma: float, v: Array) -> Array:
    """Return |s|^2 / 2 + v . (grad s) v at each row of x (n, d), with v of shape (n, d) or (d,)."""
    s = _evaluate(score, x, sigma)
    return 0.5 * _inner(s, s) + _curvature(score, x, sigma, v, s)


def _evaluate(score: Score, x: Array, sigma: float) -> Array:
    """Return s(x, sigma), in single precision if the score returns that."""
    remedy = "fix or replace the score, or drop the point"
    return evaluate_as_returned(score, x, sigma, where="", remedy=remedy)


def _curvature(score: Score, x: Array, sigma: float, v: Array, s: Array) -> Array:
    """Return v . (grad s) v by a central difference of step h |v|; s = score(x) has its precision.

    If the score is known to eps |x| / l^2 and is smooth on the scale l, then the error is about
    (eps |x| / h + h^2 / l^2) / l^2, which is least at the h below.
    """
    length = sigma
    if sigma <= 0:
        length = _spread(x)
    eps = float(np.finfo(s.dtype).eps)
    reach = np.maximum(np.sqrt(_inner(x, x)), length)
    h = np.cbrt(eps * reach * length**2)[:, None] / np.sqrt(np.sum(v * v, axis=-1, keepdims=True))
    up = x + h * v
    down = x - h * v
    width = up - down  # what rounding made of 2 h v
    above = _evaluate(score, up, sigma)
    below = _evaluate(score, down, sigma)
    rise = np.subtract(above, below, dtype=np.float64)
    curvature: Array = _inner(width, rise) / _inner(width, width) * np.sum(v * v, axis=-1)
    return curvature


def _spread(x: Array) -> float:
    """Return the least positive interquartile range of a coordinate, or 1 if there is none.

    Unlike a standard deviation, it does not depend on outliers.
    """
    low, high = np.quantile(x, [0.25, 0.75], axis=0)
    if not (high > low).any():
        return 1.0
    return float(np.min(high - low, where=high > low, initial=np.inf))


def _inner(a: Array, b: Array) -> Array:
    """Return the inner product of each row of a with the same row of b, in double precision."""
    product: Array = np.einsum("ni,ni->n", a, b, dtype=np.float64)
    return product
