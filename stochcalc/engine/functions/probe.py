"""Probing a user's function before it is compiled: one call in plain Python, so that their typo is
their traceback.
"""

from __future__ import annotations

import inspect
import math
import numbers
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.fingerprint import plain


def probe(
    name: str,
    function: Any,
    t: float,
    x: Any,
    args: tuple[Any, ...] = (),
    *,
    shape: tuple[int, ...] = (),
    called: str = "(t, x, *args)",
) -> Any:
    """Call `function` once (twice, to catch random numbers) and check what it returns.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    shape : tuple
        (): a number. (d,): a tuple of d numbers. (d, m): a tuple of d tuples of m numbers.
    called : str
        How the function is called, for the error; anything without a t is called without it.

    Returns
    -------
    The value of the function at (t, x, *args).

    Raises
    ------
    TypeError
        If it is no Python function, or cannot take these arguments.
    ValueError
        If it returns the wrong shape, something that is not finite, or not the same thing twice.
    """
    function = check_function(name, function)
    arguments = (t, x, *args) if called.startswith("(t,") else (x, *args)
    signature = inspect.signature(function)
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise TypeError(
            f"{name}{signature} is called as {name}{called} with {len(args)} extra arguments: "
            f"{error}"
        ) from None
    first, *others = [*signature.parameters, ""]
    if called.startswith("(t,") and first in ("x", "w", "X", "y") and others[0] in ("t", "time"):
        raise ValueError(
            f"{name}{signature} has its arguments swapped: it is called as {name}{called}"
        )
    try:
        value, again = function(*arguments), function(*arguments)
    except (TypeError, IndexError, NameError) as error:
        subscript = "subscriptable" in str(error)
        if (
            called.startswith("(t,")
            and subscript
            and isinstance(x, tuple)
            and _runs(function, (x, t, *args))
        ):
            raise ValueError(
                f"{name}{signature} fails at (t, x)=({t:g}, {_short(x)}) and runs with them "
                f"swapped: it is called "
                f"as {name}{called}"
            ) from None
        hint = ": a system gets x[0], x[1], ... and returns a tuple" if isinstance(x, tuple) else ""
        raise type(error)(
            f"{name}{signature} fails at {_short(arguments)}: {error}{hint}"
        ) from error
    where = f"{name}({', '.join(_short(a) for a in arguments)})"
    _check_shape(name, where, value, shape)
    if not _equal(value, again):
        raise ValueError(
            f"{where} returned {value!r}, then {again!r}: {name} must be a pure function; noise "
            f"belongs to "
            "the diffusion"
        )
    if not np.isfinite(np.asarray(value, dtype=float)).all():
        raise ValueError(
            f"{where} = {value!r} is not finite at the start: change the function or the starting "
            f"point"
        )
    return value


def check_function(name: str, function: Any) -> Any:
    """The plain Python function behind `function`, or TypeError."""
    function = plain(function)
    if not inspect.isfunction(function):
        written = {"numpy": "np.", "math": "math."}.get(
            type(function).__module__
            if isinstance(function, np.ufunc)
            else getattr(function, "__module__", ""),
            "",
        )
        remedy = (
            f"wrap it, lambda *a: {written}{getattr(function, '__name__', 'g')}(*a)"
            if callable(function)
            else (
                f"a constant too, lambda *a: {function}"
                if _is_number(function)
                else "write one with math or np"
            )
        )
        raise TypeError(
            f"{name}={function!r:.60} must be a Python function (def or lambda): {remedy}"
        )
    return function


def _runs(function: Any, arguments: tuple[Any, ...]) -> bool:
    try:
        function(*arguments)
    except Exception:
        return False
    return True


def _check_shape(name: str, where: str, value: Any, shape: tuple[int, ...]) -> None:
    if not shape:
        if not _is_number(value):
            raise ValueError(
                f"{where} returned {value!r}: {name} must return one number for a scalar problem"
            )
        return
    inside = (
        "numbers",
        f"rows of {shape[-1]} numbers",
        f"blocks of {' rows of '.join(map(str, shape[1:]))} numbers",
    )
    wanted = f"a tuple of {shape[0]} {inside[len(shape) - 1]}"
    if not isinstance(value, tuple):
        raise ValueError(
            f"{where} returned {_short(value)}: {name} must return {wanted}; write (a, b), not a "
            f"list or array"
        )
    if len(value) != shape[0]:
        raise ValueError(f"{where} returned {len(value)} values: {name} must return {wanted}")
    for item in value:
        if not _has_shape(item, shape[1:]):
            raise ValueError(
                f"{where} returned {_short(item)} inside its tuple: {name} must return {wanted}"
            )


