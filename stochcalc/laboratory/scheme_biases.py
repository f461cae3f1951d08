"""Weak convergence of schemes: the biases of their expectations, by step size.

With X_n a scheme's state after n steps of size dt = T/n, and X_T the solution,

    weak error:  |E f(X_n) - E f(X_T)|

for a test function f. A scheme has weak order q if it falls like dt^q for smooth f.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.progress import check_progress
from stochcalc.engine.words import shorten
from stochcalc.laboratory.exact_check import check_expectation, check_solution
from stochcalc.laboratory.exact_errors import weak_errors
from stochcalc.laboratory.grids import choose_grids
from stochcalc.laboratory.quadratic_tests import recognize_quadratic
from stochcalc.laboratory.references import (
    choose_reference,
    describe,
    name_reference,
    refuse_both,
)
from stochcalc.laboratory.running import RunningStatistic, check_test, choose_running
from stochcalc.laboratory.scheme_levels import Methods, choose_schemes, levels_job, run_levels
from stochcalc.laboratory.settings import check_paths
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.laboratory.study_batches import make_study
from stochcalc.sde import SDE
from stochcalc.solver.examine import Examined, check_sde, examine_numbers
from stochcalc.typing import Array, Checkpoint, Executor, Key, Progress, Seed, TestFunction, Workers

LEVELS = range(1, 6)  # the exponents by default
FINER = 2  # by how many levels the reference is finer


@hint_names
def weak_convergence(
    sde: SDE,
    x0: ArrayLike,
    T: float,
    *,
    test: TestFunction,
    methods: Methods = ("euler_maruyama",),
    levels: Iterable[int] | None = None,
    steps: Iterable[int] | None = None,
    paths: int = 100_000,
    t0: float = 0.0,
    reference: str = "auto",
    exact: float | None = None,
    running: str | RunningStatistic | None = None,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> ConvergenceStudy:
    r"""Measure the bias `|E f(X_n) - E f(X_T)|` of schemes for a test function f, by step.

    Both expectations are taken on the same paths, in one pass. On common paths the difference has a
    far smaller variance than either expectation, so the bias shows with few paths.

    Parameters
    ----------
    sde, x0, T, methods, steps, paths, t0
        As for `strong_convergence`. Numbers that change from study to study are best given to the
        SDE as args=, not as closures.
    test : callable f(x), or f(x, r) with `running`
        A function of the state, written like a drift without t: of a float, or of x[0], x[1], ...;
        it returns a float.
    levels : iterable of int, optional
        Exponents: n = 2**level steps; range(1, 6) by default.
    reference : {"auto", "exact"} or the name of a method
        What is taken for X_T: the model's exact path, or a method two levels finer than the finest;
        "auto": exact where known, else weak2.
    exact : float, optional
        The number E f(X_T), where you know it; it takes the place of `reference`. The standard
        errors are then those of E f(X_n) alone. A number that the schemes do not tend to is
        refused once they have been measured.
    running : {"integral", "maximum", "minimum"} or RunningStatistic, optional
        A statistic r of the path, made beside the state as for `mlmc`; the test gets it as well.
    rng, key, workers, executor, progress, checkpoint
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact`, the bias by quadrature, for polynomials of degree up to 2 on affine models.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, before anything is computed; for an exact value or solution that is none.
    FloatingPointError
        If f is not finite on some path.

    Notes
    -----
    The error on a level with n steps, measured by the mean over N paths, is

    .. math::

        \Big| \frac1N \sum_{j=1}^N \big( f(X_n^{(j)}) - f(X_T^{(j)}) \big) \Big|.

    References
    ----------
    P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations (1992),
    section 9.7. [kloedenplaten1992]

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> study = weak_convergence(
    ...     gbm(1.0, 0.5), 1.0, 1.0, test=lambda x: x, levels=(2, 3), paths=4096, rng=1
    ... )
    >>> study.exact["euler_maruyama"].round(6)      # e - (1 + h)^n
    array([0.276876, 0.152497])
    """
    check_sde(sde)
    schemes = choose_schemes(methods)
    batches, key = check_paths(paths, rng, key)
    check_progress(progress)
    grids = choose_grids(T, t0, levels, steps, default=LEVELS, finer=FINER)
    starts, dim = checks.starting_states(x0, paths, False)
    problem = examine_numbers(sde, starts[0], dim, grids.t0)
    beside = choose_running(running, problem, float(grids.dt[-1]))
    check_test(test, problem, beside)
    solution = _choose_solution(problem, reference, exact)
    if isinstance(solution, float) or (solution == "exact" and beside is None):
        grids = replace(grids, finer=0)
    job = levels_job(
        problem,
        schemes,
        grids,
        paths=paths,
        key=key,
        reference=solution,
        test=test,
        beside=beside,
    )
    if solution == "exact":
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
    if isinstance(solution, float):
        check_expectation(records, schemes, grids, solution)
    errors: dict[str, Array] = {}
    if solution == "exact" and dim == 0 and beside is None:
        quadratic = recognize_quadratic(test, problem.x)
        if quadratic is not None:
            length = grids.T - grids.t0
            errors = weak_errors(problem.sde, schemes, problem.x, length, grids.counts, quadratic)
    what = "f(X)"
    if beside is not None:
        what = f"f(X, {beside.name})"
    return make_study(
        title=f"Bias of E {what} at T = {grids.T:g}{describe(problem, solution, FINER)}",
        quantity="bias",
        dt=grids.dt,
        batches=records,
        exact=errors,
        root=False,
        signed=True,
        paths=paths,
        key=key,
    )


def _choose_solution(problem: Examined, reference: str, exact: float | None) -> str | float:
    """Return what is taken for the solution of a weak study."""
    if exact is None:
        return choose_reference(problem, reference, "weak2")
    refuse_both(reference)
    if callable(exact):
        raise TypeError(
            f"exact={shorten(exact)} must be the number E f(X_T): a solution of your own goes with "
            "strong_convergence, or into a models.Model"
        )
    return checks.number("exact", exact)
