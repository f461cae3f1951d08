"""Estimators that withstand market noise: two-scale, pre-averaged, and the realized kernel.

Observations are X + eps with independent eps of variance omega^2. The n returns r_i then add
2 n omega^2 to realized variance, which hides everything as n grows. Differences over many steps,
weighted means of neighbouring returns, and products of returns at a distance contain little of the
noise, and what they contain is known and subtracted. All three estimators are quadratic forms in
the returns, unbiased at every n.

Their standard error is the exact one for normal returns (`noise_variance`), with sum sigma^4 dt^2
estimated: at large n it is that of the asymptotic theory of the papers, at small n it is better.
The price of withstanding noise is a standard error that falls like n^(-1/4), or n^(-1/6) for the
two scales, instead of n^(-1/2).

Sources: Zhang, Mykland and Ait-Sahalia, J. Am. Stat. Assoc. 100 (2005) 1394 (two-scale); Jacod, Li,
Mykland, Podolskij and Vetter, Stoch. Proc. Appl. 119 (2009) 2249 (pre-averaging);
Barndorff-Nielsen, Hansen, Lunde and Shephard, Econometrica 76 (2008) 1481 (realized kernels,
flat-top Parzen).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Array, Number
from stochcalc.variation.neighbours import Measurement
from stochcalc.variation.noise_variance import (
    Traces,
    equal_weights,
    equal_window_sums,
    estimate_variance,
    multiply_by_noise,
    sum_lag_products,
    triangular_weights,
    triangular_window_sums,
    weigh_window,
)
from stochcalc.variation.windows import Clock


@dataclass(frozen=True)
class WindowEstimator:
    """An estimator alpha sum_i (sum_j g_j r_{i+j})^2 - beta sum_i r_i^2, over windows i.

    The numbers alpha and beta are such that noise cancels and sigma^2 T is left. The mean of the
    first sum is sigma^2 tau + N B omega^2 for N windows, with tau = sum_i sum_j g_j^2 dt_{i+j} and
    B the sum of squared steps of g; the mean of the second is sigma^2 T + 2 n omega^2.

    Attributes
    ----------
    name : str
        The word by which `quadratic_variation` knows it.
    weights : callable
        It takes the bandwidth k and returns the weights g.
    window_sums : callable
        It takes observations (rows, n + 1) and k, and returns sum_j g_j r_{i+j} of all windows i.
    default : callable
        It takes n and returns the bandwidth that is best for little noise.
    smallest : int
        The smallest bandwidth.
    robust : str
        What the estimator withstands.
    reference : str
        The paper that introduced it.
    sources : tuple of str
        Its key in `references.bib`.
    even : bool
        Whether k must be even.
    """

    name: str
    weights: Callable[[int], Array]
    window_sums: Callable[[Array, int], Array]
    default: Callable[[int], int]
    smallest: int
    robust: str
    reference: str
    sources: tuple[str, ...]
    even: bool = False

    def bandwidth(self, n: int) -> int:
        """Return the default bandwidth k for n returns."""
        return max(self.smallest, self.default(n))

    def least(self, n: int, bandwidth: int | None) -> int:
        """Return the number of returns that a first estimate needs."""
        if bandwidth is None:
            return self.bandwidth(n) + 1
        return bandwidth + 1

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measurement:
        """Estimate the quadratic variation of paths (rows, n + 1) at every end of the clock."""
        k = bandwidth
        if k is None:
            k = self.bandwidth(clock.largest_step_count)
        window = weigh_window(self.weights, k)
        n = clock.step_count
        T = clock.sum_steps()
        returns = np.diff(values, axis=-1)
        N = n - window.width + 1
        B = window.step_square_sum
        # alpha (tau - N T B/(2 n)) = T makes the mean sigma^2 T, and beta makes the noise cancel.
        tau = clock.sum_weighted_steps(window.g * window.g)
        alpha = T / (tau - N * T * B / (2.0 * n))
        beta = alpha * N * B / (2.0 * n)
        sums = self.window_sums(values, k)
        realized = clock.sum_windows(returns, 1, returns)
        value = alpha * clock.sum_windows(sums, window.width, sums) - beta * realized
        omega2 = np.maximum(realized - value, 0.0) / (2.0 * n)
        variance, noise_share = estimate_variance(
            clock,
            value=value,
            omega2=omega2,
            traces=self._find_traces(alpha, beta, N, k),
            window_sums=sums,
            window=window,
        )
        return Measurement(value=value, variance=variance, noise_share=noise_share)

    def _find_traces(self, alpha: Number, beta: Number, N: Number, k: int) -> Traces:
        """Return the traces of the form with N rows, one for each window.

        Its lag weights are w = alpha G - beta delta, with delta_0 = 1 the lag weights of sum r_i^2.
        """
        window = weigh_window(self.weights, k)
        A = window.square_sum
        B = window.step_square_sum
        G = window.lags
        GM = window.noise_lags
        signal = alpha**2 * sum_lag_products(G, G) - 2.0 * alpha * beta * A + beta**2
        mixed = alpha**2 * sum_lag_products(G, GM) - 2.0 * alpha * beta * B + 2.0 * beta**2
        noise = (
            alpha**2 * sum_lag_products(GM, GM) - 4.0 * alpha * beta * (B - GM[1]) + 6.0 * beta**2
        )
        return Traces(signal=2.0 * N * signal, mixed=4.0 * N * mixed, noise=2.0 * N * noise)


def parzen_weight(x: Array) -> Array:
    """Return Parzen's weight function at points of [0, 1]."""
    return np.where(x <= 0.5, 1.0 - 6.0 * x**2 * (1.0 - x), 2.0 * (1.0 - x) ** 3)


