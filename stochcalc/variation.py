"""Quadratic variation, covariation and p-variation of observed or simulated paths, each with its standard error.

On a grid with steps dt_k, Brownian motion has sum dW_k^2 with mean b - a and variance 2 sum dt_k^2 exactly, and
(n/T) sum dW_k^2 ~ chi^2_n on a uniform grid. Estimators take x as given: take logarithms of prices yourself.

Source: Barndorff-Nielsen and Shephard, J. R. Stat. Soc. B 64 (2002) 253 (realized variance and its quarticity);
Econometrica 72 (2004) 885 (covariation).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from stochcalc.brownian import BrownianPaths
from stochcalc.engine import checks, runner
from stochcalc.engine.march import March
from stochcalc.estimate import Estimate

ESTIMATORS = ("realized",)


def powers(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
    """One step of sum |dW|^p and sum |dW|^2p; args = (p,)."""
    size = abs(dW) ** args[0]
    return x[0] + size, x[1] + size * size


def squares(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
    """One step of sum dW^2 and sum dW^4."""
    square = dW * dW
    return x[0] + square, x[1] + square * square


def first_sum(t: float, x: Any, args: Any) -> float:
    """Observe the first of the two sums."""
    return x[0]


def squared_deviation(t: float, x: Any, args: Any) -> float:
    """Observe (Q - t)^2."""
    return (x[0] - t) * (x[0] - t)


def variation_job(W: BrownianPaths, p: float, observe: Any, kept: int, *, save_rows: bool) -> March:
    """The march behind the p-variation of a motion: state (sum |dW|^p, sum |dW|^2p), observed at the end."""
    step, args = (squares, ()) if p == 2.0 else (powers, (p,))
    return March(step, (), W.noise(plain=True), W.paths, 2, kept, W.t, W.partition.steps, np.zeros((1, 2)),
                 np.array([W.partition.n]), args, observe, save_rows)


def absolute_moment(p: float) -> float:
    """E |Z|^p = 2^(p/2) Gamma((p + 1)/2) / sqrt(pi) for a standard normal Z."""
    return math.exp(_log_absolute_moment(p))


def _log_absolute_moment(p: float) -> float:
    return 0.5 * p * math.log(2.0) + float(gammaln(0.5 * (p + 1.0))) - 0.5 * math.log(math.pi)


def both_sums(t: float, x: Any, args: Any) -> Any:
    """Observe both sums."""
    return x


def quadratic_variation(x: ArrayLike | BrownianPaths, t: ArrayLike | None = None, *, estimator: str = "realized",
                        confidence: float = 0.95, workers: int | None = None) -> Estimate:
    """Quadratic variation of one path or many.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
        Observations as given; a streamed motion is never stored.
    t : array_like, shape (times,), optional
        Observation times, checked to increase; the realized sum itself does not depend on them.
    estimator : {"realized"}
        "realized": sum of squared increments; variance 2 sum (sigma^2 dt)^2, estimated by (2/3) sum dx^4.
    confidence : float in (0, 1)

    Returns
    -------
    Estimate
        Floats for one path, arrays (paths,) for many; the interval is symmetric in the logarithm.

    Raises
    ------
    TypeError, ValueError
        For values that are not finite real numbers, fewer than two of them, times that do not increase.

    Examples
    --------
    >>> quadratic_variation([0.0, 1.0, -1.0]).value
    5.0
    """
    checks.choice("estimator", estimator, ESTIMATORS)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    if isinstance(x, BrownianPaths):
        _check_one_component(x)
        if t is not None:
            raise ValueError("t is given by the motion's own grid: leave it out")
        rows, _ = runner.run(variation_job(x, 2.0, both_sums, 2, save_rows=True), workers=workers)
        assert rows is not None
        value, fourth = rows[:, 0], rows[:, 1]
    else:
        steps = _increments("x", x, t)
        value, fourth = np.einsum("...i,...i", steps, steps), np.einsum("...i,...i", steps * steps, steps * steps)
    return Estimate.positive(_scalar(value), _scalar(np.sqrt(2.0 / 3.0 * fourth)), confidence)


def covariation(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Quadratic covariation sum dx dy of two paths, or of many pairs, observed at the same times.

    The squared standard error is Barndorff-Nielsen and Shephard's: sum (dx dy)^2 - sum of products of neighbouring dx dy.

    Parameters
    ----------
    x, y : array_like, shape (times,) or (paths, times)

    Examples
    --------
    >>> covariation([0.0, 1.0, 3.0], [0.0, 2.0, 1.0]).value
    0.0
    """
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    dx, dy = _increments("x", x, None), _increments("y", y, None)
    if dx.shape != dy.shape:
        raise ValueError(f"y has {dy.shape} increments and x has {dx.shape}: observe both at the same times")
    product = dx * dy
    spread = np.sum(product**2, axis=-1) - np.sum(product[..., 1:] * product[..., :-1], axis=-1)
    return Estimate.normal(_scalar(product.sum(axis=-1)), _scalar(np.sqrt(np.maximum(spread, 0.0))), confidence)


def power_variation(x: ArrayLike | BrownianPaths, p: float, *, confidence: float = 0.95,
                    workers: int | None = None) -> Estimate:
    """The p-variation sum |dx|^p along the observations.

    For Brownian motion it has mean m_p sum dt^(p/2) and variance (m_2p - m_p^2) sum dt^p, m_p = E |Z|^p: it explodes
    under refinement for p < 2, vanishes for p > 2, and converges to T for p = 2 alone.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
    p : float > 0

    Returns
    -------
    Estimate
        The standard error holds for a Brownian path with slowly varying volatility.

    Examples
    --------
    >>> power_variation([0.0, 1.0, -1.0], 1.0).value
    3.0
    """
    p = checks.number("p", p, above=0.0)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    if isinstance(x, BrownianPaths):
        _check_one_component(x)
        rows, _ = runner.run(variation_job(x, p, both_sums, 2, save_rows=True), workers=workers)
        assert rows is not None
        value, double = rows[:, 0], rows[:, 1]
    else:
        size = np.abs(_increments("x", x, None)) ** p
        value, double = size.sum(axis=-1), (size * size).sum(axis=-1)
    ratio = -math.expm1(2.0 * _log_absolute_moment(p) - _log_absolute_moment(2.0 * p))
    return Estimate.positive(_scalar(value), _scalar(np.sqrt(ratio * double)), confidence)


def _increments(name: str, x: ArrayLike | BrownianPaths, t: ArrayLike | None) -> NDArray[np.float64]:
    if isinstance(x, BrownianPaths):
        _check_one_component(x)
        return x.increments
    values = checks.array(name, x)
    if values.ndim not in (1, 2) or values.shape[-1] < 2:
        raise ValueError(f"{name} has shape {values.shape}: give (times,) or (paths, times) with at least two times")
    if t is not None:
        times = checks.increasing("t", checks.array("t", t, ndim=1))
        if len(times) != values.shape[-1]:
            raise ValueError(f"t has {len(times)} times and {name} has {values.shape[-1]}: give one per observation")
    return np.diff(values, axis=-1)


def _check_one_component(W: BrownianPaths) -> None:
    if W.dim != 1:
        raise ValueError(f"x has dim={W.dim}: pass one component, x.values[..., i]")


def _scalar(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value
