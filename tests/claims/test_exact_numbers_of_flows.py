"""Exact numbers of the claims on flows, G56 and G57, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from level_steps import carry, denoised_steps, spaced
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.theorems import g56_karras, g57_flow_matching
from stochcalc.claims.theorems.g56_karras import GEOMETRIC, Setting


def assert_same(found, right, rel=1e-10):
    assert found == pytest.approx(right, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G56: levels of noise


WIDE = (0.002, 80.0)
RIGHT = 1.0 + 80.0**2


def test_the_variances_along_levels_are_sums_over_the_steps_of_the_printed_algorithm():
    due = [
        carry(spaced(*WIDE, 8, 7), 1.0, RIGHT),
        carry(spaced(*WIDE, 8, 1), 1.0, RIGHT),
        carry(spaced(*WIDE, 8, None), 1.0, RIGHT),
        carry(spaced(*WIDE, 8, 7), 1.0, RIGHT, churn=2.0),
        carry(spaced(*WIDE, 16, 7), 1.0, RIGHT, churn=8.0, factor=1.1),
        carry(spaced(0.5, 80.0, 16, 7), 1.0, RIGHT),
        carry(spaced(0.01, 2.0, 16, 7), 4.0, 4.0),
        carry(spaced(0.01, 2.0, 16, 7), 4.0, 4.0, churn=4.0),
    ]
    rows = rows_of("G56")
    for row, right in zip(rows, due, strict=True):
        assert_same(row.exact, right)
    plain = due[0]
    loud_enough = carry(spaced(*WIDE, 16, 7), 1.0, RIGHT, churn=8.0)
    twins = [1.0, plain, plain, plain, loud_enough, 1.0, 4.0, due[6]]
    for row, twin in zip(rows, twins, strict=True):
        assert_same(row.twin, twin)


@pytest.mark.parametrize("churn", [0.0, 2.0, 4.0])
@pytest.mark.parametrize("rho", [3.0, 7.0, GEOMETRIC])
def test_the_limit_of_many_levels_solves_the_equation_of_the_variance(churn, rho):
    """dV/du = 2 S sigma^2 + 2 f (sigma' - S sigma) V along u, then the step to 0."""
    v, low, high = 4.0, 0.05, 2.0

    def level(u):
        if rho == GEOMETRIC:
            return high * (low / high) ** u, math.log(low / high) * high * (low / high) ** u
        root = high ** (1 / rho) + u * (low ** (1 / rho) - high ** (1 / rho))
        return root**rho, rho * root ** (rho - 1) * (low ** (1 / rho) - high ** (1 / rho))

    def slope(u, variance):
        sigma, fall = level(u)
        f = sigma / (v + sigma**2)
        return 2 * churn * sigma**2 + 2 * f * (fall - churn * sigma) * variance

    way = integrate.solve_ivp(slope, (0, 1), [4.0], method="DOP853", rtol=1e-12, atol=1e-13)
    due = way.y[0, -1] * (v / (v + low**2)) ** 2
    setting = Setting(rho=rho, low=low, high=high, variance=v, churn=churn, prior=True)
    assert g56_karras.limit(setting) == pytest.approx(due, rel=1e-10)
    assert g56_karras.exact(Setting(**{**vars(setting), "n": 40_000})) == pytest.approx(
        due, rel=2e-4
    )


@pytest.mark.parametrize("rho", [1.0, 7.0, GEOMETRIC])
def test_the_distance_to_the_limit_is_of_order_two_and_that_to_the_data_stays(rho):
    def apart(n, low=0.05):
        setting = Setting(n=n, rho=rho, low=low, high=20.0)
        return math.sqrt(g56_karras.exact(setting)) - math.sqrt(1.0 / (1.0 + low**2))

    assert abs(math.log2(apart(2049) / apart(4097)) - 2.0) < 0.02
    fixed = Setting(n=4097, low=0.5)
    assert g56_karras.exact(fixed) == pytest.approx(0.8, rel=1e-5)


def test_from_the_right_start_churn_leaves_the_order_two_but_for_the_lifted_last_level():
    def apart(n):
        setting = Setting(n=n, low=0.05, high=20.0, churn=4.0)
        return g56_karras.exact(setting) - 1.0 / (1.0 + (0.05 * (1.0 + 4.0 / n)) ** 2)

    assert abs(math.log2(apart(4097) / apart(8193)) - 2.0) < 0.02


def test_from_a_wrong_start_the_order_with_churn_is_one():
    def apart(n):
        setting = Setting(n=n, low=0.05, high=2.0, churn=4.0, prior=True)
        return g56_karras.exact(setting) - g56_karras.limit(setting)

    assert abs(math.log2(apart(2**16) / apart(2**17)) - 1.0) < 0.03


def test_no_exponent_is_best_at_every_scale():
    at = {
        (v, rho): g56_karras.exact(Setting(variance=v, rho=rho)) / v
        for v in (0.25, 1.0, 4.0)
        for rho in (3.0, 7.0)
    }
    assert at[4.0, 3.0] < at[4.0, 7.0] and at[0.25, 3.0] > at[0.25, 7.0]
    assert at[1.0, 3.0] > at[1.0, 7.0]


# ---- G57: flow matching

END = 0.999
FROM_NOISE = END**2


def joint(t, v=4.0, r=0.0):
    """The covariance of x_t and of the velocity z - x_0, from that of (x_0, z)."""
    pairs = np.array([[v, r * math.sqrt(v)], [r * math.sqrt(v), 1.0]])
    rows = np.array([[1.0 - t, t], [-1.0, 1.0]])
    return rows @ pairs @ rows.T


def test_the_variances_of_the_flow_go_through_the_denoised_point():
    by_one, by_four, by_heun = rows_of("G57")[:3]
    assert_same(by_one.exact, FROM_NOISE * denoised_steps(4.0, 1, END) ** 2, rel=1e-8)
    assert_same(by_four.exact, FROM_NOISE * denoised_steps(4.0, 4, END) ** 2)
    assert_same(by_heun.twin, by_four.exact)
    assert (by_one.twin, by_four.twin) == (4.0, 4.0)
    half = END / 2
    factor = 1.0
    for t in (END, half):
        first, last = (joint(s)[0, 1] / joint(s)[0, 0] for s in (t, t - half))
        # Heun's step as two weights on the two slopes, x - (h/2) k_1 - (h/2) k_2
        factor *= 1.0 - half / 2 * first - half / 2 * last + half**2 / 2 * last * first
    assert_same(by_heun.exact, FROM_NOISE * factor**2)
    for row in (by_one, by_four, by_heun):
        way = integrate.solve_ivp(
            lambda u, x: -joint(END - u)[0, 1] / joint(END - u)[0, 0] * x,
            *((0.0, END), [END]),
            method="DOP853",
            rtol=1e-12,
            atol=1e-14,
        )
        assert row.limit == pytest.approx(way.y[0, -1] ** 2, rel=1e-9)


def test_from_pure_noise_one_step_of_euler_ends_at_the_mean():
    assert joint(1.0)[0, 1] / joint(1.0)[0, 0] == 1.0
    for r in (0.0, 0.3, 0.8, 1.0):
        slope = joint(1.0, r=r)[0, 1] / joint(1.0, r=r)[0, 0]
        assert_same((1.0 - slope) ** 2, 4.0 * r * r)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.1])
