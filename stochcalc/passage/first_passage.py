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

A bridge less a straight line is a bridge: so a barrier that moves along a straight line during the
step changes nothing but the distances. For two barriers, `bridges` has the probability of each.

Sources: Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4; Gobet, Stoch.
Process. Appl. 87 (2000) 167 (weak order 1); Michael, Schucany and Haas, Amer. Statist. 30 (1976) 88
(inverse Gaussian variates).
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.functions.trials import take_numbers
from stochcalc.engine.functions.user_function import find_fallbacks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import STREAM_VERSION, make_key
from stochcalc.engine.words import show
from stochcalc.methods import Method
from stochcalc.motion.partition import Partition
from stochcalc.motion.pieces import count_grid
from stochcalc.passage.barrier import freeze, read_barriers
from stochcalc.passage.passage_times import FirstPassage
from stochcalc.passage.runs import make_job, read_run
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine
from stochcalc.solver.fit import Fitted, choose, fit
from stochcalc.typing import Barrier, Checkpoint, Executor, Key, Progress, Seed, Workers


@hint_names
def first_passage(
    sde: SDE,
    x0: ArrayLike,
    barrier: Barrier,
    T: float,
    *,
    n: int,
    component: int | None = None,
    paths: int = 20_000,
    method: str | Method = "euler_maruyama",
    correction: bool = True,
    save: str = "times",
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> FirstPassage:
    r"""Find when each path first reaches a barrier, or one of two, and on which side.

    Parameters
    ----------
    sde : SDE
        The equation.
    x0 : float, or sequence of d floats
        Start of all paths, at time 0.
    barrier : float or callable, or a pair (low, high) of them
        A level above or below the start, or two around it. A function b(t) is a barrier that moves:
        it is called in Python at the grid times, and is a straight line between them.
    T : float
        The time up to which paths are followed.
    n : int
        Number of steps.
    component : int, optional
        For a system, the component that reaches the barrier, from 0.
    paths : int
        Number of paths.
    method : str or Method
        A scheme; its bridges have the volatility of the start of the step.
    correction : bool
        Whether crossings between grid times count. If False, tau is one of the grid times: it is
        too late, and P(tau <= T) too small.
    save : {"times", "stats"}
        "times" stores the time, the side and the state of every path; "stats" keeps the
        probabilities and E min(tau, T) alone.
    rng : seed as NumPy takes it, optional
        With the same key, dX = dW reaches a level exactly where `maximum(brownian(T, n))` does.
    key : int, optional
        The `.key` of an earlier result, in place of `rng`.
    workers : int, optional
        Number of threads; all CPUs by default.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable
        True shows a bar; a function is called as progress(done, total).
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on: the same call goes on from there.

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

    With two barriers, at the distances a, a' and c, c', and with the widths w = a + a' and w' = c +
    c' between them, it crosses the first one first with probability

    .. math:: \sum_{r \ge 1} e^{-\frac{2}{s^2 h}(a + (r-1) w)(c + (r-1) w')}
              - e^{-\frac{2}{s^2 h}(r^2 w w' - r (w' a - w c))}.

    The law of tau is exact for every n if freezing the coefficients over a step is exact: for
    Brownian motion with drift, to a barrier that is straight between grid times. With two barriers,
    the law of the side and P(tau <= t) at grid times t are exact then; the time within a step is
    drawn as if the other barrier were not there, which is wrong with a probability of less than 4
    Phi(-w/(s sqrt(h))) in each step. Steps may be as wide as they like: where s sqrt(h) is over
    four widths of the strip, every path leaves, and the side has a series of its own. It does not
    reach the paths that a drift takes over 7 s sqrt(h) out of the strip in such a step: their times
    and states are nan, and a warning counts them.

    Otherwise the error is of order h, where grid times alone give sqrt(h); it is of order h^2 with
    exact steps and additive noise. With noise that depends on x, a stronger scheme than
    Euler-Maruyama has no smaller error, since the volatility of the bridges is frozen all the same:
    the order is h, and on geometric Brownian motion the constant is larger. Of a barrier that moves
    along a curve, the straight lines miss something of order h^2 in each step.

    At the passage of one component, the others are on the line between the ends of the step,
    shifted as far as they move with that component; what is left of their own noise within the step
    is neglected, which is of order h in their variance.

    References
    ----------
    P. Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4.
    E. Gobet, Stochastic Processes and their Applications 87 (2000) 167.
    T. W. Anderson, Annals of Mathematical Statistics 31 (1960) 165.
    [glasserman2004] [gobet2000] [anderson1960]

    Examples
    --------
    >>> from stochcalc.sde import SDE
    >>> motion = SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    >>> found = first_passage(motion, 0.0, 1.0, 1.0, n=4, paths=100_000, rng=1)
    >>> abs(found.probability.z(0.317311)) < 6, abs(found.mean_restricted.z(0.849320)) < 6
    (True, True)

    The gambler's ruin: from 0, Brownian motion reaches -1 before 2 with probability 2/3.

    >>> found = first_passage(motion, 0.0, (-1.0, 2.0), 30.0, n=30, paths=100_000, rng=1)
    >>> abs(found.low_first.z(2 / 3)) < 6
    True
    """
    check_sde(sde)
    scheme = choose(method)
    start, dim = checks.starting_states(x0, 1, False)
    place = _check_component(component, dim, x0)
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
    if rows_kept:
        kept = paths * (max(dim, 1) + 2)
        beside = kept + count_grid(n)  # the columns are taken apart
        remedy = 'use save="stats", fewer paths or fewer steps'
        memory.budget("the passage times", kept, remedy, beside=beside)
    grid = Partition.uniform(T, n)
    barriers = read_barriers(barrier, float(start[0, place]), grid.times)
    problem = fit(examine(sde, start[0], dim), scheme)
    runner.check_means(workers, executor, progress)
    key = make_key(rng, key)
    job = make_job(
        problem=problem,
        grid=grid,
        start=start,
        barriers=barriers,
        component=place,
        paths=paths,
        key=key,
        correction=correction,
        rows_kept=rows_kept,
    )
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        rows, state = runner.run(job, **means)
    runner.warn_nonfinite(
        state,
        paths,
        "paths",
        "use more steps or another method; their times and the estimates are nan",
    )
    return FirstPassage(
        T=T,
        x0=take_numbers(start[0], dim),
        barrier=freeze(barrier),
        key=key,
        nonfinite=state.nonfinite,
        info=_describe(problem, job, correction, component),
        **read_run(rows, state, grid, dim, correction),
    )


def _check_component(component: int | None, dim: int, x0: ArrayLike) -> int:
    """Return the component that reaches the barrier; 0 for a scalar equation."""
    if dim == 0:
        if component is not None:
            raise ValueError(
                f"component={show(component)} is for systems, and x0={x0!r} is a number: leave "
                "it out"
            )
        return 0
    if component is None:
        raise ValueError(
            f"x0 has {dim} components: say which one reaches the barrier, such as component=0"
        )
    return checks.integer("component", component, 0, dim - 1)


def _describe(
    problem: Fitted, job: March, correction: bool, component: int | None
) -> dict[str, Any]:
    """Return what the result says of its run."""
    functions = [function for function, _ in problem.step.functions]
    return {
        "method": problem.method.name,
        "noise": problem.sde.noise,
        "lam": problem.lam,
        "n": len(job.steps),
        "paths": job.paths,
        "component": component,
        "correction": correction,
        "numba_names": find_fallbacks(*functions, problem.sde.diffusion),
        "stream_version": STREAM_VERSION,
    }
