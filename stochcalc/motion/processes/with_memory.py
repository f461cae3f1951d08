r"""Stationary noise with a memory tau, whose first value is put in after the time loop.

Normal noise and telegraph noise are Markov processes of mean 0 and covariance
size^2 exp(-|t - s|/tau). In both, what becomes of the first value is linear in it. So the time loop
starts every path at the same value, and the first value of each path is put in afterwards: no array
of starts has to travel with the job.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.normal_arrays import path_normals
from stochcalc.engine.random.philox import INITIAL_STATES
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.motion.processes.process import Process
from stochcalc.typing import Array


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class NoiseWithMemory(Process):
    """Stationary noise of covariance size^2 exp(-|t - s|/tau).

    Attributes
    ----------
    tau : float
        The memory, in units of time.
    size : float
        The standard deviation of every value.
    """

    tau: float
    size: float

    @property
    def called(self) -> str:
        """What the process is called, with its parameters."""
        return f"tau={self.tau:g}, size={self.size:g}"

    @property
    def starts_at_start(self) -> bool:
        """Whether all paths start at `start`: they start anywhere in the stationary law."""
        return False

    def _make_values(self, first: int, last: int) -> Array:
        if last == first:
            return np.empty((0, self.numbers))
        blocks = range(first // LANES, blocks_of(last))
        rows = runner.rows(self._march(last), blocks=blocks, workers=1)
        return self._put_start(rows, self.block_starts(first, last))

    def _make_starts(self, first: int, last: int) -> Array:
        z = path_normals(self.key, INITIAL_STATES, first, (last - first, 1))[:, 0]
        return self._draw_start(z)

    @abstractmethod
    def _march(self, paths: int) -> March:
        """Return the job of the values of so many paths from a fixed start."""

    @abstractmethod
    def _put_start(self, rows: Array, starts: Array) -> Array:
        """Return the values of paths that start where they should."""

    @abstractmethod
    def _draw_start(self, z: Array) -> Array:
        """Return the first values from standard normals."""
