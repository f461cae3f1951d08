"""Sums over windows of neighbouring returns, scaled up so that they count every step of the
observation grid once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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
        After how many steps: [n] for the whole path, every number from the first possible one on
        for a running estimate.
    steps : ndarray, shape (n,), or None
        Their lengths. Equal steps count as 1: no estimate of a variation depends on the unit of
        time.
    span : int, optional
        Count the last `span` steps before each end only; the ends are then span, ..., n.
    """

    n: int
    ends: NDArray[np.int64]
    steps: Array | None = None
    span: int | None = None

    @property
    def seen(self) -> Any:
        """Number of steps that count at each end."""
        return self.ends if self.span is None else self.span

    @property
    def longest(self) -> int:
        """The largest of these numbers."""
        return self.n if self.span is None else self.span

    def standard(self, returns: Array) -> Array:
        """Returns over the square root of their step: variance sigma^2 whatever the step."""
        return returns if self.steps is None else returns / np.sqrt(self.steps)

    def sums(self, terms: Array, width: int, times: Array | None = None) -> Array:
        """Sums (..., m) over the windows that count at each end, of terms (..., n - width + 1), one
        per `width` steps.

        `times` multiplies the terms.
        """
        product = terms if times is None else terms * times
        if self.span is not None:
            return moving_sums(product, self.span - width + 1)
        if len(self.ends) == 1 and self.ends[0] == self.n:
            return product.sum(axis=-1, keepdims=True)
        return np.cumsum(product, axis=-1)[..., self.ends - width]

    def total(self, power: int = 1) -> Any:
        """Sum of dt^power at each end."""
        return self.seen if self.steps is None else self.sums(self.steps**power, 1)

    def windows(self, weights: Array) -> Any:
        """Sum over the windows at each end of sum_j weights_j dt_{i+j}: how much time they have
        seen.
        """
        width = len(weights)
        if self.steps is None:
            return weights.sum() * (self.seen - width + 1)
        return self.sums(sliding_window_view(self.steps, width) @ weights, width)

    def pooled(self, terms: Array, width: int) -> Array:
        """sum_i sigma_i^2 dt_i at each end, from terms whose means are sigma^2.

        A window weighs as much as the steps it covers, on average, and the whole is scaled up from
        windows to steps: exact in mean for constant sigma on any grid.
        """
        weights, scale = self._weights(width, 1)
        return self.sums(terms, width, weights) * scale

    def pooled_squares(self, one: Array, other: Array, width: int) -> Array:
        """sum_i sigma_i^4 dt_i^2 at each end from products one * other whose means are sigma^4."""
        weights, scale = self._weights(width, 2)
        return self.sums(one, width, other if weights is None else other * weights) * scale

    def weight_products(self, width: int, lag: int) -> Any:
        """sum_i w_i w_{i+lag} for the weights of `pooled`."""
        weights, scale = self._weights(width, 1)
        if weights is None:
            return scale**2 * (self.seen - width + 1 - lag)
        return self.sums(weights[: len(weights) - lag], width + lag, weights[lag:]) * scale**2

    @cached_property
    def gap_of_bipower(self) -> Any:
        """Variance of realized less bipower variation over a constant sigma^4: (pi^2/4 + pi - 5) n
        dt^2 on equal steps.

        With w the weights of the products, 2 sum dt^2 + (pi^2/4 - 1) sum w_i^2 + (pi - 2) sum w_i
        w_{i+1}
        - 2 sum w_i (dt_i + dt_{i+1}), since Cov(r_i^2, w_i pi/2 |u_i u_{i+1}|) = sigma^4 dt_i w_i.
        """
        weights, scale = self._weights(2, 1)
        shared = (
            2.0 * scale * (self.seen - 1)
            if weights is None
            else 2.0 * scale * self.sums(weights, 2, weights)
        )
        return (
            2.0 * self.total(2)
            + (np.pi**2 / 4 - 1) * self.weight_products(2, 0)
            + (np.pi - 2) * self.weight_products(2, 1)
            - 2.0 * shared
        )

    def _weights(self, width: int, power: int) -> tuple[Array | None, Any]:
        """(mean of dt^power over each window, or None for 1; the scale from windows to steps)."""
        if self.steps is None:
            return None, self.seen / (self.seen - width + 1)
        weights = sliding_window_view(self.steps**power, width).mean(axis=-1)
        return weights, self.total(power) / self.sums(weights, width)


def moving_sums(terms: Array, m: int) -> Array:
    """Sums of m neighbours (..., n - m + 1), without a subtraction: nothing cancels, and what is
    zero sums to zero.

    The terms are cut into blocks of m; a window is the end of one block and the beginning of the
    next (van Herk 1992).
    """
    n = terms.shape[-1]
    padded = np.zeros((*terms.shape[:-1], -(-n // m) * m))
    padded[..., :n] = terms
    blocks = padded.reshape(*terms.shape[:-1], -1, m)
    beginnings = np.cumsum(blocks, axis=-1).reshape(padded.shape)
    endings = np.cumsum(blocks[..., ::-1], axis=-1)[..., ::-1].reshape(padded.shape)
    sums = endings[..., : n - m + 1]
    following = beginnings[..., m - 1 : n].copy()
    following[..., ::m] = 0.0  # here the window is one whole block
    return sums + following
