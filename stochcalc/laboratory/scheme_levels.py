"""Several schemes at several step sizes along the same paths, in one pass: the job of a study.

Each path is drawn on the finest grid, and its noise is merged step by step for the coarser levels.
What stands for the solution, the reference, steps along the same path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.levels import Levels
from stochcalc.methods import METHODS, Method
from stochcalc.motion.partition import Partition
from stochcalc.solver.examine import Examined
from stochcalc.solver.fit import choose, fit
from stochcalc.solver.sources import check_merging, keyed_source

MOST_LEVEL = 40  # of the reference: 2**40 steps a path take an hour
Methods = str | Method | Sequence[str | Method]


def choose_reference(problem: Examined, reference: str, otherwise: str) -> str:
    """Return what the schemes are compared with: "exact", "finest" or the name of a method.

    Where "auto" finds no exact path it is what is used `otherwise`.
    """
    words = ("auto", "exact", "finest") if otherwise == "finest" else ("auto", "exact")
    checks.choice("reference", reference, (*words, *METHODS))
    if reference == "exact" and not problem.has_exact_path:
        raise ValueError(
            "reference='exact' needs a model with an exact path, such as models.gbm: use "
            f"reference={otherwise!r}"
        )
    if reference != "auto":
        return reference
    return "exact" if problem.has_exact_path else otherwise


def describe(problem: Examined, reference: str, finer: int) -> str:
    """Return what a study's title says of its equation and of what stands for the solution."""
    named = {"exact": "the exact path", "finest": f"itself, {finer} levels finer"}
    whose = named.get(reference, f"{reference}, {finer} levels finer")
    equation = f" on {problem.name}" if problem.name else ""
    return f"{equation}, against {whose}"


def run_levels(
    job: Levels,
    schemes: list[Method],
    exponents: Any,
    batches: list[range],
    reference: str,
    **how: Any,
) -> Any:
    """Run the levels; return records (batches, 7, levels) by the name of the scheme.

    Raises
    ------
    FloatingPointError
        If errors are not finite.
    """
    _, state = runner.run(job, batches=batches, **how)
    width = job.top + 1
    found = {}
    for i, scheme in enumerate(schemes):
        found[scheme.name] = state.records[:, :, i * width + job.top - exponents]
    wild = [name for name, record in found.items() if not np.isfinite(record[:, 1:3]).all()]
    if state.nonfinite or wild:
        whose = ", ".join(wild) or reference
        if len(wild) == len(found):
            whose = f"{whose} or of what they are compared with, {reference},"
        what = f"errors of {whose} are too large to be squared"
        if state.nonfinite:
            what = (
                f"{state.nonfinite} of {job.paths} paths of {whose} left the finite range, first "
                f"path {state.first_nonfinite}"
            )
        raise FloatingPointError(
            f"{what}: use finer levels, a method that is stable here, a test that is finite there"
        )
    return found


def choose_schemes(methods: Any) -> list[Method]:
    """Return the schemes of a study, each once."""
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


def levels_job(
    problem: Examined,
    schemes: list[Method],
    starts: Any,
    T: float,
    exponents: Any,
    paths: int,
    key: int,
    reference: str,
    finer: int,
    test: Any = None,
) -> Levels:
    """Return the job that runs all schemes on all levels along one fine path.

    The errors are squared distances, or differences of a function `test` of the state.
    """
    above = 0 if reference == "exact" else finer
    top = int(exponents[-1]) + above
    if top > MOST_LEVEL:
        raise ValueError(
            f"the finest level is 2**{top} steps, {above} levels for the reference included: give "
            f"levels= and finer= up to {MOST_LEVEL} in all"
        )
    parts = [fit(problem, scheme) for scheme in schemes]
    for part in parts:
        check_merging(part)
    refer = None if reference == "finest" else fit(problem, METHODS[reference])
    driven = parts if refer is None else [*parts, refer]
    source, layout = keyed_source(driven, Partition.uniform(T, 2**top), key)
    active = np.isin(np.arange(top + 1), top - exponents)
    active[0] |= refer is None
    return Levels(
        steps=tuple(part.step for part in parts),
        reference=None if refer is None else refer.step,
        noise=source,
        layout=layout,
        paths=paths,
        dim=problem.dim,
        t0=0.0,
        T=T,
        top=top,
        active=active,
        starts=starts,
        args=parts[0].args,
        test=test,
        lam=parts[0].lam,
    )
