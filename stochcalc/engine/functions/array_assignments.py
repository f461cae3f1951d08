"""Assignments to rows of an array in compiled functions: `out[1:-1] = value`, as plain loops.

Numba's own assignment takes seconds to compile, since it is written for every kind of index. Here
the rows of a C-contiguous matrix are assigned by loops; all other assignments are Numba's.

Each operation here is a plain function with a compiled body below it, whose name begins with an
underscore: Numba calls the latter with the kinds of the arguments, and it returns the body to
compile for them. Bodies have no annotations, since Numba compares their signatures.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from stochcalc.engine.compiler.jit import compile_inline
from stochcalc.engine.functions.array_operations import OPTIONS, is_array
from stochcalc.typing import Array


def assign(target: Array, index: object, value: object) -> None:
    """Assign a value: target[index] = value."""
    written: Any = target
    written[index] = value


@overload(assign, jit_options={**OPTIONS, "boundscheck": True})
def _assign(target, index, value):
    rows = is_array(target) and target.layout == "C" and target.ndim == 2
    if rows and isinstance(index, types.SliceType) and not index.has_step:
        if is_array(value) and value.ndim == 2:
            return _assign_rows
        if isinstance(value, types.Number):
            return _assign_number_to_rows
    if rows and isinstance(index, types.Integer):
        if is_array(value) and value.ndim == 1:
            return _assign_row
        if isinstance(value, types.Number):
            return _assign_number_to_row
    return _assign_anything


@compile_inline
def check_row(target, index):
    """Raise an IndexError for the number of a row that is not there."""
    if index >= len(target) or index < -len(target):
        raise IndexError("an assignment to a row that is not there")


def _assign_anything(target, index, value):
    target[index] = value


def is_in_place(value: Array, rows: Array) -> bool:
    """Say whether the value is these rows themselves, as it is after `x[1:] += y`."""
    return value is rows


@overload(is_in_place, jit_options=OPTIONS)
def _is_in_place(value, rows):
    if value.layout != "C" or value.ndim != rows.ndim:
        return lambda value, rows: False
    return lambda value, rows: value.ctypes.data == rows.ctypes.data and value.shape == rows.shape


def copy_if_shared(target: Array, value: Array) -> Array:
    """Return the value, or a copy of it if it may share memory with the target."""
    return value


@overload(copy_if_shared, jit_options=OPTIONS)
def _copy_if_shared(target, value):
    if value.layout != "C":
        return lambda target, value: value.copy()

    def copy_if_they_overlap(target, value):
        first = value.ctypes.data
        start = target.ctypes.data
        if first < start + target.nbytes and start < first + value.nbytes:
            return value.copy()
        return value

    return copy_if_they_overlap


def _assign_rows(target, index, value):
    first, last, _ = index.indices(target.shape[0])
    count = max(last - first, 0)
    if is_in_place(value, target[first : first + count]):
        return
    if value.shape[0] == count and value.shape[1] == target.shape[1]:
        numbers = copy_if_shared(target, value)
        for i in range(count):
            for j in range(target.shape[1]):
                target[first + i, j] = numbers[i, j]
    else:
        spread = np.broadcast_to(value, (count, target.shape[1])).copy()
        for i in range(count):
            for j in range(target.shape[1]):
                target[first + i, j] = spread[i, j]


def _assign_number_to_rows(target, index, value):
    first, last, _ = index.indices(target.shape[0])
    for i in range(first, last):
        for j in range(target.shape[1]):
            target[i, j] = value


def _assign_row(target, index, value):
    check_row(target, index)
    if is_in_place(value, target[index]):
        return
    if value.shape[0] == target.shape[1]:
        numbers = copy_if_shared(target, value)
        for j in range(target.shape[1]):
            target[index, j] = numbers[j]
    else:
        spread = np.broadcast_to(value, (target.shape[1],))
        for j in range(target.shape[1]):
            target[index, j] = spread[j]


def _assign_number_to_row(target, index, value):
    check_row(target, index)
    for j in range(target.shape[1]):
        target[index, j] = value
