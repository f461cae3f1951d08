"""The steps of first passage: with bridges inside the steps, or on grid times alone.

The state of a path is (x, tau): its place, and the time of its passage, which is -1 before it.
After the passage the path stays at the barrier. The arguments of both steps are (own, (barrier,
side, T)), with `own` those of the scheme, and side = 1 for a barrier above the start, -1 for one
below, so that side (barrier - x) is the distance that is left.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.functions.assemble import Step, compile_coefficient
from stochcalc.engine.functions.bind import bind
from stochcalc.engine.random.layout import Layout
from stochcalc.typing import Array, Noise, Number, Parameters, State, StepFunction


def make_bridge_step(
    move: StepFunction, volatility: Callable[..., Any], first: int
) -> StepFunction:
    """Return a step that sees crossings inside it.

    Parameters
    ----------
    move : callable
        move(t, x, dt, noise, own): the scheme's step.
    volatility : callable
        The diffusion of the equation, which is frozen over the step.
    first : int
        The number of the first of three normals in the noise, which decide whether the bridge
        crosses the barrier, and when.
    """

    def step(t: float, x: State, dt: float, noise: Noise, args: Parameters) -> State:
        """Move a path on, and stop it at the barrier if its bridge crosses it."""
        own, (barrier, side, T) = args
        y = move(t, x[0], dt, noise, own)
        b = volatility(t, x[0], *own[0])
        a = side * (barrier - x[0])  # the distances at both ends
        c = side * (barrier - y)
        variance = b * b * dt
        z = noise[first]
        w = noise[first + 1]
        v = noise[first + 2]
        # (z^2 + w^2)/2 is a standard exponential E. The bridge crosses if E > 2 a c/(b^2 dt), and
        # what is left of E is a standard exponential again, so that exp(-excess/variance) is
        # uniform.
        excess = 0.5 * (z * z + w * w) * variance - 2.0 * a * max(c, 0.0)
        # the last condition says that y is finite
        hit = (x[1] < 0.0) & (excess >= 0.0) & (y - y == 0.0)
        late = draw_lateness(abs(c), 0.5 * variance * v * v / a, math.exp(-excess / variance))
        return stop_at_barrier(hit, x, y, barrier, min(t + dt * (a / (a + late)), T))

    return step


def draw_lateness(c: float, q: float, uniform: float) -> float:
    """Return a (h - u)/u for a crossing at the time u of a step of length h.

    The ratio u/(h - u) is inverse Gaussian with mean a/c and shape a^2/(s^2 h). The lateness is one
    of the two roots of a quadratic equation whose product is c^2, and the uniform number chooses.

    Parameters
    ----------
    c : float
        The distance from the barrier at the end of the step.
    q : float
        s^2 h v^2/(2 a), with the distance a at the start and a standard normal v.
    uniform : float
        A number that is uniform on (0, 1).
    """
    root = c + q + math.sqrt(q * (2.0 * c + q))
    return c * c / root if uniform * (c + root) < c else root  # a select keeps the lanes packed


def make_grid_step(move: StepFunction) -> StepFunction:
    """Return a step that looks at its end only."""

    def step(t: float, x: State, dt: float, noise: Noise, args: Parameters) -> State:
        """Move a path on, and stop it at the barrier if it ends there or beyond."""
        own, (barrier, side, T) = args
        y = move(t, x[0], dt, noise, own)
        hit = (x[1] < 0.0) & (side * (barrier - y) <= 0.0) & (y - y == 0.0)
        return stop_at_barrier(hit, x, y, barrier, min(t + dt, T))

    return step


def stop_at_barrier(hit: bool, x: State, y: float, barrier: float, now: float) -> State:
    """Return the state after a step: at the barrier from the passage on.

    Parameters
    ----------
    hit : bool
        Whether the path first reaches the barrier in this step.
    x : tuple of two floats
        The state before the step.
    y, barrier, now : float
        Where the scheme's step ends, the barrier, and the time of the passage if it is now.
    """
    # Selects keep the lanes packed.
    place = y if x[1] < 0.0 else x[0]
    place = barrier if hit else place
    time = now if hit else x[1]
    return place, time


def take_path(x: Array, args: Parameters) -> tuple[Array, Parameters]:
    """Return what the functions of the equation get of the state and the arguments of a step."""
    (own, _), _ = args
    return x[:1], own


def observe_time(t: float, x: State, args: Parameters) -> Number:
    """Return tau: inf before the passage, nan for a path that left the finite range."""
    return x[1] if x[1] >= 0.0 else math.inf + zero_or_nan(x[0])


def observe_hit_and_time(t: float, x: State, args: Parameters) -> tuple[Number, Number]:
    """Return (1 if tau <= T, else 0; min(tau, T)), or nan for a path that left the finite range."""
    hit = 1.0 if x[1] >= 0.0 else zero_or_nan(x[0])
    time = x[1] if x[1] >= 0.0 else t + zero_or_nan(x[0])
    return hit, time


def zero_or_nan(x: Number) -> Number:
    """Return 0 for a finite number, and nan for inf, -inf and nan, without a branch."""
    return 0.0 * x


def bind_scheme(step: Step, layout: Layout) -> StepFunction:
    """Return move(t, x, dt, noise, (args, lam)): a scheme's step with its functions in place.

    Its noise is that of one component, whose Levy area with itself is 0.

    Parameters
    ----------
    step : Step
        The scheme's step, its functions and the names of its drivers.
    layout : Layout
        The rows in which the drivers lie.
    """
    others = 3 + len(step.drivers) + 1  # t, x, dt, the drivers, args
    if step.reading:
        others += 1  # lambda
    functions = [compile_coefficient(function, kind) for function, kind in step.functions]
    inner: StepFunction = bind(step.function, functions, others)
    rows = {"dW": 0, "I10": layout.width, "rest": layout.first_rest}
    drive = _read_all([_read_row(rows.get(name, -1)) for name in step.drivers])
    if step.reading:
        return lambda t, x, dt, noise, args: inner(
            *((t, x, dt) + drive(noise, 0) + (args[0], args[1]))
        )
    return lambda t, x, dt, noise, args: inner(*((t, x, dt) + drive(noise, 0) + (args[0],)))


def _read_row(row: int) -> Callable[..., Any]:
    """Return (noise, lane) -> the entry of the noise of one lane, or 0 for a negative row."""
    if row < 0:
        return lambda noise, lane: 0.0
    return lambda noise, lane: noise[row]


def _read_all(readers: list[Callable[..., Any]]) -> Callable[..., Any]:
    """Return (noise, lane) -> the tuple of what all readers return."""
    read = readers[0]
    together: Callable[..., Any]
    if len(readers) == 1:
        together = leaf(lambda noise, lane: (read(noise, lane),))
    else:
        rest = _read_all(readers[1:])
        together = leaf(lambda noise, lane: (read(noise, lane),) + rest(noise, lane))
    return together
