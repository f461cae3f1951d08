r"""The arithmetic of Riemann sums: one step, written for the time loop.

The state is x = (w, r): the path and the sum so far. A step takes the noise, whose first number is
dW, and returns (w + dW, r + value dY), where `value` is f at the evaluation point and dY the
increment of the integrator, often dW itself. There are several ways to find the value, the
functions `value_...` below. A path that lies in an array brings its next value in the place of dW.
`riemann_jobs` puts the steps on paths, and the public functions are in `riemann_sums`.
"""

from __future__ import annotations

from stochcalc.engine.portable import portable
from stochcalc.engine.random.fills import TREE_LEVELS, TREE_SIZE, midpoint
from stochcalc.typing import (
    FunctionOfPath,
    FunctionOfSum,
    FunctionOfValue,
    Noise,
    Number,
    Observer,
    Parameters,
    State,
    StepFunction,
)

# ---- the integrand's value in one step; each takes (f, t, w, after, dt, noise, args), where w and
# ---- `after` are the path before and after the step


def value_at_left(
    f: FunctionOfPath,
    t: float,
    w: Number,
    after: Number,
    dt: float,
    noise: Noise,
    args: Parameters,
) -> Number:
    """Return f(t_k, W(t_k)), which is Ito's choice."""
    return f(t, w)


def value_at_right(
    f: FunctionOfPath,
    t: float,
    w: Number,
    after: Number,
    dt: float,
    noise: Noise,
    args: Parameters,
) -> Number:
    """Return f(t_(k+1), W(t_(k+1))), the choice of the backward integral; args = (lambda, T)."""
    return f(min(t + dt, args[1]), after)


def value_between(
    f: FunctionOfPath,
    t: float,
    w: Number,
    after: Number,
    dt: float,
    noise: Noise,
    args: Parameters,
) -> Number:
    """Return (1 - lambda) f_k + lambda f_(k+1): the value is interpolated, not the time."""
    lam = args[0]
    T = args[1]
    return (1.0 - lam) * f(t, w) + lam * f(min(t + dt, T), after)


@portable
def value_inside(row: int) -> StepFunction:
    """Return the function that finds f(tau_k, W(tau_k)), where W(tau_k) is in a row of the noise.

    Parameters
    ----------
    row : int
        The row of the noise.
    """

    def value(
        f: FunctionOfPath,
        t: float,
        w: Number,
        after: Number,
        dt: float,
        noise: Noise,
        args: Parameters,
    ) -> Number:
        return f(t + args[0] * dt, noise[row])

    return value


@portable
def value_at_time(first: int) -> StepFunction:
    """Return the function that finds f(tau_k, W(tau_k)) at tau_k = t_k + lambda dt.

    W(tau_k) is found by the halvings of Levy's construction. Each halving puts the bridge's normal
    in the middle of the interval that is left, and goes on with the half in which tau_k lies: the
    right one where the binary digit of lambda is 1. After the last halving the path is a straight
    line over what is left of lambda.

    Parameters
    ----------
    first : int
        Where the normals of the halvings begin in the noise.

    Notes
    -----
    The args of the function are lambda, what is left of lambda after the halvings, and the binary
    digits of lambda; `find_way` makes them.
    """

    def value(
        f: FunctionOfPath,
        t: float,
        w: Number,
        after: Number,
        dt: float,
        noise: Noise,
        args: Parameters,
    ) -> Number:
        lam = args[0]
        rest = args[1]
        rightwards = args[2]
        left = w
        right = after
        width = dt
        for level in range(len(rightwards)):
            # (left + right)/2 + sqrt(width)/2 z
            middle = midpoint(left, right, width, noise[first + level])
            if rightwards[level] > 0.0:
                left = middle
            else:
                right = middle
            width *= 0.5
        return f(t + lam * dt, left + rest * (right - left))

    return value


# ---- the path's next value


def add_increment(w: Number, noise: Noise) -> Number:
    """Return w + dW, for a path that is driven by its increments."""
    dW = noise[0]
    return w + dW


def read_value(w: Number, noise: Noise) -> Number:
    """Return the path's next value, for a path that lies in an array."""
    return noise[0]


def value_of_path(t: float, x: Number) -> Number:
    """Return x: the integrand of a sum whose integrand is a path itself."""
    return x


# ---- one step of a sum


@portable
def make_sum(value: StepFunction, move: StepFunction, row: int) -> StepFunction:
    """Return the step of sum value dY: from (w, r) to (the next w, r + value dY).

    Parameters
    ----------
    value : callable
        One of the functions `value_...`.
    move : callable
        `add_increment` or `read_value`.
    row : int
        The row of the noise that holds dY, the increment of the integrator.
    """

    def step(
        f: FunctionOfPath, t: float, x: State, dt: float, noise: Noise, args: Parameters
    ) -> State:
        w = x[0]
        r = x[1]
        dY = noise[row]
        after = move(w, noise)
        return after, r + value(f, t, w, after, dt, noise, args) * dY

    return step


@portable
def add_trapezoid(step: StepFunction) -> StepFunction:
    """Return the step of a sum with int df(W) dt beside it: the state is (w, r, integral)."""

    def both(
        f: FunctionOfPath,
        df: FunctionOfValue,
        t: float,
        x: State,
        dt: float,
        noise: Noise,
        args: Parameters,
    ) -> State:
        w = x[0]
        integral = x[2]
        after, r = step(f, t, x, dt, noise, args)
        return after, r, integral + 0.5 * dt * (df(w) + df(after))

    return both


# ---- what is observed


def observe_sum(t: float, x: State, args: Parameters) -> Number:
    """Return the sum r of the state (w, r)."""
    return x[1]


@portable
def observe_function(function: FunctionOfSum) -> Observer:
    """Return an observer of function(t, w, r) on the state (w, r)."""

    def observe(t: float, x: State, args: Parameters) -> Number:
        return function(t, x[0], x[1])

    return observe


# ---- the way to a point inside a step


def find_way(lam: float) -> tuple[float, tuple[float, ...], tuple[int, ...]]:
    """Return the way down the tree of halvings to the point lambda of a step.

    Returns
    -------
    rest : float
        What is left of lambda after the last level, as a share of its interval.
    turns : tuple of float
        For each level 1.0 to go on with the right half, 0.0 with the left one: the binary digits of
        lambda. They end with the middle that is lambda itself, if there is one.
    nodes : tuple of int
        The number of each middle in the tree: node 1 is the middle of the step, nodes 2 and 3 are
        its quarters, and so on.
    """
    inside = int(lam * TREE_SIZE)
    rest = lam * TREE_SIZE - inside
    depth = TREE_LEVELS
    if rest == 0.0:
        # The last digit 1 of lambda is its last turn.
        depth -= (inside & -inside).bit_length() - 1
    turns = []
    nodes = []
    for level in range(depth):
        turns.append(float(inside >> (TREE_LEVELS - 1 - level) & 1))
        nodes.append((1 << level) + (inside >> (TREE_LEVELS - level)))
    return rest, tuple(turns), tuple(nodes)
