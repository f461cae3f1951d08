"""Densities whose score, grad log p, is known exactly at every smoothing scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.random.philox import numpy_generator


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """p(x) = sum_k w_k N(x; m_k, C_k), and its Gaussian smoothings: adding sigma z turns C_k into
    C_k + sigma^2 I.

    Parameters
    ----------
    weights : array_like, shape (K,)
        Positive, summing to 1.
    means : array_like, shape (K, d)
    covs : array_like
        Shape (K, d, d); or (d, d) for all; or K numbers or one number c for c I. Zero is a point
        mass: its score exists for sigma > 0 only.

    Raises
    ------
    TypeError, ValueError
        For weights that do not sum to 1, shapes that do not match, matrices that are not symmetric
        positive semidefinite.

    Examples
    --------
    >>> p = GaussianMixture([0.5, 0.5], [[-1.0], [1.0]], 1.0)
    >>> p.score([[0.0]])
    array([[0.]])
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covs: NDArray[np.float64]

    def __init__(self, weights: ArrayLike, means: ArrayLike, covs: ArrayLike) -> None:
        w = checks.array("weights", weights, ndim=1)
        if (w <= 0).any():
            raise ValueError(
                f"weights={w.tolist()} must be positive: leave out components that weigh nothing"
            )
        if abs(w.sum() - 1.0) > 1e-9:
            raise ValueError(
                f"weights={w.tolist()} must be positive and sum to 1 (they sum to {w.sum():g}): "
                f"divide by it"
            )
        m = checks.array("means", means, ndim=2)
        if len(m) != len(w):
            raise ValueError(
                f"means has {len(m)} rows and weights {len(w)} entries: give one mean per weight"
            )
        object.__setattr__(self, "weights", w / w.sum())
        object.__setattr__(self, "means", m.copy())
        object.__setattr__(self, "covs", _covariances(covs, *m.shape))

    @property
    def dim(self) -> int:
        """Dimension d of the space."""
        return self.means.shape[1]

    @property
    def shared(self) -> bool:
        """Whether all components have one covariance: their compiled score then takes a third of
        the work.
        """
        return bool((self.covs == self.covs[0]).all())

    def score(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """Return grad log p_sigma at x of shape (n, d); sigma is the smoothing's deviation."""
        with interrupts_held_back():
            from scipy.special import softmax

        points = self._points(x)
        constants, precisions = self._smoothed(checks.number("sigma", sigma, least=0.0))
        pulls = np.einsum("kij,nkj->nki", precisions, self.means - points[:, None])
        responsibilities = softmax(self._log_terms(points, constants, pulls), axis=1)
        return np.einsum("nk,nki->ni", responsibilities, pulls)

    def log_density(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """log p_sigma at x of shape (n, d)."""
        with interrupts_held_back():
            from scipy.special import logsumexp

        points = self._points(x)
        constants, precisions = self._smoothed(checks.number("sigma", sigma, least=0.0))
        pulls = np.einsum("kij,nkj->nki", precisions, self.means - points[:, None])
        return logsumexp(self._log_terms(points, constants, pulls), axis=1)

    def sample(self, n: int, *, rng: Any = None) -> NDArray[np.float64]:
        """n independent points, shape (n, d), drawn by NumPy's generator."""
        n, generator = checks.integer("n", n), numpy_generator(rng)
        which = generator.choice(len(self.weights), size=n, p=self.weights)
        values, vectors = np.linalg.eigh(self.covs)
        roots = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
        return self.means[which] + np.einsum(
            "nij,nj->ni", roots[which], generator.standard_normal((n, self.dim))
        )

    def divergence(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """Trace of the Jacobian of the score at x of shape (n, d): sum_k r_k (|g_k|^2 - tr C_k^-1)
        - |s|^2, g_k the pulls.
        """
        with interrupts_held_back():
            from scipy.special import softmax

        points = self._points(x)
        constants, precisions = self._smoothed(checks.number("sigma", sigma, least=0.0))
        pulls = np.einsum("kij,nkj->nki", precisions, self.means - points[:, None])
        r = softmax(self._log_terms(points, constants, pulls), axis=1)
        each = (pulls**2).sum(axis=2) - np.trace(precisions, axis1=1, axis2=2)
        score = np.einsum("nk,nki->ni", r, pulls)
        found: NDArray[np.float64] = (r * each).sum(axis=1) - (score**2).sum(axis=1)
        return found

    def in_lanes(self, sigma: float) -> tuple[NDArray[np.float64], ...]:
        """Parameters of the compiled score, for any sigma from this on: log weights, means,
        eigenvectors, eigenvalues.
        """
        self._smoothed(sigma)  # refuses what is singular
        spectra, vectors = np.linalg.eigh(self.covs)
        axes = np.ascontiguousarray(np.stack([vectors.transpose(0, 2, 1), vectors]))
        return np.log(self.weights), self.means, axes, np.maximum(spectra, 0.0)

    def _points(self, x: ArrayLike) -> NDArray[np.float64]:
        points = checks.array("x", x)
        if points.ndim != 2 or points.shape[1] != self.dim:
            raise ValueError(f"x has shape {points.shape}: give (n, {self.dim}), one point per row")
        return points

    def _smoothed(self, sigma: float) -> tuple[NDArray[Any], NDArray[Any]]:
        """log w_k - log sqrt det(2 pi C), shape (K,), and inverse covariances, (K, d, d), at one
        smoothing.
        """
        covs = self.covs + sigma * sigma * np.eye(self.dim)
        spread = np.linalg.eigvalsh(covs)
        flat = spread[:, 0] <= 1e-13 * spread[:, -1]
        if flat.any():
            raise ValueError(
                f"sigma={sigma:g} leaves component {int(np.argmax(flat))} singular: smooth with "
                f"sigma > 0"
            )
        logdet = np.log(spread).sum(axis=1)
        return np.log(self.weights) - 0.5 * (
            logdet + self.dim * math.log(2.0 * math.pi)
        ), np.linalg.inv(covs)

    def _log_terms(self, x: NDArray[np.float64], constants: Any, pulls: Any) -> NDArray[np.float64]:
        terms: NDArray[np.float64] = constants - 0.5 * np.einsum(
            "nki,nki->nk", self.means - x[:, None], pulls
        )
        return terms


def _covariances(covs: ArrayLike, K: int, d: int) -> NDArray[np.float64]:
    """Covariances as an array (K, d, d), checked."""
    given = checks.array("covs", covs)
    if given.ndim < 2:
        if given.ndim == 1 and len(given) != K:
            raise ValueError(
                f"covs has {len(given)} entries: give one number, or one per component ({K})"
            )
        matrices = np.broadcast_to(given, (K,))[:, None, None] * np.eye(d)
    else:
        if given.shape not in ((d, d), (K, d, d)):
            raise ValueError(
                f"covs has shape {given.shape}: give ({K}, {d}, {d}), ({d}, {d}) or numbers"
            )
        matrices = np.broadcast_to(given, (K, d, d)).copy()
    for k, matrix in enumerate(matrices):
        size = float(np.abs(matrix).max())
        if not np.allclose(matrix, matrix.T, rtol=0.0, atol=1e-12 * size):
            raise ValueError(
                f"covs[{k}]={matrix.tolist()} must be symmetric: give (covs + covs.T)/2 if it "
                f"should be"
            )
        low = np.linalg.eigvalsh(matrix)[0]
        if low < -1e-12 * size:
            raise ValueError(
                f"covs[{k}]={matrix.tolist()} must be positive semidefinite: its lowest eigenvalue "
                f"is {low:.3g}"
            )
    return 0.5 * (matrices + matrices.transpose(0, 2, 1))
