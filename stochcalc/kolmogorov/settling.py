"""The density of an equation in the coordinate y, panel by panel.

With x = x(y), the density of y is p(x) dx/dy, whose logarithm is

    int 2 a/b^2 dx + (2 lambda - 2) log b + log dx/dy

up to a constant. `find_law` marches out from y = 0 until nothing is left, halves panels until the
integral is resolved and no peak can hide between nodes, and then until the density is resolved.
"""

from __future__ import annotations

import numpy as np

from stochcalc.kolmogorov.equation import Equation
from stochcalc.kolmogorov.law import Law, normalise
from stochcalc.kolmogorov.marching import COARSE, DEPTH, march
from stochcalc.kolmogorov.panels import (
    LARGEST_GAP,
    LEVELS,
    MOST_PANELS,
    Piecewise,
    can_be_halved,
    evaluate_new,
    halve,
    place_nodes,
)
from stochcalc.typing import Array

ACCURACY = 1e-12  # of the logarithm of the density, and of probabilities, on each panel
RISE = 4.0  # of the logarithm of the density between two nodes, at most
NARROWEST = 1e-6  # of a panel that had to be halved again and again
VANISHING = 1e-3  # of the diffusion on it, relative to that around it, which is no mere jump
SUMS = 20  # at most, of which each loses 16 digits less than the one before
WORST = 1e-3  # an error of probabilities that is too large for an answer


def find_law(equation: Equation) -> tuple[Law, float]:
    """Return the law of y, and the error of its cdf.

    Raises
    ------
    ValueError
        For a density without a finite integral, a diffusion that is 0, functions without a value or
        that change too quickly, and a density that is too narrow for floats.
    """
    with np.errstate(all="ignore"):  # what is not finite is refused
        edges = np.concatenate([-march(equation, -1)[:0:-1], march(equation, 1)])
        equation.diffusion(edges[1:-1])
        edges = _resolve_push(equation, edges)
        _check_diffusion(equation, edges)
        values, rest = equation.read(place_nodes(edges))
        _check_push(equation, edges, values, rest)
        law = _resolve(equation, edges, MOST_PANELS)
        every = np.ones(len(law.edges) - 1, dtype=bool)
        finer = _resolve(equation, halve(law.edges, every), 2 * MOST_PANELS)
    error = float(np.abs(law.cdf(law.edges) - finer.cdf(law.edges)).max())
    if not error < WORST:
        middle = equation.line.x(finer.edges[np.searchsorted(finer.cdf(finer.edges), 0.5)])
        raise ValueError(
            f"the density is too narrow for floats around x={middle:.6g}, where probabilities "
            f"would be right to {error:.1g} only: shift and scale the equation, so that its law is "
            "around 0 and of the size 1"
        )
    return finer, max(error, float(np.finfo(float).eps))


def _find_heights(edges: Array, values: Array, rest: Array) -> tuple[Piecewise, Array]:
    """Return int 2 a/b^2 dx, and the logarithm of the density at all nodes, up to a constant.

    From the panel of the peak on, sums of the integral do not cancel where the density is large.
    Which panel that is, shows better and better in sums from where it seems to be.
    """
    push = Piecewise.fit(edges, values)
    nodes = place_nodes(edges)
    totals = push.totals()
    peak = min(int(np.searchsorted(edges, 0.0)), len(totals) - 1)
    for _ in range(SUMS):
        potential = push.integrate(_sum_from(peak, totals))
        heights = potential(nodes) + rest
        found = int(np.argmax(heights.max(axis=1)))
        if found == peak:
            break
        peak = found
    return potential, heights


def _resolve_push(equation: Equation, edges: Array) -> Array:
    """Return panels that are short enough for the integral of 2 a/b^2.

    What matters is the integral where the density is not negligible, or may not be between two
    nodes; elsewhere five digits do.
    """
    values = equation.read(place_nodes(edges))
    for _ in range(LEVELS):
        width = np.diff(edges)
        _, heights = _find_heights(edges, values[0], values[1])
        tails = Piecewise.fit(edges, values[0]).tails() * width
        size = np.maximum(1.0, np.abs(values[0]).max(axis=1) * width)
        rise = _find_rise(edges, values[0], values[1])
        seen = heights.max(axis=1) + rise > heights.max() - DEPTH
        noise = equation.line.noise(edges, values[0]) * width
        rough = tails > np.where(seen, ACCURACY, COARSE) * size + noise
        rough |= seen & (rise > RISE)
        rough &= can_be_halved(edges)
        if not rough.any() or len(width) + rough.sum() > MOST_PANELS:
            break
        finer = halve(edges, rough)
        values = evaluate_new(edges, values, finer, equation.read)
        edges = finer
    return edges


def _find_rise(edges: Array, values: Array, rest: Array) -> Array:
    """Return by how much the logarithm of the density may be higher between nodes than at them."""
    slope = np.abs(values).max(axis=1) * LARGEST_GAP * np.diff(edges)
    return np.asarray(slope + np.abs(np.diff(rest, axis=1)).max(axis=1))


def _check_push(equation: Equation, edges: Array, values: Array, rest: Array) -> None:
    """Refuse an integral that is not resolved where the density is, or may be, not negligible."""
    _, heights = _find_heights(edges, values, rest)
    rise = _find_rise(edges, values, np.zeros(rest.shape))
    seen = heights.max(axis=1) + rise > heights.max() - DEPTH
    tails = Piecewise.fit(edges, values).tails() * np.diff(edges)
    rough = np.flatnonzero(seen & ((tails > COARSE) | (rise > RISE)))
    if len(rough):
        worst = rough[np.argmax(heights[rough].max(axis=1))]
        raise equation.refuse_fast(float(edges[worst]))


def _check_diffusion(equation: Equation, edges: Array) -> None:
    """Refuse a diffusion that tends to 0 at a point, around which panels are as short as can be."""
    for j in np.flatnonzero(np.diff(edges) < NARROWEST):
        around = edges[j] + np.linspace(-0.5, 0.5, 17)
        here = equation.diffusion(place_nodes(edges[j : j + 2])).min()
        if here < VANISHING * np.median(equation.diffusion(around)):
            x = equation.line.x(edges[j : j + 1])
            raise equation.coefficients.refuse_zero(float(x[0]))


def _resolve(equation: Equation, edges: Array, most: int) -> Law:
    """Return the law on panels that are short enough for the density, of which there are few."""
    values, rest = equation.read(place_nodes(edges))
    potential, heights = _find_heights(edges, values, rest)

    def find_heights(y: Array) -> Array:
        return np.asarray(potential(y) + equation.read(y)[1])

    for _ in range(LEVELS):
        width = np.diff(edges)
        density = np.exp(heights - heights.max())
        size = density.max(axis=1) * width
        allowed = ACCURACY * float(size.sum()) + equation.line.noise(edges, density) * width
        rough = Piecewise.fit(edges, density).tails() * width > allowed
        rough &= can_be_halved(edges)
        if not rough.any() or len(width) + rough.sum() > most:
            break
        finer = halve(edges, rough)
        heights = evaluate_new(edges, heights, finer, find_heights)
        edges = finer
    return normalise(equation.line, edges, heights)


def _sum_from(peak: int, totals: Array) -> Array:
    """Return what an integral is at the left edges of panels, if it is 0 at that of one panel."""
    before = -np.cumsum(totals[:peak][::-1])[::-1]
    after = np.cumsum(totals[peak:-1])
    return np.concatenate([before, [0.0], after])
