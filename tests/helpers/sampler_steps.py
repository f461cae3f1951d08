"""The steps of samplers with a linear score again, by quadrature: for the claims G49 and G50.

A noising is a tuple of "VE" or "VP" and its two numbers. Time runs from 1 down to 0. A score is
-k x with k a function of the noising and the time.
"""

import math

import numpy as np
from scipy import integrate

# ---- The noisings again, from their equations: rate and g are integrated by quadrature.


def rate(kind, t):
    """The rate at t."""
    name, low, high = kind
    if name == "VE":
        return 0.0
    return 0.5 * (low + (high - low) * t)


def square(kind, t):
    """g^2 at t."""
    name, low, high = kind
    if name == "VP":
        return 2.0 * rate(kind, t)
    growth = math.log(high / low)
    return 2.0 * growth * (low * math.exp(growth * t)) ** 2


def quad(f, s, t):
    """The integral of f from s to t."""
    return integrate.quad(f, s, t, epsabs=1e-14, epsrel=1e-13)[0]


def decay(kind, s, t):
    """exp(-int_s^t rate)."""
    return math.exp(-quad(lambda r: rate(kind, r), s, t))


def left_at(kind, t):
    """m and sigma^2 at t, with the noise of VE at 0."""
    start = kind[1] ** 2 if kind[0] == "VE" else 0.0
    added = quad(lambda r: decay(kind, r, t) ** 2 * square(kind, r), 0.0, t)
    return decay(kind, 0.0, t), start + added


def noised(kind, variance, t):
    """The variance of x_t for data of this variance."""
    m, left = left_at(kind, t)
    return m * m * variance + left


def of_data(variance):
    """The pull k of the score -k x of N(0, variance), at a time."""
    return lambda kind, t: 1.0 / noised(kind, variance, t)


# ---- The steps again: each as what is done to a number, whose coefficients are then read off.


def read_step(step, *where):
    """A and B of a linear step: x = 1 without noise, and x = 0 with z = 1."""
    return step(*where, 1.0, 0.0), step(*where, 0.0, 1.0) ** 2


def euler(kind, k, t, s, x, z):
    """Euler's scheme for the reverse-time equation."""
    h = t - s
    drift = rate(kind, t) * x - square(kind, t) * k(kind, t) * x
    return x + drift * h + math.sqrt(square(kind, t) * h) * z


def exponential(kind, k, t, s, x, z):
    """Variation of constants, by quadrature of the propagator exp(int_s^r rate)."""
    push = quad(lambda r: square(kind, r) / decay(kind, s, r), s, t)
    variance = quad(lambda r: square(kind, r) / decay(kind, s, r) ** 2, s, t)
    return x / decay(kind, s, t) - push * k(kind, t) * x + math.sqrt(variance) * z


def ancestral(eta):
    """The step through the denoised point."""

    def step(kind, k, t, s, x, z):
        """The posterior of x_s given x_t and the denoised point for eta = 1, and its relatives.

        For eta below 1 a part of the noise is what was found in x_t.
        """
        m, left = left_at(kind, t)
        m_end, left_end = left_at(kind, s)
        noise = left * k(kind, t) * x  # x - m x_0, by Tweedie
        x_0 = (x - noise) / m
        if eta == 1.0:
            added = left - (m / m_end) ** 2 * left_end  # from s to t
            precision = (m / m_end) ** 2 / added
            if left_end > 0.0:
                precision += 1.0 / left_end
                mean = (m / m_end * x / added + m_end * x_0 / left_end) / precision
                return mean + z / math.sqrt(precision)
            return m_end * x_0
        fresh = eta * math.sqrt((1.0 - (m / m_end) ** 2 * left_end / left) * left_end)
        return m_end * x_0 + math.sqrt(left_end - fresh**2) * noise / math.sqrt(left) + fresh * z

    return step


TABLES = {  # stages and weights, in fractions of the textbook
    "euler": ([[]], [1.0]),
    "heun": ([[], [1.0]], [0.5, 0.5]),
    "rk4": ([[], [0.5], [0.0, 0.5], [0.0, 0.0, 1.0]], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
}


def flow(method):
    """The step of the probability flow, by stages."""
    stages, weights = TABLES[method]

    def step(kind, k, t, s, x, z):
        slopes = []
        for row in stages:
            r = t + sum(row) * (s - t)
            y = x + (s - t) * sum(a * slope for a, slope in zip(row, slopes, strict=True))
            slopes.append((-rate(kind, r) + 0.5 * square(kind, r) * k(kind, r)) * y)
        return x + (s - t) * sum(b * slope for b, slope in zip(weights, slopes, strict=True))

    return step


def carry(step, kind, k, n, start):
    """The variance at 0 as a sum over where the noise came in, not by a recursion."""
    pairs = [read_step(step, kind, k, 1.0 - i / n, 1.0 - (i + 1) / n) for i in range(n)]
    factors = np.array([a for a, _ in pairs])
    added = np.array([b for _, b in pairs])
    after = np.append(np.cumprod((factors**2)[::-1])[::-1][1:], 1.0)
    return float(start * np.prod(factors**2) + after @ added)
