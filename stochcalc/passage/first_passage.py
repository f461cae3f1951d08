"""First passage: when a path first reaches a barrier, with the crossings between grid times.

Between grid times the path of a scheme is a Brownian bridge with the frozen volatility s = b(t_k,
X_k). Let a and c be the distances to the barrier at the ends of a step of length h. If both ends
lie on one side, the bridge crosses with probability exp(-2 a c/(s^2 h)); otherwise it crosses
surely. So it crosses if a standard exponential exceeds 2 a c/(s^2 h), with c = 0 beyond the
barrier. Given that it crosses, the time t_k + u of the first crossing has the density

    u^(-3/2) exp(-a^2/(2 s^2 u)) (h - u)^(-1/2) exp(-c^2/(2 s^2 (h - u)))

in u, up to a constant: the first two factors are the density of the passage, and the others that of
the way from there to the end, which is the same on either side by reflection. So u/(h - u) is
inverse Gaussian with mean a/c and shape a^2/(s^2 h).

Sources: Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4; Gobet, Stoch.
Process. Appl. 87 (2000) 167 (weak order 1); Michael, Schucany and Haas, Amer. Statist. 30 (1976) 88
(inverse Gaussian variates).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step, compile_coefficient
from stochcalc.engine.functions.refusals import explain_refusals
from stochcalc.engine.functions.user_function import find_fallbacks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import BRIDGE_EXTREMES, STREAM_VERSION, make_key
from stochcalc.engine.random.sources import Beside, Extra, KeyedNoise, Source
from stochcalc.methods import Method
from stochcalc.motion.partition import Partition
from stochcalc.passage.barrier import check_barrier
from stochcalc.passage.passage_times import FirstPassage
from stochcalc.passage.steps import (
    bind_scheme,
    make_bridge_step,
    make_grid_step,
    observe_hit_and_time,
    observe_time,
    take_path,
)
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine
from stochcalc.solver.fit import Fitted, choose, fit
from stochcalc.solver.sources import make_keyed_source
from stochcalc.typing import Array, Executor, Key, Observer, Progress, Seed, Workers


def first_passage(
    sde: SDE,
    x0: float,
    barrier: float,
    T: float,
    *,
    n: int,
    paths: int = 20_000,
    method: str | Method = "euler_maruyama",
    correction: bool = True,
    save: str = "times",
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> FirstPassage:
    r"""Find when each path of a scalar SDE first reaches a constant barrier, from either side.

    Parameters
    ----------
    sde : SDE
        A scalar equation.
    x0 : float
        Start of all paths, at time 0.
    barrier : float
        A level above or below the start.
    T : float
        The time up to which paths are followed.
    n : int
        Number of steps.
    paths : int
        Number of paths.
    method : str or Method
        A scheme; its bridges have the volatility of the start of the step.
    correction : bool
        Whether crossings between grid times count. If False, tau is one of the grid times: it is
        too late, and P(tau <= T) too small.
    save : {"times", "stats"}
        "times" stores tau of every path; "stats" keeps P(tau <= T) and E min(tau, T) alone.
    rng : seed as NumPy takes it, optional
        With the same key, dX = dW reaches a level exactly where `maximum(brownian(T, n))` does.
    key : int, optional
        The `.key` of an earlier result, in place of `rng`.
    workers : int, optional
        Number of threads; all CPUs by default.
    executor : concurrent.futures.Executor, optional
        What runs the tasks in place of threads.
    progress : bool or callable
        True shows a bar; a function is called as progress(done, total).

    Returns
    -------
    FirstPassage

    Raises
    ------
    TypeError, ValueError
        For bad arguments, for functions that fail at the start, and for functions of arrays
        (vectorized=True), before anything is computed.

    Notes
    -----
    A step of length h from distance a to distance c of the barrier crosses it with probability

    .. math:: P = \exp\Big(-\frac{2 a c}{s^2 h}\Big), \qquad s = b(t_k, X_k).

    The law of tau is exact for every n if freezing the coefficients over a step is exact: for
    Brownian motion with drift. Otherwise its error is of order h, where grid times alone give
    sqrt(h); it is of order h^2 with exact steps and additive noise. With noise that depends on x, a
    stronger scheme than Euler-Maruyama has no smaller error, since the volatility of the bridges is
    frozen all the same: the order is h, and on geometric Brownian motion the constant is larger.

    References
    ----------
    P. Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4.
    E. Gobet, Stochastic Processes and their Applications 87 (2000) 167.

    Examples
    --------
    >>> from stochcalc.sde import SDE
    >>> motion = SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    >>> found = first_passage(motion, 0.0, 1.0, 1.0, n=4, paths=100_000, rng=1)
    >>> abs(found.probability.z(0.317311)) < 6, abs(found.mean_restricted.z(0.849320)) < 6
    (True, True)
    """
    check_sde(sde)
    scheme = choose(method)
    x0, barrier = check_barrier(x0, barrier)
    T = checks.number("T", T, above=0.0)
    n = checks.integer("n", n)
    paths = checks.integer("paths", paths)
    correction = checks.flag("correction", correction)
    rows_kept = checks.choice("save", save, ("times", "stats")) == "times"
    if sde.vectorized:
        raise ValueError(
            "vectorized=True functions run in NumPy, and first_passage is compiled: write them for "
            "floats"
        )
    problem = fit(examine(sde, np.array([x0]), 0), scheme)
    grid = Partition.uniform(T, n)
    if rows_kept:
        checks.budget("the passage times", paths, 'use save="stats"')
    count_workers(workers)
    key = make_key(rng, key)
    job = _make_job(problem, grid, x0, barrier, paths, key, correction, rows_kept)
    functions = _functions(problem)
    rows, state = _run(job, functions, workers=workers, executor=executor, progress=progress)
    times = None
    record = None
    if rows is None:
        record = state.record
    else:
        times = rows[:, 0].copy()
        if not correction:
            _snap(times, grid)
    return FirstPassage(
        T=T,
        x0=x0,
        barrier=barrier,
        times=times,
        key=key,
        nonfinite=state.nonfinite,
        info=_describe(problem, job, correction),
        record=record,
    )


def _functions(problem: Fitted) -> tuple[tuple[Any, str], ...]:
    """Return the user's functions that are called: those of the scheme, and the volatility."""
    return (*problem.step.functions, (problem.sde.diffusion, "scalar"))


