"""Exact numbers of the claims on integrals, from G40 on, by a second route: quadrature."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.claims.theorems import g40_hedge, g41_picard


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


def mean_over_increments(f, n, points):
    """E f(dW_1, ..., dW_n) for steps of 1/n, by a product of Gauss-Hermite rules."""
    z, weights = np.polynomial.hermite_e.hermegauss(points)
    weights = weights / weights.sum()
    total = 0.0
    for places in itertools.product(range(points), repeat=n):
        total += weights[list(places)].prod() * f(z[list(places)] / math.sqrt(n))
    return total


# ---- G40: the hedge of W^3


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_what_a_hedge_misses_is_a_quadrature_over_the_increments(n):
    def missed(holding):
        def square(dW):
            w = np.concatenate([[0.0], np.cumsum(dW)])
            sums = sum(holding(k / n, w[k]) * dW[k] for k in range(n))
            return (w[-1] ** 3 - sums) ** 2

        return mean_over_increments(square, n, 4)  # polynomials of degree 6

    due = missed(lambda t, w: 3 * (w**2 + 1 - t))
    wrong = missed(lambda t, w: 3 * w**2)
    assert_same(g40_hedge.missed_square(n), due, rel=1e-11)
    assert_same(g40_hedge.missed_by_slope(n), wrong, rel=1e-11)
    right_row, wrong_row = rows_of("G40")
    assert right_row.exact == wrong_row.twin == g40_hedge.missed_square(32)
    assert right_row.twin == wrong_row.exact == g40_hedge.missed_by_slope(32)


# ---- G41: Picard's iterates


@pytest.mark.parametrize("m", [0, 1, 2, 3])
def test_the_error_of_an_iterate_is_a_quadrature_over_the_increments(m, monkeypatch):
    """Four steps of length 1/4: T = 1 here, where the claim has T = 1/4."""
    monkeypatch.setattr(g41_picard, "END", 1.0)

    def square(dW):
        w = np.concatenate([[0.0], np.cumsum(dW)])[None]
        iterate = g41_picard.iterate(w, m)[m][0, -1]
        return (np.prod(1 + dW) - iterate) ** 2

    assert_same(g41_picard.square_error(m, 4), mean_over_increments(square, 4, 3), rel=1e-11)


def test_the_numbers_of_the_iterates_are_tails_of_a_product():
    """E X_n^2 is (1 + h)^n, and the terms of its expansion come one by one."""
    h = 0.25 / 16
    terms = [math.comb(16, j) * h**j for j in range(17)]
    assert_same(sum(terms), (1 + h) ** 16)
    rows = rows_of("G41")
    for m, row in enumerate(rows):
        assert_same(row.exact, (1 + h) ** 16 - sum(terms[: m + 1]))
        assert_same(row.limit, sum(0.25**j / math.factorial(j) for j in range(m + 1, 30)))
    assert_same(rows[0].twin, 0.25)
    assert_same(rows[2].twin, ((1 + h) ** 16 - 1) / 16)
