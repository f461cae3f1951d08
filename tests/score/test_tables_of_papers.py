"""The tables of all samplers against the formulas of their papers, on the same noise."""

import math

import numpy as np
import pytest
from noise_targets import MIXTURE, START

from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import CHAIN_NOISE
from stochcalc.score import VE, VP, ancestral, reverse_sde
from stochcalc.score.reverse_exponential import exponential_moves

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


def exponential(noising, t, s, x, score, z):
    """Chen et al. (2023), section 2, for VP in the time in which beta is 2, and for VE by hand.

    The score is held still; all the rest is an Ornstein-Uhlenbeck process that grows, or a motion.
    """
    if isinstance(noising, VE):
        added = noising.sigma(t) ** 2 - noising.sigma(s) ** 2
        return x + added * score + math.sqrt(added) * z
    elapsed = math.log(noising.mean_factor(s) / noising.mean_factor(t))
    spread = math.sqrt(math.expm1(2 * elapsed))
    return math.exp(elapsed) * x + 2 * math.expm1(elapsed) * score + spread * z


def ve_ancestral(noising, t, s, x, score, z):
    """Song et al. (2021), appendix F."""
    high, low = noising.sigma(t) ** 2, noising.sigma(s) ** 2
    return x + (high - low) * score + math.sqrt(low * (high - low) / high) * z


def ddpm(noising, t, s, x, score, z):
    """Equations 6, 7 and 11 of Ho, Jain and Abbeel (2020).

    They are the posterior of x_s given x_t and the denoised point."""
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
    """The probability flow of VE in sigma, by Euler.

    It is DDIM after rescaling (Song, Meng and Ermon, section 4.3)."""
    return x + noising.sigma(t) * (noising.sigma(t) - noising.sigma(s)) * score


HANDS = {
    "Euler, VE": (VE(0.1, 20.0, T=2.0), euler_maruyama, None),
    "Euler, VP": (VP(0.2, 9.0, T=1.5), euler_maruyama, None),
    "exponential, VE": (VE(0.1, 20.0, T=2.0), exponential, None),
    "exponential, VP": (VP(0.2, 9.0, T=1.5), exponential, None),
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
            method = step.__name__
            ours = reverse_sde(MIXTURE, noising, START, n=12, method=method, key=7)
        else:
            ours = ancestral(MIXTURE, noising, START, n=12, eta=eta, key=7)
    np.testing.assert_allclose(ours, due, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("noising", [VE(0.01, 100.0), VP(), VP(0.2, 40.0, T=3.0)])
@pytest.mark.parametrize("n", [1, 2, 50])
def test_the_rule_for_the_push_of_the_exponential_integrator_is_exact(noising, n):
    moves = exponential_moves(noising, n)
    times = noising.T * (1 - np.arange(n + 1) / n)
    growth = noising.mean_factor(times[1:]) / noising.mean_factor(times[:-1])
    due = 2 * (growth - 1)
    if isinstance(noising, VE):
        due = -np.diff(noising.sigma(times) ** 2)
    np.testing.assert_allclose(moves.push, due, rtol=2e-11)


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
