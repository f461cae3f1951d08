"""Processes that are not Brownian have their laws."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import (
    assert_count,
    assert_law,
    assert_mean,
    must_reject,
    sample_size,
    seed,
)
from scipy import stats

import stochcalc as sc

UNEVEN = sc.Partition([0.0, 0.1, 0.15, 0.75, 1.5, 2.0])
PATHS = 20_000
RARE = 1e-11  # the false-alarm rate of each of many comparisons


def counts():
    return sc.poisson(5.0, n=12, paths=700, key=5)


def counts_of(rate, partition):
    return sc.poisson(rate, partition=partition, paths=sample_size(PATHS), rng=seed(f"{rate}"))


@pytest.mark.parametrize("rate", [1.0, 7.0, 200.0])
def test_jumps_of_every_step_are_poisson(rate):
    N = counts_of(rate, UNEVEN)
    for k, dt in enumerate(N.partition.steps):
        law = stats.poisson(rate * dt)
        for j in np.unique(law.ppf([0.01, 0.3, 0.5, 0.9, 0.999])):
            found = int((N.increments[:, k] <= j).sum())
            assert_count(found, N.paths, law.cdf(j), alpha=RARE)
    assert_mean(N.values[:, -1], 2.0 * rate)
    with must_reject("a rate that is 3 % too high"):
        assert_mean(counts_of(1.03 * rate * 40, UNEVEN).values[:, -1], 2.0 * rate * 40)


def test_sums_of_normal_jumps_have_the_moments_of_a_compound_process():
    rate, m, s = 3.0, 0.5, 0.2
    X = sc.poisson(
        rate, 2.0, 4, jump=m, deviation=s, paths=sample_size(5 * PATHS), rng=seed()
    ).values[:, -1]
    assert_mean(X, 2 * rate * m)
    assert_mean((X - 2 * rate * m) ** 2, 2 * rate * (m**2 + s**2))
    assert_mean((X - 2 * rate * m) ** 3, 2 * rate * (m**3 + 3 * m * s**2))
    assert_count(int((X == 0.0).sum()), len(X), np.exp(-2 * rate))
    with must_reject("the deviation without the root of the count"):
        assert_mean((X - 2 * rate * m) ** 2, 2 * rate * m**2 + s**2)


def assert_normal_law(values, covariance):
    """Projections on fixed directions are normal, and all products have their means."""
    assert_mean(values[:, :, None] * values[:, None, :], covariance, sigmas=7)
    d = len(covariance)
    for i in range(3):
        direction = np.cos((1.0 + i) * np.arange(d))
        spread = np.sqrt(direction @ covariance @ direction)
        assert_law(values @ direction, stats.norm(scale=spread), alpha=RARE)


def memory_covariance(t, tau, size):
    return size**2 * np.exp(-np.abs(t[:, None] - t) / tau)


def test_coloured_noise_is_normal_with_its_covariance_on_an_uneven_grid():
    X = sc.coloured_noise(0.3, partition=UNEVEN, size=2.0, paths=sample_size(PATHS), rng=seed())
    assert_normal_law(X.values, memory_covariance(X.t, 0.3, 2.0))
    products = X.values[:, 0] * X.values[:, 3]
    with must_reject("a memory that is twice as long"):
        assert_mean(products, memory_covariance(X.t, 0.6, 2.0)[0, 3])


def test_telegraph_noise_changes_its_sign_as_often_as_it_should():
    X = sc.telegraph_noise(0.3, partition=UNEVEN, size=2.0, paths=sample_size(PATHS), rng=seed())
    assert set(np.unique(X.values)) == {-2.0, 2.0}
    assert_count(int((X.values[:, 0] > 0).sum()), X.paths, 0.5)
    changes = X.values[:, 1:] != X.values[:, :-1]
    for k, dt in enumerate(X.partition.steps):
        assert_count(int(changes[:, k].sum()), X.paths, (1 - np.exp(-dt / 0.3)) / 2, alpha=RARE)
        if k > 0:  # changes of neighbouring steps are independent
            both = (1 - np.exp(-UNEVEN.steps[k - 1 : k + 1] / 0.3)) / 2
            assert_count(
                int((changes[:, k - 1] & changes[:, k]).sum()), X.paths, both.prod(), alpha=RARE
            )
    products = X.values[:, :, None] * X.values[:, None, :]
    assert_mean(products, memory_covariance(X.t, 0.3, 2.0), sigmas=7)
    with must_reject("a rate of 1/tau in the place of 1/(2 tau)"):
        assert_count(int(changes[:, 1].sum()), X.paths, (1 - np.exp(-2 * 0.05 / 0.3)) / 2)


def test_telegraph_noise_flips_with_its_probability_to_one_part_in_a_hundred():
    """Flips of equal steps are independent, so those of all steps and paths are one count."""
    tau = 0.3
    steps = sc.Partition.uniform(500 * tau * np.log(2.0), 500)  # each flips with probability 1/4
    X = sc.telegraph_noise(tau, partition=steps, paths=sample_size(PATHS // 2), rng=seed())
    changes = X.values[:, 1:] != X.values[:, :-1]
    flips = int(changes.sum())
    assert_count(flips, changes.size, 0.25, detects=0.0025)
    with must_reject("a probability that is 2 % too high"):
        assert_count(flips, changes.size, 1.02 * 0.25)


def test_coloured_noise_has_its_variance_and_memory_to_one_part_in_a_hundred():
    """What a step adds to the old value times its memory is a fresh normal variable."""
    tau, size = 0.3, 2.0
    steps = sc.Partition.uniform(300 * tau * np.log(2.0), 300)  # each keeps half of the value
    X = sc.coloured_noise(
        tau, size=size, partition=steps, paths=sample_size(PATHS // 2), rng=seed()
    ).values
    added = (X[:, 1:] - 0.5 * X[:, :-1]).ravel()
    variance = 0.75 * size**2
    assert_mean(added**2, variance, detects=0.01 * variance)
    assert_mean(added * X[:, :-1].ravel(), 0.0, detects=0.01 * size**2)
    with must_reject("a variance that is 2 % too high"):
        assert_mean(added**2, 1.02 * variance)


@pytest.mark.parametrize("H", [0.25, 0.75])
def test_fractional_increments_have_their_variance_to_one_part_in_a_hundred(H):
    B = sc.fractional_brownian(H, 2.0, 64, paths=sample_size(5 * PATHS), rng=seed(f"{H}"))
    of_each_path = (B.increments**2).mean(axis=1)
    variance = (2.0 / 64) ** (2 * H)
    assert_mean(of_each_path, variance, detects=0.01 * variance)
    with must_reject("a variance that is 2 % too high"):
        assert_mean(of_each_path, 1.02 * variance)


def fractional_covariance(t, H):
    powers = np.abs(t) ** (2 * H)
    return 0.5 * (powers[:, None] + powers - np.abs(t[:, None] - t) ** (2 * H))


@pytest.mark.parametrize("H", [0.05, 0.25, 0.5, 0.75, 0.97])
@pytest.mark.parametrize("n", [1, 2, 7, 8])
def test_fractional_brownian_motion_is_normal_with_its_covariance(H, n):
    B = sc.fractional_brownian(H, 2.0, n, paths=sample_size(PATHS), rng=seed())
    assert (B.values[:, 0] == 0.0).all()
    covariance = fractional_covariance(B.t[1:], H)
    assert_normal_law(B.values[:, 1:], covariance)
    if n == 8 and H != 0.5:
        with must_reject("independent increments"):
            assert_mean(B.increments[:, 0] * B.increments[:, 1], 0.0)


def test_the_circle_of_a_fractional_motion_has_no_negative_eigenvalue():
    """Craigmile's theorem: rounding alone is cut off."""
    for H in (1e-6, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999999):
        for n in (1, 2, 3, 10, 1000):
            t = np.arange(n + 2.0)
            c = 0.5 * (t[1:] ** (2 * H) - 2 * t[:-1] ** (2 * H) + np.abs(t[:-1] - 1) ** (2 * H))
            circle = np.concatenate([c, c[-2:0:-1]])
            assert np.fft.rfft(circle).real.min() > -1e-9 * n


