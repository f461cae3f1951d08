"""Probing a user's function before it is compiled.

The function is called once in plain Python, so that a typing error shows up with the user's own
traceback, and what it returns is checked.
"""

from __future__ import annotations

import inspect
import math
from types import FunctionType
from typing import Any

import numpy as np

from stochcalc.engine import arrays
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.functions.failures import AT_THE_START, KEPT, Advice, Refused, say_again
from stochcalc.engine.functions.remedies import suggest_function
from stochcalc.engine.functions.returned import (
    OF_AN_EQUATION,
    Returned,
    check_shape,
    is_equal,
    is_number,
)
from stochcalc.engine.words import LONGEST, shorten, show, write_call
from stochcalc.typing import State

# What to do where a function has no value, by the way it is called, if that is no start of a path.
_ADVICE = {
    "(t, w)": Advice(
        " where W starts, at 0",
        "give it a value there, lambda t, w: f(t, w) if w else 0.0",
    ),
    "(w)": Advice(" where W starts, at 0", "give a function with a value at every real w"),
    "(t, w, r)": Advice(" at w=0 and r=0, where it is tried", "give it a value there"),
    "(m)": Advice(" where it is tried", "give it a value for every m from 0 on"),
    "(t)": Advice(" on the grid", "change the function or the grid"),
}


def probe(
    name: str,
    function: object,
    t: float,
    x: State,
    args: tuple[Any, ...] = (),
    *,
    shape: tuple[int, ...] = (),
    called: str = "(t, x, *args)",
    advice: Advice | None = None,
) -> Returned:
    """Call a user's function twice, to catch random numbers, and check what it returns.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    function : callable
        What the user gave.
    t : float
        The time at the start.
    x : float or tuple of floats
        The state at the start.
    args : tuple
        Further arguments.
    shape : tuple of int
        The shape of what it must return: () for a number, (d,) for a tuple of d numbers, (d, m)
        for a tuple of d tuples of m numbers.
    called : str
        How the function is called, for the error. It gets the time only if this begins with "(t,".
    advice : Advice, optional
        What to do where the function has no finite value, if it is not the usual.

    Returns
    -------
    float or tuple
        The value of the function at (t, x, *args).

    Raises
    ------
    TypeError
        If it is no Python function, or cannot take these arguments.
    IndexError, NameError
        If it raises one.
    ValueError
        If it raises any other error, or returns the wrong shape, something that is not finite, or
        not the same thing twice.
    """
    python = check_function(name, function, called)
    takes_time = called.startswith("(t,")
    if advice is None:
        advice = _ADVICE.get(called, AT_THE_START)
    if takes_time:
        arguments = (t, x, *args)
    else:
        arguments = (x, *args)
    check_signature(name, python, arguments, called, extra=len(args))
    try:
        value = python(*arguments)
        again = python(*arguments)
    except Exception as error:
        if takes_time and _takes_state_first(python, error, arguments):
            raise ValueError(
                f"{name}{inspect.signature(python)} fails at (t, x)=({t:g}, {shorten(x)}) and runs "
                f"with them swapped: it is called as {name}{called}"
            ) from None
        raise explain(name, arguments, error, advice) from error
    where = write_call(name, arguments)
    check_shape(name, where, value, shape)
    if not is_equal(value, again):
        raise ValueError(
            f"{where} returned {shorten(value)}, then {shorten(again)}: {name} must be a pure "
            f"function{_hint_of_noise(name)}"
        )
    if not np.isfinite(np.asarray(value, dtype=float)).all():
        raise ValueError(f"{where} = {shorten(value)} is not finite{advice.place}: {advice.action}")
    return value


