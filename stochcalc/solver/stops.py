"""When and where paths were stopped: `Stops`, read from what a run has stored, and its names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.statistics import Record
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.typing import Array


@dataclass(frozen=True, eq=False)
class Stops:
    """When and where the paths of a run were stopped, or statistics of it.

    Attributes
    ----------
    time : ndarray, shape (paths,), or None for save="stats"
        The time of the stop: inf for a path that was not stopped by the end of the run, nan for one
        that left the finite range before.
    state : ndarray, shape (paths[, dim]), or None for save="stats"
        The state in which the path stopped, nan for a path that was not stopped.
    record : ndarray, shape (7, 2)
        The statistics of whether a path was stopped by the end, and of min(tau, T).
    """

    time: Array | None
    state: Array | None
    record: Record

    @property
    def stopped(self) -> NDArray[np.bool_]:
        """Whether each path was stopped."""
        assert self.time is not None
        return np.isfinite(self.time)

    @property
    def probability(self) -> Estimate:
        """The probability P(tau <= T), with Wilson's interval; nan if paths were lost."""
        paths = int(self.record[0, 0])
        # The mean of 0s and 1s, times their number, is how many paths were stopped.
        return Estimate.share(np.rint(self.record[1, 0] * paths), paths)

    @property
    def mean_time(self) -> Estimate:
        """The mean E min(tau, T)."""
        return Moments(self.record[:, 1:]).estimate()


class StoppedPaths:
    """What a solution tells of the stops of its paths.

    Attributes
    ----------
    stops : Stops or None
        When and where the paths were stopped; None for a run without a condition.
    """

    stops: Stops | None

    @property
    def stopped(self) -> NDArray[np.bool_]:
        """Whether each path was stopped, shape (paths,).

        It raises ValueError for a run without `stop=`, and for save="stats", which keeps no path.
        """
        return self._stops("stopped").stopped

    @property
    def stop_time(self) -> Array:
        """The time at which each path was stopped, shape (paths,).

        It is inf for a path that was not stopped, and nan for one that left the finite range.
        It raises ValueError like `stopped`.
        """
        time = self._stops("stop_time").time
        assert time is not None  # _stops has seen to it
        return time

    @property
    def stop_state(self) -> Array:
        """The state in which each path was stopped, shape (paths[, dim]); nan for other paths.

        It raises ValueError like `stopped`.
        """
        state = self._stops("stop_state").state
        assert state is not None  # _stops has seen to it
        return state

    @property
    def stop_probability(self) -> Estimate:
        """The probability that a path was stopped by the end of the run, with Wilson's interval."""
        return self._stops("stop_probability", of_paths=False).probability

    @property
    def mean_stop_time(self) -> Estimate:
        """The mean of the earlier of the time of the stop and the end of the run."""
        return self._stops("mean_stop_time", of_paths=False).mean_time

    def _stops(self, name: str, *, of_paths: bool = True) -> Stops:
        """Return the stops, or raise a ValueError that says why there are none of this name."""
        if self.stops is None:
            raise ValueError(f"{name} needs a run with a condition: solve(..., stop=condition)")
        if of_paths and self.stops.time is None:
            raise ValueError(
                f'{name} needs the paths, and save="stats" keeps none: use save="last", or '
                "stop_probability and mean_stop_time"
            )
        return self.stops


def read_rows(rows: Array, job: March | Batch, times: int) -> tuple[Array, Stops]:
    """Return the states at the first of the kept times, shape (paths, times * size), and the stops.

    Parameters
    ----------
    rows : ndarray, shape (paths, columns)
        What a run with a condition has stored.
    job : March or Batch
        What was run.
    times : int
        How many of the kept times were asked for.
    """
    size = max(job.dim, 1)
    table = rows.reshape(len(rows), -1, size + 1)
    x = np.ascontiguousarray(table[:, :times, :size]).reshape(len(rows), -1)
    end = table[:, -1, :size]
    lost = ~np.isfinite(end).all(axis=1)
    time = np.where(table[:, -1, size] < NEVER, table[:, -1, size], np.inf)
    time[lost] = np.nan
    state = np.where(np.isfinite(time)[:, None], end, np.nan)
    if job.dim == 0:
        state = state[:, 0]
    hit = np.where(lost, np.nan, np.isfinite(time))
    both = np.stack([hit, np.minimum(time, job.times[-1])], axis=1)
    return x, Stops(time=time, state=state, record=Moments.of(both).record)


def read_record(
    record: Record, job: March | Batch, times: int, nonfinite: int
) -> tuple[Record, Stops]:
    """Return the statistics of the states at the first of the kept times, and those of the stops.

    The arguments are those of `read_rows`, with the number of paths that left the finite range.
    """
    size = max(job.dim, 1)
    table = record.reshape(len(record), -1, size + 2)
    states = np.ascontiguousarray(table[:, :times, :size]).reshape(len(record), -1)
    end = table[:, -1, size:].copy()
    if nonfinite:
        end[1:] = np.nan
    return states, Stops(time=None, state=None, record=end)
