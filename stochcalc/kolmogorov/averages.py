"""Means under a density of y: the integral of a function of x times the density."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from stochcalc.engine.functions.failures import Advice
from stochcalc.kolmogorov.coefficients import evaluate
from stochcalc.kolmogorov.law import SLOWEST, Law
from stochcalc.kolmogorov.line import Line
from stochcalc.kolmogorov.panels import Piecewise, refine
from stochcalc.typing import Array, TestFunction

ACCURACY = 1e-13  # of an expectation, relative to that of the size of the function
ROUGHEST = 1e-6  # of it, that panels may not resolve
NEGLIGIBLE = 1e-12  # of the largest value of a function times the density, at the ends
OF_AN_EXPECTATION = Advice("", "give a function with a finite value wherever the density is not 0")


def integrate(law: Law, line: Line, f: TestFunction, breaks: Array) -> float:
    """Return the mean of f(x): inf, or nan, where the density falls too slowly for one.

    Parameters
    ----------
    law : Law
        The law of y.
    line : Line
        The interval of x.
    f : callable
        The user's function of one number.
    breaks : ndarray, shape (k,)
        The y of points at which panels end.

    Raises
    ------
    TypeError, ValueError
        For a function that fails, returns no number, or changes too quickly for panels.
    """

    def integrand(y: Array) -> Array:
        density = np.exp(law.log_density_at(y))
        found = np.zeros(y.shape)
        there = density > 0.0
        at = line.x(y[there])
        values = evaluate("f", f, at, advice=OF_AN_EXPECTATION, finite=False)
        if np.isnan(values).any():
            raise ValueError(f"f({at[np.isnan(values)][0]:g}) = nan: {OF_AN_EXPECTATION.action}")
        found[there] = values * density[there]
        return found

    with np.errstate(all="ignore"):
        inner = breaks[(breaks > law.edges[0]) & (breaks < law.edges[-1])]
        edges, values, left = refine(np.union1d(law.edges, inner), integrand, ACCURACY)
        worst = int(np.argmax(left))
        if left[worst] > ROUGHEST:
            x = float(line.x(edges[worst : worst + 1])[0])
            raise ValueError(
                f"f is so large, or changes so quickly, around x={x:.4g} that it may have no mean: "
                "give a function that can be integrated, bounded or smooth around this point"
            )
        inside = float(Piecewise.fit(edges, values).totals().sum())
        small = NEGLIGIBLE * float(np.abs(values).max())
        ends = [_integrate_end(integrand, edges, side, small) for side in (-1, 1)]
    return inside + sum(ends)


def _integrate_end(
    integrand: Callable[[Array], Array], edges: Array, side: int, small: float
) -> float:
    """Return the integral beyond the first or last edge: 0, infinite, or that of an exponential.

    Parameters
    ----------
    integrand : callable
        The function of y.
    edges : ndarray, shape (k,)
        The edges of the panels.
    side : int
        1 for the integral above the last edge, -1 for that below the first.
    small : float
        A value that is as good as 0.
    """
    outer = edges[0]
    inner = edges[1]
    if side > 0:
        outer = edges[-1]
        inner = edges[-2]
    end, before = integrand(np.array([outer, inner]))
    if not abs(end) > small:
        return 0.0
    slope = 0.0
    if before:
        slope = math.log(abs(end / before)) / abs(outer - inner)
    if slope > -SLOWEST:
        return math.copysign(math.inf, end)
    return float(end) / -slope
