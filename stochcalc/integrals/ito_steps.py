"""What Ito's formula leaves over in one step, written for the time loop.

The state is (x, r): the path X and the sum of what was left over so far. `move(x, noise)` is the
next value of the path, and the args of a step are (T, scale), or (T, scale, parameters of the
diffusion). T is the grid's last time, so that the last step ends there exactly. The scale is the
size of the path's increments over sqrt(dt), 1 for a Brownian motion, by which the distances of the
difference quotients are measured.

Along an equation the state is (x, r, tau) with the time tau at which the path was stopped, NEVER
for none.
"""

from __future__ import annotations

import math

from stochcalc.engine.portable import portable
from stochcalc.integrals.path_calculus import SHARE_OF_STEP, curvature, slope
from stochcalc.typing import (
    Array,
    FunctionOfPath,
    FunctionOfValue,
    Noise,
    Number,
    Observer,
    Parameters,
    State,
    StepFunction,
)


@portable
def ignore_time(function: FunctionOfValue) -> FunctionOfPath:
    """Return a function of w as a function of t and w."""

    def of_path(t: float, w: float) -> float:
        return function(w)

    return of_path


@portable
def add_residual(move: StepFunction, *, squares: bool) -> StepFunction:
    """Return the step of the residual r with d[X] = dt, or dX^2: from (x, r) to its next.

    F(end, after) - F(t, x) - (F(end, x) - F(t, x)) - F_x dX - 1/2 F_xx d[X] is added to r.
    """

    def step(
        F: FunctionOfPath, t: float, x: State, dt: float, noise: Noise, args: Parameters
    ) -> State:
        here = x[0]
        after = move(here, noise)
        dX = after - here
        variation = dt
        if squares:
            variation = dX * dX
        return after, x[1] + _left_over(F, t, dt, args, here, after, variation)

    return step


@portable
def add_residual_of_equation(move: StepFunction) -> StepFunction:
    """Return the step of the residual with d[X] = b(t, X)^2 dt, b the diffusion of an equation.

    Of a path that was stopped, d[X] is 0 from the time of the stop on.
    """

    def step(
        F: FunctionOfPath,
        b: StepFunction,
        t: float,
        x: State,
        dt: float,
        noise: Noise,
        args: Parameters,
    ) -> State:
        here = x[0]
        after = move(here, noise)
        size = b(t, here, *args[2])
        moving = min(max(x[2] - t, 0.0), dt)  # how long the path moves in this step
        variation = size * size * moving
        return after, x[1] + _left_over(F, t, dt, args, here, after, variation), x[2]

    return step


def take_parameters(x: Array, args: Parameters) -> tuple[Array, Parameters]:
    """Return what the functions of a step get of its state and its args: the path, and theirs."""
    if len(args) == 2:
        return x[:1], ()
    return x[:1], args[2]


def _left_over(
    F: FunctionOfPath,
    t: float,
    dt: float,
    args: Parameters,
    here: Number,
    after: Number,
    variation: Number,
) -> Number:
    """Return what Ito's formula leaves over in one step from `here` to `after`."""
    h = SHARE_OF_STEP * args[1] * math.sqrt(dt)
    end = min(t + dt, args[0])
    moved = F(end, after) - F(end, here)
    first = slope(F, t, here, h) * (after - here)
    return moved - first - 0.5 * curvature(F, t, here, h) * variation


def add_ito_terms(
    f: FunctionOfValue,
    df: FunctionOfValue,
    t: float,
    x: State,
    dt: float,
    noise: Noise,
    args: Parameters,
) -> State:
    """Return (w, r) after a step of the sum r of f(W) dW + 1/2 f'(W) dt."""
    w = x[0]
    r = x[1]
    dW = noise[0]
    # dF = F'(W) dW + F''(W)/2 dt, with f = F' and df = F''
    return w + dW, r + f(w) * dW + 0.5 * df(w) * dt


@portable
def observe_residual(F: FunctionOfValue) -> Observer:
    """Return an observer of F(W) - F(0) - r on the state (w, r)."""

    def observe(t: float, x: State, args: Parameters) -> Number:
        w = x[0]
        r = x[1]
        return F(w) - F(0.0) - r

    return observe
