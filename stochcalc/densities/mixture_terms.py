"""The score, the log density and the divergence of a mixture, from the terms of its components.

The points x have the shape (n, d), the means m_k of the components (K, d), and the precisions
C_k^-1 (K, d, d). The constants are log w_k - log sqrt det(2 pi C_k), shape (K,).
"""

from __future__ import annotations

import numpy as np

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Array


def weigh_components(
    points: Array, means: Array, constants: Array, precisions: Array
) -> tuple[Array, Array]:
    """Return the logarithms of w_k N(x; m_k, C_k) and the pulls C_k^-1 (m_k - x).

    Their shapes are (n, K) and (n, K, d).
    """
    away = means - points[:, None]
    pulls = np.einsum("kij,nkj->nki", precisions, away)
    squares = np.einsum("nki,nki->nk", away, pulls)
    return constants - 0.5 * squares, pulls


def take_score(points: Array, means: Array, constants: Array, precisions: Array) -> Array:
    """Return the score at each point, shape (n, d)."""
    logarithms, pulls = weigh_components(points, means, constants, precisions)
    values: Array = np.einsum("nk,nki->ni", _divide_responsibility(logarithms), pulls)
    return values


def take_log_density(points: Array, means: Array, constants: Array, precisions: Array) -> Array:
    """Return the log density at each point, shape (n, 1)."""
    with hold_interrupts_back():
        from scipy.special import logsumexp

    logarithms, _ = weigh_components(points, means, constants, precisions)
    values: Array = logsumexp(logarithms, axis=1, keepdims=True)
    return values


def take_divergence(points: Array, means: Array, constants: Array, precisions: Array) -> Array:
    """Return the divergence of the score at each point, shape (n, 1)."""
    logarithms, pulls = weigh_components(points, means, constants, precisions)
    r = _divide_responsibility(logarithms)
    each = (pulls**2).sum(axis=2) - np.trace(precisions, axis1=1, axis2=2)
    score = np.einsum("nk,nki->ni", r, pulls)
    values: Array = (r * each).sum(axis=1) - (score**2).sum(axis=1)
    return values[:, None]


def _divide_responsibility(logarithms: Array) -> Array:
    """Return the probability that a point comes from each component, shape (n, K)."""
    with hold_interrupts_back():
        from scipy.special import softmax

    shares: Array = softmax(logarithms, axis=1)
    return shares
