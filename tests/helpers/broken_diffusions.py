"""Broken diffusion models: on Gaussian data, where each step is linear in the state."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean

from stochcalc.score import (
    VE,
    VP,
    GaussianMixture,
    ancestral,
    annealed_langevin,
    log_likelihood,
    probability_flow,
    reverse_sde,
)

SPREAD = 0.5  # the standard deviation of the data
NOISING = VP(0.5, 5.0)
POINTS = 1 << 14


def score(x, sigma):
    """The score of N(0, SPREAD^2) that is smoothed with sigma."""
    return -x / (SPREAD**2 + sigma**2)


def vp(t):
    """m, sigma^2 and beta of NOISING at a time."""
    integral = 0.5 * t + 2.25 * t * t
    return math.exp(-0.5 * integral), 1.0 - math.exp(-integral), 0.5 + 4.5 * t


def start(seed):
    """Points of the prior N(0, 1), shape (POINTS, 1)."""
    return np.random.default_rng([seed, 1]).standard_normal((POINTS, 1))


def check_annealed(seed):
    """Annealed Langevin from 0: the variance follows a recursion over all levels and steps."""
    levels, step, n = [2.0, 1.0, 0.5], 0.1, 5
    x = annealed_langevin(score, levels, np.zeros((POINTS, 1)), step=step, n_steps=n, rng=seed)
    variance = 0.0
    for sigma in levels:
        alpha = step * sigma**2 / levels[-1] ** 2
        for _ in range(n):
            shrunk = 1.0 - 0.5 * alpha / (SPREAD**2 + sigma**2)
            variance = shrunk**2 * variance + alpha
    assert_mean(x[:, 0] ** 2, variance, sigmas=SIGMAS)


def check_reverse(seed):
    """Ten Euler steps of the reversed equation from N(0, 1): the variance by recursion."""
    n = 10
    x = reverse_sde(score, NOISING, start(seed), n=n, rng=seed)
    variance = 1.0
    for k in range(n):
        m, sigma2, beta = vp(1.0 - k / n)
        factor = 1.0 + (0.5 * beta - beta / (m * m * SPREAD**2 + sigma2)) / n
        variance = factor**2 * variance + beta / n
    assert_mean(x[:, 0] ** 2, variance, sigmas=SIGMAS)


def check_ancestral(seed):
    """Four ancestral steps written by the guesses of the data and of the noise."""
    n, eta = 4, 1.0
    x = ancestral(score, NOISING, start(seed), n=n, eta=eta, rng=seed)
    variance = 1.0
    for k in range(n):
        m, sigma2, _ = vp(1.0 - k / n)
        m_next, sigma2_next, _ = vp(1.0 - (k + 1) / n)
        s = -1.0 / (m * m * SPREAD**2 + sigma2)
        data = (1.0 + sigma2 * s) / m
        noise = -math.sqrt(sigma2) * s
        v = eta**2 * sigma2_next / sigma2 * (sigma2 - (m / m_next) ** 2 * sigma2_next)
        factor = m_next * data + math.sqrt(max(sigma2_next - v, 0.0)) * noise
        variance = factor**2 * variance + v
    assert_mean(x[:, 0] ** 2, variance, sigmas=SIGMAS)


def check_noised(seed):
    """Noised data x have the mean m x and the variance sigma^2 of the noising."""
    m, sigma2, _ = vp(0.3)
    y = NOISING.noised(np.full((POINTS, 1), 2.0), 0.3, rng=seed)[:, 0]
    assert_mean(np.stack([y, (y - 2.0 * m) ** 2], axis=1), [2.0 * m, sigma2], sigmas=SIGMAS)


def check_flow(seed):
    """The probability flow of Gaussian data scales every point by the ratio of the spreads."""
    noising = VE(0.1, 3.0)
    x = np.array([[-2.0], [0.5], [4.0]])
    ratio = math.sqrt((SPREAD**2 + 0.01) / (SPREAD**2 + 9.0))
    assert_near(probability_flow(score, noising, x), ratio * x, 1e-4)


def check_likelihood(seed):
    """The likelihood that the flow gives is the density of the Gaussian data."""
    x = np.array([[-1.0], [0.2], [0.7]])
    data = GaussianMixture([1.0], [[0.0]], [[[SPREAD**2]]])
    due = -0.5 * (x[:, 0] / SPREAD) ** 2 - math.log(SPREAD * math.sqrt(2.0 * math.pi))
    assert_near(log_likelihood(data, NOISING, x), due, 1e-4)


def check_scheme_in_lanes(seed):
    """The reversed equation in compiled code, with Euler's steps of a mixture of one part."""
    data = GaussianMixture([1.0], [[0.0]], [[[SPREAD**2]]])
    n = 10
    x = reverse_sde(data, NOISING, start(seed), n=n, rng=seed)
    variance = 1.0
    for k in range(n):
        m, sigma2, beta = vp(1.0 - k / n)
        factor = 1.0 + (0.5 * beta - beta / (m * m * SPREAD**2 + sigma2)) / n
        variance = factor**2 * variance + beta / n
    assert_mean(x[:, 0] ** 2, variance, sigmas=SIGMAS)