def test_velocity_and_score_are_the_same_knowledge_on_any_interpolant(alpha):
    """By the joint covariance, for m = cos and sigma = sin of a time: s = -x/S."""
    v, t = 2.5, alpha
    m, sigma, fall, growth = math.cos(t), math.sin(t), -math.sin(t), math.cos(t)
    s = m * m * v + sigma**2
    by_pairs = (m * fall * v + sigma * growth) / s
    by_score = fall / m - (fall / m * sigma**2 - sigma * growth) / s
    assert_same(by_pairs, by_score)


def test_the_losses_are_those_of_a_regression():
    least, uncrossed = rows_of("G57")[3:5]
    cov = joint(0.5)
    assert_same(least.exact, 0.5 * np.linalg.det(cov) / cov[0, 0])
    assert_same(least.exact, 8 / 5)
    assert_same(uncrossed.twin, 8 / 5)
    # the velocity of lines from z to 2 z at t = 1/2: x = 3 z/2, and z - 2 z = -2 x/3
    weights = np.array([-2.0 / 3.0, -1.0])
    assert_same(uncrossed.exact, 0.5 * weights @ cov @ weights)
    assert_same(uncrossed.exact, 16 / 9)


def test_a_step_that_is_learned_from_pairs_has_the_mean_square_of_an_inverse_chi_square():
    alone, correlated, reflowed = rows_of("G57")[5:]
    inverse = integrate.quad(lambda u: stats.chi2.pdf(u, 16) / u, 0.0, np.inf, epsabs=1e-14)[0]
    assert inverse == pytest.approx(1 / 14, rel=1e-10)
    assert_same(alone.exact, 4.0 * inverse, rel=1e-9)
    assert_same(correlated.exact, 4.0 * 0.64 + 4.0 * 0.36 * inverse, rel=1e-9)
    assert_same(reflowed.exact, FROM_NOISE * denoised_steps(4.0, 4, END) ** 2)
    assert alone.twin == correlated.twin == reflowed.twin == 4.0


def test_reflow_learns_its_teacher_without_error():
    z = np.random.default_rng(1).standard_normal((3, 2))
    fresh = np.array([1.0, -2.0, 0.5])
    ends = g57_flow_matching.take_learned_step(z, 1.7 * z, fresh)
    np.testing.assert_allclose(ends, 1.7 * fresh, rtol=1e-12)
