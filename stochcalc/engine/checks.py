"""Checks of arguments, before anything is computed.

Every function takes the name of an argument and its value, and returns the value in the form in
which the package works with it. Every error names the argument, the value, the rule and the remedy.
"""

from __future__ import annotations

import numbers
import os
import sys
import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import arrays
from stochcalc.engine.words import show, suggest
from stochcalc.typing import Array

LARGEST_INTEGER = (1 << 63) - 1  # that of a 64-bit integer
PACKAGE = str(Path(__file__).parents[1]) + os.sep  # as the names of code objects have it


def integer(name: str, value: object, least: int = 1, most: int = LARGEST_INTEGER) -> int:
    """Return `value` as an int in [least, most], of at most 64 bits.

    Raises
    ------
    TypeError
        If it is no integer: neither a bool nor 3.0 is one.
    ValueError
        If it is out of bounds.
    """
    if isinstance(value, bool | np.bool_ | np.timedelta64) or not isinstance(
        value, numbers.Integral
    ):
        hint = ""
        if isinstance(value, float) and value.is_integer():
            hint = f": write {name}={int(value)}"
        raise TypeError(f"{name}={show(value)} must be an integer{hint}")
    result = int(value)
    if result < least:
        raise ValueError(f"{name}={show(value)} must be at least {least}")
    if result > most:
        raise ValueError(f"{name}={show(value)} must be at most {most}")
    return result


