"""Estimators that see through noise: two-scale, pre-averaged, realized kernel.

Observations are X + eps with independent eps of variance omega^2: n returns then add 2 n omega^2 to
realized variance, which hides everything as n grows. Differences over many steps, weighted means of
neighbouring returns and their products at a distance see little of it, and what they see is known
and subtracted. All three are quadratic forms sum_ij A_ij r_i r_j with A_ij = w_|i-j| but for the
ends, unbiased at every n. With s = sigma^2 dt, and M the covariance (2, -1) of differenced noise,

    Var = 2 tr (A (s + omega^2 M))^2 = s^2 2 tr A^2 + s omega^2 4 tr A^2 M + omega^4 2 tr (A M)^2

and that is their standard error, with sum sigma^4 dt^2 in place of n s^2: at large n it is the
asymptotic theory of the papers, at small n it is better. The price of seeing through noise is a
rate of n^(-1/4), or n^(-1/6) for the two scales.

Sources: Zhang, Mykland and Ait-Sahalia, J. Am. Stat. Assoc. 100 (2005) 1394 (two-scale); Jacod, Li,
Mykland, Podolskij and Vetter, Stoch. Proc. Appl. 119 (2009) 2249 (pre-averaging);
Barndorff-Nielsen, Hansen, Lunde and Shephard, Econometrica 76 (2008) 1481 (realized kernels,
flat-top Parzen).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.variation.neighbours import Measured
from stochcalc.variation.windows import Array, Clock

Traces = tuple[Any, Any, Any]  # 2 tr A^2, 4 tr A^2 M, 2 tr (A M)^2


def blurred(w: Array) -> Array:
    """Lag weights of A M: 2 w_h - w_{h-1} - w_{h+1}, for w that ends with a zero."""
    return 2.0 * w - np.append(w[1], w[:-1]) - np.append(w[1:], 0.0)


def lag_product(a: Array, b: Array) -> float:
    """sum over all lags, of both signs, of a_h b_h."""
    return float(2.0 * (a @ b) - a[0] * b[0])


# ---- window sums: what a window of returns with weights g adds up to


def equal(k: int) -> Array:
    """g_j = 1, j = 1..k."""
    return np.ones(k)


def differences(values: Array, k: int) -> Array:
    """Window sums for equal weights: X_{i+k} - X_i."""
    return values[:, k:] - values[:, :-k]


def triangle(k: int) -> Array:
    """g_j = min(j/k, 1 - j/k), j = 1..k-1."""
    return np.minimum(np.arange(1, k), np.arange(k - 1, 0, -1)) / k


def averages(values: Array, k: int) -> Array:
    """Window sums for triangular weights, k even: the mean of the later half of k values less that
    of the earlier, halved.
    """
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values - values[:, :1], axis=1, out=sums[:, 1:])
    return (sums[:, k:] - 2.0 * sums[:, k // 2 : -(k // 2)] + sums[:, :-k]) / k


@functools.lru_cache(maxsize=256)
def window_facts(
    weights: Callable[[int], Array], k: int
) -> tuple[Array, float, float, Array, Array]:
    """(g, sum g^2, sum of squared steps of g, lag weights G of the windows, lag weights of G M)."""
    g = weights(k)
    G = np.append(np.correlate(g, g, "full")[len(g) - 1 :], 0.0)
    return g, float(G[0]), float(blurred(G)[0]), G, blurred(G)


def variance_of(
    clock: Clock, value: Array, omega2: Array, traces: Traces, sums: Array, facts: Any
) -> tuple[Array, Array]:
    """The variance of an estimate, and the share of noise in it: traces with omega^2, sum sigma^2
    dt, sum sigma^4 dt^2 put in.

    The last from fourth powers of window sums: a sum is normal with variance A s + B omega^2, so
    its fourth power over 3 has the square for its mean. It is at least (sum sigma^2 dt)^2/n by
    Jensen, whose estimate value^2/n/(1 + c_0/n^2) is imposed as a bound.
    """
    g, A, B, _, _ = facts
    n, squares = clock.seen, sums * sums
    fourth = clock.sums(squares, len(g), squares) / 3.0 / (n - len(g) + 1)
    noisy = 2.0 * A * B * omega2 * value / n + (B * omega2) ** 2
    quarticity = np.maximum(n * (fourth - noisy) / A**2, value**2 / n / (1.0 + traces[0] / n**2))
    noise = traces[1] / n * omega2 * np.maximum(value, 0.0) + traces[2] * omega2**2
    variance = traces[0] / n * quarticity + noise
    return variance, np.divide(noise, variance, out=np.zeros_like(noise), where=variance > 0.0)


@dataclass(frozen=True)
class Windowed:
    """alpha sum_i (sum_j g_j r_{i+j})^2 - beta sum r_i^2, with alpha and beta such that noise
    cancels and sigma^2 T is left.

    E of the first sum is sigma^2 seen + N B omega^2 for N windows, B the sum of squared steps of g
    and `seen` = sum_i sum_j g_j^2 dt_{i+j}; E of the second is sigma^2 T + 2 n omega^2.
    """

    name: str
    weights: Callable[[int], Array]
    sums: Callable[[Array, int], Array]
    default: Callable[[int], int]
    smallest: int
    robust: str
    reference: str

    def bandwidth(self, n: int) -> int:
        """The window for n returns if none is given."""
        return max(self.smallest, self.default(n))

    def least(self, n: int, bandwidth: int | None) -> int:
        """Returns needed for a first estimate."""
        return (bandwidth or self.bandwidth(n)) + 1

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measured:
        """Estimates of paths (rows, n + 1), their variances, and the share of noise in those: each
        (rows, m).
        """
        k = bandwidth or self.bandwidth(clock.longest)
        g, A, B, G, GM = facts = window_facts(self.weights, k)
        n, T, returns = clock.seen, clock.total(), np.diff(values, axis=-1)
        N = n - len(g) + 1
        alpha = T / (clock.windows(g * g) - N * T * B / (2.0 * n))
        beta = alpha * N * B / (2.0 * n)
        large = self.sums(values, k)
        small = clock.sums(returns, 1, returns)
        value = alpha * clock.sums(large, len(g), large) - beta * small
        # lag weights w = alpha G - beta delta, on as many rows as there are windows
        traces = (
            2.0 * N * (alpha**2 * lag_product(G, G) - 2.0 * alpha * beta * A + beta**2),
            4.0 * N * (alpha**2 * lag_product(G, GM) - 2.0 * alpha * beta * B + 2.0 * beta**2),
            2.0
            * N
            * (alpha**2 * lag_product(GM, GM) - 4.0 * alpha * beta * (B - GM[1]) + 6.0 * beta**2),
        )
        omega2 = np.maximum(small - value, 0.0) / (2.0 * n)
        return value, *variance_of(clock, value, omega2, traces, large, facts)


def parzen(x: Array) -> Array:
    """Parzen's weight function on [0, 1]."""
    return np.where(x <= 0.5, 1.0 - 6.0 * x**2 * (1.0 - x), 2.0 * (1.0 - x) ** 3)


