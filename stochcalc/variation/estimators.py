"""The estimators of quadratic variation by name, and how one of them is run on paths.

`ESTIMATORS` is the table. In this chapter noise is market noise: errors of the observations that
are independent of the path, as the bounce between bid and ask makes them.
"""

from __future__ import annotations

import functools
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.loop.runner import Means
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.engine.words import show
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Paths, Workers
from stochcalc.variation.in_cache import CACHED
from stochcalc.variation.neighbours import NEIGHBOUR_ESTIMATORS, Measurement
from stochcalc.variation.noise_robust import NOISE_ESTIMATORS
from stochcalc.variation.observations import ObservedPaths, as_number
from stochcalc.variation.stale import Repeats, count_repeats, find_stale
from stochcalc.variation.windows import Clock


class Estimator(Protocol):
    """An estimator of quadratic variation: what `ESTIMATORS` holds."""

    @property
    def name(self) -> str:
        """The word by which `quadratic_variation` knows it."""

    @property
    def robust(self) -> str:
        """What the estimator withstands: "nothing", "jumps" or "noise"."""

    @property
    def reference(self) -> str:
        """The paper that introduced the estimator."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Its key in `references.bib`."""

    @property
    def smallest(self) -> int:
        """The smallest bandwidth."""

    @property
    def even(self) -> bool:
        """Whether a bandwidth must be even."""

    def bandwidth(self, n: int) -> int | None:
        """Return the default bandwidth for n returns, or None if there is none to choose."""

    def least(self, n: int, bandwidth: int | None) -> int:
        """Return the number of returns that a first estimate needs."""

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measurement:
        """Estimate the quadratic variation of paths (rows, n + 1) at every end of the clock."""


class Measured(NamedTuple):
    """What an estimator finds for paths.

    Attributes
    ----------
    columns : ndarray, shape (paths, 3, times)
        Estimates, variances and shares of noise. The last of the times are the ends of the clock;
        the first is the start, and those between are nan: there are too few returns.
    repeats : Repeats
        How often the paths stand still beside a move; no pair is counted for an estimator that
        does not compare neighbouring returns.
    """

    columns: Array
    repeats: Repeats


ESTIMATORS: dict[str, Estimator] = {
    estimator.name: estimator for estimator in (*NEIGHBOUR_ESTIMATORS, *NOISE_ESTIMATORS)
}
"""The estimators by name, as `quadratic_variation(estimator=)` takes them."""


def run_estimator(
    estimator: Estimator,
    paths: ObservedPaths,
    clock: Clock,
    *,
    bandwidth: int | None,
    times: int,
    start: float,
    x: ArrayLike | Paths,
    means: Means,
) -> Measured:
    """Run an estimator on all paths.

    The estimate at the first time is `start`, and its variance too. The variance is nan where
    prices are stale.
    """
    _check_memory(paths, clock.n + 1, times, means.get("workers"))
    measure = functools.partial(
        _measure_rows,
        name=estimator.name,
        clock=clock,
        bandwidth=bandwidth,
        times=times,
        start=start,
    )
    rows = paths.apply(measure, 3 * times + 2, x, means)
    counts = rows[:, 3 * times :]
    columns = rows[:, : 3 * times].reshape(-1, 3, times)
    return Measured(columns, Repeats.join(counts))


def _measure_rows(
    values: Array, name: str, clock: Clock, bandwidth: int | None, times: int, start: float
) -> Array:
    """Run the estimator of this name on a few paths.

    Returns
    -------
    ndarray, shape (rows, 3 times + 2)
        Of each path the estimates, the variances and the shares of noise, and the two counts of its
        repeats.
    """
    estimator = ESTIMATORS[name]
    from_neighbours = estimator.robust == "jumps"
    rows = np.full((len(values), 3 * times + 2), np.nan)
    columns = rows[:, : 3 * times].reshape(-1, 3, times)
    columns[:, :, 0] = start
    found = columns[:, :, times - len(clock.ends) :]
    found[...] = np.moveaxis(np.asarray(estimator.measure(values, clock, bandwidth)), 0, 1)
    counts = count_repeats(values, from_neighbours)
    rows[:, 3 * times :] = counts
    if counts[:, 0].any() or not found[:, 0].all():
        stale = find_stale(values, clock, found[:, 0], from_neighbours)
        found[:, 1][stale] = np.nan
    return rows


def _check_memory(paths: ObservedPaths, n: int, times: int, workers: Workers) -> None:
    """Refuse estimates at so many times of paths of n values, if they do not fit into memory.

    The columns come first: paths are worked on some at a time, and a long one as a whole. Then a
    value, an error and the two ends of an interval are made of the columns, with seven arrays
    beside them.
    """
    count = paths.source.paths * times
    rows = min(paths.source.paths, max(1, CACHED // n))
    threads = min(count_workers(workers), blocks_of(paths.source.paths))
    block = min(paths.source.paths, LANES) * (n + 6 * times)
    memory.budget(
        "the estimates",
        4 * count,
        "use fewer paths or times",
        beside=max(7 * count, threads * (3 * rows * n + block) - count),
    )


def make_estimate(columns: Array, single: bool, confidence: float) -> Estimate:
    """Return the Estimate of columns (paths, 3, ...): estimates, variances, shares of noise.

    For a single path its values are floats, or arrays of times alone.
    """
    value = columns[:, 0]
    variance = columns[:, 1]
    noise_share = columns[:, 2]
    if single:
        value = as_number(value[0])
        variance = as_number(variance[0])
        noise_share = as_number(noise_share[0])
    stderr = np.sqrt(np.maximum(variance, 0.0))
    return Estimate.positive(value, stderr, confidence, symmetric=noise_share > 0.5)


def choose_bandwidth(estimator: Estimator, bandwidth: int | None, n: int) -> int | None:
    """Return the bandwidth that was given, checked for n returns, or else the default."""
    default = estimator.bandwidth(n)
    if bandwidth is None:
        return default
    if default is None:
        raise ValueError(
            f"bandwidth={show(bandwidth)}: {estimator.name!r} has no window to choose: leave it out"
        )
    width = checks.integer("bandwidth", bandwidth, estimator.smallest)
    if estimator.even and width % 2:
        raise ValueError(f"bandwidth={width} must be even for {estimator.name!r}: use {width + 1}")
    if width >= n:
        raise ValueError(f"bandwidth={width} must be smaller than the number of returns, {n}")
    return width
