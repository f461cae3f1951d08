"""What `backward_equation` checks of its arguments: its walls, its breaks, its killing rate."""

from __future__ import annotations

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.words import show
from stochcalc.kolmogorov.coefficients import read_function
from stochcalc.typing import Array, TestFunction

WALLS = ("reflecting", "absorbing")
MOST_RATE = 1e9
MOST_BREAKS = 100
CLOSEST = 1e-6  # of two breaks, relative to the interval


def read_wall(name: str, end: object) -> float:
    """Return the place of a wall, which must be finite."""
    if isinstance(end, float | np.floating) and np.isinf(end):
        raise ValueError(
            f"{name}={show(end)} must be finite: place a wall where paths hardly get by T, such as "
            "eight standard deviations away"
        )
    return checks.number(name, end)


def read_killing(killing: object) -> TestFunction:
    """Return a killing rate as a function of x."""
    if callable(killing):
        return read_function("killing", killing)
    constant = checks.number("killing", killing, least=-MOST_RATE, most=MOST_RATE)
    return lambda x: constant


def read_walls(walls: object) -> tuple[bool, bool]:
    """Return whether the lower and the upper wall absorb."""
    pair = walls
    if isinstance(walls, str):
        pair = (walls, walls)
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise TypeError(
            f"walls={show(walls)} must be 'reflecting', 'absorbing', or a pair of them such as "
            "('absorbing', 'reflecting')"
        )
    low, high = (checks.choice("walls", wall, WALLS) == "absorbing" for wall in pair)
    return low, high


def read_wall_values(values: object, absorbing: tuple[bool, bool]) -> tuple[float, float]:
    """Return what an absorbed path is worth at the lower and at the upper wall."""
    numbers = checks.array("wall_values", values)  # type: ignore[arg-type]  # it is checked there
    if numbers.shape not in ((), (2,)):
        raise ValueError(
            f"wall_values={show(values)} has shape {numbers.shape}: give a number, or one for each "
            "of the two walls"
        )
    low, high = np.broadcast_to(numbers, 2).tolist()
    if numbers.ndim == 0 and any(absorbing):
        return low, high
    for name, value, absorbs in zip(("low", "high"), (low, high), absorbing):
        if value != 0.0 and not absorbs:
            raise ValueError(
                f"wall_values={show(values)} has {value:g} for the wall at {name}=, which "
                "reflects: say walls='absorbing', or give 0"
            )
    return low, high


def read_breaks(breaks: object, low: float, high: float) -> Array:
    """Return the ends of the pieces on which everything is smooth."""
    if isinstance(breaks, list | tuple) and not breaks:
        return np.array([low, high])
    inner = np.unique(np.atleast_1d(checks.array("breaks", breaks)))  # type: ignore[arg-type]
    if inner.ndim != 1 or len(inner) > MOST_BREAKS:
        raise ValueError(f"breaks={show(breaks)} must be at most {MOST_BREAKS} numbers: give fewer")
    outside = inner[(inner <= low) | (inner >= high)]
    if len(outside):
        raise ValueError(
            f"breaks={show(breaks)} has {outside[0]:g}, which is not between low={low:g} and "
            f"high={high:g}: leave it out, or move an end"
        )
    points = np.concatenate([[low], inner, [high]])
    close = np.flatnonzero(np.diff(points) < CLOSEST * (high - low))
    if len(close):
        raise ValueError(
            f"breaks={show(breaks)} has points too close to each other or to an end, at "
            f"{points[close[0]]:g} and {points[close[0] + 1]:g}: leave one out"
        )
    return points
