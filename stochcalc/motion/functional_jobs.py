"""The job of a functional: numbers of whole paths, made 256 paths at a time from any source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import memory
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.runner import Means
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.portable import Portable
from stochcalc.engine.statistics import LANES, block_records, blocks_of, count_nonfinite
from stochcalc.motion.path_sources import Observations, PathSource
from stochcalc.motion.trial_paths import columns_of
from stochcalc.typing import Array, PathFunction, Workers

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
        beside=count_at_work(source, kept, means.get("workers")),
    )
    return runner.rows(Functional(function, source, kept), **means)


def count_at_work(source: PathSource, kept: int, workers: Workers) -> int:
    """Return how many numbers all threads work on at a time.

    A thread has the paths of a group, and of 256 of them about half an array that the function
    makes on its way, and twice what it returns.
    """
    paths = min(source.paths, LANES)
    group = paths * source.numbers * _count_blocks_together(source)
    each = group + paths * source.numbers // 2 + 2 * paths * kept
    return min(count_workers(workers), blocks_of(source.paths)) * each


def _count_blocks_together(source: PathSource) -> int:
    """Return how many blocks of a source are made in one call."""
    return max(1, GROUP // (LANES * source.numbers))
