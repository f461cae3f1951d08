"""The LABORATORY: strong and weak convergence of schemes, all of them and all levels along the same
paths, in one pass.

A slope over coarse steps is not the order of a scheme: Euler on geometric Brownian motion gives
0.64 over 2^4..2^12 although each level's error is exactly what theory says. So a study carries the
exact finite-step errors and the slope through them beside the fitted one, and local slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.levels import Levels
from stochcalc.laboratory.exact_errors import known, polynomial, strong_error, weak_error
from stochcalc.laboratory.integral_errors import setting
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.motion.partition import Partition
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_compiled, check_sde, examine
from stochcalc.solver.fit import check_merging, choose, fit, source_of

MOST_LEVEL = 40  # of the reference: 2**40 steps a path take an hour
Methods = str | Method | Sequence[str | Method]


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
    """Root mean square error at T, by level: all levels of all schemes driven by one fine path, in
    one pass, storing none.

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
        How many levels. A reference errs too: if its error is a share s of that of the finest
        level, it bends the last local slope by about s.
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
    schemes = _schemes(sde, methods)
    T = checks.number("T", T, above=0.0)
    reference = _reference(sde, reference, "finest")
    exponents, batches, key = setting(levels, paths, rng, key)
    finer = checks.integer("finer", finer, 1, 30)
    starts, dim = checks.starting_states(x0, paths, False)
    job = _levels_job(sde, schemes, starts, dim, T, exponents, paths, key, reference, finer)
    found = _records(
        job,
        schemes,
        exponents,
        batches,
        reference,
        workers=workers,
        executor=executor,
        progress=progress,
    )
    exact = {
        scheme.name: np.sqrt(
            [strong_error(sde, scheme, float(starts[0, 0]), T, 2**level) for level in exponents]
        )
        for scheme in schemes
        if reference == "exact" and isinstance(sde, Model) and known(sde, scheme)
    }
    title = f"Strong error at T = {T:g}" + _against(sde, reference, finer)
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
    """Bias |E f(X_n) - E f(X_T)| of a test function f, by level: both expectations on the same
    paths, in one pass.

    On common paths the difference has a far smaller variance than either expectation, so the bias
    shows with few paths.

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
    >>> study = weak_convergence(gbm(1.0, 0.5), 1.0, 1.0, test=lambda x: x, levels=(2, 3), paths=4096, rng=1)
    >>> study.exact["euler_maruyama"].round(6)      # e - (1 + h)^n
    array([0.276876, 0.152497])
    """
    schemes = _schemes(sde, methods)
    T = checks.number("T", T, above=0.0)
    reference = _reference(sde, reference, "weak2")
    exponents, batches, key = setting(levels, paths, rng, key)
    starts, dim = checks.starting_states(x0, paths, False)
    probe(
        "test",
        test,
        0.0,
        float(starts[0, 0]) if dim == 0 else tuple(map(float, starts[0])),
        called="(x)",
    )
    job = _levels_job(sde, schemes, starts, dim, T, exponents, paths, key, reference, 2, test)
    found = _records(
        job,
        schemes,
        exponents,
        batches,
        reference,
        workers=workers,
        executor=executor,
        progress=progress,
    )
    known_test = polynomial(test, float(starts[0, 0])) if dim == 0 else None
    exact = {
        scheme.name: np.abs(
            [
                weak_error(sde, scheme, float(starts[0, 0]), T, 2**level, known_test)
                for level in exponents
            ]
        )
        for scheme in schemes
        if known_test is not None
        and reference == "exact"
        and isinstance(sde, Model)
        and known(sde, scheme)
    }
    title = f"Bias of E f(X) at T = {T:g}" + _against(sde, reference, 2)
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


def _reference(sde: SDE, reference: str, otherwise: str) -> str:
    """What the schemes are compared with: "exact", "finest" or the name of a method."""
    checks.choice(
        "reference",
        reference,
        ("auto", "exact", *(["finest"] if otherwise == "finest" else []), *METHODS),
    )
    has_path = isinstance(sde, Model) and sde.exact_step is not None
    if reference == "exact" and not has_path:
        raise ValueError(
            "reference='exact' needs a model with an exact path, such as models.gbm: use "
            f"reference={otherwise!r}"
        )
    return ("exact" if has_path else otherwise) if reference == "auto" else reference


