"""The variance of estimators that withstand market noise, and the weights it is computed from.

Observations are X + eps with independent eps of variance omega^2. An estimator is a quadratic form
sum_ij A_ij r_i r_j in the n returns, with A_ij = w_|i-j| but for the ends; the numbers w_0, w_1,
... are its *lag weights*. Let s = sigma^2 dt, and let M be the matrix with 2 on its diagonal and -1
beside it, so that omega^2 M is the covariance of differenced noise. The variance of the form is

    Var = 2 tr (A (s + omega^2 M))^2 = s^2 2 tr A^2 + s omega^2 4 tr A^2 M + omega^4 2 tr (A M)^2

The three traces are `Traces`. The estimators are made of *window sums*: the sum of the returns of a
window with weights g, one for each window of the path.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stochcalc.typing import Array, Number
from stochcalc.variation.windows import Clock


class Traces(NamedTuple):
    """The three traces of the variance: each a number, or one number for every end of a clock.

    Attributes
    ----------
    signal : number
        2 tr A^2, the coefficient of s^2.
    mixed : number
        4 tr A^2 M, the coefficient of s omega^2.
    noise : number
        2 tr (A M)^2, the coefficient of omega^4.
    """

    signal: Number
    mixed: Number
    noise: Number


# ---- lag weights


def multiply_by_noise(w: Array) -> Array:
    """Return the lag weights of A M, which are 2 w_h - w_{h-1} - w_{h+1}.

    The lag weights w of A must end with a zero.
    """
    product: Array = 2.0 * w - np.append(w[1], w[:-1]) - np.append(w[1:], 0.0)
    return product


def sum_lag_products(a: Array, b: Array) -> float:
    """Return the sum of a_h b_h over all lags h, of both signs."""
    return float(2.0 * (a @ b) - a[0] * b[0])


# ---- window sums


def equal_weights(k: int) -> Array:
    """Return the weights g_j = 1, j = 1..k."""
    return np.ones(k)


def equal_window_sums(values: Array, k: int) -> Array:
    """Return the window sums for equal weights, X_{i+k} - X_i, from observations (rows, n + 1)."""
    return values[:, k:] - values[:, :-k]


def triangular_weights(k: int) -> Array:
    """Return the weights g_j = min(j/k, 1 - j/k), j = 1..k-1."""
    rising = np.arange(1, k)
    falling = np.arange(k - 1, 0, -1)
    return np.minimum(rising, falling) / k


def triangular_window_sums(values: Array, k: int) -> Array:
    """Return the window sums for triangular weights, from observations (rows, n + 1).

    For even k such a sum is half the difference between the mean of the later half of k
    observations and the mean of the earlier half.
    """
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values - values[:, :1], axis=1, out=sums[:, 1:])
    window_sums: Array = (sums[:, k:] - 2.0 * sums[:, k // 2 : -(k // 2)] + sums[:, :-k]) / k
    return window_sums


@dataclass(frozen=True, eq=False)
class WindowWeights:
    """The weights g of a window of returns, and what follows from them.

    A window sum of normal returns has the variance A s + B omega^2, with A and B as below.

    Attributes
    ----------
    g : ndarray, shape (width,)
        The weights.
    square_sum : float
        A = sum g_j^2.
    step_square_sum : float
        B = sum (g_{j+1} - g_j)^2, with g = 0 beyond both ends.
    lags : ndarray, shape (width + 1,)
        The lag weights G_h = sum_j g_j g_{j+h} of the sum of squared window sums.
    noise_lags : ndarray, shape (width + 1,)
        The lag weights of G M.
    """

    g: Array
    square_sum: float
    step_square_sum: float
    lags: Array
    noise_lags: Array

    @property
    def width(self) -> int:
        """The number of returns in a window."""
        return len(self.g)


@functools.lru_cache(maxsize=256)
def weigh_window(weights: Callable[[int], Array], k: int) -> WindowWeights:
    """Return what follows from the weights of a window of size k."""
    g = weights(k)
    lags = np.append(np.correlate(g, g, "full")[len(g) - 1 :], 0.0)
    return WindowWeights(
        g=g,
        square_sum=float(lags[0]),
        step_square_sum=float(multiply_by_noise(lags)[0]),
        lags=lags,
        noise_lags=multiply_by_noise(lags),
    )


# ---- the variance


def estimate_variance(
    clock: Clock,
    *,
    value: Array,
    omega2: Array,
    traces: Traces,
    window_sums: Array,
    window: WindowWeights,
) -> tuple[Array, Array]:
    r"""Return the variance of an estimate, and the share of it that is due to noise.

    Parameters
    ----------
    clock : Clock
    value : ndarray, shape (rows, m)
        The estimates of sum sigma^2 dt at the ends of the clock.
    omega2 : ndarray, shape (rows, m)
        The estimates of omega^2.
    traces : Traces
        Those of the estimator.
    window_sums : ndarray, shape (rows, windows)
        Window sums of the returns, from which the quarticity sum sigma^4 dt^2 is estimated.
    window : WindowWeights
        The weights of these sums.

    Returns
    -------
    variance, noise_share : ndarray, shape (rows, m)

    Notes
    -----
    It is the formula at the top of this file with :math:`\sum \sigma^4 \dd t^2` in place of
    :math:`n s^2`. A window sum is normal with variance :math:`A s + B \omega^2`, so a third of its
    fourth power has the square of that for its mean. By Jensen's inequality the quarticity is at
    least :math:`(\sum \sigma^2 \dd t)^2/n`, and the estimate of that,
    :math:`V^2/n/(1 + c/n^2)` with V the value and c the trace `signal`, is imposed as a bound.
    """
    A = window.square_sum
    B = window.step_square_sum
    n = clock.step_count
    squares = window_sums * window_sums
    fourth = clock.sum_windows(squares, window.width, squares) / 3.0 / (n - window.width + 1)
    noisy = 2.0 * A * B * omega2 * value / n + (B * omega2) ** 2
    bound = value**2 / n / (1.0 + traces.signal / n**2)
    quarticity = np.maximum(n * (fourth - noisy) / A**2, bound)
    noise = traces.mixed / n * omega2 * np.maximum(value, 0.0) + traces.noise * omega2**2
    variance: Array = traces.signal / n * quarticity + noise
    # The share is 0 where nothing moved.
    share = np.divide(noise, variance, out=np.zeros_like(noise), where=variance > 0.0)
    return variance, share
