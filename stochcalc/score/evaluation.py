"""How a score is called, and what it must return.

A score is a distribution with a method score(x, sigma), or a callable score(x, sigma) itself. It
gets points x of shape (n, d) and a number sigma, and returns finite real numbers of that shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import arrays, checks
from stochcalc.engine.words import show
from stochcalc.typing import Array, Distribution, Score, ScoreFunction

SMALLER_STEPS = "use smaller steps, or a score that is finite there"


def check_points(name: str, x: ArrayLike, score: Score) -> Array:
    """Return x as points (n, d) that fit the score's dimension, if it declares one.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    x : array_like, shape (n, d)
        Points, one per row.
    score : distribution or callable
        The score that is to be evaluated at the points.
    """
    if isinstance(score, type):
        raise TypeError(
            f"score={score.__name__} is a class: give one of its distributions, or a callable "
            f"score(x, sigma)"
        )
    points = checks.array(name, x, ndim=2)
    dim = getattr(score, "dim", points.shape[1])
    if points.shape[1] != dim:
        raise ValueError(
            f"{name} has shape {points.shape} and the distribution has dim={dim}: give (n, {dim})"
        )
    return points


def check_levels(sigmas: ArrayLike) -> Array:
    """Return the noise levels as an array (L,), after a check that they decrease to above 0."""
    levels = checks.array("sigmas", sigmas, ndim=1)
    if (levels <= 0).any() or (np.diff(levels) >= 0).any():
        raise ValueError(
            f"sigmas={levels.tolist()} must be positive and decrease strictly: sort them, largest "
            f"first"
        )
    return levels


def check_score(score: Score) -> ScoreFunction:
    """Return the function score(x, sigma) of a distribution or a callable."""
    if isinstance(score, Distribution):
        return score.score
    if not callable(score):
        raise TypeError(f"score={show(score)} must be a distribution or a callable score(x, sigma)")
    return score


def evaluate(score: Score, x: Array, sigma: float, where: str) -> Array:
    """Return s(x, sigma) in double precision, for a sampler on its way.

    Parameters
    ----------
    score : distribution or callable
        The score.
    x : ndarray, shape (n, d)
        Points.
    sigma : float
        Standard deviation of the smoothing.
    where : str
        The place on the way, for the error if a value is not finite, such as "at step 3".
    """
    values = evaluate_as_returned(score, x, sigma, where=f", {where}", remedy=SMALLER_STEPS)
    return values.astype(np.float64, copy=False)


def evaluate_as_returned(score: Score, x: Array, sigma: float, *, where: str, remedy: str) -> Array:
    """Return s(x, sigma), in single precision if the score returns that.

    `where` and `remedy` complete the error if a value is not finite.
    """
    function = check_score(score)
    call = f"score(x, sigma={sigma:g})"
    try:
        # a copy, because a score may work in place
        values = np.asarray(arrays.fill_masked(function(x.copy(), sigma)))
    except TypeError as error:
        raise TypeError(
            f"{call} fails for x of shape {x.shape}: {error}; a score is called with points (n, d) "
            f"and a number sigma"
        ) from error
    return check_values(call, values, x, x.shape, where=where, remedy=remedy)


def check_values(
    call: str,
    value: ArrayLike,
    x: Array,
    shape: tuple[int, ...],
    *,
    where: str = "",
    remedy: str,
) -> Array:
    """Return what a user's function returned, which must be finite real numbers of this shape.

    Single precision stays single; all other numbers are returned in double.

    Parameters
    ----------
    call : str
        How the function was called, for the error.
    value : array_like
        What it returned.
    x : ndarray, shape (n, d)
        The points that it was called with; the first axis of `value` counts them.
    shape : tuple of int
        The shape that it must return.
    where, remedy : str
        What completes the error if a value is not finite.
    """
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
            f"{call} is not finite for point {bad}, x={x[bad].tolist()}{where}: {remedy}"
        )
    if result.dtype in (np.float16, np.float32):
        return result
    return result.astype(np.float64, copy=False)
