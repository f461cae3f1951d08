"""The steps of first passage: bridges inside the steps, or grid times alone."""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.random.drivers import Layout


def with_bridges(move: Any, spread: Any, first: int) -> Any:
    """A step that sees crossings inside it; the normals from number `first` on decide whether and
    when.
    """

    def step(t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
        own, (barrier, side, T) = args
        y, b = move(t, x[0], dt, noise, own), spread(t, x[0], *own[0])
        a, c, variance = side * (barrier - x[0]), side * (barrier - y), b * b * dt
        z, w, v = noise[first], noise[first + 1], noise[first + 2]
        excess = 0.5 * (z * z + w * w) * variance - 2.0 * a * max(c, 0.0)
        hit = (x[1] < 0.0) & (excess >= 0.0) & (y - y == 0.0)
        rest = late(abs(c), 0.5 * variance * v * v / a, math.exp(-excess / variance))
        return stopped(hit, x, y, barrier, min(t + dt * (a / (a + rest)), T))

    return step


def late(c: float, q: float, uniform: float) -> float:
    """a (h - u)/u, with u/(h - u) inverse Gaussian: one root of q = s^2 h z^2/(2 a), or the other
    (their product is c^2).
    """
    root = c + q + math.sqrt(q * (2.0 * c + q))
    return c * c / root if uniform * (c + root) < c else root


def at_grid_times(move: Any) -> Any:
    """A step that looks at its end only."""

    def step(t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
        own, (barrier, side, T) = args
        y = move(t, x[0], dt, noise, own)
        hit = (x[1] < 0.0) & (side * (barrier - y) <= 0.0) & (y - y == 0.0)
        return stopped(hit, x, y, barrier, min(t + dt, T))

    return step


def stopped(hit: bool, x: Any, y: float, barrier: float, now: float) -> Any:
    """The state after the step: at the barrier from the passage on."""
    return barrier if hit else (y if x[1] < 0.0 else x[0]), now if hit else x[1]


def passage_time(t: float, x: Any, args: Any) -> float:
    """Observe tau: inf before the passage, nan for a path that left the finite range."""
    return x[1] if x[1] >= 0.0 else math.inf + 0.0 * x[0]


def hit_and_time(t: float, x: Any, args: Any) -> Any:
    """Observe whether tau <= T, and min(tau, T)."""
    return (1.0 if x[1] >= 0.0 else 0.0 * x[0]), (x[1] if x[1] >= 0.0 else t + 0.0 * x[0])


def number(function: Any) -> Any:
    """A user's function that may return an int, as one that returns a float."""
    return lambda t, x, *args: 1.0 * function(t, x, *args)


# Written out by the number of arguments that remain, as in `engine.functions.assemble`: a function
# has no settled type in a tuple.
_BOUND: dict[int, Any] = {
    5: lambda f, g: lambda a, b, c, d, e: f(g, a, b, c, d, e),
    6: lambda f, g: lambda a, b, c, d, e, k: f(g, a, b, c, d, e, k),
    7: lambda f, g: lambda a, b, c, d, e, k, m: f(g, a, b, c, d, e, k, m),
    8: lambda f, g: lambda a, b, c, d, e, k, m, n: f(g, a, b, c, d, e, k, m, n),
    9: lambda f, g: lambda a, b, c, d, e, k, m, n, p: f(g, a, b, c, d, e, k, m, n, p),
}


def moving(step: Step, layout: Layout) -> Any:
    """The scheme's step with its functions and its rows of the noise in place."""
    others, bound = 3 + len(step.drivers) + 1 + step.reading, step.function
    for i, (function, _) in enumerate(step.functions):
        bound = _BOUND[others + len(step.functions) - 1 - i](bound, number(function))
    rows = {
        "dW": 0,
        "I10": layout.width,
        "rest": layout.first_rest,
    }  # of a single noise, whose area with itself is 0
    driven = picked(tuple(rows.get(name, -1) for name in step.drivers))
    if step.reading:
        return lambda t, x, dt, noise, args: bound(
            *((t, x, dt) + driven(noise) + (args[0], args[1]))
        )
    return lambda t, x, dt, noise, args: bound(*((t, x, dt) + driven(noise) + (args[0],)))


def picked(rows: tuple[int, ...]) -> Any:
    """noise -> tuple of these rows, 0 for a negative one."""
    first = rows[0]
    here = (lambda noise: (0.0,)) if first < 0 else (lambda noise: (noise[first],))
    rest = picked(rows[1:]) if len(rows) > 1 else None
    return here if rest is None else lambda noise: here(noise) + rest(noise)
