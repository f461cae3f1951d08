"""`FirstPassage`: what `first_passage` returns, and the probabilities that can be read off it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display import Description, Displayed, Table
from stochcalc.engine import checks
from stochcalc.engine.shown_digits import show_apart
from stochcalc.engine.statistics import Record
from stochcalc.engine.time_range import snap_to_ends
from stochcalc.engine.words import count, show
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.passage.barrier import describe_barrier
from stochcalc.typing import Array, Axes, Integers, Level


@dataclass(frozen=True, eq=False, repr=False)
class FirstPassage(Displayed):
    """The times tau at which paths first reach a barrier, or one of two, or their statistics.

    Attributes
    ----------
    T : float
        The time up to which paths were followed.
    x0 : float or tuple of float
        Their start.
    barrier : float or callable, or a pair of them
        The barrier, or the lower and the upper one.
    times : ndarray, shape (paths,), or None for save="stats"
        The time tau of each path: inf for a path that has not been there by T, nan for one that
        left the finite range.
    key : int
        The key of the motion: `first_passage(..., key=found.key)` gives the same times.
    nonfinite : int
        How many paths left the finite range before they reached the barrier. If there are any, the
        estimates are nan.
    info : dict
        The method, the sizes, whether crossings between grid times count, and names of functions
        that ran on Numba's own code.
    side : ndarray of int, shape (paths,), or None for save="stats"
        1 for a path that reached a barrier above it, -1 for one below, 0 for neither.
    states : ndarray, shape (paths[, d]), or None for save="stats"
        The state of each path at min(tau, T).
    record : ndarray, shape (7, 3), or None
        For save="stats", the statistics of whether tau <= T, of min(tau, T), and of whether the
        barrier was below.

    Examples
    --------
    >>> from stochcalc.models import ou
    >>> from stochcalc.passage.first_passage import first_passage
    >>> found = first_passage(ou(1.0, 0.0, 1.0), 0.0, 0.5, 2.0, n=8, paths=1000, rng=1)
    >>> found.times.shape, found.nonfinite
    ((1000,), 0)
    """

    T: float
    x0: float | tuple[float, ...]
    barrier: Level | tuple[Level, Level]
    times: Array | None
    key: int
    nonfinite: int
    info: dict[str, Any]
    side: Integers | None = None
    states: Array | None = field(repr=False, default=None)
    record: Record | None = field(repr=False, default=None)

    @property
    def probability(self) -> Estimate:
        """The probability P(tau <= T), with Wilson's interval."""
        if self.record is None:
            return self.law(self.T)
        return self._share(self.record[1, 0])

    @property
    def low_first(self) -> Estimate:
        """The probability that a path reaches the lower barrier by T, and no other one before.

        For one barrier it is that of a barrier below the start, and 0 for one above.
        """
        if self.record is None:
            return self.law(self.T, side="low")
        return self._share(self.record[1, 2])

    @property
    def high_first(self) -> Estimate:
        """The probability that a path reaches the upper barrier by T, and no other one before."""
        if self.record is None:
            return self.law(self.T, side="high")
        return self._share(self.record[1, 0] - self.record[1, 2])

    def _share(self, mean: float) -> Estimate:
        """Return a probability from a mean of 0s and 1s."""
        paths = self.info["paths"]
        # The mean times the number of paths is how many paths were there.
        return Estimate.share(np.rint(mean * paths), paths)

    @property
    def mean_restricted(self) -> Estimate:
        """The mean E min(tau, T)."""
        if self.times is not None:
            return Moments.of(np.minimum(self.times, self.T)).estimate()
        assert self.record is not None  # one of the two is kept
        return Moments(self.record[:, 1:2]).estimate()

    def law(self, t: ArrayLike, *, side: str | None = None) -> Estimate:
        """Return P(tau <= t) with Wilson's interval, or that of a passage on one side.

        The interval has a width even if no path, or every path, was there.

        Parameters
        ----------
        t : array_like
            Times in [0, T].
        side : {"low", "high"}, optional
            Count the passages through the lower, or the upper, barrier only.

        Returns
        -------
        Estimate
            Its fields have the shape of t.

        Raises
        ------
        TypeError, ValueError
            For times outside [0, T], and for save="stats", which keeps P(tau <= T) alone.

        Examples
        --------
        >>> from stochcalc.models import ou
        >>> from stochcalc.passage.first_passage import first_passage
        >>> found = first_passage(ou(1.0, 0.0, 1.0), 0.0, 0.5, 2.0, n=8, paths=1000, rng=1)
        >>> found.law([0.0, 1.0]).value.shape
        (2,)
        """
        remedy = "the paths were followed over that time"
        asked = snap_to_ends("t", checks.array("t", t), 0.0, self.T, remedy)
        if self.times is None:
            raise ValueError(
                f't={show(t)} needs the times, and save="stats" keeps P(tau <= T) alone: use '
                'save="times"'
            )
        counted = self.times
        if side is not None:
            sign = {"low": -1, "high": 1}[checks.choice("side", side, ("low", "high"))]
            counted = self.times[self.side == sign]
        count = np.searchsorted(np.sort(counted), asked, side="right")
        return Estimate.share(np.where(self.nonfinite, np.nan, count), len(self.times))

    def _start(self) -> str:
        """Return the number that starts away from the barrier, as text."""
        if isinstance(self.x0, tuple):
            i = self.info["component"]
            return f"{self.x0[i]:g} in component {i}"
        return f"{self.x0:g}"

    @property
    def title(self) -> str:
        """From where to where the passage is, as text."""
        return f"First passage from {self._start()} to {describe_barrier(self.barrier)}"

    def _describe(self) -> Description:
        crossings = "with" if self.info["correction"] else "without"
        numbers = {f"P(tau <= {self.T:g})": self.probability}
        if isinstance(self.barrier, tuple):
            numbers["P(low first)"] = self.low_first
        numbers[f"E min(tau, {self.T:g})"] = self.mean_restricted
        how = (
            f"{count(self.info['paths'], 'path')} by {self.info['method']}, n={self.info['n']}, "
            f"{crossings} crossings between grid times, nonfinite={self.nonfinite}, key={self.key}"
        )
        equations = ", ".join(f"{name} = {number}" for name, number in numbers.items())
        barrier = describe_barrier(self.barrier)
        rows = tuple(
            (name, *show_apart(float(number.value), float(number.stderr)))
            for name, number in numbers.items()
        )
        columns = {"": -14, "measured": 10, "standard error": 10}
        return Description(
            line=f"FirstPassage(x0={self._start()} to {barrier}: {equations}; {how})",
            title=self.title,
            tables=(Table(title="", columns=columns, rows=rows),),
            remarks=(how,),
        )

    def plot(
        self, ax: Axes | None = None, *, i: int = 0, side: str | None = None, **line: object
    ) -> Axes:
        """Draw P(tau <= t) with its interval, or that of a passage on one side.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; new axes by default.
        i : int
            The number of the colour and of the line style, for several curves on the same axes.
        side : {"low", "high"}, optional
            Count the passages through the lower, or the upper, barrier only.
        **line
            What Matplotlib's `plot` takes.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from stochcalc.plot import plot_passage

        axes: Axes = plot_passage(self, ax=ax, i=i, side=side, **line)
        return axes
