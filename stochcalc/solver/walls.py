r"""Reflecting walls: a path is pushed back at a wall, as far as it takes and no farther.

A path Y that is to stay above a wall l is pushed up by the least process L that grows only while
the path is at the wall,

    X = Y + L,   L(t) = max(0, max_{s <= t} (l - Y(s)))

the solution of Skorokhod's problem; L is the local time of X at the wall. In one step of length h
the path of a scheme is a bridge from x to y with the frozen volatility b(t_k, x). Its minimum m has
a closed law: with a standard exponential E,

    m = (x + y - sqrt((y - x)^2 + 2 b^2 h E))/2

so that a step moves the path to y + max(0, l - m), and the wall has pushed by the second term. This
is exact, for the state and the local time together, where freezing the coefficients is: for
Brownian motion with drift, and for every h. A wall above is the mirror image. Of two walls, the one
that is nearer at the start of the step has its bridge, and what is beyond the other one at the end
of the step is pushed back. This differs from the law only for a bridge that meets both walls, or
the farther one, in one step: steps should be short beside the square of the distance of the walls.

The minimum of grid times alone would miss the visits between them, by an error of order sqrt(h).

Source: A. V. Skorokhod, Theory Probab. Appl. 6 (1961) 264; D. Lepingle, Math. Comput. Simulation 38
(1995) 119.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.arrays import count_axes
from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.portable import Portable
from stochcalc.engine.random.philox import BRIDGE_EXTREMES
from stochcalc.engine.random.sources import Beside, Extra, Source
from stochcalc.engine.registers.choices import choose
from stochcalc.engine.words import shorten
from stochcalc.typing import Array, DiffusionFunction, Noise, Observer, Parameters, State


@dataclass(frozen=True, eq=False)
class Walls(Portable):
    """The watch of reflecting walls; its marks are how far the lower and the upper one have pushed.

    Attributes
    ----------
    diffusion : callable
        The diffusion of the equation, which is frozen over a step.
    levels : tuple of two floats
        The lower and the upper wall, the largest number where there is none.
    first : int
        The first of the two rows of normals that make the exponential of a step.
    """

    diffusion: DiffusionFunction
    levels: tuple[float, float]
    first: int

    @property
    def parameters(self) -> tuple[float, float]:
        """The walls, which are parameters of the compiled code."""
        return self.levels

    @property
    def marks(self) -> tuple[float, ...]:
        """How far the walls have pushed at the start."""
        return (0.0, 0.0)

    @property
    def stops(self) -> bool:
        """Whether it may stop a path: no."""
        return False

    @property
    def functions(self) -> tuple[tuple[Function, str], ...]:
        """The diffusion."""
        return ((self.diffusion, "scalar"),)

    @property
    def noise(self) -> tuple[int, int]:
        """The rows of two normals."""
        return (self.first, 2)

    def build(self, dim: int) -> Callable[..., Any]:
        """Return the function that looks at a step, see `Watch`."""
        diffusion = self.diffusion

        def look(
            t: float, before: State, after: State, dt: float, marks: State, extra: Noise, args: Any
        ) -> tuple[State, State]:
            low, high = args[1]
            b = 1.0 * diffusion(t, before, *args[0])
            exponential = 0.5 * (extra[0] * extra[0] + extra[1] * extra[1])
            move = after - before
            width = math.hypot(move, b * math.sqrt(2.0 * dt * exponential))
            near_low = before - low <= high - before
            up = choose(near_low, max(low - 0.5 * (before + after - width), 0.0), 0.0)
            down = choose(near_low, 0.0, max(0.5 * (before + after + width) - high, 0.0))
            # after + up and after - down, written so that large numbers do not cancel
            above_low = choose(up > 0.0, low + 0.5 * (width + move), after)
            pushed = choose(down > 0.0, high - 0.5 * (width - move), above_low)
            back_up = max(low - pushed, 0.0)
            back_down = max(pushed - high, 0.0)
            state = choose(back_up > 0.0, low, choose(back_down > 0.0, high, pushed))
            return state, (marks[0] + up + back_up, marks[1] + down + back_down)

        return look

    def build_observer(self, dim: int, rows: bool) -> Observer:
        """Return what observes the state with its marks, see `Watch`."""
        return observe_state_and_pushes

    def count(self, dim: int, rows: bool) -> int:
        """Return how many numbers are observed."""
        return 1 + len(self.marks)


def observe_state_and_pushes(t: float, x: State, args: Parameters) -> State:
    """Observe the state, and how far both walls have pushed it."""
    return x


def check_walls(reflect: object, start: Array, dim: int, arrays: bool) -> tuple[float, float]:
    """Return the lower and the upper wall, the largest number (NEVER) where there is none.

    Parameters
    ----------
    reflect : float or pair of floats
        A level below or above the start, or (low, high) around it.
    start : ndarray, shape (paths or 1, 1)
        The starts.
    dim : int
        Components of the state, which must be 0: a plain float.
    arrays : bool
        Whether the equation's functions take arrays of many paths.

    Raises
    ------
    TypeError, ValueError
        For walls that are no numbers, that are not in order, or that do not have every start
        between them; for systems and for functions of arrays.
    """
    if arrays:
        raise ValueError(
            "vectorized=True functions run in NumPy, and reflect= is compiled: write them for "
            "floats"
        )
    if dim:
        raise ValueError(
            f"reflect={shorten(reflect)} is for a scalar equation, and x0 has {dim} components: "
            "leave it out"
        )
    lowest = float(start.min())
    highest = float(start.max())
    if _is_pair(reflect):
        low, high = _read_pair(reflect)
    else:
        low, high = _choose_side(checks.number("reflect", reflect), lowest, highest)
    if not low < high:
        raise ValueError(f"reflect=({low:g}, {high:g}) must increase: give (low, high)")
    if lowest < low or highest > high:
        outside = lowest if lowest < low else highest
        raise ValueError(
            f"x0={outside:g} is not between the walls reflect=({low:g}, {high:g}): move one of them"
        )
    # a missing wall is a finite number too, as all parameters of compiled code are
    return max(low, -NEVER), min(high, NEVER)


def _is_pair(reflect: object) -> bool:
    """Tell whether walls were given as something with entries."""
    return isinstance(reflect, list | tuple | np.ndarray) and count_axes(reflect) > 0


def _read_pair(reflect: Any) -> tuple[float, float]:
    """Return the entries of a pair of walls as floats, infinite where there is none."""
    if len(reflect) != 2:
        raise ValueError(
            f"reflect={shorten(reflect)} has {len(reflect)} entries: give one level, or two, "
            "reflect=(low, high)"
        )
    low = -math.inf
    if not _is_missing(reflect[0], -math.inf):
        low = checks.number("reflect[0]", reflect[0])
    high = math.inf
    if not _is_missing(reflect[1], math.inf):
        high = checks.number("reflect[1]", reflect[1])
    if low == -math.inf and high == math.inf:
        raise ValueError(f"reflect={shorten(reflect)} has no wall: leave it out")
    return low, high


def _is_missing(level: object, far: float) -> bool:
    """Tell whether there is no wall: the level is None, or the infinity on its side."""
    return level is None or (isinstance(level, float | np.floating) and level == far)


def _choose_side(level: float, lowest: float, highest: float) -> tuple[float, float]:
    """Return one wall as a pair, by the side of it on which the paths start."""
    if lowest > level:
        return level, math.inf
    if highest < level:
        return -math.inf, level
    raise ValueError(
        f"reflect={level:g} has starts from {lowest:g} to {highest:g}, and does not say on which "
        f"side paths are to stay: give reflect=({level:g}, None) or (None, {level:g})"
    )


def warn_of_wide_steps(levels: tuple[float, float], b: float, h: float) -> None:
    """Warn if a step may take a path from one wall to the other, where its law is not exact.

    Parameters
    ----------
    levels : tuple of two floats
        The walls.
    b, h : float
        The diffusion at the start, and the longest step.
    """
    width = levels[1] - levels[0]
    spread = abs(b) * math.sqrt(h)
    if spread > 0.5 * width:
        checks.warn_user(
            f"reflect=({levels[0]:g}, {levels[1]:g}) with steps of standard deviation {spread:.3g}:"
            f" a path may meet both walls in one step, which is not drawn exactly; use steps "
            f"shorter than {(0.25 * width / b) ** 2:.3g}"
        )


def add_exponentials(source: Source, key: int) -> Source:
    """Return noise with two more rows of normals, of which each step makes an exponential."""
    for number in range(2):
        source = Beside(source, Extra(key, BRIDGE_EXTREMES, number))
    return source
