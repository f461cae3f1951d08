"""A density of y with its integral, also beyond the panels, where it falls exponentially."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stochcalc.kolmogorov.line import Line
from stochcalc.kolmogorov.panels import Piecewise, place_nodes
from stochcalc.typing import Array

SLOWEST = 0.01  # the least rate at which a density has to fall in y


@dataclass(frozen=True, eq=False)
class Law:
    """A density of y, with its integral.

    Attributes
    ----------
    log_density : Piecewise
        The logarithm of the density.
    cdf : Piecewise
        The probability to be below y.
    """

    log_density: Piecewise
    cdf: Piecewise

    @property
    def edges(self) -> Array:
        """The edges of the panels."""
        return self.cdf.edges

    @cached_property
    def slopes(self) -> dict[int, float]:
        """The slopes outwards of the logarithm beyond the first edge, -1, and the last one, 1."""
        return {side: end_of(self.log_density, side)[1] for side in (-1, 1)}

    def log_density_at(self, y: Array) -> Array:
        """Return the logarithm of the density of y, which is a line beyond the panels."""
        found = self.log_density(np.clip(y, self.edges[0], self.edges[-1]))
        for side, beyond in ((-1, self.edges[0] - y), (1, y - self.edges[-1])):
            found = found + self.slopes[side] * np.maximum(beyond, 0.0)
        return np.asarray(found)

    def probability_below(self, y: Array) -> Array:
        """Return the probability to be below the points of some y."""
        first = self.edges[0]
        last = self.edges[-1]
        found = self.cdf(np.clip(y, first, last))
        found = found * np.exp(self.slopes[-1] * np.maximum(first - y, 0.0))
        above = (1.0 - found) * np.exp(self.slopes[1] * np.maximum(y - last, 0.0))
        return np.asarray(np.clip(np.where(y > last, 1.0 - above, found), 0.0, 1.0))


def normalise(line: Line, edges: Array, heights: Array) -> Law:
    """Return the law whose logarithm of the density is known up to a constant at the nodes."""
    top = float(heights.max())
    logs = Piecewise.fit(edges, heights - top)
    density = Piecewise.fit(edges, np.exp(heights - top))
    inside = density.totals()
    below = _integrate_end(logs, -1, line)
    above = _integrate_end(logs, 1, line)
    total = below + float(inside.sum()) + above
    starts = np.concatenate([[0.0], np.cumsum(inside[:-1])])
    cdf = density.integrate(below + starts)
    logs.coefficients[:, 0] -= np.log(total)
    return Law(log_density=logs, cdf=Piecewise(edges, cdf.coefficients / total))


def _integrate_end(logs: Piecewise, side: int, line: Line) -> float:
    """Return the integral of the density beyond the last panel, where it falls exponentially.

    Raises
    ------
    ValueError
        If it does not fall.
    """
    height, slope = end_of(logs, side)
    if slope > -SLOWEST:
        raise line.refuse_end(side)
    return float(np.exp(height)) / -slope


def end_of(logs: Piecewise, side: int) -> tuple[float, float]:
    """Return the value of a function at its first or last edge, and its slope outwards there.

    The slope is that over the last unit of y, so that roundings of the user's functions close to
    an end of the interval do not matter; or, if there is a peak in it, from the peak on.
    """
    edges = logs.edges
    edge = edges[-1 if side > 0 else 0]
    distances = np.abs(edges - edge)
    last = np.flatnonzero((distances[:-1] < 1.0) | (distances[1:] < 1.0))
    nodes = place_nodes(edges[last[0] : last[-1] + 2]).ravel()
    nodes = nodes[np.abs(nodes - edge) < 1.0]
    points = np.concatenate([[edge, edge - side], nodes])
    values = logs(points)
    top = 1 + int(np.argmax(values[1:]))
    if values[top] <= max(values[0], values[1]):
        top = 1
    distance = abs(float(points[top] - edge))
    return float(values[0]), float(values[0] - values[top]) / distance
