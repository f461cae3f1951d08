"""The reading of arrays that a user gives: real numbers, none of them masked, missing or rounded.

`read_reals` is the one way by which arrays come in; `checks.array` makes them float64. A float64
holds every whole number up to 2^53 = 9,007,199,254,740,992, and beyond it only some of them. So
`as_floats` refuses whole numbers that would be rounded, and where differences alone matter,
`subtract_lowest` and `exact_steps` subtract them first, while they are whole.
"""

from __future__ import annotations

import datetime
import numbers
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine.words import LONGEST, show
from stochcalc.typing import Array

Reals = NDArray[Any]  # of a real dtype: integers or floating-point numbers
LARGEST_EXACT = 1 << 53  # float64 holds every whole number of at most this size
DAY = np.timedelta64(1, "D")
PLAIN = frozenset((float, int, np.float64))  # types of which no item is masked


def read_reals(name: str, value: ArrayLike, *, dates: bool = False) -> Reals:
    """Return `value` as an array of real numbers, in the dtype in which they were given.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    value : array_like
        What was given.
    dates : bool
        Whether dates are read as well; they are then returned as datetime64.

    Returns
    -------
    ndarray
        Of integers, of floating-point numbers, or of dates.

    Raises
    ------
    TypeError
        If it holds anything but real numbers.
    ValueError
        If it is ragged, or if an entry is masked or missing.
    """
    refuse_masked(name, value)
    try:
        result = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: give rows of equal length") from error
    if isinstance(value, list | tuple) and result.dtype.kind == "f":
        # NumPy rounds whole numbers beside a float, and those that no 64-bit integers hold.
        if np.any(np.abs(result) > LARGEST_EXACT):
            result = np.asarray(value, dtype=object)
    if result.dtype.kind == "O":
        result = _read_objects(name, value, result)
    if result.dtype.kind in "fiu":
        return result
    if result.dtype.kind == "M":
        return _read_dates(name, result, dates)
    what = f"{name} has dtype {result.dtype} ({show(value, LONGEST)}): give real numbers"
    if result.dtype.kind == "c":
        raise TypeError(f"{what}, such as the real parts, {name}.real")
    if result.dtype.kind == "b":
        raise TypeError(f"{what}; to count True as 1, np.asarray({name}, dtype=float)")
    if result.dtype.names:
        field = result.dtype.names[0]
        raise TypeError(f"{name} has the fields {result.dtype.names}: give one, {name}[{field!r}]")
    if result.dtype.kind == "m":
        raise TypeError(f"{what}, such as seconds, {name} / np.timedelta64(1, 's')")
    raise TypeError(what)


def as_floats(name: str, values: Reals) -> Array:
    """Return real numbers as a float64 array in C order, or refuse to round a whole number."""
    if values.ndim:
        result = np.ascontiguousarray(values, dtype=np.float64)
    else:
        result = values.astype(np.float64)  # ascontiguousarray would add an axis
    wrong = find_rounded(values, result)
    if wrong is not None:
        whole = np.atleast_1d(values)[wrong]
        raise ValueError(
            f"{_place(name, wrong, values.ndim)}={whole} is a whole number that float64 would "
            f"round to {int(np.atleast_1d(result)[wrong])}: subtract a number near it first, "
            f"np.asarray({name}) - {whole}, or give np.asarray({name}, dtype=float)"
        )
    return result


def find_rounded(values: Reals, floats: Array) -> tuple[int, ...] | None:
    """Return the place of the first whole number that its float64 does not equal, or None."""
    if values.dtype.itemsize < 8 or not values.size:
        return None
    if values.dtype.kind == "f":
        if values.dtype.itemsize == 8:
            return None
        # Longer floats hold larger whole numbers; their other digits may be lost.
        lost = np.argwhere(np.atleast_1d((np.abs(values) > LARGEST_EXACT) & (values != floats)))
        return tuple(lost[0].tolist()) if len(lost) else None
    if -LARGEST_EXACT <= int(values.min()) and int(values.max()) <= LARGEST_EXACT:
        return None
    # A whole number below 2^e is a float64 if its last e - 53 bits are zero.
    shift = np.clip(np.frexp(floats)[1] - 53, 0, 63).astype(np.uint64)
    last_bits = (np.uint64(1) << shift) - np.uint64(1)
    rounded = np.argwhere(np.atleast_1d(values.astype(np.uint64) & last_bits))
    if len(rounded):
        return tuple(rounded[0].tolist())
    return None


