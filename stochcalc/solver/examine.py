"""The first half of the solver: an SDE is examined once, whatever schemes are put on it.

Its functions are tried at the start in plain Python, its claims about its noise are checked there,
and the components of its noise are counted. Nothing is compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stochcalc.engine.functions.probe import probe
from stochcalc.engine.words import show
from stochcalc.models import Model
from stochcalc.sde import SDE
from stochcalc.solver.array_functions import check_columns, convert_to_floats
from stochcalc.solver.declared_noise import check_claims
from stochcalc.typing import Array, State

MATRIX_KINDS = ("commuting", "general")


@dataclass(frozen=True, eq=False)
class Examined:
    """An SDE, and what its functions showed at the start.

    Attributes
    ----------
    sde : SDE
        The equation.
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
    x: State
    dim: int
    size: int
    matrix: bool

    @property
    def has_exact_path(self) -> bool:
        """Whether the equation is a model whose path is known exactly at the grid times."""
        return isinstance(self.sde, Model) and self.sde.exact_step is not None

    @property
    def name(self) -> str:
        """The name of a model; empty for any other SDE."""
        if isinstance(self.sde, Model):
            return self.sde.name
        return ""


def check_sde(sde: object) -> None:
    """Raise a TypeError for what is no SDE."""
    if not isinstance(sde, SDE):
        raise TypeError(f"sde={show(sde)} must be an SDE: SDE(drift, diffusion)")


def examine(sde: SDE, start: Array, dim: int, t: float = 0.0) -> Examined:
    """Try the functions of an SDE at its start.

    Parameters
    ----------
    sde : SDE
        The equation.
    start : ndarray, shape (d,)
        The state at the start.
    dim : int
        Components of the state; 0 for a scalar problem, whose start has one number.
    t : float
        The time of the start.

    Raises
    ------
    TypeError, ValueError
        For functions that fail or return something of another shape, for noise that is not of the
        kind it is declared, for derivatives that are not derivatives.
    """
    check_sde(sde)
    if not sde.vectorized:
        return _examine(sde, sde, start, dim, t)
    examined = _examine(sde, convert_to_floats(sde), start, dim, t)
    check_columns(sde, t, examined.x)
    return examined


def examine_numbers(sde: SDE, start: Array, dim: int, t: float = 0.0) -> Examined:
    """Try an SDE at time t for a study, which compiles every scheme for numbers.

    Raises
    ------
    TypeError, ValueError
        In the cases of `examine`, and for functions of arrays.
    """
    check_sde(sde)
    if sde.vectorized:
        raise ValueError(
            "vectorized=True functions take arrays, and this runs on numbers: write drift and "
            "diffusion for floats, or x[0], x[1], ... and tuples"
        )
    return _examine(sde, sde, start, dim, t)


def _examine(sde: SDE, floats: SDE, start: Array, dim: int, t: float) -> Examined:
    """Try an SDE, by way of the same equation in functions of floats."""
    if isinstance(sde, Model) and dim != sde.dim:
        _refuse_start(sde, start, dim)
    x: State = float(start[0])
    shape: tuple[int, ...] = ()
    if dim:
        x = tuple(float(value) for value in start)
        shape = (dim,)
    size, matrix = _count_noise(floats, t, x, dim)
    probe("drift", floats.drift, t, x, floats.args, shape=shape)
    noise_shape = (dim, size) if matrix else shape
    probe("diffusion", floats.diffusion, t, x, floats.args, shape=noise_shape)
    check_claims(floats, t, x)
    return Examined(sde=sde, t=t, x=x, dim=dim, size=size, matrix=matrix)


def _refuse_start(model: Model, start: Array, dim: int) -> None:
    """Raise a ValueError for a start that has another number of components than the model."""
    given = start.tolist() if dim else float(start[0])
    expected = f"{model.dim} numbers" if model.dim else "one number"
    raise ValueError(f"x0={given} does not fit: {model.name} starts from {expected}")


def _count_noise(sde: SDE, t: float, x: State, dim: int) -> tuple[int, bool]:
    """Return (components of dW, 0 for a plain float; whether the diffusion is a matrix)."""
    if dim == 0 and sde.noise in MATRIX_KINDS:
        raise ValueError(
            f"noise={sde.noise!r} needs a system and x0={x:g} is a number: start from x0=[{x:g}], "
            "with drift and diffusion written for x[0], or use noise='diagonal' with one number"
        )
    value: Any = None
    if dim:
        value = _try_diffusion(sde, t, x)
    rows = _is_rows(value)
    if rows and sde.noise in ("scalar", "diagonal"):
        raise ValueError(
            f"diffusion returns rows of numbers, and noise={sde.noise!r} takes one number per "
            "component: say noise='general', or 'commuting' or 'additive' where that holds"
        )
    if rows:
        return len(value[0]), True
    if sde.noise in MATRIX_KINDS:
        return 1, True  # the probe then says that it must return rows
    if sde.noise == "scalar":
        return 0, False
    return dim, False


def _try_diffusion(sde: SDE, t: float, x: State) -> Any:
    """Return the diffusion's value, or None if it fails: its probe then says how."""
    try:
        return sde.diffusion(t, x, *sde.args)
    except Exception:
        return None


def _is_rows(value: object) -> bool:
    """Return whether a value is a tuple of rows."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)
