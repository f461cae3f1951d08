"""Sums over windows of neighbouring returns, scaled up so that they count every step of the observation grid once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Clock:
    """The steps between observations, and the moments at which an estimate is wanted.

    Attributes
    ----------
    n : int
        Number of steps.
    ends : ndarray of int, shape (m,)
        After how many steps: [n] for the whole path, every number from the first possible one on for a running estimate.
    steps : ndarray, shape (n,) or (rows, n), or None
        Their lengths. Equal steps count as 1: no estimate of a variation depends on the unit of time.
    """

    n: int
    ends: NDArray[np.int64]
    steps: Array | None = None

    def standard(self, returns: Array) -> Array:
        """Returns over the square root of their step: variance sigma^2 whatever the step."""
        return returns if self.steps is None else returns / np.sqrt(self.steps)

    def sums(self, terms: Array, width: int, times: Array | None = None) -> Array:
        """Sums of terms (..., n - width + 1), one per window of `width` steps, over the windows seen at each end: (..., m).

        `times` multiplies the terms, without an array of products where none is needed.
        """
        if len(self.ends) > 1 or self.ends[0] != self.n:
            return np.cumsum(terms if times is None else terms * times, axis=-1)[..., self.ends - width]
        if times is None:
            return terms.sum(axis=-1, keepdims=True)
        return (terms * times).sum(axis=-1, keepdims=True)

    def total(self, power: int = 1) -> Any:
        """Sum of dt^power at each end."""
        return self.ends if self.steps is None else self.sums(self.steps**power, 1)

    def windows(self, weights: Array) -> Any:
        """Sum over the windows at each end of sum_j weights_j dt_{i+j}: how much time they have seen."""
        width = len(weights)
        if self.steps is None:
            return weights.sum() * (self.ends - width + 1)
        return self.sums(sliding_window_view(self.steps, width, axis=-1) @ weights, width)

    def pooled(self, terms: Array, width: int) -> tuple[Array, Any]:
        """(sum_i sigma_i^2 dt_i at each end, the sum of squared weights) from terms whose means are sigma^2.

        A window weighs as much as the steps it covers, on average, and the whole is scaled up from windows to steps: exact in
        mean for constant sigma on any grid.
        """
        weights, scale = self._weights(width, 1)
        if weights is None:
            return self.sums(terms, width) * scale, scale * self.ends
        return self.sums(terms, width, weights) * scale, self.sums(weights, width, weights) * scale**2

    def pooled_squares(self, one: Array, other: Array, width: int) -> Array:
        """sum_i sigma_i^4 dt_i^2 at each end from products one * other whose means are sigma^4."""
        weights, scale = self._weights(width, 2)
        return self.sums(one, width, other if weights is None else other * weights) * scale

    def _weights(self, width: int, power: int) -> tuple[Array | None, Any]:
        """(mean of dt^power over each window, or None for 1; the scale from windows to steps)."""
        if self.steps is None:
            return None, self.ends / (self.ends - width + 1)
        weights = sliding_window_view(self.steps**power, width, axis=-1).mean(axis=-1)
        return weights, self.total(power) / self.sums(weights, width)
