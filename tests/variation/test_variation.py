"""Quadratic variation, covariation and p-variation: exact laws at every n, and intervals that
cover.
"""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_count, assert_law, assert_mean, assert_same_bits, must_reject
from scipy import stats
from scipy.special import gamma

import stochcalc as sc

GRIDS = {
    "uniform": sc.Partition.uniform(2.0, 20),
    "graded": sc.Partition.graded(1.0, 15, 2.0),
    "random": sc.Partition.random(1.0, 12, rng=3),
    "late": sc.Partition([1.0, 1.5, 3.0, 3.25, 4.0]),
}
PATHS = 100_000


def absolute_moment(p: float) -> float:
    return 2 ** (p / 2) * gamma((p + 1) / 2) / np.sqrt(np.pi)


@pytest.mark.parametrize("grid", GRIDS)
def test_quadratic_variation_has_mean_b_minus_a_and_variance_two_sum_of_squared_steps(
    rng_seed, grid
):
    W = sc.brownian(partition=GRIDS[grid], paths=PATHS, rng=rng_seed)
    D = W.partition.steps
    q = sc.quadratic_variation(W)
    length, variance = W.t[-1] - W.t[0], 2 * np.sum(D**2)
    assert_mean(q.value, length, detects=0.05 * length)
    assert_mean((q.value - length) ** 2, variance, detects=0.2 * variance)
    assert_mean(q.stderr**2, variance, detects=0.3 * variance)  # the reported error is unbiased
    with must_reject("the variance without its 2"):
        assert_mean((q.value - length) ** 2, variance / 2)


@pytest.mark.parametrize("n", [1, 7, 100])
def test_on_a_uniform_grid_quadratic_variation_is_exactly_chi_squared(rng_seed, n):
    q = sc.quadratic_variation(sc.brownian(2.0, n, paths=100_000, rng=rng_seed)).value
    assert_law(n / 2.0 * q, stats.chi2(n), detects=0.03)
    with must_reject("one degree of freedom too few", min_z=9):
        assert_law(n / 2.0 * q * (1.0 - 1.0 / n) if n > 1 else 1.3 * q, stats.chi2(n))


def test_stored_streamed_and_observed_paths_give_the_same_numbers(rng_seed):
    W = sc.brownian(partition=GRIDS["graded"], paths=700, rng=rng_seed)
    S = sc.brownian(partition=GRIDS["graded"], paths=700, rng=rng_seed, store=False)
    for measure in (
        sc.quadratic_variation,
        lambda x: sc.power_variation(x, 1.0),
        lambda x: sc.power_variation(x, 2.5),
    ):
        stored, streamed, observed = measure(W), measure(S), measure(W.values)
        for name in ("value", "stderr", "low", "high"):
            assert_same_bits(getattr(stored, name), getattr(streamed, name))
            np.testing.assert_allclose(getattr(observed, name), getattr(stored, name), rtol=1e-11)
    fine = W.refine(3)
    np.testing.assert_allclose(
        sc.quadratic_variation(fine).value, np.sum(fine.increments**2, axis=1), rtol=1e-12
    )


def test_realized_variation_is_the_sum_of_squares_with_an_interval():
    x = np.array([0.0, 1.0, -1.0, 0.5])
    q = sc.quadratic_variation(x, [0.0, 1.0, 2.0, 4.0])
    assert q.value == 1.0 + 4.0 + 2.25
    assert q.stderr == pytest.approx(np.sqrt(2 / 3 * (1 + 16 + 2.25**2)))
    assert 0 < q.low < q.value < q.high and q.low * q.high == pytest.approx(q.value**2)
    assert all(isinstance(v, float) for v in (q.value, q.stderr, q.low, q.high))
    narrow = sc.quadratic_variation(x, confidence=0.5)
    assert q.low < narrow.low < narrow.high < q.high and narrow.confidence == 0.5
    many = sc.quadratic_variation(np.stack([x, 2 * x]))
    np.testing.assert_allclose(many.value, [q.value, 4 * q.value])
    assert many.low.shape == (2,)