def subtract_lowest(name: str, values: Reals) -> Array:
    """Return paths as float64, with the lowest of each row subtracted if whole numbers need it.

    Only increments of the paths matter to whoever calls this, and they stay what they are.

    Raises
    ------
    ValueError
        If whole numbers are so far apart that float64 would round them even then.
    """
    if values.dtype.kind == "f" or not values.size:
        return as_floats(name, values)
    floats = values.astype(np.float64)
    if find_rounded(values, floats) is None:
        return as_floats(name, values)
    lowest = values.min(axis=-1, keepdims=True)
    # Modulo 2^64 a difference of 64-bit integers is right, and it is not negative.
    above: NDArray[np.uint64] = values.astype(np.uint64) - lowest.astype(np.uint64)
    wrong = find_rounded(above, above.astype(np.float64))
    if wrong is not None:
        raise ValueError(
            f"{_place(name, wrong, values.ndim)}={np.atleast_1d(values)[wrong]} is a whole number "
            f"so far above the lowest, {lowest.min()}, that float64 would round their difference: "
            f"give floats, np.asarray({name}, dtype=float), if that does not matter"
        )
    return above.astype(np.float64)


def exact_steps(times: Reals) -> Array:
    """Return the steps between increasing times as float64; dates are counted in days.

    Whole numbers and dates are subtracted before they become floats.
    """
    if times.dtype.kind == "f":
        steps: Array = np.diff(times).astype(np.float64)
        return steps
    if times.dtype.kind == "M":
        days: Array = np.diff(times) / DAY
        return days
    # Modulo 2^64 a difference of 64-bit integers is right, and it is positive.
    unsigned = times.astype(np.uint64)
    whole: NDArray[np.uint64] = unsigned[1:] - unsigned[:-1]
    return whole.astype(np.float64)


def count_axes(value: object) -> int:
    """Return the number of axes of what a user gave; ragged rows count as rows: 2."""
    try:
        return np.ndim(value)  # type: ignore[arg-type]
    except ValueError:
        return 2


