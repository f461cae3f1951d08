"""The public face of the estimators: quadratic variation of a whole path, along it, and per unit of
time at each moment.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import observe_state
from stochcalc.engine.loop import runner
from stochcalc.estimate import Estimate
from stochcalc.motion.paths import BrownianPaths
from stochcalc.variation.along_motion import variation_job
from stochcalc.variation.neighbours import LOCAL, Measured
from stochcalc.variation.noise_robust import NOISE
from stochcalc.variation.observations import Observed, observed, scalar
from stochcalc.variation.windows import Array, Clock


class Estimator(Protocol):
    """What `ESTIMATORS` holds."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def robust(self) -> str:
        """What it withstands."""

    @property
    def reference(self) -> str:
        """The paper."""

    def bandwidth(self, n: int) -> int | None:
        """The window for n returns if none is given."""

    def least(self, n: int, bandwidth: int | None) -> int:
        """Returns needed for a first estimate."""

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measured:
        """Estimates, their variances, and the share of noise in those."""


ESTIMATORS: dict[str, Estimator] = {estimator.name: estimator for estimator in (*LOCAL, *NOISE)}


def quadratic_variation(
    x: ArrayLike | BrownianPaths,
    t: ArrayLike | None = None,
    *,
    estimator: str = "realized",
    bandwidth: int | None = None,
    running: bool = False,
    confidence: float = 0.95,
    workers: int | None = None,
) -> Estimate:
    """Quadratic variation of one path or many: of the continuous part alone, with the estimators
    that see through the rest.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
        Observations as given (take logarithms of prices yourself); a streamed motion is never
        stored.
    t : array_like, shape (times,), optional
        Observation times, increasing numbers; equal steps without it. Realized variance and the
        kernel do not depend on them.
    estimator : str
        "realized" is the sum of squared increments; it counts jumps and noise in.
        "bipower", "minrv" and "medrv" are made of products, minima and medians of neighbouring
        increments; a jump does not reach them.
        "two_scale", "preaveraged" and "realized_kernel" are not reached by independent noise on
        the observations.
        See `ESTIMATORS` for what each withstands, and its paper.
    bandwidth : int, optional
        Window of the last three, in steps: K of the two scales, k of pre-averaging (even), H lags
        of the kernel. By default n^(2/3)/15, sqrt(n)/3 and sqrt(n)/3, the best for noise of
        variance omega^2 = IV/200; for other noise (12 omega^4/IV^2)^(1/3) n^(2/3), 4.8 omega
        (n/IV)^(1/2) and the same, IV the quadratic variation.
    running : bool
        The variation up to every time, instead of over all of them: 0 at the start, nan while there
        are too few returns.
    confidence : float in (0, 1)
    workers : int, optional
        Threads; all CPUs by default.

    Returns
    -------
    Estimate
        Floats for one path, arrays (paths,) for many; with `running` one more axis of times. The
        standard error is that of the estimator's own theory with the quarticity sum sigma^4 dt^2
        estimated; the interval is symmetric in the logarithm. The estimators that see through noise
        are unbiased and so may fall below 0; there, and where noise makes up most of the variance,
        the interval is value +- error.

    Raises
    ------
    TypeError, ValueError
        For values that are not finite real numbers, too few of them, times that do not increase, a
        window that does not fit.

    Notes
    -----
    All but realized variance assume that volatility moves little within a window. Two-scale and
    pre-averaging give the ends of the interval less weight than its middle. Intervals of 95 %
    covered 93 to 98 % in simulations with n = 400 and noise up to omega^2 = IV, 92 to 99 % with n =
    100.

    Examples
    --------
    >>> quadratic_variation([0.0, 1.0, -1.0]).value
    5.0
    >>> x = [0.0, 1.0, 0.0, 9.0, 8.0, 9.0]      # one jump of 9, which three do not follow
    >>> [round(quadratic_variation(x, estimator=name).value, 1) for name in ("realized", "medrv")]
    [85.0, 7.1]
    """
    chosen = ESTIMATORS[checks.choice("estimator", estimator, ESTIMATORS)]
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    checks.flag("running", running)
    paths = observed("x", x, t)
    window = _window(chosen, bandwidth, paths.n)
    least = chosen.least(paths.n, window)
    if paths.n < least:
        smaller = (
            ""
            if window is None or window <= getattr(chosen, "smallest", 1)
            else ", or a smaller bandwidth"
        )
        raise ValueError(
            f"x has {paths.n} returns and {estimator!r} needs {least}: give more "
            f"observations{smaller}"
        )
    if isinstance(x, BrownianPaths) and chosen is ESTIMATORS["realized"] and not running:
        checks.budget("the estimates", 4 * x.paths, "use fewer paths")
        rows = runner.rows(variation_job(x, 2.0, observe_state, 2, save_rows=True), workers=workers)
        return Estimate.positive(rows[:, 0], np.sqrt(2.0 / 3.0 * rows[:, 1]), confidence)
    ends = np.arange(least, paths.n + 1) if running else np.array([paths.n])
    clock = Clock(paths.n, ends, paths.steps)
    found = _measured(chosen, paths, clock, window, paths.n + 1 if running else 1, 0.0, x, workers)
    return _estimate(found if running else found[..., 0], paths.single, confidence)


