"""Functionals: numbers of whole paths, and their moments over paths that are never stored.

A functional is a NumPy function of values (paths, times[, dim]) that treats every path alike:
`w.max(axis=1)`, or any function of this package that takes paths. It sees 256 paths at a time, so
memory does not grow with their number, and a block's numbers are a pure function of the block.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import memory
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.runner import Means
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.portable import Portable
from stochcalc.engine.statistics import LANES, block_records, blocks_of, count_nonfinite
from stochcalc.moments import Moments
from stochcalc.motion.path_sources import Observations, PathSource, StreamedPaths
from stochcalc.motion.sampled import read_paths
from stochcalc.motion.trial_paths import columns_of, try_function
from stochcalc.typing import Array, Checkpoint, Executor, PathFunction, Paths, Progress, Workers

GROUP = 1 << 18  # numbers of a source made in one call, to hide its overhead


@dataclass(frozen=True, eq=False)
class Functional(Portable):
    """A job for the runner: `kept` numbers of each path of a source, as rows or as moments.

    Attributes
    ----------
    function : callable
        A NumPy function of values (paths, times[, dim]).
    source : PathSource
        The paths.
    kept : int
        How many numbers the function returns for a path.
    save_rows : bool
        Whether to store them; otherwise their statistics are kept.
    """

    function: PathFunction
    source: PathSource
    kept: int
    save_rows: bool = True

    @property
    def paths(self) -> int:
        """The number of paths."""
        return self.source.paths

    @property
    def work(self) -> float:
        """How many numbers all paths have, times 4 for the passes of a NumPy function."""
        return 4.0 * self.paths * self.source.numbers

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path."""
        if self.save_rows:
            return self.kept
        return 0

    def cut(self, first: int, last: int) -> Functional:
        """Return the job with what blocks first .. last - 1 need of its paths alone."""
        if not isinstance(self.source, Observations):
            return self
        return replace(self, source=self.source.cut(first * LANES, last * LANES))

    def prepare(self) -> None:
        """Do nothing: the source compiles its own loops."""

    def compute(
        self, first: int, last: int, rows: Array | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Return the numbers of blocks first .. last - 1, or their statistics.

        Parameters
        ----------
        first, last : int
            Numbers of the first block and of the block after the last.
        rows : ndarray, shape (paths, columns), or None
            Where to write the numbers; None for a new array.
        stop : ndarray, shape (1,)
            A flag: once it is not 0, no further group of blocks is computed.
        """
        start = first * LANES
        paths = max(min(last * LANES, self.paths) - start, 0)
        out = rows
        if out is None:
            out = np.empty((paths, self.kept))
        together = _count_blocks_together(self.source)
        for block in range(first, last, together):
            if stop[0]:
                break
            low = block * LANES
            high = min((block + together) * LANES, last * LANES, self.paths)
            values = self.source.block(low, high)
            # 256 at a time whatever the group: the bits depend on the block alone.
            for i in range(0, high - low, LANES):
                columns = columns_of(self.function(values[i : i + LANES]))
                out[low - start + i : low - start + i + LANES] = columns
        health = count_nonfinite(out, last - first, start)
        if self.save_rows:
            return Partial(first=first, rows=out, records=None, health=health)
        return Partial(first=first, rows=None, records=block_records(out), health=health)


def rows_of(function: PathFunction, source: PathSource, kept: int, **means: Unpack[Means]) -> Array:
    """Return `kept` numbers of each path of a source, shape (paths, kept).

    The means are those of `runner.check_means`.
    """
    memory.budget_run(
        "the result",
        source.paths * kept,
        "use fewer paths, steps or numbers of each path",
        beside=_count_at_work(source, kept, means.get("workers")),
    )
    return runner.rows(Functional(function, source, kept), **means)


def _count_at_work(source: PathSource, kept: int, workers: Workers) -> int:
    """Return how many numbers all threads work on at a time.

    A thread has the paths of a group, and of 256 of them about half an array that the function
    makes on its way, and twice what it returns.
    """
    paths = min(source.paths, LANES)
    group = paths * source.numbers * _count_blocks_together(source)
    each = group + paths * source.numbers // 2 + 2 * paths * kept
    return min(count_workers(workers), blocks_of(source.paths)) * each


def _check_blocks(source: PathSource, kept: int, workers: Workers) -> None:
    """Refuse paths that are so long that the blocks of the threads do not fit into memory."""
    memory.budget_run(
        "a block of 256 paths for each thread",
        0,
        "use fewer steps, or fewer workers",
        beside=_count_at_work(source, kept, workers),
    )


def _count_blocks_together(source: PathSource) -> int:
    """Return how many blocks of a source are made in one call."""
    return max(1, GROUP // (LANES * source.numbers))


def moments_of(
    f: PathFunction, source: PathSource, kept: int = 1, **means: Unpack[Means]
) -> Moments:
    """Return the moments of `kept` numbers of each path of any source.

    Unlike `expectation` it does not try the function first.
    """
    shape: tuple[int, ...] = ()
    if kept > 1:
        shape = (kept,)
    return _moments(f, source, kept, shape, **means)


@hint_names
def expectation(
    f: PathFunction,
    W: StreamedPaths | Paths,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> Moments:
    """Return the moments of any function of whole paths.

    The paths are made, used and forgotten 256 at a time.

    Parameters
    ----------
    f : callable
        A NumPy function of values (paths, times[, dim]) that returns one number per path, shape
        (paths,), or several, shape (paths, m) or a tuple of m arrays. It must treat each path alone
        (reduce over `axis=1`), must not write into its argument, and is called from several threads
        at once.
    W : BrownianPaths, noisy observations of them, or any other sampled paths
        The paths, best made with `store=False`, by `brownian` or `observe`; or a Solution, or a
        pair (t, values).
    workers : int, optional
        Number of threads; all CPUs by default.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable progress(done, total)
        Whether to show a bar, or a function that is told how many blocks are done.
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on: the same call goes on from there.

    Returns
    -------
    Moments
        Of shape () or (m,): `.mean`, `.stderr`, `.var`, ..., `.estimate()`.

    Raises
    ------
    TypeError, ValueError
        If f is not a function, fails on a trial path, returns another shape, or mixes paths.

    References
    ----------
    P. Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 1.1.
    [glasserman2004]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=64, paths=20_000, store=False, rng=1)
    >>> peak = expectation(lambda w: w.max(axis=1), W)
    >>> peak.count, peak.shape
    (20000, ())

    The exact mean of the maximum is 0.72817 on this grid, and 0.79788 in continuous time.
    """
    source = W if isinstance(W, StreamedPaths) else read_paths("W", W)
    _check_blocks(source, 1, workers)
    kept, shape = try_function(f, source.t, source.dim)
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        return _moments(f, source, kept, shape, **means)


def _moments(
    f: PathFunction,
    source: PathSource,
    kept: int,
    shape: tuple[int, ...],
    **means: Unpack[Means],
) -> Moments:
    """Return the moments of `kept` numbers of each path, and warn if some are not finite."""
    _check_blocks(source, kept, means.get("workers"))
    _, state = runner.run(Functional(f, source, kept, save_rows=False), **means)
    runner.warn_nonfinite(
        state, source.paths, "values of f", "f is not finite on them; their moments are not either"
    )
    return Moments(state.record, shape)
