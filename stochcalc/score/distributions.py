"""Densities whose score, grad log p, is known exactly at every smoothing scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp, softmax

from stochcalc.engine import checks
from stochcalc.engine.arrays import dot, row, square
from stochcalc.engine.philox import numpy_generator


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """p(x) = sum_k w_k N(x; m_k, C_k), and its Gaussian smoothings: adding sigma z turns C_k into C_k + sigma^2 I.

    Parameters
    ----------
    weights : array_like, shape (K,)
        Positive, summing to 1.
    means : array_like, shape (K, d)
    covs : array_like
        Shape (K, d, d); or (d, d) for all; or K numbers or one number c for c I. Zero is a point mass: its score exists for
        sigma > 0 only.

    Raises
    ------
    TypeError, ValueError
        For weights that do not sum to 1, shapes that do not match, matrices that are not symmetric positive semidefinite.

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
        if (w <= 0).any() or abs(w.sum() - 1.0) > 1e-9:
            raise ValueError(f"weights={w.tolist()} must be positive and sum to 1 (they sum to {w.sum():g}): divide by it")
        m = checks.array("means", means, ndim=2)
        if len(m) != len(w):
            raise ValueError(f"means has {len(m)} rows and weights {len(w)} entries: give one mean per weight")
        object.__setattr__(self, "weights", w / w.sum())
        object.__setattr__(self, "means", m)
        object.__setattr__(self, "covs", _covariances(covs, *m.shape))

    @property
    def dim(self) -> int:
        """Dimension d of the space."""
        return self.means.shape[1]

    def score(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """grad log p_sigma at x of shape (n, d); sigma is the standard deviation of the smoothing."""
        points = self._points(x)
        constants, precisions = self._smoothed(checks.number("sigma", sigma, least=0.0))
        pulls = np.einsum("kij,nkj->nki", precisions, self.means - points[:, None])
        responsibilities = softmax(self._log_terms(points, constants, pulls), axis=1)
        return np.einsum("nk,nki->ni", responsibilities, pulls)

    def log_density(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """log p_sigma at x of shape (n, d)."""
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
        return self.means[which] + np.einsum("nij,nj->ni", roots[which], generator.standard_normal((n, self.dim)))

    def lane_score(self, sigmas: Sequence[float]) -> tuple[Any, tuple[Any, ...]]:
        """(score(level, x, ...), its arguments) for the lane loop: the smoothed score at sigmas[int(level)]."""
        levels = [self._smoothed(sigma) for sigma in sigmas]
        constants, precisions = (np.stack(parts) for parts in zip(*levels))
        return mixture_score, (tuple(map(float, range(len(self.weights)))), constants, self.means, precisions)

    def _points(self, x: ArrayLike) -> NDArray[np.float64]:
        points = checks.array("x", x)
        if points.ndim != 2 or points.shape[1] != self.dim:
            raise ValueError(f"x has shape {points.shape}: give (n, {self.dim}), one point per row")
        return points

    def _smoothed(self, sigma: float) -> tuple[NDArray[Any], NDArray[Any]]:
        """log w_k - log sqrt det(2 pi C), shape (K,), and inverse covariances, (K, d, d), at one smoothing."""
        covs = self.covs + sigma * sigma * np.eye(self.dim)
        sign, logdet = np.linalg.slogdet(covs)
        if (sign <= 0).any():
            raise ValueError(f"sigma={sigma:g} leaves component {int(np.argmin(sign))} singular: smooth with sigma > 0")
        return np.log(self.weights) - 0.5 * (logdet + self.dim * math.log(2.0 * math.pi)), np.linalg.inv(covs)

    def _log_terms(self, x: NDArray[np.float64], constants: Any, pulls: Any) -> NDArray[np.float64]:
        terms: NDArray[np.float64] = constants - 0.5 * np.einsum("nki,nki->nk", self.means - x[:, None], pulls)
        return terms


def mixture_score(level: float, x: Any, components: Any, constants: Any, means: Any, precisions: Any) -> Any:
    """sum_k r_k P_k (m_k - x), with r the softmax of constants_k - (m_k - x)' P_k (m_k - x) / 2.

    One pass: the running maximum is subtracted inside the exponentials, and what was summed before is rescaled.
    `components` is a tuple so that its length is known when this is compiled: a loop that unrolls leaves the loop over
    lanes innermost, and only an innermost loop turns into vector instructions.
    """
    i = int(level)
    highest, mass, total = -1e300, 0.0, 0.0 * x
    for k in range(len(components)):
        away = row(means, k, x) - x
        pull = square(precisions, i, k, x) * away
        term = constants[i, k] - 0.5 * dot(away, pull)
        top = max(highest, term)
        old, new = math.exp(highest - top), math.exp(term - top)
        mass, total, highest = old * mass + new, old * total + new * pull, top
    return total / mass


def _covariances(covs: ArrayLike, K: int, d: int) -> NDArray[np.float64]:
    """Covariances as an array (K, d, d), checked."""
    given = checks.array("covs", covs)
    if given.ndim < 2:
        if given.ndim == 1 and len(given) != K:
            raise ValueError(f"covs has {len(given)} entries: give one number, or one per component ({K})")
        matrices = np.broadcast_to(given, (K,))[:, None, None] * np.eye(d)
    else:
        if given.shape not in ((d, d), (K, d, d)):
            raise ValueError(f"covs has shape {given.shape}: give ({K}, {d}, {d}), ({d}, {d}) or numbers")
        matrices = np.broadcast_to(given, (K, d, d)).copy()
    for k, matrix in enumerate(matrices):
        low = np.linalg.eigvalsh(matrix)[0]
        if not np.array_equal(matrix, matrix.T) or low < -1e-12 * max(1.0, float(np.abs(matrix).max())):
            raise ValueError(f"covs[{k}]={matrix.tolist()} must be symmetric positive semidefinite: its lowest eigenvalue is "
                             f"{low:.3g}")
    return matrices
