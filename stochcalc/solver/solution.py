"""Solution: what `solve` returns, paths or their moments at the saved times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.statistics import LANES, record_of_rows
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments


@dataclass(frozen=True, eq=False)
class Solution:
    """Paths, or what is left of them, at the saved times.

    Attributes
    ----------
    t : ndarray, shape (times,)
    x : ndarray, shape (paths, times[, dim]), or None for save="stats"
    key : int
        Replays the run: `solve(..., key=sol.key)`.
    nonfinite : int
        Paths that left the finite range; their entries and the means are nan.
    info : dict
        Method, sizes, names that ran on Numba's own functions, version of the random stream.
    """

    t: NDArray[np.float64]
    x: NDArray[np.float64] | None
    key: int
    nonfinite: int
    info: dict[str, Any]
    job: March | Batch = field(repr=False)
    record: Any = field(repr=False, default=None)

    @cached_property
    def moments(self) -> Moments:
        """Moments over the paths, of shape (times[, dim])."""
        record = self.record if self.x is None else record_of_rows(self.x.reshape(len(self.x), -1))
        return Moments(record, (len(self.t),) + ((self.job.dim,) if self.job.dim else ()))

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean over the paths, shape (times[, dim])."""
        return self.moments.mean

    @property
    def var(self) -> NDArray[np.float64]:
        """Variance over the paths, shape (times[, dim])."""
        return self.moments.var

    @property
    def stderr(self) -> NDArray[np.float64]:
        """Standard error of the mean, shape (times[, dim])."""
        return self.moments.stderr

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """The mean at the last time, as an Estimate.

        After k looks (`target_stderr`) the interval takes the share 1/(k (k + 1)) of the error
        allowed, so that all looks together keep to it.
        """
        confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
        looks = self.info["looks"]
        error = 1.0 - confidence
        if looks:
            error /= looks * (looks + 1.0)
        found = Estimate.normal(self.mean[-1], self.stderr[-1], 1.0 - error)
        return replace(found, confidence=confidence)

    def replay(self, path: int) -> Solution:
        """Return one path again, at every step: to the bit as it was computed among the others."""
        path = checks.integer("path", path, 0, self.job.paths - 1)
        n = len(self.job.steps)
        checks.budget(f"replay(path={path})", LANES * (n + 1) * self.job.kept, "use fewer steps")
        job = replace(self.job, keep=np.arange(n + 1), save_rows=True)
        block = path // LANES
        rows = runner.rows(job, blocks=range(block, block + 1), workers=1)
        x = shape_rows(rows[path - block * LANES :][:1], self.job.dim, n + 1)
        return Solution(
            t=self.job.times,
            x=x,
            key=self.key,
            nonfinite=int(not np.isfinite(x).all()),
            info={**self.info, "path": path},
            job=job,
        )

    def __repr__(self) -> str:
        kept = "moments" if self.x is None else f"x {self.x.shape}"
        return (
            f"Solution({self.info['paths']} paths by {self.info['method']}, {len(self.t)} times to "
            f"t={self.t[-1]:g}, {kept}, nonfinite={self.nonfinite}, key={self.key})"
        )

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """Draw up to 50 paths of the first component and return the axes.

        For save="stats" the mean and the spread are drawn.
        """
        from stochcalc.plot import plot_solution

        return plot_solution(self, ax=ax, **style)


def shape_rows(rows: NDArray[np.float64], dim: int, times: int) -> NDArray[np.float64]:
    """Return the rows of a run as states, shape (paths, times[, dim])."""
    return rows if dim == 0 else rows.reshape(len(rows), times, dim)