def _describe(problem: Fitted, job: March, correction: bool) -> dict[str, Any]:
    """Return what the result says of its run."""
    return {
        "method": problem.method.name,
        "noise": problem.sde.noise,
        "lam": problem.lam,
        "n": len(job.steps),
        "paths": job.paths,
        "correction": correction,
        "numba_names": find_fallbacks(*(function for function, _ in _functions(problem))),
        "stream_version": STREAM_VERSION,
    }


def _make_job(
    problem: Fitted,
    grid: Partition,
    x0: float,
    barrier: float,
    paths: int,
    key: int,
    correction: bool,
    rows_kept: bool,
) -> March:
    """Return the march of the states (X, tau)."""
    increments, layout = make_keyed_source([problem], grid, key)
    move = bind_scheme(problem.step, layout)
    if correction:
        volatility = compile_coefficient(problem.sde.diffusion, "scalar")
        step = make_bridge_step(move, volatility, max(layout.rows, 1))
        source: Source = increments
        for component in range(3):  # of the first two `maximum` makes the same exponential
            source = Beside(source, Extra(key, BRIDGE_EXTREMES, component))
    else:
        step = make_grid_step(move)
        source = _as_row(increments)
    observe: Observer = observe_hit_and_time
    kept = 2
    if rows_kept:
        observe = observe_time
        kept = 1
    side = math.copysign(1.0, barrier - x0)
    args = ((problem.args, problem.lam), (barrier, side, float(grid.times[-1])))
    return March(
        step=Step(step, inside=_functions(problem), place=take_path),
        noise=source,
        paths=paths,
        dim=2,
        kept=kept,
        times=grid.times,
        steps=grid.steps,
        starts=np.array([[x0, -1.0]]),
        keep=np.array([grid.n]),
        args=args,
        observe=observe,
        save_rows=rows_kept,
    )


def _as_row(increments: Source) -> Source:
    """Return increments that would come as a plain float as a row of one."""
    if isinstance(increments, KeyedNoise) and increments.size == 0:
        return replace(increments, size=1)
    return increments


def _snap(times: Array, grid: Partition) -> None:
    """Replace times at the ends of steps by the grid times: t_k + h may miss t_(k+1) by a rounding.

    Paths that did not reach the barrier are left alone.
    """
    there = np.isfinite(times)
    k = np.rint(times[there] / grid.times[-1] * grid.n).astype(np.int64)
    times[there] = grid.times[k]


def _run(
    job: March, functions: tuple[tuple[Any, str], ...], **options: Any
) -> tuple[Array | None, runner.State]:
    """Return (rows or None, the state of the run), and warn of paths that left the finite range.

    A function that cannot be compiled is named first, unless an executor compiles elsewhere.
    """
    if options["executor"] is None:
        with explain_refusals(functions):
            job.compute(0, 0, None, np.zeros(1, np.uint8))
    rows, state = runner.run(job, **options)
    runner.warn_nonfinite(
        state,
        job.paths,
        "paths",
        "use more steps or another method; their times and the estimates are nan",
    )
    return rows, state
