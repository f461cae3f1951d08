"""The run behind `first_passage`: the job of the time loop, and what is read off its rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import BRIDGE_EXTREMES
from stochcalc.engine.random.sources import Beside, Extra, Source
from stochcalc.motion.partition import Partition
from stochcalc.passage.barrier import Barriers
from stochcalc.passage.steps import Exit
from stochcalc.solver.fit import Fitted
from stochcalc.solver.sources import make_keyed_source
from stochcalc.typing import Array


def make_job(
    problem: Fitted,
    grid: Partition,
    start: Array,
    barriers: Barriers,
    component: int,
    paths: int,
    key: int,
    correction: bool,
    rows_kept: bool,
) -> March:
    """Return the march of the states with the times and sides of their passages.

    Parameters
    ----------
    problem : Fitted
        A scheme on an equation.
    grid : Partition
        The steps.
    start : ndarray, shape (1, max(dim, 1))
        The start of all paths.
    barriers : Barriers
        One barrier or two.
    component : int
        The component that reaches them.
    paths, key : int
        The number of paths, and the key of the motion.
    correction : bool
        Whether crossings between grid times count.
    rows_kept : bool
        Whether the passage of every path is stored; if not, statistics are kept.
    """
    increments, layout = make_keyed_source([problem], grid, key)
    source: Source = increments
    if correction:
        for number in range(3):  # of the first two `maximum` makes the same exponential
            source = Beside(source, Extra(key, BRIDGE_EXTREMES, number))
    watch = Exit(
        diffusion=problem.sde.diffusion,
        kind=_choose_kind(problem),
        component=component,
        two=barriers.two,
        bridges=correction,
        first=max(layout.rows, 1),
    )
    size = max(problem.dim, 1)
    T = float(grid.times[-1])
    return March(
        step=problem.step,
        noise=source,
        paths=paths,
        dim=problem.dim,
        kept=size + len(watch.marks) if rows_kept else 3,
        times=grid.times,
        steps=grid.steps,
        starts=np.hstack([start, [watch.marks]]),
        keep=np.array([grid.n]),
        args=(problem.args, (barriers.levels, grid.n / T, T, barriers.side)),
        save_rows=rows_kept,
        layout=layout,
        lam=problem.lam,
        watch=watch,
    )


def _choose_kind(problem: Fitted) -> str:
    """Return what the diffusion returns, in the words of `build_spread`."""
    if problem.dim == 0:
        return "number"
    if problem.layout.matrix:
        return "rows"
    if problem.layout.size == 0:
        return "one noise"
    return "own noises"


def read_run(
    rows: Array | None, state: runner.State, grid: Partition, dim: int, correction: bool
) -> dict[str, Any]:
    """Return the times, the sides and the states of a run, or its statistics."""
    if rows is None:
        return {"times": None, "record": state.record}
    size = max(dim, 1)
    states = rows[:, :size].copy()
    lost = ~np.isfinite(states).all(axis=1)
    times = np.where(rows[:, size] < NEVER, rows[:, size], np.inf)
    times[lost] = np.nan
    if not correction:
        _snap(times, grid)
    if dim == 0:
        states = states[:, 0]
    return {"times": times, "side": rows[:, size + 1].astype(np.int64), "states": states}


def _snap(times: Array, grid: Partition) -> None:
    """Replace times at the ends of steps by the grid times: t_k + h may miss t_(k+1) by a rounding.

    Paths that did not reach the barrier are left alone.
    """
    there = np.isfinite(times)
    k = np.rint(times[there] / grid.times[-1] * grid.n).astype(np.int64)
    times[there] = grid.times[k]
