"""Checks of arguments that are less plain than a number: several numbers, squares, functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import arrays, checks
from stochcalc.engine.words import show
from stochcalc.typing import Number

# Between these the square of a number is a float, and so is the reciprocal of the square.
SMALLEST = 1e-150
LARGEST = 1e150
MOST_ENTRIES = 1000  # of levels, chapters and other short lists


def read_numbers(name: str, value: ArrayLike) -> Number:
    """Return a number as a float, and several as a float64 array; they need not be finite.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    value : float or array_like
        What was given.

    Raises
    ------
    TypeError, ValueError
        If it holds anything but real numbers.
    """
    if type(value) is float:
        return value
    values = arrays.as_floats(name, arrays.read_reals(name, value))
    if values.ndim == 0:
        return float(values)
    return values


def read_entries(name: str, values: Iterable[Any], most: int = MOST_ENTRIES) -> list[Any]:
    """Return what there is to iterate over as a list; refuse what has too many entries, or no end.

    Raises
    ------
    ValueError
        If there are more than `most` entries.
    """
    entries = list(islice(values, most + 1))
    if len(entries) > most:
        raise ValueError(f"{name}={show(values)} has more than {most} entries: give fewer")
    return entries


def read_flags(name: str, value: ArrayLike) -> NDArray[np.bool_]:
    """Return True or False, or several of them, as an array.

    Raises
    ------
    TypeError
        If it holds anything else.
    """
    try:
        flags = np.asarray(value)
    except ValueError:  # ragged rows
        flags = np.empty(0)
    if flags.dtype != bool:
        raise TypeError(f"{name}={show(value)} must be True, False, or an array of them")
    return flags


def read_size(name: str, value: object, *, zero: bool = True) -> float:
    """Return a size, such as that of noise: a number of at least 0 whose square is a float.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    value : object
        What was given.
    zero : bool
        Whether 0 is a size.

    Raises
    ------
    TypeError, ValueError
        If it is no number, or out of bounds.
    """
    if zero:
        size = checks.number(name, value, least=0.0)
    else:
        size = checks.number(name, value, above=0.0)
    if size != 0.0 and not SMALLEST <= size <= LARGEST:
        raise ValueError(
            f"{name}={show(value)} must be between {SMALLEST:g} and {LARGEST:g}, so that its "
            f"square is a float: use other units"
        )
    return size


def check_finite(result: Number, message: str) -> Number:
    """Return a result if its numbers are finite, else raise a ValueError with a message."""
    if not np.isfinite(result).all():
        raise ValueError(message)
    return result


def check_kind(name: str, value: object, kind: str) -> None:
    """Refuse what is no object of a class of the package, which is given by its name.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    value : object
        What was given.
    kind : str
        The name of the class, which need not be imported for that.

    Raises
    ------
    TypeError
        If it is of another class.
    """
    if all(parent.__name__ != kind for parent in type(value).__mro__):
        raise TypeError(f"{name}={show(value)} must be a {kind}")


def check_call(name: str, function: object, call: str, *arguments: object) -> None:
    """Refuse what is no function, or no function of these arguments; it is not called.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    function : object
        What was given.
    call : str
        The arguments as text, for the error.
    *arguments
        As many arguments as it is called with.

    Raises
    ------
    TypeError
        If it cannot be called in this way.
    """
    if not callable(function):
        raise TypeError(f"{name}={show(function)} must be a function of ({call})")
    signature = _find_signature(function)
    if signature is None:
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise TypeError(
            f"{name}={show(function)} is called as {name}({call}): {error}; give a function of "
            f"({call})"
        ) from None


def _find_signature(function: Callable[..., Any]) -> inspect.Signature | None:
    """Return the signature of a function, or None where Python does not know it."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None
