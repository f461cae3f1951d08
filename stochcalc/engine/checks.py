"""Checks at the door: each error names the argument, the value and the remedy, before anything is
computed.
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

PACKAGE = str(Path(__file__).parents[1]) + os.sep  # as the names of code objects have it


def integer(name: str, value: Any, least: int = 1, most: int | None = None) -> int:
    """`value` as an int in [least, most], or TypeError / ValueError."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Integral):
        whole = isinstance(value, float) and value.is_integer()
        hint = f": write {name}={int(value)}" if whole else ""
        raise TypeError(f"{name}={value!r} must be an integer{hint}")
    result = int(value)
    if result < least:
        raise ValueError(f"{name}={value} must be at least {least}")
    if most is not None and result > most:
        raise ValueError(f"{name}={value} must be at most {most}")
    return result


def number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> float:
    """`value` as a finite float within the bounds given, or TypeError / ValueError."""
    if isinstance(value, bool | np.bool_ | str) or not isinstance(
        value, numbers.Real | np.floating | np.integer
    ):
        if not (isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu"):
            raise TypeError(f"{name}={value!r} must be a real number")
    result = float(value)
    if not np.isfinite(result):
        raise ValueError(f"{name}={value!r} must be finite")
    for bad, relation, bound in (
        (above is not None and result <= above, "greater than", above),
        (least is not None and result < least, "at least", least),
        (most is not None and result > most, "at most", most),
        (below is not None and result >= below, "less than", below),
    ):
        if bad:
            raise ValueError(f"{name}={value!r} must be {relation} {bound:g}")
    return result


def choice(name: str, value: Any, choices: Collection[str]) -> str:
    """`value` if it is one of `choices`, else ValueError that lists them."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}={value!r} must be one of {', '.join(map(repr, choices))}")
    return value


def flag(name: str, value: Any) -> bool:
    """`value` if it is a bool, else TypeError."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}={value!r} must be True or False")
    return bool(value)


def array(
    name: str, value: ArrayLike, *, ndim: int | None = None, finite: bool = True
) -> NDArray[np.float64]:
    """`value` as a float64 array, of `ndim` dimensions if given and finite unless allowed
    otherwise.
    """
    try:
        result = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: give rows of equal length") from error
    if result.dtype.kind not in "fiu":
        raise TypeError(f"{name} has dtype {result.dtype} ({str(value)[:40]}): give real numbers")
    result = (
        np.ascontiguousarray(result, dtype=np.float64) if result.ndim else result.astype(np.float64)
    )
    if ndim is not None and result.ndim != ndim:
        raise ValueError(
            f"{name} has shape {result.shape}: give an array with {ndim} "
            f"dimension{'s' * (ndim > 1)}"
        )
    if result.size == 0:
        raise ValueError(f"{name} is empty (shape {result.shape}): give at least one number")
    if finite and not np.isfinite(result).all():
        where = np.argwhere(~np.isfinite(np.atleast_1d(result)))[0]
        place = ", ".join(map(str, where))
        raise ValueError(
            f"{name}[{place}]={np.atleast_1d(result)[tuple(where)]} must be finite: mend or drop "
            f"it first"
        )
    return result


def increasing(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` if each is larger than the one before, else ValueError that names the place."""
    wrong = np.flatnonzero(np.diff(values) <= 0)
    if len(wrong):
        i = int(wrong[0])
        raise ValueError(
            f"{name} must increase, but {name}[{i + 1}]={values[i + 1]} follows "
            f"{name}[{i}]={values[i]}: "
            "sort and drop duplicates"
        )
    return values


def memory_budget() -> int:
    """Half of the machine's memory, in bytes; 4 GiB where the system does not tell."""
    if not hasattr(os, "sysconf"):
        return 4 << 30
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def budget(what: str, numbers_stored: int, remedy: str) -> None:
    """Raise ValueError if storing so many float64 would exceed the memory budget."""
    needed, allowed = 8 * numbers_stored, memory_budget()
    if needed > allowed:
        raise ValueError(
            f"{what} would need {needed:,} bytes, over the memory budget of {allowed:,}: {remedy}"
        )


def cholesky(name: str, value: ArrayLike, dim: int) -> NDArray[Any]:
    """Lower Cholesky factor of `value`, which must be a correlation matrix of shape (dim, dim)."""
    matrix = array(name, value, ndim=2)
    if matrix.shape != (dim, dim):
        raise ValueError(
            f"{name} has shape {matrix.shape}: with dim={dim} it must be ({dim}, {dim})"
        )
    if not np.array_equal(matrix, matrix.T) or not (np.diag(matrix) == 1.0).all():
        raise ValueError(f"{name}={matrix.tolist()} must be symmetric with ones on its diagonal")
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        low = float(np.linalg.eigvalsh(matrix)[0])
        raise ValueError(
            f"{name}={matrix.tolist()} has eigenvalue {low:.3g}: it must be positive definite"
        ) from None


def starting_states(
    x0: Any, paths: int, per_path: bool, each: str = "path"
) -> tuple[NDArray[np.float64], int]:
    """(rows of starting states, dimension: 0 for a scalar problem)."""
    start = array("x0", x0)
    if not per_path:
        if start.ndim > 1:
            raise ValueError(
                f"x0 has shape {start.shape}: give a number or d numbers, or starts=True for one "
                f"per {each}"
            )
        return start.reshape(1, -1), start.size if start.ndim else 0
    if start.ndim not in (1, 2) or len(start) != paths:
        raise ValueError(
            f"x0 has shape {start.shape}: with starts=True give ({paths},) or ({paths}, d)"
        )
    return start.reshape(paths, -1), 0 if start.ndim == 1 else start.shape[1]


def warn_user(text: str, category: type[Warning] = RuntimeWarning) -> None:
    """Warn at the line that called the package: the first frame outside of it, however deep."""
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(text, category, stacklevel=level)
