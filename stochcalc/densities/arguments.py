"""Checks of what a density is made of, and of the points and the smoothing it is evaluated at."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.given_values import read_size
from stochcalc.typing import Array


def check_rows(x: ArrayLike, dim: int) -> Array:
    """Return `x` as an array of shape (n, dim), one point per row, or raise ValueError."""
    points = checks.array("x", x)
    if points.ndim != 2 or points.shape[1] != dim:
        raise ValueError(f"x has shape {points.shape}: give (n, {dim}), one point per row")
    return points


def check_smoothing(sigma: float, reason: str) -> float:
    """Return sigma > 0 as a float; for sigma = 0 raise ValueError, which gives the reason."""
    size = read_size("sigma", sigma)
    if size == 0:
        raise ValueError(f"sigma=0 has no score: {reason}; smooth with sigma > 0")
    return size


def check_weights(weights: ArrayLike) -> Array:
    """Return the weights of a mixture, which must be positive and sum to 1, as an array (K,)."""
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
    return w


def check_covariances(covs: ArrayLike, K: int, d: int) -> Array:
    """Return the covariances as an array (K, d, d), after a check of their shape and signs."""
    matrices = _as_matrices(checks.array("covs", covs), K, d)
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


def _as_matrices(covs: Array, K: int, d: int) -> Array:
    """Return numbers c as matrices c I, and one matrix for all as K matrices."""
    if covs.ndim < 2:
        if covs.ndim == 1 and len(covs) != K:
            raise ValueError(
                f"covs has {len(covs)} entries: give one number, or one per component ({K})"
            )
        return np.broadcast_to(covs, (K,))[:, None, None] * np.eye(d)
    if covs.shape not in ((d, d), (K, d, d)):
        raise ValueError(
            f"covs has shape {covs.shape}: give ({K}, {d}, {d}), ({d}, {d}) or numbers"
        )
    return np.broadcast_to(covs, (K, d, d)).copy()