@dataclass(frozen=True)
class Kernel:
    """sum r_i^2 + 2 n/(n - 1) sum_h w_h sum_i r_i r_{i-h}, w_h = k((h - 1)/H): autocovariances undo
    the noise.

    Noise adds 2 n omega^2 to the first sum and -(n - 1) omega^2 to the autocovariance at lag 1,
    whose weight is 1 (the kernel is flat there): exactly unbiased with the factor n/(n - 1).
    """

    name: str
    shape: Callable[[Array], Array]
    default: Callable[[int], int]
    robust: str
    reference: str
    smallest: int = 1

    def bandwidth(self, n: int) -> int:
        """The number of lags H for n returns if none is given."""
        return max(self.smallest, self.default(n))

    def least(self, n: int, bandwidth: int | None) -> int:
        """Returns needed for a first estimate."""
        return max(bandwidth or self.bandwidth(n), self._averaged(n)) + 1

    @staticmethod
    def _averaged(n: int) -> int:
        """Window of the averages behind the quarticity, even."""
        return 2 * max(1, round(0.3 * math.sqrt(n)))

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measured:
        """Estimates of paths (rows, n + 1), their variances, and the share of noise in those: each
        (rows, m).
        """
        H = bandwidth or self.bandwidth(clock.longest)
        n, returns = clock.seen, np.diff(values, axis=-1)
        w = np.concatenate([[1.0], self.shape(np.arange(H) / H), [0.0]])
        small = clock.sums(returns, 1, returns)
        if clock.span is None:
            products = clock.sums(returns, 1, past(returns, w[1:-1]))
        else:  # within the last steps only
            products = sum(
                w[h] * clock.sums(returns[:, h:], h + 1, returns[:, :-h]) for h in range(1, H + 1)
            )
        value = small + 2.0 * n / (n - 1.0) * products
        omega2 = np.maximum(small - value, 0.0) / (2.0 * n)
        k, factor = self._averaged(clock.longest), clock.longest / (clock.longest - 1.0)
        w[1:] *= factor
        return value, *variance_of(
            clock, value, omega2, self._traces(w, n), averages(values, k), window_facts(triangle, k)
        )

    @staticmethod
    def _traces(w: Array, n: Any) -> Traces:
        """Traces of a banded Toeplitz matrix.

        At its two ends A M lacks what a row beyond would bring: the last terms.
        """
        h, v = np.arange(len(w)), blurred(w)

        def product(a: Array, b: Array) -> Any:
            return n * lag_product(a, b) - 2.0 * float(h @ (a * b))

        return (
            2.0 * product(w, w),
            4.0 * (product(w, v) + 2.0 * float(w[:-1] @ w[1:])),
            2.0 * (product(v, v) + 4.0 * float(v[:-1] @ w[1:]) + 2.0 * w[1] ** 2),
        )


def past(returns: Array, w: Array) -> Array:
    """sum_h w_h r_{i-h}, h = 1.., with nothing before the first return: a convolution, by the fast
    Fourier transform.
    """
    with interrupts_held_back():
        from scipy.fft import irfft, next_fast_len, rfft

    n = returns.shape[1]
    size = next_fast_len(n + len(w), real=True)
    return irfft(rfft(returns, size, axis=1) * rfft(np.append(0.0, w), size), size, axis=1)[:, :n]


NOISE = (
    Windowed(
        "two_scale",
        equal,
        differences,
        lambda n: round(n ** (2 / 3) / 15),
        2,
        "noise",
        "Zhang, Mykland and Ait-Sahalia (2005)",
    ),
    Windowed(
        "preaveraged",
        triangle,
        averages,
        lambda n: 2 * round(math.sqrt(n) / 6),
        4,
        "noise",
        "Jacod, Li, Mykland, Podolskij and Vetter (2009)",
    ),
    Kernel(
        "realized_kernel",
        parzen,
        lambda n: round(math.sqrt(n) / 3),
        "noise",
        "Barndorff-Nielsen, Hansen, Lunde and Shephard (2008)",
    ),
)
