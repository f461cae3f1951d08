"""Gaussian mixtures, whose score grad log p is known exactly at every smoothing.

The mixture p(x) = sum_k w_k N(x; m_k, C_k), smoothed by sigma, has the covariances C_k + sigma^2 I.
Its score is sum_k r_k g_k, with the pulls g_k(x) = (C_k + sigma^2 I)^-1 (m_k - x) and the
responsibilities r_k(x), which are the probabilities that x comes from component k.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.densities.arguments import check_covariances, check_rows, check_weights
from stochcalc.densities.mixture_terms import take_divergence, take_log_density, take_score
from stochcalc.densities.pieces import budget_sample, evaluate_in_pieces, pieces_of
from stochcalc.engine import checks
from stochcalc.engine.given_values import read_size
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.typing import Array, Seed


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    r"""A mixture of K Gaussians in d dimensions, with its smoothings.

    Parameters
    ----------
    weights : array_like, shape (K,)
        Probabilities of the components: positive, summing to 1.
    means : array_like, shape (K, d)
        Means of the components.
    covs : array_like
        Covariances of the components, shape (K, d, d); or one matrix (d, d) for all; or K numbers,
        or one number c, for c I. Zero is a point mass: its score exists for sigma > 0 only.

    Raises
    ------
    TypeError, ValueError
        For weights that do not sum to 1, shapes that do not match, matrices that are not symmetric
        positive semidefinite.

    Notes
    -----
    Adding noise sigma z to a sample turns the density into

    .. math:: p_\sigma(x) = \sum_{k=1}^K w_k N(x; m_k, C_k + \sigma^2 I).

    References
    ----------
    B. Efron, JASA 106 (2011) 1602, for the denoised point. [efron2011]

    Examples
    --------
    >>> p = GaussianMixture([0.5, 0.5], [[-1.0], [1.0]], 1.0)
    >>> p.score([[0.0]])
    array([[0.]])
    """

    weights: Array
    means: Array
    covs: Array

    def __init__(self, weights: ArrayLike, means: ArrayLike, covs: ArrayLike) -> None:
        w = check_weights(weights)
        m = checks.array("means", means, ndim=2)
        if len(m) != len(w):
            raise ValueError(
                f"means has {len(m)} rows and weights {len(w)} entries: give one mean per weight"
            )
        object.__setattr__(self, "weights", w / w.sum())
        object.__setattr__(self, "means", m.copy())
        object.__setattr__(self, "covs", check_covariances(covs, *m.shape))

    @property
    def dim(self) -> int:
        """The dimension d of the space."""
        return int(self.means.shape[1])

    @property
    def shared(self) -> bool:
        """Whether all components have one covariance.

        Their compiled score then takes a third of the work.
        """
        return bool((self.covs == self.covs[0]).all())

    def score(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        r"""Return the score grad log p_sigma at some points.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, at least 0.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for a sigma that leaves a covariance singular.

        Notes
        -----
        With the posterior probabilities :math:`r_k(x)` of the components the score is

        .. math:: s(x) = \sum_k r_k(x) (C_k + \sigma^2 I)^{-1} (m_k - x).

        Examples
        --------
        >>> GaussianMixture([1.0], [[0.0]], 1.0).score([[3.0]], sigma=1.0)
        array([[-1.5]])
        """
        return self._in_pieces(take_score, x, sigma, self.dim)

    def log_density(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        """Return log p_sigma at some points.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, at least 0.

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for a sigma that leaves a covariance singular.

        Examples
        --------
        >>> GaussianMixture([1.0], [[0.0]], 1.0).log_density([[0.0]]).round(4)
        array([-0.9189])
        """
        return self._in_pieces(take_log_density, x, sigma, 1)[:, 0]

    def sample(self, n: int, *, rng: Seed = None) -> Array:
        """Draw independent points of the mixture, without smoothing.

        Parameters
        ----------
        n : int
            Number of points.
        rng : None, int, SeedSequence or Generator
            Seed of NumPy's generator, which draws them.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        TypeError, ValueError
            For n below 1, or what is no seed.

        Examples
        --------
        >>> GaussianMixture([1.0], [[3.0, 0.0]], 0.0).sample(2, rng=1)
        array([[3., 0.],
               [3., 0.]])
        """
        n = checks.integer("n", n)
        budget_sample(n, self.dim, beside=n)
        generator = numpy_generator(rng)
        which = generator.choice(len(self.weights), size=n, p=self.weights)
        values, vectors = np.linalg.eigh(self.covs)
        roots = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
        points: Array = generator.standard_normal((n, self.dim))
        for some in pieces_of(n, self.dim**2):
            chosen = which[some]
            moved = np.einsum("nij,nj->ni", roots[chosen], points[some])
            points[some] = self.means[chosen] + moved
        return points

    def divergence(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        r"""Return the divergence of the score, the trace of its Jacobian, at some points.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, at least 0.

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for a sigma that leaves a covariance singular.

        Notes
        -----
        With the posterior probabilities :math:`r_k` and the pulls
        :math:`g_k = (C_k + \sigma^2 I)^{-1} (m_k - x)`

        .. math:: \nabla \cdot s
            = \sum_k r_k (|g_k|^2 - \mathrm{tr} (C_k + \sigma^2 I)^{-1}) - |s|^2.

        Examples
        --------
        >>> GaussianMixture([1.0], [[0.0, 0.0]], 1.0).divergence([[3.0, 4.0]])
        array([-2.])
        """
        return self._in_pieces(take_divergence, x, sigma, 1)[:, 0]

    def in_lanes(self, sigma: float) -> tuple[Array, ...]:
        """Return the parameters of the compiled score, for any smoothing from `sigma` on.

        They are the logarithms of the weights, the means, the eigenvectors and the eigenvalues of
        the covariances, as `mixture_at_a_state` takes them.

        Parameters
        ----------
        sigma : float
            Least standard deviation of the smoothing.

        Returns
        -------
        tuple of ndarray, shapes (K,), (K, d), (2, K, d, d), (K, d)

        Raises
        ------
        ValueError
            If this smoothing leaves a covariance singular.
        """
        self._smooth(sigma)  # refuses what is singular
        spectra, vectors = np.linalg.eigh(self.covs)
        axes = np.ascontiguousarray(np.stack([vectors.transpose(0, 2, 1), vectors]))
        return np.log(self.weights), self.means, axes, np.maximum(spectra, 0.0)

    def _in_pieces(
        self, take: Callable[..., Array], x: ArrayLike, sigma: float, columns: int
    ) -> Array:
        """Return the columns that a function of `mixture_terms` takes from points, in pieces."""
        points = check_rows(x, self.dim)
        smooth = self._smooth(checks.number("sigma", sigma, least=0.0))
        return evaluate_in_pieces(
            lambda some: take(some, self.means, *smooth), points, columns, self.means.size
        )

    def _smooth(self, sigma: float) -> tuple[Array, Array]:
        """Return log w_k - log sqrt det(2 pi C_k) and C_k^-1, smoothed by sigma.

        Their shapes are (K,) and (K, d, d).
        """
        sigma = read_size("sigma", sigma)
        covs = self.covs + sigma * sigma * np.eye(self.dim)
        spread = np.linalg.eigvalsh(covs)
        flat = spread[:, 0] <= 1e-13 * spread[:, -1]
        if flat.any():
            raise ValueError(
                f"sigma={sigma:g} leaves component {int(np.argmax(flat))} singular: smooth with "
                f"sigma > 0"
            )
        logdet = np.log(spread).sum(axis=1)
        constants = np.log(self.weights) - 0.5 * (logdet + self.dim * math.log(2.0 * math.pi))
        precisions = np.asarray(np.linalg.inv(covs), dtype=np.float64)
        return constants, precisions
