"""Convergence studies: errors by step size, each with its standard error and its exact value where one is known.

A slope over coarse steps is not the order of a scheme: Euler on geometric Brownian motion gives 0.64 over 2^4..2^12
although each level's error is exactly what theory says. So a study carries the exact finite-step errors and the slope
through them beside the fitted one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.brownian import BrownianPaths, brownian
from stochcalc.discretise import check_sde, chosen, discretise, source_of, starting_states
from stochcalc.engine import checks, runner
from stochcalc.engine.levels import Levels
from stochcalc.engine.march import March
from stochcalc.engine.philox import make_key
from stochcalc.engine.probe import check_derivative, probe
from stochcalc.estimate import ConvergenceStudy, batches_of, check_levels
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.partition import Partition
from stochcalc.riemann import RiemannSum
from stochcalc.sde import SDE
from stochcalc.theory import known as error_known
from stochcalc.theory import strong_error
from stochcalc.variation.motion import absolute_moment, first_sum, squared_deviation, variation_job


def integral_convergence(f: Callable[[float, float], float], T: float = 1.0, *,
                         lam: float | Sequence[float] = (0.0, 0.5, 1.0), at: str = "time",
                         levels: Iterable[int] = range(2, 9), paths: int = 20_000,
                         limit: tuple[Callable[[float], float], Callable[[float], float]] | None = None, rng: Any = None,
                         key: int | None = None, workers: int | None = None,
                         executor: Any = None, progress: Any = False) -> ConvergenceStudy:
    """Root mean square of R(P, lambda) - limit, by level, for each lambda.

    Parameters
    ----------
    f : callable f(t, w)
    lam : float or sequence of floats in [0, 1]
    at : {"time", "value"}
        See `riemann_sum`.
    levels : iterable of int
        Exponents: n = 2**level steps. Every level has Brownian paths of its own, so the levels' errors are independent.
    limit : (F, df), optional
        Functions of w: the antiderivative and the derivative of f, for the limit as in `riemann_limit`. Not needed for
        f(t, w) = w, whose limit is W_T^2/2 + (lambda - 1/2) T and whose error is known exactly on every partition.
    rng, key, workers, executor, progress
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        Named "lambda = 0", ...; with `.exact` for f(t, w) = w.

    Raises
    ------
    TypeError, ValueError
        For bad arguments; for a missing `limit` when f is not w.
    """
    T = checks.number("T", T, above=0.0)
    given: Iterable[Any] = lam if isinstance(lam, Iterable) and not isinstance(lam, str) else [lam]
    lams = [checks.number("lam", value, least=0.0, most=1.0) for value in given]
    if len(set(lams)) < len(lams):
        raise ValueError(f"lam={lams} names a value twice: each once")
    checks.choice("at", at, ("time", "value"))
    exponents, batches, key = _setting(levels, paths, rng, key)
    how = {"workers": workers, "executor": executor, "progress": progress}
    probe("f", f, 0.0, 0.0, called="(t, w)")
    identity = limit is None and is_identity(f)
    if limit is None and not identity:
        raise ValueError("limit=None is known for f(t, w) = w only: give limit=(F, df), with F' = f and df = f'")
    if limit is not None:
        if not isinstance(limit, tuple) or len(limit) != 2:
            raise TypeError(f"limit={limit!r} must be a pair (F, df) of functions of w")
        probe("limit[0]", limit[0], 0.0, 0.0, called="(w)")
        probe("limit[1]", limit[1], 0.0, 0.0, called="(w)")
        check_derivative("limit[1]", limit[1], "limit[0]", limit[0], order=2)
    dt, records, exact = T / 2.0**exponents, {}, {}
    exact_half = ""
    for value in lams:
        name = f"lambda = {value:.10g}"
        if identity and at == "value" and value == 0.5:
            exact_half = " (lambda = 1/2 gives the limit itself: no line)"
            continue
        jobs = [_integral_error(f, _motion(T, level, paths, key), value, at, limit) for level in exponents]
        records[name] = _batch_records(jobs, batches, how)
        if identity:
            factor = (value**2 + (1 - value) ** 2) / 2 if at == "time" else 2 * (value - 0.5) ** 2
            exact[name] = np.sqrt(factor * T * dt)
    if not records:
        raise ValueError("lam=0.5 with at='value' gives the limit of f(t, w) = w itself: there is no error to study")
    reading = "f at the time point" if at == "time" else "f blended from the ends"
    claim = "Riemann sums of W dW converge with order 1/2" if identity else "Riemann sums of f dW against their limit"
    title = f"{claim}, {reading}{exact_half}"
    return ConvergenceStudy.from_batches(title, "RMS error", dt, records, exact, root=True, paths=paths, key=key)


def is_identity(f: Any) -> bool:
    """Whether f(t, w) hands back w itself: asked with objects that allow no arithmetic."""
    t, w = object(), object()
    try:
        return f(t, w) is w
    except TypeError:
        return False


def squared_error(t: float, x: Any, args: Any) -> float:
    """Observe (R - W_T^2/2 - (lambda - 1/2) T)^2 on the state (W, R)."""
    error = x[1] - 0.5 * x[0] * x[0] - (args[0] - 0.5) * t
    return error * error


def _integral_error(f: Any, W: BrownianPaths, lam: float, at: str, limit: Any) -> March:
    keep = np.array([W.partition.n])
    if limit is None:
        return RiemannSum(f, W, lam, at).job(squared_error, 1, keep, save_rows=False)
    F, df = limit

    def against_limit(t: float, x: Any, args: Any) -> float:
        error = x[1] - (F(x[0]) - F(0.0) + (args[0] - 0.5) * x[2])
        return error * error

    return RiemannSum(f, W, lam, at, df=df).job(against_limit, 1, keep, save_rows=False)


def variation_convergence(T: float = 1.0, *, p: float = 2.0, levels: Iterable[int] = range(2, 11), paths: int = 20_000,
                          rng: Any = None, key: int | None = None, workers: int | None = None,
                         executor: Any = None, progress: Any = False) -> ConvergenceStudy:
    """Root mean square of Q - T by level, exactly T sqrt(2/n); for p other than 2, the mean of the p-variation.

    That is m_p n^(1 - p/2) T^(p/2) exactly: it explodes for p < 2 and vanishes for p > 2. The levels have Brownian paths of
    their own; rng, key, workers, executor and progress are as for `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact`; slope 1/2 for p = 2, else p/2 - 1.
    """
    T, p = checks.number("T", T, above=0.0), checks.number("p", p, above=0.0)
    exponents, batches, key = _setting(levels, paths, rng, key)
    how = {"workers": workers, "executor": executor, "progress": progress}
    quadratic = p == 2.0

    dt = T / 2.0**exponents
    name = "quadratic variation" if quadratic else f"{p:g}-variation"
    jobs = [variation_job(_motion(T, level, paths, key), p, squared_deviation if quadratic else first_sum, 1, save_rows=False)
            for level in exponents]
    exact = {name: np.sqrt(2.0 * T * dt) if quadratic else absolute_moment(p) * T * dt ** (p / 2 - 1)}
    title = "Quadratic variation converges with order 1/2" if quadratic else f"The {p:g}-variation scales as dt^(p/2 - 1)"
    return ConvergenceStudy.from_batches(title, "RMS error" if quadratic else "mean", dt,
                                         {name: _batch_records(jobs, batches, how)}, exact, root=quadratic,
                                         paths=paths, key=key)


def strong_convergence(sde: SDE, x0: Any, T: float, *, methods: str | Sequence[str] = ("euler_maruyama",),
                       levels: Iterable[int] = range(4, 11), paths: int = 20_000, reference: str = "auto",
                       rng: Any = None, key: int | None = None, workers: int | None = None,
                       executor: Any = None, progress: Any = False) -> ConvergenceStudy:
    """Root mean square error at T, by level: all levels of all schemes driven by one fine path, in one pass, storing none.

    Parameters
    ----------
    sde, x0, T
        As for `solve`; the start time is 0.
    methods : str or Method, or sequence of them
        Names in METHODS, or schemes of your own.
    levels : iterable of int
        Exponents: n = 2**level steps.
    reference : {"auto", "exact", "finest"} or the name of a method
        "exact": the model's exact path; "finest": each method itself, two levels finer than the finest; a name: that method,
        two levels finer; "auto": exact where known, else finest.
    rng, key, workers, executor, progress
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact` where the mean-square error is known at finite n: any scheme on an affine model.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, before anything is computed.
    FloatingPointError
        If paths left the finite range: their errors have no mean.
    """
    schemes = _schemes(sde, methods)
    T = checks.number("T", T, above=0.0)
    known = isinstance(sde, Model) and sde.exact_step is not None
    checks.choice("reference", reference, ("auto", "exact", "finest", *METHODS))
    if reference == "exact" and not known:
        raise ValueError("reference='exact' needs a model with an exact path, such as models.gbm: use reference='finest'")
    exponents, batches, key = _setting(levels, paths, rng, key)
    reference = "exact" if reference == "auto" and known else "finest" if reference == "auto" else reference
    starts, dim = starting_states(x0, paths, False)
    job = _levels_job(sde, schemes, starts, dim, T, exponents, paths, key, reference)
    _, state = runner.run(job, batches=batches, workers=workers, executor=executor, progress=progress)
    records, width = state.records, job.top + 1
    found = {scheme.name: records[:, :, i * width + job.top - exponents] for i, scheme in enumerate(schemes)}
    if state.nonfinite:
        wild = [name for name, record in found.items() if not np.isfinite(record[:, 1]).all()]
        raise FloatingPointError(f"{state.nonfinite} of {paths} paths of {', '.join(wild) or reference} left the finite range, "
                                 f"first path {state.first_nonfinite}: use finer levels, or a method that is stable here")
    exact = {scheme.name: np.sqrt([strong_error(sde, scheme, float(starts[0, 0]), T, 2**level) for level in exponents])
             for scheme in schemes if reference == "exact" and isinstance(sde, Model) and error_known(sde, scheme)}
    title = f"Strong error at T = {T:g}" + (f" on {sde.name}" if isinstance(sde, Model) else "")
    return ConvergenceStudy.from_batches(title, "RMS error", T / 2.0**exponents, found, exact, root=True, paths=paths, key=key)


def _schemes(sde: SDE, methods: Any) -> list[Method]:
    """The schemes of a study, each once."""
    check_sde(sde)
    given = [methods] if isinstance(methods, str | Method) else list(methods)
    if not given:
        raise ValueError(f"methods={methods!r} names no method: choose from {', '.join(METHODS)}")
    schemes = [chosen(method, "methods") for method in given]
    names = [scheme.name for scheme in schemes]
    if len(set(names)) < len(names):
        raise ValueError(f"methods={names} names one twice: each once")
    return schemes


def _levels_job(sde: SDE, schemes: list[Method], starts: Any, dim: int, T: float, exponents: Any, paths: int, key: int,
                reference: str) -> Levels:
    exact = reference == "exact"
    parts = [discretise(sde, scheme, starts[0], dim) for scheme in schemes]
    refer = None if reference == "finest" else discretise(sde, METHODS[reference], starts[0], dim)
    top = int(exponents[-1]) + (0 if exact else 2)
    source, layout = source_of(parts + ([] if refer is None else [refer]), Partition.uniform(T, 2**top), key)
    active = np.isin(np.arange(top + 1), top - exponents)
    active[0] |= refer is None
    return Levels(tuple(part.step for part in parts), None if refer is None else refer.step, source, layout, paths, dim, 0.0,
                  T, top, active, starts, parts[0].args)


def _setting(levels: Iterable[int], paths: Any, rng: Any, key: int | None) -> tuple[NDArray[np.int64], list[range], int]:
    batches = batches_of(runner.blocks_of(checks.integer("paths", paths)))
    return check_levels(levels), batches, make_key(rng, key)


def _motion(T: float, level: int, paths: int, key: int) -> BrownianPaths:
    """Streamed motion of one level: its key is a function of the study's key and the level."""
    own = make_key(np.random.SeedSequence([key, int(level)]))
    return brownian(T, 2 ** int(level), paths=paths, store=False, key=own)


def _batch_records(jobs: list[March], batches: list[range], how: dict[str, Any]) -> NDArray[np.float64]:
    """Records per batch and level, shape (batches, 7, levels)."""
    return np.concatenate([runner.run(job, batches=batches, **how)[1].records for job in jobs], axis=2)
