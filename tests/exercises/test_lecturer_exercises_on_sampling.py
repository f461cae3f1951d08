"""Twelve exercises of a course, each solved by at most six statements of the public API: 8 to 12.

They are about stability, sampling and scores.
"""

import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from exercises import count_statements

import stochcalc as sc

PATHS = 200_000


# ---- 8: three bounds of stability


def states(h, n, method, rng):
    model = sc.models.gbm(-3.0, math.sqrt(3.0))
    return sc.solve(model, 1.0, n * h, n=n, paths=PATHS, method=method, save="last", rng=rng).end


def test_8_at_the_bounds_of_stability_nothing_grows_and_nothing_dies(rng_seed):
    """(1 - 3h)^2 + 3h = 1 at h = 1/3, with 9 h^2/2 more at h = 2/9; paths: claim G25."""
    for h, method in ((1 / 3, "euler_maruyama"), (2 / 9, "milstein")):
        X = states(h, 2, method, rng_seed)
        assert_mean(sc.Moments.of(X).mean_square(), 1.0, detects=0.4, sigmas=7)
    wrong = states(1 / 3, 2, "milstein", rng_seed)
    with must_reject("Milstein's scheme stable wherever Euler-Maruyama is"):
        assert_mean(sc.Moments.of(wrong).mean_square(), 1.0)
    logs = np.log(np.abs(states(0.70106481, 20, "euler_maruyama", rng_seed))) / 20
    assert_mean(logs, 0.0, detects=0.02, sigmas=7)
    beyond = np.log(np.abs(states(0.8, 20, "euler_maruyama", rng_seed))) / 20
    with must_reject("stable along paths at h = 0.8"):
        assert_mean(beyond, 0.0)


# ---- 9: how often MALA accepts


def mala(h, rng):
    start = np.random.default_rng(rng).standard_normal(50_000)
    target = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
    return sc.langevin.sample(
        target, start[:, None], step=h, n=4, method="mala", chains=50_000, starts=True, rng=rng
    ).acceptance


def acceptance(h):
    """E min(1, e^r) with r = (h/8)(x^2 - y^2): for N(0, 1) the terms in e cancel so far."""
    x = np.linspace(-8, 8, 1601)
    p = np.exp(-x * x / 2)
    p /= p.sum()
    y = (1 - h / 2) * x[:, None] + math.sqrt(h) * x[None, :]
    return float(p @ np.minimum(1.0, np.exp(h / 8 * (x[:, None] ** 2 - y**2))) @ p)


def test_9_mala_accepts_by_two_arctangents(rng_seed):
    for h, quoted in ((0.5, 0.9718834), (1.0, 0.9208332), (2.0, 0.7836531)):
        exact = 2 / math.pi * (math.atan(math.sqrt(h) / 2) + math.atan((2 - h / 2) / math.sqrt(h)))
        assert exact == pytest.approx(quoted, abs=5e-8)
        assert exact == pytest.approx(acceptance(h), abs=1e-5)
        assert_mean(mala(h, rng_seed), exact, detects=0.02, sigmas=7)
    with must_reject("1: a proposal from a normal law is always accepted"):
        assert_mean(mala(2.0, rng_seed), 1.0)


# ---- 10: two losses, two minima


def losses(theta, rng):
    data = sc.score.GaussianMixture([1.0], [[0.0]], 1.0).sample(PATHS, rng=rng)

    def score(x, sigma):
        return -theta * x

    explicit = sc.score.explicit_loss(
        score, data, jacobian=lambda x, s: np.full((len(x), 1, 1), -theta)
    )
    return sc.score.denoising_loss(score, data, 0.5, rng=[rng, 1]), explicit


def test_10_denoising_finds_the_score_of_the_noisy_law(rng_seed):
    """theta^2 (1 + sigma^2)/2 - theta + 1/(2 sigma^2) is least at 0.8; theta^2/2 - theta at 1."""
    for theta in (0.8, 1.0):
        denoising, explicit = losses(theta, rng_seed)
        assert_mean(denoising, theta**2 * 1.25 / 2 - theta + 2, detects=0.1, sigmas=7)
        assert_mean(explicit, theta**2 / 2 - theta, detects=0.1, sigmas=7)
    thetas = np.linspace(0.5, 1.5, 101)
    assert thetas[np.argmin(thetas**2 * 1.25 / 2 - thetas)] == pytest.approx(0.8)
    with must_reject("without 1/(2 sigma^2)"):
        assert_mean(losses(0.8, rng_seed)[0], -0.4)


# ---- 11: Algorithm 1 on one normal law


def annealed(rng):
    data = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
    starts = np.zeros((PATHS, 1))
    ends = sc.score.annealed_langevin(data, [4.0, 2.0, 1.0], starts, step=0.1, n_steps=10, rng=rng)
    return ends[:, 0]


def test_11_thirty_steps_of_algorithm_1_are_too_few(rng_seed):
    """v <- (1 - alpha/(2 (1 + sigma^2)))^2 v + alpha with alpha = 0.1 sigma^2."""
    v = 0.0
    for sigma in (4.0, 2.0, 1.0):
        alpha = 0.1 * sigma**2
        for _ in range(10):
            v = (1 - alpha / (2 * (1 + sigma**2))) ** 2 * v + alpha
    assert v == pytest.approx(5.38963835, abs=5e-9)
    ends = annealed(rng_seed)
    assert_mean(ends, 0.0, detects=0.1, sigmas=7)
    assert_mean(ends**2, v, detects=0.3, sigmas=7)
    with must_reject("2, the variance of the data with the last noise"):
        assert_mean(ends**2, 2.0)


# ---- 12: the reverse equation on one normal law


def reversed_noise(n, rng):
    data = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
    noising = sc.score.VP()
    noise = noising.prior(PATHS, 1, rng=[rng, 1])
    return sc.score.reverse_sde(data, noising, noise, n=n, rng=rng)[:, 0]


def test_12_ten_steps_of_the_reverse_equation_leave_too_much_noise(rng_seed):
    """The score is -x at all times: v <- (1 - beta h/2)^2 v + beta h, from v = 1."""
    n = 10
    v = 1.0
    for k in range(n):
        beta = 0.1 + (1 - k / n) * (20.0 - 0.1)
        v = (1 - beta / (2 * n)) ** 2 * v + beta / n
    assert v == pytest.approx(1.16309314, abs=5e-9)
    ends = reversed_noise(n, rng_seed)
    assert_mean(ends, 0.0, detects=0.05, sigmas=7)
    assert_mean(ends**2, v, detects=0.1, sigmas=7)
    with must_reject("1, the variance of the data"):
        assert_mean(ends**2, 1.0)


SOLUTIONS = (
    states,
    mala,
    losses,
    annealed,
    reversed_noise,
)


# ---- the length of the solutions


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda solution: solution.__name__)
def test_a_solution_has_at_most_six_statements(solution):
    assert 0 < count_statements(solution) <= 6
