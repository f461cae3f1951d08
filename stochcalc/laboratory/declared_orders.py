"""Declared orders beside measured ones, for every scheme and every kind of noise that it claims.

Each is measured on a nonlinear equation. The reference is an independent scheme on much finer steps
along the same paths. The noise is strong and the drift weak, so that the error of the noise leads
at these steps. For additive noise, where only the drift has an error, the drift is strongly curved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.methods import METHODS, Method
from stochcalc.sde import NOISE_KINDS, SDE


def _drift(t: float, x: Any) -> Any:
    return 0.1 * math.sin(x[1]), 0.1 * math.cos(t) - 0.1 * x[0]


def _drift_dx(t: float, x: Any) -> Any:
    return (0.0, 0.1 * math.cos(x[1])), (-0.1, 0.0)


def _bent(t: float, x: Any) -> Any:
    return math.sin(2.0 * x[1]), math.cos(3.0 * x[0])


def _bent_dx(t: float, x: Any) -> Any:
    return (0.0, 2.0 * math.cos(2.0 * x[1])), (-3.0 * math.sin(3.0 * x[0]), 0.0)


def _scalar(t: float, x: Any) -> Any:
    return 1.0 + 0.5 * math.sin(x[1]), math.cos(x[0])


def _scalar_dx(t: float, x: Any) -> Any:
    return (0.0, 0.5 * math.cos(x[1])), (-math.sin(x[0]), 0.0)


def _diagonal(t: float, x: Any) -> Any:
    return 1.0 + 0.5 * math.sin(x[0]), math.cos(x[1])


def _diagonal_dx(t: float, x: Any) -> Any:
    return 0.5 * math.cos(x[0]), -math.sin(x[1])


def _additive(t: float, x: Any) -> Any:
    return (1.0, 0.2 * math.cos(t)), (0.1, 1.0)


def _commuting(t: float, x: Any) -> Any:
    """Two multiples of one field: they commute."""
    u, v = _scalar(t, x)
    return (u, 0.6 * u), (v, 0.6 * v)


def _commuting_dx(t: float, x: Any) -> Any:
    u, v = 0.5 * math.cos(x[1]), -math.sin(x[0])
    return ((0.0, u), (0.0, 0.6 * u)), ((v, 0.0), (0.6 * v, 0.0))


def _general(t: float, x: Any) -> Any:
    return (0.5, math.sin(x[1])), (math.cos(x[0]), 0.3)


def _general_dx(t: float, x: Any) -> Any:
    return ((0.0, 0.0), (0.0, math.cos(x[1]))), ((-math.sin(x[0]), 0.0), (0.0, 0.0))


@dataclass(frozen=True)
class Problem:
    """An equation to measure orders on, and a reference that is `finer` levels finer."""

    sde: SDE
    reference: str
    finer: int


LEVELS = (3, 4, 5, 6, 7)
PROBLEMS = {
    "scalar": Problem(
        SDE(_drift, _scalar, noise="scalar", drift_dx=_drift_dx, diffusion_dx=_scalar_dx),
        "sriw1",
        3,
    ),
    "diagonal": Problem(
        SDE(_drift, _diagonal, drift_dx=_drift_dx, diffusion_dx=_diagonal_dx), "sriw1", 3
    ),
    "additive": Problem(SDE(_bent, _additive, noise="additive", drift_dx=_bent_dx), "sra1", 3),
    "commuting": Problem(
        SDE(_drift, _commuting, noise="commuting", drift_dx=_drift_dx, diffusion_dx=_commuting_dx),
        "sri2",
        5,
    ),
    "general": Problem(
        SDE(_drift, _general, noise="general", drift_dx=_drift_dx, diffusion_dx=_general_dx),
        "sri2",
        5,
    ),
}
START, T = (0.5, 1.0), 1.0


def measured(
    noise: str,
    methods: Iterable[Method] | None = None,
    *,
    paths: int = 16_384,
    key: int = 0,
    workers: int | None = None,
) -> ConvergenceStudy:
    """Strong errors of the schemes that claim this noise (or of those given) on its equation."""
    problem = PROBLEMS[noise]
    schemes = [
        m
        for m in (METHODS.values() if methods is None else methods)
        if noise in m.strong_order and not m.is_exact
    ]
    return strong_convergence(
        problem.sde,
        START,
        T,
        methods=schemes,
        levels=LEVELS,
        paths=paths,
        reference=problem.reference,
        finer=problem.finer,
        key=key,
        workers=workers,
    )


def table(studies: dict[str, ConvergenceStudy], methods: dict[str, Method]) -> str:
    """Strong orders as a Markdown table: declared, and in brackets the slope over the three finest
    levels.
    """
    lines = [
        "| scheme | " + " | ".join(NOISE_KINDS) + " | weak |",
        "|---" * (len(NOISE_KINDS) + 2) + "|",
    ]
    for name, method in methods.items():
        if name == "exact":
            continue
        cells = []
        for noise in NOISE_KINDS:
            study = studies.get(noise)
            known = study is not None and name in study.error
            slope = (
                f" ({study.slope(name, slice(-3, None)).value:.2f})"
                if study is not None and known
                else ""
            )
            cells.append(
                f"{method.strong_order[noise]:g}{slope}" if noise in method.strong_order else ""
            )
        weak = sorted(set(method.weak_order.values()))
        lines.append(
            f"| `{name}` | "
            + " | ".join(cells)
            + f" | {', '.join(f'{order:g}' for order in weak)} |"
        )
    return "\n".join(lines)
