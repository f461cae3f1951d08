"""The first half of the solver: an SDE is examined once, whatever schemes are put on it.

Its functions are tried at the start in plain Python, what it says of its noise is checked there,
and the components of its noise are counted. Nothing is compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.functions.probe import probe
from stochcalc.models import Model
from stochcalc.sde import SDE
from stochcalc.solver.array_functions import check_columns, floating
from stochcalc.solver.declared_noise import check_claims

MATRIX_KINDS = ("commuting", "general")


@dataclass(frozen=True, eq=False)
class Examined:
    """An SDE, and what its functions showed at the start.

    Attributes
    ----------
    sde : SDE
    t : float
        The time of the start.
    x : float or tuple of floats
        The start, as the functions see it.
    dim : int
        Components of the state; 0 for a scalar problem.
    size : int
        Components of dW; 0 for a plain float.
    matrix : bool
        Whether the diffusion is a matrix.
    """

    sde: SDE
    t: float
    x: Any
    dim: int
    size: int
    matrix: bool

    @property
    def has_exact_path(self) -> bool:
        """Whether it is a model whose path is known in closed form at the grid times."""
        return isinstance(self.sde, Model) and self.sde.exact_step is not None

    @property
    def name(self) -> str:
        """The name of a model; empty for any other SDE."""
        return self.sde.name if isinstance(self.sde, Model) else ""


def check_sde(sde: Any) -> None:
    """Refuse what is no SDE."""
    if not isinstance(sde, SDE):
        raise TypeError(f"sde={sde!r} must be an SDE: SDE(drift, diffusion)")


def examine(sde: SDE, start: NDArray[np.float64], dim: int, t: float = 0.0) -> Examined:
    """Try an SDE at its start.

    Parameters
    ----------
    sde : SDE
    start : ndarray, shape (d,)
    dim : int
        Components of the state; 0 for a scalar problem, whose start has one number.
    t : float

    Raises
    ------
    TypeError, ValueError
        For functions that fail or return something of another shape, for noise that is not of the
        kind it is declared, for derivatives that are none.
    """
    check_sde(sde)
    if not sde.vectorized:
        return _examine(sde, sde, start, dim, t)
    examined = _examine(sde, floating(sde), start, dim, t)
    check_columns(sde, t, examined.x)
    return examined


def examine_numbers(sde: SDE, start: NDArray[np.float64], dim: int) -> Examined:
    """Try an SDE at time 0, for a study: every scheme is compiled for numbers there.

    Raises
    ------
    TypeError, ValueError
        As `examine`, and for functions of arrays.
    """
    check_sde(sde)
    if sde.vectorized:
        raise ValueError(
            "vectorized=True functions take arrays, and this runs on numbers: write drift and "
            "diffusion for floats, or x[0], x[1], ... and tuples"
        )
    return _examine(sde, sde, start, dim, 0.0)


def _examine(sde: SDE, floats: SDE, start: NDArray[np.float64], dim: int, t: float) -> Examined:
    """Try an SDE, by way of the same equation in functions of floats."""
    if isinstance(sde, Model) and dim != sde.dim:
        given = start.tolist() if dim else float(start[0])
        expected = f"{sde.dim} numbers" if sde.dim else "one number"
        raise ValueError(f"x0={given} does not fit: {sde.name} starts from {expected}")
    x: Any = float(start[0]) if dim == 0 else tuple(float(value) for value in start)
    size, matrix = _count_noise(floats, t, x, dim)
    shape = () if dim == 0 else (dim,)
    probe("drift", floats.drift, t, x, floats.args, shape=shape)
    noise_shape = (dim, size) if matrix else shape
    probe("diffusion", floats.diffusion, t, x, floats.args, shape=noise_shape)
    check_claims(floats, t, x)
    return Examined(sde, t, x, dim, size, matrix)


def _count_noise(sde: SDE, t: float, x: Any, dim: int) -> tuple[int, bool]:
    """Return (components of dW, 0 for a plain float; whether the diffusion is a matrix)."""
    if dim == 0 and sde.noise in MATRIX_KINDS:
        raise ValueError(
            f"noise={sde.noise!r} needs a system and x0={x:g} is a number: use noise='diagonal'"
        )
    value: Any = _try_diffusion(sde, t, x) if dim else None
    rows = _is_rows(value)
    if rows and sde.noise in ("scalar", "diagonal"):
        raise ValueError(
            f"diffusion returns rows of numbers, and noise={sde.noise!r} takes one number per "
            "component: say noise='general', or 'commuting' or 'additive' where that holds"
        )
    if sde.noise in MATRIX_KINDS or (sde.noise == "additive" and rows):
        return len(value[0]) if rows else 1, True
    return (0 if sde.noise == "scalar" else dim), False


def _try_diffusion(sde: SDE, t: float, x: Any) -> Any:
    """Return the diffusion's value, or None if it fails: its probe then says how."""
    try:
        return sde.diffusion(t, x, *sde.args)
    except Exception:
        return None


def _is_rows(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)
