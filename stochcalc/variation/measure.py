"""The public face of the estimators: quadratic variation of a whole path, along it, and per unit of time at each moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from stochcalc.brownian import BrownianPaths
from stochcalc.engine import checks, runner
from stochcalc.estimate import Estimate
from stochcalc.functionals import Observations, PathSource, rows_of
from stochcalc.variation.clock import Array, Clock
from stochcalc.variation.local import LOCAL
from stochcalc.variation.motion import both_sums, variation_job
from stochcalc.variation.noise import NOISE

CACHED = 1 << 18    # numbers worked on at a time: the few temporary arrays of an estimator then stay in the cache


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

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> tuple[Array, Array]:
        """(estimates, their variances)."""


ESTIMATORS: dict[str, Estimator] = {estimator.name: estimator for estimator in (*LOCAL, *NOISE)}


def quadratic_variation(x: ArrayLike | BrownianPaths, t: ArrayLike | None = None, *, estimator: str = "realized",
                        bandwidth: int | None = None, running: bool = False, confidence: float = 0.95,
                        workers: int | None = None) -> Estimate:
    """Quadratic variation of one path or many: of the continuous part alone, with the estimators that see through the rest.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
        Observations as given (take logarithms of prices yourself); a streamed motion is never stored.
    t : array_like, shape (times,), optional
        Observation times, increasing; equal steps without it. Realized variance and the kernel do not depend on them.
    estimator : str
        "realized"          sum of squared increments; jumps and noise are counted in
        "bipower", "minrv", "medrv"     products, minima, medians of neighbours: a jump does not reach them
        "two_scale", "preaveraged", "realized_kernel"       independent noise on the observations does not reach them
        See `ESTIMATORS` for what each withstands, and its paper.
    bandwidth : int, optional
        Window of the last three, in steps: K of the two scales, k of pre-averaging (even), H lags of the kernel. By default
        n^(2/3)/8, sqrt(n)/2 and sqrt(n)/3, which suits noise of variance omega^2 near IV/200; for other noise
        (12 omega^4/IV^2)^(1/3) n^(2/3), 9 omega (n/IV)^(1/2) and 4.8 omega (n/IV)^(1/2), IV the quadratic variation.
    running : bool
        The variation up to every time, instead of over all of them: 0 at the start, nan while there are too few returns.
    confidence : float in (0, 1)
    workers : int, optional
        Threads; all CPUs by default.

    Returns
    -------
    Estimate
        Floats for one path, arrays (paths,) for many; with `running` one more axis of times. The standard error is that of the
        estimator's own theory with the quarticity sum sigma^4 dt^2 estimated; the interval is symmetric in the logarithm. The
        estimators that see through noise are unbiased and so may fall below 0, where the interval is value +- error.

    Raises
    ------
    TypeError, ValueError
        For values that are not finite real numbers, too few of them, times that do not increase, a window that does not fit.

    Notes
    -----
    All but realized variance assume that volatility moves little within a window. Two-scale and pre-averaging give the ends
    of the interval less weight than its middle.

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
    if isinstance(x, BrownianPaths):
        check_one_component(x)
        if t is not None:
            raise ValueError("t is given by the motion's own grid: leave it out")
        if chosen is ESTIMATORS["realized"] and not running and bandwidth is None:
            rows, _ = runner.run(variation_job(x, 2.0, both_sums, 2, save_rows=True), workers=workers)
            assert rows is not None
            return Estimate.positive(rows[:, 0], np.sqrt(2.0 / 3.0 * rows[:, 1]), confidence)
        source: PathSource = x
        n, steps, single = x.partition.n, None if x.partition.equal_step else x.partition.steps, False
    else:
        values, steps = observations("x", x, t, finite=False)       # looked at below, while it is in the cache
        source, n, single = Observations(np.atleast_2d(values)), values.shape[-1] - 1, values.ndim == 1
    window = check_bandwidth(chosen, bandwidth, n)
    least = chosen.least(n, window)
    if n < least:
        raise ValueError(f"x has {n} returns and {estimator!r} needs {least}: give more observations"
                         + ("" if window is None else ", or a smaller bandwidth"))
    ends = np.arange(least, n + 1) if running else np.array([n])
    clock, times = Clock(n, ends, steps), n + 1 if running else 1

    def measured(block: Array) -> Array:
        out = np.full((2, len(block), times), np.nan)
        out[:, :, 0] = 0.0
        out[:, :, times - len(ends):] = chosen.measure(block, clock, window)
        return out.transpose(1, 0, 2).reshape(len(block), -1)

    try:
        rows = rows_of(in_cache(measured), source, 2 * times, workers=workers)
    except NotFiniteError:
        if not isinstance(x, BrownianPaths):
            checks.array("x", x)        # raises, and names the place
        raise
    return estimate(rows.reshape(len(rows), 2, times), running, single, confidence)


