"""Strong and weak convergence of schemes: their errors by step size.

A slope over coarse steps is not the order of a scheme: Euler on geometric Brownian motion gives
0.64 over 2^4..2^12 although each level's error is exactly what theory says. So a study carries the
exact finite-step errors and the slope through them beside the fitted one, and local slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.laboratory.exact_errors import polynomial, strong_errors, weak_errors
from stochcalc.laboratory.integral_errors import setting
from stochcalc.laboratory.scheme_levels import (
    Methods,
    choose_reference,
    choose_schemes,
    describe,
    levels_job,
    run_levels,
)
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine_numbers


def strong_convergence(
    sde: SDE,
    x0: Any,
    T: float,
    *,
    methods: Methods = ("euler_maruyama",),
    levels: Iterable[int] = range(4, 11),
    paths: int = 20_000,
    reference: str = "auto",
    finer: int = 2,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> ConvergenceStudy:
    """Measure the root mean square error at T, by level.

    All levels of all schemes are driven by one fine path, in one pass, and no path is stored.

    Parameters
    ----------
    sde, x0, T
        As for `solve`; the start time is 0.
    methods : str or Method, or sequence of them
        Names in METHODS, or schemes of your own.
    levels : iterable of int
        Exponents: n = 2**level steps.
    reference : {"auto", "exact", "finest"} or the name of a method
        "exact": the model's exact path; "finest": each method itself, `finer` levels finer than the
        finest; a name: that method, as much finer; "auto": exact where known, else finest.
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
    """
    check_sde(sde)
    schemes = choose_schemes(methods)
    T = checks.number("T", T, above=0.0)
    exponents, batches, key = setting(levels, paths, rng, key)
    finer = checks.integer("finer", finer, 1, 30)
    starts, dim = checks.starting_states(x0, paths, False)
    problem = examine_numbers(sde, starts[0], dim)
    reference = choose_reference(problem, reference, "finest")
    title = f"Strong error at T = {T:g}" + describe(problem, reference, finer)
    job = levels_job(problem, schemes, starts, T, exponents, paths, key, reference, finer)
    how = {"workers": workers, "executor": executor, "progress": progress}
    found = run_levels(job, schemes, exponents, batches, reference, **how)
    exact = {}
    if reference == "exact":
        exact = strong_errors(problem.sde, schemes, problem.x, T, exponents)
    return ConvergenceStudy.from_batches(
        title, "RMS error", T / 2.0**exponents, found, exact, root=True, paths=paths, key=key
    )


def weak_convergence(
    sde: SDE,
    x0: Any,
    T: float,
    *,
    test: Callable[[Any], float],
    methods: Methods = ("euler_maruyama",),
    levels: Iterable[int] = range(1, 6),
    paths: int = 100_000,
    reference: str = "auto",
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> ConvergenceStudy:
    """Measure the bias |E f(X_n) - E f(X_T)| of a test function f, by level.

    Both expectations are taken on the same paths, in one pass. On common paths the difference has a
    far smaller variance than either expectation, so the bias shows with few paths.

    Parameters
    ----------
    sde, x0, T, methods, levels
        As for `strong_convergence`.
    test : callable f(x)
        A function of the state, written like a drift without t: of a float, or of x[0], x[1], ...;
        returns a float.
    reference : {"auto", "exact"} or the name of a method
        What stands for X_T: the model's exact path, or a method two levels finer than the finest;
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
    exponents, batches, key = setting(levels, paths, rng, key)
    starts, dim = checks.starting_states(x0, paths, False)
    problem = examine_numbers(sde, starts[0], dim)
    probe("test", test, 0.0, problem.x, called="(x)")
    reference = choose_reference(problem, reference, "weak2")
    title = f"Bias of E f(X) at T = {T:g}" + describe(problem, reference, 2)
    job = levels_job(problem, schemes, starts, T, exponents, paths, key, reference, 2, test)
    how = {"workers": workers, "executor": executor, "progress": progress}
    found = run_levels(job, schemes, exponents, batches, reference, **how)
    known_test = polynomial(test, problem.x) if dim == 0 else None
    exact = {}
    if reference == "exact" and known_test is not None:
        exact = weak_errors(problem.sde, schemes, problem.x, T, exponents, known_test)
    return ConvergenceStudy.from_batches(
        title,
        "bias",
        T / 2.0**exponents,
        found,
        exact,
        root=False,
        signed=True,
        paths=paths,
        key=key,
    )
