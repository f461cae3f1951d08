"""The seven estimators: unbiased with their variance, and intervals that cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_count, assert_mean, assert_same_bits, must_reject, seed_of
from variation_theory import covariances, exact_variance, expected_with_jump, matrix, parzen

import stochcalc as sc
from stochcalc.variation.neighbours import NEIGHBOUR_ESTIMATORS
from stochcalc.variation.noise_robust import NOISE_ESTIMATORS as NOISE
from stochcalc.variation.noise_variance import multiply_by_noise, sum_lag_products
from stochcalc.variation.windows import Clock

N, T, SIGMA = 400, 2.0, 0.7
IV = SIGMA**2 * T
LOCAL_NAMES = tuple(estimator.name for estimator in NEIGHBOUR_ESTIMATORS)
ROBUST = ("two_scale", "preaveraged", "realized_kernel")
JUMP_ROBUST = ("bipower", "minrv", "medrv")
measure = sc.quadratic_variation


@pytest.fixture(scope="module")
def clean():
    return (
        SIGMA * sc.brownian(T, N, paths=40_000, rng=seed_of("test_estimators.py", "clean")).values
    )


@pytest.fixture(scope="module")
def noisy():
    W = sc.brownian(T, N, paths=40_000, rng=seed_of("test_estimators.py", "noisy"))
    return sc.observe(W, noise=0.03, sigma=SIGMA)


@pytest.mark.parametrize("name", sc.ESTIMATORS)
def test_an_estimate_is_unbiased_with_the_variance_of_its_theory(clean, name):
    window = sc.ESTIMATORS[name].bandwidth(N)
    q, variance = measure(clean, estimator=name), exact_variance(name, N, IV, window=window)
    assert_mean(q.value, IV, detects=0.02 * IV)
    assert_mean((q.value - IV) ** 2, variance, detects=0.15 * variance)
    if name in LOCAL_NAMES:
        theory = sc.ESTIMATORS[name].factor * IV**2 / N
        assert variance == pytest.approx(theory, rel=0.01)
        assert_mean(q.stderr**2, theory, sigmas=7, detects=0.02 * theory)
    with must_reject("a mean 1 % too large", min_z=10):
        assert_mean(1.01 * q.value, IV)
    with must_reject("a variance without its factor"):
        assert_mean((q.value - IV) ** 2, variance / 2)


@pytest.mark.parametrize("name", LOCAL_NAMES)
def test_the_variance_factor_is_the_sum_of_the_covariances_by_quadrature(name):
    rho = covariances(name)
    assert sc.ESTIMATORS[name].factor == pytest.approx(rho[0] + 2 * sum(rho[1:]), rel=1e-5)
    factor = {"realized": 2.0, "bipower": 2.61, "minrv": 3.81, "medrv": 2.96}[name]
    assert sc.ESTIMATORS[name].factor == pytest.approx(factor, abs=0.005)  # as the papers print it


@pytest.mark.parametrize("name", sc.ESTIMATORS)
def test_an_interval_of_95_percent_covers_95_percent_of_the_time(clean, name):
    q = measure(clean[:20_000], estimator=name)
    inside = np.sum((q.low <= IV) & (q.high >= IV))
    assert_count(inside, 20_000, 0.95, detects=0.02)  # hence between 93 and 97 %
    with must_reject("an interval of 90 %"):
        assert_count(inside, 20_000, 0.90)


@pytest.mark.parametrize("name", ROBUST)
def test_noise_leaves_these_estimators_unbiased_with_the_variance_of_their_quadratic_form(
    noisy, name
):
    window = sc.ESTIMATORS[name].bandwidth(N)
    q, variance = measure(noisy, estimator=name), exact_variance(name, N, IV, 0.03, window)
    assert_mean(q.value, IV, detects=0.02 * IV)
    assert_mean((q.value - IV) ** 2, variance, detects=0.15 * variance)
    assert_count(np.sum((q.low <= IV) & (q.high >= IV)), len(noisy), 0.95, detects=0.015)
    plain = measure(noisy)
    assert_mean(plain.value, IV + 2 * N * 0.03**2, sigmas=7, detects=0.02 * IV)
    with must_reject("realized variance under noise"):
        assert_mean(plain.value, IV)


def traces(estimator, n, window):
    """(2 tr A^2, 4 tr A^2 M, 2 tr (A M)^2) of an estimator, as it hands them to the variance."""
    seen = {}

    def spy(clock, *, value, omega2, traces, window_sums, window):
        seen["c"] = traces
        return value, value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stochcalc.variation.noise_robust.estimate_variance", spy)
        estimator.measure(np.zeros((1, n + 1)), Clock(n, np.array([n])), window)
    return [float(np.squeeze(c)) for c in seen["c"]]


@pytest.mark.parametrize(
    "estimator, window, rel",
    [
        (NOISE[0], 8, 0.03),
        (NOISE[1], 12, 0.02),
        (NOISE[2], 5, 1e-9),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_each_trace_is_that_of_the_dense_matrix(estimator, window, rel):
    n = 300
    A, M = matrix(estimator.name, n, window), 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    dense = 2 * np.trace(A @ A), 4 * np.trace(A @ A @ M), 2 * np.trace(A @ M @ A @ M)
    for found, due in zip(traces(estimator, n, window), dense):
        assert found == pytest.approx(due, rel=rel)
        assert found / 2 != pytest.approx(due, rel=rel)
    values = np.cumsum(np.sin(7.0 * np.arange(n + 1)))
    r = np.diff(values)
    assert measure(values, estimator=estimator.name, bandwidth=window).value == pytest.approx(
        r @ A @ r, rel=1e-11
    )


def test_the_kernel_s_traces_are_exact_but_for_the_factor_of_its_lags():
    n, H = 60, 5
    w = np.array([1.0, *(n / (n - 1) * parzen(h / H) for h in range(H)), 0.0])
    exact = exact_variance("realized_kernel", n, 0.02 * n, 0.1, H)
    c = NOISE[2]._find_traces(w, n)
    assert c[0] * 0.02**2 + c[1] * 0.02 * 0.01 + c[2] * 0.01**2 == pytest.approx(exact, rel=1e-12)
    frequencies = 2 * np.pi * np.arange(256) / 256  # without ends: the same on a circle of steps
    spectrum = w[0] + 2 * sum(w[h] * np.cos(h * frequencies) for h in range(1, len(w)))
    assert sum_lag_products(w, multiply_by_noise(w)) == pytest.approx(
        np.mean(spectrum**2 * (2 - 2 * np.cos(frequencies))), rel=1e-12
    )


def assert_coverage(covered, n):
    """Test that intervals cover as often as `quadratic_variation` says, 93 to 98 times of 100.

    The probability under the null hypothesis is that of the range which is nearest to the count.
    """
    assert_count(covered, n, np.clip(covered / n, 0.93, 0.98), detects=0.06)


@pytest.mark.parametrize("omega2", [0.005, 0.05, 0.5])
def test_intervals_cover_under_little_and_under_overwhelming_noise(rng_seed, omega2):
    y = sc.observe(sc.brownian(1.0, N, paths=5000, rng=rng_seed), noise=math.sqrt(omega2))
    for name in ROBUST:
        q = measure(y, estimator=name)
        assert_coverage(np.sum((q.low <= 1.0) & (q.high >= 1.0)), 5000)
    if omega2 == 0.5:
        with must_reject("an interval that is symmetric in the logarithm"):
            log = sc.Estimate.positive(q.value, q.stderr)
            assert_coverage(np.sum((log.low <= 1.0) & (log.high >= 1.0)), 5000)


@pytest.mark.parametrize("name", LOCAL_NAMES)
def test_at_irregular_times_the_standard_error_is_that_of_the_spread(rng_seed, name):
    t = np.cumsum(np.r_[0.0, np.tile([1.0, 4.0], 100)]) / 500
    W = sc.brownian(partition=sc.Partition(t), paths=20_000, rng=rng_seed)
    q = measure(W.values, t, estimator=name)
    spread = np.mean((q.value - 1.0) ** 2)
    assert_mean(
        q.stderr**2,
        spread,
        exact_stderr=np.std((q.value - 1.0) ** 2) / math.sqrt(len(q.value)),
        detects=0.15 * spread,
    )
    with must_reject("a quarticity three times too large"):
        assert_mean(3 * q.stderr**2, spread)


def test_an_interval_is_never_empty_where_something_moved():
    x = np.zeros(501)
    x[1:] = np.cumsum(np.tile([1.0, -1.0, 0.0, 0.0, 0.0], 100)) + 1e-3 * np.cumsum(
        np.arange(500) % 7 == 0
    )
    for name in sc.ESTIMATORS:
        if name in JUMP_ROBUST:
            with pytest.warns(RuntimeWarning, match="repeats its values"):
                q = measure(x, estimator=name)
            assert np.isnan(q.stderr) and np.isnan(q.low) and np.isnan(q.high)
        else:
            q = measure(x, estimator=name)
            assert q.stderr > 0 and q.low < q.value < q.high


@pytest.mark.parametrize("name", LOCAL_NAMES)
def test_a_jump_adds_its_square_to_realized_variance_and_hardly_anything_to_the_others(
    rng_seed, name
):
    n, jump = 64, 0.5
    x = sc.brownian(1.0, n, paths=40_000, rng=rng_seed).values.copy()
    x[:, n // 2 :] += jump
    q = measure(x, estimator=name)
    assert_mean(q.value, expected_with_jump(name, n, jump), detects=0.03)
    with must_reject("the jump counted otherwise", min_z=15):
        assert_mean(q.value, 1.0 if name == "realized" else 1.0 + jump**2)
    if name in JUMP_ROBUST:
        # As n grows the jump is forgotten: what it adds vanishes like n^(-1/2), or faster.
        assert expected_with_jump(name, 10**6, jump) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("name", sc.ESTIMATORS)
def test_irregular_times_leave_the_estimate_unbiased(rng_seed, name):
    grid = sc.Partition.random(1.0, 120, rng=rng_seed)
    W = sc.brownian(partition=grid, paths=20_000, rng=rng_seed)
    q = measure(W.values, W.t, estimator=name)
    assert_mean(q.value, 1.0, sigmas=7, detects=0.05)
    if name != "realized":  # that one is streamed, in another order
        assert_same_bits(measure(W, estimator=name).value, q.value)
    if name in JUMP_ROBUST:
        with must_reject("the times left out", min_z=10):
            assert_mean(measure(W.values, estimator=name).value, 1.0)


def test_a_window_of_your_own_changes_the_estimate_and_keeps_it_unbiased(clean):
    for name, widths in (
        ("two_scale", (2, 20)),
        ("preaveraged", (4, 40)),
        ("realized_kernel", (1, 30)),
    ):
        for width in widths:
            q = measure(clean[:10_000], estimator=name, bandwidth=width)
            assert_mean(q.value, IV, sigmas=7, detects=0.1 * IV)
            variance = exact_variance(name, N, IV, window=width)
            assert_mean((q.value - IV) ** 2, variance, sigmas=7, detects=0.4 * variance)


def test_an_estimate_below_zero_has_an_interval_around_it():
    x = 0.01 * np.tile([0.0, 1.0, 0.2], 20) + 1e-4 * np.arange(60)  # noise and little else
    q = measure(x, estimator="realized_kernel")
    assert q.value < 0 and q.stderr > 0 and q.low < q.value < q.high
    assert q.high - q.value == pytest.approx(q.value - q.low)
