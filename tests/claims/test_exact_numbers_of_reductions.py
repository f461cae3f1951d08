"""Exact numbers of the claims on variance reduction, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from claim_numbers import (
    mean_of_lognormals,
    ratio_of_pairs_by_quadrature,
    share_left_by_geometric_mean,
)

import stochcalc as sc
from stochcalc.claims.theorems import g53_variance_reduction


def assert_same(found, exact, rel=1e-11):
    assert found == pytest.approx(exact, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G53: variance reduction

SIGMA = 0.4
n = 12


@functools.cache
def covariance_of_means(mirrored):
    """Cov of A along W with A along W or along -W, term by term over the increments."""
    one = np.eye(n)
    down = [math.exp(-(SIGMA**2) * (k + 1) / (2 * n)) for k in range(n)]
    sign = -1 if mirrored else 1
    second = sum(
        down[k] * down[j] * mean_of_lognormals(one[k] + sign * one[j], SIGMA, n)
        for k in range(n)
        for j in range(n)
    )
    return second / n**2 - 1.0


def test_the_ratio_of_pairs_for_the_mean_is_one_more_than_a_correlation():
    ratio = 1 + covariance_of_means(mirrored=True) / covariance_of_means(mirrored=False)
    assert_same(rows_of("G53")[0].exact, ratio, rel=1e-9)
    variance = g53_variance_reduction.mean_variance(SIGMA, n)
    assert_same(variance, covariance_of_means(mirrored=False), rel=1e-10)


def test_the_ratio_of_pairs_at_the_end_is_an_integral():
    by_formula = 1 - math.exp(-0.49)
    assert_same(g53_variance_reduction.ratio_of_pairs(0.7, 1), by_formula)
    found = ratio_of_pairs_by_quadrature(lambda x: math.exp(0.7 * x), reach=14.0)
    assert_same(found, by_formula, rel=1e-9)


@pytest.mark.parametrize("c", [0.25, 0.5, 1.0, 2.0])
def test_the_ratio_of_pairs_for_a_distance_is_an_integral(c):
    found = ratio_of_pairs_by_quadrature(lambda x: abs(x - c), breaks=(-c, c))
    assert_same(g53_variance_reduction.ratio_of_distances(c), found, rel=1e-9)
    if c == 0.5:
        assert_same(rows_of("G53")[2].exact, found, rel=1e-9)


def test_an_even_functional_gains_nothing_and_its_variance_is_that_of_a_quadratic_form():
    assert rows_of("G53")[1].exact == 2.0
    steps = np.tril(np.ones((n, n)))
    eigenvalues = np.linalg.eigvalsh(steps.T @ steps) / n**2  # of the mean of W^2 in normals
    assert_same(g53_variance_reduction.square_variance(n), 2 * np.sum(eigenvalues**2))


def test_what_the_end_leaves_is_all_chaoses_but_the_first():
    chaos = [SIGMA ** (2 * k) / math.factorial(k) for k in range(1, 30)]
    row = rows_of("G53")[3]
    assert_same(row.exact, sum(chaos[1:]) / sum(chaos))
    assert_same(row.twin, 1 - math.sqrt(chaos[0] / sum(chaos)))


def test_what_the_geometric_mean_leaves_is_a_determinant():
    _, _, _, _, share, mean = rows_of("G53")
    assert_same(share.exact, share_left_by_geometric_mean(SIGMA, n), rel=1e-9)
    unit = g53_variance_reduction.ratio_of_control(SIGMA, n, b=1.0)
    assert_same(unit, share_left_by_geometric_mean(SIGMA, n, b=1.0), rel=1e-9)
    each = np.full(n, 1 / n)
    down = math.exp(-(SIGMA**2) * (n + 1) / (4 * n))
    first = down * mean_of_lognormals(each, SIGMA, n)
    second = down**2 * mean_of_lognormals(2 * each, SIGMA, n)
    deviation = math.sqrt(covariance_of_means(mirrored=False))
    assert_same(share.twin, 1 - (second - first**2) / deviation**2, rel=1e-9)
    single = [math.exp(-(SIGMA**2) * (k + 1) / (2 * n)) for k in range(n)]
    one = [mean_of_lognormals(row, SIGMA, n) for row in np.eye(n)]
    assert_same(mean.exact, float(np.dot(single, one)) / n, rel=1e-12)
    assert_same(mean.twin, first, rel=1e-10)


def test_no_other_coefficient_leaves_less():
    known = g53_variance_reduction.control(SIGMA, n)
    best = known.covariance / known.variance
    ratio = functools.partial(g53_variance_reduction.ratio_of_control, SIGMA, n)
    assert ratio() < min(ratio(b=0.99 * best), ratio(b=1.01 * best))
