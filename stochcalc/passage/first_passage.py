"""First passage: when a path first reaches a barrier, with the crossings between grid times.

Between grid times the path of a scheme is a Brownian bridge with the frozen volatility s = b(t_k,
X_k). With distances a and c to the barrier at the ends of a step of length h it crosses with
probability exp(-2 a c/(s^2 h)) if the ends lie on one side, and surely otherwise: if a standard
exponential exceeds 2 a c/(s^2 h), c = 0 beyond the barrier. Given that it does, at t_k + u,

    u^(-3/2) exp(-a^2/(2 s^2 u)) (h - u)^(-1/2) exp(-c^2/(2 s^2 (h - u)))

is the density of u up to a constant: that of the passage, and that of the way from there, on either
side by reflection. So u/(h - u) is inverse Gaussian with mean a/c and shape a^2/(s^2 h).

Sources: Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4; Gobet, Stoch.
Process. Appl. 87 (2000) 167 (weak order 1); Michael, Schucany and Haas, Amer. Statist. 30 (1976) 88
(inverse Gaussian variates).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.refusals import explain_refusals
from stochcalc.engine.functions.user_function import find_fallbacks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import BRIDGE_EXTREMES, STREAM_VERSION, make_key
from stochcalc.engine.random.sources import Beside, Extra
from stochcalc.methods import Method
from stochcalc.motion.partition import Partition
from stochcalc.passage.passage_times import FirstPassage
from stochcalc.passage.steps import (
    at_grid_times,
    hit_and_time,
    moving,
    number,
    passage_time,
    with_bridges,
)
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine
from stochcalc.solver.fit import Fitted, choose, fit, keyed_source


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
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> FirstPassage:
    """Find when each path of a scalar SDE first reaches a constant barrier, from either side.

    Paths are followed up to T. The law of the time tau is exact for every n if freezing the
    coefficients over a step is exact: for Brownian motion with drift. Otherwise its error is of
    order h, where grid times alone give sqrt(h); it is of order h^2 with exact steps and additive
    noise.

    Parameters
    ----------
    sde : SDE
    x0, barrier : float
        Start and barrier, which must differ; the barrier is above or below.
    T, n, paths : float, int, int
        End time and number of steps, from time 0; number of paths.
    method : str or Method
        Any scheme. Its bridges have the volatility of the start of the step, so that with noise
        that depends on x a stronger scheme than Euler-Maruyama has no smaller error: order h, and a
        larger constant on geometric Brownian motion.
    correction : bool
        False looks at grid times alone, and tau is then one of them: too late, and too rare.
    save : {"times", "stats"}
        "stats" stores no times and keeps P(tau <= T) and E min(tau, T).
    rng, key, workers, executor, progress
        As for `solve`. With the same key, dX = dW reaches a level exactly where
        `maximum(brownian(T, n))` does.

    Returns
    -------
    FirstPassage

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for functions that fail their probe, before anything is computed.

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
    x0 = checks.number("x0", x0)
    barrier = checks.number("barrier", barrier)
    if barrier == x0:
        raise ValueError(
            f"barrier={barrier:g} is at the start x0={x0:g}, where the passage time is 0: move one "
            f"of them"
        )
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
    functions = (*problem.step.functions, (sde.diffusion, "scalar"))
    job = _job(problem, grid, x0, barrier, paths, key, correction, rows_kept)
    times, record, wild = _run(
        job, functions, workers=workers, executor=executor, progress=progress
    )
    # Exact grid times: t_k + h may miss t_(k+1) by a rounding.
    if times is not None and not correction:
        there = np.isfinite(times)
        times[there] = grid.times[np.rint(times[there] / T * n).astype(np.int64)]
    info = {
        "method": scheme.name,
        "noise": sde.noise,
        "lam": sde.lam,
        "n": n,
        "paths": paths,
        "correction": correction,
        "numba_names": find_fallbacks(*(function for function, _ in functions)),
        "stream_version": STREAM_VERSION,
    }
    return FirstPassage(
        T=T,
        x0=x0,
        barrier=barrier,
        times=times,
        key=key,
        nonfinite=wild,
        info=info,
        record=record,
    )


def _job(
    problem: Fitted,
    grid: Partition,
    x0: float,
    barrier: float,
    paths: int,
    key: int,
    correction: bool,
    rows_kept: bool,
) -> March:
    """Return the march of (X, tau)."""
    source: Any
    source, layout = keyed_source([problem], grid, key)
    move = moving(problem.step, layout)
    if correction:
        step = with_bridges(move, number(problem.sde.diffusion), max(layout.rows, 1))
        for component in range(3):  # of the first two `maximum` makes the same exponential
            source = Beside(source, Extra(key, BRIDGE_EXTREMES, component))
    else:
        step = at_grid_times(move)
        if source.size == 0:
            source = replace(source, size=1)
    side = math.copysign(1.0, barrier - x0)
    args = ((problem.args, problem.lam), (barrier, side, float(grid.times[-1])))
    return March(
        step=Step(step),
        noise=source,
        paths=paths,
        dim=2,
        kept=1 if rows_kept else 2,
        times=grid.times,
        steps=grid.steps,
        starts=np.array([[x0, -1.0]]),
        keep=np.array([grid.n]),
        args=args,
        observe=passage_time if rows_kept else hit_and_time,
        save_rows=rows_kept,
    )


def _run(
    job: March, functions: tuple[Any, ...], **how: Any
) -> tuple[NDArray[np.float64] | None, Any, int]:
    """Return the times or None, the record or None, and how many paths left the finite range.

    If any path did, there is a warning.
    """
    if how["executor"] is None:
        with explain_refusals(functions):
            job.compute(0, 0, None, np.zeros(1, np.uint8))
    rows, state = runner.run(job, **how)
    runner.warn_nonfinite(
        state,
        job.paths,
        "paths",
        "use more steps or another method; their times and the estimates are nan",
    )
    if rows is None:
        return None, state.record, state.nonfinite
    return rows[:, 0].copy(), None, state.nonfinite
