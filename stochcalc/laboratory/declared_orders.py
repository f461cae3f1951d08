"""Declared orders beside measured ones, for every scheme and every kind of noise that it claims.

Each order is measured on a nonlinear equation, against an independent scheme on much finer steps
along the same paths. The noise is strong and the drift weak, so that the error that comes from the
noise is the largest part at these steps. With additive noise only the drift has an error; there the
drift is strongly curved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.methods import METHODS, Method
from stochcalc.methods.method import show_order
from stochcalc.sde import NOISE_KINDS, SDE
from stochcalc.typing import State, Workers


def _drift(t: float, x: State) -> State:
    return 0.1 * math.sin(x[1]), 0.1 * math.cos(t) - 0.1 * x[0]


def _drift_dx(t: float, x: State) -> State:
    return (0.0, 0.1 * math.cos(x[1])), (-0.1, 0.0)


def _curved_drift(t: float, x: State) -> State:
    return math.sin(2.0 * x[1]), math.cos(3.0 * x[0])


def _curved_drift_dx(t: float, x: State) -> State:
    return (0.0, 2.0 * math.cos(2.0 * x[1])), (-3.0 * math.sin(3.0 * x[0]), 0.0)


def _scalar(t: float, x: State) -> State:
    return 1.0 + 0.5 * math.sin(x[1]), math.cos(x[0])


def _scalar_dx(t: float, x: State) -> State:
    return (0.0, 0.5 * math.cos(x[1])), (-math.sin(x[0]), 0.0)


def _diagonal(t: float, x: State) -> State:
    return 1.0 + 0.5 * math.sin(x[0]), math.cos(x[1])


def _diagonal_dx(t: float, x: State) -> State:
    return 0.5 * math.cos(x[0]), -math.sin(x[1])


def _additive(t: float, x: State) -> State:
    return (1.0, 0.2 * math.cos(t)), (0.1, 1.0)


def _commuting(t: float, x: State) -> State:
    """Return two multiples of one vector field, which commute."""
    u, v = _scalar(t, x)
    return (u, 0.6 * u), (v, 0.6 * v)


def _commuting_dx(t: float, x: State) -> State:
    u = 0.5 * math.cos(x[1])
    v = -math.sin(x[0])
    return ((0.0, u), (0.0, 0.6 * u)), ((v, 0.0), (0.6 * v, 0.0))


def _general(t: float, x: State) -> State:
    return (0.5, math.sin(x[1])), (math.cos(x[0]), 0.3)


def _general_dx(t: float, x: State) -> State:
    return ((0.0, 0.0), (0.0, math.cos(x[1]))), ((-math.sin(x[0]), 0.0), (0.0, 0.0))


@dataclass(frozen=True)
class Problem:
    """An equation to measure orders on, and the reference that its schemes are compared with.

    Attributes
    ----------
    sde : SDE
    reference : str
        The name of the scheme whose path is taken for the solution.
    finer : int
        By how many levels the reference is finer than the finest level of the study.
    """

    sde: SDE
    reference: str
    finer: int


LEVELS = (3, 4, 5, 6, 7)
PROBLEMS = {
    "scalar": Problem(
        sde=SDE(_drift, _scalar, noise="scalar", drift_dx=_drift_dx, diffusion_dx=_scalar_dx),
        reference="sriw1",
        finer=3,
    ),
    "diagonal": Problem(
        sde=SDE(_drift, _diagonal, drift_dx=_drift_dx, diffusion_dx=_diagonal_dx),
        reference="sriw1",
        finer=3,
    ),
    "additive": Problem(
        sde=SDE(_curved_drift, _additive, noise="additive", drift_dx=_curved_drift_dx),
        reference="sra1",
        finer=3,
    ),
    "commuting": Problem(
        sde=SDE(
            _drift, _commuting, noise="commuting", drift_dx=_drift_dx, diffusion_dx=_commuting_dx
        ),
        reference="sri2",
        finer=5,
    ),
    "general": Problem(
        sde=SDE(_drift, _general, noise="general", drift_dx=_drift_dx, diffusion_dx=_general_dx),
        reference="sri2",
        finer=5,
    ),
}
START = (0.5, 1.0)
T = 1.0


def measure_orders(
    noise: str,
    methods: Iterable[Method] | None = None,
    *,
    paths: int = 16_384,
    key: int = 0,
    workers: Workers = None,
) -> ConvergenceStudy:
    """Return the strong errors of schemes on the problem with one kind of noise.

    Parameters
    ----------
    noise : str
        The kind of noise: a name in `PROBLEMS`.
    methods : iterable of Method, optional
        The schemes, of which those are taken that declare an order for this noise; by default all
        in METHODS.
    paths, key : int
        The number of paths, and the key of their random numbers.
    workers : int, optional
        Threads; all CPUs by default.

    Returns
    -------
    ConvergenceStudy
    """
    problem = PROBLEMS[noise]
    if methods is None:
        methods = METHODS.values()
    schemes = [method for method in methods if noise in method.strong_order and not method.is_exact]
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


def write_table(studies: Mapping[str, ConvergenceStudy], methods: Mapping[str, Method]) -> str:
    """Return the orders of schemes as a Markdown table.

    Each cell has the strong order that the scheme declares and, in brackets, the measured slope
    over the three finest levels; the last column has its weak orders.

    Parameters
    ----------
    studies : dict of noise to ConvergenceStudy
        What `measure_orders` returned.
    methods : dict of name to Method
        The schemes, one for each row.
    """
    lines = [
        "| scheme | " + " | ".join(NOISE_KINDS) + " | weak |",
        "|---" * (len(NOISE_KINDS) + 2) + "|",
    ]
    for name, method in methods.items():
        if method.is_exact:
            continue
        cells = [_write_cell(method, noise, studies.get(noise)) for noise in NOISE_KINDS]
        weak = ", ".join(show_order(order) for order in sorted(set(method.weak_order.values())))
        lines.append(f"| `{name}` | " + " | ".join(cells) + f" | {weak} |")
    return "\n".join(lines)


def _write_cell(method: Method, noise: str, study: ConvergenceStudy | None) -> str:
    """Return one cell of the table; it is empty if the scheme declares no order for this noise."""
    if noise not in method.strong_order:
        return ""
    declared = show_order(method.strong_order[noise])
    if study is None or method.name not in study.error:
        return declared
    slope = study.slope(method.name, slice(-3, None))
    return f"{declared} ({slope.value:.2f})"
