"""Noisings against their differential equations, and the tables of all samplers against the
formulas of their papers.

On a Gaussian target every table is linear in x, so that the mean and covariance after any number of
steps are known exactly."""

import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject

from stochcalc.engine.random.philox import CHAIN_NOISE
from stochcalc.engine.random.sources import block_normals
from stochcalc.score import VE, VP, GaussianMixture, ancestral, reverse_sde
from stochcalc.score.moves import Moves
from stochcalc.score.reverse import ancestral_moves, euler

NOISINGS = {
    "VE": VE(0.1, 20.0),
    "VE to T=3": VE(0.02, 5.0, T=3.0),
    "VP": VP(),
    "VP to T=0.5": VP(0.3, 30.0, T=0.5),
    "VP with one beta": VP(4.0, 4.0, T=1.5),
}
MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)
MU, C, ONE = np.array([1.0, -2.0]), np.array([[1.0, 0.4], [0.4, 0.5]]), np.eye(2)
GAUSSIAN = GaussianMixture([1.0], [MU], [C])
START = np.random.default_rng(5).normal(size=(300, 2)) * 3.0
every_noising = pytest.mark.parametrize("noising", NOISINGS.values(), ids=NOISINGS)


@every_noising
def test_m_and_sigma_solve_the_moment_equations_of_rate_and_g(noising):
    """m' = -rate m and (sigma^2)' = -2 rate sigma^2 + g^2 as integrals, by Gauss-Legendre: no
    difference quotients.
    """
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


# The tables, from what the papers print: s_t is the score of x_t, z the noise the chains saw.


def by_hand(step, noising, n, x, key):
    for k in range(n):
        t, s = noising.T * (1 - k / n), noising.T * (1 - (k + 1) / n)
        m, sigma = noising.mean_factor(t), noising.sigma(t)
        x = step(
            noising,
            t,
            s,
            x,
            MIXTURE.score(x / m, sigma / m) / m,
            block_normals(key, CHAIN_NOISE, k, x.shape),
        )
    return x


def euler_maruyama(noising, t, s, x, score, z):
    """Song et al. (2021), equation 6, backwards over t - s; f and g of their equations 9 and 11."""
    if isinstance(noising, VE):
        growth = math.log(noising.sigma_max / noising.sigma_min) / noising.T
        f, g = 0.0, noising.sigma_min * math.exp(growth * t) * math.sqrt(2 * growth)
    else:
        beta = noising.beta_min + (noising.beta_max - noising.beta_min) * t / noising.T
        f, g = -0.5 * beta * x, math.sqrt(beta)
    return x - (f - g * g * score) * (t - s) + g * math.sqrt(t - s) * z


def ve_ancestral(noising, t, s, x, score, z):
    """Song et al. (2021), appendix F."""
    high, low = noising.sigma(t) ** 2, noising.sigma(s) ** 2
    return x + (high - low) * score + math.sqrt(low * (high - low) / high) * z


def ddpm(noising, t, s, x, score, z):
    """Ho et al.

    (2020), equations 6, 7 and 11: the posterior of x_s given x_t and the denoised point.
    """
    bar_t, bar_s = noising.mean_factor(t) ** 2, noising.mean_factor(s) ** 2
    alpha = bar_t / bar_s
    eps = -math.sqrt(1 - bar_t) * score
    x0 = (x - math.sqrt(1 - bar_t) * eps) / math.sqrt(bar_t)
    mean = (math.sqrt(bar_s) * (1 - alpha) * x0 + math.sqrt(alpha) * (1 - bar_s) * x) / (1 - bar_t)
    return mean + math.sqrt((1 - bar_s) / (1 - bar_t) * (1 - alpha)) * z


def ddim(eta):
    """Song, Meng and Ermon (2021), equations 12 and 16."""

    def step(noising, t, s, x, score, z):
        bar_t, bar_s = noising.mean_factor(t) ** 2, noising.mean_factor(s) ** 2
        eps = -math.sqrt(1 - bar_t) * score
        spread = eta * math.sqrt((1 - bar_s) / (1 - bar_t) * (1 - bar_t / bar_s))
        x0 = (x - math.sqrt(1 - bar_t) * eps) / math.sqrt(bar_t)
        return math.sqrt(bar_s) * x0 + math.sqrt(1 - bar_s - spread**2) * eps + spread * z

    return step


