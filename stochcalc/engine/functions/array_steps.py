"""Block steps of functions of arrays: for large systems, compiled once for all dimensions.

A function that is declared `vectorized=True` gets x as an array, of shape (dim, paths) for a
system. Here it is compiled by Numba and called on *strips* of the lanes, so narrow that a strip of
all components stays in the cache; the scheme's own line is compiled on the same arrays. So the cost
of a component does not grow with their number, and a new dimension compiles nothing.

Matrix noise is not handled here: such problems run in NumPy, as do functions that Numba refuses.
"""

from __future__ import annotations

import numpy as np
from numba.extending import overload

from stochcalc.engine.compiler.calls import build_reader
from stochcalc.engine.compiler.jit import compile_inline
from stochcalc.engine.compiler.numba_objects import CompiledFunction, Function, Kind
from stochcalc.engine.compiler.pointers import Pointer, find_or_compile
from stochcalc.engine.compiler.words import kind_of
from stochcalc.engine.functions.array_results import copy_into, copy_strip, shape_result
from stochcalc.engine.functions.assemble import BLOCK_STEP, Step, join_parameters
from stochcalc.engine.functions.bind import bind
from stochcalc.engine.functions.user_function import compile_on_arrays
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, Parameters

NARROWEST = 16  # lanes
STRIP_NUMBERS = 1 << 15  # numbers in a strip: 256 kB, so that a handful fit in the second cache


def choose_strip(rows: int) -> int:
    """Return how many lanes of a state of so many rows are moved at a time."""
    strip = NARROWEST
    while strip < LANES and rows * 2 * strip <= STRIP_NUMBERS:
        strip *= 2
    return strip


def compile_array_step(step: Step, layout: Layout, dim: int, args: Parameters) -> Pointer:
    """Return the pointer of a step whose functions take arrays.

    Parameters
    ----------
    step : Step
        The step, with functions of arrays.
    layout : Layout
        What the rows of a step's noise hold.
    dim : int
        Components of the state, 0 for a plain float.
    args : tuple
        The parameters; what matters here is their kinds.

    Raises
    ------
    NumbaError
        If Numba cannot compile one of the functions.
    """
    kind = kind_of(join_parameters(0.0, args))
    scalar = dim == 0
    shared = layout.size == 0 and not scalar  # one noise for all components
    places = tuple(_PLACES[name] for name in step.drivers)
    parts = (step.function, step.functions, places, step.reading, scalar, shared, str(kind))
    return find_or_compile(
        BLOCK_STEP,
        ("array step", *parts),
        lambda: _build_strip_loop(step, places, scalar, shared, kind),
    )


# How many times the width of dW a driver's rows begin after dW's; -1 for what has no rows.
_PLACES = {"dW": 0, "I10": 1, "A": -1, "V": -1}


def _build_strip_loop(
    step: Step, places: tuple[int, ...], scalar: bool, shared: bool, kind: Kind
) -> Function:
    """Return the loop over the strips: what is compiled for a problem."""
    read = build_reader(kind)
    move = _build_move(step, [_build_pick(place, scalar, shared) for place in places])
    choose = compile_inline(choose_strip)

    if scalar:

        def block_of_numbers(t, dt, x, noise, words):
            lam, args = read(words)
            move(t, x[0], dt, noise, 0, args, lam)

        return block_of_numbers

    def block(t, dt, x, noise, words):
        lam, args = read(words)
        rows = len(x)
        strip = choose(rows)
        if strip >= x.shape[1]:
            move(t, x, dt, noise, 0, args, lam)
            return
        here = np.empty((rows, strip))
        for first in range(0, LANES, strip):
            copy_strip(x, 0, first, here)
            move(t, here, dt, noise, first, args, lam)
            copy_into(x, first, here)

    return block


def _build_move(step: Step, picks: list[CompiledFunction]) -> CompiledFunction:
    """Return a function that moves a strip, which begins at lane `first` of the noise.

    Parameters
    ----------
    step : Step
        The step, with functions of arrays.
    picks : list of compiled functions
        What takes each of its drivers out of the noise.
    """
    reading = step.reading
    others = 3 + len(picks) + 1  # t, x, dt, the drivers, args
    if reading:
        others += 1  # lambda
    functions = [shape_result(compile_on_arrays(function)) for function, _ in step.functions]
    inner = bind(compile_on_arrays(step.function), functions, others)
    drive = _join_picks(picks)

    @compile_inline
    def move(t, x, dt, noise, first, args, lam):
        drivers = drive(noise, len(x), first, first + width_of(x))
        if reading:
            moved = inner(*((t, x, dt) + drivers + (args, lam)))
        else:
            moved = inner(*((t, x, dt) + drivers + (args,)))
        copy_into(x, 0, moved)

    return move


def _build_pick(place: int, scalar: bool, shared: bool) -> CompiledFunction:
    """Return a function (noise, rows, first, last) -> a driver on a strip of lanes.

    For a scalar problem, and for one noise that all components share, the driver is a row; else it
    is an array of as many rows as the state. Without matrix noise the areas are the number 0.
    """
    if place < 0:
        return compile_inline(lambda noise, rows, first, last: 0.0)
    if scalar or shared:
        return compile_inline(lambda noise, rows, first, last: noise[place, first:last].copy())

    @compile_inline
    def pick_rows(noise, rows, first, last):
        if last - first == noise.shape[1]:
            return noise[place * rows : (place + 1) * rows]
        out = np.empty((rows, last - first))
        copy_strip(noise, place * rows, first, out)
        return out

    return pick_rows


def _join_picks(picks: list[CompiledFunction]) -> CompiledFunction:
    """Return a function (noise, rows, first, last) -> the tuple of what the picks take."""
    first = picks[0]
    if len(picks) == 1:
        return compile_inline(lambda noise, rows, a, b: (first(noise, rows, a, b),))
    rest = _join_picks(picks[1:])
    return compile_inline(
        lambda noise, rows, a, b: (first(noise, rows, a, b),) + rest(noise, rows, a, b)
    )


def width_of(x: Array) -> int:
    """Return the number of paths in an array of states."""
    return int(x.shape[-1])


@overload(width_of)
def _body_width_of(x):
    last = x.ndim - 1
    return lambda x: x.shape[last]
