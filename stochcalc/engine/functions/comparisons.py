"""Comparing a scheme with what stands for the solution: the error of every lane.

A *comparison* takes the states of 256 paths of a scheme, those of the reference, and writes one
number for each path, `void(x[rows, 256], y[rows, 256], error[256])`. The loop over levels calls it
through a pointer: at the end, or after every step for errors over the whole path.
"""

from __future__ import annotations

import math

from numba import float64, void

from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.compiler.numba_objects import CompiledFunction, Function
from stochcalc.engine.compiler.pointers import Pointer, find_or_compile, pointer
from stochcalc.engine.functions.running import show_to_user
from stochcalc.engine.functions.trials import Trial, compare, take_numbers
from stochcalc.engine.functions.user_function import compile_on_numbers
from stochcalc.engine.registers.lane_columns import load
from stochcalc.engine.registers.vec import vec
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, TestFunction

COMPARE = void(float64[:, ::1], float64[:, ::1], float64[::1])


@pointer(COMPARE)
def square_error(x, y, error):
    """Write |x - y|^2 of every lane, summed over the components from first to last.

    Here x is the state X_n of a scheme, and y the reference, which stands for the solution X_T.
    """
    for lane in range(LANES):
        # |X_n - X_T|^2
        difference = x[0, lane] - y[0, lane]
        error[lane] = difference * difference
    for i in range(1, len(x)):
        for lane in range(LANES):
            difference = x[i, lane] - y[i, lane]
            error[lane] += difference * difference


@pointer(COMPARE)
def distance(x, y, error):
    """Write |x - y| of every lane, the Euclidean distance of the scheme and the reference."""
    if len(x) == 1:
        for lane in range(LANES):
            # |X_n - X_T|, without a square that might overflow
            error[lane] = abs(x[0, lane] - y[0, lane])
        return
    for lane in range(LANES):
        error[lane] = 0.0
    for i in range(len(x)):
        for lane in range(LANES):
            difference = x[i, lane] - y[i, lane]
            error[lane] += difference * difference
    for lane in range(LANES):
        error[lane] = math.sqrt(error[lane])


@pointer(COMPARE)
def difference(x, y, error):
    """Write x - y of every lane, summed over the components: its mean is a bias."""
    for lane in range(LANES):
        error[lane] = x[0, lane] - y[0, lane]
    for i in range(1, len(x)):
        for lane in range(LANES):
            error[lane] += x[i, lane] - y[i, lane]


MEASURES = {"square": square_error, "distance": distance, "difference": difference}


def compile_comparison(
    test: TestFunction,
    dim: int,
    start: Array,
    *,
    running: bool = False,
    beside: int = 0,
    number: bool = False,
) -> Pointer:
    """Return the pointer of the loop over the lanes around test(x) - test(y).

    Parameters
    ----------
    test : callable
        A user's function of the state.
    dim : int
        Components of the state, 0 for a plain float.
    start : ndarray
        The state at the start, with the statistic beside it, where the compiled value of the test
        is compared with Python's.
    running : bool
        Whether it is a function test(x, r) of the state and of the running statistic beside it.
    beside : int
        Components of that statistic, 0 for a plain float.
    number : bool
        Whether the reference is a number in the place of test(y), in the first row of y.

    Raises
    ------
    ValueError
        If the compiled value of the test is not Python's.
    """
    height = max(dim, 1)
    arguments = [take_numbers(start[:height], dim)]
    if running:
        arguments.append(take_numbers(start[height:], beside))
    trial = Trial(test, tuple(arguments))
    made = find_or_compile(
        COMPARE,
        ("comparison", test, dim, running, beside, number),
        lambda: _build_comparing_loop(_compile_test(test, dim, running, beside), number),
        watched=(trial.watched,),
        find_leaf=compile_on_numbers,
    )
    compare(made, (trial,))
    return made


def _compile_test(test: TestFunction, dim: int, running: bool, beside: int) -> CompiledFunction:
    """Return the value of a test in one lane of an array of states."""
    function = compile_on_numbers(unwrap(test))
    state = show_to_user(dim)
    if not running:
        return leaf(lambda x, lane: vec(function(state(load(x, lane, dim)))))
    statistic = show_to_user(beside)
    height = max(dim, 1)
    return leaf(
        lambda x, lane: vec(
            function(state(load(x, lane, dim)), statistic(load(x[height:], lane, beside)))
        )
    )


def _build_comparing_loop(value: CompiledFunction, number: bool) -> Function:
    """Return the loop over the lanes that writes the differences of a test into `error`."""

    def against_reference(x, y, error):
        for lane in range(LANES):
            # f(X_n) - f(X_T), for the state x = X_n of a scheme and the reference y
            error[lane] = value(x, lane) - value(y, lane)

    def against_number(x, y, error):
        for lane in range(LANES):
            # f(X_n) - E f(X_T), which stands in the first row of y
            error[lane] = value(x, lane) - y[0, lane]

    if number:
        return against_number
    return against_reference