def ve_flow(noising, t, s, x, score, z):
    """The probability flow of VE in sigma, by Euler: DDIM after rescaling (Song, Meng and Ermon,
    section 4.3).
    """
    return x + noising.sigma(t) * (noising.sigma(t) - noising.sigma(s)) * score


HANDS = {
    "Euler, VE": (VE(0.1, 20.0, T=2.0), euler_maruyama, None),
    "Euler, VP": (VP(0.2, 9.0, T=1.5), euler_maruyama, None),
    "ancestral, VE": (VE(0.1, 20.0), ve_ancestral, 1.0),
    "DDPM": (VP(), ddpm, 1.0),
    "DDIM": (VP(), ddim(0.0), 0.0),
    "DDIM with eta": (VP(), ddim(0.4), 0.4),
    "DDIM with eta = 1 is DDPM": (VP(), ddim(1.0), 1.0),
    "DDIM, VE": (VE(0.1, 20.0), ve_flow, 0.0),
}


@pytest.mark.parametrize("name", HANDS)
def test_each_sampler_is_the_formula_of_its_paper_on_the_chains_noise(name):
    noising, step, eta = HANDS[name]
    with np.errstate(all="raise"):
        due = by_hand(step, noising, 12, START, 7)
        if eta is None:
            ours = reverse_sde(MIXTURE, noising, START, n=12, key=7)
        else:
            ours = ancestral(MIXTURE, noising, START, n=12, eta=eta, key=7)
    np.testing.assert_allclose(ours, due, rtol=1e-9, atol=1e-10)


def test_corrections_are_langevin_steps_at_the_new_time_after_each_step():
    noising, n, step = VE(0.1, 20.0), 4, 0.2
    x = START
    for k in range(n):
        t, s = 1 - k / n, 1 - (k + 1) / n
        x = euler_maruyama(
            noising,
            t,
            s,
            x,
            MIXTURE.score(x, noising.sigma(t)),
            block_normals(3, CHAIN_NOISE, 3 * k, x.shape),
        )
        for j in (1, 2):
            alpha, z = (
                step * noising.sigma(s) ** 2,
                block_normals(3, CHAIN_NOISE, 3 * k + j, x.shape),
            )
            x = x + alpha / 2 * MIXTURE.score(x, noising.sigma(s)) + math.sqrt(alpha) * z
    np.testing.assert_allclose(
        reverse_sde(MIXTURE, noising, START, n=n, corrections=2, correction_step=step, key=3),
        x,
        rtol=1e-9,
        atol=1e-10,
    )


# One Gaussian: everything is linear, so mean and covariance go through the table exactly.


def law_of(noising, t, cov=C):
    m, sigma = noising.mean_factor(t), noising.sigma(t)
    return m * MU, m * m * cov + sigma**2 * ONE


def carried(moves, mean, cov, target=C):
    for keep, push, kick, sigma, scale in zip(
        moves.keep, moves.push, moves.kick, moves.sigma, moves.scale, strict=True
    ):
        pull = push * scale * np.linalg.inv(target + sigma**2 * ONE)
        matrix = keep * ONE - scale * pull
        mean, cov = matrix @ mean + pull @ MU, matrix @ cov @ matrix.T + kick**2 * ONE
    return mean, cov


def error(moves, noising, cov=C):
    """Of the mean and of the covariance at the end, from the exact law of x_T."""
    found, due = carried(moves, *law_of(noising, noising.T, cov), cov), law_of(noising, 0.0, cov)
    return np.abs(found[0] - due[0]).max(), np.abs(found[1] - due[1]).max()


TABLES = {
    "Euler": euler,
    "ancestral": lambda noising, n: ancestral_moves(noising, n, 1.0),
    "eta = 1/2": lambda noising, n: ancestral_moves(noising, n, 0.5),
    "DDIM": lambda noising, n: ancestral_moves(noising, n, 0.0),
}


