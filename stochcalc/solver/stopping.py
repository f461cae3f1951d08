"""Paths that stop: a condition on time and state, tried at the start and put into the time loop.

The condition is looked at on grid times. Let tau be the first grid time at which it holds. From
then on the path stays where it is, so that what is saved is the stopped path, X at min(t, tau).
`stops` reads when and where paths stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from stochcalc.engine.functions.probe import check_function, check_signature, explain
from stochcalc.engine.functions.trials import take_numbers
from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.portable import Portable
from stochcalc.engine.registers.choices import choose
from stochcalc.engine.words import shorten
from stochcalc.solver.array_companions import check_columns_of_condition
from stochcalc.solver.optional_parameters import take_parameters
from stochcalc.typing import (
    Array,
    Integers,
    Noise,
    Number,
    Observer,
    Parameters,
    State,
    StopCondition,
)

# ---- the condition


def check_condition(
    stop: object, t: float, start: Array, dim: int, args: Parameters, *, arrays: bool, common: bool
) -> StopCondition:
    """Try a condition at the start, in plain Python, and return it as a function of (t, x, *args).

    Parameters
    ----------
    stop : callable
        stop(t, x, *args), or stop(t, x), true where the path stops.
    t : float
        The time of the start.
    start : ndarray, shape (max(dim, 1),)
        The first start.
    dim : int
        Components of the state, 0 for a plain float.
    args : tuple
        The parameters of the equation.
    arrays : bool
        Whether it takes arrays of many paths.
    common : bool
        Whether all paths start there.

    Raises
    ------
    TypeError, ValueError
        If it is no such function, or holds at a start that all paths have in common; if one of
        arrays gives a path another value when it is called with others.
    """
    function = check_function("stop", stop)
    x: State = take_numbers(start, dim)
    if arrays:
        x = np.repeat(start[:, None], 3, axis=1)
        if dim == 0:
            x = x[0]
    function = take_parameters("stop", function, args)
    check_signature("stop", function, (t, x, *args), "(t, x, *args)", extra=len(args))
    try:
        value = function(t, x, *args)
    except Exception as error:
        raise explain("stop", (t, x), error) from error
    where = f"stop({t:g}, {shorten(x)})"
    if arrays:
        value = np.asarray(value)
        if value.shape != (3,) or value.dtype != bool:
            raise ValueError(
                f"{where} returned an array of shape {value.shape} and dtype {value.dtype}: return "
                f"one True or False for each of the 3 paths, such as x[0] > 2.0"
            )
        check_columns_of_condition(function, t, start, dim > 0, args)
        value = value.all()
    if not isinstance(value, bool | np.bool_):
        raise ValueError(
            f"{where} returned {shorten(value)}: return True where the path stops and False "
            "elsewhere, such as x > 2.0"
        )
    if value and common:
        raise ValueError(
            f"{where} is True at the start, where every path would stop at once: change the "
            "condition or x0"
        )
    return function


# ---- in the time loop


@dataclass(frozen=True, eq=False)
class Condition(Portable):
    """The watch of a condition; its mark is the time of the stop.

    Attributes
    ----------
    stop : callable
        stop(t, x, *args), true where the path stops.
    """

    stop: StopCondition

    @property
    def parameters(self) -> tuple[float, ...]:
        """No parameters beside those of the equation."""
        return ()

    @property
    def marks(self) -> tuple[float, ...]:
        """The time of the stop at the start."""
        return (NEVER,)

    @property
    def stops(self) -> bool:
        """Whether it may stop a path: yes."""
        return True

    @property
    def functions(self) -> tuple[tuple[StopCondition, str], ...]:
        """The condition."""
        return ((self.stop, "condition"),)

    @property
    def noise(self) -> tuple[int, int]:
        """A row of noise that it does not use."""
        return (0, 1)

    def build(self, dim: int) -> Callable[..., Any]:
        """Return the function that looks at a step, see `Watch`."""
        stop = self.stop

        def look_at_number(
            t: float, before: State, after: State, dt: float, marks: State, extra: Noise, args: Any
        ) -> tuple[State, State]:
            holds = stop(t, before, *args[0])
            time = time_of_stop(t, marks[0], holds)
            return choose(time < NEVER, before, after) * one_or_nan(holds), (time,)

        def look_at_items(
            t: float, before: State, after: State, dt: float, marks: State, extra: Noise, args: Any
        ) -> tuple[State, State]:
            holds = stop(t, before.items, *args[0])
            time = time_of_stop(t, marks[0], holds)
            return choose(time < NEVER, before, after) * one_or_nan(holds), (time,)

        if dim == 0:
            return look_at_number
        return look_at_items

    def build_observer(self, dim: int, rows: bool) -> Observer:
        """Return what observes the state with its mark, see `Watch`."""
        if rows:
            return _make_row_observer(self.stop, dim)
        return _make_statistics_observer(self.stop, dim)

    def count(self, dim: int, rows: bool) -> int:
        """Return how many numbers are observed: those of the state, and those of the stop."""
        if rows:
            return max(dim, 1) + 1
        return max(dim, 1) + 2


def time_of_stop(t: float, before: float, holds: bool) -> Number:
    """Return the time of the stop as it is known at time t.

    Parameters
    ----------
    t : float
        The time.
    before : float
        The time of the stop as it was known before, NEVER for none.
    holds : bool
        Whether the condition holds now.
    """
    return choose(holds, min(before, t), before) * one_or_nan(holds)


def one_or_nan(holds: Number) -> Number:
    """Return 1, or nan for a condition that is nan: it compared nan, or read beyond a table."""
    return 1.0 + 0.0 * holds


def _make_row_observer(stop: StopCondition, dim: int) -> Observer:
    """Return the observer of the state and the time of the stop."""

    def observe_number(t: float, x: State, args: Parameters) -> State:
        holds = stop(t, x[0], *args[0])
        return x[0] * one_or_nan(holds), time_of_stop(t, x[1], holds)

    def observe_items(t: float, x: State, args: Parameters) -> State:
        state = x.items[:dim]
        holds = stop(t, state, *args[0])
        known = x * one_or_nan(holds)
        return known.items[:dim] + (time_of_stop(t, x.items[dim], holds),)

    if dim == 0:
        return observe_number
    return observe_items


def _make_statistics_observer(stop: StopCondition, dim: int) -> Observer:
    """Return the observer of the state, of whether the path was stopped, and of min(tau, t)."""

    def observe_number(t: float, x: State, args: Parameters) -> State:
        holds = stop(t, x[0], *args[0])
        one = one_or_nan(holds)
        time = time_of_stop(t, x[1], holds)
        return x[0] * one, choose(time < NEVER, 1.0, 0.0) * one, min(time, t) * one

    def observe_items(t: float, x: State, args: Parameters) -> State:
        state = x.items[:dim]
        holds = stop(t, state, *args[0])
        one = one_or_nan(holds)
        time = time_of_stop(t, x.items[dim], holds)
        known = x * one
        return known.items[:dim] + (choose(time < NEVER, 1.0, 0.0) * one, min(time, t) * one)

    if dim == 0:
        return observe_number
    return observe_items


# ---- what is kept


def is_stopped(job: March | Batch) -> bool:
    """Say whether a condition stops the paths of a job."""
    if isinstance(job, Batch):
        return job.stop is not None
    return isinstance(job.watch, Condition)


def keep_end(keep: Integers, n: int) -> Integers:
    """Return the numbers of the grid points to keep, with the last one among them."""
    if keep[-1] == n:
        return keep
    return np.append(keep, n)