@dataclass(frozen=True)
class RealizedKernel:
    """A realized kernel: sum r_i^2 + 2 n/(n - 1) sum_h w_h sum_i r_i r_{i-h}, h = 1..H.

    The weights are w_h = shape((h - 1)/H). Noise adds 2 n omega^2 to the first sum and -(n - 1)
    omega^2 to the autocovariance at lag 1, whose weight is 1 (the shape is flat at 0): with the
    factor n/(n - 1) the estimator is exactly unbiased.

    Attributes
    ----------
    name : str
        The word by which `quadratic_variation` knows it.
    shape : callable
        The weight function on [0, 1], 1 at 0 and 0 at 1.
    default : callable
        It takes n and returns the number of lags H that is best for little noise.
    robust : str
        What the estimator withstands.
    reference : str
        The paper that introduced it.
    sources : tuple of str
        Its key in `references.bib`.
    smallest : int
        The smallest H.
    even : bool
        Whether H must be even.
    """

    name: str
    shape: Callable[[Array], Array]
    default: Callable[[int], int]
    robust: str
    reference: str
    sources: tuple[str, ...]
    smallest: int = 1
    even: bool = False

    def bandwidth(self, n: int) -> int:
        """Return the default number of lags H for n returns."""
        return max(self.smallest, self.default(n))

    def least(self, n: int, bandwidth: int | None) -> int:
        """Return the number of returns that a first estimate needs."""
        H = bandwidth
        if H is None:
            H = self.bandwidth(n)
        return max(H, self._quarticity_window(n)) + 1

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measurement:
        """Estimate the quadratic variation of paths (rows, n + 1) at every end of the clock."""
        most = clock.largest_step_count
        H = bandwidth
        if H is None:
            H = self.bandwidth(most)
        n = clock.step_count
        returns = np.diff(values, axis=-1)
        w = np.concatenate([[1.0], self.shape(np.arange(H) / H), [0.0]])
        realized = clock.sum_windows(returns, 1, returns)
        value = realized + 2.0 * n / (n - 1.0) * self._sum_autocovariances(returns, w, clock)
        omega2 = np.maximum(realized - value, 0.0) / (2.0 * n)
        k = self._quarticity_window(most)
        w[1:] *= most / (most - 1.0)
        variance, noise_share = estimate_variance(
            clock,
            value=value,
            omega2=omega2,
            traces=self._find_traces(w, n),
            window_sums=triangular_window_sums(values, k),
            window=weigh_window(triangular_weights, k),
        )
        return Measurement(value=value, variance=variance, noise_share=noise_share)

    @staticmethod
    def _quarticity_window(n: int) -> int:
        """Return the size of the triangular windows behind the quarticity, an even number."""
        return 2 * max(1, round(0.3 * math.sqrt(n)))

    @staticmethod
    def _sum_autocovariances(returns: Array, w: Array, clock: Clock) -> Array:
        """Return sum_h w_h sum_i r_i r_{i-h} at each end, h = 1..H, both i and i - h counted."""
        if clock.span is None:
            return clock.sum_windows(returns, 1, convolve_past(returns, w[1:-1]))
        total: Array | int = 0
        for h in range(1, len(w) - 1):
            total = total + w[h] * clock.sum_windows(returns[:, h:], h + 1, returns[:, :-h])
        return np.asarray(total)

    @staticmethod
    def _find_traces(w: Array, n: Number) -> Traces:
        """Return the traces of the banded Toeplitz matrix with lag weights w and n rows.

        Near its two ends A M lacks what a row beyond would contribute: the last terms.
        """
        v = multiply_by_noise(w)
        lags = np.arange(len(w))

        def sum_products(a: Array, b: Array) -> Number:
            return n * sum_lag_products(a, b) - 2.0 * float(lags @ (a * b))

        return Traces(
            signal=2.0 * sum_products(w, w),
            mixed=4.0 * (sum_products(w, v) + 2.0 * float(w[:-1] @ w[1:])),
            noise=2.0 * (sum_products(v, v) + 4.0 * float(v[:-1] @ w[1:]) + 2.0 * w[1] ** 2),
        )


def convolve_past(returns: Array, w: Array) -> Array:
    """Return sum_h w_h r_{i-h}, h = 1.., with zeros before the first return.

    It is a convolution, computed by the fast Fourier transform.
    """
    with hold_interrupts_back():
        from scipy.fft import irfft, next_fast_len, rfft

    n = returns.shape[1]
    size = next_fast_len(n + len(w), real=True)
    product = rfft(returns, size, axis=1) * rfft(np.append(0.0, w), size)
    convolution: Array = irfft(product, size, axis=1)[:, :n]
    return convolution


NOISE_ESTIMATORS = (
    WindowEstimator(
        name="two_scale",
        weights=equal_weights,
        window_sums=equal_window_sums,
        default=lambda n: round(n ** (2 / 3) / 15),
        smallest=2,
        robust="noise",
        reference="Zhang, Mykland and Ait-Sahalia (2005)",
        sources=("zhang2005",),
    ),
    WindowEstimator(
        name="preaveraged",
        weights=triangular_weights,
        window_sums=triangular_window_sums,
        default=lambda n: 2 * round(math.sqrt(n) / 6),
        smallest=4,
        robust="noise",
        reference="Jacod, Li, Mykland, Podolskij and Vetter (2009)",
        sources=("jacod2009",),
        even=True,
    ),
    RealizedKernel(
        name="realized_kernel",
        shape=parzen_weight,
        default=lambda n: round(math.sqrt(n) / 3),
        robust="noise",
        reference="Barndorff-Nielsen, Hansen, Lunde and Shephard (2008)",
        sources=("barndorffnielsen2008",),
    ),
)
