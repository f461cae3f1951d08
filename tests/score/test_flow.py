"""The probability flow: densities, quantiles and the way back, against what is known of mixtures
without any flow.
"""

import math

import numpy as np
import pytest
from evidence import assert_count, must_reject
from nights import mostly_at_night
from scipy.optimize import brentq
from scipy.special import ndtr

from stochcalc.score import (
    VE,
    VP,
    Circle,
    Empirical,
    GaussianMixture,
    log_likelihood,
    probability_flow,
)
from stochcalc.score.divergence import divergence_of
from stochcalc.score.flow import final_log_density

MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)
LINE = GaussianMixture([0.8, 0.2], [[5.0], [-5.0]], [1.0, 2.0])
POINTS = np.random.default_rng(3).normal(size=(40, 2)) * 2.5
FINE = {"rtol": 1e-9, "atol": 1e-10}
every_noising = pytest.mark.parametrize(
    "noising",
    [VE(0.1, 20.0), VE(0.4, 6.0, T=2.0), VP(), VP(0.1, 12.0, T=1.5)],
    ids=["VE", "VE to T=2", "VP", "VP to T=1.5"],
)


def cdf(x, noising, t):
    """F of p_t, for LINE."""
    m, sigma = noising.mean_factor(t), noising.sigma(t)
    return sum(
        w * ndtr((x - m * mean) / math.sqrt(m * m * c + sigma**2))
        for w, mean, c in zip(LINE.weights, LINE.means[:, 0], LINE.covs[:, 0, 0], strict=True)
    )


# The divergence.


