"""Broken scores and losses: on Gaussian data and on mixtures, whose densities can be summed."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean

from stochcalc.score import Empirical, GaussianMixture, denoising_loss, explicit_loss

SPREAD = 0.5  # the standard deviation of the data
POINTS = 1 << 14


def score(x, sigma):
    """The score of N(0, SPREAD^2) that is smoothed with sigma."""
    return -x / (SPREAD**2 + sigma**2)


def check_denoising_loss(seed):
    """The loss of the right score: half of the mean square of its distance from -z/sigma."""
    sigma = 0.8
    total = SPREAD**2 + sigma**2
    data = SPREAD * np.random.default_rng([seed, 1]).standard_normal((POINTS, 1))
    due = 0.5 * (SPREAD**2 / total**2 + (1.0 / sigma - sigma / total) ** 2)
    assert_mean(denoising_loss(score, data, sigma, rng=seed), due, sigmas=SIGMAS)


def check_explicit_loss(seed):
    """The loss E[s^2/2 + s'] of the right score of N(0, v) is -1/(2v)."""
    data = SPREAD * np.random.default_rng(seed).standard_normal((POINTS, 1))
    assert_mean(explicit_loss(score, data), -0.5 / SPREAD**2, sigmas=SIGMAS)


def mixture_density(x, sigma, weights, means, variances):
    """The density of a mixture on the line, and its derivative over it: the score."""
    spread = np.array(variances) + sigma**2
    away = np.array(means) - x[:, None]
    parts = np.array(weights) * np.exp(-0.5 * away**2 / spread) / np.sqrt(2 * math.pi * spread)
    return parts.sum(axis=1), (parts * away / spread).sum(axis=1) / parts.sum(axis=1)


def check_mixture(seed):
    """Density and score of a mixture by the sum of its parts."""
    weights, means, variances = [0.7, 0.3], [-1.0, 2.0], [0.5, 1.5]
    mixture = GaussianMixture(weights, [[m] for m in means], [[[v]] for v in variances])
    x = np.linspace(-3.0, 4.0, 15)
    density, slope = mixture_density(x, 0.4, weights, means, variances)
    assert_near(mixture.log_density(x[:, None], 0.4), np.log(density), 1e-12)
    assert_near(mixture.score(x[:, None], 0.4)[:, 0], slope, 1e-12)


def check_empirical(seed):
    """The score of data that are smoothed is that of the mixture with one part for each point."""
    data = np.random.default_rng(seed).standard_normal(20)
    x = np.linspace(-2.0, 2.0, 9)
    _, slope = mixture_density(x, 0.6, np.full(20, 0.05), data, np.zeros(20))
    assert_near(Empirical(data[:, None]).score(x[:, None], 0.6)[:, 0], slope, 1e-10)


DEFECTS = (
    Defect(
        name="noise without its level",
        what="The denoising loss moves the data by z instead of by sigma z.",
        file="score/integrands.py",
        old="_evaluate(score, x + sigma * z, sigma)",
        new="_evaluate(score, x + z, sigma)",
        check=check_denoising_loss,
        by="law",
        everyday=True,
    ),
    Defect(
        name="sign of the trace",
        what="The explicit loss subtracts the divergence of the score.",
        file="score/integrands.py",
        old="return 0.5 * _inner(s, s) + trace",
        new="return 0.5 * _inner(s, s) - trace",
        check=check_explicit_loss,
        by="law",
    ),
    Defect(
        name="normalisation of the parts",
        what="The density of a part is not divided by the root of its determinant.",
        file="densities/mixture.py",
        old="logdet = np.log(spread).sum(axis=1)",
        new="logdet = 0.0 * np.log(spread).sum(axis=1)",
        check=check_mixture,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="norm of the data",
        what="The likelihoods of data leave out half the square of each point.",
        file="densities/empirical.py",
        old="terms -= self._half_squares",
        new="terms -= 0.0",
        check=check_empirical,
        by="bits",
        everyday=True,
    ),
)
