"""Exact numbers of the claims on integrals, from G40 on, by a second route: quadrature."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.claims.theorems import g40_hedge


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
