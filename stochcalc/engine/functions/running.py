"""A running statistic of a path beside its state: the integral, the maximum, whatever a user asks.

The statistic r lies in the rows after those of the state x. Each step of the scheme from x to y is
followed by r = running(t, r, x, y, dt, *args), in the same loop over the lanes.
"""

from __future__ import annotations

from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.compiler.numba_objects import CompiledFunction, Function
from stochcalc.engine.functions.user_function import compile_on_numbers
from stochcalc.engine.registers.lane_columns import load, store_state
from stochcalc.engine.registers.vec import vec
from stochcalc.engine.statistics import LANES
from stochcalc.typing import RunningFunction


def show_to_user(dim: int) -> CompiledFunction:
    """Return a leaf that makes what a user's function gets: a float as it is, a tuple of a Vec.

    Parameters
    ----------
    dim : int
        Components of the Vec; 0 for a float.
    """
    if dim == 0:
        return leaf(lambda value: value)
    return leaf(lambda value: value.items)


def compile_running(running: RunningFunction, beside: int, dim: int) -> CompiledFunction:
    """Return a user's function as a leaf (t, r, x, y, dt, args) that works on registers.

    Parameters
    ----------
    running : callable
        What the user gave: running(t, r, x, y, dt, *args).
    beside : int
        Components of the statistic; 0 for a plain float.
    dim : int
        Components of the state; 0 for a plain float.
    """
    inner = compile_on_numbers(unwrap(running))
    state = show_to_user(dim)
    statistic = show_to_user(beside)
    return leaf(
        lambda t, r, x, y, dt, args: vec(inner(t, statistic(r), state(x), state(y), dt, *args))
    )


def build_running_loop(parts: tuple[CompiledFunction, ...], beside: int, dim: int) -> Function:
    """Return the loop over the lanes of a step with a running statistic beside the state.

    Parameters
    ----------
    parts : tuple
        The leaves that the loop calls: what reads the parameters, what gathers the drivers, the
        step, the field, and what `compile_running` returned.
    beside : int
        Components of the statistic; 0 for a plain float.
    dim : int
        Components of the state; 0 for a plain float.
    """
    read, gather, move, field, update = parts
    height = max(dim, 1)

    def block(t, dt, x, noise, words):
        lam, args = read(words)
        field(t, x, args, noise)
        statistics = x[height:]
        for lane in range(LANES):
            before = load(x, lane, dim)
            given = gather(t, before, dt, noise, lane, args, lam)
            after = vec(move(*given))
            store_state(x, lane, after, before)
            r = load(statistics, lane, beside)
            store_state(statistics, lane, update(t, r, before, after, dt, args), r)

    return block
