"""Jump tests: the level they promise without jumps, the jumps they find, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_count, assert_law, assert_mean, must_reject
from scipy import stats

import stochcalc as sc
from stochcalc.variation import ESTIMATORS
from stochcalc.variation.windows import Clock

PATHS = 10_000


@pytest.fixture
def smooth(rng_seed):
    return sc.brownian(1.0, 400, paths=PATHS, rng=rng_seed).values


def test_without_jumps_the_ratio_statistic_is_nearly_standard_normal(smooth):
    test = sc.jump_test(smooth)
    assert_count(
        np.sum(test.pvalue < 0.05), PATHS, 0.0545, detects=0.03
    )  # 5.45 % at n = 400; 5 % in the limit
    np.testing.assert_allclose(test.pvalue, stats.norm.sf(test.statistic), rtol=1e-9)
    np.testing.assert_allclose(test.share, 1 - test.continuous.value / test.realized.value)
    with must_reject("a statistic twice as large"):
        assert_count(np.sum(stats.norm.sf(2 * test.statistic) < 0.05), PATHS, 0.0545)


def test_a_jump_is_noticed_and_its_share_is_measured(smooth):
    x = smooth[:200].copy()
    x[:, 200:] += 1.5  # thirty standard deviations of a step: nobody misses it
    test = sc.jump_test(x)
    assert_count(np.sum(test.pvalue < 0.001), 200, 1 - 1e-9)
    assert sc.jump_test(x[0]).share == 1 - sc.quadratic_variation(
        x[0], estimator="bipower"
    ).value / np.sum(np.diff(x[0]) ** 2)
    one = sc.jump_test(x[0])
    assert (
        isinstance(one.pvalue, float)
        and "quadratic variation" in str(one)
        and "200 jump tests" in str(test)
    )


@pytest.mark.parametrize("estimator", ["medrv", "minrv", "bipower"])
def test_a_path_without_jumps_shows_one_with_the_probability_asked_for(smooth, estimator):
    found = sc.detect_jumps(smooth, window=60, level=0.05, estimator=estimator)
    assert_count(found.found.any(axis=1).sum(), PATHS, 0.05, detects=0.03)
    with must_reject("a normal threshold instead of Student's", min_z=10):
        normal = stats.norm.isf(0.5 * -np.expm1(np.log(0.95) / 340))
        assert_count((np.abs(found.statistic) > normal).any(axis=1).sum(), PATHS, 0.05)


def test_single_returns_over_the_volatility_before_them_have_nearly_students_law(smooth):
    found = sc.detect_jumps(smooth, window=100)
    freedom = 2 * 100 / sc.ESTIMATORS["medrv"].factor
    assert_law(found.statistic[:, 250], stats.t(freedom), detects=0.06)
    with must_reject("standard deviation x 1.15", min_z=5):
        assert_law(1.15 * found.statistic[:, 250], stats.t(freedom))


def test_jumps_are_found_where_they_are_and_one_does_not_hide_the_next(smooth):
    x = smooth[:50].copy()
    x[:, 150:] += 1.0
    x[:, 160:] -= 1.0
    found = sc.detect_jumps(x, window=60, level=0.01)
    assert found.found.shape == x.shape and np.isnan(found.statistic[:, :61]).all()
    assert found.found[:, [150, 160]].all()
    assert_count(np.delete(found.found, [150, 160], axis=1).any(axis=1).sum(), 50, 0.01)
    assert found.index.shape[1] == 2 and set(found.index[:, 1]) >= {150, 160}
    one = sc.detect_jumps(x[0], window=60, level=0.01)
    assert list(one.index[:2]) == [150, 160] and "2 jumps in 340 returns" in str(one)


def test_times_set_the_scale_of_each_return(rng_seed):
    t = np.cumsum(np.r_[0.0, np.tile([1.0, 4.0], 200)])
    x = sc.brownian(partition=sc.Partition(t), paths=2000, rng=rng_seed).values
    found = sc.detect_jumps(x, t, window=60)
    assert_count(found.found.any(axis=1).sum(), 2000, 0.05, detects=0.08)
    with must_reject("the times left out"):
        assert_count(sc.detect_jumps(x, window=60).found.any(axis=1).sum(), 2000, 0.05)


@pytest.mark.parametrize("grid", ["alternating", "random"])
def test_the_ratio_statistic_is_standard_normal_at_irregular_times_too(rng_seed, grid):
    n = 400
    partition = (
        sc.Partition(np.cumsum(np.r_[0.0, np.tile([1.0, 4.0], n // 2)]))
        if grid == "alternating"
        else (sc.Partition.random(1.0, n, rng=rng_seed))
    )
    W = sc.brownian(partition=partition, paths=PATHS, rng=rng_seed)
    test = sc.jump_test(W.values, W.t)
    assert_count(np.sum(test.pvalue < 0.05), PATHS, 0.05, detects=0.03)
    with must_reject("the variance of equal steps"):
        equal = test.share / np.sqrt((np.pi**2 / 4 + np.pi - 5) / n)
        assert_count(np.sum(stats.norm.sf(equal) < 0.05), PATHS, 0.05)


def test_the_bipower_gap_variance_variation_is_the_variance_by_simulation(rng_seed):
    t = np.cumsum(np.r_[0.0, np.tile([1.0, 8.0], 6)])
    W = sc.brownian(partition=sc.Partition(t), paths=200_000, rng=rng_seed)
    gap = (
        sc.quadratic_variation(W.values).value
        - sc.quadratic_variation(W.values, t, estimator="bipower").value
    )
    exact = float(
        np.squeeze(
            Clock(12, np.array([12]), np.diff(t)).gap_variance(2, ESTIMATORS["bipower"].covariances)
        )
    )
    assert_mean(gap**2, exact, detects=0.06 * exact)
    equal = float(
        np.squeeze(Clock(12, np.array([12])).gap_variance(2, ESTIMATORS["bipower"].covariances))
    )
    scale = 12 / 11
    assert equal == pytest.approx(
        24 + scale**2 * ((np.pi**2 / 4 - 1) * 11 + (np.pi - 2) * 10) - 4 * scale * 11
    )
    with must_reject("the formula of equal steps"):
        assert_mean(gap**2, equal * np.mean(np.diff(t) ** 2))


def test_brownian_paths_and_their_values_are_tested_alike(rng_seed):
    for grid in (sc.Partition.uniform(2.0, 80), sc.Partition.graded(2.0, 80, 1.5)):
        W = sc.brownian(partition=grid, paths=40, rng=rng_seed)
        S = sc.brownian(partition=grid, paths=40, rng=rng_seed, store=False)
        arrays, motion = sc.jump_test(W.values, W.t), sc.jump_test(S)
        np.testing.assert_allclose(arrays.statistic, motion.statistic, rtol=1e-6, atol=1e-9)
        found = sc.detect_jumps(W.values, W.t, window=30)
        np.testing.assert_allclose(
            found.statistic, sc.detect_jumps(W, window=30).statistic, rtol=1e-6
        )


def test_the_longest_window_leaves_one_return_to_test(rng_seed):
    x = np.cumsum(np.random.default_rng(rng_seed).standard_normal(20))
    found = sc.detect_jumps(x, window=18)
    assert np.isfinite(found.statistic).sum() == 1
    with pytest.raises(ValueError, match="window=19 leaves no return"):
        sc.detect_jumps(x, window=19)


def test_the_remedy_for_stale_prices_is_in_the_words_of_what_was_given(rng_seed):
    """An array can be indexed in place; sampled paths have times that must go with the values."""
    moves = np.random.default_rng(rng_seed).standard_normal((2, 99))
    moves[:, ::3] = 0.0
    x = np.cumsum(moves, axis=1)
    forms = {
        r"leave repeated values out, x\[np.diff": x[0],
        r"leave repeated values out, x\[i\]\[np.diff": x,
        "leave repeated values and their times out": (np.arange(99.0), x),
    }
    for words, given in forms.items():
        with pytest.warns(RuntimeWarning, match=words):
            sc.quadratic_variation(given, estimator="bipower")


def test_one_test_shows_its_own_numbers_on_a_line(rng_seed):
    x = np.cumsum(np.random.default_rng(rng_seed).standard_normal(300)) / 17
    one = sc.jump_test(x)
    line = one._describe().line
    assert f"realized {one.realized.value:.4g}" in line
    assert f"{one.estimator} {one.continuous.value:.4g}" in line
