"""Functions on a line as polynomials, panel by panel, of which integrals are exact to rounding.

A panel has 16 Gauss-Legendre nodes. The values there give the coefficients of a polynomial in
Legendre's basis; the last of them say whether the panel is short enough. The integral of a Legendre
polynomial is (P_(k+1) - P_(k-1))/(2k + 1), so that integrals up to every node, and up to every
other point, come with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from stochcalc.typing import Array

NODES = 16
TAIL = 2  # coefficients at the end that must be small
MOST_PANELS = 4096
LEVELS = 45  # of halving
SMALLEST = 1e-300  # an integral
SHORTEST = 256.0  # of a panel, in roundings of its edges

_POINTS, _WEIGHTS = legendre.leggauss(NODES)
LARGEST_GAP = 0.5 * float(np.diff(_POINTS).max())  # between two nodes, relative to the panel
# From values at the nodes to coefficients: (k + 1/2) sum_i w_i P_k(s_i) f(s_i).
_TO_COEFFICIENTS = (legendre.legvander(_POINTS, NODES - 1) * _WEIGHTS[:, None]).T * (
    np.arange(NODES) + 0.5
)[:, None]


@dataclass(frozen=True, eq=False)
class Piecewise:
    """A function on panels that follow one another, as polynomials.

    Attributes
    ----------
    edges : ndarray, shape (m + 1,)
        Where the panels begin and end.
    coefficients : ndarray, shape (m, degree + 1)
        The coefficients of each in Legendre's basis on [-1, 1].
    """

    edges: Array
    coefficients: Array

    @classmethod
    def fit(cls, edges: Array, values: Array) -> Piecewise:
        """Return the polynomials through values at the nodes, shape (m, 16)."""
        return cls(edges, values @ _TO_COEFFICIENTS.T)

    def __call__(self, y: Array) -> Array:
        """Return the values at points between the first and the last edge, of the shape of y."""
        last = len(self.edges) - 2
        panel = np.clip(np.searchsorted(self.edges, y, side="right") - 1, 0, last)
        left = self.edges[panel]
        width = self.edges[panel + 1] - left
        s = 2.0 * (y - left) / width - 1.0
        columns = np.moveaxis(self.coefficients[panel], -1, 0)
        return np.asarray(legendre.legval(s, columns, tensor=False), dtype=np.float64)

    def totals(self) -> Array:
        """Return the integral over each panel, shape (m,)."""
        return np.asarray(self.coefficients[:, 0] * np.diff(self.edges), dtype=np.float64)

    def integrate(self, starts: Array) -> Piecewise:
        """Return an integral of the function that is starts[j] at the left edge of panel j."""
        half = 0.5 * np.diff(self.edges)
        integral = legendre.legint(self.coefficients, lbnd=-1.0, axis=1) * half[:, None]
        integral[:, 0] += starts
        return Piecewise(self.edges, integral)

    def tails(self) -> Array:
        """Return the largest of the last coefficients of each panel, shape (m,)."""
        return np.asarray(np.abs(self.coefficients[:, -TAIL:]).max(axis=1), dtype=np.float64)


def place_nodes(edges: Array) -> Array:
    """Return the nodes of all panels, shape (m, 16)."""
    half = 0.5 * np.diff(edges)
    return np.asarray(edges[:-1, None] + half[:, None] * (1.0 + _POINTS), dtype=np.float64)


def halve(edges: Array, which: NDArray[np.bool_]) -> Array:
    """Return the edges with the middles of some panels, which are True in `which`."""
    middles = 0.5 * (edges[:-1] + edges[1:])
    return np.sort(np.concatenate([edges, middles[which]]))


def can_be_halved(edges: Array) -> NDArray[np.bool_]:
    """Return which panels are so long that floats tell the nodes of their halves apart."""
    ends = np.abs(edges)
    rounding = np.spacing(np.maximum(ends[:-1], ends[1:]))
    return np.asarray(np.diff(edges) > 2.0 * SHORTEST * rounding)


def refine(
    edges: Array, function: Callable[[Array], Array], tolerance: float
) -> tuple[Array, Array, Array]:
    """Return panels on which the integral of a function is exact to a tolerance, and its values.

    If there would be too many panels, or one is as short as floats allow, it is not as exact: what
    is left says where, and how much it is.

    Parameters
    ----------
    edges : ndarray, shape (m + 1,)
        The panels to begin with.
    function : callable
        The function, of nodes of shape (m, 16).
    tolerance : float
        What the last coefficients of a panel may be times its width, relative to the integral of
        the size of the function.

    Returns
    -------
    edges : ndarray, shape (k + 1,)
        The panels.
    values : ndarray, shape (k, 16)
        The values at their nodes.
    left : ndarray, shape (k,)
        The last coefficients of each panel times its width, relative to the integral.
    """
    values = function(place_nodes(edges))
    for level in range(LEVELS + 1):
        width = np.diff(edges)
        total = float(np.abs(values).max(axis=1) @ width)
        left = Piecewise.fit(edges, values).tails() * width / max(total, SMALLEST)
        rough = (left > tolerance) & can_be_halved(edges)
        if not rough.any() or len(values) + rough.sum() > MOST_PANELS or level == LEVELS:
            break
        finer = halve(edges, rough)
        values = evaluate_new(edges, values, finer, function)
        edges = finer
    return edges, values, left


def evaluate_new(
    edges: Array, values: Array, finer: Array, function: Callable[[Array], Array]
) -> Array:
    """Return values on finer panels, of which those that were there before are kept.

    Parameters
    ----------
    edges : ndarray, shape (m + 1,)
        The panels that were there before.
    values : ndarray, shape (..., m, 16)
        The values on them, of one function or of several.
    finer : ndarray, shape (k + 1,)
        The edges of all panels.
    function : callable
        The function, or the functions, of nodes of shape (j, 16).
    """
    place = np.searchsorted(edges, finer[:-1], side="right") - 1
    kept = (edges[place] == finer[:-1]) & (edges[place + 1] == finer[1:])
    found = np.empty((*values.shape[:-2], len(place), NODES))
    found[..., kept, :] = values[..., place[kept], :]
    found[..., ~kept, :] = function(place_nodes(finer)[~kept])
    return found
