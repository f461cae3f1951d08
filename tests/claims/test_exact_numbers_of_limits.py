"""Exact numbers of the claims on MALA and on Donsker's theorem, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from claim_numbers import (
    extremes_of_walk,
    mala_by_ratio_of_squares,
    range_square_by_tables,
)
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.theorems import g51_mala, g52_donsker

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


# ---- G52: Donsker

FAIR = (-1, 1)
LAZY = (-1, 0, 0, 1)  # in units of sqrt(2)


def mean_of_extremes(steps, n, f):
    """E f(max, min) over the law of the extremes of all walks."""
    return sum(p * f(high, low) for (high, low), p in extremes_of_walk(steps, n).items())


def test_the_means_of_the_walks_are_sums_over_the_law_of_their_extremes():
    peak, distance, lazy, width = rows_of("G52")
    assert_same(peak.exact, mean_of_extremes(FAIR, 25, lambda high, low: high) / 5)
    assert_same(distance.exact, mean_of_extremes(FAIR, 25, lambda high, low: max(high, -low)) / 5)
    assert_same(lazy.exact, mean_of_extremes(LAZY, 16, lambda high, low: high) * math.sqrt(2) / 4)
    assert_same(lazy.twin, mean_of_extremes(FAIR, 16, lambda high, low: high) / 4)
    assert_same(width.exact, mean_of_extremes(FAIR, 16, lambda high, low: (high - low) ** 2) / 16)
    first = mean_of_extremes(FAIR, 16, lambda high, low: high)
    second = mean_of_extremes(FAIR, 16, lambda high, low: high**2)
    assert_same(width.twin, (2 * second + 2 * first**2) / 16)


def spitzer(steps, n):
    """E max by Spitzer's identity, for any coin: the sum of E S_k^+/k."""
    law = np.ones(1)
    coin = np.bincount(np.array(steps) + 1) / len(steps)
    total = 0.0
    for k in range(1, n + 1):
        law = np.convolve(law, coin)
        places = np.arange(-k, k + 1)
        total += law @ np.maximum(places, 0) / k
    return total / math.sqrt(n * np.var(steps))


@pytest.mark.parametrize("n", [1, 2, 5, 16, 25, 100])
def test_the_maxima_are_those_of_spitzers_identity(n):
    assert_same(g52_donsker.mean_maximum(n), spitzer(FAIR, n))
    assert_same(g52_donsker.mean_lazy_maximum(n), spitzer(LAZY, n))


@pytest.mark.parametrize("a, b, n", [(1, 1, 3), (2, 1, 6), (3, 5, 20), (4, 4, 33)])
def test_the_walks_between_two_mirrors_are_a_power_of_a_matrix(a, b, n):
    inside = a + b - 1
    step = (np.eye(inside, k=1) + np.eye(inside, k=-1)) / 2
    kept = np.linalg.matrix_power(step, n)[a - 1].sum()
    assert g52_donsker.stay(a, b, n) == pytest.approx(kept, abs=1e-13)


def test_the_errors_are_half_a_step_of_the_lattice_over_the_root_of_n():
    """Twice the gap at 4n less that at n, in units of 1/sqrt(n), has no term in 1/n."""
    cases = (
        (g52_donsker.mean_maximum, 0.5),
        (g52_donsker.mean_lazy_maximum, math.sqrt(0.5)),
        (g52_donsker.mean_normal_maximum, g52_donsker.NORMAL),
    )
    for mean, constant in cases:
        near, far = (math.sqrt(n) * (g52_donsker.MAXIMUM - mean(n)) for n in (2500, 10_000))
        assert 2 * far - near == pytest.approx(constant, abs=1e-4)


def test_the_limits_are_integrals_over_the_laws_of_brownian_extremes():
    peak, distance, _, width = rows_of("G52")
    tail = integrate.quad(lambda r: 2 * stats.norm.sf(r), 0, 12, epsabs=1e-13)[0]
    assert_same(peak.limit, tail, rel=1e-11)
    assert peak.twin == peak.limit and distance.twin == distance.limit
    j = np.arange(-40, 41)

    def out(r):
        """P(max |W| >= r), by eigenfunctions where images converge slowly."""
        if r > 1:
            between = stats.norm.cdf((2 * j + 1) * r) - stats.norm.cdf((2 * j - 1) * r)
            return 1 - float((-1.0) ** j @ between)
        k = 2 * np.arange(40) + 1
        modes = (-1.0) ** ((k - 1) // 2) / k * np.exp(-((k * math.pi / r) ** 2) / 8)
        return 1 - 4 / math.pi * float(modes.sum())

    mean = integrate.quad(out, 1e-6, 12, points=[1.0], epsabs=1e-12, limit=200)[0] + 1e-6
    assert_same(distance.limit, mean, rel=1e-9)
    assert_same(distance.limit * peak.limit, 1.0)
    assert_same(width.limit, range_square_by_tables(), rel=1e-9)


def test_tosses_are_signs_and_the_lazy_coin_takes_two(rng_seed):
    w = np.cumsum(np.random.default_rng(rng_seed).standard_normal((5, 9)), axis=1)
    w = np.concatenate([np.zeros((5, 1)), w], axis=1)[:, :9]
    walk = g52_donsker.toss(w)
    assert (np.abs(np.diff(walk, axis=1)) == 1).all() and (walk[:, 0] == 0).all()
    lazy = np.diff(walk[:, ::2], axis=1) / math.sqrt(2)
    assert {*np.abs(lazy).ravel().round(6)} <= {0.0, 1.414214}
    peak = np.maximum(0, np.cumsum(lazy, axis=1).max(axis=1)) / 2
    np.testing.assert_allclose(g52_donsker.observe_lazy(w), peak, rtol=1e-12)
