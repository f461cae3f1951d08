"""Steps along levels of noise for data N(0, v), by the denoiser: for the claims G56 and G57."""

import math

import numpy as np


def spaced(low, high, n, rho):
    """The levels by steps of the root, one after the other; rho = None for those of the log."""
    if rho is None:
        return [high * math.exp(-i * math.log(high / low) / (n - 1)) for i in range(n)]
    step = (high ** (1.0 / rho) - low ** (1.0 / rho)) / (n - 1)
    return [(high ** (1.0 / rho) - i * step) ** rho for i in range(n)]


def algorithm(x, z, v, sigma, after, gamma, factor):
    """One step of algorithm 2 by the denoiser D(x) = v x/(v + sigma^2), as it is printed."""
    lifted = sigma + gamma * sigma
    x = x + math.sqrt(lifted**2 - sigma**2) * factor * z
    slope = (x - v * x / (v + lifted**2)) / lifted
    ahead = x + (after - lifted) * slope
    if after == 0.0:
        return ahead
    second = (ahead - v * ahead / (v + after**2)) / after
    return x + (after - lifted) * (slope / 2 + second / 2)


def carry(levels, v, start, churn=0.0, factor=1.0):
    """The variance at the end as a sum over where the noise came in, not by a recursion."""
    gamma = min(churn / len(levels), math.sqrt(2) - 1)
    pairs = [*zip(levels, [*levels[1:], 0.0])]
    factors = np.array([algorithm(1.0, 0.0, v, *pair, gamma, factor) for pair in pairs])
    added = np.array([algorithm(0.0, 1.0, v, *pair, gamma, factor) for pair in pairs])
    after = np.append(np.cumprod((factors**2)[::-1])[::-1][1:], 1.0)
    return float(start * np.prod(factors**2) + after @ added**2)


def walked_along_levels(v, rho, churn=0.0):
    """The variance after eight levels from 80 to 0.002, from data with noise."""
    return carry(spaced(0.002, 80.0, 8, rho), v, v + 6400.0, churn)


def denoised_steps(v, n, end):
    """The factor of n Euler steps along straight lines: DDIM's, from the denoised point.

    Given x_t = x the means of the data and of the noise are (1 - t) v x/S and t x/S.
    """
    factor = 1.0
    for k in range(n, 0, -1):
        t, s = end * k / n, end * (k - 1) / n
        spread = (1.0 - t) ** 2 * v + t**2
        factor *= ((1.0 - s) * (1.0 - t) * v + s * t) / spread
    return factor
