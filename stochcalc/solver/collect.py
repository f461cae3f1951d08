"""From what a run has stored, or its statistics, to a `Solution`."""

from __future__ import annotations

from typing import Any

from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.loop.run_state import State
from stochcalc.solver.companion_numbers import split_record, split_rows
from stochcalc.solver.solution import Solution, shape_rows
from stochcalc.typing import Array, Key


def make_solution(
    t: Array, key: Key, rows: Array | None, state: State, job: March | Batch, info: dict[str, Any]
) -> Solution:
    """Return what a run has stored, or its statistics, at the saved times t."""
    x = None
    record = None
    if rows is None:
        record, numbers = split_record(state.record, job, len(t), state.nonfinite)
    else:
        states, numbers = split_rows(rows, job, len(t))
        x = shape_rows(states, job.dim, len(t))
    return Solution(
        t=t,
        x=x,
        key=key,
        nonfinite=state.nonfinite,
        info=info,
        job=job,
        record=record,
        stops=numbers.stops,
        weights=numbers.weights,
        local_times=numbers.local_times,
    )
