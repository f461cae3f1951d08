r"""The arithmetic of Riemann sums: one step, written for the time loop.

The state is x = (w, r): the path and the sum so far. A step takes the noise, whose first number is
dW, and returns (w + dW, r + value dW), where `value` is f at the evaluation point. There are four
ways to find it, the functions `value_...` below. The public functions are in `riemann_sums`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.fills import TREE_LEVELS, TREE_SIZE, midpoint
from stochcalc.engine.random.sources import Beside, Nodes, Source
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import (
    FunctionOfPath,
    FunctionOfSum,
    FunctionOfValue,
    Integers,
    Noise,
    Number,
    Observer,
    Parameters,
    State,
    StepFunction,
)

# ---- the integrand's value in one step; each takes (f, t, w, dt, noise, args), noise = (dW, ...)


def value_at_left(
    f: FunctionOfPath, t: float, w: Number, dt: float, noise: Noise, args: Parameters
) -> Number:
    """Return f(t_k, W(t_k)), which is Ito's choice."""
    return f(t, w)


def value_at_right(
    f: FunctionOfPath, t: float, w: Number, dt: float, noise: Noise, args: Parameters
) -> Number:
    """Return f(t_(k+1), W(t_(k+1))), the choice of the backward integral; args = (lambda, T)."""
    dW = noise[0]
    return f(min(t + dt, args[1]), w + dW)


def value_between(
    f: FunctionOfPath, t: float, w: Number, dt: float, noise: Noise, args: Parameters
) -> Number:
    """Return (1 - lambda) f_k + lambda f_(k+1): the value is interpolated, not the time."""
    lam, T = args
    dW = noise[0]
    return (1.0 - lam) * f(t, w) + lam * f(min(t + dt, T), w + dW)


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
        f: FunctionOfPath, t: float, w: Number, dt: float, noise: Noise, args: Parameters
    ) -> Number:
        lam, rest, rightwards = args
        dW = noise[0]
        left = w
        right = w + dW
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


# ---- one step of a sum


def sum_against_itself(value: StepFunction) -> StepFunction:
    """Return the step of sum value dW: from (w, r) to (w + dW, r + value dW)."""

    def step(
        f: FunctionOfPath, t: float, x: State, dt: float, noise: Noise, args: Parameters
    ) -> State:
        w = x[0]
        r = x[1]
        dW = noise[0]
        return w + dW, r + value(f, t, w, dt, noise, args) * dW

    return step


def sum_against_other(value: StepFunction) -> StepFunction:
    """Return the step of sum value dV against another motion V, with noise = (dW, dV, ...)."""

    def step(
        f: FunctionOfPath, t: float, x: State, dt: float, noise: Noise, args: Parameters
    ) -> State:
        w = x[0]
        r = x[1]
        dW = noise[0]
        dV = noise[1]
        return w + dW, r + value(f, t, w, dt, noise, args) * dV

    return step


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


def observe_function(function: FunctionOfSum) -> Observer:
    """Return an observer of function(t, w, r) on the state (w, r)."""

    def observe(t: float, x: State, args: Parameters) -> Number:
        return function(t, x[0], x[1])

    return observe


# ---- the sum as a job


@dataclass(frozen=True, eq=False)
class RiemannSum:
    """A Riemann sum as a job for the time loop, with any observer of its state.

    Attributes
    ----------
    f : callable f(t, w)
        The integrand.
    W : BrownianPaths
        The path in the integrand.
    lam : float
        The evaluation point.
    at : {"time", "value"}
        Whether f is taken at the time between, or its value is interpolated.
    against : BrownianPaths, optional
        The integrator; W itself by default.
    df : callable df(w), optional
        A function whose integral over time is made as well, by the trapezoid rule.
    """

    f: FunctionOfPath
    W: BrownianPaths
    lam: float
    at: str
    against: BrownianPaths | None = None
    df: FunctionOfValue | None = None

    def job(self, observe: Observer, kept: int, keep: Integers, *, save_rows: bool) -> March:
        """Return the march that makes the sum and observes it.

        Parameters
        ----------
        observe : callable observe(t, x, args)
            It gets x = (w, r), or (w, r, integral of df) if there is a `df`, and args, whose first
            entry is lambda.
        kept : int
            How many numbers it returns.
        keep : ndarray of int
            Numbers of the steps after which to observe.
        save_rows : bool
            Whether to store what is observed; otherwise its statistics are kept.
        """
        value, args, nodes = self._choose_value()
        noise: Source = self.W.noise()
        if self.against is None:
            step = sum_against_itself(value)
        else:
            noise = Beside(noise, self.against.noise())
            step = sum_against_other(value)
        if nodes:
            key = self.W.find_key("a point inside a step (at='time')")
            noise = Beside(noise, Nodes(key, self.W.partition.n, nodes))
        dim = 2
        functions: tuple[Any, ...] = ((self.f, "function of t and w"),)
        if self.df is not None:
            dim = 3
            step = add_trapezoid(step)
            functions = (*functions, (self.df, "function of w"))
        return march_along(
            self.W,
            Step(step, functions),
            dim=dim,
            kept=kept,
            keep=keep,
            args=args,
            observe=observe,
            save_rows=save_rows,
            noise=noise,
        )

    def _choose_value(self) -> tuple[StepFunction, Parameters, tuple[int, ...]]:
        """Return how f is evaluated, the parameters of that, and the bridge nodes of each step."""
        lam = self.lam
        # t + dt may miss T by a rounding, and f may end there.
        T = float(self.W.t[-1])
        if lam == 0.0:
            return value_at_left, (lam, T), ()
        if lam == 1.0:
            return value_at_right, (lam, T), ()
        if self.at == "value":
            return value_between, (lam, T), ()
        if not self.W.is_drawn:
            raise ValueError(
                f"at='time' with lam={lam:g} needs drawn paths, and W {self.W.origin}: "
                "use at='value', or draw W on this grid"
            )
        rest, turns, nodes = find_way(lam)
        first = 1 if self.against is None else 2
        return value_at_time(first), (lam, rest, turns), nodes


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