def explain(
    name: str, arguments: tuple[object, ...], error: Exception, advice: Advice = AT_THE_START
) -> Exception:
    """Return what is raised for an error of a user's function at a point where it is tried.

    Parameters
    ----------
    name : str
        The argument's name.
    arguments : tuple
        What the function was called with.
    error : Exception
        What it raised.
    advice : Advice
        What to do where the function has no value.
    """
    where = write_call(name, arguments)
    if isinstance(error, Refused):
        return ValueError(f"{where} {error}")
    if not isinstance(error, KEPT):
        return say_again(error, where, advice)
    action = ""
    is_system = any(isinstance(argument, tuple) for argument in arguments)
    if is_system and not isinstance(error, NameError):
        action = "a system gets x[0], x[1], ... and returns a tuple"
    elif "subscriptable" in str(error):
        action = "x is a number here, and a system starts from x0 of several numbers"
    return say_again(error, where, Advice(place="", action=action))


def _hint_of_noise(name: str) -> str:
    """Return where random numbers belong, for the functions of an equation."""
    if name in OF_AN_EQUATION:
        return "; noise belongs to the diffusion, as dW"
    return ", without random numbers in it"


def check_signature(
    name: str, function: FunctionType, arguments: tuple[Any, ...], called: str, extra: int
) -> None:
    """Refuse a function that cannot take the arguments, or that names x before t."""
    signature = inspect.signature(function)
    try:
        signature.bind(*arguments)
    except TypeError as error:
        remedy = f"; write lambda {called[1:-1]}: ..."
        if called.endswith("*args)"):
            remedy = ""  # a parameter may be missing in args= as well as in the function
        raise TypeError(
            f"{name}{signature} is called as {name}{called} with {extra} extra arguments: "
            f"{error}{remedy}"
        ) from None
    first, *others = [*signature.parameters, ""]
    swapped = first in ("x", "w", "X", "y") and others[0] in ("t", "time")
    if called.startswith("(t,") and swapped:
        raise ValueError(
            f"{name}{signature} has its arguments swapped: it is called as {name}{called}"
        )


def _takes_state_first(
    function: FunctionType, error: Exception, arguments: tuple[Any, ...]
) -> bool:
    """Say whether a function failed because it subscripts the time, and runs as function(x, t)."""
    t, x, *args = arguments
    if "subscriptable" not in str(error) or not isinstance(x, tuple):
        return False
    try:
        function(x, t, *args)
    except Exception:
        return False
    return True


def check_function(name: str, function: object, called: str = "(t, x, *args)") -> FunctionType:
    """Return the plain Python function behind what a user gave.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    function : object
        What the user gave.
    called : str
        How the function is called, for the error.

    Raises
    ------
    TypeError
        If it is no Python function: a NumPy function, a class, or a number.
    """
    python = unwrap(function)
    if not inspect.isfunction(python):
        raise TypeError(
            f"{name}={show(python, LONGEST)} must be a Python function (def or lambda): "
            f"{suggest_function(name, function, called)}"
        )
    return python


def count_arguments(name: str, function: object) -> int:
    """Return 1 for a function that can be called with one argument, and 2 for any other."""
    signature = inspect.signature(check_function(name, function))
    try:
        signature.bind(None)
    except TypeError:
        return 2
    return 1


def check_args(args: object) -> tuple[Any, ...]:
    """Return the parameters of a user's functions as a tuple of floats and float64 arrays.

    Parameters of one kind are then compiled once, whatever their values.

    Raises
    ------
    TypeError
        If args is no tuple, or one of its items neither a number nor an array of numbers.
    ValueError
        If a number is not finite.
    """
    if not isinstance(args, tuple):
        if isinstance(args, list):
            written = repr(tuple(args))
        else:
            written = f"({shorten(args)},)"
        raise TypeError(f"args={show(args)} must be a tuple: write args={written}")
    return tuple(_convert_parameter(f"args[{i}]", value) for i, value in enumerate(args))


def _convert_parameter(name: str, value: Any) -> Any:
    """Return one parameter as a float, or as a C-contiguous float64 array that is a copy."""
    if is_number(value):
        if not math.isfinite(value):
            raise ValueError(f"{name}={show(value)} must be finite")
        return float(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        table = arrays.as_floats(name, arrays.read_reals(name, value))
        if not np.isfinite(table).all():
            raise ValueError(f"{name}={shorten(value)} must be finite")
        return table.copy()
    raise TypeError(f"{name}={shorten(value)} must be a number or a NumPy array of numbers")
