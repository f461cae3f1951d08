"""Block steps that are watched: something looks at every step of a path, and may change its end.

A *watch* may stop a path, which then keeps its state, may push it back at a wall, or may only keep
a record of it. Beside the state it keeps *marks*, such as the time of the stop or the logarithm of
a weight, in rows of their own below the state's. The loop over time does not know of
it: a watched step is a block step like any other, so other problems pay nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from stochcalc.engine.compiler.calls import build_reader
from stochcalc.engine.compiler.numba_objects import Function, Kind
from stochcalc.engine.compiler.pointers import Pointer, find_or_compile
from stochcalc.engine.compiler.words import kind_of
from stochcalc.engine.functions.assemble import (
    BLOCK_STEP,
    Step,
    bind_step,
    build_gatherer,
    join_parameters,
)
from stochcalc.engine.functions.trials import Trial, compare
from stochcalc.engine.functions.user_function import compile_on_numbers
from stochcalc.engine.random.layout import Place
from stochcalc.engine.registers.lane_columns import load, store_state
from stochcalc.engine.registers.vec import vec
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, Observer, Parameters

NEVER = 1.7976931348623157e308  # the time of a stop that has not come, later than any other


class Watch(Protocol):
    """What looks at every step of a path. It is plain data."""

    @property
    def marks(self) -> tuple[float, ...]:
        """The marks at the start."""

    @property
    def functions(self) -> tuple[tuple[Function, str], ...]:
        """The user's functions that it calls, each with its kind, for errors."""

    @property
    def noise(self) -> tuple[int, int]:
        """The first row of noise that it reads, and the number of rows; 0 for one as a float."""

    @property
    def stops(self) -> bool:
        """Whether it may stop a path."""

    def build(self, dim: int) -> Callable[..., Any]:
        """Return the function that looks at a step.

        It is called as look(t, before, after, dt, marks, extra, args) -> (state, marks). It gets
        the states before and after the scheme's step, the tuple of the marks so far, and the rows
        of noise that it reads. It returns the state from which the path moves on, and the tuple of
        the new marks.
        """

    def build_observer(self, dim: int, rows: bool) -> Observer:
        """Return what observes the state with its marks, for rows or for statistics."""


def compile_watched_step(
    step: Step,
    places: Sequence[Place],
    dim: int,
    watch: Watch,
    args: Parameters,
    start: Array,
) -> Pointer:
    """Return the pointer of the loop over the lanes around a step and its watch.

    Parameters
    ----------
    step : Step
        The scheme's step, with functions of numbers and named drivers.
    places : sequence of tuples
        Where each driver is found in the rows of the noise.
    dim : int
        Components of the state, 0 for a plain float.
    watch : Watch
        What looks at the step.
    args : tuple
        The step's parameters, and those of the watch; what matters for the code is their kinds.
    start : ndarray
        Time and state of the start, where the user's compiled functions are compared with Python's.

    Raises
    ------
    ValueError
        If they differ.
    """
    kind = kind_of(join_parameters(0.0, args))
    taken = tuple(places)
    look = watch.build(dim)
    watching = (look, len(watch.marks), watch.noise)
    parts = (step.function, step.functions, taken, step.reading, dim, watching, str(kind))
    trials = find_watched_trials(step, watch, float(start[0]), start[1:], dim, args)
    made = find_or_compile(
        BLOCK_STEP,
        ("watched step", *parts),
        lambda: build_watched_loop(step, taken, dim, watch, look, kind),
        watched=tuple(trial.watched for trial in trials),
        find_leaf=compile_on_numbers,
    )
    compare(made, trials)
    return made


def find_watched_trials(
    step: Step, watch: Watch, t: float, x: Array, dim: int, args: Parameters
) -> tuple[Trial, ...]:
    """Return the user's functions of a step and its watch, with what they get at t and x.

    Parameters
    ----------
    step, watch : Step, Watch
        What is compiled.
    t, x : float, ndarray
        The time, and the state with or without the marks below it.
    dim : int
        Components of the state, 0 for a plain float.
    args : tuple
        The step's parameters, and those of the watch.
    """
    both = replace(step, inside=(*step.inside, *watch.functions))
    return both.trials(t, x[: max(dim, 1)], dim, args[0])


def build_watched_loop(
    step: Step,
    places: tuple[Place, ...],
    dim: int,
    watch: Watch,
    looks: Callable[..., Any],
    kind: Kind,
) -> Function:
    """Return the loop over the lanes: what is compiled for a problem."""
    read = build_reader(kind)
    move = bind_step(step, len(places))
    gather = build_gatherer(places, step.reading)
    gather_extra = build_gatherer((("rows", *watch.noise),), False)
    look = compile_on_numbers(looks)
    first = max(dim, 1)
    size = first + len(watch.marks)
    join = compile_on_numbers(_join_items)
    if dim == 0:
        join = compile_on_numbers(_join_number)

    def block(t, dt, x, noise, words):
        lam, args = read(words)
        for lane in range(LANES):
            before = load(x, lane, dim)
            whole = load(x, lane, size)
            given = gather(t, before, dt, noise, lane, args[0], lam)
            after = vec(move(*given))
            extra = gather_extra(t, before, dt, noise, lane, args[0], lam)[3]
            marks = whole.items[first:]
            state, marks = look(t, before, after, dt, marks, extra, args)
            store_state(x, lane, vec(join(state, marks)), whole)

    return block


def _join_number(state: float, marks: tuple[float, ...]) -> tuple[float, ...]:
    """Return a number and its marks as one tuple."""
    return (state,) + marks


def _join_items(state: Any, marks: tuple[float, ...]) -> tuple[float, ...]:
    """Return the components of a state and its marks as one tuple."""
    items: tuple[float, ...] = state.items + marks
    return items
