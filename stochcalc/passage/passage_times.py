"""`FirstPassage`: what `first_passage` returns, and the probabilities that can be read off it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.statistics import Record
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.typing import Array, Axes


@dataclass(frozen=True, eq=False)
class FirstPassage:
    """The times tau at which paths first reach a barrier, or their statistics.

    Attributes
    ----------
    T, x0, barrier : float
        The time up to which paths were followed, their start, and the barrier.
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
    record : ndarray, shape (7, 2), or None
        For save="stats", the statistics of whether tau <= T and of min(tau, T).

    Examples
    --------
    >>> from stochcalc.models import ou
    >>> from stochcalc.passage.first_passage import first_passage
    >>> found = first_passage(ou(1.0, 0.0, 1.0), 0.0, 0.5, 2.0, n=8, paths=1000, rng=1)
    >>> found.times.shape, found.nonfinite
    ((1000,), 0)
    """

    T: float
    x0: float
    barrier: float
    times: Array | None
    key: int
    nonfinite: int
    info: dict[str, Any]
    record: Record | None = field(repr=False, default=None)

    @property
    def probability(self) -> Estimate:
        """The probability P(tau <= T), with Wilson's interval."""
        if self.record is None:
            return self.law(self.T)
        paths = self.info["paths"]
        # The mean of 0s and 1s, times their number, is how many paths were there.
        return Estimate.share(np.rint(self.record[1, 0] * paths), paths)

    @property
    def mean_restricted(self) -> Estimate:
        """The mean E min(tau, T)."""
        if self.times is not None:
            return Moments.of(np.minimum(self.times, self.T)).estimate()
        assert self.record is not None  # one of the two is kept
        return Moments(self.record[:, 1:]).estimate()

    def law(self, t: ArrayLike) -> Estimate:
        """Return P(tau <= t) with Wilson's interval.

        The interval has a width even if no path, or every path, was there.

        Parameters
        ----------
        t : array_like
            Times in [0, T].

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
        asked = checks.array("t", t)
        wrong = asked[(asked < 0.0) | (asked > self.T)]
        if wrong.size:
            raise ValueError(
                f"t={wrong.flat[0]:g} is outside [0, {self.T:g}]: the paths were followed over "
                f"that time"
            )
        if self.times is None:
            raise ValueError(
                f't={t!r:.40} needs the times, and save="stats" keeps P(tau <= T) alone: use '
                'save="times"'
            )
        count = np.searchsorted(np.sort(self.times), asked, side="right")
        return Estimate.share(np.where(self.nonfinite, np.nan, count), len(self.times))

    def __repr__(self) -> str:
        crossings = "with" if self.info["correction"] else "without"
        return (
            f"FirstPassage(x0={self.x0:g} to {self.barrier:g}: P(tau <= {self.T:g}) = "
            f"{self.probability}, E min(tau, {self.T:g}) = {self.mean_restricted}; "
            f"{self.info['paths']} paths by {self.info['method']}, n={self.info['n']}, {crossings} "
            f"crossings between grid times, nonfinite={self.nonfinite}, key={self.key})"
        )

    def plot(self, ax: Axes | None = None, *, i: int = 0, **line: object) -> Axes:
        """Draw P(tau <= t) with its interval.

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
        from stochcalc.plot import plot_passage

        return plot_passage(self, ax=ax, i=i, **line)
