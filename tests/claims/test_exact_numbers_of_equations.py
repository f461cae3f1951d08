"""Exact numbers of the claims on schemes, from G44 on, by a second route."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.theorems import g46_heat


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G44: jumps


def factor_of_step(power, a, b, g, rate, h):
    """E (1 + a h + b dW + g dN)^power, over a Gauss-Hermite rule and the Poisson law."""
    z, weights = np.polynomial.hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    law = stats.poisson(rate * h)
    counts = np.arange(40)
    factors = 1 + a * h + b * math.sqrt(h) * z[:, None] + g * counts
    return float(weights @ factors**power @ law.pmf(counts))


def test_the_moments_with_jumps_are_sums_over_their_number():
    h = 1 / 16
    mean, square, compensated = rows_of("G44")
    assert_same(mean.exact, factor_of_step(1, 0.1, 0.2, -0.3, 2.0, h) ** 16)
    assert_same(square.exact, factor_of_step(2, 0.1, 0.2, -0.3, 2.0, h) ** 16)
    assert_same(compensated.exact, factor_of_step(1, 0.1 + 0.6, 0.2, -0.3, 2.0, h) ** 16)
    assert_same(mean.twin, (1 + 0.1 * h) ** 16)
    # without the square of the jumps: a step in the mean of the jumps, and no variance of them
    assert_same(square.twin, factor_of_step(2, 0.1 - 0.6, 0.2, 0.0, 2.0, h) ** 16)
    assert_same(mean.limit, math.exp(-0.5))
    # the second moment of exp(growth): jumps multiply X^2 by 0.49, twice in a unit of time
    assert_same(square.limit, math.exp(2 * 0.1 + 0.2**2 + 2.0 * (0.7**2 - 1)))


# ---- G45: coins


def moment_by_tosses(power, n, mu, sigma):
    """E X_n^power of Euler's scheme over all 2^n tosses."""
    h = 1 / n
    total = 0.0
    for tosses in itertools.product((-1, 1), repeat=n):
        total += math.prod(1 + mu * h + sigma * math.sqrt(h) * toss for toss in tosses) ** power
    return total / 2**n


def test_the_moments_of_coins_are_those_of_all_tosses_and_of_normals_up_to_the_third():
    rows = rows_of("G45")
    z, weights = np.polynomial.hermite_e.hermegauss(6)
    weights = weights / weights.sum()
    for row, power, n in zip(rows, (2, 3, 4), (8, 8, 2)):
        assert_same(row.exact, moment_by_tosses(power, n, 0.1, 0.8))
        normal = (weights @ (1 + 0.1 / n + 0.8 * z / math.sqrt(n)) ** power) ** n
        if power < 4:
            assert_same(row.exact, normal)
            assert_same(row.twin, (1 + 0.1 / 8) ** (power * 8))
        else:
            assert_same(row.twin, normal)
            assert normal > 1.1 * row.exact


def test_the_distance_between_normals_and_their_signs_is_a_quadrature():
    h = 1 / 8

    def mean(f):
        return integrate.quad(lambda z: f(z) * stats.norm.pdf(z), -12, 12, points=[0.0])[0]

    def normal(z):
        return 1.0125 + 0.8 * math.sqrt(h) * z

    def coin(z):
        return 1.0125 + 0.8 * math.sqrt(h) * math.copysign(1.0, z)

    square = mean(lambda z: normal(z) ** 2) ** 8 + mean(lambda z: coin(z) ** 2) ** 8
    square -= 2 * mean(lambda z: normal(z) * coin(z)) ** 8
    distance = rows_of("G45")[-1]
    assert_same(distance.exact, square, rel=1e-9)
    assert distance.twin == 0.0


# ---- G46: the heat equation


def second_difference(points):
    dx = 1 / (points + 1)
    neighbours = np.eye(points, k=1) + np.eye(points, k=-1)
    return (neighbours - 2 * np.eye(points)) / dx**2, dx


def test_the_mean_squares_of_a_string_are_those_of_its_covariance_matrix():
    cases = ((3, 64, 2), (7, 128, 4), (7, 128, 2))
    for row, (points, n, j) in zip(rows_of("G46"), cases, strict=True):
        A, dx = second_difference(points)
        step = np.eye(points) + A * 0.5 / n
        S = np.zeros((points, points))
        for _ in range(n):
            S = step @ S @ step.T + np.eye(points) * 0.5 / n / dx
        assert_same(row.exact, S[j - 1, j - 1], rel=1e-10)
        assert_same(row.twin, S[j - 1, j - 1] * dx, rel=1e-10)


@pytest.mark.parametrize("points", [1, 3, 10, 40])
def test_the_grid_settles_at_greens_function(points):
    A, dx = second_difference(points)
    x = np.arange(1, points + 1) * dx
    np.testing.assert_allclose(np.diag(np.linalg.inv(-A)) / (2 * dx), x * (1 - x) / 2, rtol=1e-10)
    for j in range(1, points + 1):
        assert_same(g46_heat.settled(points, j), j * dx * (1 - j * dx) / 2)


def test_the_string_is_bent_by_the_second_difference():
    A, dx = second_difference(5)
    u = np.random.default_rng(1).standard_normal((5, 3))
    np.testing.assert_allclose(g46_heat.bend(0.0, u, dx), A @ u, rtol=1e-12)
