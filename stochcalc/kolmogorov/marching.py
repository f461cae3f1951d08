"""How far a density reaches: panels from the middle of the line outwards, until nothing is left.

A panel counts only when the polynomial on it is right. A drift that oscillates inside a panel looks
like any other drift at its nodes, and the density may seem to fall where it does not.
"""

from __future__ import annotations

import numpy as np

from stochcalc.kolmogorov.equation import Equation
from stochcalc.kolmogorov.panels import MOST_PANELS, Piecewise, place_nodes
from stochcalc.typing import Array

FIRST = 1.0  # the width of the first panels
WIDEST = 5.0  # of y, on each side, that is looked at in any case; and of a panel
DEPTH = 80.0  # where the density is e^-80 of its largest value, nothing else is looked for
SHALLOW = 40.0  # where it is so low, the functions of the equation may fail
COARSE = 1e-5  # the accuracy of the integral where the density is negligible
NARROW = 0.1  # of a panel, before a failure on it counts
SHORTEST = 2.0**-30  # of a panel, as around a jump


def march(equation: Equation, side: int) -> Array:
    """Return edges 0, ... of |y| as far as the density reaches towards one end.

    Parameters
    ----------
    equation : Equation
        The equation.
    side : int
        1 for the upper end, -1 for the lower.

    Raises
    ------
    ValueError
        If the density grows up to the end, if the functions fail where it is not negligible, or if
        they change so quickly that there would be too many panels.
    """
    limit = equation.line.limit(side)
    edges = [0.0]
    potential = 0.0
    peak = -np.inf
    height = -np.inf
    width = FIRST
    while edges[-1] < limit:
        inner = edges[-1]
        try:
            panel, push, rest = _find_panel(equation, side, inner, min(width, limit - inner))
        except ValueError:
            if inner >= WIDEST and width > NARROW:
                width = 0.5 * width
                continue
            growing = inner >= WIDEST and height == peak
            if growing or peak - height > SHALLOW:
                break
            raise
        total = float(push.totals()[0])
        start = potential if side > 0 else potential - total
        heights = push.integrate(np.array([start]))(place_nodes(panel)) + rest
        potential += side * total
        edges.append(float(np.abs(panel).max()))
        peak = max(peak, float(heights.max()))
        height = float(heights[0, -1 if side > 0 else 0])
        if edges[-1] >= WIDEST and peak - height > DEPTH:
            break
        if len(edges) > MOST_PANELS:
            raise equation.refuse_fast(side * edges[-1])
        widest = WIDEST if edges[-1] >= WIDEST else FIRST
        width = min(2.0 * (edges[-1] - inner), widest)
    if height == peak:
        raise equation.line.refuse_end(side)
    return np.array(edges)


def _find_panel(
    equation: Equation, side: int, inner: float, width: float
) -> tuple[Array, Piecewise, Array]:
    """Return the edges of the next panel, 2 a/b^2 dx/dy as a polynomial on it, and the rest.

    It is halved until the polynomial is right, or as short as around a jump.
    """
    while True:
        panel = np.sort(side * np.array([inner, inner + width]))
        values, rest = equation.read(place_nodes(panel))
        push = Piecewise.fit(panel, values)
        size = max(1.0, float(np.abs(values).max()) * width)
        if push.tails()[0] * width <= COARSE * size or width < SHORTEST:
            return panel, push, rest
        width *= 0.5
