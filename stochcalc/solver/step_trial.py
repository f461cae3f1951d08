"""A user's scheme is tried for one step in plain Python, before anything is compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.engine.functions.returned import is_number
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.words import shorten
from stochcalc.methods import METHODS, Method
from stochcalc.sde import SDE
from stochcalc.solver.examine import Examined

DT = 2.0**-5  # the step of the trial
DRIVERS = {"dW": 0.125, "I10": 0.002, "A": 0.0, "V": 0.0, "rest": 0.5}  # the drivers of the trial


def try_step(method: Method, equation: SDE, examined: Examined) -> None:
    """Refuse a step that returns something else than the state.

    Parameters
    ----------
    method : Method
        The scheme; those of the package are not tried.
    equation : SDE
        The equation in the calculus of the scheme.
    examined : Examined
        The equation as it was given, and its start.

    Raises
    ------
    TypeError
        For a step that returns a bool, nested tuples, or a state of another size.
    """
    if METHODS.get(method.name) is method or method.is_exact or equation.vectorized:
        return
    try:
        value = _call(method, equation, examined)
    except Exception:  # what is wrong then is found, and named, when the step is compiled
        return
    if examined.dim == 0:
        fits = is_number(value)
        needed = "one number"
    else:
        fits = np.shape(value) == (examined.dim,) and np.asarray(value).dtype.kind in "fiu"
        needed = f"the state, {examined.dim} numbers"
    if not fits:
        raise TypeError(
            f"step of {method.name!r} returned {shorten(value)} at x={shorten(examined.x)}: it "
            f"must return {needed}"
        )


def _call(method: Method, equation: SDE, examined: Examined) -> Any:
    """Return the state after one step."""
    last: tuple[Any, ...] = (equation.args,)
    if method.calculus == "any":
        last = (equation.args, examined.sde.lam)
    functions = [equation.function(name) for name in method.functions]
    if examined.dim == 0:
        drivers: list[Any] = [DRIVERS[name] for name in method.drivers]
        return method.step(*functions, examined.t, examined.x, DT, *drivers, *last)
    if not set(method.functions) <= {"drift", "diffusion"}:
        raise NotImplementedError("derivatives of systems are matrices of other shapes")
    shown = [_on_arrays(function, examined.matrix) for function in functions]
    x = np.array(examined.x)
    drivers = [_driver(name, examined) for name in method.drivers]
    return method.step(*shown, examined.t, x, DT, *drivers, *last)


def _on_arrays(function: Any, matrix: bool) -> Any:
    """Return a function of tuples as one of arrays, whose rows are a Matrix."""

    def call(t: float, x: Any, *args: Any) -> Any:
        value = np.array(function(t, tuple(x), *args), dtype=float)
        if matrix and value.ndim == 2:
            return Matrix(value)
        return value

    return call


def _driver(name: str, examined: Examined) -> Any:
    """Return a driver of a system: numbers for each noise, or a matrix of areas."""
    if examined.size == 0:
        return DRIVERS[name]
    if name in ("A", "V") and examined.matrix:
        return Matrix(np.zeros((examined.size, examined.size)))
    return np.full(examined.size, DRIVERS[name])
