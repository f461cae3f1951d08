"""Convergence of integrals and variations: errors by step size, each with its exact value where one
is known.

A slope over coarse steps is not the order of a scheme: Euler on geometric Brownian motion gives
0.64 over 2^4..2^12 although each level's error is exactly what theory says. So a study carries the
exact finite-step errors and the slope through them beside the fitted one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.derivatives import check_derivative
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.statistics import blocks_of
from stochcalc.integrals.riemann_steps import RiemannSum
from stochcalc.laboratory.study import ConvergenceStudy, batches_of, check_levels
from stochcalc.motion.brownian import brownian
from stochcalc.motion.paths import BrownianPaths
from stochcalc.variation.along_motion import (
    absolute_moment,
    first_sum,
    squared_deviation,
    variation_job,
)


def integral_convergence(
    f: Callable[[float, float], float],
    T: float = 1.0,
    *,
    lam: float | Sequence[float] = (0.0, 0.5, 1.0),
    at: str = "time",
    levels: Iterable[int] = range(2, 9),
    paths: int = 20_000,
    limit: tuple[Callable[[float], float], Callable[[float], float]] | None = None,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> ConvergenceStudy:
    """Root mean square of R(P, lambda) - limit, by level, for each lambda.

    Parameters
    ----------
    f : callable f(t, w)
    lam : float or sequence of floats in [0, 1]
    at : {"time", "value"}
        See `riemann_sum`.
    levels : iterable of int
        Exponents: n = 2**level steps. Every level has Brownian paths of its own, so the levels'
        errors are independent.
    limit : (F, df), optional
        Functions of w: the antiderivative and the derivative of f, for the limit as in
        `riemann_limit`. Not needed for f(t, w) = w, whose limit is W_T^2/2 + (lambda - 1/2) T and
        whose error is known exactly on every partition.
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
    exponents, batches, key = setting(levels, paths, rng, key)
    how = {"workers": workers, "executor": executor, "progress": progress}
    probe("f", f, 0.0, 0.0, called="(t, w)")
    identity = limit is None and is_identity(f)
    if limit is None and not identity:
        raise ValueError(
            "limit=None is known for f(t, w) = w only: give limit=(F, df), with F' = f and df = f'"
        )
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
        jobs = [
            _integral_error(f, _motion(T, level, paths, key), value, at, limit)
            for level in exponents
        ]
        records[name] = _batch_records(jobs, batches, how)
        if identity:
            factor = (value**2 + (1 - value) ** 2) / 2 if at == "time" else 2 * (value - 0.5) ** 2
            exact[name] = np.sqrt(factor * T * dt)
    if not records:
        raise ValueError(
            "lam=0.5 with at='value' gives the limit of f(t, w) = w itself: there is no error to "
            "study"
        )
    reading = "f at the time point" if at == "time" else "f blended from the ends"
    claim = (
        "Riemann sums of W dW converge with order 1/2"
        if identity
        else "Riemann sums of f dW against their limit"
    )
    title = f"{claim}, {reading}{exact_half}"
    return ConvergenceStudy.from_batches(
        title, "RMS error", dt, records, exact, root=True, paths=paths, key=key
    )


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


def variation_convergence(
    T: float = 1.0,
    *,
    p: float = 2.0,
    levels: Iterable[int] = range(2, 11),
    paths: int = 20_000,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> ConvergenceStudy:
    """Root mean square of Q - T by level, exactly T sqrt(2/n); for p other than 2, the mean of the
    p-variation.

    That is m_p n^(1 - p/2) T^(p/2) exactly: it explodes for p < 2 and vanishes for p > 2. The
    levels have Brownian paths of their own; rng, key, workers, executor and progress are as for
    `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact`; slope 1/2 for p = 2, else p/2 - 1.
    """
    T, p = checks.number("T", T, above=0.0), checks.number("p", p, above=0.0)
    exponents, batches, key = setting(levels, paths, rng, key)
    how = {"workers": workers, "executor": executor, "progress": progress}
    quadratic = p == 2.0

    dt = T / 2.0**exponents
    name = "quadratic variation" if quadratic else f"{p:g}-variation"
    jobs = [
        variation_job(
            _motion(T, level, paths, key),
            p,
            squared_deviation if quadratic else first_sum,
            1,
            save_rows=False,
        )
        for level in exponents
    ]
    exact = {
        name: np.sqrt(2.0 * T * dt) if quadratic else absolute_moment(p) * T * dt ** (p / 2 - 1)
    }
    title = (
        "Quadratic variation converges with order 1/2"
        if quadratic
        else f"The {p:g}-variation scales as dt^(p/2 - 1)"
    )
    return ConvergenceStudy.from_batches(
        title,
        "RMS error" if quadratic else "mean",
        dt,
        {name: _batch_records(jobs, batches, how)},
        exact,
        root=quadratic,
        paths=paths,
        key=key,
    )


def setting(
    levels: Iterable[int], paths: Any, rng: Any, key: int | None
) -> tuple[NDArray[np.int64], list[range], int]:
    """(exponents, batches of blocks, key) of a study."""
    batches = batches_of(blocks_of(checks.integer("paths", paths)))
    return check_levels(levels), batches, make_key(rng, key)


def _motion(T: float, level: int, paths: int, key: int) -> BrownianPaths:
    """Streamed motion of one level: its key is a function of the study's key and the level."""
    own = make_key(np.random.SeedSequence([key, int(level)]))
    return brownian(T, 2 ** int(level), paths=paths, store=False, key=own)


def _batch_records(
    jobs: list[March], batches: list[range], how: dict[str, Any]
) -> NDArray[np.float64]:
    """Records per batch and level, shape (batches, 7, levels)."""
    return np.concatenate(
        [runner.run(job, batches=batches, **how)[1].records for job in jobs], axis=2
    )
