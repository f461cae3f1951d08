"""How the values of a process come to be: a job of the runner writes them, block by block.

A process says which job makes its values. Here they are made: all at once for one that stores
them, or a few blocks at a time for the calls that stream.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from stochcalc.engine import memory
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.job import Job
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.motion.derived import check_block
from stochcalc.motion.partition import Partition
from stochcalc.motion.pieces import count_grid
from stochcalc.typing import Array


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ProcessValues(ABC):
    """Paths of one component on a grid, whose values are stored or made when they are needed.

    Attributes
    ----------
    partition : Partition
        The grid.
    paths : int
        The number of independent paths.
    key : int
        The integer that determines the whole sample.
    store : bool
        Whether the array `values` may be made.
    """

    partition: Partition
    paths: int
    key: int
    store: bool

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""
        return self.partition.times

    @property
    def dim(self) -> int:
        """The number of components, which is 1."""
        return 1

    @property
    def numbers(self) -> int:
        """How many numbers one path has: n + 1."""
        return self.partition.n + 1

    @property
    def start(self) -> float:
        """The value at the first grid time, or the middle of its law if it is random."""
        return 0.0

    @property
    def starts_at_start(self) -> bool:
        """Whether all paths start at `start`."""
        return True

    @abstractmethod
    def _job(self, paths: int) -> Job:
        """Return the job of the values of the first paths, so many of them."""

    def _count_beside(self, threads: int) -> int:
        """Return how many numbers so many threads hold beside the values that they write."""
        return 0

    def _make_starts(self, first: int, last: int) -> Array:
        """Return the first values of paths first .. last - 1, shape (last - first,)."""
        return np.full(last - first, self.start)

    def _make_increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1, shape (last - first, n)."""
        return np.diff(self.block(first, last), axis=1)

    @cached_property
    def values(self) -> Array:
        """The values at the grid times, shape (paths, n + 1), read-only."""
        return self._draw({})

    @cached_property
    def increments(self) -> Array:
        """The increments over the steps, shape (paths, n), read-only."""
        self._check_stored("increments")
        increments: Array = self.block_increments(0, self.paths)[..., 0]
        increments.flags.writeable = False
        return increments

    def block(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1, stored or made; 256 divides first.

        The shape is (last - first, n + 1).

        Raises
        ------
        TypeError, ValueError
            If there are no such paths, or 256 does not divide first.
        """
        first, last = check_block(first, last, self.paths)
        if "values" in self.__dict__:
            stored: Array = self.__dict__["values"]
            return stored[first:last]
        if last == first:
            return np.empty((0, self.numbers))
        blocks = range(first // LANES, blocks_of(last))
        return runner.rows(self._job(last), blocks=blocks, workers=1)

    def _count_block(self, threads: int) -> int:
        """Return how many numbers threads hold that each make a block of values; 0 if stored."""
        if "values" in self.__dict__:
            return 0
        return threads * min(LANES, self.paths) * self.numbers + self._count_beside(threads)

    def block_increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1; 256 divides first.

        The shape is (last - first, n, 1).
        """
        first, last = check_block(first, last, self.paths)
        if last == first:
            return np.empty((1, 1, 1))
        return self._make_increments(first, last)[..., None]

    def block_starts(self, first: int, last: int) -> Array:
        """Return the first values of paths first .. last - 1; 256 divides first."""
        first, last = check_block(first, last, self.paths)
        return self._make_starts(first, last)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields without the arrays, which are made again where they are needed."""
        arrays = ("values", "increments")
        return {name: value for name, value in self.__dict__.items() if name not in arrays}

    def _draw(self, means: Any) -> Array:
        """Return the values of all paths, made by these means."""
        self._check_stored("values")
        threads = min(count_workers(means.get("workers")), blocks_of(self.paths))
        beside = count_grid(self.partition.n) + self._count_beside(threads)
        memory.budget("values", self.paths * self.numbers, "use store=False", beside=beside)
        values = runner.rows(self._job(self.paths), **means)
        values.flags.writeable = False
        return values

    def _check_stored(self, what: str) -> None:
        """Refuse an array of all paths of a streamed process."""
        if not self.store:
            needed = memory.NUMBER * self.paths * self.numbers
            raise ValueError(
                f"{what} need {needed:,} bytes and this process streams: make it with store=True"
            )
