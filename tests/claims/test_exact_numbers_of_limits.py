"""Exact numbers of the claims on MALA and on Donsker's theorem, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from claim_numbers import mala_by_ratio_of_squares
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.theorems import g51_mala

NODES = 120  # of a quadrature rule


def assert_same(found, exact, rel=1e-12):
    assert found == pytest.approx(exact, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G51: MALA


def proposal(x, y, h):
    """The density of a proposal from x to y, with the score written out."""
    return stats.norm.pdf(y, x + h / 2 * -x, math.sqrt(h))


def flow(x, y, h):
    """The accepted flow from x to y: the smaller one of two products of densities."""
    there = stats.norm.pdf(x) * proposal(x, y, h)
    back = stats.norm.pdf(y) * proposal(y, x, h)
    return np.minimum(there, back)


def rule(a, b):
    """Gauss-Legendre nodes and weights from a to b, or one row for each of several intervals."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    a, b = np.broadcast_arrays(np.expand_dims(a, -1), np.expand_dims(b, -1))
    return a + (b - a) * (nodes + 1) / 2, (b - a) / 2 * weights


def mean_over_flow(f, h):
    """The integral of f(x, y) over the accepted flow, piece by piece between the lines y = +-x."""
    x, by_x = rule(0.0, 9.0)
    total = 0.0
    for a, b in ((-12.0, -x), (-x, x), (x, 12.0)):
        y, by_y = rule(a, b)
        inner = (by_y * f(x[:, None], y) * flow(x[:, None], y, h)).sum(axis=1)
        total += float(by_x @ inner)
    return 2 * total


@pytest.mark.parametrize("row, h", [(0, 0.5), (1, 1.0), (2, 2.0)])
def test_the_acceptance_in_one_dimension_is_a_double_integral(row, h):
    found = rows_of("G51")[row]
    assert_same(found.exact, mean_over_flow(lambda x, y: 1.0, h), rel=1e-9)
    arcs = math.atan(math.sqrt(h) / 2) + math.atan((2 - h / 2) / math.sqrt(h))
    assert_same(found.exact, 2 / math.pi * arcs)


def test_the_mean_square_of_a_move_is_a_double_integral():
    found = rows_of("G51")[4]
    assert_same(found.exact, mean_over_flow(lambda x, y: (x - y) ** 2, 2.0), rel=1e-9)
    proposed = integrate.quad(lambda z: (-1.0 * z) ** 2 * stats.norm.pdf(z), -12, 12)[0] + 2.0
    assert_same(found.twin, rows_of("G51")[2].exact * proposed, rel=1e-9)


def test_the_acceptance_in_many_dimensions_is_a_double_integral_over_two_radii():
    """|y|^2 given x is a noncentral chi-square variable, and R a function of the radii alone."""
    d, h = 16, 1.0
    r = 1 - h / 2
    m, by_m = rule(0.0, 110.0)
    far, by_far = rule(m, m + 150.0)
    law = stats.ncx2(d, r * r * m[:, None] / h, scale=h)
    refused = (by_far * law.pdf(far) * -np.expm1(h / 8 * (m[:, None] - far))).sum(axis=1)
    accepted = float(by_m @ (stats.chi2.pdf(m, d) * (1 - refused)))
    assert_same(rows_of("G51")[3].exact, accepted, rel=1e-9)


@pytest.mark.parametrize("d", [1, 2, 7, 64])
@pytest.mark.parametrize("h", [0.1, 1.0, 4.0, 6.0])
def test_the_law_of_student_is_that_of_a_ratio_of_squares(d, h):
    assert_same(g51_mala.acceptance(h, d), mala_by_ratio_of_squares(h, d), rel=1e-10)
    jump = (h + h * h / 4) * mala_by_ratio_of_squares(h, d, more=2)
    assert_same(g51_mala.square_jump(h, d), jump, rel=1e-10)


def test_short_steps_refuse_the_cube_of_their_root_over_four_pi():
    for h in (1e-3, 1e-4):
        assert_same((1 - g51_mala.acceptance(h)) / h**1.5, 1 / (4 * math.pi), rel=h**2)


def test_the_twins_of_the_acceptance_are_its_wrong_constants():
    rows = rows_of("G51")
    assert_same(
        rows[0].twin, 1 / sc.langevin.linear_chain(1.0, step=0.5, method="ula").stationary[0, 0]
    )
    size = integrate.quad(lambda z: z * stats.norm.pdf(z), 0, 12)[0] * 2  # E |z|
    assert_same(rows[1].twin, 1 - size**2 / 4, rel=1e-10)
    assert_same(1 - rows[2].twin, math.tan(math.pi / 2 * (1 - rows[2].exact)))
    assert_same(rows[3].twin, mala_by_ratio_of_squares(1.0, 1) ** 16, rel=1e-10)


def test_the_squares_of_the_unadjusted_chain_are_a_recursion():
    adjusted, unadjusted = rows_of("G51")[5:]
    V = 1.0
    for _ in range(g51_mala.N):
        V = 0.25 * V + 1.0
    assert_same(unadjusted.exact, V)
    assert_same(unadjusted.limit, 4 / 3)
    assert adjusted.exact == adjusted.limit == unadjusted.twin == 1.0
    assert_same(adjusted.twin, 2.0)
