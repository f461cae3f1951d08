"""From what a run has stored, or its statistics, to a `Solution`."""

from __future__ import annotations

from typing import Any

from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.loop.run_state import State
from stochcalc.solver.local_times import (
    is_reflected,
    read_reflected_record,
    read_reflected_rows,
)
from stochcalc.solver.solution import Solution, shape_rows
from stochcalc.solver.stopping import is_stopped
from stochcalc.solver.stops import read_record, read_rows
from stochcalc.solver.weights import is_weighed, read_weighed_record, read_weighed_rows
from stochcalc.typing import Array, Key


def make_solution(
    t: Array, key: Key, rows: Array | None, state: State, job: March | Batch, info: dict[str, Any]
) -> Solution:
    """Return what a run has stored, or its statistics, at the saved times t."""
    x = None
    record = None
    stops = None
    weights = None
    local_times = None
    if rows is None:
        record = state.record
        if is_stopped(job):
            record, stops = read_record(record, job, len(t), state.nonfinite)
        if is_weighed(job):
            record, weights = read_weighed_record(record, job, len(t))
        if is_reflected(job):
            record, local_times = read_reflected_record(record, len(t))
    else:
        if is_stopped(job):
            rows, stops = read_rows(rows, job, len(t))
        if is_weighed(job):
            rows, weights = read_weighed_rows(rows, job, len(t))
        if is_reflected(job):
            rows, local_times = read_reflected_rows(rows, len(t))
        x = shape_rows(rows, job.dim, len(t))
    return Solution(
        t=t,
        x=x,
        key=key,
        nonfinite=state.nonfinite,
        info=info,
        job=job,
        record=record,
        stops=stops,
        weights=weights,
        local_times=local_times,
    )
