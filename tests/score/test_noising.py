"""Noisings against their differential equations."""

import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from noise_targets import MIXTURE, MU, ONE, START

from stochcalc.score import VE, VP, GaussianMixture, Straight

NOISINGS = {
    "VE": VE(0.1, 20.0),
    "VE to T=3": VE(0.02, 5.0, T=3.0),
    "VP": VP(),
    "VP to T=0.5": VP(0.3, 30.0, T=0.5),
    "VP with one beta": VP(4.0, 4.0, T=1.5),
    "Straight": Straight(0.9),
}
every_noising = pytest.mark.parametrize("noising", NOISINGS.values(), ids=NOISINGS)


@every_noising
def test_m_and_sigma_solve_the_moment_equations_of_rate_and_g(noising):
    """m' = -rate m and (sigma^2)' = -2 rate sigma^2 + g^2 as integrals, by Gauss-Legendre."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    start, s0 = noising.mean_factor(0.0), noising.sigma(0.0)
    for t in noising.T * np.array([0.01, 0.3, 0.77, 1.0]):
        u, w = t * (nodes + 1) / 2, t * weights / 2
        m, sigma = noising.mean_factor(t), noising.sigma(t)
        assert math.isclose(m, start * math.exp(-(w @ noising.rate(u))), rel_tol=1e-12)
        grown = w @ (noising.amplitude(u) / noising.mean_factor(u)) ** 2
        assert math.isclose(sigma**2, m**2 * ((s0 / start) ** 2 + grown), rel_tol=1e-11)


@every_noising
def test_difference_quotients_of_m_and_sigma_agree_with_rate_and_g(noising):
    h, t = 1e-5 * noising.T, noising.T * np.linspace(0.05, 0.95, 19)

    def slope(f):
        return (8 * (f(t + h) - f(t - h)) - (f(t + 2 * h) - f(t - 2 * h))) / (12 * h)

    def variance(s):
        return noising.sigma(s) ** 2

    rate, g = noising.rate(t), noising.amplitude(t)
    np.testing.assert_allclose(
        slope(noising.mean_factor), -rate * noising.mean_factor(t), rtol=1e-8, atol=1e-9
    )
    np.testing.assert_allclose(
        slope(variance), -2 * rate * variance(t) + g * g, rtol=1e-8, atol=1e-9
    )


def test_ve_runs_from_sigma_min_to_sigma_max_and_keeps_the_mean():
    noising = VE(0.02, 5.0, T=3.0)
    np.testing.assert_allclose(
        noising.sigma([0.0, 1.5, 3.0]), [0.02, math.sqrt(0.1), 5.0], rtol=1e-14
    )
    assert noising.mean_factor(2.0) == 1.0 and noising.rate(2.0) == 0.0


@pytest.mark.parametrize("noising", [NOISINGS[name] for name in NOISINGS if "VP" in name])
def test_vp_preserves_unit_variance_and_beta_runs_linearly(noising):
    t = np.linspace(0.0, noising.T, 101)
    np.testing.assert_allclose(noising.mean_factor(t) ** 2 + noising.sigma(t) ** 2, 1.0, rtol=1e-15)
    np.testing.assert_allclose(
        2 * noising.rate(t), np.linspace(noising.beta_min, noising.beta_max, 101), rtol=1e-13
    )
    assert noising.mean_factor(0.0) == 1.0 and noising.sigma(0.0) == 0.0
    near = 1e-12 * noising.T  # 1 - m^2 would have four digits here
    assert math.isclose(noising.sigma(near), math.sqrt(noising.beta_min * near), rel_tol=1e-9)


def test_functions_of_time_keep_its_shape_and_are_floats_at_a_float():
    for f in (VP().mean_factor, VP().sigma, VP().rate, VP().amplitude):
        assert isinstance(f(0.5), float) and f([[0.1, 0.2, 0.3]]).shape == (1, 3)


def test_noised_points_and_the_prior_have_the_moments_they_say(rng_seed):
    noising, t, n = VP(0.3, 8.0), 0.6, 200_000
    x = noising.noised(np.tile(MU, (n, 1)), t, rng=rng_seed)
    assert_mean(x, noising.mean_factor(t) * MU, sigmas=7)
    assert_mean(
        (x - noising.mean_factor(t) * MU) ** 2, noising.sigma(t) ** 2, sigmas=7, detects=0.05
    )
    assert_mean(np.prod(x - noising.mean_factor(t) * MU, axis=1), 0.0, sigmas=7)
    prior = VE(0.1, 20.0).prior(n, 2, rng=rng_seed)
    assert prior.shape == (n, 2)
    assert_mean(prior, 0.0, sigmas=7)
    assert_mean(prior**2 / 400.0, 1.0, sigmas=7, detects=0.05)
    with must_reject("noise of variance sigma(t) for sigma(t)^2"):
        assert_mean((x - noising.mean_factor(t) * MU) ** 2, noising.sigma(t))


@every_noising
def test_the_smoothed_score_rescaled_is_the_score_of_x_t(noising):
    t = 0.4 * noising.T
    m, sigma = noising.mean_factor(t), noising.sigma(t)
    law = GaussianMixture(MIXTURE.weights, m * MIXTURE.means, m * m * MIXTURE.covs + sigma**2 * ONE)
    np.testing.assert_allclose(
        MIXTURE.score(START / m, sigma / m) / m, law.score(START), rtol=1e-11, atol=1e-12
    )
