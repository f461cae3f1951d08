"""What a user's function may return, and how a value is shown in an error."""

from __future__ import annotations

import numbers
from typing import Any, TypeAlias

import numpy as np

from stochcalc.engine.words import shorten

Returned: TypeAlias = Any  # a number, a tuple of numbers, or a tuple of such tuples

OF_AN_EQUATION = ("drift", "diffusion", "drift_dx", "diffusion_dx")


def is_number(value: object) -> bool:
    """Say whether a value is a real number, of Python or of NumPy; a bool is none.

    An array without axes is one: np.where returns it for numbers.
    """
    if isinstance(value, bool | np.timedelta64):
        return False
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "fiu"
    return isinstance(value, numbers.Real | np.floating | np.integer)


def is_equal(a: Returned, b: Returned) -> bool:
    """Say whether two values that a function returned are the same numbers; nan equals nan."""
    first = np.asarray(a, dtype=float)
    second = np.asarray(b, dtype=float)
    return bool(np.array_equal(first, second, equal_nan=True))


def check_shape(name: str, where: str, value: object, shape: tuple[int, ...]) -> None:
    """Refuse a value that has not the shape that a function of this name must return.

    Parameters
    ----------
    name : str
        The function's name, for the error.
    where : str
        The call that returned the value, for the error.
    value : object
        What the function returned.
    shape : tuple of int
        () for a number, (d,) for a tuple of d numbers, (d, m) for a tuple of d tuples of m
        numbers, and so on.

    Raises
    ------
    ValueError
        If the value has another shape, or holds something that is no number.
    """
    if not shape:
        if not is_number(value):
            raise ValueError(
                f"{where} returned {shorten(value)}: {name} must return one number"
                f"{_hint_of_problem(name, value)}"
            )
        return
    wanted = _describe(shape)
    if not isinstance(value, tuple):
        hint = _hint_of_array(name, value)
        raise ValueError(f"{where} returned {shorten(value)}: {name} must return {wanted}{hint}")
    if len(value) != shape[0]:
        raise ValueError(f"{where} returned {len(value)} values: {name} must return {wanted}")
    for item in value:
        if not _has_shape(item, shape[1:]):
            raise ValueError(
                f"{where} returned {shorten(item)} inside its tuple: {name} must return {wanted}"
            )


def _hint_of_problem(name: str, value: object) -> str:
    """Return what to do where something else than one number was returned."""
    if name not in OF_AN_EQUATION:
        return ""
    if isinstance(value, tuple | list | np.ndarray) and np.size(value) == 1:
        return " for a scalar problem: take the brackets away, or start from x0=[...], a system"
    return " for a scalar problem: a system starts from x0 of several numbers"


def _hint_of_array(name: str, value: object) -> str:
    """Return what to write in the place of a list or an array."""
    text = "; write (a, b), not a list or array"
    if name in OF_AN_EQUATION and isinstance(value, list | np.ndarray):
        text += ", or say vectorized=True and take x as an array of shape (d, paths)"
    return text


def _describe(shape: tuple[int, ...]) -> str:
    """Return a shape of one to three axes in words."""
    inside = (
        "numbers",
        f"rows of {shape[-1]} numbers",
        f"blocks of {' rows of '.join(map(str, shape[1:]))} numbers",
    )
    return f"a tuple of {shape[0]} {inside[len(shape) - 1]}"


def _has_shape(value: object, shape: tuple[int, ...]) -> bool:
    """Say whether a value is a number, or nested tuples of numbers of this shape."""
    if not shape:
        return is_number(value)
    return (
        isinstance(value, tuple)
        and len(value) == shape[0]
        and all(_has_shape(item, shape[1:]) for item in value)
    )
