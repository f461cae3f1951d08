"""What the runner runs: a job, and the result of a range of its blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.statistics import Tree
from stochcalc.typing import Array, Integers


@dataclass
class Partial:
    """The result of a range of blocks.

    Attributes
    ----------
    first : int
        The first block of the range.
    rows : ndarray, shape (paths, columns), or None
        The numbers that are stored of each path.
    records : ndarray, shape (blocks, 7, S), or None
        The statistics of each block.
    health : ndarray, shape (blocks, 2)
        For each block, how many of its paths are not finite, and the first of them.
    trees : dict of Tree, or None
        By the number of a batch of blocks, the records of those that lie in it, merged: they come
        in the place of `records` from another process.
    """

    first: int
    rows: Array | None
    records: Array | None
    health: Integers
    trees: dict[int, Tree] | None = None


class Job(Protocol):
    """A pure function of block numbers.

    It is described by plain data, so that it can travel to another process.
    """

    @property
    def paths(self) -> int:
        """The number of paths."""

    @property
    def work(self) -> float:
        """The path-steps in all, from which the number of blocks of a task is chosen."""

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path; 0 if the job keeps statistics."""

    def prepare(self) -> None:
        """Compile whatever `compute` needs in this process."""

    def compute(
        self, first: int, last: int, rows: Array | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Return the result of blocks first .. last - 1.

        Parameters
        ----------
        first, last : int
            The first block, and the block after the last.
        rows : ndarray, shape (paths, columns), or None
            Where the stored numbers go, if the caller has a place for them.
        stop : ndarray of uint8, shape (1,)
            A job that finds another number than 0 here ends soon, with results that nobody reads.
        """


@runtime_checkable
class Divisible(Protocol):
    """A job that reads large arrays, and can leave out what some of its blocks do not read."""

    def cut(self, first: int, last: int) -> Job:
        """Return the same job with what blocks first .. last - 1 need alone."""
