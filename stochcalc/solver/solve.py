"""`solve`: one SDE, one scheme, any number of paths."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.functions.user_function import find_fallbacks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import STREAM_VERSION, make_key
from stochcalc.methods import Method
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.joint import read_driver
from stochcalc.motion.processes.process import Process
from stochcalc.sde import SDE
from stochcalc.solver.collect import make_solution
from stochcalc.solver.companions import choose_companion, join_noise
from stochcalc.solver.examine import check_sde, examine
from stochcalc.solver.fit import Fitted, choose, fit
from stochcalc.solver.grid import announce_solution, check_memory, choose_grid
from stochcalc.solver.jobs import make_job
from stochcalc.solver.precision import run_until
from stochcalc.solver.reporting import report_large_weights, report_nonfinite
from stochcalc.solver.solution import Solution
from stochcalc.solver.solve_arguments import check_target, check_width, count_paths
from stochcalc.solver.sources import check_process, choose_source
from stochcalc.solver.stopping import Condition, keep_end
from stochcalc.typing import (
    Checkpoint,
    Executor,
    Key,
    MotionDrift,
    Progress,
    Rate,
    Seed,
    StopCondition,
    WallLevels,
    Workers,
)


@hint_names
def solve(
    sde: SDE,
    x0: ArrayLike,
    T: float | None = None,
    *,
    n: int | None = None,
    noise: BrownianPaths | Process | tuple[BrownianPaths | Process, ...] | None = None,
    paths: int = 1,
    method: str | Method = "euler_maruyama",
    save: str | ArrayLike = "all",
    t0: float = 0.0,
    starts: bool = False,
    stop: StopCondition | None = None,
    girsanov: MotionDrift | None = None,
    killing: Rate | None = None,
    reflect: WallLevels | None = None,
    on_nonfinite: str = "warn",
    target_stderr: float | None = None,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> Solution:
    """Solve an SDE along many Brownian paths.

    Parameters
    ----------
    sde : SDE
        The equation.
    x0 : float, or sequence of d floats
        Start: a number for a scalar problem. With `starts=True` every path has a start of its own,
        in an array (paths,) or (paths, d).
    T : float, optional
        End time, 1 by default. Give T and n, or else `noise`.
    n : int, optional
        Number of equal steps from t0 to T, 1000 by default, as in `brownian`.
    noise : BrownianPaths, Process, or tuple of them, optional
        The motion itself, with its grid and its paths, in place of T, n and paths.
        `solve(..., T, n=n, rng=7)` and `solve(..., noise=brownian(T, n, rng=7))` give the same
        bits. A process, such as `poisson(...)`, is any other integrator: its increments take
        the place of dW, as they are, and jumps are not compensated. Noise of finite size drives by
        its integral: `coloured_noise(...).integral()` is X dt for dW. A tuple (W, N) drives the
        columns of a matrix of diffusion, one for each component. A process is taken by the schemes
        that sum b dW alone: `euler_maruyama` at the left ends, `lambda_euler` at the lambda of the
        equation, and `heun` for equations with lam=0.5.
    paths : int
        Number of paths.
    method : str or Method
        A name in METHODS, or a scheme of your own.
    save : "all", "last", "stats", or an array of times
        "all" and "last" store the states at all grid times or at the last. "stats" keeps moments
        at every grid time and stores no path. A time between two grid points cuts the step between
        them in two, along the same Brownian path, so that the states after it change by the error
        of the scheme alone. Schemes that take more of the motion than its increments (`sri2`,
        `srs2`, `sra1`, `sriw1`) get another Brownian path on the cut grid, and walls (`reflect`)
        other bridges.
    t0 : float
        Time of the start.
    starts : bool
        Whether x0 has one start for each path.
    stop : callable, optional
        `stop(t, x)` or `stop(t, x, *args)`, which is True where a path stops, such as
        `lambda t, x: x > 2.0`. It is compiled like the drift, and looked at on grid times. From the
        first such time on the path keeps its state. The solution has `stopped`, `stop_time` and
        `stop_state`. Where a condition has no value, as `math.log(x) < -3` has none for x < 0, or
        compares nan, the path becomes nan and is reported. With vectorized=True it takes arrays
        too, and the run is in NumPy, where nan is below nothing and above nothing. For a level,
        with the crossings between grid times, see `first_passage`.
    girsanov : callable, float or tuple of floats, optional
        `u(t, x)` or `u(t, x, *args)`, another drift of the motion: a number for one noise, else a
        tuple with one for each component of dW. The paths stay what they are, and each gets a
        weight Z, with which E Z f(X) is the mean of f along the scheme that is driven by dW + u dt,
        with u frozen over a step. `Solution.weighted_mean` takes the weights; `mean` and `estimate`
        do not. To draw paths with a drift of your own and weigh them back (importance sampling),
        put b u into the drift and give -u here. Functions of arrays run in NumPy, as for `stop`.
    killing : callable or float, optional
        `V(t, x)` or `V(t, x, *args)`, a rate: each path gets the weight exp(-int V dt), which is
        the probability that it is alive. Where V is negative paths multiply, and the weight, then a
        mean number of descendants, may exceed 1. Both weights are multiplied if both are given.
    reflect : float, or pair of floats, optional
        A wall below or above the start, or two, (low, high), of which one may be None. It reflects
        the paths of a scalar equation: each is pushed back as far as it takes to stay inside, with
        the visits between grid times, which are drawn from bridges. With two walls, steps must be
        short beside the square of their distance. The solution has `local_time`, how far each wall
        has pushed. For a wall that absorbs, use `stop`, or `first_passage`, which sees the visits
        between grid times. Of `stop`, weights and `reflect` a run has one; `backward_equation` has
        walls and killing together.
    on_nonfinite : {"warn", "raise"}
        Whether to warn or to raise if a path becomes infinite or nan. Such paths are not dropped:
        their mean is nan.
    target_stderr : float, optional
        Run `paths` paths (in full blocks of 256), then twice as many, and so on, until the standard
        error of the mean at the last time is at most this, in every component. The interval of
        `.estimate()` is made wider, because the run ended at the first error that was small
        enough.
    rng : seed as NumPy takes it, optional
        What the key of the motion is made from.
    key : int, optional
        The `.key` of an earlier result, in place of `rng`.
    workers : int, optional
        Number of threads; all CPUs by default.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable
        True shows a bar (needs tqdm); a function is called as progress(done, total).
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on. The same call goes on from there, after
        whatever ended it, to the same bits; with `rng`, it must be the same seed.

    Returns
    -------
    Solution
        Its x has the shape (paths, times) for a scalar problem and (paths, times, dim) for a
        system.

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for functions that fail at the start, before anything is computed.
    CheckpointError
        For a checkpoint that is damaged, in use, or of another run.
    FloatingPointError
        With on_nonfinite="raise", if a path left the finite range; the first is named.

    Notes
    -----
    The state moves from grid time to grid time, X_{k+1} = step(t_k, X_k, t_{k+1} - t_k, dW_k), with
    the step of the method. How the error depends on the steps is stated by the `strong_order` and
    `weak_order` of the method, and measured by `strong_convergence` and `weak_convergence`.

    References
    ----------
    Kloeden and Platen (1992), section 9.1; Lepingle (1995) for walls. Each scheme names its own
    source, which `citation("milstein")` gives. [kloedenplaten1992] [lepingle1995]

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> sol = solve(gbm(0.1, 0.2), 1.0, 1.0, n=16, paths=1000, save="last", rng=1)
    >>> sol.x.shape, sol.nonfinite
    ((1000, 1), 0)

    Paths that stop at the first grid time at which they are above 1.2:

    >>> sol = solve(gbm(0.1, 0.2), 1.0, 1.0, n=16, paths=1000, rng=1, stop=lambda t, x, *a: x > 1.2)
    >>> bool((sol.stop_state[sol.stopped] > 1.2).all()), sol.stop_time.shape
    (True, (1000,))
    """
    check_sde(sde)
    checks.choice("on_nonfinite", on_nonfinite, ("warn", "raise"))
    stats = isinstance(save, str) and save == "stats"
    scheme = choose(method)
    paths = checks.integer("paths", paths)
    driver = None
    if noise is not None:
        driver = read_driver("noise", noise)
        if not isinstance(driver, BrownianPaths):
            check_process(scheme, sde)
    announce_solution(n, driver, save, x0, paths)
    grid = choose_grid(T, n, driver, t0, save)
    target = None
    if target_stderr is not None:
        target = check_target(target_stderr, driver, starts, girsanov, killing)
    if driver is not None:
        paths = count_paths(driver, paths, t0, rng, key)
    start, dim = checks.starting_states(x0, paths, checks.flag("starts", starts))
    t_start = float(grid.steps.times[0])
    problem = fit(examine(sde, start[0], dim, t_start), scheme)
    if driver is None:
        key = make_key(rng, key)
    else:
        key = driver.key
        check_width(driver, problem)
    companion = choose_companion(
        problem,
        t_start,
        start,
        driver,
        grid.steps.mesh,
        common=not starts,
        stop=stop,
        girsanov=girsanov,
        killing=killing,
        reflect=reflect,
    )
    watched = grid.keep
    numbers = max(dim, 1)
    if companion is not None:
        numbers = companion.count(dim, not stats)
    if isinstance(companion, Condition):
        watched = keep_end(grid.keep, grid.steps.n)
    runner.check_means(workers, executor, progress)
    threads = count_workers(workers)
    check_memory(grid, len(watched) * numbers, paths, stats, threads)
    source, layout = choose_source(problem, grid, paths, key, driver)
    job = make_job(
        problem=problem,
        source=join_noise(companion, source, key),
        layout=layout,
        paths=paths,
        grid=grid.steps,
        start=start,
        keep=watched,
        save_rows=not stats,
        companion=companion,
    )
    looks = 0
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        if target is None:
            rows, state = runner.run(job, **means)
        else:
            rows, state, job, looks = run_until(job, target, **means)
    info = _describe(problem, job, looks)
    sol = make_solution(grid.steps.times[grid.keep], key, rows, state, job, info)
    if state.nonfinite:
        report_nonfinite(sol, state.first_nonfinite, on_nonfinite)
    report_large_weights(sol, on_nonfinite)
    return sol


def _describe(problem: Fitted, job: March | Batch, looks: int) -> dict[str, Any]:
    """Return what the solution says of its run."""
    route = "compiled"
    names: tuple[str, ...] = ()
    if isinstance(job, Batch):
        route = "numpy"
    else:
        names = find_fallbacks(*(function for function, _ in problem.step.functions))
    return {
        "method": problem.method.name,
        "noise": problem.sde.noise,
        "lam": problem.lam,
        "n": len(job.steps),
        "paths": job.paths,
        "dim": job.dim,
        "numba_names": names,
        "route": route,
        "looks": looks,
        "stream_version": STREAM_VERSION,
    }