def spot_variance(x: ArrayLike, t: ArrayLike | None = None, *, window: int, estimator: str = "realized",
                  bandwidth: int | None = None, confidence: float = 0.95, workers: int | None = None) -> Estimate:
    """Variance per unit of time, sigma_t^2, by an estimator of `quadratic_variation` over the last `window` returns.

    Parameters
    ----------
    x, t, estimator, bandwidth, confidence, workers
        As for `quadratic_variation`; without t the unit of time is one step.
    window : int
        Number of returns: the standard error falls with its root, the lag behind a moving sigma_t grows with it.

    Returns
    -------
    Estimate
        Arrays shaped like x; nan before the first full window. The square root of `.value`, times the root of the number of
        steps in a year, is the rolling volatility of prices.

    Raises
    ------
    TypeError, ValueError
        As for `quadratic_variation`; for a window longer than the path, or too short for the estimator.

    Examples
    --------
    >>> spot_variance([0.0, 1.0, 0.0, 2.0], window=2).value
    array([nan, nan, 1. , 2.5])
    """
    chosen = ESTIMATORS[checks.choice("estimator", estimator, ESTIMATORS)]
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    values, steps = observations("x", x, t)
    n = values.shape[-1] - 1
    window = checks.integer("window", window, 1)
    if window > n:
        raise ValueError(f"window={window} is longer than x, which has {n} returns: choose a shorter one")
    width = check_bandwidth(chosen, bandwidth, window)
    if window < chosen.least(window, width):
        raise ValueError(f"window={window} is too short for {estimator!r}, which needs {chosen.least(window, width)} returns")
    rows_at_once = max(1, CACHED // window)
    lengths = None if steps is None else sliding_window_view(steps, window)
    duration = float(window) if lengths is None else lengths.sum(axis=1)

    def rolled(block: Array) -> Array:
        out = np.full((len(block), 2, n + 1), np.nan)
        windows = sliding_window_view(block, window + 1, axis=1)
        for i, row in enumerate(windows):
            for first in range(0, len(row), rows_at_once):
                part = slice(first, first + rows_at_once)
                clock = Clock(window, np.array([window]), None if lengths is None else lengths[part])
                found = chosen.measure(row[part], clock, width)
                out[i, :, window:][:, part] = np.concatenate(found, axis=1).T
        out[:, 0, window:] /= duration
        out[:, 1, window:] /= np.square(duration)
        return out.reshape(len(block), -1)

    rows = rows_of(rolled, Observations(np.atleast_2d(values)), 2 * (n + 1), workers=workers)
    return estimate(rows.reshape(len(rows), 2, n + 1), True, values.ndim == 1, confidence)


def estimate(found: NDArray[np.float64], running: bool, single: bool, confidence: float) -> Estimate:
    """An Estimate from (paths, 2, times) values and variances."""
    value, variance = found[:, 0], found[:, 1]
    value, stderr = (array if running else array[:, 0] for array in (value, np.sqrt(np.maximum(variance, 0.0))))
    if single:
        value, stderr = value[0], stderr[0]
    return Estimate.positive(scalar(value), scalar(stderr), confidence)


class NotFiniteError(ValueError):
    """Observations that are not finite."""


def in_cache(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """`function` of rows, applied to a few at a time, which are finite if all results are and both ends of each row.

    (A value inside that is not spoils two neighbouring returns, and no estimator forgets both.) The block freed untouched keeps
    glibc from giving the pages of the temporary arrays back after each use: faulting them in anew costs more than the sums.
    """
    def few(block: Array) -> Array:
        step, found = max(1, CACHED // block.shape[1]), []
        np.empty(1 << 21)
        for i in range(0, len(block), step):
            rows = block[i:i + step]
            with np.errstate(invalid="ignore", over="ignore"):
                found.append(function(rows))
            if not (np.isfinite(found[-1]).all() and np.isfinite(rows[:, [0, -1]]).all()) and not np.isfinite(rows).all():
                raise NotFiniteError("observations must be finite")
        return np.concatenate(found)
    return few


def check_bandwidth(estimator: Estimator, bandwidth: Any, n: int) -> int | None:
    """The window to use, or ValueError."""
    default = estimator.bandwidth(n)
    if bandwidth is None:
        return default
    if default is None:
        raise ValueError(f"bandwidth={bandwidth!r}: {estimator.name!r} has no window to choose: leave it out")
    least = getattr(estimator, "smallest", 1)
    width = checks.integer("bandwidth", bandwidth, least, None)
    if estimator.name == "preaveraged" and width % 2:
        raise ValueError(f"bandwidth={width} must be even for 'preaveraged': use {width + 1}")
    if width >= n:
        raise ValueError(f"bandwidth={width} must be smaller than the number of returns, {n}")
    return width


def observations(name: str, x: ArrayLike, t: ArrayLike | None = None, *, finite: bool = True) -> tuple[Array, Array | None]:
    """(values, steps or None) of observations at increasing times, or TypeError / ValueError."""
    if isinstance(x, BrownianPaths):
        check_one_component(x)
        return x.values, None if x.partition.equal_step else x.partition.steps
    values = checks.array(name, x, finite=finite)
    if values.ndim not in (1, 2) or values.shape[-1] < 2:
        raise ValueError(f"{name} has shape {values.shape}: give (times,) or (paths, times) with at least two times")
    if t is None:
        return values, None
    times = checks.increasing("t", checks.array("t", t, ndim=1))
    if len(times) != values.shape[-1]:
        raise ValueError(f"t has {len(times)} times and {name} has {values.shape[-1]}: give one per observation")
    return values, np.diff(times)


def check_one_component(W: BrownianPaths) -> None:
    """Refuse several components."""
    if W.dim != 1:
        raise ValueError(f"x has dim={W.dim}: pass one component, x.values[..., i]")


def scalar(value: Any) -> Any:
    """A float for what has no dimension."""
    return float(value) if np.ndim(value) == 0 else value