def _against(sde: SDE, reference: str, finer: int) -> str:
    """What a study's title says of its equation and of what stands for the solution."""
    named = {"exact": "the exact path", "finest": f"itself, {finer} levels finer"}
    whose = named.get(reference, f"{reference}, {finer} levels finer")
    return (f" on {sde.name}" if isinstance(sde, Model) else "") + f", against {whose}"


def _records(
    job: Levels,
    schemes: list[Method],
    exponents: Any,
    batches: list[range],
    reference: str,
    **how: Any,
) -> Any:
    """Records per batch and level, shape (batches, 7, levels), by name of the scheme."""
    _, state = runner.run(job, batches=batches, **how)
    records, width = state.records, job.top + 1
    found = {
        scheme.name: records[:, :, i * width + job.top - exponents]
        for i, scheme in enumerate(schemes)
    }
    wild = [name for name, record in found.items() if not np.isfinite(record[:, 1:3]).all()]
    if state.nonfinite or wild:
        whose = (
            f"{', '.join(wild)} or of what they are compared with, {reference},"
            if len(wild) == len(found)
            else (", ".join(wild) or reference)
        )
        what = f"errors of {whose} are too large to be squared"
        if state.nonfinite:
            what = (
                f"{state.nonfinite} of {job.paths} paths of {whose} left the finite range, first "
                f"path "
                f"{state.first_nonfinite}"
            )
        raise FloatingPointError(
            f"{what}: use finer levels, a method that is stable here, a test that is finite there"
        )
    return found


def _schemes(sde: SDE, methods: Any) -> list[Method]:
    """The schemes of a study, each once."""
    check_sde(sde)
    check_compiled(sde)
    if not isinstance(methods, Iterable | Method):
        raise TypeError(
            f"methods={methods!r} must be a method or a sequence of them: choose from "
            f"{', '.join(METHODS)}"
        )
    given = [methods] if isinstance(methods, str | Method) else list(methods)
    if not given:
        raise ValueError(f"methods={methods!r} names no method: choose from {', '.join(METHODS)}")
    schemes = [choose(method, "methods") for method in given]
    names = [scheme.name for scheme in schemes]
    if len(set(names)) < len(names):
        raise ValueError(f"methods={names} names one twice: each once")
    return schemes


def _check_levels(schemes: list[Method], sde: SDE, top: int, finer: int) -> None:
    """Refuse what does not merge from fine steps to coarse ones, and more fine steps than there
    are.
    """
    if top > MOST_LEVEL:
        raise ValueError(
            f"the finest level is 2**{top} steps, {finer} levels for the reference included: give "
            f"levels= and "
            f"finer= up to {MOST_LEVEL} in all"
        )
    for scheme in schemes:
        check_merging(scheme, sde)


def _levels_job(
    sde: SDE,
    schemes: list[Method],
    starts: Any,
    dim: int,
    T: float,
    exponents: Any,
    paths: int,
    key: int,
    reference: str,
    finer: int,
    test: Any = None,
) -> Levels:
    exact = reference == "exact"
    examined = examine(sde, starts[0], dim)
    parts = [fit(examined, scheme) for scheme in schemes]
    refer = None if reference == "finest" else fit(examined, METHODS[reference])
    top = int(exponents[-1]) + (0 if exact else finer)
    _check_levels(schemes, sde, top, 0 if exact else finer)
    source, layout = source_of(
        parts + ([] if refer is None else [refer]), Partition.uniform(T, 2**top), key
    )
    active = np.isin(np.arange(top + 1), top - exponents)
    active[0] |= refer is None
    return Levels(
        tuple(part.step for part in parts),
        None if refer is None else refer.step,
        source,
        layout,
        paths,
        dim,
        0.0,
        T,
        top,
        active,
        starts,
        parts[0].args,
        test,
        sde.lam,
    )
