"""Means of random features over data and noise, in closed form.

For cosines phi_j(x) = cos(w_j . x + b_j) and x' = x + sigma z no noise is drawn, because

    E exp(i w . x') = exp(i w . x) exp(-sigma^2 |w|^2 / 2)

and the product of two cosines is a sum of cosines of w_j - w_k and w_j + w_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.typing import Array

ROWS = 1 << 13  # data at a time: memory does not grow with their number


@dataclass(frozen=True, eq=False)
class NoisyMeans:
    """Means over the data and the noise, for K features in d dimensions.

    Attributes
    ----------
    gram : ndarray, shape (K, K)
        Means of phi_j phi_k.
    cosines, sines : ndarray, shape (K,)
        Means of phi_j and of sin(w_j . x' + b_j).
    moments : ndarray, shape (K, d)
        Means of phi_j x'.
    """

    gram: Array
    cosines: Array
    sines: Array
    moments: Array


def average_features(x: Array, sigma: float, w: Array, b: Array) -> NoisyMeans:
    """Return the means of the features at x' = x + sigma z.

    Parameters
    ----------
    x : ndarray, shape (n, d)
        Data, counted from their mean.
    sigma : float
        Standard deviation of the noise.
    w, b : ndarray, shapes (K, d) and (K,)
        Frequencies and phases of the features.
    """
    both, signed, cosines, sines, moments = _sum_over_data(x, w, b)
    squares = (w * w).sum(axis=1)
    products = w @ w.T
    v = sigma * sigma
    sums = squares[:, None] + squares
    gram = 0.5 * (
        both * np.exp(-0.5 * v * (sums - 2.0 * products))
        + signed * np.exp(-0.5 * v * (sums + 2.0 * products))
    )
    damped = np.exp(-0.5 * v * squares)
    cosines = cosines * damped
    sines = sines * damped
    # Stein's lemma: E[z cos] = -sigma w E[sin]
    moments = moments * damped[:, None] - v * w * sines[:, None]
    n = len(x)
    return NoisyMeans(gram=gram / n, cosines=cosines / n, sines=sines / n, moments=moments / n)


def _sum_over_data(x: Array, w: Array, b: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return sums over the data, without noise.

    They are those of cos(angle_j - angle_k) and of cos(angle_j + angle_k), shape (K, K), of
    cos(angle_j) and sin(angle_j), shape (K,), and of cos(angle_j) x, shape (K, d).
    """
    K, dim = w.shape
    both = np.zeros((K, K))
    signed = np.zeros((K, K))
    cosines = np.zeros(K)
    sines = np.zeros(K)
    moments = np.zeros((K, dim))
    for first in range(0, len(x), ROWS):
        piece = x[first : first + ROWS]
        angle = piece @ w.T + b
        c = np.cos(angle)
        s = np.sin(angle)
        cc = c.T @ c
        ss = s.T @ s
        both += cc + ss
        signed += cc - ss
        cosines += c.sum(axis=0)
        sines += s.sum(axis=0)
        moments += c.T @ piece
    return both, signed, cosines, sines, moments
