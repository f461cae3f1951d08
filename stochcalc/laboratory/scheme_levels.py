"""Several schemes at several step sizes along the same paths, in one pass: the job of a study.

Each path is drawn on the finest grid, and its noise is merged step by step for the coarser levels.
The *reference* is what takes the place of the solution X_T: the model's exact path, an exact
solution that the user gives, a scheme on finer steps, or each scheme itself on finer steps. It is
driven by the same path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.exact_path import ExactPath
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.levels import Levels
from stochcalc.engine.words import show
from stochcalc.laboratory.grids import Grids
from stochcalc.laboratory.references import Reference
from stochcalc.laboratory.running import Beside
from stochcalc.methods import METHODS, Method
from stochcalc.motion.partition import Partition
from stochcalc.solver.examine import Examined
from stochcalc.solver.fit import Fitted, choose, fit
from stochcalc.solver.sources import check_merging, make_keyed_source
from stochcalc.typing import Array, TestFunction

Methods: TypeAlias = str | Method | Sequence[str | Method]


def choose_schemes(methods: Methods) -> list[Method]:
    """Return the schemes of a study, each once.

    Parameters
    ----------
    methods : str, Method, or sequence of them
        Names in METHODS, or schemes of the user.

    Raises
    ------
    TypeError, ValueError
        For a name that is not in METHODS, no scheme at all, or one that is named twice.
    """
    if not isinstance(methods, Iterable | Method):
        raise TypeError(
            f"methods={show(methods)} must be a method or a sequence of them: choose from "
            f"{', '.join(METHODS)}"
        )
    if isinstance(methods, str | Method):
        methods = [methods]
    schemes = [choose(method, "methods") for method in methods]
    if not schemes:
        raise ValueError(
            f"methods={show(methods)} names no method: choose from {', '.join(METHODS)}"
        )
    names = [scheme.name for scheme in schemes]
    if len(set(names)) < len(names):
        raise ValueError(f"methods={names} names one twice: each once")
    return schemes


def levels_job(
    problem: Examined,
    schemes: list[Method],
    grids: Grids,
    *,
    paths: int,
    key: int,
    reference: Reference,
    test: TestFunction | None = None,
    beside: Beside | None = None,
    measure: str = "square",
    over_path: bool = False,
) -> Levels:
    """Return the job that runs all schemes on all grids along one fine path.

    Parameters
    ----------
    problem : Examined
        The equation and its start.
    schemes : list of Method
    grids : Grids
        The numbers of steps, and how much finer the reference is.
    paths, key : int
        The number of paths, and the key of their random numbers.
    reference : str, ExactPath or float
        "exact", "finest", the name of a method, an exact solution, or the exact value of E f(X_T).
    test : callable, optional
        A function f of the state. With it f(X_n) - f(X_T) is recorded; without it |X_n - X_T|^2.
    beside : Beside, optional
        A running statistic, which takes the place of the state, or is the test's second argument.
    measure : {"square", "distance", "difference"}
        What is recorded without a test: |x - y|^2, |x - y|, or the sum of the components of x - y.
    over_path : bool
        Whether the largest distance over the grid times is recorded, instead of that at the end.

    Raises
    ------
    ValueError
        For more than 2**40 steps, or a scheme whose noise does not merge.
    """
    grids.check_size()
    fitted = [fit(problem, scheme) for scheme in schemes]
    for scheme in fitted:
        check_merging(scheme)
        _check_ratios(scheme, grids)
    active = np.isin(np.arange(len(grids.ratios) + 1), grids.columns)
    driven = fitted
    solution: Step | ExactPath | float | None = None
    if isinstance(reference, ExactPath | float):
        solution = reference
    elif reference == "finest":
        active[0] = True  # every scheme runs on the finest grid and is its own reference
    else:
        reference_scheme = fit(problem, METHODS[reference])
        solution = _put_beside(reference_scheme, beside)
        driven = [*fitted, reference_scheme]
    source, layout = make_keyed_source(
        driven, Partition.uniform(grids.T, grids.n, t0=grids.t0), key
    )
    start = problem.x if isinstance(problem.x, tuple) else (problem.x,)
    if beside is not None:
        start = (*start, *beside.row)
    return Levels(
        steps=tuple(_put_beside(scheme, beside) for scheme in fitted),
        reference=solution,
        noise=source,
        layout=layout,
        paths=paths,
        dim=problem.dim,
        t0=grids.t0,
        T=grids.T,
        n=grids.n,
        ratios=grids.ratios,
        active=active,
        starts=np.array([start]),
        args=fitted[0].args,
        test=test,
        lam=fitted[0].lam,
        measure=measure,
        over_path=over_path,
    )


def _put_beside(scheme: Fitted, beside: Beside | None) -> Step:
    """Return the step of a scheme, with a running statistic beside it."""
    if beside is None:
        return scheme.step
    return replace(scheme.step, running=beside.update, beside=beside.dim)


def _check_ratios(scheme: Fitted, grids: Grids) -> None:
    """Refuse ratios other than 2 for a scheme whose loose areas merge two by two."""
    if scheme.layout.loose and (grids.ratios != 2).any():
        raise ValueError(
            f"steps={list(grids.counts)} with {scheme.method.name} and general noise: its areas "
            "merge two by two, so give numbers that double, such as steps=(10, 20, 40)"
        )


def run_levels(
    job: Levels,
    schemes: list[Method],
    grids: Grids,
    *,
    batches: list[range],
    reference: str,
    means: runner.Means,
) -> dict[str, Array]:
    """Run the job of a study; return the records of the errors by the name of the scheme.

    Parameters
    ----------
    job : Levels
        What `levels_job` returned.
    schemes, grids
        The arguments that it was made from.
    batches : list of range
        The blocks of 256 paths in each independent batch.
    reference : str
        What the reference is called in an error.
    means : dict
        The workers, executor, progress and checkpoint of the run.

    Returns
    -------
    dict of name to ndarray, shape (batches, 7, levels)

    Raises
    ------
    FloatingPointError
        If errors are not finite.
    """
    _, state = runner.run(job, batches=batches, **means)
    records = {}
    for i, scheme in enumerate(schemes):
        columns = i * len(job.active) + grids.columns
        records[scheme.name] = state.records[:, :, columns]
    _check_finite(job, state, records, reference)
    return records


def _check_finite(
    job: Levels, state: runner.State, records: dict[str, Array], reference: str
) -> None:
    """Fail if paths left the finite range, or if errors are too large to be squared."""
    infinite = [name for name, record in records.items() if not np.isfinite(record[:, 1:3]).all()]
    if not state.nonfinite and not infinite:
        return
    culprits = ", ".join(infinite)
    if not infinite:
        culprits = reference
    if len(infinite) == len(records):
        culprits = f"{culprits} or of what they are compared with, {reference},"
    fault = f"errors of {culprits} are too large to be squared"
    if state.nonfinite:
        fault = (
            f"{state.nonfinite} of {job.paths} paths of {culprits} left the finite range, first "
            f"path {state.first_nonfinite}"
        )
    raise FloatingPointError(
        f"{fault}: use finer levels, a method that is stable here, a test that is finite there"
    )
