"""Strong convergence of schemes: the distances of their paths from the solution, by step size.

With X_n a scheme's state after n steps of size dt = T/n, and X_T the solution along the same path,

    strong error:  (E |X_n - X_T|^2)^(1/2),

or another norm of the distance. A scheme has strong order p if it falls like dt^p. A slope over
coarse steps is not yet the order: the exact strong errors of Euler-Maruyama on dX = 2 X dt + X/2 dW
have the slope 0.72 over 2^4..2^12 steps, and the order is 1/2. So a study carries the exact
finite-step errors, and the slope through them, beside the measured ones, and slopes between
neighbouring levels.

The distances |X_n - X_T| of one block of paths are computed by engine/functions/comparisons.py;
`scheme_levels` makes the job that calls them, and `exact_check` compares an exact solution with a
scheme before anything is measured against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.functions.exact_path import ExactPath
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.progress import check_progress
from stochcalc.laboratory.exact_check import check_solution, choose_exact
from stochcalc.laboratory.exact_errors import strong_errors
from stochcalc.laboratory.grids import choose_grids
from stochcalc.laboratory.references import (
    choose_reference,
    describe,
    name_reference,
    refuse_both,
)
from stochcalc.laboratory.running import RunningStatistic, choose_running
from stochcalc.laboratory.scheme_levels import Methods, choose_schemes, levels_job, run_levels
from stochcalc.laboratory.settings import check_paths
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.laboratory.study_batches import make_study
from stochcalc.sde import SDE
from stochcalc.solver.examine import Examined, check_sde, examine_numbers
from stochcalc.typing import (
    Array,
    Checkpoint,
    ExactFunction,
    Executor,
    Key,
    Progress,
    Seed,
    Workers,
)

LEVELS = range(4, 11)  # the exponents by default
QUANTITIES = {  # what the error is called, by its norm and by where it is taken
    ("l2", "end"): "RMS error",
    ("l1", "end"): "mean error",
    ("l2", "path"): "RMS of largest error",
    ("l1", "path"): "mean of largest error",
}


@hint_names
def strong_convergence(
    sde: SDE,
    x0: ArrayLike,
    T: float,
    *,
    methods: Methods = ("euler_maruyama",),
    levels: Iterable[int] | None = None,
    steps: Iterable[int] | None = None,
    paths: int = 20_000,
    t0: float = 0.0,
    norm: str = "l2",
    over: str = "end",
    reference: str = "auto",
    exact: ExactFunction | None = None,
    running: str | RunningStatistic | None = None,
    finer: int = 2,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> ConvergenceStudy:
    r"""Measure the strong error of schemes, by step size: the root mean square error at time T.

    All levels of all schemes are driven by one fine path, in one pass, and no path is stored.

    Parameters
    ----------
    sde : SDE
        The equation, with functions of numbers (not vectorized). Numbers that change from study to
        study are best given to it as args=, not as closures: then nothing is compiled again.
    x0 : float or array_like, shape (d,)
        The state at time t0.
    T : float
        The end time.
    methods : str or Method, or sequence of them
        Names in METHODS, or schemes of your own.
    levels : iterable of int, optional
        Exponents: n = 2**level steps; range(4, 11) by default.
    steps : iterable of int, optional
        The numbers of steps, in the place of `levels`, such as (10, 100, 1000). Each must be a
        multiple of the one before.
    paths : int
        Number of paths, at least 2048.
    t0 : float
        The time of the start.
    norm : {"l2", "l1"}
        Whether the root mean square of the distances `|X_n - X_T|` is taken, or their mean.
    over : {"end", "path"}
        Whether the distance is that at time T, or the largest of those at all grid times of each
        step size.
    reference : {"auto", "exact", "finest"} or the name of a method
        What is taken for X_T. "exact": the model's exact path; "finest": each method itself,
        `finer` levels finer than the finest; a name: that method, as much finer; "auto": exact
        where known, else finest.
    exact : callable `exact(t, x0, w, *args)`, optional
        The solution at time t, where it is a function of the start and of the motion since then: w
        is W_t - W_t0, a number for one noise and otherwise w[0], w[1], ... It is written like a
        drift, with the args of the SDE, and takes the place of `reference`. A solution that needs
        more of the path is given as the exact step of a `models.Model`. Both are compared with a
        scheme on fine steps, and refused if they are far from it.
    running : {"integral", "maximum", "minimum"} or RunningStatistic, optional
        A statistic of the path, made beside the state as for `mlmc`: its error is measured instead
        of that of the state. That of the reference is made on steps `finer` levels finer.
    finer : int
        By how many levels the reference is finer. It has an error of its own: if that is a share s
        of the error of the finest level, the last local slope is wrong by about s.
    rng, key, workers, executor, progress, checkpoint
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact` where the mean-square error at T is known at finite n: any scheme on an
        affine model.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, before anything is computed; for an exact solution that is none.
    FloatingPointError
        If paths left the finite range: their errors have no mean.

    Notes
    -----
    The error on a level with n steps, measured by the mean over N paths, is

    .. math::

        \Big( \frac1N \sum_{j=1}^N |X_n^{(j)} - X_T^{(j)}|^p \Big)^{1/p},

    with p = 2 or 1, and for over="path" with :math:`\max_k |X_k^{(j)} - X_{t_k}^{(j)}|` in the
    place of the distance at T. With D the sample of :math:`|\cdot|^2`, the standard error of its
    root mean square is :math:`s_D / (2 \sqrt N \sqrt{\bar D})`, by the delta method.

    References
    ----------
    P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations (1992),
    section 9.6. D. J. Higham, SIAM Review 43 (2001) 525, section 5, has the mean of the distances
    at T. [kloedenplaten1992] [higham2001]

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> study = strong_convergence(
    ...     gbm(0.05, 0.2),
    ...     1.0,
    ...     1.0,
    ...     methods=("euler_maruyama", "milstein"),
    ...     levels=range(3, 7),
    ...     paths=4096,
    ...     rng=1,
    ... )
    >>> [f"{study.exact_order[name]:.1f}" for name in study.error]
    ['0.5', '1.0']

    An equation whose solution you know, dX = X/8 dt + X/2 dW with X_t = x0 exp(W_t/2):

    >>> import math
    >>> mine = SDE(lambda t, x: 0.125 * x, lambda t, x: 0.5 * x)
    >>> study = strong_convergence(
    ...     mine, 1.0, 1.0, exact=lambda t, x0, w: x0 * math.exp(0.5 * w), norm="l1", rng=1
    ... )
    >>> study.order["euler_maruyama"].stderr < 0.01
    True
    """
    check_sde(sde)
    schemes = choose_schemes(methods)
    checks.choice("norm", norm, ("l2", "l1"))
    checks.choice("over", over, ("end", "path"))
    batches, key = check_paths(paths, rng, key)
    check_progress(progress)
    finer = checks.integer("finer", finer, 1, 30)
    grids = choose_grids(T, t0, levels, steps, default=LEVELS, finer=finer)
    starts, dim = checks.starting_states(x0, paths, False)
    problem = examine_numbers(sde, starts[0], dim, grids.t0)
    beside = choose_running(running, problem, float(grids.dt[-1]))
    solution = _choose_solution(problem, reference, exact)
    known = solution == "exact" or isinstance(solution, ExactPath)
    if known and beside is None:
        grids = replace(grids, finer=0)
    if isinstance(solution, ExactPath) and beside is not None:
        raise ValueError(
            "exact= and running= do not go together, as exact= has no path between the grid times "
            "of a statistic: use reference='finest', or a models.Model with an exact step"
        )
    root = norm == "l2"
    job = levels_job(
        problem,
        schemes,
        grids,
        paths=paths,
        key=key,
        reference=solution,
        beside=beside,
        measure="square" if root else "distance",
        over_path=over == "path",
    )
    if known:
        check_solution(problem, schemes, grids, solution, key)
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        records = run_levels(
            job,
            schemes,
            grids,
            batches=batches,
            reference=name_reference(solution),
            means=means,
        )
    errors: dict[str, Array] = {}
    if solution == "exact" and beside is None and (norm, over) == ("l2", "end"):
        length = grids.T - grids.t0
        errors = strong_errors(problem.sde, schemes, problem.x, length, grids.counts)
    where = f"at T = {grids.T:g}"
    if over == "path":
        where = f"over [{grids.t0:g}, {grids.T:g}]"
    what = "" if beside is None else f" of the {beside.name}"
    return make_study(
        title=f"Strong error{what} {where}{describe(problem, solution, finer)}",
        quantity=QUANTITIES[norm, over],
        dt=grids.dt,
        batches=records,
        exact=errors,
        root=root,
        paths=paths,
        key=key,
    )


def _choose_solution(
    problem: Examined, reference: str, exact: ExactFunction | None
) -> str | ExactPath:
    """Return what is taken for the solution of a strong study."""
    if exact is None:
        return choose_reference(problem, reference, "finest")
    refuse_both(reference)
    return choose_exact(exact, problem)
