"""solve(reflect=): walls that push paths back, exact for Brownian motion with drift."""

from __future__ import annotations

import math
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from evidence import (
    assert_law,
    assert_mean,
    assert_order,
    assert_same_bits,
    must_reject,
    sample_size,
)
from scipy.stats import halfnorm, norm
from small_equations import one

import stochcalc as sc

inf = math.inf


def still(t, x):
    return 0.0


def minus(t, x):
    return -x


MOTION = sc.SDE(still, one)
N = sample_size(60_000)


@pytest.mark.parametrize("n", [1, 7])
def test_state_and_local_time_at_a_wall_have_levys_law_at_every_number_of_steps(rng_seed, n):
    """|W| and its local time have the joint law of X and L; X - L is the motion without wall."""
    sol = sc.solve(MOTION, 0.0, n=n, paths=N, save="last", rng=rng_seed, reflect=(0.0, inf))
    low, high = np.moveaxis(sol.local_time[:, -1], -1, 0)
    assert_law(sol.end, halfnorm)
    assert_law(low, halfnorm)
    W = sc.brownian(n=n, paths=N, rng=rng_seed).values[:, -1]
    np.testing.assert_allclose(sol.end - low, W, atol=1e-12)
    assert not high.any() and sol.end.min() >= 0.0
    # jointly: (|W|, L) has the density 2 (x + l) phi(x + l), so that E X L = 1/2
    assert_mean(sol.end * low, 0.5)
    clipped = np.maximum(0.0, W)
    with must_reject("pushed at the end of the step alone"):
        assert_mean(clipped if n == 1 else np.maximum(sol.end - 0.2, 0.0), math.sqrt(2 / math.pi))


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("n", [1, 5])
def test_a_motion_with_drift_has_its_law_on_either_side_of_a_wall(rng_seed, n, side):
    """P(X_T <= x) from x0 = 1/2 with the drift -3/2, by the reflection of Harrison's book."""
    sde = sc.SDE(lambda t, x, mu: mu, lambda t, x, mu: 1.0, args=(-1.5 * side,))
    sol = sc.solve(sde, 2.0 + 0.5 * side, 1.0, n=n, paths=N, save="last", rng=rng_seed, reflect=2.0)

    def cdf(x, mu=-1.5, x0=0.5):
        return norm.cdf(x - x0 - mu) - np.exp(2 * mu * x) * norm.cdf(-x - x0 - mu)

    distance = side * (sol.end - 2.0)
    assert distance.min() >= 0.0
    assert_law(distance, cdf)
    with must_reject("another drift"):
        assert_law(distance, lambda x: cdf(x, mu=-1.2))


def test_between_two_walls_a_motion_has_the_cosines_of_the_heat_equation(rng_seed):
    T, x0 = 0.1, 0.2
    sol = sc.solve(MOTION, x0, T, n=8, paths=N, save="last", rng=rng_seed, reflect=(0.0, 1.0))
    assert 0.0 <= sol.end.min() and sol.end.max() <= 1.0
    for k in (1, 2):
        due = math.cos(k * math.pi * x0) * math.exp(-0.5 * (k * math.pi) ** 2 * T)
        assert_mean(np.cos(k * math.pi * sol.end), due)
    low, high = np.moveaxis(sol.local_time[:, -1], -1, 0)
    W = sc.brownian(T, 8, paths=N, rng=rng_seed).values[:, -1]
    np.testing.assert_allclose(sol.end - low + high - x0, W, atol=1e-12)
    assert high.max() > 0.0


def test_a_pull_to_the_wall_leaves_a_half_normal_law_with_an_error_of_order_h(rng_seed):
    """dX = -X dt + sqrt(2) dW above 0 settles at |Z|, of which E X^2 = 1; the bias has order one.

    At h = 1/2 the chain of Euler's scheme without wall has the variance 1/(1 - h/2) = 4/3."""
    sde = sc.SDE(minus, lambda t, x: math.sqrt(2.0))
    sizes = np.array([16, 32, 64])
    biases = []
    for n in sizes:
        sol = sc.solve(
            sde,
            0.5,
            8.0,
            n=int(n),
            paths=sample_size(200_000),
            save="last",
            rng=rng_seed,
            reflect=(0.0, inf),
        )
        biases.append(sc.Estimate.mean(sol.end**2 - 1.0))
    z = [estimate.value / estimate.stderr for estimate in biases]
    assert min(z) > 6.0  # else there would be no order to fit
    logs = np.log([estimate.value for estimate in biases])
    h = np.log(8.0 / sizes)
    weights = (h - h.mean()) / np.sum((h - h.mean()) ** 2)
    errors = [estimate.stderr / estimate.value for estimate in biases]
    slope = float(weights @ logs), float(np.sqrt(np.sum((weights * errors) ** 2)))
    assert_order(slope, 1.0, tolerance=0.25, max_stderr=0.1)


def test_the_bits_do_not_depend_on_threads_processes_or_what_is_saved(rng_seed):
    how = {"T": 1.0, "n": 20, "paths": 3000, "rng": rng_seed, "reflect": (-0.2, 0.3)}
    sde = sc.SDE(minus, one)
    sol = sc.solve(sde, 0.0, workers=1, **how)
    two = sc.solve(sde, 0.0, workers=2, **how)
    with ProcessPoolExecutor(1) as pool:
        elsewhere = sc.solve(sde, 0.0, executor=pool, **how)
    assert_same_bits(sol.x, two.x, elsewhere.x)
    assert_same_bits(sol.local_time, two.local_time, elsewhere.local_time)
    last = sc.solve(sde, 0.0, save="last", **how)
    some = sc.solve(sde, 0.0, save=[0.25, 0.5], **how)
    assert_same_bits(sol.x[:, -1:], last.x)
    assert_same_bits(sol.local_time[:, [5, 10]], some.local_time)
    assert_same_bits(sol.replay(700).local_time, sol.local_time[700:701])
    stats = sc.solve(sde, 0.0, save="stats", **how)
    assert_same_bits(stats.mean, sol.mean)
    assert_same_bits(stats.local_time_moments.mean, sol.local_time_moments.mean)
    W = sc.brownian(1.0, 20, paths=3000, rng=rng_seed)
    along = sc.solve(sde, 0.0, noise=W, reflect=(-0.2, 0.3))
    assert_same_bits(along.x, sol.x)


def test_paths_start_on_a_wall_and_each_from_a_start_of_its_own(rng_seed):
    starts = np.linspace(0.0, 1.0, 300)
    sol = sc.solve(MOTION, starts, n=6, paths=300, starts=True, rng=rng_seed, reflect=(0.0, 1.0))
    assert_same_bits(sol.x[:, 0], starts)
    assert sol.x.min() >= 0.0 and sol.x.max() <= 1.0
    assert (np.diff(sol.local_time, axis=1) >= 0.0).all()


def test_a_wall_that_no_path_reaches_changes_nothing(rng_seed):
    sde = sc.SDE(minus, lambda t, x: 0.1)
    free = sc.solve(sde, 1.0, n=16, paths=500, rng=rng_seed)
    sol = sc.solve(sde, 1.0, n=16, paths=500, rng=rng_seed, reflect=(-50.0, 50.0))
    assert_same_bits(sol.x, free.x)
    assert not sol.local_time.any()
    assert "mean local times 0 and 0" in str(sol)
