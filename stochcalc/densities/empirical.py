"""The smoothed empirical distribution: what score matching learns if it learns the data by heart.

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

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.densities.arguments import check_rows, check_smoothing
from stochcalc.densities.pieces import budget_sample
from stochcalc.engine import checks, memory
from stochcalc.engine.given_values import read_size
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.typing import Array, Integers, Seed

# Entries of the matrix points x data that exist at a time: 32 MiB. With fewer, the data are read
# too often.
CELLS = 1 << 22
NO_DENSITY = "the data alone are point masses, without a density"


@dataclass(frozen=True, eq=False)
class Empirical:
    r"""The law of a data point drawn at random plus noise sigma z, for sigma > 0.

    Parameters
    ----------
    data : array_like, shape (n, d)
        Finite numbers, one data point per row; rows may repeat.

    Raises
    ------
    TypeError, ValueError
        For data that are not a finite table of numbers.

    Notes
    -----
    The smoothed density of data :math:`x_1, \dots, x_n` is

    .. math:: p_\sigma(x) = \frac{1}{n} \sum_{i=1}^n N(x; x_i, \sigma^2 I).

    An evaluation costs one product of a (points, d) by a (d, n) matrix, and one back, in pieces of
    bounded memory. The exponents come from `x . x_i - |x_i|^2 / 2` of centred data, so that
    rounding shows where sigma is near 1e-8 of the distances from their centre.

    References
    ----------
    P. Vincent, Neural Computation 23 (2011) 1661; B. Efron, JASA 106 (2011) 1602.
    [vincent2011] [efron2011]

    Examples
    --------
    >>> p = Empirical([[-1.0], [1.0]])
    >>> p.denoised([[0.0], [3.0]], sigma=0.5)
    array([[0.],
           [1.]])
    """

    data: Array
    _centre: Array
    _centred: Array
    _half_squares: Array

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
        """The dimension d of the space."""
        return int(self.data.shape[1])

    def denoised(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        """Return the posterior mean E[x_0 | x_0 + sigma z = x] at some points.

        It is the mean of the data, weighted by how likely each of them is to have become x.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Noisy points, one per row.
        sigma : float
            Standard deviation of the noise, positive.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for sigma = 0.

        Examples
        --------
        >>> Empirical([[-1.0], [1.0]]).denoised([[0.25]], sigma=0.5).round(3)
        array([[0.762]])
        """
        points = check_rows(x, self.dim)
        sigma = check_smoothing(sigma, NO_DENSITY)
        return self._mean_shift(points, sigma) + self._centre

    def score(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        """Return the score grad log p_sigma at some points.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, positive.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for sigma = 0.

        Examples
        --------
        >>> Empirical([[-1.0], [1.0]]).score([[3.0]], sigma=0.5)
        array([[-8.]])
        """
        points = check_rows(x, self.dim)
        sigma = check_smoothing(sigma, NO_DENSITY)
        return (self._mean_shift(points, sigma) - (points - self._centre)) / (sigma * sigma)

    def log_density(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        """Return log p_sigma at some points.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, positive.

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for sigma = 0.

        Examples
        --------
        >>> Empirical([[-1.0], [1.0]]).log_density([[0.0]], sigma=0.5).round(3)
        array([-2.226])
        """
        points = check_rows(x, self.dim)
        sigma = check_smoothing(sigma, NO_DENSITY)
        result = np.empty(len(points))
        for rows, weights, nearest in self._likelihoods(points, sigma):
            # The largest term comes from a difference, not from |x|^2 - 2 x.x_i + |x_i|^2, which
            # cancels where it matters most.
            away = points[rows] - self.data[nearest]
            squares = np.einsum("ni,ni->n", away, away)
            result[rows] = np.log(weights.sum(axis=1)) - 0.5 * squares / (sigma * sigma)
        return (
            result
            - math.log(len(self.data))
            - 0.5 * self.dim * math.log(2.0 * math.pi * sigma * sigma)
        )

    def sample(self, n: int, *, rng: Seed = None, sigma: float = 0.0) -> Array:
        """Draw points from the data with replacement and add sigma z, with z standard normal.

        Parameters
        ----------
        n : int
            Number of points.
        rng : None, int, SeedSequence or Generator
            Seed of NumPy's generator, which draws them.
        sigma : float
            Standard deviation of the smoothing; 0 gives the data as they are.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        TypeError, ValueError
            For n below 1, a negative sigma, or what is no seed.

        Examples
        --------
        >>> Empirical([[2.0], [2.0]]).sample(3, rng=1).ravel()
        array([2., 2., 2.])
        """
        n = checks.integer("n", n)
        sigma = read_size("sigma", sigma)
        smoothing = n * self.dim if sigma > 0 else 0
        budget_sample(n, self.dim, beside=max(n, smoothing))
        generator = numpy_generator(rng)
        points = self.data[generator.integers(len(self.data), size=n)]
        if sigma > 0:
            noise = generator.standard_normal(points.shape)
            noise *= sigma
            points += noise
        return points

    def _mean_shift(self, points: Array, sigma: float) -> Array:
        """Return E[x_0 | x] less the centre of the data."""
        memory.budget("the means", points.size, "use fewer points at a time", beside=CELLS)
        result = np.empty(points.shape)
        for rows, weights, _ in self._likelihoods(points, sigma):
            result[rows] = weights @ self._centred / weights.sum(axis=1, keepdims=True)
        return result

    def _likelihoods(self, points: Array, sigma: float) -> Iterator[tuple[slice, Array, Integers]]:
        """Yield (rows, likelihoods, nearest) for one piece of the points after another.

        `rows` are the rows of the piece. The likelihoods of the data, relative to the largest, are
        exp(-(|x - x_i|^2 - min_j |x - x_j|^2) / (2 sigma^2)); `nearest` is the index of the datum
        next to each point.
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
