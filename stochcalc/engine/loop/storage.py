"""Where a run puts the numbers that it stores of each path."""

from __future__ import annotations

import numpy as np

from stochcalc.engine.loop.job import Job, Partial
from stochcalc.engine.statistics import FIELDS, LANES, blocks_of
from stochcalc.typing import Array


class Storage:
    """The place for the stored numbers of a run over some blocks.

    Attributes
    ----------
    rows : ndarray, shape (paths, columns), or None
        The stored numbers; None for a job that keeps statistics.
    """

    def __init__(self, job: Job, blocks: range) -> None:
        self.paths = job.paths
        self.offset = blocks.start * LANES
        self.rows: Array | None = None
        if job.columns:
            stored = min(blocks.stop * LANES, job.paths) - self.offset
            self.rows = np.empty((stored, job.columns))

    def place(self, first: int, last: int) -> Array | None:
        """Return the rows of blocks first .. last - 1."""
        if self.rows is None:
            return None
        return self.rows[first * LANES - self.offset : min(last * LANES, self.paths) - self.offset]

    def copy(self, part: Partial) -> None:
        """Copy the rows that came from another process to their place."""
        place = self.place(part.first, part.first + len(part.health))
        if place is not None and part.rows is not None:
            place[:] = part.rows

    def read(self, blocks: range) -> Array | None:
        """Return the rows of finished blocks, which a checkpoint keeps."""
        return self.place(blocks.start, blocks.stop)

    def fill(self, blocks: range, rows: Array) -> None:
        """Put rows that were kept by a checkpoint back to their place."""
        place = self.place(blocks.start, blocks.stop)
        if place is not None:
            place[:] = rows


def count_records(columns: int, paths: int, threads: int) -> int:
    """Return how many numbers the statistics of a run take while it goes on.

    Each task that is running or has ended holds the record of a block at least, and so does each
    level of the tree in which they meet.
    """
    blocks = blocks_of(paths)
    return FIELDS * columns * (min(blocks, 2 * threads) + blocks.bit_length())