@pytest.mark.parametrize("sigma", [0.0, 0.3, 2.0, 20.0])
def test_the_divergence_of_a_mixtures_score_is_the_trace_of_its_slopes(sigma):
    h, total = 1e-4 * max(1.0, sigma), 0.0
    for i, e in enumerate(np.eye(2)):

        def s(shift, i=i, e=e):
            return MIXTURE.score(POINTS + shift * h * e, sigma)[:, i]

        total = total + (8 * (s(1) - s(-1)) - (s(2) - s(-2))) / (12 * h)
    np.testing.assert_allclose(MIXTURE.divergence(POINTS, sigma), total, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("sigma", [0.05, 0.3, 2.0, 20.0])
def test_central_differences_stand_for_a_divergence(sigma):
    due = MIXTURE.divergence(POINTS, sigma)
    np.testing.assert_allclose(
        divergence_of(MIXTURE.score)(POINTS, sigma), due, rtol=1e-8, atol=1e-8 / sigma**2
    )
    assert divergence_of(MIXTURE) == MIXTURE.divergence


def test_the_divergence_of_one_gaussian_is_minus_the_trace_of_its_precision():
    cov = np.array([[2.0, 0.6], [0.6, 1.0]])
    due = -np.trace(np.linalg.inv(cov + 0.25 * np.eye(2)))
    np.testing.assert_allclose(
        GaussianMixture([1.0], [[3.0, 1.0]], [cov]).divergence(POINTS, 0.5), due, rtol=1e-11
    )


# Densities.


@every_noising
def test_the_likelihood_by_the_flow_is_the_density_of_the_mixture(noising):
    due = MIXTURE.log_density(POINTS, noising.sigma(0.0))
    np.testing.assert_allclose(
        log_likelihood(MIXTURE, noising, POINTS, **FINE), due, rtol=0, atol=1e-7
    )
    np.testing.assert_allclose(
        log_likelihood(MIXTURE, noising, POINTS), due, rtol=2e-6, atol=2e-6
    )  # the default tolerances


@every_noising
def test_a_likelihood_from_a_later_time_is_the_density_of_the_noised_data(noising):
    t = 0.3 * noising.T
    m, sigma = noising.mean_factor(t), noising.sigma(t)
    law = GaussianMixture(
        MIXTURE.weights, m * MIXTURE.means, m * m * MIXTURE.covs + sigma**2 * np.eye(2)
    )
    np.testing.assert_allclose(
        log_likelihood(MIXTURE, noising, POINTS, t0=t, **FINE), law.log_density(POINTS), atol=1e-7
    )


@every_noising
def test_a_bare_score_has_the_likelihood_of_the_flow_from_the_normal_prior(noising):
    """It differs from that of the mixture by log p_T alone, and its divergence comes from
    differences.
    """
    ends = probability_flow(MIXTURE, noising, POINTS, t0=0.0, t1=noising.T, **FINE)
    scale = noising.sigma(noising.T)
    normal = -0.5 * ((ends / scale) ** 2).sum(axis=1) - 2 * math.log(scale * math.sqrt(2 * math.pi))
    due = (
        MIXTURE.log_density(POINTS, noising.sigma(0.0))
        - final_log_density(MIXTURE, noising, ends)
        + normal
    )
    np.testing.assert_allclose(
        log_likelihood(MIXTURE.score, noising, POINTS, **FINE), due, rtol=0, atol=1e-6
    )


@every_noising
def test_p_T_of_a_distribution_is_its_noised_law(noising):
    m, sigma = noising.mean_factor(noising.T), noising.sigma(noising.T)
    law = GaussianMixture(
        MIXTURE.weights, m * MIXTURE.means, m * m * MIXTURE.covs + sigma**2 * np.eye(2)
    )
    np.testing.assert_allclose(
        final_log_density(MIXTURE, noising, POINTS), law.log_density(POINTS), rtol=1e-12
    )


@pytest.mark.parametrize(
    "score", [Circle(1.5), Empirical(np.random.default_rng(4).normal(size=(6, 2)))]
)
def test_circles_and_data_have_their_densities_by_the_flow_too(score):
    x = POINTS[:20]
    np.testing.assert_allclose(
        log_likelihood(score, VE(0.3, 10.0), x, **FINE),
        score.log_density(x, 0.3),
        rtol=0,
        atol=1e-6,
    )
    t = 0.1  # VP at 0 would be the data alone
    m, sigma = VP().mean_factor(t), VP().sigma(t)
    due = score.log_density(x / m, sigma / m) - 2 * math.log(m)
    np.testing.assert_allclose(log_likelihood(score, VP(), x, t0=t, **FINE), due, rtol=0, atol=1e-6)


def wrong(x, sigma):
    """The score of no law: whatever the flow of such a field does to N(0, sigma_T^2), the mass
    remains 1.
    """
    return 0.9 * LINE.score(x, sigma) + 0.3 * np.sin(x / (1.0 + sigma)) / (1.0 + sigma)


@pytest.mark.parametrize("score", [LINE.score, wrong], ids=["true", "wrong"])
@pytest.mark.parametrize("noising", [VE(0.3, 20.0), VP()], ids=["VE", "VP"])
def test_the_density_of_a_flow_integrates_to_one_for_any_score(score, noising):
    x, spacing = np.linspace(-30.0, 30.0, 1201, retstep=True)
    density = np.exp(log_likelihood(score, noising, x[:, None], **FINE))
    assert density[[0, -1]].max() < 1e-9 and math.isclose(
        density.sum() * spacing, 1.0, abs_tol=1e-6
    )
    if score is wrong:
        assert (
            np.abs(density - np.exp(LINE.log_density(x[:, None], noising.sigma(0.0)))).max() > 0.01
        )


def test_a_density_without_its_divergence_does_not_integrate_to_one():
    """The broken twin of the last."""
    noising, x = VE(0.3, 20.0), np.linspace(-16.0, 16.0, 801)
    ends = probability_flow(LINE.score, noising, x[:, None], t0=0.0, t1=1.0)
    density = np.exp(final_log_density(LINE.score, noising, ends))
    assert abs(density.sum() * (x[1] - x[0]) - 1.0) > 0.1


# The way there and back, and what it keeps.


@every_noising
def test_there_and_back_is_the_identity(noising):
    for score in (MIXTURE, MIXTURE.score):
        there = probability_flow(score, noising, POINTS, t0=0.0, t1=noising.T, **FINE)
        assert np.abs(there - POINTS).max() > 0.5
        np.testing.assert_allclose(
            probability_flow(score, noising, there, **FINE), POINTS, rtol=0, atol=1e-7
        )


def test_two_legs_are_the_whole_way():
    noising = VP()
    half = probability_flow(MIXTURE, noising, POINTS, t1=0.4, **FINE)
    np.testing.assert_allclose(
        probability_flow(MIXTURE, noising, half, t0=0.4, **FINE),
        probability_flow(MIXTURE, noising, POINTS, **FINE),
        rtol=0,
        atol=1e-7,
    )


@every_noising
def test_on_one_gaussian_the_flow_is_linear_along_each_axis_of_its_covariance(noising):
    target = GaussianMixture([1.0], [[1.0, -2.0]], [[[3.0, 0.0], [0.0, 0.2]]])

    def law(t):
        m, sigma = noising.mean_factor(t), noising.sigma(t)
        return m * target.means[0], np.sqrt(m * m * np.array([3.0, 0.2]) + sigma**2)

    (a, r), (b, s) = law(noising.T), law(0.0)
    np.testing.assert_allclose(
        probability_flow(target, noising, POINTS, **FINE),
        b + s * (POINTS - a) / r,
        rtol=0,
        atol=1e-7,
    )


@every_noising
def test_on_the_line_the_flow_keeps_quantiles(noising):
    x = np.linspace(-8.0, 8.0, 65)
    ends = probability_flow(LINE, noising, x[:, None], t0=0.0, t1=noising.T, **FINE)[:, 0]
    np.testing.assert_allclose(
        cdf(ends, noising, noising.T), cdf(x, noising, 0.0), rtol=0, atol=1e-7
    )
    mid = probability_flow(LINE, noising, x[:, None], t0=0.0, t1=0.5 * noising.T, **FINE)[:, 0]
    np.testing.assert_allclose(
        cdf(mid, noising, 0.5 * noising.T), cdf(x, noising, 0.0), rtol=0, atol=1e-7
    )


@pytest.mark.parametrize(
    "noising",
    mostly_at_night([VE(0.5, 20.0), VP(0.1, 6.0)], lambda noising: isinstance(noising, VE)),
    ids=["VE", "VP"],
)
def test_from_the_prior_the_flow_keeps_the_weight_that_its_quantile_has_there(noising, rng_seed):
    """P(x_0 > 0) = 1 - Phi(q/sigma_T) with F_{p_T}(q) = F_{p_0}(0): 0.761 and 0.669 for 0.8,
    however fine the integration.
    """
    scale, boundary = noising.sigma(noising.T), cdf(0.0, noising, 0.0)
    q = brentq(lambda x: cdf(x, noising, noising.T) - boundary, -10 * scale, 10 * scale, xtol=1e-13)
    predicted = ndtr(-q / scale)
    sides = probability_flow(LINE, noising, [[q - 1e-6], [q + 1e-6]], **FINE)[:, 0]
    assert sides[0] < 0 < sides[1]
    n = 80_000
    above = int(
        (probability_flow(LINE, noising, noising.prior(n, 1, rng=rng_seed), rtol=1e-4) > 0).sum()
    )
    assert_count(above, n, predicted, alpha=2.6e-12, detects=0.03)
    with must_reject("the weight of the data"):
        assert_count(above, n, 1 - boundary)


def test_from_the_true_law_the_flow_ends_on_the_data_with_their_weight(rng_seed):
    noising, n = VE(0.5, 20.0), 50_000
    start = noising.noised(LINE.sample(n, rng=rng_seed), 1.0, rng=rng_seed + 1)
    above = int((probability_flow(LINE, noising, start, rtol=1e-4) > 0).sum())
    assert_count(above, n, 1 - cdf(0.0, noising, 0.0), alpha=2.6e-12, detects=0.03)


def test_a_score_that_is_not_finite_is_named_with_its_point_and_time():
    def score(x, sigma):
        return np.where(sigma < 3.0, np.nan, MIXTURE.score(x, sigma))

    for run in (
        lambda: probability_flow(score, VE(0.1, 20.0), POINTS),
        lambda: log_likelihood(score, VE(0.1, 20.0), POINTS),
    ):
        with pytest.raises(
            ValueError, match=r"^score\(x, sigma=.*\) is not finite for point 0, x=\[.*\], at t=0"
        ):
            run()
