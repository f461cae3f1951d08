"""Several schemes at several step sizes along the same paths, in one pass: the job of a study.

Each path is drawn on the finest grid, and its noise is merged step by step for the coarser levels.
The *reference* is what takes the place of the solution X_T: the model's exact path, a scheme on
finer steps, or each scheme itself on finer steps. It is driven by the same path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.levels import Levels
from stochcalc.engine.words import show
from stochcalc.methods import METHODS, Method
from stochcalc.motion.partition import Partition
from stochcalc.solver.examine import Examined
from stochcalc.solver.fit import choose, fit
from stochcalc.solver.sources import check_merging, make_keyed_source
from stochcalc.typing import Array, Integers, TestFunction

LARGEST_EXPONENT = 40  # of the reference: 2**40 steps a path take an hour
Methods: TypeAlias = str | Method | Sequence[str | Method]


def choose_reference(problem: Examined, reference: str, otherwise: str) -> str:
    """Return what the schemes are compared with: "exact", "finest" or the name of a method.

    Parameters
    ----------
    problem : Examined
        The equation.
    reference : str
        What the user asked for; "auto" is the exact path where the model has one.
    otherwise : str
        What "auto" is where the model has no exact path.

    Raises
    ------
    TypeError, ValueError
        For a reference that is not known, or an exact path that the model does not have.
    """
    words = ["auto", "exact"]
    if otherwise == "finest":
        words.append("finest")
    checks.choice("reference", reference, (*words, *METHODS))
    if reference == "exact" and not problem.has_exact_path:
        raise ValueError(
            "reference='exact' needs a model with an exact path, such as models.gbm: use "
            f"reference={show(otherwise)}"
        )
    if reference != "auto":
        return reference
    if problem.has_exact_path:
        return "exact"
    return otherwise


def describe(problem: Examined, reference: str, finer: int) -> str:
    """Return what a study's title says of its equation and of its reference.

    Parameters
    ----------
    problem : Examined
        The equation.
    reference : str
        "exact", "finest" or the name of a method.
    finer : int
        By how many levels the reference is finer than the finest level.
    """
    equation = ""
    if problem.name:
        equation = f" on {problem.name}"
    if reference == "exact":
        return f"{equation}, against the exact path"
    if reference == "finest":
        return f"{equation}, against itself, {finer} levels finer"
    return f"{equation}, against {reference}, {finer} levels finer"


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
    *,
    starts: Array,
    T: float,
    exponents: Integers,
    paths: int,
    key: int,
    reference: str,
    finer: int,
    test: TestFunction | None = None,
) -> Levels:
    """Return the job that runs all schemes on all levels along one fine path.

    Parameters
    ----------
    problem : Examined
        The equation.
    schemes : list of Method
    starts : ndarray, shape (1, d)
        The start.
    T : float
        The end time.
    exponents : ndarray of int, shape (levels,)
        The numbers of steps are 2**exponent.
    paths, key : int
        The number of paths, and the key of their random numbers.
    reference : str
        "exact", "finest" or the name of a method.
    finer : int
        By how many levels the reference is finer; of no meaning for the exact path.
    test : callable, optional
        A function f of the state. With it f(X_n) - f(X_T) is recorded; without it |X_n - X_T|^2.

    Raises
    ------
    ValueError
        For more than 2**40 steps, or a scheme whose noise does not merge.
    """
    levels_added = finer
    if reference == "exact":
        levels_added = 0
    top = int(exponents[-1]) + levels_added
    if top > LARGEST_EXPONENT:
        raise ValueError(
            f"the finest level is 2**{top} steps, {levels_added} levels for the reference "
            f"included: give levels= and finer= up to {LARGEST_EXPONENT} in all"
        )
    fitted = [fit(problem, scheme) for scheme in schemes]
    for scheme in fitted:
        check_merging(scheme)
    # Level q has 2^(top - q) steps; those that no scheme is asked for are left out.
    active = np.isin(np.arange(top + 1), top - exponents)
    driven = fitted
    reference_step = None
    if reference == "finest":
        active[0] = True  # every scheme runs on the finest grid and is its own reference
    else:
        reference_scheme = fit(problem, METHODS[reference])
        reference_step = reference_scheme.step
        driven = [*fitted, reference_scheme]
    source, layout = make_keyed_source(driven, Partition.uniform(T, 2**top), key)
    return Levels(
        steps=tuple(scheme.step for scheme in fitted),
        reference=reference_step,
        noise=source,
        layout=layout,
        paths=paths,
        dim=problem.dim,
        t0=0.0,
        T=T,
        top=top,
        active=active,
        starts=starts,
        args=fitted[0].args,
        test=test,
        lam=fitted[0].lam,
    )


def run_levels(
    job: Levels,
    schemes: list[Method],
    *,
    exponents: Integers,
    batches: list[range],
    reference: str,
    options: dict[str, Any],
) -> dict[str, Array]:
    """Run the job of a study; return the records of the errors by the name of the scheme.

    Parameters
    ----------
    job : Levels
        What `levels_job` returned.
    schemes, exponents, reference
        The arguments that it was made from.
    batches : list of range
        The blocks of 256 paths in each independent batch.
    options : dict
        The workers, executor and progress of the run.

    Returns
    -------
    dict of name to ndarray, shape (batches, 7, levels)

    Raises
    ------
    FloatingPointError
        If errors are not finite.
    """
    _, state = runner.run(job, batches=batches, **options)
    records = {}
    for i, scheme in enumerate(schemes):
        columns = i * (job.top + 1) + job.top - exponents
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