def test_a_path_that_does_not_move_has_no_variation():
    for estimate in (
        sc.quadratic_variation([1.0, 1.0, 1.0]),
        sc.power_variation([1.0, 1.0, 1.0], 1.0),
        sc.covariation([1.0, 1.0, 1.0], [1.0, 1.0, 1.0]),
    ):
        assert (estimate.value, estimate.stderr, estimate.low, estimate.high) == (
            0.0,
            0.0,
            0.0,
            0.0,
        )


def test_the_interval_of_the_realized_estimator_covers(rng_seed):
    paths = 6000  # at n = 400 the coverage is within a few tenths of a percent of its limit
    q = sc.quadratic_variation(sc.brownian(1.0, 400, paths=paths, rng=rng_seed))
    assert_count(np.sum((q.low <= 1) & (q.high >= 1)), paths, 0.95, detects=0.05)
    q = sc.quadratic_variation(sc.brownian(1.0, 400, paths=paths, rng=rng_seed), confidence=0.8)
    inside = np.sum((q.low <= 1) & (q.high >= 1))
    assert_count(inside, paths, 0.8, detects=0.08)
    with must_reject("an interval of 95 %"):
        assert_count(inside, paths, 0.95)


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.9])
def test_covariation_has_mean_rho_t_and_variance_one_plus_rho_squared(rng_seed, rho):
    T, n = 2.0, 20
    W = sc.brownian(T, n, paths=PATHS, dim=2, correlation=[[1.0, rho], [rho, 1.0]], rng=rng_seed)
    c = sc.covariation(W.values[..., 0], W.values[..., 1])
    variance = (1 + rho**2) * T**2 / n
    assert_mean(c.value, rho * T, detects=0.03)
    assert_mean((c.value - rho * T) ** 2, variance, detects=0.12 * variance)
    assert_mean(
        c.stderr**2, variance + (rho * T / n) ** 2, detects=0.12 * variance
    )  # n squares, n - 1 products
    np.testing.assert_allclose(
        sc.covariation(W.values[..., 0], W.values[..., 0]).value,
        sc.quadratic_variation(W.values[..., 0]).value,
        rtol=1e-13,
    )
    with must_reject("the variance of independent components" if rho else "rho = 0.05"):
        if rho:
            assert_mean((c.value - rho * T) ** 2, T**2 / n)
        else:
            assert_mean(c.value, 0.05 * T)


@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, 3.0])
def test_power_variation_has_its_exact_mean_and_variance(rng_seed, p):
    W = sc.brownian(partition=GRIDS["graded"], paths=PATHS, rng=rng_seed)
    D, m, m2 = W.partition.steps, absolute_moment(p), absolute_moment(2 * p)
    v = sc.power_variation(W, p)
    mean, variance = m * np.sum(D ** (p / 2)), (m2 - m * m) * np.sum(D**p)
    assert_mean(v.value, mean, detects=0.06 * mean)
    assert_mean((v.value - mean) ** 2, variance, detects=0.3 * variance)
    assert_mean(v.stderr**2, variance, detects=0.4 * variance)
    np.testing.assert_allclose(v.value, np.sum(np.abs(W.increments) ** p, axis=1), rtol=1e-12)
    with must_reject("a moment of Z in place of |Z|"):
        assert_mean(v.value, np.sum(D ** (p / 2)) * (1.1 if p == 2.0 else 1.0))


def test_only_the_power_two_converges(rng_seed):
    W = sc.brownian(1.0, 4096, paths=64, store=False, rng=rng_seed)
    for p in (1.0, 2.0, 3.0):
        assert_mean(sc.power_variation(W, p).value, absolute_moment(p) * 4096 ** (1 - p / 2))
