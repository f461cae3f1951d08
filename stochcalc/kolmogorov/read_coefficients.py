"""The coefficients of an equation are read: it must be scalar, and the same at all times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stochcalc.engine.functions.failures import Advice
from stochcalc.engine.functions.probe import explain
from stochcalc.engine.functions.returned import is_number
from stochcalc.engine.words import shorten, write_call
from stochcalc.kolmogorov.coefficients import Coefficients, refuse_value
from stochcalc.models import Model
from stochcalc.sde import SDE
from stochcalc.solver.array_functions import convert_to_floats
from stochcalc.solver.examine import MATRIX_KINDS, check_sde, examine
from stochcalc.typing import Array

AUTONOMOUS = "takes coefficients of x alone; use paths by solve"
TIMES = (0.0, 0.3, 1.0, 2.718)  # at which the functions are compared
OF_PARTS = ("subscriptable", "out of bounds")  # what is said of a number that is taken apart


def read_coefficients(
    sde: object, inside: float, spread: Array, caller: str, remedy: str
) -> Coefficients:
    """Return the coefficients of an equation, after its functions are tried at a point.

    Parameters
    ----------
    sde : SDE
        What was given.
    inside : float
        A point at which its functions must have a value.
    spread : ndarray, shape (k,)
        Points all over the interval, at which functions that have a value must keep it.
    caller : str
        The public function, for the error.
    remedy : str
        What to do where the diffusion is 0, for the error.

    Raises
    ------
    TypeError, ValueError
        For what is no SDE, for a system, for functions that fail at the point or change with time.
    """
    check_sde(sde)
    assert isinstance(sde, SDE)
    if isinstance(sde, Model) and sde.dim:
        raise ValueError(
            f"sde={sde.name} has {sde.dim} components, and {caller} takes a scalar equation: use "
            "paths by solve"
        )
    if sde.noise in MATRIX_KINDS:
        raise ValueError(
            f"noise={sde.noise!r} of the sde is for systems, and {caller} takes a scalar equation: "
            "use noise='diagonal'"
        )
    floats = sde
    if sde.vectorized:
        floats = convert_to_floats(sde)
    for name in ("drift", "diffusion"):
        _refuse_system(name, getattr(floats, name), (0.0, inside, *floats.args), caller)
    examine(sde, np.array([inside]), 0)
    for name in ("drift", "diffusion"):
        function = getattr(floats, name)
        _refuse_time(name, function, inside, floats.args, caller)
        with np.errstate(all="ignore"):
            for x in spread.tolist():
                if _has_value(function, x, floats.args):
                    _refuse_time(name, function, x, floats.args, caller)
    b = float(floats.diffusion(0.0, inside, *floats.args))
    coefficients = Coefficients(floats, sign=float(np.sign(b)), remedy=remedy)
    if b == 0.0:
        raise coefficients.refuse_zero(inside)
    return coefficients


def _refuse_system(
    name: str, function: Callable[..., Any], arguments: tuple[Any, ...], caller: str
) -> None:
    """Refuse a function of several components: it takes x apart, or returns several numbers."""
    remedy = f"{caller} takes a scalar equation, of one number x; use paths by solve"
    where = write_call(name, arguments[:2])
    try:
        value = function(*arguments)
    except (TypeError, IndexError) as error:
        if not any(word in str(error) for word in OF_PARTS):
            return  # it is explained with all others
        raise TypeError(f"{where} fails: {error}; {remedy}") from error
    except Exception:
        return
    if isinstance(value, tuple | list | np.ndarray) and np.ndim(value):
        raise ValueError(f"{where} returned {shorten(value)}: {remedy}")


def _has_value(function: Callable[..., Any], x: float, args: tuple[Any, ...]) -> bool:
    """Return whether a function has a number as its value at a point, at the first time."""
    try:
        value = function(TIMES[0], x, *args)
        return bool(is_number(value) and np.isfinite(value))
    except Exception:  # what fails where the process is will be said there
        return False


def _refuse_time(
    name: str, function: Callable[..., Any], x: float, args: tuple[Any, ...], caller: str
) -> None:
    """Refuse a drift or a diffusion that is not the same at all times, at a point."""
    first = function(TIMES[0], x, *args)
    for t in TIMES[1:]:
        try:
            later = function(t, x, *args)
        except Exception as error:
            raise explain(
                name, (t, x, *args), error, Advice("", f"{caller} {AUTONOMOUS}")
            ) from error
        if not is_number(later):
            raise refuse_value(name, (t, x), later)
        if float(later) != float(first):
            raise ValueError(
                f"{name} changes with time, {write_call(name, (TIMES[0], x))} = {float(first):g} "
                f"and {write_call(name, (t, x))} = {float(later):g}: {caller} {AUTONOMOUS}"
            )
