"""`BackwardSolution`: what `backward_equation` returns, a function of the start with its error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display import Description, Displayed, Table
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.given_values import read_numbers
from stochcalc.engine.portable import find_unportable
from stochcalc.engine.shown_digits import show_apart
from stochcalc.engine.words import count, show
from stochcalc.kolmogorov.cells import Piece
from stochcalc.kolmogorov.coefficients import as_given
from stochcalc.sde import SDE
from stochcalc.typing import Array, Axes, Number

SHOWN = 5  # starts in the table of a solution
EQUATION = (
    r"\partial_t u = (a + \lambda b b') \, \partial_x u + \tfrac12 b^2 \, \partial_x^2 u - V u"
)


@dataclass(frozen=True, eq=False, repr=False)
class BackwardSolution(Displayed):
    """The mean of f(X_T) as a function of the start, from the backward equation.

    It is called with starts, as u(x).

    Attributes
    ----------
    sde : SDE or None
        The equation. It is None in a solution from a file, if the functions of the equation have no
        name by which they can be imported.
    lam : float
        The lambda with which it was read.
    T : float
        The time.
    x : ndarray, shape (n + 1,)
        The nodes of the grid, from one wall to the other.
    values : ndarray, shape (n + 1,)
        The means for starts at the nodes.
    errors : ndarray, shape (n/2 + 1,)
        How far the values at every second node, and between nodes, may be off: by how much they
        changed when cells were made half as long.
    info : dict
        The walls and the breaks.

    Examples
    --------
    >>> from stochcalc.kolmogorov.backward_equation import backward_equation
    >>> from stochcalc.models import ou
    >>> u = backward_equation(ou(1.0, 0.0, 1.0), lambda x: x * x, 1.0, -7.0, 7.0)
    >>> u([0.0, 1.0]).round(6)                 # x^2 e^-2 + (1 - e^-2)/2
    array([0.432332, 0.567668])
    >>> u.error(1.0) < 1e-5
    True
    """

    sde: SDE | None
    lam: float
    T: float
    x: Array
    values: Array
    errors: Array
    info: dict[str, Any]
    pieces: tuple[Piece, ...] = field(repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields; an equation with functions that cannot be pickled is left out."""
        state = dict(vars(self))
        if find_unportable(self.sde) is not None:
            state["sde"] = None
        return state

    def __call__(self, x: ArrayLike) -> Number:
        """Return the mean of f(X_T) for starts between the walls, of the shape of x."""
        at = self._read("x", x)
        return as_given(interpolate_at(self.pieces, 1, self.values, at))

    def error(self, x: ArrayLike) -> Number:
        """Return how far the values at some starts may be off.

        Parameters
        ----------
        x : array_like
            Starts between the walls.

        Returns
        -------
        float or ndarray
            Of the shape of x.
        """
        return as_given(np.interp(self._read("x", x), self.x[::2], self.errors))

    def _read(self, name: str, x: ArrayLike) -> Array:
        """Return starts as an array, after a check that they are between the walls."""
        at = np.asarray(read_numbers(name, x), dtype=np.float64)
        outside = at[~((at >= self.x[0]) & (at <= self.x[-1]))]
        if outside.size:
            raise ValueError(
                f"{name}={show(x)} has {outside.ravel()[0]:g}, which is not between low="
                f"{self.x[0]:g} and high={self.x[-1]:g}: give starts between them, or move the "
                "walls"
            )
        return at

    def _describe(self) -> Description:
        starts = np.interp(np.linspace(0.0, 1.0, SHOWN + 2)[1:-1], [0.0, 1.0], self.x[[0, -1]])
        rows = tuple(
            (f"{x:.4g}", *_show(float(value), float(error)))
            for x, value, error in zip(starts, self(starts), self.error(starts))
        )
        where = f"on [{self.x[0]:g}, {self.x[-1]:g}], T={self.T:g}"
        how = f"{count(len(self.x) - 1, 'cell')}, lam={self.lam:g}"
        return Description(
            title=f"Backward equation {where}",
            formula=EQUATION,
            tables=(Table(title="", columns={"x": 10, "u(x)": 12, "error": 10}, rows=rows),),
            remarks=(how,),
        )

    def plot(self, ax: Axes | None = None, *, i: int = 0, **line: object) -> Axes:
        """Draw the mean of f(X_T) against the start.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; new axes by default.
        i : int
            The number of the line style, for several curves on the same axes.
        **line
            What Matplotlib's `plot` takes.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from stochcalc.plot import plot_backward

        axes: Axes = plot_backward(self, ax=ax, i=i, **line)
        return axes


def _show(value: float, error: float) -> tuple[str, str]:
    """Return a value and its error as text; what is far below the error is 0."""
    if abs(value) < 0.05 * error:
        value = 0.0
    return show_apart(value, error)


def interpolate(pieces: Sequence[Piece], stride: int, values: Array, every: int = 1) -> Array:
    """Return values at every stride-th node as values at all nodes, or at every second."""
    return interpolate_at(pieces, stride, values, list_nodes(pieces)[::every])


def list_nodes(pieces: Sequence[Piece]) -> Array:
    """Return all nodes."""
    return np.concatenate([pieces[0].x[:1], *(piece.x[2::2] for piece in pieces)])


def interpolate_at(pieces: Sequence[Piece], stride: int, values: Array, x: Array) -> Array:
    """Return values at every stride-th node as values at any points, by cubic splines in z."""
    with hold_interrupts_back():
        from scipy.interpolate import CubicSpline

    found = np.empty(x.shape)
    first = 0
    for piece in pieces:
        last = first + piece.cells // stride
        nodes = np.arange(last - first + 1) * stride * piece.h
        spline = CubicSpline(nodes, values[first : last + 1])
        here = (x >= piece.x[0]) & (x <= piece.x[-1])
        found[here] = spline(piece.depth(x[here]))
        first = last
    return found
