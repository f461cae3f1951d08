"""What a user's function of arrays returns, in the shape of the state, and copies of strips.

A *strip* is a piece of the lanes of all rows of a state (see `array_steps`). `shape_like`,
`put_row` and `copy_into` are plain functions; the function below each, `_body_...`, is called by
Numba with the kinds of the arguments and returns the body to compile for them.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from stochcalc.engine.compiler.jit import body_for, compile_inline
from stochcalc.engine.compiler.numba_objects import CompiledFunction
from stochcalc.engine.functions.returned import Returned
from stochcalc.typing import Array, Number


@compile_inline
def copy_strip(source, start, first, out):
    """Copy rows from `start` on, lanes from `first` on, into an array."""
    for i in range(out.shape[0]):
        for lane in range(out.shape[1]):
            out[i, lane] = source[start + i, first + lane]


def copy_into(x: Array, first: int, moved: Array) -> None:
    """Write the states `moved` into the lanes of x from `first` on."""


@overload(copy_into)
def _body_copy_into(x, first, moved):
    if x.ndim == 1:

        def copy_vector(x, first, moved):
            for lane in range(len(moved)):
                x[first + lane] = moved[lane]

        return copy_vector

    def copy_matrix(x, first, moved):
        for i in range(moved.shape[0]):
            for lane in range(moved.shape[1]):
                x[i, first + lane] = moved[i, lane]

    return copy_matrix


def shape_like(value: Returned, x: Array) -> Number:
    """Return a value as an array of the shape of x; rows are stacked, a number stays a number."""
    if isinstance(value, tuple | list):
        return np.stack(
            [np.broadcast_to(np.asarray(row, dtype=float), x.shape[1:]) for row in value]
        )
    if np.ndim(value) == 0:
        return float(value)
    if np.ndim(value) == 1 and x.ndim == 2:
        value = value[:, None]  # a number for each component
    return np.broadcast_to(value, x.shape)


@body_for(shape_like)
def _body_shape_like(value, x):
    if isinstance(value, types.Array) and value.ndim == x.ndim:
        return lambda value, x: _check_shape(value, x)
    if isinstance(value, types.Number):
        return lambda value, x: float(value)  # the same for all components and paths
    if isinstance(value, types.Array) and (value.ndim, x.ndim) == (1, 2):

        def spread_rows(value, x):
            if len(value) != len(x):
                raise ValueError("a function of arrays returned another number of components")
            out = np.empty(x.shape)
            for i in range(len(x)):
                put_row(out, i, value[i])
            return out

        return spread_rows
    if isinstance(value, types.BaseTuple) and x.ndim == 2:
        fill = _build_filler(len(value))
        count = len(value)

        def stack_rows(value, x):
            if len(x) != count:
                raise ValueError("a function of arrays returned another number of components")
            out = np.empty(x.shape)
            fill(value, out)
            return out

        return stack_rows
    return None


@compile_inline
def _check_shape(value, x):
    if value.shape == x.shape:
        return value
    return np.broadcast_to(value, x.shape).copy()


def put_row(out: Array, i: int, row: Number) -> None:
    """Write a row of numbers, or one number for all, into row i of an array."""


@overload(put_row)
def _body_put_row(out, i, row):
    if isinstance(row, types.Array):

        def put_numbers(out, i, row):
            spread = np.broadcast_to(row, (out.shape[1],))
            for j in range(out.shape[1]):
                out[i, j] = spread[j]

        return put_numbers

    def put_number(out, i, row):
        for j in range(out.shape[1]):
            out[i, j] = row

    return put_number


def _build_filler(n: int) -> CompiledFunction:
    """Return a function that writes the n items of a tuple into the rows of an array.

    An item is a row of numbers, or one number for the whole row.
    """
    last = n - 1
    if n == 1:

        @compile_inline
        def put_only_row(value, out):
            put_row(out, 0, value[0])

        return put_only_row
    rest = _build_filler(n - 1)

    @compile_inline
    def put_all_rows(value, out):
        rest(value[:last], out)
        put_row(out, last, value[last])

    return put_all_rows


def shape_result(function: CompiledFunction) -> CompiledFunction:
    """Return a user's function of arrays with its value in the shape of the state."""
    return compile_inline(lambda t, x, *args: shape_like(function(t, x, *args), x))
