"""Exact numbers of the claims on changes of measure, from G37 on, by a second route."""

from __future__ import annotations

import functools
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


# ---- G37: Girsanov's weight


def test_the_weight_of_a_drift_is_a_ratio_of_normal_densities_of_all_increments():
    """With the weight the increments are normal with another precision: a determinant tells."""
    n, k = 16, 1.0
    h = 1 / n
    L = np.tril(np.ones((n, n)), -1)  # the path before each increment
    plain = np.eye(n) / h
    weighted = plain + k * (L + L.T) + k * k * h * L.T @ L
    unsquared = plain + k * (L + L.T)
    moment, mean, _, _ = rows_of("G37")
    assert_same(mean.exact, math.sqrt(np.linalg.det(plain @ np.linalg.inv(weighted))), rel=1e-9)
    assert_same(moment.exact, np.linalg.inv(weighted).sum(), rel=1e-10)
    assert_same(mean.twin, math.sqrt(np.linalg.det(plain @ np.linalg.inv(unsquared))), rel=1e-9)
    assert moment.twin == 1.0
    assert_same(moment.limit, (1 - math.exp(-2)) / 2)


def test_the_error_of_a_rare_event_is_a_quadrature():
    law = stats.norm(loc=4.0)
    p = stats.norm.sf(4.0)

    def moment(power):
        """E of a power of what a path with drift 4 counts."""
        return integrate.quad(lambda x: math.exp(power * (8 - 4 * x)) * law.pdf(x), 4.0, 20.0)[0]

    _, _, rare, square = rows_of("G37")
    assert_same(rare.exact, moment(1) / p, rel=1e-8)
    assert_same(rare.twin, law.sf(4.0) / p)
    assert_same(square.exact, moment(2) / p**2, rel=1e-8)
    assert_same(square.twin, 1 / p)


# ---- G38: killing at a rate


def survival_by_steps(c, n):
    """E exp(-(c^2/2) sum of trapezoids) backwards: every step is the mean of a Gaussian.

    E exp(-b (w + sqrt(h) z)^2) = exp(-b w^2/(1 + 2 b h))/sqrt(1 + 2 b h).
    """
    h = 1 / n
    factor, b = 1.0, 0.0
    for k in range(n):
        b += c**2 * h / (4 if k == 0 else 2)
        factor /= math.sqrt(1 + 2 * b * h)
        b /= 1 + 2 * b * h
    return factor


def test_the_share_that_survives_is_a_recursion_over_the_steps():
    rows = rows_of("G38")
    for row, c in zip(rows, (1.0, 1.0, 3.0, 3.0), strict=True):
        assert_same(row.exact, survival_by_steps(c, 16), rel=1e-11)
        assert_same(row.limit, survival_by_steps(c, 200_000), rel=1e-4)
        assert_same(row.twin, math.exp(-(c**2) / 2 * integrate.quad(lambda t: t, 0.0, 1.0)[0]))


# ---- G43: a strict local martingale


@pytest.mark.parametrize("T", [1.0, 4.0])
def test_the_mean_inverse_distance_is_a_quadrature_over_shells(T):
    """A shell of radius r acts from the centre if it is within |x| = 1, and from itself beyond."""

    def density(r):
        return 4 * math.pi * r * r * math.exp(-r * r / (2 * T)) / (2 * math.pi * T) ** 1.5

    within = integrate.quad(density, 0.0, 1.0)[0]
    beyond = integrate.quad(lambda r: density(r) / r, 1.0, 40.0)[0]
    rows = [row for row in rows_of("G43") if f"T = {T:g}," in row.statement]
    assert rows
    for row in rows:
        assert_same(row.exact, within + beyond, rel=1e-9)
        assert row.twin == 1.0