DEFECTS = (
    Defect(
        name="steps of the levels",
        what="The steps of annealed Langevin are measured by the first level, not by the last.",
        file="score/annealed.py",
        old="alphas = step * levels**2 / levels[-1] ** 2",
        new="alphas = step * levels**2 / levels[0] ** 2",
        check=check_annealed,
        by="law",
    ),
    Defect(
        name="score of another level",
        what="The steps of each level take the score of the level opposite to it.",
        file="score/moves.py",
        old="kick=np.sqrt(alphas), sigma=sigmas, scale=one",
        new="kick=np.sqrt(alphas), sigma=sigmas[::-1], scale=one",
        check=check_annealed,
        by="law",
        everyday=True,
    ),
    Defect(
        name="half of the reversed drift",
        what="The reversed equation has g^2/2 times the score, which is the flow's.",
        file="score/reverse.py",
        old="        push=g * g * h,",
        new="        push=0.5 * g * g * h,",
        check=check_reverse,
        by="law",
        everyday=True,
    ),
    Defect(
        name="g for its square",
        what="The score in the reversed equation is multiplied by g instead of by g^2.",
        file="score/reverse.py",
        old="        push=g * g * h,",
        new="        push=g * h,",
        check=check_reverse,
        by="law",
    ),
    Defect(
        name="sign of the rate",
        what="The reversed equation shrinks towards 0 where the noising does, instead of growing.",
        file="score/reverse.py",
        old="keep=1.0 + noising.rate(start) * h",
        new="keep=1.0 - noising.rate(start) * h",
        check=check_reverse,
        by="law",
    ),
    Defect(
        name="variance of ancestral steps",
        what="The noise of a step is all that was added, not its share given the later state.",
        file="score/denoising_steps.py",
        old="added * sigma[1:] ** 2 / sigma[:-1] ** 2",
        new="added",
        check=check_ancestral,
        by="law",
        everyday=True,
    ),
    Defect(
        name="spread of the noising",
        what="The standard deviation of VP is its variance.",
        file="score/noising_kinds.py",
        old="return math.sqrt(-math.expm1(-(low + 0.5 * slope * t) * t))",
        new="return -math.expm1(-(low + 0.5 * slope * t) * t)",
        check=check_noised,
        by="law",
        everyday=True,
    ),
    Defect(
        name="mean factor of the noising",
        what="The factor of the data in VP is e^(-B) where e^(-B/2) is due.",
        file="score/noising_kinds.py",
        old="return math.exp(-0.5 * (low + 0.5 * slope * t) * t)",
        new="return math.exp(-(low + 0.5 * slope * t) * t)",
        check=check_noised,
        by="law",
        everyday=True,
    ),
    Defect(
        name="half of the flow's drift",
        what="The probability flow has g^2 times the score, which is the reversed equation's.",
        file="score/flow_velocity.py",
        old="half = 0.5 * noising.amplitude(t) ** 2",
        new="half = noising.amplitude(t) ** 2",
        check=check_flow,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="divergence of the rate",
        what="The likelihood leaves out the divergence of the part that shrinks towards 0.",
        file="score/flow_velocity.py",
        old="-rate * d - half / m**2 * trace(points / m, sigma)",
        new="-half / m**2 * trace(points / m, sigma)",
        check=check_likelihood,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="smoothing of the compiled score",
        what="The compiled score of a mixture adds sigma instead of sigma^2 to its variances.",
        file="densities/mixture_shared_field.py",
        old="(spectra[0, e] + sigma * sigma)",
        new="(spectra[0, e] + sigma)",
        check=check_scheme_in_lanes,
        by="law",
    ),
)