def _has_shape(value: Any, shape: tuple[int, ...]) -> bool:
    if not shape:
        return _is_number(value)
    return (
        isinstance(value, tuple)
        and len(value) == shape[0]
        and all(_has_shape(item, shape[1:]) for item in value)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real | np.floating | np.integer) and not isinstance(
        value, bool
    )


def _equal(a: Any, b: Any) -> bool:
    return bool(
        np.array_equal(np.asarray(a, dtype=float), np.asarray(b, dtype=float), equal_nan=True)
    )


def _short(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) < 60 else text[:57] + "..."


def check_args(args: Any) -> tuple[Any, ...]:
    """`args` as a tuple of floats and float64 arrays: a sweep over them then compiles once."""
    if not isinstance(args, tuple):
        written = repr(tuple(args)) if isinstance(args, list) else f"({_short(args)},)"
        raise TypeError(f"args={args!r} must be a tuple: write args={written}")
    converted: list[Any] = []
    for i, value in enumerate(args):
        if _is_number(value):
            if not math.isfinite(value):
                raise ValueError(f"args[{i}]={value!r} must be finite")
            converted.append(float(value))
        elif isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
            if not np.isfinite(value).all():
                raise ValueError(f"args[{i}]={_short(value)} must be finite")
            converted.append(np.array(value, dtype=np.float64, order="C"))
        else:
            raise TypeError(
                f"args[{i}]={_short(value)} must be a number or a NumPy array of numbers"
            )
    return tuple(converted)


# Where functions of W are compared with the slopes of others: irregular, so that a corner at a
# round number is not hit.
PLACES = np.array([-0.83, -0.41, -0.19, 0.13, 0.37, 0.71])


def check_derivative(
    name: str,
    df: Any,
    of: str,
    f: Any,
    places: NDArray[np.float64] = PLACES,
    reach: float = 1.0,
    order: int = 1,
) -> None:
    """Refuse df if it is not the derivative (or the second, for order 2) of f, judged by difference
    quotients at `places`.

    Two step lengths tell how much of a difference the quotient itself explains; rounding explains
    some more.
    """
    wide = reach * (1e-4 if order == 1 else 1e-3)
    quotients, coarse = (_quotients(of, f, places, h, order) for h in (wide / 2.0, wide))
    claimed = values_of(name, df, places)
    rounding = 64.0 * np.finfo(float).eps * np.abs(values_of(of, f, places)).max() / wide**order
    excess = np.abs(claimed - quotients) - 2.0 * np.abs(quotients - coarse) - rounding
    worst = int(np.argmax(excess))
    if excess[worst] > 1e-3 * max(np.abs(claimed).max(), np.abs(quotients).max()):
        which = "derivative" if order == 1 else "second derivative"
        there, due = places[worst], quotients[worst]
        raise ValueError(
            f"{name}({there:g})={claimed[worst]:g}, and the {which} of {of} is {due:g} there: "
            f"{name} must be "
            f"the {which} of {of}, and continuous"
        )


def _quotients(
    name: str, f: Any, t: NDArray[np.float64], h: float, order: int
) -> NDArray[np.float64]:
    """Central differences of f at t with step h, of the first order or the second."""
    before, after = values_of(name, f, t - h), values_of(name, f, t + h)
    return (
        (after - before) / (2.0 * h)
        if order == 1
        else (after - 2.0 * values_of(name, f, t) + before) / h**2
    )


def values_of(name: str, function: Any, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """A user's function of one number at several, in plain Python."""
    probe(name, function, 0.0, float(times[0]), called="(t)")
    values = np.array([function(float(t)) for t in times], dtype=float)
    if not np.isfinite(values).all():
        where = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(
            f"{name}({times[where]:g})={values[where]} must be finite: change the function or the "
            f"grid"
        )
    return values
