"""Exact numbers of the claims on flows, G56 and G57, by a second route."""

from __future__ import annotations

import functools
import math

import pytest
from level_steps import carry, spaced
from scipy import integrate

import stochcalc as sc
from stochcalc.claims.theorems import g56_karras
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
