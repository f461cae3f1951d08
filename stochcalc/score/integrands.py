"""The integrands of the score-matching losses, one number for each point.

`losses` averages them over data. They are public so that they can be averaged under other weights,
such as those of a quadrature. The derivative of a score along a vector is a central difference
whose step is chosen from the precision of what the score returns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def explicit_terms(score: Any, x: Array, sigma: float, jacobian: Any = None) -> Array:
    """Return |s|^2 / 2 + tr grad s at each row of x, which has shape (n, d).

    Without `jacobian` the trace is a sum of central differences along the axes.
    """
    s = evaluate(score, x, sigma)
    if jacobian is None:
        trace = np.zeros(len(x))
        for axis in np.eye(x.shape[1]):
            trace = trace + _curvature(score, x, sigma, axis, s)
    else:
        shape = (*x.shape, x.shape[1])
        matrices = _returned("jacobian", jacobian(x.copy(), sigma), x, sigma, shape)
        trace = np.trace(matrices, axis1=1, axis2=2, dtype=np.float64)
    return 0.5 * _inner(s, s) + trace


def denoising_terms(score: Any, x: Array, sigma: float, z: Array) -> Array:
    """Return |s(x + sigma z, sigma) + z / sigma|^2 / 2 at each row of x and z, both (n, d)."""
    gap = evaluate(score, x + sigma * z, sigma) + z / sigma
    return 0.5 * _inner(gap, gap)


def sliced_terms(score: Any, x: Array, sigma: float, v: Array) -> Array:
    """Return |s|^2 / 2 + v . (grad s) v at each row of x (n, d), with v of shape (n, d) or (d,)."""
    s = evaluate(score, x, sigma)
    return 0.5 * _inner(s, s) + _curvature(score, x, sigma, v, s)


def evaluate(score: Any, x: Array, sigma: float) -> Array:
    """Return s(x, sigma) of a distribution or a callable; check that it fits x and is finite."""
    function = score.score if hasattr(score, "score") else score
    values = function(x.copy(), sigma)  # a copy, because a score may work in place
    return _returned("score", values, x, sigma, x.shape)


def _curvature(score: Any, x: Array, sigma: float, v: Array, s: Array) -> Array:
    """Return v . (grad s) v by a central difference of step h |v|; s = score(x) has its precision.

    If the score is known to eps |x| / l^2 and is smooth on the scale l, then the error is about
    eps |x| / h + h^2 / l^2, which is least at the h below.
    """
    length = sigma if sigma > 0 else _spread(x)
    eps = float(np.finfo(s.dtype).eps)
    reach = np.maximum(np.sqrt(_inner(x, x)), length)
    h = np.cbrt(eps * reach * length**2)[:, None] / np.sqrt(np.sum(v * v, axis=-1, keepdims=True))
    up = x + h * v
    down = x - h * v
    moved = up - down  # what rounding made of 2 h v
    rise = np.subtract(evaluate(score, up, sigma), evaluate(score, down, sigma), dtype=np.float64)
    return _inner(moved, rise) / _inner(moved, moved) * np.sum(v * v, axis=-1)


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


def _returned(name: str, value: Any, x: Array, sigma: float, shape: tuple[int, ...]) -> Array:
    """Return what a user's function returned, checked: real numbers, of this shape, finite.

    Single precision stays single, so that `_curvature` can see it.
    """
    call = f"{name}(x, sigma={sigma:g})"
    result = np.asarray(value)
    if result.dtype.kind not in "fiu":
        raise TypeError(f"{call} returned dtype {result.dtype}: it must return real numbers")
    if result.shape != shape:
        raise ValueError(
            f"{call} returned shape {result.shape} for x of shape {x.shape}: it must return {shape}"
        )
    if not np.isfinite(result).all():
        bad = int(np.flatnonzero(~np.isfinite(result).reshape(len(x), -1).all(axis=1))[0])
        raise ValueError(
            f"{call} is not finite for point {bad}, x={x[bad].tolist()}: mend the {name}, or drop "
            f"the point"
        )
    if result.dtype in (np.float16, np.float32):
        return result
    return result.astype(np.float64, copy=False)
