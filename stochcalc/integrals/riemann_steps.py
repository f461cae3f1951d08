"""The arithmetic of Riemann sums: one step, written for the time loop.

The public functions are in `riemann_sums`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.fills import TREE_LEVELS, TREE_SIZE, midpoint
from stochcalc.engine.random.sources import Beside, Nodes, Source
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths

# ---- the integrand's value in one step; each takes (f, t, w, dt, noise, args), noise = (dW, ...)


def at_left(f: Any, t: float, w: float, dt: float, noise: Any, args: Any) -> float:
    """f(t_k, W(t_k)): Ito's choice."""
    return f(t, w)


def at_right(f: Any, t: float, w: float, dt: float, noise: Any, args: Any) -> float:
    """f(t_{k+1}, W(t_{k+1}))."""
    return f(min(t + dt, args[1]), w + noise[0])


def blend(f: Any, t: float, w: float, dt: float, noise: Any, args: Any) -> float:
    """(1 - lambda) f_k + lambda f_{k+1}: the value is interpolated, not the time."""
    lam, T = args
    return (1.0 - lam) * f(t, w) + lam * f(min(t + dt, T), w + noise[0])


def at_time(first: int) -> Any:
    """f(tau_k, W(tau_k)): down the tree of bridge nodes to lambda, then along the straight line
    (see `interior`).

    The nodes' normals are the entries of the noise from `first` on.
    """

    def value(f: Any, t: float, w: float, dt: float, noise: Any, args: Any) -> float:
        lam, rest, rightwards = args
        left, right, width = w, w + noise[0], dt
        for level in range(len(rightwards)):
            middle = midpoint(left, right, width, noise[first + level])
            left, right = (
                (middle if rightwards[level] > 0.0 else left),
                (right if rightwards[level] > 0.0 else middle),
            )
            width *= 0.5
        return f(t + lam * dt, left + rest * (right - left))

    return value


def own(value: Any) -> Any:
    """One step of sum value dW: state (W, sum)."""

    def step(f: Any, t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
        return x[0] + noise[0], x[1] + value(f, t, x[0], dt, noise, args) * noise[0]

    return step


def against_other(value: Any) -> Any:
    """One step of sum value dV: state (W, sum), noise (dW, dV, ...)."""

    def step(f: Any, t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
        return x[0] + noise[0], x[1] + value(f, t, x[0], dt, noise, args) * noise[1]

    return step


def with_trapezoid(step: Any) -> Any:
    """One step of a sum and of int df(W) dt beside it: state (W, sum, integral)."""

    def both(f: Any, df: Any, t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
        after, sum_ = step(f, t, x, dt, noise, args)
        return after, sum_, x[2] + 0.5 * dt * (df(x[0]) + df(after))

    return both


def total(t: float, x: Any, args: Any) -> float:
    """Observe the sum."""
    return x[1]


def function_of_sum(observe: Callable[[float, float, float], float]) -> Any:
    """Return what observes a function of (t, W_t, sum)."""

    def seen(t: float, x: Any, args: Any) -> float:
        return observe(t, x[0], x[1])

    return seen


@dataclass(frozen=True, eq=False)
class RiemannSum:
    """A Riemann sum as a job for the time loop: state (W, R), any observation of it.

    `observe(t, x, args)` sees x = (W_t, R_t) and args, whose first entry is lambda; with `df`, a
    function of w, also the trapezoid sum of df(W) dt as x[2].
    """

    f: Callable[[float, float], float]
    W: BrownianPaths
    lam: float
    at: str
    against: BrownianPaths | None = None
    df: Callable[[float], float] | None = None

    def job(self, observe: Any, kept: int, keep: NDArray[np.int64], *, save_rows: bool) -> March:
        """Return the march that makes the sum and observes `kept` numbers after steps `keep`."""
        value, args, nodes = self._reading()
        noise: Source = self.W.noise()
        if self.against is None:
            step = own(value)
        else:
            noise = Beside(noise, self.against.noise())
            step = against_other(value)
        if nodes:
            noise = Beside(noise, Nodes(self.W.key, self.W.partition.n, tuple(nodes)))
        dim = 2
        functions: tuple[Any, ...] = ((self.f, "function of t and w"),)
        if self.df is not None:
            dim = 3
            step = with_trapezoid(step)
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

    def _reading(self) -> tuple[Any, tuple[Any, ...], list[int]]:
        """Return the value of the integrand, its args, and the bridge nodes needed in each step."""
        lam = self.lam
        # t + dt may miss T by a rounding, and f may end there.
        T = float(self.W.t[-1])
        if lam in (0.0, 1.0):
            return (at_right if lam else at_left), (lam, T), []
        if self.at == "value":
            return blend, (lam, T), []
        if self.W.parent is not None:
            raise ValueError(
                f"at='time' with lam={lam:g} needs drawn paths, and W was refined or coarsened: "
                "use at='value', or draw W on this grid"
            )
        inside = int(lam * TREE_SIZE)
        rest = lam * TREE_SIZE - inside
        depth = TREE_LEVELS if rest else TREE_LEVELS - (inside & -inside).bit_length() + 1
        turns = [inside >> (TREE_LEVELS - 1 - level) & 1 for level in range(depth)]
        nodes = [(1 << level) + (inside >> (TREE_LEVELS - level)) for level in range(depth)]
        first = 1 if self.against is None else 2
        return at_time(first), (lam, rest, tuple(map(float, turns))), nodes
