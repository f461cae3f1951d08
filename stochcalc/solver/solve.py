"""solve: one SDE, one scheme, any number of paths.

`Solution` is what it returns, `grid` finds the times, `jobs` makes the job that is run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.user_function import find_fallbacks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.loop.workers import check_workers
from stochcalc.engine.random.philox import STREAM_VERSION, make_key
from stochcalc.methods import Method
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine
from stochcalc.solver.fit import choose, fit, source_of
from stochcalc.solver.grid import choose_grid
from stochcalc.solver.jobs import job_of, run_until
from stochcalc.solver.solution import Solution, shape_rows


def solve(
    sde: SDE,
    x0: Any,
    T: float | None = None,
    *,
    n: int | None = None,
    noise: BrownianPaths | None = None,
    paths: int = 1,
    method: str | Method = "euler_maruyama",
    save: Any = "all",
    t0: float = 0.0,
    starts: bool = False,
    on_nonfinite: str = "warn",
    target_stderr: float | None = None,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> Solution:
    """Solve an SDE along many Brownian paths.

    Parameters
    ----------
    sde : SDE
    x0 : float, or sequence of d floats
        Start: a number for a scalar problem. With `starts=True`, one start per path: (paths,) or
        (paths, d).
    T, n : float, int
        End time and number of steps; or
    noise : BrownianPaths
        the motion itself, with its grid and its paths. `solve(..., T, n=n, rng=7)` and
        `solve(..., noise=brownian(T, n, rng=7))` give the same bits.
    method : str or Method
        A name in METHODS, or a scheme of your own.
    save : "all", "last", "stats", or an array of times
        Times become grid points. "stats" keeps moments at every grid time and stores no path.
    on_nonfinite : {"warn", "raise"}
        What to do about paths that leave the finite range. Nothing is left out of a mean.
    target_stderr : float, optional
        Run `paths` paths (in full blocks of 256), then twice as many, and so on, until the standard
        error of the mean at the last time is at most this, in every component; `.estimate()` has an
        interval that allows for the looks.
    rng, key : seed as NumPy takes it, or the `.key` of an earlier result
    workers, executor, progress
        Threads (default: all CPUs), a `concurrent.futures.Executor` instead, a progress bar (needs
        tqdm).

    Returns
    -------
    Solution

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for functions that fail their probe, before anything is computed.
    FloatingPointError
        With on_nonfinite="raise", naming the first path that left the finite range.

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> sol = solve(gbm(0.1, 0.2), 1.0, 1.0, n=16, paths=1000, save="last", rng=1)
    >>> sol.x.shape, sol.nonfinite
    ((1000, 1), 0)
    """
    check_sde(sde)
    checks.choice("on_nonfinite", on_nonfinite, ("warn", "raise"))
    stats = isinstance(save, str) and save == "stats"
    scheme = choose(method)
    grid, keep = choose_grid(T, n, noise, t0, save)
    paths = checks.integer("paths", paths)
    target = None if target_stderr is None else _target(target_stderr, noise, starts)
    if noise is not None:
        paths = _paths_of(noise, paths, t0, rng, key)
    start, dim = checks.starting_states(x0, paths, checks.flag("starts", starts))
    problem = fit(examine(sde, start[0], dim, float(grid.times[0])), scheme)
    key = make_key(rng, key) if noise is None else noise.key
    if noise is not None and noise.dim != problem.layout.width:
        raise ValueError(
            f"noise has dim={noise.dim} and the diffusion needs {problem.layout.width}: draw "
            f"brownian(dim={problem.layout.width})"
        )
    source, layout = source_of(problem, grid, key, noise)
    if not stats:
        checks.budget(
            "the solution",
            len(keep) * max(dim, 1) * paths,
            'use save="stats", save="last" or fewer times',
        )
    check_workers(workers, executor)
    how = {"workers": workers, "executor": executor, "progress": progress}
    job = job_of(problem, source, layout, paths, grid, start, keep, not stats)
    looks = 0
    if target is None:
        rows, state = runner.run(job, **how)
    else:
        rows, state, job, looks = run_until(job, target, **how)
    numpy = isinstance(job, Batch)
    names = () if numpy else find_fallbacks(*(function for function, _ in problem.step.functions))
    info = {
        "method": scheme.name,
        "noise": sde.noise,
        "lam": sde.lam,
        "n": grid.n,
        "paths": job.paths,
        "numba_names": names,
        "route": "numpy" if numpy else "compiled",
        "looks": looks,
        "stream_version": STREAM_VERSION,
    }
    x = None if rows is None else shape_rows(rows, dim, len(keep))
    sol = Solution(
        t=grid.times[keep],
        x=x,
        key=key,
        nonfinite=state.nonfinite,
        info=info,
        job=job,
        record=state.record if rows is None else None,
    )
    if state.nonfinite:
        _report(sol, state.first_nonfinite, on_nonfinite)
    return sol


def _target(target_stderr: Any, noise: Any, starts: Any) -> float:
    """The standard error to reach."""
    target = checks.number("target_stderr", target_stderr, above=0.0)
    if noise is not None or starts is True:
        given = "noise=" if noise is not None else "starts=True"
        raise ValueError(
            f"target_stderr={target:g} asks for as many paths as it takes, and {given} has a "
            "number of its own: leave one out"
        )
    return target


def _paths_of(noise: BrownianPaths, paths: int, t0: Any, rng: Any, key: Any) -> int:
    """The number of paths of the motion, which brings its own key and times as well."""
    if rng is not None or key is not None:
        raise ValueError(f"noise= brings its own key: leave rng={rng!r} and key={key!r} out")
    if paths not in (1, noise.paths):
        raise ValueError(f"paths={paths} and noise= has {noise.paths} paths: leave paths out")
    if t0 not in (0.0, noise.t[0]):
        raise ValueError(f"t0={t0!r} and noise= starts at {noise.t[0]:g}: leave t0 out")
    return noise.paths


def _report(sol: Solution, path: int, on_nonfinite: str) -> None:
    """Warn of paths that left the finite range, or raise: where the first did, and what to do."""
    try:
        where = _first_nonfinite(sol.replay(path))
    except ValueError:  # too many steps to replay in memory
        where = ""
    others = [name for name in ("tamed_euler", "theta") if name != sol.info["method"]]
    steady = " or ".join(map(repr, others))
    text = (
        f"{sol.nonfinite} of {sol.job.paths} paths left the finite range, first path "
        f"{path}{where}: use more steps, or method={steady} where the drift is steep, or a "
        "diffusion that is defined there; their entries are not finite and the means are nan"
    )
    if on_nonfinite == "raise":
        raise FloatingPointError(text)
    checks.warn_user(text)


def _first_nonfinite(one: Solution) -> str:
    """Return the step at which a path left the finite range, and the state before."""
    assert one.x is not None
    states = one.x.reshape(len(one.t), -1)
    step = int(np.flatnonzero(~np.isfinite(states).all(axis=1))[0])
    return f" at step {step} (t={one.t[step]:g}) from state {states[max(step - 1, 0)].tolist()}"