def spot_variance(
    x: ArrayLike | BrownianPaths,
    t: ArrayLike | None = None,
    *,
    window: int,
    estimator: str = "realized",
    bandwidth: int | None = None,
    confidence: float = 0.95,
    workers: int | None = None,
) -> Estimate:
    """Variance per unit of time, sigma_t^2, by an estimator of `quadratic_variation` over the last
    `window` returns.

    Parameters
    ----------
    x, t, estimator, bandwidth, confidence, workers
        As for `quadratic_variation`; without t the unit of time is one step.
    window : int
        Number of returns: the standard error falls with its root, the lag behind a moving sigma_t
        grows with it.

    Returns
    -------
    Estimate
        Arrays shaped like x; nan before the first full window. The square root of `.value`, times
        the root of the number of steps in a year, is the rolling volatility of prices.

    Raises
    ------
    TypeError, ValueError
        As for `quadratic_variation`; for a window longer than the path, or too short for the
        estimator.

    Examples
    --------
    >>> spot_variance([0.0, 1.0, 0.0, 2.0], window=2).value
    array([nan, nan, 1. , 2.5])
    """
    chosen = ESTIMATORS[checks.choice("estimator", estimator, ESTIMATORS)]
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    paths = observed("x", x, t)
    window = checks.integer("window", window, 1)
    if window > paths.n:
        raise ValueError(
            f"window={window} is longer than x, which has {paths.n} returns: choose a shorter one"
        )
    width = _window(chosen, bandwidth, window)
    if window < chosen.least(window, width):
        raise ValueError(
            f"window={window} is too short for {estimator!r}, which needs "
            f"{chosen.least(window, width)} returns"
        )
    clock = Clock(paths.n, np.arange(window, paths.n + 1), paths.steps, window)
    found = _measured(chosen, paths, clock, width, paths.n + 1, np.nan, x, workers)
    duration = clock.total() * paths.step
    found[:, 0, window:] /= duration
    found[:, 1, window:] /= np.square(duration)
    return _estimate(found, paths.single, confidence)


def _measured(
    chosen: Estimator,
    paths: Observed,
    clock: Clock,
    window: int | None,
    times: int,
    start: float,
    x: Any,
    workers: int | None,
) -> Array:
    """(paths, 3, times): estimates, their variances and shares of noise; `start` first, nan until
    there are enough returns.
    """

    def few(values: Array) -> Array:
        out = np.full((3, len(values), times), np.nan)
        out[:, :, 0] = start
        out[:, :, times - len(clock.ends) :] = chosen.measure(values, clock, window)
        return out.transpose(1, 0, 2).reshape(len(values), -1)

    return paths.rows(few, 3 * times, x, workers).reshape(-1, 3, times)


def _estimate(found: Array, single: bool, confidence: float) -> Estimate:
    """An Estimate from (paths, 3, ...)."""
    value, variance, noise = (
        scalar(column[0]) if single else column
        for column in (found[:, 0], found[:, 1], found[:, 2])
    )
    return Estimate.positive(
        value, np.sqrt(np.maximum(variance, 0.0)), confidence, symmetric=noise > 0.5
    )


def _window(estimator: Estimator, bandwidth: Any, n: int) -> int | None:
    """The window to use, or ValueError."""
    default = estimator.bandwidth(n)
    if bandwidth is None:
        return default
    if default is None:
        raise ValueError(
            f"bandwidth={bandwidth!r}: {estimator.name!r} has no window to choose: leave it out"
        )
    width = checks.integer("bandwidth", bandwidth, getattr(estimator, "smallest", 1))
    if estimator.name == "preaveraged" and width % 2:
        raise ValueError(f"bandwidth={width} must be even for 'preaveraged': use {width + 1}")
    if width >= n:
        raise ValueError(f"bandwidth={width} must be smaller than the number of returns, {n}")
    return width
