"""The density of an equation in the coordinate y, panel by panel.

With x = x(y), the density of y is p(x) dx/dy, whose logarithm is

    int 2 a/b^2 dx + (2 lambda - 2) log b + log dx/dy

up to a constant. `find_law` marches out from y = 0 until nothing is left, halves panels until the
integral is resolved, and then until the density is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.engine.words import show
from stochcalc.kolmogorov.coefficients import Coefficients
from stochcalc.kolmogorov.line import Line
from stochcalc.kolmogorov.panels import (
    MOST_PANELS,
    Piecewise,
    evaluate_new,
    halve,
    place_nodes,
)
from stochcalc.typing import Array

WIDEST = 5.0  # of y, on each side, that is looked at in any case
DEPTH = 80.0  # where the density is e^-80 of its largest value, nothing else is looked for
SHALLOW = 40.0  # where it is so low, the functions of the equation may fail
ACCURACY = 1e-12  # of the logarithm of the density, and of probabilities, on each panel
LEVELS = 30  # of halving
SLOWEST = 0.01  # the least rate at which a density has to fall in y
COARSE = 1e-5  # the accuracy of the integral where the density is negligible
NARROWEST = 1e-6  # of a panel that had to be halved again and again
VANISHING = 1e-3  # of the diffusion on it, relative to that around it, which is no mere jump


@dataclass(frozen=True, eq=False)
class Equation:
    """A scalar equation in the coordinate y.

    Attributes
    ----------
    coefficients : Coefficients
        Its drift and its diffusion.
    line : Line
        The interval, as the image of all y.
    """

    coefficients: Coefficients
    line: Line

    def diffusion(self, y: Array) -> Array:
        """Return the size of b, of the shape of y; a ValueError if it is 0 somewhere."""
        return self.coefficients.diffusion(self.line.x(y))

    def read(self, y: Array) -> Array:
        """Return 2 a/b^2 dx/dy and (2 lambda - 2) log b + log dx/dy, shape (2, ...)."""
        x = self.line.x(y)
        b = self.diffusion(y)
        log_slope = self.line.log_slope(y)
        push = 2.0 * self.coefficients.drift(x) / b / b * np.exp(log_slope)
        if not np.isfinite(push).all():
            at = x.ravel()[np.flatnonzero(~np.isfinite(push))[0]]
            raise ValueError(
                f"drift/diffusion^2 is beyond the range of floats at x={at:g}: give low= and high= "
                "between which it is not"
            )
        rest = (2.0 * self.coefficients.lam - 2.0) * np.log(b) + log_slope
        return np.stack([push, rest])


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


def find_law(equation: Equation) -> tuple[Law, float]:
    """Return the law of y, and the error of its cdf.

    Raises
    ------
    ValueError
        For a density without a finite integral, a diffusion that is 0, functions without a value.
    """
    with np.errstate(all="ignore"):  # what is not finite is refused
        edges = np.concatenate([-_march(equation, -1)[:0:-1], _march(equation, 1)])
        equation.diffusion(edges[1:-1])
        edges = _resolve_push(equation, edges)
        _check_diffusion(equation, edges)
        law = _resolve(equation, edges)
        finer = _resolve(equation, halve(law.edges, np.ones(len(law.edges) - 1, dtype=bool)))
    error = np.abs(law.cdf(law.edges) - finer.cdf(law.edges)).max()
    return finer, max(float(error), float(np.finfo(float).eps))


def _march(equation: Equation, side: int) -> Array:
    """Return edges 0, 1, 2, ... of |y| as far as the density reaches towards one end.

    Parameters
    ----------
    equation : Equation
        The equation.
    side : int
        1 for the upper end, -1 for the lower.
    """
    limit = equation.line.limit(side)
    edges = [0.0]
    potential = 0.0
    peak = -np.inf
    height = -np.inf
    width = 1.0
    while edges[-1] < limit:
        if edges[-1] >= WIDEST:
            width = min(2.0 * width, WIDEST)
        outer = min(edges[-1] + width, limit)
        panel = np.sort(side * np.array([edges[-1], outer]))
        nodes = place_nodes(panel)
        try:
            values, rest = equation.read(nodes)
        except ValueError:
            growing = edges[-1] >= WIDEST and height == peak
            if growing or peak - height > SHALLOW:
                break
            raise
        push = Piecewise.fit(panel, values)
        total = float(push.totals()[0])
        start = potential if side > 0 else potential - total
        heights = push.integrate(np.array([start]))(nodes) + rest
        potential += side * total
        edges.append(outer)
        peak = max(peak, float(heights.max()))
        height = float(heights[0, -1 if side > 0 else 0])
        if outer >= WIDEST and peak - height > DEPTH:
            break
    return np.array(edges)


def _resolve_push(equation: Equation, edges: Array) -> Array:
    """Return panels that are short enough for the integral of 2 a/b^2.

    What matters is the integral where the density is not negligible; elsewhere five digits do.
    """
    values = equation.read(place_nodes(edges))
    for _ in range(LEVELS):
        nodes = place_nodes(edges)
        push = Piecewise.fit(edges, values[0])
        heights = push.integrate(_sum_from(0, push.totals()))(nodes) + values[1]
        seen = heights.max(axis=1) > heights.max() - DEPTH
        width = np.diff(edges)
        size = np.maximum(1.0, np.abs(values[0]).max(axis=1) * width)
        accuracy = ACCURACY + equation.line.rounding(nodes).max(axis=1)
        rough = push.tails() * width > np.where(seen, accuracy, COARSE) * size
        if not rough.any() or len(width) + rough.sum() > MOST_PANELS:
            break
        finer = halve(edges, rough)
        values = evaluate_new(edges, values, finer, equation.read)
        edges = finer
    return edges


def _check_diffusion(equation: Equation, edges: Array) -> None:
    """Refuse a diffusion that tends to 0 at a point, around which panels are as short as can be."""
    for j in np.flatnonzero(np.diff(edges) < NARROWEST):
        around = edges[j] + np.linspace(-0.5, 0.5, 17)
        here = equation.diffusion(place_nodes(edges[j : j + 2])).min()
        if here < VANISHING * np.median(equation.diffusion(around)):
            x = equation.line.x(edges[j : j + 1])
            raise equation.coefficients.refuse_zero(float(x[0]))


def _resolve(equation: Equation, edges: Array) -> Law:
    """Return the law on panels that are short enough for the density."""
    values, rest = equation.read(place_nodes(edges))
    push = Piecewise.fit(edges, values)
    totals = push.totals()
    heights = push.integrate(_sum_from(0, totals))(place_nodes(edges)) + rest
    # From the panel of the peak on, sums of the integral do not cancel where the density is large.
    peak = int(np.argmax(heights.max(axis=1)))
    potential = push.integrate(_sum_from(peak, totals))

    def find_heights(y: Array) -> Array:
        return np.asarray(potential(y) + equation.read(y)[1])

    heights = potential(place_nodes(edges)) + rest
    for _ in range(LEVELS):
        width = np.diff(edges)
        density = np.exp(heights - heights.max())
        size = density.max(axis=1) * width
        rounding = equation.line.rounding(place_nodes(edges)).max(axis=1)
        allowed = ACCURACY * float(size.sum()) + rounding * size
        rough = Piecewise.fit(edges, density).tails() * width > allowed
        if not rough.any() or len(width) + rough.sum() > MOST_PANELS:
            break
        finer = halve(edges, rough)
        heights = evaluate_new(edges, heights, finer, find_heights)
        edges = finer
    return _normalise(equation.line, edges, heights)


def _sum_from(peak: int, totals: Array) -> Array:
    """Return what an integral is at the left edges of panels, if it is 0 at that of one panel."""
    before = -np.cumsum(totals[:peak][::-1])[::-1]
    after = np.cumsum(totals[peak:-1])
    return np.concatenate([before, [0.0], after])


def _normalise(line: Line, edges: Array, heights: Array) -> Law:
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
        name = "high" if side > 0 else "low"
        end = line.high if side > 0 else line.low
        raise ValueError(
            f"{name}={show(end)} leaves a density without a finite integral towards this end, so "
            f"that no law is stationary: give another {name}=, where paths are reflected, or a "
            "drift that brings them back"
        )
    return float(np.exp(height)) / -slope


def end_of(logs: Piecewise, side: int) -> tuple[float, float]:
    """Return the value of a function at its first or last edge, and its slope outwards there.

    The slope is that over the last unit of y, so that roundings of the user's functions close to
    an end of the interval do not matter.
    """
    edge = logs.edges[-1 if side > 0 else 0]
    end, before = logs(np.array([edge, edge - side]))
    return float(end), float(end - before)
