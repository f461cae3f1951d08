"""How far walls have pushed the paths of a solution: the local times at the walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.statistics import Record
from stochcalc.moments import Moments
from stochcalc.solver.saved_paths import SavedPaths
from stochcalc.solver.walls import Walls
from stochcalc.typing import Array


@dataclass(frozen=True, eq=False)
class LocalTimes:
    """How far the lower and the upper wall have pushed, at the saved times, or statistics of it.

    Attributes
    ----------
    pushes : ndarray, shape (paths, times, 2), or None for save="stats"
        The local time of each path at the lower and at the upper wall.
    record : ndarray, shape (7, times * 2), or None
        For save="stats", the statistics.
    """

    pushes: Array | None
    record: Record | None


class ReflectedPaths(SavedPaths):
    """What a solution tells of the walls that reflect its paths.

    Attributes
    ----------
    local_times : LocalTimes or None
        How far the walls have pushed; None for a run without walls.
    """

    local_times: LocalTimes | None

    @property
    def local_time(self) -> Array:
        """How far the lower and the upper wall have pushed each path, shape (paths, times, 2).

        The path is its own unreflected motion, the sum of the steps of the scheme along it, plus
        the first and less the second: Skorokhod's Y, L and U. It raises ValueError for a run
        without `reflect=`, and for save="stats", which keeps no path.
        """
        pushes = self._local_times("local_time").pushes
        if pushes is None:
            raise ValueError(
                'local_time needs the paths, and save="stats" keeps none: use save="last", or '
                "local_time_moments"
            )
        return pushes

    @property
    def local_time_moments(self) -> Moments:
        """The moments of the local times over the paths, of shape (times, 2).

        It raises ValueError for a run without `reflect=`.
        """
        times = self._local_times("local_time_moments")
        if times.record is not None:
            return Moments(times.record, (len(self.t), 2))
        return Moments.of(self.local_time)

    def _local_times(self, name: str) -> LocalTimes:
        """Return the local times, or raise a ValueError that says why there are none."""
        if self.local_times is None:
            raise ValueError(f"{name} needs a run with walls: solve(..., reflect=(low, high))")
        return self.local_times


def is_reflected(job: March | Batch) -> bool:
    """Say whether walls reflect the paths of a job."""
    return isinstance(job, March) and isinstance(job.watch, Walls)


def read_reflected_rows(rows: Array, times: int) -> tuple[Array, LocalTimes]:
    """Return the states at the saved times, shape (paths, times), and the local times."""
    table = rows.reshape(len(rows), times, 3)
    x = np.ascontiguousarray(table[:, :, 0])
    return x, LocalTimes(pushes=np.ascontiguousarray(table[:, :, 1:]), record=None)


def read_reflected_record(record: Record, times: int) -> tuple[Record, LocalTimes]:
    """Return the statistics of the states at the saved times, and those of the local times."""
    table = record.reshape(len(record), times, 3)
    states = np.ascontiguousarray(table[:, :, 0])
    pushes = np.ascontiguousarray(table[:, :, 1:]).reshape(len(record), -1)
    return states, LocalTimes(pushes=None, record=pushes)
