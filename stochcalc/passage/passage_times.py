"""FirstPassage: what `first_passage` returns, and the probabilities read off it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments


@dataclass(frozen=True, eq=False)
class FirstPassage:
    """Times at which paths first reach a barrier, or what is left of them.

    Attributes
    ----------
    T, x0, barrier : float
    times : ndarray, shape (paths,), or None for save="stats"
        inf for a path that has not been there by T, nan for one that left the finite range.
    key : int
        Replays the run: `first_passage(..., key=found.key)`.
    nonfinite : int
        Paths that left the finite range before they reached the barrier; the estimates are then
        nan.
    info : dict
        Method, sizes, whether the crossings between grid times are in, names that ran on Numba's
        own functions.
    """

    T: float
    x0: float
    barrier: float
    times: NDArray[np.float64] | None
    key: int
    nonfinite: int
    info: dict[str, Any]
    record: Any = field(repr=False, default=None)

    @property
    def probability(self) -> Estimate:
        """P(tau <= T)."""
        if self.times is not None:
            return self.law(self.T)
        paths = self.info["paths"]
        return Estimate.share(np.rint(self.record[1, 0] * paths), paths)

    @property
    def mean_restricted(self) -> Estimate:
        """E min(tau, T)."""
        if self.times is None:
            return Moments(self.record[:, 1:]).estimate()
        return Moments.of(np.minimum(self.times, self.T)).estimate()

    def law(self, t: ArrayLike) -> Estimate:
        """Return P(tau <= t) for times t in [0, T]; its fields have the shape of t.

        The interval is Wilson's, which has a width where no path, or every path, was there.

        Raises
        ------
        TypeError, ValueError
            For times outside [0, T]; for save="stats", which keeps P(tau <= T) alone.
        """
        asked = checks.array("t", t)
        for wrong in asked[(asked < 0.0) | (asked > self.T)].flat:
            raise ValueError(
                f"t={wrong:g} is outside [0, {self.T:g}]: the paths were followed over that time"
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

    def plot(self, ax: Any = None, **line: Any) -> Any:
        """Draw P(tau <= t) with its interval; return the axes."""
        from stochcalc.plot import plot_passage

        return plot_passage(self, ax=ax, **line)
