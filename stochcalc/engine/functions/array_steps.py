"""Block steps of functions of arrays: for large systems, compiled once for all dimensions.

A function that is declared `vectorized=True` gets x as an array, (dim, paths) for a system. Here it
is compiled by Numba and called on strips of the lanes, so narrow that a strip of all
components stays in the cache; the scheme's own line is compiled on the same arrays. So the cost of
a component does not grow with their number, and a new dimension compiles nothing.

Matrix noise is not handled here: such problems run in NumPy, as do functions that Numba refuses.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from stochcalc.engine.compiler.jit import compile_inline
from stochcalc.engine.compiler.pointers import Pointer, machine_code
from stochcalc.engine.compiler.words import kind_of, reader
from stochcalc.engine.functions.assemble import BLOCK_STEP, Step, parameters
from stochcalc.engine.functions.bind import bind
from stochcalc.engine.functions.user_function import compiled_on_arrays
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.statistics import LANES

NARROWEST = 16  # lanes
STRIP_NUMBERS = 1 << 15  # numbers in a strip: 256 kB, so that a handful fit in the second cache


def strip_of(rows: int) -> int:
    """Return how many lanes of a state of so many rows are moved at a time."""
    strip = NARROWEST
    while strip < LANES and rows * 2 * strip <= STRIP_NUMBERS:
        strip *= 2
    return strip


def array_step(step: Step, layout: Layout, dim: int, args: Any) -> Pointer:
    """Return the pointer of a step whose functions take arrays.

    Raises
    ------
    NumbaError
        If Numba cannot compile one of the functions.
    """
    kind = kind_of(parameters(0.0, args))
    scalar = dim == 0
    shared = layout.size == 0 and not scalar  # one noise for all components
    places = tuple(_PLACES[name] for name in step.drivers)
    parts = (step.function, step.functions, places, step.reading, scalar, shared, str(kind))
    return machine_code(
        BLOCK_STEP, ("array step", *parts), lambda: _strip_loop(step, places, scalar, shared, kind)
    )


# How many times the width of dW a driver's rows begin after dW's.
_PLACES = {"dW": 0, "I10": 1, "A": -1, "V": -1}


def _strip_loop(step: Step, places: tuple[int, ...], scalar: bool, shared: bool, kind: Any) -> Any:
    read = reader(kind)
    functions = [_shape_result(compiled_on_arrays(function)) for function, _ in step.functions]
    reading = step.reading
    inner = bind(compiled_on_arrays(step.function), functions, 4 + len(places) + reading)
    drive = _tuple_of([_pick(place, scalar, shared) for place in places])

    @compile_inline
    def move(t, x, dt, noise, first, args, lam):
        """Move a strip that begins at lane `first` of the noise."""
        drivers = drive(noise, len(x), first, first + width_of(x))
        if reading:
            moved = inner(*((t, x, dt) + drivers + (args, lam)))
        else:
            moved = inner(*((t, x, dt) + drivers + (args,)))
        copy_into(x, 0, moved)

    if scalar:

        def block_of_numbers(t, dt, x, noise, words):
            lam, args = read(words)
            move(t, x[0], dt, noise, 0, args, lam)

        return block_of_numbers

    def block(t, dt, x, noise, words):
        lam, args = read(words)
        rows = len(x)
        strip = NARROWEST
        while strip < LANES and rows * 2 * strip <= STRIP_NUMBERS:
            strip *= 2
        if strip >= x.shape[1]:
            move(t, x, dt, noise, 0, args, lam)
            return
        here = np.empty((rows, strip))
        for first in range(0, LANES, strip):
            copy_strip(x, 0, first, here)
            move(t, here, dt, noise, first, args, lam)
            copy_into(x, first, here)

    return block


def _pick(place: int, scalar: bool, shared: bool) -> Any:
    """Return a function (noise, rows, first, last) -> a driver on a strip of lanes.

    For a scalar problem, and for one noise that all components share, it is a row; else an array of
    as many rows as the state. Without a matrix the areas are the number 0.
    """
    if place < 0:
        return compile_inline(lambda noise, rows, first, last: 0.0)
    if scalar or shared:
        return compile_inline(lambda noise, rows, first, last: noise[place, first:last].copy())

    @compile_inline
    def rows_of(noise, rows, first, last):
        if last - first == noise.shape[1]:
            return noise[place * rows : (place + 1) * rows]
        out = np.empty((rows, last - first))
        copy_strip(noise, place * rows, first, out)
        return out

    return rows_of


def _tuple_of(picks: list[Any]) -> Any:
    """Return a function of the arguments of a pick: the tuple of what the picks take."""
    first = picks[0]
    if len(picks) == 1:
        return compile_inline(lambda noise, rows, a, b: (first(noise, rows, a, b),))
    rest = _tuple_of(picks[1:])
    return compile_inline(
        lambda noise, rows, a, b: (first(noise, rows, a, b),) + rest(noise, rows, a, b)
    )


def width_of(x: Any) -> int:
    """Paths in an array of states."""
    return int(x.shape[-1])


@overload(width_of)
def _body_width_of(x):
    last = x.ndim - 1
    return lambda x: x.shape[last]


@compile_inline
def copy_strip(source, start, first, out):
    """Copy rows from `start` on, lanes from `first` on, into an array."""
    for i in range(out.shape[0]):
        for lane in range(out.shape[1]):
            out[i, lane] = source[start + i, first + lane]


def copy_into(x: Any, first: int, moved: Any) -> None:
    """Write what has moved into the lanes of x from `first` on."""


@overload(copy_into)
def _body_copy_into(x, first, moved):
    if x.ndim == 1:

        def along(x, first, moved):
            for lane in range(len(moved)):
                x[first + lane] = moved[lane]

        return along

    def over(x, first, moved):
        for i in range(moved.shape[0]):
            for lane in range(moved.shape[1]):
                x[i, first + lane] = moved[i, lane]

    return over


# ---- what a user's function returns, in the shape of the state


def _shaped_like(value: Any, x: Any) -> Any:
    """The value as an array of the shape of x; rows are stacked, and a number stays a number."""
    return value


@overload(_shaped_like, jit_options={"error_model": "numpy"})
def _body_shaped_like(value, x):
    if isinstance(value, types.Array) and value.ndim == x.ndim:
        return lambda value, x: _check_shape(value, x)
    if isinstance(value, types.Number):
        return lambda value, x: float(value)  # the same for all components and paths
    if isinstance(value, types.Array) and (value.ndim, x.ndim) == (1, 2):

        def rows(value, x):
            if len(value) != len(x):
                raise ValueError("a function of arrays returned another number of components")
            out = np.empty(x.shape)
            for i in range(len(x)):
                put_row(out, i, value[i])
            return out

        return rows
    if isinstance(value, types.BaseTuple) and x.ndim == 2:
        fill = _fill_rows(len(value))

        count = len(value)

        def stack(value, x):
            if len(x) != count:
                raise ValueError("a function of arrays returned another number of components")
            out = np.empty(x.shape)
            fill(value, out)
            return out

        return stack
    return None


@compile_inline
def _check_shape(value, x):
    if value.shape == x.shape:
        return value
    return np.broadcast_to(value, x.shape).copy()


def put_row(out: Any, i: int, row: Any) -> None:
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


def _fill_rows(n: int) -> Any:
    """Return what writes the items of a tuple, rows or numbers, into the rows of an array."""
    last = n - 1
    if n == 1:

        @compile_inline
        def only(value, out):
            put_row(out, 0, value[0])

        return only
    rest = _fill_rows(n - 1)

    @compile_inline
    def all_rows(value, out):
        rest(value[:last], out)
        put_row(out, last, value[last])

    return all_rows


def _shape_result(function: Any) -> Any:
    return compile_inline(lambda t, x, *args: _shaped_like(function(t, x, *args), x))