def refuse_masked(name: str, value: object) -> None:
    """Refuse an array of which an entry is masked, alone or in a list: NumPy would unmask it."""
    if isinstance(value, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(value)
        if mask.dtype.names is None and mask.any():
            where = np.argwhere(np.atleast_1d(mask))[0]
            _fail_at_masked(name, tuple(where.tolist()), value.ndim)
    elif isinstance(value, list | tuple) and not PLAIN.issuperset(map(type, value)):
        for i, item in enumerate(value):
            if isinstance(item, list | tuple):
                refuse_masked(f"{name}[{i}]", item)
            elif isinstance(item, np.ma.MaskedArray) and np.ma.getmaskarray(item).any():
                raise ValueError(
                    f"{name}[{i}] has a masked entry, which has no value: leave it out or fill it "
                    f"first"
                )


def fill_masked(value: ArrayLike) -> ArrayLike:
    """Return what a user's function returned, with nan where it is masked: it is not defined."""
    if isinstance(value, np.ma.MaskedArray):
        return np.where(np.ma.getmaskarray(value), np.nan, value.data)
    return value


def _fail_at_masked(name: str, where: tuple[int, ...], ndim: int) -> NoReturn:
    """Raise the ValueError about a masked entry; its remedy depends on the dimensions."""
    leave_out = f"{name}.compressed() to leave masked entries out"
    if ndim == 0:
        raise ValueError(f"{name} is masked, so it has no value: give a number")
    if ndim > 1:
        axes = ", ".join(map(str, range(1, ndim)))
        rows = f"~np.ma.getmaskarray({name}).any(axis=({axes},))"
        leave_out = f"{name}.data[{rows}] to leave out the rows that have one"
    raise ValueError(
        f"{_place(name, where, ndim)} is masked, so it has no value: give {leave_out}, or "
        f"{name}.filled(0.0) to have a number in their place"
    )


def _read_objects(name: str, value: ArrayLike, objects: NDArray[Any]) -> Reals:
    """Return the numbers or dates of an array of Python objects, if it holds nothing else."""
    flat = np.atleast_1d(objects).ravel().tolist()
    for i, item in enumerate(flat):
        if _is_missing(item) and objects.ndim:
            where = np.unravel_index(i, objects.shape)
            place = _place(name, tuple(int(k) for k in where), objects.ndim)
            raise ValueError(f"{place} is missing ({item!r}): leave it out or fill it first")
    if flat and all(isinstance(item, datetime.date) for item in flat):
        return _read_datetimes(name, flat).reshape(objects.shape)
    kinds = sorted({type(item).__name__ for item in flat})
    what = f"{name} has dtype object ({show(value, LONGEST)}): give real numbers"
    if isinstance(getattr(value, "values", None), np.ndarray):
        raise TypeError(f"{name} has dtype object ({show(value, LONGEST)}): give its .values")
    if not flat or not all(_is_real(item) for item in flat):
        raise TypeError(f"{what}, not {', '.join(kinds[:3])}")
    if all(isinstance(item, numbers.Integral) for item in flat):
        lowest = min(flat)
        highest = max(flat)
        if -(1 << 63) <= lowest and highest < 1 << 63:
            return objects.astype(np.int64)
        if lowest >= 0 and highest < 1 << 64:
            return objects.astype(np.uint64)
        wide = highest
        if lowest < -(1 << 63):
            wide = lowest
        raise ValueError(
            f"{name} has {str(wide)[:40]}, a whole number beyond 64 bits: give floats, "
            f"np.asarray({name}, dtype=float)"
        )
    for item in flat:
        if isinstance(item, numbers.Integral) and float(item) != item:
            raise ValueError(
                f"{name} has {str(item)[:40]}, a whole number that float64 would round, beside "
                f"floats: give np.asarray({name}, dtype=float)"
            )
    return objects.astype(np.float64)


def _is_real(item: object) -> bool:
    """Tell whether an object is a real number; neither a bool nor a text is one."""
    if isinstance(item, bool | np.bool_):
        return False
    return isinstance(item, numbers.Real | np.floating | np.integer)


def _is_missing(item: object) -> bool:
    """Tell whether an object stands for a missing value: None, or the NA or NaT of pandas."""
    return item is None or type(item).__name__ in ("NAType", "NaTType")


def _read_datetimes(name: str, moments: list[Any]) -> NDArray[Any]:
    """Return dates of Python or pandas as datetime64; those with a time zone in UTC."""
    aware = [getattr(moment, "tzinfo", None) is not None for moment in moments]
    if any(aware) and not all(aware):
        raise TypeError(f"{name} has dates with a time zone and dates without: give one kind")
    exact = [getattr(moment, "to_datetime64", None) for moment in moments]
    if all(exact):
        return np.array([read() for read in exact if read is not None])
    if aware[0]:
        moments = [moment.astimezone(datetime.UTC).replace(tzinfo=None) for moment in moments]
    return np.array(moments, dtype="datetime64[us]")


def _read_dates(name: str, values: NDArray[Any], dates: bool) -> NDArray[Any]:
    """Return dates if they are wanted and none is missing."""
    if not dates:
        raise TypeError(
            f"{name} holds dates: give numbers, such as days from one of them on, "
            f"(np.asarray({name}, dtype='M8[us]') - np.datetime64('{np.ravel(values)[0]!s:.10}')) "
            f"/ np.timedelta64(1, 'D')"
        )
    missing = np.argwhere(np.atleast_1d(np.isnat(values)))
    if len(missing):
        place = _place(name, tuple(missing[0].tolist()), values.ndim)
        raise ValueError(f"{place} is missing (NaT): leave it out or fill it first")
    return values


def _place(name: str, where: tuple[int, ...], ndim: int) -> str:
    """Return the text that names an entry of an argument."""
    if ndim == 0:
        return name
    return f"{name}[{', '.join(map(str, where))}]"
