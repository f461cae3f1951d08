"""Sums of products and of powers of increments: covariation, and power variation.

Power variation is the sum of |dX|^p along the given grid, with no supremum over grids. On a
Brownian path it has a limit that is finite and not 0 for p = 2 alone.

Sources: Barndorff-Nielsen and Shephard, Econometrica 72 (2004) 885 (covariation), J. Financial
Econometrics 2 (2004) 1 (powers of increments).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks, memory
from stochcalc.engine.functions.assemble import observe_state
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.estimate import Estimate
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.sampled import check_same_grid, check_same_times
from stochcalc.typing import Array, Executor, Paths, Progress, Workers
from stochcalc.variation.along_motion import covariation_job, log_absolute_moment, variation_job
from stochcalc.variation.observations import as_number, read_values

PRODUCTS = 3  # arrays like the observations that a covariation takes


@hint_names
def covariation(
    x: ArrayLike | Paths,
    y: ArrayLike | Paths,
    *,
    running: bool = False,
    confidence: float = 0.95,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Estimate:
    r"""Return the quadratic covariation sum dx dy of two paths, or of many pairs.

    Parameters
    ----------
    x, y : array_like, shape (times,) or (paths, times), or sampled paths of one component
        Observations at the same times. Sampled paths are BrownianPaths, a Solution, one component
        of either (`W[0]`, `sol.component(0)`), or a pair (t, values). Two streamed motions are
        never stored, unless `running` asks for all times.
    running : bool
        Whether to sum up to every time, from 0, instead of over all of them.
    confidence : float in (0, 1)
        The probability with which the interval covers the covariation.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    Estimate
        Floats for two arrays of one path, else arrays (paths,); with `running` one more axis of
        times. An array of one path may stand beside sampled paths of which there is one. If
        both move, but never in the same step, as stale prices may, the standard error and the
        interval are nan, and there is a RuntimeWarning.

    Raises
    ------
    TypeError, ValueError
        For values that are not finite real numbers, or not observed at the same times.

    Notes
    -----
    With products :math:`q_i = \dd x_i \dd y_i` the estimate of

    .. math::

        [x, y]_T = \int_0^T \rho_t \sigma_{x,t} \sigma_{y,t} \dd t

    is :math:`\sum q_i`, and its squared standard error is :math:`\sum q_i^2 - \sum q_i q_{i-1}`.

    References
    ----------
    O. E. Barndorff-Nielsen and N. Shephard, Econometrica 72 (2004) 885.
    [barndorffnielsenshephard2004b]

    Examples
    --------
    >>> covariation([0.0, 1.0, 3.0], [0.0, 2.0, 1.0]).value
    0.0

    Two components with correlation 1/2 have the covariation t/2 in the limit.

    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=5000, dim=2, correlation=[[1.0, 0.5], [0.5, 1.0]], rng=1)
    >>> bool(abs(covariation(W[0], W[1]).value[0] - 0.5) < 0.1)
    True
    """
    means = runner.check_means(workers, executor, progress)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    running = checks.flag("running", running)
    if isinstance(x, BrownianPaths) and isinstance(y, BrownianPaths):
        if not running and not (x.store and y.store):
            return _stream_covariation(x, y, confidence, means)
    left, left_times = read_values("x", x)
    right, right_times = read_values("y", y)
    if left_times is not None and right_times is not None:
        check_same_times("y", right_times, "x", left_times)
    shapes = f"y has shape {right.shape} and x has {left.shape}"
    if left.ndim != right.ndim:  # one path of shape (times,) beside paths (1, times)
        left = np.atleast_2d(left)
        right = np.atleast_2d(right)
    if left.shape != right.shape:
        raise ValueError(f"{shapes}: observe both at the same times")
    stored = 4 * left.size if running else 0
    memory.budget(
        "the products of the increments",
        stored,
        "use fewer paths, or motions made with store=False",
        beside=PRODUCTS * left.size,
    )
    product = np.diff(left, axis=-1) * np.diff(right, axis=-1)
    neighbours = np.zeros_like(product)
    neighbours[..., 1:] = product[..., 1:] * product[..., :-1]
    if not running:
        variance = np.sum(product**2, axis=-1) - neighbours.sum(axis=-1)
        stderr = np.sqrt(np.maximum(variance, 0.0))
        apart = (stderr == 0.0) & _moves(left) & _moves(right)
        if apart.any():
            checks.warn_user(
                "x and y move, but never in the same step, so their covariation of 0 says little "
                "and has no interval: observe both at times between which both move"
            )
        stderr = np.where(apart, np.nan, stderr)
        return Estimate.normal(as_number(product.sum(axis=-1)), as_number(stderr), confidence)
    value = np.zeros_like(left)
    variance = np.zeros_like(left)
    np.cumsum(product, axis=-1, out=value[..., 1:])
    np.cumsum(product**2 - neighbours, axis=-1, out=variance[..., 1:])
    return Estimate.normal(value, np.sqrt(np.maximum(variance, 0.0)), confidence)


@hint_names
def power_variation(
    x: ArrayLike | Paths,
    p: float,
    *,
    confidence: float = 0.95,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Estimate:
    r"""Return the p-variation `sum |dx|^p` along the observations.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or sampled paths of one component
        Observations, as for `covariation`; a streamed motion is never stored.
    p : float > 0
        The power.
    confidence : float in (0, 1)
        The probability with which the interval covers the mean of the p-variation.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    Estimate
        Floats for one path, arrays (paths,) for many. The standard error is that of a Brownian path
        with slowly varying volatility.

    Raises
    ------
    TypeError, ValueError
        For a power that is not positive, values that are not finite real numbers, fewer than two of
        them.

    Notes
    -----
    For Brownian motion the mean and the variance of the sum are

    .. math::

        m_p \sum \dd t_i^{p/2}, \qquad (m_{2p} - m_p^2) \sum \dd t_i^p, \qquad m_p = E |Z|^p.

    Under refinement the sum grows without bound for p < 2, vanishes for p > 2, and tends to T for
    p = 2.

    References
    ----------
    O. E. Barndorff-Nielsen and N. Shephard, J. Financial Econometrics 2 (2004) 1.
    [barndorffnielsenshephard2004]

    Examples
    --------
    >>> power_variation([0.0, 1.0, -1.0], 1.0).value
    3.0
    """
    means = runner.check_means(workers, executor, progress)
    p = checks.number("p", p, above=0.0)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    if isinstance(x, BrownianPaths):
        check_motion("x", x, 1)
        memory.budget("the estimates", 4 * x.paths, "use fewer paths", beside=5 * x.paths)
        rows = runner.rows(variation_job(x, p, observe_state, 2, save_rows=True), **means)
        value = rows[:, 0]
        double = rows[:, 1]
    else:
        values, _ = read_values("x", x)
        remedy = "use fewer paths, or a motion made with store=False"
        memory.budget("the powers of the increments", 0, remedy, beside=2 * values.size)
        size = np.abs(np.diff(values, axis=-1)) ** p
        value = size.sum(axis=-1)
        double = (size * size).sum(axis=-1)
    # The variance (m_2p - m_p^2) sum dt^p is 1 - m_p^2/m_2p times the mean of sum |dx|^2p.
    ratio = -math.expm1(2.0 * log_absolute_moment(p) - log_absolute_moment(2.0 * p))
    return Estimate.positive(as_number(value), as_number(np.sqrt(ratio * double)), confidence)


def _moves(paths: Array) -> NDArray[np.bool_]:
    """Return whether each path moves at all."""
    moved: NDArray[np.bool_] = (paths != paths[..., :1]).any(axis=-1)
    return moved


def _stream_covariation(
    x: BrownianPaths, y: BrownianPaths, confidence: float, means: runner.Means
) -> Estimate:
    """Return the covariations of two motions, whose paths are never stored."""
    check_motion("x", x, 1)
    check_motion("y", y, 1)
    check_same_grid("y", y, "x", x)
    memory.budget("the estimates", 4 * x.paths, "use fewer paths", beside=4 * x.paths)
    rows = runner.rows(covariation_job(x, y), **means)
    variance = rows[:, 1] - rows[:, 2]
    return Estimate.normal(rows[:, 0], np.sqrt(np.maximum(variance, 0.0)), confidence)
