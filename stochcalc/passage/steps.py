"""The steps of first passage: bridges inside the steps, or grid times alone."""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.bind import bind
from stochcalc.engine.random.drivers import Layout


def with_bridges(move: Any, spread: Any, first: int) -> Any:
    """Return a step that sees crossings inside it.

    The normals from number `first` on decide whether there is one, and when.
    """

    def step(t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
        own, (barrier, side, T) = args
        y = move(t, x[0], dt, noise, own)
        b = spread(t, x[0], *own[0])
        a = side * (barrier - x[0])
        c = side * (barrier - y)
        variance = b * b * dt
        z, w, v = noise[first], noise[first + 1], noise[first + 2]
        excess = 0.5 * (z * z + w * w) * variance - 2.0 * a * max(c, 0.0)
        hit = (x[1] < 0.0) & (excess >= 0.0) & (y - y == 0.0)
        rest = late(abs(c), 0.5 * variance * v * v / a, math.exp(-excess / variance))
        return stopped(hit, x, y, barrier, min(t + dt * (a / (a + rest)), T))

    return step


def late(c: float, q: float, uniform: float) -> float:
    """Return a (h - u)/u, where u/(h - u) is inverse Gaussian and q = s^2 h z^2/(2 a).

    It is one of the two roots of a quadratic equation, whose product is c^2.
    """
    root = c + q + math.sqrt(q * (2.0 * c + q))
    return c * c / root if uniform * (c + root) < c else root


def at_grid_times(move: Any) -> Any:
    """Return a step that looks at its end only."""

    def step(t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
        own, (barrier, side, T) = args
        y = move(t, x[0], dt, noise, own)
        hit = (x[1] < 0.0) & (side * (barrier - y) <= 0.0) & (y - y == 0.0)
        return stopped(hit, x, y, barrier, min(t + dt, T))

    return step


def stopped(hit: bool, x: Any, y: float, barrier: float, now: float) -> Any:
    """The state after the step: at the barrier from the passage on."""
    here = y if x[1] < 0.0 else x[0]
    return barrier if hit else here, now if hit else x[1]


def passage_time(t: float, x: Any, args: Any) -> float:
    """Observe tau: inf before the passage, nan for a path that left the finite range."""
    return x[1] if x[1] >= 0.0 else math.inf + 0.0 * x[0]


def hit_and_time(t: float, x: Any, args: Any) -> Any:
    """Observe whether tau <= T, and min(tau, T)."""
    return (1.0 if x[1] >= 0.0 else 0.0 * x[0]), (x[1] if x[1] >= 0.0 else t + 0.0 * x[0])


def number(function: Any) -> Any:
    """Return a user's function that may return an int as one that returns a float."""
    return lambda t, x, *args: 1.0 * function(t, x, *args)


def moving(step: Step, layout: Layout) -> Any:
    """Return move(t, x, dt, noise, (args, lam)): a scheme's step with its functions in place.

    Its noise is that of one component, whose Levy area with itself is 0.
    """
    others = 3 + len(step.drivers) + 1 + step.reading  # t, x, dt, the drivers, args, lambda
    inner = bind(step.function, [number(function) for function, _ in step.functions], others)
    rows = {"dW": 0, "I10": layout.width, "rest": layout.first_rest}
    drive = _tuple_of([_row(rows.get(name, -1)) for name in step.drivers])
    if step.reading:
        return lambda t, x, dt, noise, args: inner(
            *((t, x, dt) + drive(noise, 0) + (args[0], args[1]))
        )
    return lambda t, x, dt, noise, args: inner(*((t, x, dt) + drive(noise, 0) + (args[0],)))


def _row(row: int) -> Any:
    """Return (noise, lane) -> the entry of the noise of one lane, or 0 for a negative row."""
    if row < 0:
        return lambda noise, lane: 0.0
    return lambda noise, lane: noise[row]


def _tuple_of(picks: list[Any]) -> Any:
    """Return (noise, lane) -> tuple of what the picks take from the noise."""
    take = picks[0]
    if len(picks) == 1:
        return leaf(lambda noise, lane: (take(noise, lane),))
    rest = _tuple_of(picks[1:])
    return leaf(lambda noise, lane: (take(noise, lane),) + rest(noise, lane))
