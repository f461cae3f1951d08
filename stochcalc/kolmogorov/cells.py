"""An interval in cells of equal noise, and what an equation is on them.

In Lamperti's coordinate z = int dx/b the noise is the same everywhere, so that equal cells in z are
short where the noise is small. The generator becomes

    L u = (w u_z)_z / (2 w),   w = b^(2 lambda - 1) exp(int 2 a/b^2 dx)

where w is the stationary density of z. All that is needed are differences of log w between nodes
and the middles of cells: Gauss and Legendre's rule gives them without a derivative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.polynomial import legendre

from stochcalc.kolmogorov.coefficients import Coefficients, evaluate
from stochcalc.kolmogorov.panels import Piecewise, place_nodes, refine
from stochcalc.typing import Array, TestFunction

STEEPEST = 10.0  # of log w, in half a cell
ACCURACY = 1e-13
ROUGHEST = 1e-8  # of int dx/b, relative to it, that cells may not resolve
VANISHING = 1e-3  # of the diffusion on a panel, relative to that around it, which is no mere jump
START = 8  # panels of each piece
NEWTON = 4  # steps towards the x of a z
LEAST_CELLS = 8  # of a piece, so that the coarsest of three grids has two

_POINTS, _WEIGHTS = legendre.leggauss(4)


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of the interval on which everything is smooth, in cells of equal noise.

    Attributes
    ----------
    depth : Piecewise
        z as a function of x, from 0 at the lower end.
    x : ndarray, shape (2 cells + 1,)
        The nodes and, between them, the middles of the cells; both in the order of x.
    h : float
        The length of a cell in z.
    log_w : ndarray, shape (2 cells + 1,)
        The logarithm of w there, up to a constant.
    """

    depth: Piecewise
    x: Array
    h: float
    log_w: Array

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.x) // 2

    def evaluate(self, name: str, function: TestFunction) -> Array:
        """Return a user's function at the nodes, as seen from inside the piece."""
        return evaluate(name, function, _step_inside(self.x[::2]))


def cut(
    coefficients: Coefficients, points: Array, cells: int, name: str = "cells"
) -> tuple[Piece, ...]:
    """Return the pieces between points, with cells of nearly the same noise.

    Parameters
    ----------
    coefficients : Coefficients
        The equation.
    points : ndarray, shape (k + 1,)
        The ends of the pieces.
    cells : int
        How many cells there are in all, at least; a piece has a multiple of 4.
    name : str
        The name of the argument that says how many, for the error.

    Raises
    ------
    ValueError
        For a diffusion that is 0, or cells in which the drift is too strong.
    """
    depths = [_find_depth(coefficients, low, high) for low, high in pairwise(points)]
    lengths = [float(depth(depth.edges[-1:])[0]) for depth in depths]
    pieces = []
    potential = 0.0
    for depth, length in zip(depths, lengths):
        share = 4 * math.ceil(0.25 * cells * length / sum(lengths))
        piece, potential = _divide(coefficients, depth, max(share, LEAST_CELLS), potential)
        pieces.append(piece)
    steepest = max(float(np.abs(np.diff(piece.log_w)).max()) for piece in pieces)
    if steepest > STEEPEST:
        most = math.ceil(cells * steepest / STEEPEST / 100) * 100
        raise ValueError(
            f"{name}={cells} is too few: inside a cell the drift is up to {2 * steepest:.3g} times "
            f"as strong as the noise; give {name}={most}, or low= and high= closer to where paths "
            "are"
        )
    return tuple(pieces)


def _find_depth(coefficients: Coefficients, low: float, high: float) -> Piecewise:
    """Return z = int dx/|b| from the lower end."""

    def thinness(x: Array) -> Array:
        return np.asarray(1.0 / coefficients.diffusion(x))

    edges = np.linspace(low, high, START + 1)
    edges[[0, -1]] = low, high
    edges, values, left = refine(edges, thinness, ACCURACY)
    worst = int(np.argmax(left))
    if not left[worst] < ROUGHEST:
        if values[worst].max() > np.median(values) / VANISHING:
            raise coefficients.refuse_zero(float(edges[worst]))
        raise ValueError(
            f"the diffusion changes too quickly around x={edges[worst]:.6g}: give an interval "
            "without that point, or a smoother diffusion"
        )
    fitted = Piecewise.fit(edges, values)
    totals = fitted.totals()
    return fitted.integrate(np.concatenate([[0.0], np.cumsum(totals[:-1])]))


def _divide(
    coefficients: Coefficients, depth: Piecewise, cells: int, potential: float
) -> tuple[Piece, float]:
    """Return a piece in equal cells, and int 2 a/b^2 dx at its end, from that at its beginning."""
    known = place_nodes(depth.edges).ravel()
    z = np.linspace(0.0, float(depth(depth.edges[-1:])[0]), 2 * cells + 1)
    x = np.interp(z, depth(known), known)
    low = depth.edges[0]
    high = depth.edges[-1]
    for _ in range(NEWTON):
        x = np.clip(x - (depth(x) - z) * coefficients.diffusion(x), low, high)
    x[[0, -1]] = low, high
    b = coefficients.diffusion(_step_inside(x))
    potentials = potential + _integrate_drift(coefficients, x)
    log_w = potentials + (2.0 * coefficients.lam - 1.0) * np.log(b)
    return Piece(depth=depth, x=x, h=float(2.0 * z[1]), log_w=log_w), float(potentials[-1])


def _integrate_drift(coefficients: Coefficients, x: Array) -> Array:
    """Return int 2 a/b^2 dx from the first point to each."""
    half = 0.5 * np.diff(x)
    inner = x[:-1, None] + half[:, None] * (1.0 + _POINTS)
    b = coefficients.diffusion(inner)
    values = 2.0 * coefficients.drift(inner) / b / b
    return np.concatenate([[0.0], np.cumsum((values @ _WEIGHTS) * half)])


def _step_inside(x: Array) -> Array:
    """Return points with the first and the last one moved inwards by a rounding.

    There a function with a jump has the value that it has inside.
    """
    moved = x.copy()
    moved[0] = np.nextafter(x[0], x[1])
    moved[-1] = np.nextafter(x[-1], x[-2])
    return moved
