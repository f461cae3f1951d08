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

from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.functions.returned import Returned, check_shape, is_equal, is_number, shorten
from stochcalc.typing import State


def probe(
    name: str,
    function: object,
    t: float,
    x: State,
    args: tuple[Any, ...] = (),
    *,
    shape: tuple[int, ...] = (),
    called: str = "(t, x, *args)",
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

    Returns
    -------
    float or tuple
        The value of the function at (t, x, *args).

    Raises
    ------
    TypeError
        If it is no Python function, or cannot take these arguments.
    ValueError
        If it returns the wrong shape, something that is not finite, or not the same thing twice.
    """
    python = check_function(name, function)
    takes_time = called.startswith("(t,")
    if takes_time:
        arguments = (t, x, *args)
    else:
        arguments = (x, *args)
    check_signature(name, python, arguments, called, extra=len(args))
    try:
        value = python(*arguments)
        again = python(*arguments)
    except (TypeError, IndexError, NameError) as error:
        if takes_time and _takes_state_first(python, error, arguments):
            raise ValueError(
                f"{name}{inspect.signature(python)} fails at (t, x)=({t:g}, {shorten(x)}) and runs "
                f"with them swapped: it is called as {name}{called}"
            ) from None
        hint = ""
        if isinstance(x, tuple):
            hint = ": a system gets x[0], x[1], ... and returns a tuple"
        raise type(error)(
            f"{name}{inspect.signature(python)} fails at {shorten(arguments)}: {error}{hint}"
        ) from error
    where = f"{name}({', '.join(shorten(argument) for argument in arguments)})"
    check_shape(name, where, value, shape)
    if not is_equal(value, again):
        raise ValueError(
            f"{where} returned {value!r}, then {again!r}: {name} must be a pure function; noise "
            f"belongs to the diffusion"
        )
    if not np.isfinite(np.asarray(value, dtype=float)).all():
        raise ValueError(
            f"{where} = {value!r} is not finite at the start: change the function or the starting "
            f"point"
        )
    return value


def check_signature(
    name: str, function: FunctionType, arguments: tuple[Any, ...], called: str, extra: int
) -> None:
    """Refuse a function that cannot take the arguments, or that names x before t."""
    signature = inspect.signature(function)
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise TypeError(
            f"{name}{signature} is called as {name}{called} with {extra} extra arguments: {error}"
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


def check_function(name: str, function: object) -> FunctionType:
    """Return the plain Python function behind what a user gave.

    Raises
    ------
    TypeError
        If it is no Python function: a NumPy function, a class, or a number.
    """
    python = unwrap(function)
    if not inspect.isfunction(python):
        raise TypeError(
            f"{name}={python!r:.60} must be a Python function (def or lambda): {_suggest(python)}"
        )
    return python


def _suggest(given: object) -> str:
    """Say what to write instead of something that is no Python function."""
    if callable(given):
        if isinstance(given, np.ufunc):
            module = type(given).__module__
        else:
            module = getattr(given, "__module__", "")
        prefix = {"numpy": "np.", "math": "math."}.get(module, "")
        return f"wrap it, lambda *a: {prefix}{getattr(given, '__name__', 'g')}(*a)"
    if is_number(given):
        return f"a constant too, lambda *a: {given}"
    return "write one with math or np"


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
        raise TypeError(f"args={args!r} must be a tuple: write args={written}")
    return tuple(_convert_parameter(f"args[{i}]", value) for i, value in enumerate(args))


def _convert_parameter(name: str, value: Any) -> Any:
    """Return one parameter as a float, or as a C-contiguous float64 array that is a copy."""
    if is_number(value):
        if not math.isfinite(value):
            raise ValueError(f"{name}={value!r} must be finite")
        return float(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        if not np.isfinite(value).all():
            raise ValueError(f"{name}={shorten(value)} must be finite")
        return np.array(value, dtype=np.float64, order="C")
    raise TypeError(f"{name}={shorten(value)} must be a number or a NumPy array of numbers")