@pytest.mark.parametrize("noising", [VE(0.1, 20.0), VP()], ids=["VE", "VP"])
@pytest.mark.parametrize("table", TABLES)
def test_the_law_of_every_table_tends_to_that_of_the_data_with_order_one(table, noising):
    coarse, fine = (
        error(TABLES[table](noising, 1600), noising),
        error(TABLES[table](noising, 3200), noising),
    )
    assert 1.93 < coarse[1] / fine[1] < 2.08 and fine[1] < 3e-3
    if table == "Euler" and isinstance(noising, VP):
        assert 1.93 < coarse[0] / fine[0] < 2.08 and fine[0] < 1e-3
    else:
        assert fine[0] < 1e-12  # the denoised mean is the mean: no error at all


def test_broken_tables_do_not_tend_to_the_law_of_the_data():
    """Half the score (the flow's, with the noise of the equation), noise too large by 1 %, the
    score of x for that of x_t.
    """
    for noising in (VE(0.1, 20.0), VP()):
        for good in (euler(noising, 3200), ancestral_moves(noising, 3200, 1.0)):
            ones = np.ones(3200)
            twins = [
                Moves(good.keep, 0.5 * good.push, good.kick, good.sigma, good.scale),
                Moves(good.keep, good.push, 1.01 * good.kick, good.sigma, good.scale),
            ]
            twins += [
                Moves(good.keep, good.push, good.kick, good.sigma / good.scale, ones)
            ] * isinstance(noising, VP)
            assert all(
                max(error(broken, noising)) > 2 * error(good, noising)[1] for broken in twins
            )
            assert all(max(error(broken, noising)) > 5e-3 for broken in twins)


def test_the_variance_of_the_forward_step_is_not_that_of_the_posterior():
    noising, point = VE(0.1, 20.0), np.zeros((2, 2))
    good = ancestral_moves(noising, 10, 1.0)
    added = np.sqrt(-np.diff(noising.sigma(1 - np.arange(11) / 10) ** 2))
    assert error(good, noising, point)[1] < 1e-12
    assert (
        error(Moves(good.keep, good.push, added, good.sigma, good.scale), noising, point)[1] > 1e-2
    )


@pytest.mark.parametrize("noising", [VE(0.1, 20.0), VP()], ids=["VE", "VP"])
@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
def test_ancestral_sampling_of_a_single_point_is_exact_in_any_number_of_steps(noising, eta):
    for n in (1, 2, 7):
        assert max(error(ancestral_moves(noising, n, eta), noising, np.zeros((2, 2)))) < 1e-12


@pytest.mark.parametrize("noising", [VE(0.5, 20.0), VP()], ids=["VE", "VP"])
def test_each_correction_brings_a_coarse_predictor_nearer_to_the_law(noising):
    errors = [
        error(euler(noising, 10, corrections, 0.1), noising)[1] for corrections in (0, 1, 2, 4, 8)
    ]
    assert (np.diff(errors) < 0).all() and errors[-1] < 0.65 * errors[0]


COARSE = VE(0.5, 20.0)
SAMPLED = {
    "Euler, VP": (
        VP(),
        lambda x, key: reverse_sde(GAUSSIAN, VP(), x, n=10, key=key),
        euler(VP(), 10),
    ),
    "ancestral, VE": (
        COARSE,
        lambda x, key: ancestral(GAUSSIAN, COARSE, x, n=10, key=key),
        ancestral_moves(COARSE, 10, 1.0),
    ),
    "corrected, VE": (
        COARSE,
        lambda x, key: reverse_sde(GAUSSIAN, COARSE, x, n=10, corrections=2, key=key),
        euler(COARSE, 10, 2),
    ),
}


@pytest.mark.parametrize("name", SAMPLED)
def test_simulated_points_have_the_mean_and_covariance_of_the_recursion(name, rng_seed):
    noising, run, table = SAMPLED[name]
    ends = run(noising.prior(100_000, 2, rng=rng_seed), rng_seed)
    mean, cov = carried(table, np.zeros(2), noising.sigma(noising.T) ** 2 * ONE)
    away, (i, j) = ends - mean, ([0, 1, 0], [0, 1, 1])
    assert_mean(ends, mean, sigmas=7)
    assert_mean(away[:, i] * away[:, j], cov[i, j], sigmas=7)
    with must_reject("the law of the data, which ten steps do not reach"):
        assert_mean((away**2).sum(axis=1), np.trace(law_of(noising, 0.0)[1]))