# ---- bad input


@pytest.mark.parametrize(
    "call, kind, match",
    [
        (lambda: sc.poisson(0.0), ValueError, "rate=0"),
        (lambda: sc.poisson(-2.0), ValueError, "rate=-2"),
        (lambda: sc.poisson("3"), TypeError, "rate='3'"),
        (lambda: sc.poisson(np.nan), ValueError, "rate=nan"),
        (lambda: sc.poisson(1e9, n=10), ValueError, "rate=1e.09 means 1e.08 jumps in a step"),
        (lambda: sc.poisson(1.0, deviation=-1.0), ValueError, "deviation=-1"),
        (lambda: sc.poisson(1.0, jump=np.inf), ValueError, "jump=inf"),
        (lambda: sc.poisson(1.0, n=0), ValueError, "n=0"),
        (lambda: sc.poisson(1.0, n=2.5), TypeError, r"n=2\.5"),
        (lambda: sc.poisson(1.0, paths=0), ValueError, "paths=0"),
        (lambda: sc.poisson(1.0, T=-1.0), ValueError, r"T=-1\.0"),
        (lambda: sc.poisson(1.0, partition=[0.0, 1.0]), TypeError, "partition="),
        (lambda: sc.poisson(1.0, rng=1, key=2), ValueError, "rng= or key="),
        (lambda: sc.poisson(1.0, store="no"), TypeError, "store='no'"),
        (lambda: sc.poisson(1.0, workers=0), ValueError, "workers=0"),
        (lambda: sc.poisson(1.0, n=10**6, paths=10**7), ValueError, "bytes.*store=False"),
        (lambda: sc.poisson(1.0, store=False, progress=True), ValueError, "progress="),
        (lambda: sc.coloured_noise(0.0), ValueError, "tau=0"),
        (lambda: sc.coloured_noise(None), TypeError, "tau=None"),
        (lambda: sc.coloured_noise(1.0, size=0.0), ValueError, "size=0"),
        (lambda: sc.coloured_noise(1.0, size=-1.0), ValueError, "size=-1"),
        (lambda: sc.telegraph_noise(-0.1), ValueError, r"tau=-0\.1"),
        (lambda: sc.telegraph_noise(0.1, size=np.nan), ValueError, "size=nan"),
        (lambda: sc.fractional_brownian(0.0), ValueError, "H=0"),
        (lambda: sc.fractional_brownian(1.0), ValueError, "H=1"),
        (lambda: sc.fractional_brownian(True), TypeError, "H=True"),
        (lambda: sc.fractional_brownian(0.5, n=-1), ValueError, "n=-1"),
        (lambda: counts().block(1, 5), ValueError, "first=1"),
        (lambda: counts().block(0, 800), ValueError, "last=800"),
        (lambda: sc.riemann_sum(lambda t, x: x, counts(), 0.5), ValueError, "at='value'"),
        (
            lambda: sc.riemann_sum(counts(), sc.brownian(n=5, paths=700, key=1)),
            ValueError,
            "grid",
        ),
    ],
)
def test_bad_input_is_refused_by_name(call, kind, match):
    with pytest.raises(kind, match=match):
        call()
