"""From a fitted problem to a job for the runner, compiled or in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.refusals import CannotCompile
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_calls import call_condition, call_together, vectorize
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.sources import Source
from stochcalc.engine.words import end_sentence
from stochcalc.motion.partition import Partition
from stochcalc.solver.companions import Companion, watch_paths
from stochcalc.solver.fit import Fitted
from stochcalc.solver.stopping import Condition
from stochcalc.solver.walls import Walls
from stochcalc.solver.weighing import Weight, make_log_weight
from stochcalc.typing import Array, Integers, StopCondition

ON_ARRAYS = {"scalar", "float", "vector", "lanes"}  # kinds of functions that are compiled on arrays


def make_job(
    problem: Fitted,
    source: Source,
    layout: Layout,
    paths: int,
    grid: Partition,
    start: Array,
    keep: Integers,
    save_rows: bool,
    companion: Companion | None = None,
) -> March | Batch:
    """Return the job of a fitted problem, compiled and ready.

    Functions that Numba refuses run in NumPy, with a warning.

    Parameters
    ----------
    problem : Fitted
        A scheme on an equation.
    source, layout : Source, Layout
        The noise that drives it, and the rows of this noise.
    paths : int
        Number of paths.
    grid : Partition
        The steps.
    start : ndarray
        Initial states: one row, or one row for each path.
    keep : ndarray of int
        Numbers of the grid points to keep.
    save_rows : bool
        Whether the states of every path are stored; if not, statistics are kept.
    companion : Companion, optional
        What looks at the steps of each path.
    """
    dim = problem.dim
    plain = March(
        step=problem.step,
        noise=source,
        paths=paths,
        dim=dim,
        kept=max(dim, 1),
        times=grid.times,
        steps=grid.steps,
        starts=start,
        keep=keep,
        args=problem.args,
        save_rows=save_rows,
        layout=layout,
        lam=problem.lam,
    )
    if problem.sde.vectorized:
        return _on_arrays(plain, problem, companion)
    job = plain
    if companion is not None:
        job = watch_paths(plain, companion)
    try:
        job.prepare()
    except CannotCompile as error:
        if isinstance(companion, Walls):
            raise
        how = _choose_calls(problem, float(grid.times[0]), start[0])
        companion_how = "tuple"
        if isinstance(companion, Condition):
            t = float(grid.times[0])
            companion_how = _choose_condition_call(companion.stop, problem, t, start[0])
        if isinstance(companion, Weight):
            t = float(grid.times[0])
            companion_how = _choose_weight_call(companion, problem, t, start[0])
        cost = "in NumPy, some ten times"
        hint = ", or say vectorized=True if that is how it is meant"
        if "each" in (*how, companion_how):
            cost = "path by path in Python, some thousand times"
            hint = ""
        checks.warn_user(
            f"{end_sentence(error.reason)} It runs {cost} slower than compiled; "
            f"{error.remedy}{hint}"
        )
        return _in_numpy(plain, how, companion, companion_how)
    return job


def _on_arrays(job: March, problem: Fitted, companion: Companion | None) -> March | Batch:
    """Return the job of functions of arrays, compiled on strips of lanes or in NumPy.

    Matrix noise, and derivatives that are matrices, run in NumPy: for many paths they are arrays of
    three axes, which Numba's products do not take. So do equations whose paths are stopped or
    weighed.
    """
    assert isinstance(job.step, Step) and job.layout is not None
    how = ("array",) * len(job.step.functions)
    kinds = {kind for _, kind in job.step.functions}
    in_numpy = job.layout.matrix or not kinds <= ON_ARRAYS or _has_matrix_in_drift(problem)
    if in_numpy or companion is not None:
        return _in_numpy(job, how, companion, "array")
    compiled = replace(job, step=replace(job.step, arrays=True))
    try:
        compiled.prepare()
    except CannotCompile as error:
        checks.warn_user(
            f"{end_sentence(error.reason)} It runs in Python's NumPy, some ten times slower than "
            f"compiled; {error.remedy}"
        )
        return _in_numpy(job, how)
    return compiled


def _has_matrix_in_drift(problem: Fitted) -> bool:
    """Say whether the drift was corrected by a matrix, the slopes of scalar noise in a system."""
    is_corrected = problem.sde.lam != problem.lam
    return is_corrected and problem.sde.noise == "scalar" and problem.dim > 0


def _in_numpy(
    job: March,
    how: tuple[str, ...],
    companion: Companion | None = None,
    companion_how: str = "array",
) -> Batch:
    """Return the same job in NumPy.

    The words `how` say how each function is called (see `vectorize`), `companion_how` those of the
    companion.
    """
    assert isinstance(job.step, Step) and job.layout is not None
    stop = None
    if isinstance(companion, Condition):
        stop = companion.stop
    weight = None
    if isinstance(companion, Weight):
        weight = make_log_weight(companion, companion_how)
    return Batch(
        step=job.step,
        how=how,
        noise=job.noise,
        paths=job.paths,
        dim=job.dim,
        times=job.times,
        steps=job.steps,
        starts=job.starts,
        keep=job.keep,
        args=job.args,
        layout=job.layout,
        save_rows=job.save_rows,
        lam=job.lam,
        stop=stop,
        stop_how=companion_how,
        weight=weight,
    )


def _choose_calls(problem: Fitted, t: float, start: Array) -> tuple[str, ...]:
    """Return how each function of the equation is called in NumPy: on arrays or path by path."""
    return tuple(
        _choose_call(function, kind, problem, t, start) for function, kind in problem.step.functions
    )


def _choose_call(
    function: Callable[..., Any], kind: str, problem: Fitted, t: float, start: Array
) -> str:
    """Return "tuple" if the function gives on arrays what it gives on floats, else "each"."""
    x = _make_trial_states(problem, start)
    try:
        with np.errstate(all="ignore"):
            together = call_together(function, kind, "tuple")(t, x, *problem.args)
            alone = vectorize(function, kind, "each")(t, x, *problem.args)
        together = getattr(together, "entries", together)
        alone = getattr(alone, "entries", alone)
        same = np.allclose(together, alone, rtol=1e-12, equal_nan=True)
    # whatever a function of floats does with arrays, it is then called with floats
    except Exception:
        return "each"
    if same:
        return "tuple"
    return "each"


def _choose_condition_call(stop: StopCondition, problem: Fitted, t: float, start: Array) -> str:
    """Return "tuple" if a condition on arrays gives one value for each path, else "each"."""
    x = _make_trial_states(problem, start)
    try:
        with np.errstate(all="ignore"):
            together = call_condition(stop, "tuple", t, x, problem.args)
            alone = call_condition(stop, "each", t, x, problem.args)
    # whatever a condition on floats does with arrays, it is then called with floats
    except Exception:
        return "each"
    if together.shape == alone.shape and (together == alone).all():
        return "tuple"
    return "each"


def _choose_weight_call(weight: Weight, problem: Fitted, t: float, start: Array) -> str:
    """Return "tuple" if a weight's functions give on arrays what they give on floats, or "each"."""
    x = _make_trial_states(problem, start)
    if make_log_weight(weight, "tuple").agrees(t, x, problem.args):
        return "tuple"
    return "each"


def _make_trial_states(problem: Fitted, start: Array) -> Array:
    """Return three states near the start, as an array with the paths along its last axis."""
    x: Array = start[:, None] * (1.0 + 0.01 * np.arange(3.0)) + np.array([0.0, 0.01, -0.02])
    if problem.dim == 0:
        x = x[0]
    return x
