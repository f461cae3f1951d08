"""From a fitted problem to a job for the runner, compiled or in NumPy.

`run_until` runs such a job over more and more paths until it is precise enough.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.refusals import CannotCompile
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_calls import vectorize
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.motion.partition import Partition
from stochcalc.solver.fit import Fitted

ON_ARRAYS = {"scalar", "float", "vector", "lanes"}  # kinds of functions that are compiled on arrays
MOST_PATHS = 2**40  # of a run that is to reach a standard error


def job_of(
    problem: Fitted,
    source: Any,
    layout: Layout,
    paths: int,
    grid: Partition,
    start: NDArray[np.float64],
    keep: NDArray[np.int64],
    save_rows: bool,
) -> March | Batch:
    """Return the job, compiled and ready.

    Functions that Numba refuses run in NumPy, with a warning.
    """
    dim = problem.dim
    job = March(
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
        return _on_arrays(job)
    try:
        job.prepare()
    except CannotCompile as error:
        how = tuple(
            _way(function, kind, problem, float(grid.times[0]), start[0])
            for function, kind in problem.step.functions
        )
        each = "each" in how
        cost = "path by path in Python, some thousand times" if each else "in NumPy, some ten times"
        hint = "" if each else ", or say vectorized=True if that is how it is meant"
        checks.warn_user(
            f"{error.reason}. It runs {cost} slower than compiled; {error.remedy}{hint}"
        )
        return _in_numpy(job, how)
    return job


def _on_arrays(job: March) -> March | Batch:
    """Return the job of functions of arrays, compiled on strips of lanes or in NumPy.

    Matrix noise, and derivatives that are matrices, run in NumPy: those of many paths are an array
    of three axes, which Numba's products do not take.
    """
    assert isinstance(job.step, Step) and job.layout is not None
    how = ("array",) * len(job.step.functions)
    if job.layout.matrix or not {kind for _, kind in job.step.functions} <= ON_ARRAYS:
        return _in_numpy(job, how)
    compiled = replace(job, step=replace(job.step, arrays=True))
    try:
        compiled.prepare()
    except CannotCompile as error:
        checks.warn_user(
            f"{error.reason}. It runs in Python's NumPy, some ten times slower than compiled; "
            f"{error.remedy}"
        )
        return _in_numpy(job, how)
    return compiled


def _in_numpy(job: March, how: tuple[str, ...]) -> Batch:
    assert isinstance(job.step, Step) and job.layout is not None
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
    )


def _way(function: Any, kind: str, problem: Fitted, t: float, start: NDArray[np.float64]) -> str:
    """Return "tuple" if the function gives on arrays what it gives on floats, else "each"."""
    x = np.multiply.outer(start, [1.0, 1.01, 0.98]) + np.array([0.0, 0.01, -0.02])
    if problem.dim == 0:
        x = x[0]
    try:
        with np.errstate(all="ignore"):
            together = vectorize(function, kind, "tuple")(t, x, *problem.args)
            alone = vectorize(function, kind, "each")(t, x, *problem.args)
        together = getattr(together, "entries", together)
        alone = getattr(alone, "entries", alone)
        same = np.allclose(together, alone, rtol=1e-12, equal_nan=True)
    # whatever a function of floats does with arrays, it is then called with floats
    except Exception:
        return "each"
    return "tuple" if same else "each"


def run_until(job: March | Batch, target: float, **how: Any) -> tuple[Any, runner.State, Any, int]:
    """Run a job over its paths, then over twice as many, ..., until max stderr <= target.

    What is returned is (rows, state, the job over all paths, looks). The standard error is that of
    the mean at the last kept time. Blocks have numbers, so the result has the bits of one run over
    as many paths.
    """
    paths = blocks_of(job.paths) * LANES
    looks = 1
    state = None
    done = 0
    pieces: list[Any] = []
    while True:
        job = replace(job, paths=paths)
        blocks = range(done, blocks_of(paths))
        checks.budget(
            f"target_stderr={target:g} with {paths} paths",
            job.columns * paths,
            'use save="stats" or save="last"',
        )
        rows, part = runner.run(job, blocks=blocks, batches=[range(blocks_of(MOST_PATHS))], **how)
        pieces.append(rows)
        if state is None:
            state = part
        else:
            state.union(part)
        stderr = _stderr(job, pieces, state)
        if state.nonfinite or stderr <= target:
            return None if rows is None else np.concatenate(pieces), state, job, looks
        needed = paths * (stderr / target) ** 2
        if needed > MOST_PATHS:
            raise ValueError(
                f"target_stderr={target:g} needs about {needed:.2g} paths ({paths} gave "
                f"{stderr:.3g}): ask for less"
            )
        done = blocks.stop
        paths *= 2
        looks += 1


def _stderr(job: March | Batch, pieces: list[Any], state: runner.State) -> float:
    """The largest standard error at the last kept time."""
    if pieces[0] is None:
        record = state.record
        count = record[0, -job.kept :]
        m2 = record[2, -job.kept :]
        return float(np.sqrt(m2 / np.maximum(count - 1.0, 1.0) / count).max())
    last = np.concatenate([piece[:, -job.kept :] for piece in pieces])
    with np.errstate(all="ignore"):  # of paths that left the finite range: they are reported
        return float((last.std(axis=0, ddof=1) / np.sqrt(len(last))).max())
