"""The smoothed empirical distribution: what score matching learns when nothing keeps it from
learning the data by heart.

Data x_1, ..., x_n and Gaussian noise of standard deviation sigma give, with w_i(x) = softmax_i(-|x
- x_i|^2 / (2 sigma^2)),

    p_sigma(x)       = (1/n) sum_i N(x; x_i, sigma^2 I)
    E[x_0 | x]       = sum_i w_i(x) x_i                 the posterior mean, or denoised point
    grad log p_sigma = (E[x_0 | x] - x) / sigma^2       Tweedie's formula

This score minimises the denoising loss on these data over all functions (Vincent 2011): no fitted
score does better on them. A sampler that follows it to sigma = 0 ends on the data themselves.

Sources: Vincent, "A connection between score matching and denoising autoencoders", Neural
Computation 23, 2011; Efron, "Tweedie's formula and selection bias", JASA 106, 2011.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.random.philox import numpy_generator

# Entries of the matrix points x data that exist at a time: 32 MiB. With fewer, the data are read
# too often.
CELLS = 1 << 22


@dataclass(frozen=True, eq=False)
class Empirical:
    """p_sigma(x) = (1/n) sum_i N(x; x_i, sigma^2 I), for sigma > 0.

    Cost: one product of a (points, d) by a (d, n) matrix, and one back, in pieces of bounded
    memory. The exponents come from x . x_i - |x_i|^2 / 2 of centred data: rounding shows where
    sigma is near 1e-8 of the distances from their centre.

    Parameters
    ----------
    data : array_like, shape (n, d)
        Finite; rows may repeat.

    Raises
    ------
    TypeError, ValueError
        For data that are not a finite table of numbers.

    Examples
    --------
    >>> p = Empirical([[-1.0], [1.0]])
    >>> p.denoised([[0.0], [3.0]], sigma=0.5)
    array([[0.],
           [1.]])
    """

    data: NDArray[np.float64]
    _centre: NDArray[np.float64]
    _centred: NDArray[np.float64]
    _half_squares: NDArray[np.float64]

    def __init__(self, data: ArrayLike) -> None:
        table = checks.array("data", data, ndim=2).copy()
        centre = table.mean(axis=0)
        centred = table - centre
        object.__setattr__(self, "data", table)
        object.__setattr__(self, "_centre", centre)
        object.__setattr__(self, "_centred", centred)
        object.__setattr__(self, "_half_squares", 0.5 * np.einsum("ni,ni->n", centred, centred))

    def __repr__(self) -> str:
        return f"Empirical({len(self.data)} points of dimension {self.dim})"

    @property
    def dim(self) -> int:
        """Dimension d of the space."""
        return self.data.shape[1]

    def denoised(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """E[x_0 | x_0 + sigma z = x] at x of shape (n, d): the data averaged by how likely each is
        to have become x.
        """
        return self._mean_shift(points_of(x, self.dim), _positive(sigma)) + self._centre

    def score(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """grad log p_sigma at x of shape (n, d); sigma, the standard deviation of the smoothing,
        must be positive.
        """
        points, sigma = points_of(x, self.dim), _positive(sigma)
        return (self._mean_shift(points, sigma) - (points - self._centre)) / (sigma * sigma)

    def log_density(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """log p_sigma at x of shape (n, d)."""
        points, sigma = points_of(x, self.dim), _positive(sigma)
        result = np.empty(len(points))
        for rows, weights, nearest in self._likelihoods(points, sigma):
            # The largest term comes from a difference, not from |x|^2 - 2 x.x_i + |x_i|^2, which
            # cancels where it matters most.
            away = points[rows] - self.data[nearest]
            result[rows] = np.log(weights.sum(axis=1)) - 0.5 * np.einsum("ni,ni->n", away, away) / (
                sigma * sigma
            )
        return (
            result
            - math.log(len(self.data))
            - 0.5 * self.dim * math.log(2.0 * math.pi * sigma * sigma)
        )

    def sample(self, n: int, *, rng: Any = None, sigma: float = 0.0) -> NDArray[np.float64]:
        """n points drawn from the data with replacement, plus sigma z (sigma = 0: data as they
        are), shape (n, d).
        """
        n, sigma, generator = (
            checks.integer("n", n),
            checks.number("sigma", sigma, least=0.0),
            numpy_generator(rng),
        )
        chosen = self.data[generator.integers(len(self.data), size=n)]
        return chosen + sigma * generator.standard_normal(chosen.shape) if sigma > 0 else chosen

    def _mean_shift(self, points: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
        """E[x_0 | x] less the centre of the data."""
        result = np.empty(points.shape)
        for rows, weights, _ in self._likelihoods(points, sigma):
            result[rows] = weights @ self._centred / weights.sum(axis=1, keepdims=True)
        return result

    def _likelihoods(
        self, points: NDArray[np.float64], sigma: float
    ) -> Iterator[tuple[slice, NDArray[Any], NDArray[Any]]]:
        """Piece by piece: rows of the points, exp(-(|x - x_i|^2 - min_j |x - x_j|^2) / (2
        sigma^2)), and the nearest datum.
        """
        height = min(len(points), max(1, CELLS // len(self.data)))
        # One buffer for all pieces: fresh memory costs more than the arithmetic.
        buffer = np.empty((height, len(self.data)))
        for first in range(0, len(points), height):
            rows = slice(first, min(first + height, len(points)))
            terms = buffer[: rows.stop - first]
            np.matmul(points[rows] - self._centre, self._centred.T, out=terms)
            terms -= self._half_squares  # |x|^2 / 2 is common to a row, and left out
            nearest = terms.argmax(axis=1)
            terms -= terms[np.arange(len(terms)), nearest, None]
            terms /= sigma * sigma
            yield rows, np.exp(terms, out=terms), nearest


def points_of(x: ArrayLike, dim: int) -> NDArray[np.float64]:
    """`x` as an array (n, dim), or ValueError."""
    points = checks.array("x", x)
    if points.ndim != 2 or points.shape[1] != dim:
        raise ValueError(f"x has shape {points.shape}: give (n, {dim}), one point per row")
    return points


def _positive(sigma: float) -> float:
    if checks.number("sigma", sigma, least=0.0) == 0:
        raise ValueError(
            "sigma=0 has no score here: the data alone are point masses, without a density; smooth "
            "with sigma > 0"
        )
    return float(sigma)
