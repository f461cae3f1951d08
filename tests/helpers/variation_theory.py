"""What theory says of the estimators of quadratic variation, by routes of its own: quadrature,
dense matrices.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from scipy import stats
from scipy.integrate import cumulative_simpson, dblquad, quad
from scipy.special import erf

WIDTHS = {"realized": 1, "bipower": 2, "minrv": 2, "medrv": 3}  # returns in a window


def density(a):
    return math.sqrt(2 / math.pi) * math.exp(-a * a / 2)  # of |Z|


def below(a):
    return float(erf(a / math.sqrt(2)))  # P(|Z| < a)


def square_below(a):
    return below(a) - a * density(a)  # E Z^2; |Z| < a


def min_square(z):
    """E min(|Z|, z)^2."""
    return square_below(z) + z * z * (1 - below(z))


def middle_square(a, b):
    """E med(|Z|, a, b)^2 for a <= b."""
    return a * a * below(a) + square_below(b) - square_below(a) + b * b * (1 - below(b))


@functools.cache
def median_table():
    """E med(|Z|, |Z'|, z)^2 on a grid of z: one of the two on either side of z, or both below it,
    or both above.
    """
    grid = np.linspace(0.0, 9.0, 9001)
    p, mass = erf(grid / math.sqrt(2)), math.sqrt(2 / math.pi) * np.exp(-grid * grid / 2)
    both_below = cumulative_simpson(grid**2 * 2 * p * mass, x=grid, initial=0.0)
    above = cumulative_simpson(grid**2 * 2 * (1 - p) * mass, x=grid, initial=0.0)
    return grid, grid**2 * 2 * p * (1 - p) + both_below + (above[-1] - above)


def median_square(z):
    return float(np.interp(z, *median_table()))


@functools.cache
def covariances(name):
    """Var s and its covariances with neighbours, over (E s)^2, for independent normal returns."""
    if name == "realized":
        return (2.0,)
    if name == "bipower":
        return math.pi**2 / 4 - 1, math.pi / 2 - 1
    if name == "minrv":
        c = math.pi / (math.pi - 2)
        one = c * c * quad(lambda z: density(z) * min_square(z) ** 2, 0, 12)[0] - 1
        return c * c * (3 * math.pi - 8) / math.pi - 1, one
    root3 = math.sqrt(3)
    c = math.pi / (6 - 4 * root3 + math.pi)
    one = (
        2
        * dblquad(
            lambda a, b: density(a) * density(b) * middle_square(a, b) ** 2, 0, 8, 0, lambda b: b
        )[0]
    )
    grid, table = median_table()
    two = np.trapezoid(math.sqrt(2 / math.pi) * np.exp(-grid * grid / 2) * table**2, grid)
    return (
        c * c * (9 * math.pi + 72 - 52 * root3) / (3 * math.pi) - 1,
        c * c * one - 1,
        c * c * two - 1,
    )


def exact_variance(name, n, iv, omega=0.0, window=None):
    """Of an estimate from n equal steps of constant volatility."""
    if name in WIDTHS:
        rho, windows = covariances(name), n - WIDTHS[name] + 1
        total = windows * rho[0] + 2 * sum((windows - k) * rho[k] for k in range(1, len(rho)))
        return total * (n / windows) ** 2 * (iv / n) ** 2
    A = matrix(name, n, window)
    covariance = (iv / n + 2 * omega**2) * np.eye(n) - omega**2 * (np.eye(n, k=1) + np.eye(n, k=-1))
    return 2 * np.trace(A @ covariance @ A @ covariance)


def parzen(x):
    """Parzen's weight function: twice-integrated signs, flat at 0, gone at 1."""
    return 1 - 6 * x**2 + 6 * x**3 if x <= 0.5 else 2 * (1 - x) ** 3


def matrix(name, n, window):
    """The quadratic form of an estimator that sees through noise, entry by entry."""
    if name == "realized_kernel":
        A = np.eye(n)
        for h in range(1, window + 1):
            A += n / (n - 1) * parzen((h - 1) / window) * (np.eye(n, k=h) + np.eye(n, k=-h))
        return A
    tent = np.array([min(j / window, 1 - j / window) for j in range(1, window)])
    g = np.ones(window) if name == "two_scale" else tent
    windows = n - len(g) + 1
    sums = np.zeros((windows, n))
    for i in range(windows):
        sums[i, i : i + len(g)] = g
    steps = np.diff(np.concatenate([[0.0], g, [0.0]]))
    # alpha E[sum of squares] - beta E[realized] = IV, whatever the noise
    seen, noise = windows * (g @ g), windows * (steps @ steps)
    alpha, beta = np.linalg.solve([[seen / n, -1.0], [noise, -2.0 * n]], [1.0, 0.0])
    return alpha * sums.T @ sums - beta * np.eye(n)


def expected_with_jump(name, n, jump):
    """E of an estimate over n steps of variance 1/n of which a middle one jumps."""
    y = jump * math.sqrt(n)
    if name == "realized":
        return 1 + jump**2
    if name == "bipower":
        size = stats.foldnorm(abs(y)).mean()
        return math.pi / 2 / (n - 1) * ((n - 3) * 2 / math.pi + 2 * math.sqrt(2 / math.pi) * size)
    c, windows, spoiled, E = (
        (math.pi / (math.pi - 2), n - 1, 2, min_square)
        if name == "minrv"
        else (math.pi / (6 - 4 * math.sqrt(3) + math.pi), n - 2, 3, median_square)
    )
    z = np.linspace(-8.0, 8.0, 1601)
    mean = np.trapezoid(stats.norm.pdf(z) * [E(min(abs(y + step), 9.0)) for step in z], z)
    return (windows - spoiled + spoiled * c * mean) / windows
