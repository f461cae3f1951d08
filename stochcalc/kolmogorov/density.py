"""`StationaryDensity`: what `stationary_density` returns, and what can be read off it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display import Description, Displayed, Table
from stochcalc.engine.functions.failures import Advice
from stochcalc.engine.given_values import read_numbers
from stochcalc.engine.words import show
from stochcalc.kolmogorov.coefficients import as_given, evaluate, read_function
from stochcalc.kolmogorov.line import Line
from stochcalc.kolmogorov.panels import Piecewise, place_nodes, refine
from stochcalc.kolmogorov.settling import LEVELS, SLOWEST, Law, end_of
from stochcalc.sde import SDE
from stochcalc.typing import Array, Axes, Number, TestFunction

ACCURACY = 1e-13  # of an expectation, relative to that of the size of the function
REGULAR = 1e-6  # of the slope at an end where nothing is singular
ROUNDING = 1e-12  # of a mean, in standard deviations
NEGLIGIBLE = 1e-12  # of the largest value of a function times the density, at the ends
DENSITY = r"p(x) = C \, b(x)^{2 \lambda - 2} \exp \int^x \frac{2 a(s)}{b(s)^2} \, \mathrm{d}s"
OF_AN_EXPECTATION = Advice("", "give a function with a finite value wherever the density is not 0")


@dataclass(frozen=True, eq=False, repr=False)
class StationaryDensity(Displayed):
    """The density that a scalar equation settles in.

    Attributes
    ----------
    sde : SDE
        The equation.
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

    sde: SDE
    low: float
    high: float
    error: float
    law: Law = field(repr=False)

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
        found = self._probability_inside(self._find_y(at))
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
            _, slope = end_of(self.law.log_density, side)
            rate = slope - (-1.0 if math.isfinite(end) else 1.0)  # less that of log dx/dy
            if abs(rate) > REGULAR:
                logs = logs + rate * np.maximum(side * (y - inner), 0.0)
        return np.asarray(np.exp(logs))

    def _log_density(self, y: Array) -> Array:
        """Return the logarithm of the density of y, which is a line beyond the panels."""
        edges = self.law.edges
        found = self.law.log_density(np.clip(y, edges[0], edges[-1]))
        for side, beyond in ((-1, edges[0] - y), (1, y - edges[-1])):
            _, slope = end_of(self.law.log_density, side)
            found = found + slope * np.maximum(beyond, 0.0)
        return np.asarray(found)

    def _probability_inside(self, y: Array) -> Array:
        """Return the probability to be below the points of some y."""
        edges = self.law.edges
        found = self.law.cdf(np.clip(y, edges[0], edges[-1]))
        _, slope = end_of(self.law.log_density, -1)
        found = found * np.exp(slope * np.maximum(edges[0] - y, 0.0))
        _, slope = end_of(self.law.log_density, 1)
        above = (1.0 - found) * np.exp(slope * np.maximum(y - edges[-1], 0.0))
        return np.asarray(np.clip(np.where(y > edges[-1], 1.0 - above, found), 0.0, 1.0))

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

    def expectation(self, f: TestFunction) -> float:
        """Return the mean of f(X) under the density.

        Parameters
        ----------
        f : callable
            A function of one number, called in Python.

        Returns
        -------
        float
            Inf, or nan, where the density falls too slowly for a mean.

        Raises
        ------
        TypeError, ValueError
            For a function that fails, or returns something else than a number.

        Examples
        --------
        >>> import math
        >>> from stochcalc.kolmogorov.stationary_density import stationary_density
        >>> from stochcalc.models import ou
        >>> p = stationary_density(ou(1.0, 0.0, 1.0))
        >>> round(p.expectation(math.cos), 9), round(math.exp(-0.25), 9)
        (0.778800783, 0.778800783)
        """
        return self._integrate(read_function("f", f))

    def _integrate(self, f: TestFunction) -> float:
        """Return the integral of f(x) times the density."""

        def integrand(y: Array) -> Array:
            density = np.exp(self._log_density(y))
            found = np.zeros(y.shape)
            there = density > 0.0
            at = self._line.x(y[there])
            values = evaluate("f", f, at, advice=OF_AN_EXPECTATION, finite=False)
            if np.isnan(values).any():
                raise ValueError(
                    f"f({at[np.isnan(values)][0]:g}) = nan: {OF_AN_EXPECTATION.action}"
                )
            found[there] = values * density[there]
            return found

        with np.errstate(all="ignore"):
            edges, values = refine(self.law.edges, integrand, ACCURACY, LEVELS)
            inside = float(Piecewise.fit(edges, values).totals().sum())
            small = NEGLIGIBLE * float(np.abs(values).max())
            ends = [_integrate_end(integrand, edges, side, small) for side in (-1, 1)]
        return inside + sum(ends)

    def _describe(self) -> Description:
        mean = self.mean
        if abs(mean) < ROUNDING * math.sqrt(self.var):
            mean = 0.0
        numbers = {"mean": mean, "variance": self.var}
        equations = ", ".join(f"{name} {value:.9g}" for name, value in numbers.items())
        rows = tuple((name, f"{value:.9g}") for name, value in numbers.items())
        where = f"on ({self.low:g}, {self.high:g})"
        how = f"lam={self.sde.lam:g}, probabilities right to {self.error:.1g}"
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
    outer, inner = (edges[-1], edges[-2]) if side > 0 else (edges[0], edges[1])
    end, before = integrand(np.array([outer, inner]))
    if not abs(end) > small:
        return 0.0
    slope = math.log(abs(end / before)) / abs(outer - inner) if before else 0.0
    if slope > -SLOWEST:
        return math.copysign(math.inf, end)
    return float(end) / -slope
