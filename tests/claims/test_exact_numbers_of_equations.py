"""Exact numbers of the claims on schemes, from G44 on, by a second route."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

import stochcalc as sc


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
