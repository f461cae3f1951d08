"""What the runner runs: a job, and what a range of its blocks leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass
class Partial:
    """What a range of blocks leaves.

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
    """

    first: int
    rows: NDArray[np.float64] | None
    records: NDArray[np.float64] | None
    health: NDArray[np.int64]


class Job(Protocol):
    """A pure function of block ids.

    It is described by plain data, so that it can travel to another process.
    """

    @property
    def paths(self) -> int:
        """Number of paths."""

    @property
    def work(self) -> float:
        """Path-steps in all, for choosing how many blocks make a task."""

    @property
    def columns(self) -> int:
        """Numbers stored per path; 0 if the job keeps statistics."""

    def prepare(self) -> None:
        """Compile whatever `compute` needs in this process."""

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """The result of blocks first .. last - 1; stored numbers go into `rows` if it is given."""
