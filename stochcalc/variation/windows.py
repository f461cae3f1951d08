"""Sums over windows of neighbouring returns, scaled so that every step of the grid counts once.

An estimator of quadratic variation adds up terms, each made of `width` neighbouring returns. The
returns at the two ends of a path belong to fewer windows than those in its middle, and on a grid of
unequal steps a window covers more or less time. A `Clock` knows the steps, so it can weight the
terms and scale their sum until its mean is sum sigma_i^2 dt_i for constant sigma.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from stochcalc.typing import Array, Integers, Number


@dataclass(frozen=True, eq=False)
class Clock:
    """The steps between observations, and the moments at which an estimate is wanted.

    Attributes
    ----------
    n : int
        Number of steps.
    ends : ndarray of int, shape (m,)
        The numbers of steps after which an estimate is wanted: [n] for the whole path, every number
        from the first possible one on for a running estimate.
    steps : ndarray, shape (n,), or None
        The lengths of the steps. Equal steps count as 1: no estimate of a variation depends on the
        unit of time.
    span : int, optional
        Only the last `span` steps before each end count; the ends are then span, ..., n. Without it
        all steps before an end count.
    """

    n: int
    ends: Integers
    steps: Array | None = None
    span: int | None = None

    @property
    def step_count(self) -> int | Integers:
        """The number of steps that count at each end: shape (m,), or one number with a span."""
        if self.span is None:
            return self.ends
        return self.span

    @property
    def largest_step_count(self) -> int:
        """The largest number of steps that count at an end."""
        if self.span is None:
            return self.n
        return self.span

    def standardize(self, returns: Array) -> Array:
        """Return the returns over the square roots of their steps: the variance is then sigma^2."""
        if self.steps is None:
            return returns
        return returns / np.sqrt(self.steps)

    def sum_windows(self, terms: Array, width: int, factors: Array | None = None) -> Array:
        """Return the sum of the terms of all windows that count, at each end.

        Parameters
        ----------
        terms : ndarray, shape (..., n - width + 1)
            One term for every window of `width` steps.
        width : int
            Number of steps in a window.
        factors : ndarray of the same shape, optional
            What every term is multiplied by.

        Returns
        -------
        ndarray, shape (..., m)
        """
        product = terms
        if factors is not None:
            product = terms * factors
        if self.span is not None:
            return sum_neighbours(product, self.span - width + 1)
        if len(self.ends) == 1 and self.ends[0] == self.n:
            whole: Array = product.sum(axis=-1, keepdims=True)
            return whole
        so_far: Array = np.cumsum(product, axis=-1)[..., self.ends - width]
        return so_far

    def sum_steps(self, power: int = 1) -> Number:
        """Return sum dt_i^power over the steps that count, at each end."""
        if self.steps is None:
            return self.step_count
        return self.sum_windows(self.steps**power, 1)

    def sum_weighted_steps(self, weights: Array) -> Number:
        """Return sum_i sum_j weights_j dt_{i+j} over the windows i that count, at each end.

        It is the time that windows with these weights cover, all windows together.
        """
        width = len(weights)
        if self.steps is None:
            return weights.sum() * (self.step_count - width + 1)
        return self.sum_windows(sliding_window_view(self.steps, width) @ weights, width)

    def estimate_variation(self, terms: Array, width: int) -> Array:
        """Return the estimate of sum_i sigma_i^2 dt_i from terms whose means are sigma^2.

        The weight of a window is the mean length of its steps. The weighted sum is scaled from the
        time that the windows cover to the time of all steps. For constant sigma the mean is then
        exact on any grid.

        Parameters
        ----------
        terms : ndarray, shape (..., n - width + 1)
            One term for every window of `width` steps, of mean sigma^2.
        width : int
            Number of steps in a window.

        Returns
        -------
        ndarray, shape (..., m)
        """
        weights, scale = self._weigh_windows(width, 1)
        variation: Array = self.sum_windows(terms, width, weights) * scale
        return variation

    def estimate_quarticity(self, one: Array, other: Array, width: int) -> Array:
        """Return the estimate of sum_i sigma_i^4 dt_i^2 from products one * other of mean sigma^4.

        Parameters
        ----------
        one, other : ndarray, shape (..., n - width + 1)
            The two factors of the product that belongs to each window of `width` steps.
        width : int
            Number of steps in a window.

        Returns
        -------
        ndarray, shape (..., m)
        """
        weights, scale = self._weigh_windows(width, 2)
        factors = other
        if weights is not None:
            factors = other * weights
        quarticity: Array = self.sum_windows(one, width, factors) * scale
        return quarticity

    def sum_weight_products(self, width: int, lag: int) -> Number:
        """Return sum_i w_i w_{i+lag} for the weights w of `estimate_variation`, at each end."""
        weights, scale = self._weigh_windows(width, 1)
        if weights is None:
            return scale**2 * (self.step_count - width + 1 - lag)
        first = weights[: len(weights) - lag]
        return self.sum_windows(first, width + lag, weights[lag:]) * scale**2

    def gap_variance(self, width: int, covariances: tuple[float, ...]) -> Number:
        r"""Return the variance of realized variance less an estimate, for sigma = 1, at each end.

        Parameters
        ----------
        width : int
            Number of returns in a window of the estimate.
        covariances : tuple of float
            c_0 = Var s/(E s)^2 of a term s, and c_h = 2 Cov(s_i, s_{i+h})/(E s)^2 for h = 1, 2, ...

        Notes
        -----
        With w_i the weight of the term of window i, and m_i the mean of its steps, it is

        .. math::

            2 \sum \dd t_i^2 + \sum_h c_h \sum_i w_i w_{i+h} - 4 \sum w_i m_i.

        The last sum is twice the covariance of the two. A term s is homogeneous of degree 2, so by
        Stein's identity :math:`\sum_j Cov(u_j^2, s) = E \sum_j u_j \partial_j s = 2 E s`, the same
        for each of the returns u_j of the window. On equal steps the whole is about
        :math:`(\sum c_h - 2) n \dd t^2`.
        """
        weights, scale = self._weigh_windows(width, 1)
        # The weights are w_i = scale m_i.
        if weights is None:
            shared = 2.0 * scale * (self.step_count - width + 1)
        else:
            shared = 2.0 * scale * self.sum_windows(weights, width, weights)
        total = 2.0 * self.sum_steps(2)
        for lag, covariance in enumerate(covariances):
            total = total + covariance * self.sum_weight_products(width, lag)
        return total - 2.0 * shared

    def _weigh_windows(self, width: int, power: int) -> tuple[Array | None, Number]:
        """Return (the mean of dt^power in each window, the scale from windows to steps).

        The means are None on equal steps, where each is 1.
        """
        if self.steps is None:
            return None, self.step_count / (self.step_count - width + 1)
        weights = sliding_window_view(self.steps**power, width).mean(axis=-1)
        return weights, self.sum_steps(power) / self.sum_windows(weights, width)


def sum_neighbours(terms: Array, m: int) -> Array:
    """Return the sums of m neighbouring terms, without a subtraction.

    Nothing cancels, and terms that are zero have a sum of exactly zero. The terms are cut into
    blocks of m; a window is the end of one block and the beginning of the next (van Herk 1992).

    Parameters
    ----------
    terms : ndarray, shape (..., n)
    m : int
        Number of neighbours in a sum, at most n.

    Returns
    -------
    ndarray, shape (..., n - m + 1)
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
    total: Array = sums + following
    return total
