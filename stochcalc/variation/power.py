"""Sums of products and of powers of increments: covariation, and the p-variation that singles out p
= 2.

Sources: Barndorff-Nielsen and Shephard, Econometrica 72 (2004) 885 (covariation), J. Financial
Econometrics 2 (2004) 1 (powers of increments).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import observe_state
from stochcalc.engine.loop import runner
from stochcalc.estimate import Estimate
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths
from stochcalc.variation.along_motion import log_absolute_moment, variation_job
from stochcalc.variation.observations import scalar, values_at


def covariation(
    x: ArrayLike | BrownianPaths,
    y: ArrayLike | BrownianPaths,
    *,
    running: bool = False,
    confidence: float = 0.95,
) -> Estimate:
    """Quadratic covariation sum dx dy of two paths, or of many pairs, observed at the same times.

    The squared standard error is Barndorff-Nielsen and Shephard's: sum (dx dy)^2 - sum of products
    of neighbouring dx dy.

    Parameters
    ----------
    x, y : array_like, shape (times,) or (paths, times), or BrownianPaths of one component
    running : bool
        Up to every time, from 0, instead of over all of them.
    confidence : float in (0, 1)

    Returns
    -------
    Estimate
        Floats for one pair, arrays (paths,) for many; with `running` one more axis of times.

    Raises
    ------
    TypeError, ValueError
        For values that are not finite real numbers, or not observed at the same times.

    Examples
    --------
    >>> covariation([0.0, 1.0, 3.0], [0.0, 2.0, 1.0]).value
    0.0
    """
    confidence, running = (
        checks.number("confidence", confidence, above=0.0, below=1.0),
        checks.flag("running", running),
    )
    left, right = (_values(name, value) for name, value in (("x", x), ("y", y)))
    if (
        isinstance(x, BrownianPaths)
        and isinstance(y, BrownianPaths)
        and not np.array_equal(x.t, y.t)
    ):
        raise ValueError(f"y={y!r} must have the grid of x={x!r}: observe both at the same times")
    if left.shape != right.shape:
        raise ValueError(
            f"y has shape {right.shape} and x has {left.shape}: observe both at the same times"
        )
    product = np.diff(left, axis=-1) * np.diff(right, axis=-1)
    neighbours = np.zeros_like(product)
    neighbours[..., 1:] = product[..., 1:] * product[..., :-1]
    if not running:
        spread = np.sum(product**2, axis=-1) - neighbours.sum(axis=-1)
        return Estimate.normal(
            scalar(product.sum(axis=-1)), scalar(np.sqrt(np.maximum(spread, 0.0))), confidence
        )
    value, spread = np.zeros_like(left), np.zeros_like(left)
    np.cumsum(product, axis=-1, out=value[..., 1:])
    np.cumsum(product**2 - neighbours, axis=-1, out=spread[..., 1:])
    return Estimate.normal(value, np.sqrt(np.maximum(spread, 0.0)), confidence)


def power_variation(
    x: ArrayLike | BrownianPaths, p: float, *, confidence: float = 0.95, workers: int | None = None
) -> Estimate:
    """The p-variation sum |dx|^p along the observations.

    For Brownian motion it has mean m_p sum dt^(p/2) and variance (m_2p - m_p^2) sum dt^p, m_p = E
    |Z|^p: it explodes under refinement for p < 2, vanishes for p > 2, and converges to T for p = 2
    alone.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
    p : float > 0

    Returns
    -------
    Estimate
        The standard error holds for a Brownian path with slowly varying volatility.

    Raises
    ------
    TypeError, ValueError
        For a power that is not positive, values that are not finite real numbers, fewer than two of
        them.

    Examples
    --------
    >>> power_variation([0.0, 1.0, -1.0], 1.0).value
    3.0
    """
    p = checks.number("p", p, above=0.0)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    if isinstance(x, BrownianPaths):
        check_motion("x", x, 1)
        checks.budget("the estimates", 4 * x.paths, "use fewer paths")
        rows = runner.rows(variation_job(x, p, observe_state, 2, save_rows=True), workers=workers)
        value, double = rows[:, 0], rows[:, 1]
    else:
        size = np.abs(np.diff(_values("x", x), axis=-1)) ** p
        value, double = size.sum(axis=-1), (size * size).sum(axis=-1)
    ratio = -math.expm1(2.0 * log_absolute_moment(p) - log_absolute_moment(2.0 * p))
    return Estimate.positive(scalar(value), scalar(np.sqrt(ratio * double)), confidence)


def _values(name: str, x: ArrayLike | BrownianPaths) -> NDArray[np.float64]:
    """Paths as an array of finite numbers."""
    if isinstance(x, BrownianPaths):
        check_motion(name, x, 1)
        return x.values
    return values_at(name, x, finite=True)[0]
