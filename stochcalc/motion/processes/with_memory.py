r"""Stationary noise with a memory tau, which begins with a step of infinite length.

Normal noise and telegraph noise are Markov processes of mean 0 and covariance
size^2 exp(-|t - s|/tau), whose steps are exact for every length. A step of infinite length forgets
the state that it starts from, and ends in the stationary law. So the time loop takes one from a
fixed state first, and keeps what follows. (Second moments alone do not tell whether it is taken: a
process that starts at `size` has the same E X_s X_t. The mean of the first value tells.)
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace

import numpy as np

from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.sources import Source
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

    def _job(self, paths: int) -> March:
        times = self.partition.times
        steps = np.concatenate([[np.inf], self.partition.steps])
        return March(
            step=self._step(),
            noise=self._noise(len(steps)),
            paths=paths,
            dim=0,
            kept=1,
            times=np.concatenate([times[:1], times]),
            steps=steps,
            starts=np.array([[self.size]]),
            keep=np.arange(1, len(steps) + 1),
            args=(self.tau, self.size),
        )

    def _count_beside(self, threads: int) -> int:
        return 4 * self.partition.n  # the arrays of the job, beside those of the grid

    def _make_starts(self, first: int, last: int) -> Array:
        job = self._job(last)
        opening = replace(job, steps=job.steps[:1], keep=job.keep[:1])
        blocks = range(first // LANES, blocks_of(last))
        return runner.rows(opening, blocks=blocks, workers=1)[:, 0]

    @abstractmethod
    def _step(self) -> Step:
        """Return the exact step of the process; its parameters are (tau, size)."""

    @abstractmethod
    def _noise(self, steps: int) -> Source:
        """Return what drives so many steps."""