def number(
    name: str,
    value: object,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> float:
    """Return `value` as a finite float within the bounds that are given.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    value : object
        What was given; an array without axes counts as a number.
    above, below : float, optional
        Open bounds.
    least, most : float, optional
        Closed bounds.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it is not finite or out of bounds.
    """
    result = _real(name, value)
    if not np.isfinite(result):
        raise ValueError(f"{name}={show(value)} must be finite")
    for bad, relation, bound in (
        (above is not None and result <= above, "greater than", above),
        (least is not None and result < least, "at least", least),
        (most is not None and result > most, "at most", most),
        (below is not None and result >= below, "less than", below),
    ):
        if bad:
            raise ValueError(f"{name}={show(value)} must be {relation} {bound:g}")
    return result


def _real(name: str, value: object) -> float:
    """Return a real number as a float; neither a bool, a string nor a duration is one."""
    arrays.refuse_masked(name, value)
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu":
        return float(value)
    if not isinstance(value, bool | np.bool_ | str | np.timedelta64) and isinstance(
        value, numbers.Real | np.floating | np.integer
    ):
        try:
            return float(value)
        except OverflowError:
            raise ValueError(
                f"{name} is beyond the range of floats, which ends at {sys.float_info.max:.3g}: "
                f"give a smaller number"
            ) from None
    raise TypeError(f"{name}={show(value)} must be a real number")


def choice(name: str, value: object, choices: Collection[str]) -> str:
    """Return `value` if it is one of `choices`, else raise a ValueError that lists them."""
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(map(repr, choices))
        raise ValueError(f"{name}={show(value)} must be one of {known}{suggest(value, choices)}")
    return value


def flag(name: str, value: object) -> bool:
    """Return `value` if it is a bool, else raise a TypeError."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}={show(value)} must be True or False")
    return bool(value)


def array(name: str, value: ArrayLike, *, ndim: int | None = None, finite: bool = True) -> Array:
    """Return `value` as a float64 array in C order.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    value : array_like
        What was given.
    ndim : int, optional
        How many dimensions it must have.
    finite : bool
        Whether all its numbers must be finite.

    Raises
    ------
    TypeError
        If it holds anything but real numbers.
    ValueError
        If it is ragged, empty, of other dimensions, or not finite; if an entry is masked or
        missing, or is a whole number that float64 would round.
    """
    result = arrays.as_floats(name, arrays.read_reals(name, value))
    if ndim is not None and result.ndim != ndim:
        noun = "dimension" if ndim == 1 else "dimensions"
        raise ValueError(f"{name} has shape {result.shape}: give an array with {ndim} {noun}")
    if result.size == 0:
        raise ValueError(f"{name} is empty (shape {result.shape}): give at least one number")
    if finite and not np.isfinite(result).all():
        where = np.argwhere(~np.isfinite(np.atleast_1d(result)))[0]
        place = ", ".join(map(str, where))
        raise ValueError(
            f"{name}[{place}]={np.atleast_1d(result)[tuple(where)]} must be finite: fix or drop "
            f"it first"
        )
    return result


def observations(name: str, samples: ArrayLike) -> Array:
    """Return samples as an array with at least one observation along its first axis.

    Raises
    ------
    TypeError, ValueError
        If they are no array of real numbers, or none.
    """
    values = array(name, samples, finite=False)
    if values.ndim == 0:
        raise ValueError(
            f"{name} has shape {values.shape}: give at least one observation along the first axis"
        )
    return values


def increasing(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return `values` if each is larger than the one before, else raise a ValueError."""
    wrong = np.flatnonzero(values[1:] <= values[:-1])
    if len(wrong):
        i = int(wrong[0])
        raise ValueError(
            f"{name} must increase, but {name}[{i + 1}]={values[i + 1]} follows "
            f"{name}[{i}]={values[i]}: sort and drop duplicates"
        )
    return values


def not_decreasing(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return `values` if none is smaller than the one before, else raise a ValueError."""
    wrong = np.flatnonzero(~(values[1:] >= values[:-1]))
    if len(wrong):
        i = int(wrong[0])
        raise ValueError(
            f"{name} must not decrease, but {name}[{i + 1}]={values[i + 1]} follows "
            f"{name}[{i}]={values[i]}: sort them"
        )
    return values


def cholesky(name: str, value: ArrayLike, dim: int) -> Array:
    """Return the lower Cholesky factor of `value`, a correlation matrix of shape (dim, dim).

    Raises
    ------
    ValueError
        If it is not symmetric with ones on its diagonal, or not positive definite.
    """
    matrix = array(name, value, ndim=2)
    if matrix.shape != (dim, dim):
        raise ValueError(
            f"{name} has shape {matrix.shape}: with dim={dim} it must be ({dim}, {dim})"
        )
    if not np.array_equal(matrix, matrix.T) or not (np.diag(matrix) == 1.0).all():
        raise ValueError(
            f"{name}={show(matrix.tolist())} must be symmetric with ones on its diagonal"
        )
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        low = float(np.linalg.eigvalsh(matrix)[0])
        raise ValueError(
            f"{name}={show(matrix.tolist())} has eigenvalue {low:.3g}: it must be positive definite"
        ) from None


def starting_states(
    x0: ArrayLike, paths: int, per_path: bool, each: str = "path"
) -> tuple[Array, int]:
    """Return (rows of starting states, dimension of a state: 0 for a scalar problem).

    Parameters
    ----------
    x0 : array_like
        A number or d numbers; with `per_path` an array (paths,) or (paths, d).
    paths : int
        Number of paths.
    per_path : bool
        Whether every path has a start of its own.
    each : str
        What a path is called, for the error.
    """
    start = array("x0", x0)
    if per_path:
        return _starts_per_path(start, paths)
    if start.ndim > 1:
        raise ValueError(
            f"x0 has shape {start.shape}: give a number or d numbers, or starts=True for one "
            f"per {each}"
        )
    if start.ndim == 0:
        return start.reshape(1, -1), 0
    return start.reshape(1, -1), start.size


def _starts_per_path(start: Array, paths: int) -> tuple[Array, int]:
    """Return (one row for each path, dimension of a state)."""
    if start.ndim not in (1, 2) or len(start) != paths:
        raise ValueError(
            f"x0 has shape {start.shape}: with starts=True give ({paths},) or ({paths}, d)"
        )
    if start.ndim == 1:
        return start.reshape(paths, -1), 0
    return start, start.shape[1]


def warn_user(text: str, category: type[Warning] = RuntimeWarning) -> None:
    """Warn at the line that called the package: the first frame outside of it, however deep."""
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(text, category, stacklevel=level)
