"""Laws that are far, narrow or full of oscillations are found, or it is said that they are not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import kv

import stochcalc as sc


@pytest.mark.parametrize("mu", [50.0, 70.0, 74.0, 100.0, 300.0, -500.0, 500.0, 1000.0, 1e5])
@pytest.mark.parametrize("sigma", [0.2, 1.0, 50.0])
def test_a_law_far_from_0_is_found_wherever_it_is_in_a_panel(mu, sigma):
    p = sc.stationary_density(sc.models.ou(1.0, mu, sigma))
    assert abs(p.mean - mu) < 1e-8 * (abs(mu) + sigma)
    assert abs(2.0 * p.var / sigma**2 - 1.0) < 1e-9 and p.error < 1e-9


@pytest.mark.parametrize("sigma", [1e-4, 1e-8, 1e-12])
def test_a_law_that_is_very_narrow_is_resolved(sigma):
    p = sc.stationary_density(sc.SDE(lambda t, x: -x, lambda t, x: sigma))
    assert abs(2.0 * p.var / sigma**2 - 1.0) < 1e-9 and p.error < 1e-12
    assert abs(p.cdf(sigma) - stats.norm.cdf(math.sqrt(2.0))) < 1e-11


@pytest.mark.parametrize("mu, sigma", [(1e6, 1e-3), (1e4, 1e-2), (1e6, 1.0)])
def test_a_law_that_is_narrow_and_far_is_right_to_what_floats_tell(mu, sigma):
    p = sc.stationary_density(sc.models.ou(1.0, mu, sigma))
    x = mu + 0.3 * sigma
    exact = stats.norm.cdf((x - mu) / sigma * math.sqrt(2.0))
    assert abs(p.cdf(x) - exact) < 1e-5 and p.error < 1e-5


@pytest.mark.parametrize("mu, sigma", [(1e9, 1e-5), (1e10, 1e-3)])
def test_a_law_that_floats_cannot_tell_is_refused(mu, sigma):
    with pytest.raises(ValueError, match="scale the equation"):
        sc.stationary_density(sc.models.ou(1.0, mu, sigma))


def test_two_narrow_wells_side_by_side_are_both_found():
    sde = sc.SDE(lambda t, x: -((x - 500.0) ** 3) + (x - 500.0), lambda t, x: 0.3)
    p = sc.stationary_density(sde)
    around_0 = sc.stationary_density(sc.models.double_well(0.3))
    assert abs(p.mean - 500.0) < 1e-8 and abs(p.var - around_0.var) < 1e-8
    assert abs(p.cdf(499.0) - around_0.cdf(-1.0)) < 1e-8


def test_a_pull_that_grows_like_an_exponential_has_its_law():
    """p(x) is proportional to exp(-2 cosh x); the integral is a Bessel function's."""
    p = sc.stationary_density(sc.SDE(lambda t, x: -math.sinh(x), lambda t, x: 1.0))
    x = np.array([-1.0, 0.0, 0.5])
    exact = np.exp(-2.0 * np.cosh(x)) / (2.0 * kv(0, 2.0))
    assert np.abs(p.pdf(x) - exact).max() < 1e-12 and abs(p.mean) < 1e-12 and p.error < 1e-12


@pytest.mark.parametrize("pull", [1e-2, 1e-3, 1e-4, 1e-5])
def test_a_drift_that_oscillates_under_the_law_is_resolved(pull):
    """The density is exp(2 cos x - pull x^2), here by the trapezoid rule, right to rounding."""
    p = sc.stationary_density(sc.SDE(lambda t, x: -math.sin(x) - pull * x, lambda t, x: 1.0))
    reach = 12.0 / math.sqrt(pull)
    x = np.arange(-reach, reach, 2.0 * math.pi / 64.0)
    weights = np.exp(2.0 * np.cos(x) - pull * x * x)
    assert abs(p.var / ((x * x) @ weights / weights.sum()) - 1.0) < 1e-9 and p.error < 1e-12


def test_a_drift_that_oscillates_between_walls_is_resolved():
    p = sc.stationary_density(sc.SDE(lambda t, x: -math.sin(x), lambda t, x: 1.0), -200.0, 200.0)
    x = np.linspace(-200.0, 200.0, 400_001)
    weights = np.exp(2.0 * np.cos(x))
    weights[[0, -1]] *= 0.5
    assert abs(p.var / ((x * x) @ weights / weights.sum()) - 1.0) < 1e-8
