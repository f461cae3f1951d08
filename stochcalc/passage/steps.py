"""What looks at every step of a path: whether, when and where it first reaches a barrier.

`Exit` is the watch (see `engine.functions.watched`). Its marks are the time of the passage and the
side on which it was: 1 for a barrier above, -1 for one below, 0 before. Barriers are straight lines
between grid times, and a bridge less a straight line is a bridge again: so all that counts are the
distances from the barriers at both ends of a step; `crossings` draws from them.

The parameters of the watch are (levels, steps in a unit of time, T, side of the one barrier).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.portable import Portable
from stochcalc.engine.registers.choices import choose, replace_item
from stochcalc.passage.crossings import find_crossing_of_one, find_crossing_of_two
from stochcalc.passage.spread import build_place, build_spread
from stochcalc.typing import DiffusionFunction, Noise, Observer, Parameters, State


@dataclass(frozen=True, eq=False)
class Exit(Portable):
    """The watch of a passage through one barrier, or through one of two.

    Attributes
    ----------
    diffusion : callable
        The diffusion of the equation, which is frozen over a step.
    kind : str
        What it returns: see `build_spread`.
    component : int
        The component that reaches the barrier.
    two : bool
        Whether there are two barriers.
    bridges : bool
        Whether crossings inside the steps count; if not, it looks at the ends of steps only.
    first : int
        The number of the first of three normals in the noise, which decide whether the bridge
        crosses a barrier, and when.
    """

    diffusion: DiffusionFunction
    kind: str
    component: int
    two: bool
    bridges: bool
    first: int

    @property
    def marks(self) -> tuple[float, ...]:
        """The time and the side of the passage at the start."""
        return (NEVER, 0.0)

    @property
    def stops(self) -> bool:
        """Whether it may stop a path: yes."""
        return True

    @property
    def functions(self) -> tuple[tuple[Function, str], ...]:
        """The diffusion."""
        return ((self.diffusion, self.kind),)

    @property
    def noise(self) -> tuple[int, int]:
        """The rows of three normals."""
        if self.bridges:
            return (self.first, 3)
        return (0, 1)

    def build(self, dim: int) -> Callable[..., Any]:
        """Return the function that looks at a step, see `Watch`."""
        take = build_place(dim, self.component)
        if not self.bridges:
            return _build_grid_look(take, self.two)
        spread = build_spread(self.diffusion, self.kind, self.component)
        find = find_crossing_of_one
        if self.two:
            find = find_crossing_of_two
        return _build_bridge_look(take, spread, find, dim, self.component)

    def build_observer(self, dim: int, rows: bool) -> Observer:
        """Return what observes the state and the marks, or statistics of the marks alone."""
        if rows:
            return observe_all
        return build_statistics_observer(max(dim, 1))


def _build_bridge_look(
    take: Callable[..., Any],
    spread: Callable[..., Any],
    find: Callable[..., Any],
    dim: int,
    i: int,
) -> Callable[..., Any]:
    """Return the function that sees crossings inside a step."""

    def look(
        t: float, before: State, after: State, dt: float, marks: State, extra: Noise, args: Any
    ) -> tuple[State, State]:
        """Move a path on, and stop it at a barrier if its bridge crosses it."""
        levels, rate, T, side = args[1]
        k = int(t * rate + 0.5)
        y = take(after)
        squared, others = spread(t, before, args[0])
        low, high, share, where = find(
            take(before),
            y,
            squared * dt,
            (levels[k, 0], levels[k, 1]),
            (levels[k + 1, 0], levels[k + 1, 1]),
            side,
            extra,
        )
        moving = (marks[0] == NEVER) & (y - y == 0.0)  # the latter says that y is finite
        hit = moving & (low | high)
        at = settle(before, after, share, where, others)
        state = choose(marks[0] == NEVER, after, before)
        time = choose(hit, min(t + dt * share, T), marks[0])
        return choose(hit, at, state), (time, choose(hit, choose(high, 1.0, -1.0), marks[1]))

    def settle_number(
        before: State, after: State, share: float, where: float, others: State
    ) -> State:
        """Return the state at the passage."""
        return where

    def settle_items(
        before: State, after: State, share: float, where: float, others: State
    ) -> State:
        """Return the state at the passage: on the line between the ends, shifted to the barrier."""
        line = before + (after - before) * share
        return replace_item(line + others * (where - line[i]), i, where)

    settle = settle_items
    if dim == 0:
        settle = settle_number
    return look


def _build_grid_look(take: Callable[..., Any], two: bool) -> Callable[..., Any]:
    """Return the function that looks at the end of a step only."""

    def look(
        t: float, before: State, after: State, dt: float, marks: State, extra: Noise, args: Any
    ) -> tuple[State, State]:
        """Move a path on, and stop it if it ends at a barrier or beyond."""
        levels, rate, T, side = args[1]
        k = int(t * rate + 0.5) + 1
        y = take(after)
        if two:
            low = y <= levels[k, 0]
            high = y >= levels[k, 1]
        else:
            beyond = side * (levels[k, 0] - y) <= 0.0
            low = beyond & (side < 0.0)
            high = beyond & (side > 0.0)
        hit = (marks[0] == NEVER) & (low | high) & (y - y == 0.0)
        time = choose(hit, min(t + dt, T), marks[0])
        state = choose(marks[0] == NEVER, after, before)
        return state, (time, choose(hit, choose(high, 1.0, -1.0), marks[1]))

    return look


# ---- what is kept


def observe_all(t: float, x: State, args: Parameters) -> State:
    """Observe the state, the time and the side of the passage."""
    return x


def build_statistics_observer(d: int) -> Observer:
    """Return what observes whether tau <= T, min(tau, T), and whether the passage was below.

    All three are nan for a path that left the finite range.

    Parameters
    ----------
    d : int
        How many numbers a state has above the marks.
    """

    def observe(t: float, x: State, args: Parameters) -> State:
        lost = 0.0
        for item in x.items[:d]:
            lost += 0.0 * item  # 0 for a finite number, and nan for inf, -inf and nan
        hit = choose(x[d] < NEVER, 1.0, 0.0) + lost
        return hit, min(x[d], t) + lost, choose(x[d + 1] < 0.0, 1.0, 0.0) + lost

    return observe
