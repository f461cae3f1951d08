"""What the companion of a run has kept beside the states: stops, weights or local times.

A job has one companion at most, whose numbers stand among those that the run has stored. Here they
are taken apart, for the solution of a run and for one path that is computed again.
"""

from __future__ import annotations

from dataclasses import dataclass

from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.statistics import Record
from stochcalc.solver.local_times import (
    LocalTimes,
    is_reflected,
    read_reflected_record,
    read_reflected_rows,
)
from stochcalc.solver.stopping import is_stopped
from stochcalc.solver.stops import Stops, read_record, read_rows
from stochcalc.solver.weights import Weights, is_weighed, read_weighed_record, read_weighed_rows
from stochcalc.typing import Array


@dataclass(frozen=True, eq=False)
class CompanionNumbers:
    """What the companion of a run has kept, None for what it does not have.

    Attributes
    ----------
    stops : Stops or None
        With a condition, when and where the paths were stopped.
    weights : Weights or None
        With another drift or killing, the weights of the paths.
    local_times : LocalTimes or None
        With walls, how far they have pushed the paths.
    """

    stops: Stops | None = None
    weights: Weights | None = None
    local_times: LocalTimes | None = None


def split_rows(rows: Array, job: March | Batch, times: int) -> tuple[Array, CompanionNumbers]:
    """Return the states at the first of the kept times, and what stands beside them.

    Parameters
    ----------
    rows : ndarray, shape (paths, columns)
        What the run has stored.
    job : March or Batch
        What was run.
    times : int
        How many of the kept times were asked for.
    """
    if is_stopped(job):
        states, stops = read_rows(rows, job, times)
        return states, CompanionNumbers(stops=stops)
    if is_weighed(job):
        states, weights = read_weighed_rows(rows, job, times)
        return states, CompanionNumbers(weights=weights)
    if is_reflected(job):
        states, local_times = read_reflected_rows(rows, times)
        return states, CompanionNumbers(local_times=local_times)
    return rows, CompanionNumbers()


def split_record(
    record: Record, job: March | Batch, times: int, nonfinite: int
) -> tuple[Record, CompanionNumbers]:
    """Return the statistics of the states at the first of the kept times, and what is beside them.

    The arguments are those of `split_rows`, with the number of paths that left the finite range.
    """
    if is_stopped(job):
        states, stops = read_record(record, job, times, nonfinite)
        return states, CompanionNumbers(stops=stops)
    if is_weighed(job):
        states, weights = read_weighed_record(record, job, times)
        return states, CompanionNumbers(weights=weights)
    if is_reflected(job):
        states, local_times = read_reflected_record(record, times)
        return states, CompanionNumbers(local_times=local_times)
    return record, CompanionNumbers()
