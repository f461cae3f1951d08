"""An interval, finite or not, as the image of the whole line: x = x(y) for every real y.

    both ends finite      x = low + (high - low)/(1 + e^-y)
    one end infinite      x = low + e^y,   x = high - e^-y
    both ends infinite    x = sinh y

A density that falls like a power, towards an infinite end or towards a wall, falls exponentially in
y: so a few hundred units of y hold all that floats can tell of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.words import show
from stochcalc.kolmogorov.panels import place_nodes
from stochcalc.typing import Array

REACH = 340.0  # of y towards an infinite end: there x is 1e147, and its square a float
CLOSEST = 1e8  # roundings of an end: closer to it, the functions of the equation would see them
ROUNDING = 8.0 * float(np.finfo(float).eps)  # of x, relative to it
SPREAD = (-8.3, -5.1, -3.7, -2.3, -1.37, -0.71, -0.29, 0.17, 0.61, 1.13, 2.1, 3.3, 4.9, 7.9)  # y
SMALLEST_DISTANCE = 700.0  # of y towards an end at 0: e^-700 is a float


@dataclass(frozen=True)
class Line:
    """The interval (low, high), one of whose points belongs to each real y.

    Attributes
    ----------
    low, high : float
        The ends, which may be infinite.
    """

    low: float
    high: float

    @property
    def _kind(self) -> tuple[bool, bool]:
        """Whether the lower end is finite, and whether the upper one is."""
        return math.isfinite(self.low), math.isfinite(self.high)

    @property
    def middle(self) -> float:
        """The point that belongs to y = 0."""
        return float(self.x(np.zeros(1))[0])

    @property
    def spread(self) -> Array:
        """Points on both sides of the middle, at distances without a pattern."""
        return np.asarray(self.x(np.array(SPREAD)))

    def limit(self, side: int) -> float:
        """Return the y of largest size that is looked at towards an end.

        Near an end at 0 floats tell points apart that are far closer than near another one.

        Parameters
        ----------
        side : int
            1 for the upper end, -1 for the lower.
        """
        end = self.high if side > 0 else self.low
        if not math.isfinite(end):
            return REACH
        if end == 0.0:
            return SMALLEST_DISTANCE
        span = 1.0
        if math.isfinite(self.low) and math.isfinite(self.high):
            span = self.high - self.low
        return math.log(span / (CLOSEST * np.spacing(abs(end))))

    def refuse_end(self, side: int) -> ValueError:
        """Return the error of a density that does not fall towards an end."""
        name = "high" if side > 0 else "low"
        end = self.high if side > 0 else self.low
        return ValueError(
            f"{name}={show(end)} leaves a density without a finite integral towards this end: no "
            f"law is stationary, or what there is of it was not found; give another {name}=, where "
            "paths are reflected, or finite low= and high= around the law, or a drift that brings "
            "paths back"
        )

    def x(self, y: Array) -> Array:
        """Return the points that belong to some y."""
        lower, upper = self._kind
        if lower and upper:
            below = self.low + (self.high - self.low) * _rise(y)
            above = self.high - (self.high - self.low) * _rise(-y)
            return np.where(y < 0.0, below, above)
        if lower:
            return np.asarray(self.low + np.exp(y))
        if upper:
            return np.asarray(self.high - np.exp(-y))
        return np.sinh(y)

    def log_slope(self, y: Array) -> Array:
        """Return log dx/dy."""
        lower, upper = self._kind
        if lower and upper:
            size = np.abs(y)
            return np.asarray(math.log(self.high - self.low) - size - 2.0 * np.log1p(np.exp(-size)))
        if lower:
            return np.asarray(y, dtype=np.float64)
        if upper:
            return np.asarray(-y)
        size = np.abs(y)
        return np.asarray(size + np.log1p(np.exp(-2.0 * size)) - math.log(2.0))

    def noise(self, edges: Array, values: Array) -> Array:
        """Return how much roundings of x change a function of it, at most on each panel.

        Parameters
        ----------
        edges : ndarray, shape (m + 1,)
            The edges of the panels, of y.
        values : ndarray, shape (m, 16)
            The values of the function at their nodes.
        """
        nodes = place_nodes(edges)
        slope = np.abs(np.diff(values, axis=1) / np.diff(nodes, axis=1)).max(axis=1)
        size = np.abs(values).max(axis=1)
        rounding = ROUNDING * np.abs(self.x(nodes)) * np.exp(-self.log_slope(nodes))
        return np.asarray(rounding.max(axis=1) * np.maximum(slope, size))

    def y(self, x: Array) -> Array:
        """Return the y of points in the interval; the ends have infinite ones."""
        lower, upper = self._kind
        with np.errstate(divide="ignore"):
            if lower and upper:
                return np.asarray(np.log(x - self.low) - np.log(self.high - x))
            if lower:
                return np.asarray(np.log(x - self.low))
            if upper:
                return np.asarray(-np.log(self.high - x))
        return np.arcsinh(x)


def _rise(y: Array) -> Array:
    """Return 1/(1 + e^-y), without an overflow."""
    small = np.exp(-np.abs(y))
    return np.where(y < 0.0, small / (1.0 + small), 1.0 / (1.0 + small))


def read_line(low: object, high: object) -> Line:
    """Return the interval between two ends, either of which may be infinite.

    Raises
    ------
    TypeError, ValueError
        For an end that is no number, and for ends that are not in order.
    """
    ends = [_read_end("low", low), _read_end("high", high)]
    check_order(*ends)
    return Line(*ends)


def _read_end(name: str, end: object) -> float:
    """Return an end as a float; it may be infinite."""
    if isinstance(end, float | np.floating) and np.isinf(end):
        return float(end)
    return checks.number(name, end)


def check_order(low: float, high: float) -> None:
    """Raise a ValueError for ends of an interval that are not in order, or too close."""
    if not low < high:
        raise ValueError(f"low={show(low)} must be below high={show(high)}: swap them, or move one")
    both = math.isfinite(low) and math.isfinite(high)
    if both and high - low < 1e-9 * max(abs(low), abs(high)):
        raise ValueError(
            f"low={show(low)} and high={show(high)} are too close for floats between them: move "
            "one, or shift the equation to 0"
        )
    if both and not math.isfinite(high - low):
        raise ValueError(f"high={show(high)} is too far from low={show(low)}: use other units")
    if low == math.inf or high == -math.inf:
        raise ValueError(f"low={show(low)} and high={show(high)} leave no room: move one of them")
