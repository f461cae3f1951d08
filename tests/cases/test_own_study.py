"""A study against one's own exact solution, and options on the path: a few lines each."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
from evidence import assert_mean, must_reject, sample_size
from scipy.stats import norm

import stochcalc as sc

MU, SIGMA = 0.3, 0.5


def measured(study, name="euler_maruyama"):
    return SimpleNamespace(mean=study.error[name], stderr=study.stderr[name])


def error_of_euler(n):
    """(E |X_n - X_1|^2)^(1/2) of Euler-Maruyama on dX = MU X dt + SIGMA X dW, X_0 = 1, by hand.

    With R = 1 + MU h + SIGMA dW and G the exact factor of a step, E R^2, E G^2 and E R G are
    (1 + MU h)^2 + SIGMA^2 h, e^((2 MU + SIGMA^2) h) and e^(MU h) (1 + MU h + SIGMA^2 h).
    """
    h = 1.0 / n
    scheme = ((1 + MU * h) ** 2 + SIGMA**2 * h) ** n
    solution = math.exp(2 * MU + SIGMA**2)
    both = (math.exp(MU * h) * (1 + MU * h + SIGMA**2 * h)) ** n
    return math.sqrt(scheme + solution - 2 * both)


def variance_of_euler(n):
    """Var X_n of Euler-Maruyama by hand, and the variance of the square (X_n - E X_n)^2.

    E X_n^k = (E R^k)^n, with R = 1 + MU h + SIGMA dW normal.
    """
    h = 1.0 / n
    m, v = 1 + MU * h, SIGMA**2 * h
    steps = (m, m**2 + v, m**3 + 3 * m * v, m**4 + 6 * m**2 * v + 3 * v**2)
    one, two, three, four = (step**n for step in steps)
    variance = two - one**2
    fourth = four - 4 * one * three + 6 * one**2 * two - 3 * one**4
    return variance, fourth - variance**2


def test_a_study_against_ones_own_solution_takes_four_lines(rng_seed):
    sde = sc.SDE(lambda t, x, m, s: m * x, lambda t, x, m, s: s * x, args=(MU, SIGMA))
    study = sc.strong_convergence(
        sde,
        1.0,
        1.0,
        steps=(5, 10, 20),
        paths=sample_size(20_000),
        rng=rng_seed,
        exact=lambda t, x0, w, m, s: x0 * math.exp((m - s * s / 2) * t + s * w),
    )
    exact = np.array([error_of_euler(n) for n in (5, 10, 20)])
    assert_mean(measured(study), exact, detects=0.25 * exact, sigmas=7)
    with must_reject("errors of twice the steps", min_z=10):
        assert_mean(measured(study), [error_of_euler(2 * n) for n in (5, 10, 20)])


def test_a_study_against_ones_own_number_takes_three_lines(rng_seed):
    sde = sc.SDE(lambda t, x, m, s: m * x, lambda t, x, m, s: s * x, args=(MU, SIGMA))
    study = sc.weak_convergence(
        sde,
        1.0,
        1.0,
        test=lambda x: x,
        exact=math.exp(MU),
        steps=(2, 4),
        paths=sample_size(100_000),
        rng=rng_seed,
    )
    bias = [math.exp(MU) - (1 + MU / n) ** n for n in (2, 4)]
    assert_mean(measured(study), bias, detects=0.03, sigmas=7)
    variance, square = np.transpose([variance_of_euler(n) for n in (2, 4)])
    found = SimpleNamespace(
        mean=study.stderr["euler_maruyama"] ** 2 * study.paths,
        stderr=np.sqrt(square / study.paths),
    )
    assert_mean(found, variance, detects=0.2 * variance, sigmas=7)
    with must_reject("the variance of the solution"):
        assert_mean(found, math.exp(2 * MU) * (math.exp(SIGMA**2) - 1))


def geometric_call(strike):
    """E max(G - K, 0) for the geometric average G of the path, which is lognormal."""
    mean = (MU - SIGMA**2 / 2) / 2
    variance = SIGMA**2 / 3
    d = (mean - math.log(strike)) / math.sqrt(variance)
    forward = math.exp(mean + variance / 2)
    return forward * norm.cdf(d + math.sqrt(variance)) - strike * norm.cdf(d)


def test_an_asian_option_takes_three_lines(rng_seed):
    asian = sc.mlmc(
        sc.models.gbm(MU, SIGMA),
        1.0,
        1.0,
        running="integral",
        target=2e-3,
        rng=rng_seed,
        test=lambda x, r: r,
    )
    exact = (math.exp(MU) - 1) / MU
    assert_mean(asian.estimate, exact, exact_stderr=2e-3 / math.sqrt(2), detects=0.03, sigmas=7)
    with must_reject("the state at the end", min_z=10):
        assert_mean(asian.estimate, math.exp(MU))


def test_an_option_on_the_geometric_average_takes_four_lines(rng_seed):
    logs = sc.RunningStatistic(
        lambda t, r, x, y, dt, *args: r + 0.5 * dt * (math.log(x) + math.log(y)), weak_order=2.0
    )
    option = sc.mlmc(
        sc.models.gbm(MU, SIGMA),
        1.0,
        1.0,
        running=logs,
        target=2e-3,
        rng=rng_seed,
        method="milstein",
        test=lambda x, r: max(math.exp(r) - 1.1, 0.0),
    )
    assert_mean(
        option.estimate,
        geometric_call(1.1),
        exact_stderr=2e-3 / math.sqrt(2),
        detects=0.03,
        sigmas=7,
    )
    with must_reject("another strike", min_z=6):
        assert_mean(option.estimate, geometric_call(1.0))
