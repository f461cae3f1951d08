"""Broken processes: counts and jumps, noise with a memory, and fractional Brownian motion."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect
from evidence import assert_mean

import stochcalc as sc

UNIFORMS = "engine/random/uniforms.py"
COLOURED = "motion/processes/coloured.py"
TELEGRAPH = "motion/processes/telegraph.py"
WITH_MEMORY = "motion/processes/with_memory.py"
FRACTIONAL = "motion/processes/fractional.py"
PATHS = 1 << 16


def check_counts(seed):
    """The share of steps without a jump is exp(-rate h), and the mean count is rate h."""
    dN = sc.poisson(2.0, n=8, paths=PATHS, rng=seed).increments
    assert_mean(dN == 0.0, np.full(8, math.exp(-0.25)), sigmas=SIGMAS)


def check_jumps(seed):
    """Normal jumps of mean 1 and deviation 1: the characteristic function of a step at 1.

    It is exp(m (e^(i - 1/2) - 1)) with m = rate h = 1."""
    dX = sc.poisson(8.0, n=8, jump=1.0, deviation=1.0, paths=4 * PATHS, rng=seed).increments
    due = np.exp(np.exp(1j - 0.5) - 1.0)
    assert_mean(np.cos(dX), np.full(8, due.real), sigmas=SIGMAS)


def check_coloured(seed):
    """Neighbours of coloured noise have the covariance size^2 exp(-h/tau); size is 2."""
    X = sc.coloured_noise(0.2, n=16, size=2.0, paths=PATHS, rng=seed).values
    assert_mean(X[:, 8] * X[:, 9], 4.0 * math.exp(-5 / 16), sigmas=SIGMAS)


def check_coloured_variance(seed):
    """The variance of coloured noise stays size^2."""
    X = sc.coloured_noise(0.2, n=16, size=2.0, paths=PATHS, rng=seed).values
    assert_mean(X[:, -1] ** 2, 4.0, sigmas=SIGMAS)


def check_first_values(seed):
    """The first value of noise with a memory has the mean 0, as all others have."""
    for make in (sc.coloured_noise, sc.telegraph_noise):
        X = make(0.2, n=2, paths=PATHS, rng=seed).values
        assert_mean(X[:, 0], 0.0, sigmas=SIGMAS)


def check_telegraph(seed):
    """The sign of telegraph noise changes in a step with the probability (1 - exp(-h/tau))/2."""
    X = sc.telegraph_noise(0.2, n=16, paths=PATHS, rng=seed).values
    assert_mean(X[:, 1:] != X[:, :-1], np.full(16, 0.5 - 0.5 * math.exp(-5 / 16)), sigmas=SIGMAS)


def check_fractional(seed):
    """The square of fractional motion of H = 1/4 is t^(1/2) at t = 1/2 and t = 1."""
    B = sc.fractional_brownian(0.25, n=16, paths=PATHS, rng=seed).values
    assert_mean(B[:, [8, 16]] ** 2, [math.sqrt(0.5), 1.0], sigmas=SIGMAS)


DEFECTS = (
    Defect(
        name="no step of infinite length",
        what="Noise with a memory starts in one state, whose second moments are the right ones.",
        file=WITH_MEMORY,
        old="np.concatenate([[np.inf], self.partition.steps])",
        new="np.concatenate([[0.0], self.partition.steps])",
        check=check_first_values,
        by="law",
    ),
    Defect(
        name="a count begins one too high",
        what="Counts are larger by one for all but the least of the uniform numbers.",
        file=UNIFORMS,
        old="counts[lane] += 1.0 if numbers[lane] >= bound else 0.0",
        new="counts[lane] += 1.0 if numbers[lane] >= 0.9 * bound else 0.0",
        check=check_counts,
        by="law",
        everyday=True,
    ),
    Defect(
        name="jumps without their mean",
        what="A compound process adds the deviations of its jumps alone.",
        file=UNIFORMS,
        old="jumps[lane] = roots[0] * jumps[lane] + math.sqrt(jumps[lane]) * sizes[lane]",
        new="jumps[lane] = math.sqrt(jumps[lane]) * sizes[lane]",
        check=check_jumps,
        by="law",
    ),
    Defect(
        name="one size for all jumps of a step",
        what="The sizes of the N jumps of a step are one normal, N times.",
        file=UNIFORMS,
        old="math.sqrt(jumps[lane]) * sizes[lane]",
        new="jumps[lane] * sizes[lane]",
        check=check_jumps,
        by="law",
    ),
    Defect(
        name="memory of twice tau",
        what="Coloured noise forgets at half the rate.",
        file=COLOURED,
        old="    rho = math.exp(-dt / args[0])\n",
        new="    rho = math.exp(-0.5 * dt / args[0])\n",
        check=check_coloured,
        by="law",
    ),
    Defect(
        name="noise of the first order in the step",
        what="The variance that a step adds is 2 h/tau, to the first order, and at most 1.",
        file=COLOURED,
        old="args[1] * math.sqrt(1.0 - rho * rho) * z",
        new="args[1] * math.sqrt(min(2.0 * dt / args[0], 1.0)) * z",
        check=check_coloured_variance,
        by="law",
    ),
    Defect(
        name="flips at the rate 1/tau",
        what="Telegraph noise changes its sign twice as often.",
        file=TELEGRAPH,
        old="0.5 * (1.0 - math.exp(-dt / args[0]))",
        new="0.5 * (1.0 - math.exp(-2.0 * dt / args[0]))",
        check=check_telegraph,
        by="law",
    ),
    Defect(
        name="eigenvalues for their roots",
        what="The spectrum of fractional motion has the eigenvalues in the place of their roots.",
        file=FRACTIONAL,
        old="np.sqrt(eigenvalues / (2 * n))",
        new="eigenvalues / np.sqrt(2 * n)",
        check=check_fractional,
        by="law",
        everyday=True,
    ),
)
