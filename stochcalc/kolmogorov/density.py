"""`StationaryDensity`: what `stationary_density` returns, and what can be read off it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display import Description, Displayed, Table
from stochcalc.engine import checks
from stochcalc.engine.given_values import read_numbers
from stochcalc.engine.portable import find_unportable
from stochcalc.engine.words import show
from stochcalc.kolmogorov.averages import integrate
from stochcalc.kolmogorov.coefficients import as_given, read_function
from stochcalc.kolmogorov.law import Law
from stochcalc.kolmogorov.line import Line
from stochcalc.kolmogorov.panels import place_nodes
from stochcalc.sde import SDE
from stochcalc.typing import Array, Axes, Number, TestFunction

REGULAR = 1e-6  # of the slope at an end where nothing is singular
ROUNDING = 1e-12  # of a mean, in standard deviations
DENSITY = r"p(x) = C \, b(x)^{2 \lambda - 2} \exp \int^x \frac{2 a(s)}{b(s)^2} \, \mathrm{d}s"


@dataclass(frozen=True, eq=False, repr=False)
class StationaryDensity(Displayed):
    """The density that a scalar equation settles in.

    Attributes
    ----------
    sde : SDE or None
        The equation. It is None in a density from a file, if the functions of the equation have no
        name by which they can be imported.
    lam : float
        The lambda with which it was read.
    low, high : float
        The ends of the interval, which may be infinite.
    error : float
        How far the probabilities of `cdf` may be off: their largest change from panels to panels
        half as long.

    Examples
    --------
    >>> from stochcalc.kolmogorov.stationary_density import stationary_density
    >>> from stochcalc.models import ou
    >>> p = stationary_density(ou(1.0, 2.0, 0.5))
    >>> round(p.mean, 9), round(p.var, 9), round(p.cdf(2.0), 9)
    (2.0, 0.125, 0.5)
    """

    sde: SDE | None
    lam: float
    low: float
    high: float
    error: float
    law: Law = field(repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields; an equation with functions that cannot be pickled is left out."""
        state = dict(vars(self))
        if find_unportable(self.sde) is not None:
            state["sde"] = None
        return state

    @property
    def _line(self) -> Line:
        """The coordinate in which the density was found."""
        return Line(self.low, self.high)

    @property
    def x(self) -> Array:
        """Points that follow the density, from one end of its bulk to the other, shape (k,)."""
        y = place_nodes(self.law.edges).ravel()
        bulk = (self.law.cdf(y) > 1e-6) & (self.law.cdf(y) < 1.0 - 1e-6)
        return np.asarray(self._line.x(y[bulk]))

    @property
    def density(self) -> Array:
        """The density at `x`, shape (k,)."""
        return np.asarray(self.pdf(self.x))

    def pdf(self, x: ArrayLike) -> Number:
        """Return the density at some points; it is 0 outside the interval.

        Parameters
        ----------
        x : array_like
            The points.

        Returns
        -------
        float or ndarray
            Of the shape of x.
        """
        at = self._read(x)
        found = self._density_inside(self._find_y(at))
        outside = (at < self.low) | (at > self.high) | np.isinf(at)
        return as_given(np.where(outside, 0.0, found))

    def cdf(self, x: ArrayLike) -> Number:
        """Return the probability to be at most x.

        Parameters
        ----------
        x : array_like
            The points.

        Returns
        -------
        float or ndarray
            Of the shape of x.
        """
        at = self._read(x)
        found = self.law.probability_below(self._find_y(at))
        found = np.where(at <= self.low, 0.0, found)
        return as_given(np.where(at >= self.high, 1.0, found))

    def _read(self, x: ArrayLike) -> Array:
        """Return points as an array; they may be infinite."""
        at = np.asarray(read_numbers("x", x), dtype=np.float64)
        if np.isnan(at).any():
            raise ValueError(f"x={show(x)} must not hold nan: give real numbers")
        return at

    def _find_y(self, at: Array) -> Array:
        """Return the y of points; those at an end or outside are moved inside by a rounding."""
        lowest = np.nextafter(self.low, self.high)
        highest = np.nextafter(self.high, self.low)
        return self._line.y(np.clip(at, lowest, highest))

    def _density_inside(self, y: Array) -> Array:
        """Return the density of x at the points of some y: a power of x beyond the panels."""
        inner = np.clip(y, self.law.edges[0], self.law.edges[-1])
        logs = self.law.log_density(inner) - self._line.log_slope(inner)
        for side, end in ((-1, self.low), (1, self.high)):
            rate = self.law.slopes[side] - (
                -1.0 if math.isfinite(end) else 1.0
            )  # less that of log dx/dy
            if abs(rate) > REGULAR:
                logs = logs + rate * np.maximum(side * (y - inner), 0.0)
        return np.asarray(np.exp(logs))

    @cached_property
    def mean(self) -> float:
        """The mean; inf, or nan, where the density falls too slowly for one."""
        return self._integrate(lambda x: x)

    @cached_property
    def var(self) -> float:
        """The variance; inf where the density falls too slowly for one."""
        if not math.isfinite(self.mean):
            return math.nan
        return self._integrate(lambda x: (x - self.mean) ** 2)

    def expectation(self, f: TestFunction, *, breaks: ArrayLike = ()) -> float:
        """Return the mean of f(X) under the density.

        Parameters
        ----------
        f : callable
            A function of one number, called in Python.
        breaks : array_like
            Where f has a kink, a jump or an end of a narrow peak. Kinks and jumps are found without
            them; a peak that is narrow beside the density may be missed.

        Returns
        -------
        float
            Inf, or nan, where the density falls too slowly for a mean.

        Raises
        ------
        TypeError, ValueError
            For a function that fails, or returns something else than a number; for one that is so
            large close to a point that it may have no mean, or changes too quickly; for breaks
            outside the interval.

        Examples
        --------
        >>> import math
        >>> from stochcalc.kolmogorov.stationary_density import stationary_density
        >>> from stochcalc.models import ou
        >>> p = stationary_density(ou(1.0, 0.0, 1.0))
        >>> round(p.expectation(math.cos), 9), round(math.exp(-0.25), 9)
        (0.778800783, 0.778800783)
        """
        return self._integrate(read_function("f", f), self._read_breaks(breaks))

    def _read_breaks(self, breaks: ArrayLike) -> list[float]:
        """Return points inside the interval, in order."""
        if isinstance(breaks, list | tuple) and not breaks:
            return []
        points = np.unique(np.atleast_1d(checks.array("breaks", breaks)))
        outside = points[(points <= self.low) | (points >= self.high)]
        if len(outside):
            raise ValueError(
                f"breaks={show(breaks)} has {outside[0]:g}, which is not between low={self.low:g} "
                f"and high={self.high:g}: leave it out"
            )
        return [float(point) for point in points]

    def _integrate(self, f: TestFunction, breaks: Sequence[float] = ()) -> float:
        """Return the integral of f(x) times the density."""
        return integrate(self.law, self._line, f, self._line.y(np.array(breaks)))

    def _describe(self) -> Description:
        mean = self.mean
        if abs(mean) < ROUNDING * math.sqrt(self.var):
            mean = 0.0
        numbers = {"mean": mean, "variance": self.var}
        equations = ", ".join(f"{name} {value:.9g}" for name, value in numbers.items())
        rows = tuple((name, f"{value:.9g}") for name, value in numbers.items())
        where = f"on ({self.low:g}, {self.high:g})"
        how = f"lam={self.lam:g}, probabilities right to {self.error:.1g}"
        return Description(
            line=f"StationaryDensity({where}: {equations}; {how})",
            title=f"Stationary density {where}",
            formula=DENSITY,
            tables=(Table(title="", columns={"": -10, "value": 12}, rows=rows),),
            remarks=(how,),
        )

    def plot(self, ax: Axes | None = None, *, i: int = 0, **line: object) -> Axes:
        """Draw the density, as over a histogram that was drawn before.

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
        from stochcalc.plot import plot_density

        axes: Axes = plot_density(self, ax=ax, i=i, **line)
        return axes
