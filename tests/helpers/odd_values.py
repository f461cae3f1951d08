"""Values that nobody means, and other forms of a value that somebody does."""

from __future__ import annotations

import fractions
import itertools
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Odd(NamedTuple):
    """A value that is given in the place of a valid one.

    kind: what sort of value it is; `odd_endings.ACCEPTS` says which annotations allow it.
    make: returns the value, anew for every call.
    equal: whether it holds the same numbers as the valid value, so that the answer is the same.
    """

    name: str
    kind: str
    make: Callable[[], Any]
    equal: bool = False


def matrix(rows: Any) -> Any:
    """A np.matrix, without the warning that it will be gone one day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.matrix(rows)


def masked(mask: bool) -> Any:
    """Three numbers, of which the second may be masked."""
    return np.ma.array([0.25, 0.5, 0.75], mask=[False, mask, False])


class Nothing:
    """An object that is good for nothing."""


ODD = (
    Odd("None", "none", lambda: None),
    Odd("a text", "text", lambda: "odd"),
    Odd("an empty text", "text", lambda: ""),
    Odd("bytes", "bytes", lambda: b"odd"),
    Odd("True", "flag", lambda: True),
    Odd("a complex number", "complex", lambda: 1.0 + 1.0j),
    Odd("nan", "real", lambda: float("nan")),
    Odd("inf", "real", lambda: float("inf")),
    Odd("-inf", "real", lambda: float("-inf")),
    Odd("-1", "integer", lambda: -1),
    Odd("0", "integer", lambda: 0),
    Odd("-0.5", "real", lambda: -0.5),
    Odd("10**11", "integer", lambda: 10**11),
    Odd("2**63", "integer", lambda: 2**63),
    Odd("10**400", "integer", lambda: 10**400),
    Odd("1e300", "real", lambda: 1e300),
    Odd("5e-324", "real", lambda: 5e-324),
    Odd("an empty list", "sequence", lambda: []),
    Odd("an empty tuple", "tuple", lambda: ()),
    Odd("a shape that nothing has", "sequence", lambda: np.ones((2, 1, 3, 1, 2))),
    Odd("an array without rows", "sequence", lambda: np.empty((0, 3))),
    Odd("an array with a nan", "sequence", lambda: np.array([0.25, np.nan, 0.75])),
    Odd("ragged rows", "sequence", lambda: [[0.25], [0.5, 0.75]]),
    Odd("an array of objects", "sequence", lambda: np.array([None, Nothing, "odd"], dtype=object)),
    Odd("an array of texts", "sequence", lambda: np.array(["0.25", "0.5"])),
    Odd("an array of dates", "sequence", lambda: np.array(["2024-01-30"], dtype="M8[D]")),
    Odd("a masked entry", "sequence", lambda: masked(True)),
    Odd("a matrix", "sequence", lambda: matrix([[1, 2], [3, 4]])),
    Odd("a set", "set", lambda: {1, 2}),
    Odd("a dict", "dict", lambda: {"odd": 1.0}),
    Odd("a generator", "generator", lambda: (k for k in (1, 2, 3))),
    Odd("numbers without end", "generator", itertools.count),
    Odd("a duration", "duration", lambda: np.timedelta64(3)),
    Odd("a date", "date", lambda: np.datetime64("2024-01-30")),
    Odd("a class", "class", lambda: fractions.Fraction),
    Odd("an object", "object", Nothing),
    Odd("a function of nothing", "function", lambda: lambda: 1.0),
    Odd("a function of nine", "function", lambda: lambda a, b, c, d, e, f, g, h, i: 1.0),
    Odd("a function that fails", "function", lambda: _fail),
)


def _fail(*values: Any) -> float:
    """Raise the error of a user's function."""
    raise ZeroDivisionError("the function of the user failed")


def other_forms(value: Any) -> list[Odd]:
    """Return other forms of numbers that are given: of another type, with the same values."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        forms = {"np.int64": np.int64(value), "np.uint8": np.uint8(min(value, 255))}
        return [_equal(name, form) for name, form in forms.items() if int(form) == value]
    if isinstance(value, float):
        return _other_floats(value)
    if isinstance(value, list | tuple | np.ndarray) and len(value):
        array = np.asarray(value)
        if array.dtype.kind in "fi":
            return _other_arrays(array)
    return []


def _equal(name: str, value: Any, kind: str = "equal") -> Odd:
    return Odd(name, kind, lambda: value, equal=True)


def _other_floats(value: float) -> list[Odd]:
    """Return a number in the types that numbers have."""
    forms = [_equal("np.float64", np.float64(value)), _equal("0-d array", np.array(value))]
    if float(np.float32(value)) == value:
        forms.append(_equal("np.float32", np.float32(value)))
    if value.is_integer():
        forms.append(_equal("int", int(value)))
    forms.append(_equal("fraction", fractions.Fraction(value)))
    return forms


def _other_arrays(array: np.ndarray) -> list[Odd]:
    """Return an array in the layouts and types that arrays have."""
    import pandas as pd

    frozen = array.copy()
    frozen.flags.writeable = False
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    forms = [
        _equal("read-only", frozen),
        _equal("strided", wide[..., ::2]),
        _equal("backwards in memory", array[::-1].copy()[::-1]),
        _equal("columns first", np.asfortranarray(array)),
        _equal("the other byte order", array.astype(array.dtype.newbyteorder())),
        _equal("nothing masked", np.ma.array(array)),
        _equal("lists", array.tolist()),
        _equal("objects", array.astype(object)),
    ]
    if (array.astype(np.float32) == array).all():
        forms.append(_equal("float32", array.astype(np.float32)))
    if array.ndim == 1:
        forms.append(_equal("a series of pandas", pd.Series(array)))
    return forms
