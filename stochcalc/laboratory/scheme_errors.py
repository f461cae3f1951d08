"""Strong and weak convergence of schemes: their errors by step size.

With X_n a scheme's state after n steps of size dt = T/n, and X_T the solution along the same path,

    strong error:  (E |X_n - X_T|^2)^(1/2),    weak error:  |E f(X_n) - E f(X_T)|.

A scheme has strong order p if the first falls like dt^p, and weak order q if the second falls like
dt^q for smooth f. A slope over coarse steps is not yet the order: the exact strong errors of
Euler-Maruyama on dX = 2 X dt + X/2 dW have the slope 0.72 over 2^4..2^12 steps, and the order is
1/2. So a study carries the exact finite-step errors, and the slope through them, beside the
measured ones, and slopes between neighbouring levels.

The squares |X_n - X_T|^2 of one block of paths are computed by `square_error` in
engine/loop/level_loop.py, and the differences f(X_n) - f(X_T) by what `compile_comparison` in
engine/functions/observing.py compiles; `scheme_levels` makes the job that calls them.
"""

from __future__ import annotations

from collections.abc import Iterable

from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.laboratory.exact_errors import strong_errors, weak_errors
from stochcalc.laboratory.quadratic_tests import recognize_quadratic
from stochcalc.laboratory.scheme_levels import (
    Methods,
    choose_reference,
    choose_schemes,
    describe,
    levels_job,
    run_levels,
)
from stochcalc.laboratory.settings import check_settings, step_sizes
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine_numbers
from stochcalc.typing import Array, Executor, Key, Progress, Seed, TestFunction, Workers

FINER_FOR_TESTS = 2  # by how many levels the reference of a weak study is finer


def strong_convergence(
    sde: SDE,
    x0: ArrayLike,
    T: float,
    *,
    methods: Methods = ("euler_maruyama",),
    levels: Iterable[int] = range(4, 11),
    paths: int = 20_000,
    reference: str = "auto",
    finer: int = 2,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> ConvergenceStudy:
    r"""Measure the root mean square error of schemes at time T, by step size.

    All levels of all schemes are driven by one fine path, in one pass, and no path is stored.

    Parameters
    ----------
    sde : SDE
        The equation, with functions of numbers (not vectorized).
    x0 : float or array_like, shape (d,)
        The state at time 0.
    T : float
        The end time.
    methods : str or Method, or sequence of them
        Names in METHODS, or schemes of your own.
    levels : iterable of int
        Exponents: n = 2**level steps.
    paths : int
        Number of paths, at least 2048.
    reference : {"auto", "exact", "finest"} or the name of a method
        What is taken for X_T. "exact": the model's exact path; "finest": each method itself,
        `finer` levels finer than the finest; a name: that method, as much finer; "auto": exact
        where known, else finest.
    finer : int
        By how many levels the reference is finer. It has an error of its own: if that is a share s
        of the error of the finest level, the last local slope is wrong by about s.
    rng, key, workers, executor, progress
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact` where the mean-square error is known at finite n: any scheme on an affine
        model.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, before anything is computed.
    FloatingPointError
        If paths left the finite range: their errors have no mean.

    Notes
    -----
    The error on a level with n steps, measured by the mean over N paths, is

    .. math::

        \Big( \frac1N \sum_{j=1}^N |X_n^{(j)} - X_T^{(j)}|^2 \Big)^{1/2}.

    References
    ----------
    P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations (1992),
    section 9.6.

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
    """
    check_sde(sde)
    schemes = choose_schemes(methods)
    T = checks.number("T", T, above=0.0)
    exponents, batches, key = check_settings(levels, paths, rng, key)
    finer = checks.integer("finer", finer, 1, 30)
    starts, dim = checks.starting_states(x0, paths, False)
    problem = examine_numbers(sde, starts[0], dim)
    reference = choose_reference(problem, reference, "finest")
    job = levels_job(
        problem,
        schemes,
        starts=starts,
        T=T,
        exponents=exponents,
        paths=paths,
        key=key,
        reference=reference,
        finer=finer,
    )
    # The records are those of |X_n - X_T|^2: `square_error` in engine/loop/level_loop.py
    records = run_levels(
        job,
        schemes,
        exponents=exponents,
        batches=batches,
        reference=reference,
        options={"workers": workers, "executor": executor, "progress": progress},
    )
    exact: dict[str, Array] = {}
    if reference == "exact":
        exact = strong_errors(problem.sde, schemes, problem.x, T, exponents)
    return ConvergenceStudy.from_batches(
        title=f"Strong error at T = {T:g}{describe(problem, reference, finer)}",
        quantity="RMS error",
        dt=step_sizes(T, exponents),
        batches=records,
        exact=exact,
        root=True,
        paths=paths,
        key=key,
    )


def weak_convergence(
    sde: SDE,
    x0: ArrayLike,
    T: float,
    *,
    test: TestFunction,
    methods: Methods = ("euler_maruyama",),
    levels: Iterable[int] = range(1, 6),
    paths: int = 100_000,
    reference: str = "auto",
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> ConvergenceStudy:
    r"""Measure the bias |E f(X_n) - E f(X_T)| of schemes for a test function f, by step size.

    Both expectations are taken on the same paths, in one pass. On common paths the difference has a
    far smaller variance than either expectation, so the bias shows with few paths.

    Parameters
    ----------
    sde, x0, T, methods, levels, paths
        As for `strong_convergence`.
    test : callable f(x)
        A function of the state, written like a drift without t: of a float, or of x[0], x[1], ...;
        it returns a float.
    reference : {"auto", "exact"} or the name of a method
        What is taken for X_T: the model's exact path, or a method two levels finer than the finest;
        "auto": exact where known, else weak2.
    rng, key, workers, executor, progress
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact`, the bias by quadrature, for polynomials of degree up to 2 on affine models.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, before anything is computed.
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
    section 9.7.

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
    T = checks.number("T", T, above=0.0)
    exponents, batches, key = check_settings(levels, paths, rng, key)
    starts, dim = checks.starting_states(x0, paths, False)
    problem = examine_numbers(sde, starts[0], dim)
    probe("test", test, 0.0, problem.x, called="(x)")
    reference = choose_reference(problem, reference, "weak2")
    job = levels_job(
        problem,
        schemes,
        starts=starts,
        T=T,
        exponents=exponents,
        paths=paths,
        key=key,
        reference=reference,
        finer=FINER_FOR_TESTS,
        test=test,
    )
    records = run_levels(
        job,
        schemes,
        exponents=exponents,
        batches=batches,
        reference=reference,
        options={"workers": workers, "executor": executor, "progress": progress},
    )
    exact: dict[str, Array] = {}
    if reference == "exact" and dim == 0:
        quadratic = recognize_quadratic(test, problem.x)
        if quadratic is not None:
            exact = weak_errors(problem.sde, schemes, problem.x, T, exponents, quadratic)
    return ConvergenceStudy.from_batches(
        title=f"Bias of E f(X) at T = {T:g}{describe(problem, reference, FINER_FOR_TESTS)}",
        quantity="bias",
        dt=step_sizes(T, exponents),
        batches=records,
        exact=exact,
        root=False,
        signed=True,
        paths=paths,
        key=key,
    )
