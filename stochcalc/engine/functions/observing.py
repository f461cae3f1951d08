"""Observers: loops over the lanes around functions of the state alone.

An *observer* maps the state to the numbers that are kept of it. Like a block step, it is called
through a pointer.
"""

from __future__ import annotations

import numpy as np
from numba import float64, int64, void

from stochcalc.engine.compiler.calls import build_reader
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.compiler.numba_objects import Function, Kind
from stochcalc.engine.compiler.pointers import Pointer, find_or_compile
from stochcalc.engine.compiler.words import kind_of, pack_parameters
from stochcalc.engine.functions.assemble import join_parameters
from stochcalc.engine.functions.failures import find_users_functions
from stochcalc.engine.functions.trials import Trial, take_numbers
from stochcalc.engine.functions.user_function import compile_on_numbers
from stochcalc.engine.registers.lane_columns import load, store
from stochcalc.engine.registers.vec import vec
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, Observer, Parameters

OBSERVE = void(float64, float64[:, ::1], int64[::1], float64[:, ::1])


def compile_observer(
    observe: Observer, dim: int, args: Parameters, kept: int, start: Array
) -> Pointer:
    """Return the pointer of the loop over the lanes around observe(t, x, args).

    Parameters
    ----------
    observe : callable
        Maps the state to the numbers that are kept of it.
    dim : int
        Components of the state, 0 for a plain float.
    args : tuple
        The parameters; what matters for the code is their kinds.
    kept : int
        How many numbers are kept.
    start : ndarray
        Time and state of the start, (t, x[0], x[1], ...), where the compiled numbers are compared
        with Python's if there is a user's function in the observer.

    Raises
    ------
    ValueError
        If they differ.
    """
    kind = kind_of(join_parameters(0.0, args))
    made = find_or_compile(
        OBSERVE,
        ("observer", observe, dim, str(kind)),
        lambda: _build_observing_loop(observe, dim, kind),
    )
    if find_users_functions(unwrap(observe)):
        _compare_observer(made, observe, dim, args, kept, start)
    return made


def _compare_observer(
    made: Pointer, observe: Observer, dim: int, args: Parameters, kept: int, start: Array
) -> None:
    """Refuse an observer whose compiled numbers are not Python's at the start."""
    t = float(start[0])
    trial = Trial(observe, (t, take_numbers(start[1:], dim), args))
    expected = trial.expect()
    if expected is None or len(expected) != kept:
        return
    values = join_parameters(0.0, args)
    states = np.repeat(start[1:, None], LANES, axis=1)
    seen = np.empty((kept, LANES))
    made(t, states, pack_parameters(values), seen)
    trial.check(expected, seen[:, 0])


def _build_observing_loop(observe: Observer, dim: int, kind: Kind) -> Function:
    """Return the loop over the lanes that writes the numbers observed into the rows of `seen`."""
    read = build_reader(kind)
    look = compile_on_numbers(observe)

    def block(t, x, words, seen):
        _, values = read(words)
        for lane in range(LANES):
            store(seen, lane, vec(look(t, load(x, lane, dim), values)))

    return block
