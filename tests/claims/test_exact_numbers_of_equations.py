"""Exact numbers of the claims on schemes, from G44 on, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from scipy import stats

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
