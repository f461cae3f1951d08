"""The job of a process that writes the values of its paths itself, without the time loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.loop.job import Partial
from stochcalc.engine.portable import Portable
from stochcalc.engine.statistics import LANES, count_nonfinite
from stochcalc.typing import Array

WORK = 2.0  # what a value takes, in steps of the time loop


class WritesValues(Protocol):
    """A process that writes the values of any of its blocks of 256 paths."""

    @property
    def numbers(self) -> int:
        """How many numbers one path has."""

    def prepare(self) -> None:
        """Compile and make what all blocks need."""

    def write_values(self, first: int, last: int, rows: Array, stop: NDArray[np.uint8]) -> None:
        """Write the values of paths first .. last - 1 to rows, shape (last - first, numbers).

        Once stop[0] is not 0, the rest may be left out.
        """


@dataclass(frozen=True, eq=False)
class ValuesJob(Portable):
    """A job for the runner: the values of a process, block by block, at their place.

    Attributes
    ----------
    process : WritesValues
        The process.
    paths : int
        The number of paths.
    """

    process: WritesValues
    paths: int

    @property
    def work(self) -> float:
        """The numbers of all paths, as steps of the time loop."""
        return WORK * self.paths * self.process.numbers

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path."""
        return self.process.numbers

    def prepare(self) -> None:
        """Compile and make what all blocks need."""
        self.process.prepare()

    def compute(
        self, first: int, last: int, rows: Array | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Return the values of blocks first .. last - 1; the arguments are those of any job."""
        start = first * LANES
        paths = max(min(last * LANES, self.paths) - start, 0)
        if rows is None:
            rows = np.empty((paths, self.columns))
        for low in range(0, paths, LANES):
            if stop[0]:
                break
            high = min(low + LANES, paths)
            self.process.write_values(start + low, start + high, rows[low:high], stop)
        # No process returns from inf or nan to a finite number, so the end of a path tells.
        health = count_nonfinite(rows[:, -1:], last - first, start)
        return Partial(first=first, rows=rows, records=None, health=health)
