"""Barriers: one level or two, constant or moving with time, and the start that they surround."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from stochcalc.engine import arrays, checks
from stochcalc.engine.functions.returned import is_number
from stochcalc.engine.words import shorten
from stochcalc.typing import Array, Barrier, Level


@dataclass(frozen=True, eq=False)
class Barriers:
    """What a path must not cross, at the grid times; between them barriers are straight lines.

    Attributes
    ----------
    levels : ndarray, shape (n + 1, 2)
        The first column has the one barrier, or the lower of two, the second the upper.
    two : bool
        Whether there are two barriers.
    side : float
        1 if the one barrier is above the start, -1 if it is below; 1 for two barriers.
    """

    levels: Array
    two: bool
    side: float


def check_barrier(x0: object, barrier: object) -> tuple[float, float]:
    """Return the start and a constant barrier as floats.

    Raises
    ------
    TypeError, ValueError
        If one of them is no finite number, or if they are equal.
    """
    start = checks.number("x0", x0)
    level = checks.number("barrier", barrier)
    _check_apart(start, level)
    return start, level


def _check_apart(start: float, level: float) -> None:
    """Raise a ValueError for a barrier that is at the start."""
    if level == start:
        raise ValueError(
            f"barrier={level:g} is at the start x0={start:g}, where the passage time is 0: move "
            f"one of them"
        )


def read_barriers(barrier: Barrier, start: float, times: Array) -> Barriers:
    """Return one barrier or two at the grid times, after checking that the start is inside.

    Parameters
    ----------
    barrier : float or callable, or a pair of them
        One barrier, or the lower and the upper of two; b(t) for one that moves.
    start : float
        The number that starts on one side of the barrier, or between the two.
    times : ndarray, shape (n + 1,)
        The grid times.

    Raises
    ------
    TypeError, ValueError
        For a barrier that is no finite number at some time, for a start at a barrier or outside the
        two, for two barriers that meet.
    """
    if _is_pair(barrier):
        if len(barrier) != 2:
            raise ValueError(
                f"barrier={shorten(barrier)} has {len(barrier)} entries: give one level, or two, "
                "barrier=(low, high)"
            )
        low = _read_level("barrier[0]", barrier[0], times)
        high = _read_level("barrier[1]", barrier[1], times)
        _check_pair(low, high, start, times)
        return Barriers(levels=np.stack([low, high], axis=1), two=True, side=1.0)
    level = _read_level("barrier", barrier, times)
    _check_apart(start, float(level[0]))
    return Barriers(
        levels=np.stack([level, level], axis=1),
        two=False,
        side=float(np.sign(level[0] - start)),
    )


def freeze(barrier: Barrier) -> Level | tuple[Level, Level]:
    """Return a checked barrier as a float or a function, and two as a tuple of them."""
    if callable(barrier):
        return barrier
    if _is_pair(barrier):
        low, high = (level if callable(level) else float(level) for level in barrier)
        return low, high
    return float(barrier)  # type: ignore[arg-type]  # a sequence was one of the above


def _is_pair(barrier: object) -> TypeGuard[Sequence[Level]]:
    """Tell whether a barrier has entries, which are to be the lower and the upper one."""
    return isinstance(barrier, list | tuple | np.ndarray) and arrays.count_axes(barrier) > 0


def describe_barrier(barrier: Level | tuple[Level, Level]) -> str:
    """Return a barrier as text, a function as its name."""
    if isinstance(barrier, tuple):
        return f"{describe_barrier(barrier[0])} or {describe_barrier(barrier[1])}"
    if callable(barrier):
        return getattr(barrier, "__name__", "b") + "(t)"
    return f"{barrier:g}"


def _read_level(name: str, level: Level | object, times: Array) -> Array:
    """Return a barrier at the grid times."""
    if not callable(level):
        return np.full(len(times), checks.number(name, level))
    return np.array([_call(name, level, float(t)) for t in times])


def _call(name: str, level: Callable[[float], float], t: float) -> float:
    """Return a moving barrier at one time."""
    try:
        value = level(t)
    except TypeError as error:
        raise TypeError(
            f"{name} is called as barrier(t) and fails at t={t:g}: {error}; write a function of "
            "time alone, such as lambda t: 1.0 + t"
        ) from error
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = float(value)
    if not is_number(value) or not math.isfinite(value):
        raise ValueError(
            f"{name} returned {shorten(value)} at t={t:g}: return a finite number for every time "
            "of the run"
        )
    return float(value)


def _check_pair(low: Array, high: Array, start: float, times: Array) -> None:
    """Raise a ValueError for barriers that meet, or a start that is not between them."""
    meet = np.flatnonzero(low >= high)
    if len(meet):
        k = int(meet[0])
        raise ValueError(
            f"barrier=(low, high) must have low < high at all times, and at t={times[k]:g} they "
            f"are {low[k]:g} and {high[k]:g}: swap them, or end the run earlier"
        )
    if not low[0] < start < high[0]:
        raise ValueError(
            f"x0={start:g} is not between the barriers {low[0]:g} and {high[0]:g}: start inside, "
            "or give one barrier"
        )
