"""Prices that stand still between moves: no estimate of a moving path is 0 +- 0."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from evidence import assert_mean, must_reject

import stochcalc as sc
from stochcalc.variation import ESTIMATORS

ROBUST = ["bipower", "minrv", "medrv"]
OTHERS = [name for name in ESTIMATORS if name not in ROBUST]


@pytest.fixture
def x(rng_seed):
    return np.cumsum(np.random.default_rng(rng_seed).normal(0.0, 0.01, 400))


def median_of_repeated(returns) -> float:
    """MedRV of a path whose values come twice: of three returns one is 0, or two of them are.

    So every second median is the smaller one of two neighbours, and the others are 0.
    """
    n = 2 * len(returns) + 1
    smaller = np.minimum(np.abs(returns[1:]), np.abs(returns[:-1]))
    scale = math.pi / (6.0 - 4.0 * math.sqrt(3.0) + math.pi)
    return scale * n / (n - 2) * np.sum(smaller**2)


def says_nothing(found) -> bool:
    return bool(np.isnan([found.stderr, found.low, found.high]).all())


@pytest.mark.parametrize("times", [2, 3, 5])
@pytest.mark.parametrize("estimator", ROBUST)
def test_an_estimate_of_repeated_values_has_no_interval_and_says_why(x, estimator, times):
    with pytest.warns(RuntimeWarning, match=rf"the estimate by '{estimator}' may lie far below"):
        found = sc.quadratic_variation(np.repeat(x, times), estimator=estimator)
    assert says_nothing(found)
    # A product or a minimum of two neighbours is 0 where one of them is, a median where two are.
    due = 0.0
    if (estimator, times) == ("medrv", 2):
        due = median_of_repeated(np.diff(x))
    assert found.value == pytest.approx(due, rel=1e-9)


def test_the_remedies_of_the_warning_run_and_are_right(x):
    plain = x
    x = np.repeat(plain, 2)
    with pytest.warns(RuntimeWarning, match=r"x\[np\.diff\(x, prepend=np\.nan\) != 0\]"):
        sc.quadratic_variation(x, estimator="bipower")
    np.testing.assert_array_equal(x[np.diff(x, prepend=np.nan) != 0], plain)
    realized = sc.quadratic_variation(x, estimator="realized")
    assert realized.value == pytest.approx(np.sum(np.diff(plain) ** 2), rel=1e-12)
    assert realized.stderr > 0 and realized.low > 0


@pytest.mark.parametrize("estimator", OTHERS)
def test_the_other_estimators_keep_their_interval(estimator, rng_seed):
    """Of 1000 paths: they are right on average, and as far off as their standard errors say."""
    steps = np.random.default_rng(rng_seed).normal(0.0, 0.01, (1000, 400))
    paths = np.repeat(np.cumsum(steps, axis=1), 2, axis=1)
    found = sc.quadratic_variation(paths, estimator=estimator)
    truth = 399 * 1e-4
    assert_mean(found.value, truth, detects=0.1 * truth, sigmas=7)
    squares = (found.value - truth) ** 2 / found.value.var()  # their mean is 1
    stated = found.stderr**2 / found.value.var()
    # 7, since what is stated is an estimate as well, whose mean may be off by some per cent
    assert_mean(squares - stated, 0.0, sigmas=7, detects=0.7)
    assert (found.low < found.value).all() and (found.value < found.high).all()
    with must_reject("an estimator by neighbours"):
        assert_mean([median_of_repeated(row) for row in np.diff(steps.cumsum(axis=1))], truth)
    with must_reject("intervals of twice the width"):
        assert_mean(squares - 4.0 * stated, 0.0)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_path_that_does_not_move_has_zero_variation_for_sure(estimator):
    found = sc.quadratic_variation(np.ones(100), estimator=estimator)
    assert (found.value, found.stderr, found.low, found.high) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_no_estimate_of_a_path_that_moves_is_zero_for_sure(estimator, rng_seed):
    rng = np.random.default_rng(rng_seed)
    paths = rng.integers(-1, 2, (300, 60)) * (rng.random((300, 60)) < 0.1)
    paths = np.cumsum(paths, axis=1)
    paths = paths[(np.diff(paths, axis=1) != 0).any(axis=1)]
    for scale in (1.0, 1e-170):  # the squares of the smaller one are below the smallest float64
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            found = sc.quadratic_variation(scale * paths, estimator=estimator)
        assert not ((found.value == 0.0) & (found.high == 0.0)).any()


def test_half_the_pairs_are_the_limit(rng_seed):
    """With a share p of zeros, of the pairs that move 2p/(1 + p) have one: half at p = 1/3."""
    rng = np.random.default_rng(rng_seed)
    steps = rng.normal(size=(2, 20_000))
    few = steps[0] * (rng.random(20_000) > 0.25)
    many = steps[1] * (rng.random(20_000) > 0.45)
    with pytest.warns(RuntimeWarning, match="it reads too low"):
        assert sc.quadratic_variation(np.cumsum(few), estimator="minrv").stderr > 0
    with pytest.warns(RuntimeWarning, match="repeats its values"):
        assert says_nothing(sc.quadratic_variation(np.cumsum(many), estimator="minrv"))


def test_nights_without_trades_are_no_stale_prices(x):
    filled = np.concatenate([x, np.full(800, x[-1])])
    plain = sc.quadratic_variation(x, estimator="bipower")
    found = sc.quadratic_variation(filled, estimator="bipower")
    # n/(n - 1) times the sum of the products of n returns, to which those of value 0 add nothing
    due = plain.value * (1199 / 1198) / (399 / 398)
    assert found.value == pytest.approx(due, rel=1e-12) and found.stderr > 0


def test_windows_with_repeated_values_have_no_interval_and_the_others_keep_theirs(x):
    half = np.concatenate([x[:200], np.repeat(x[200:], 2)])
    with pytest.warns(RuntimeWarning, match=r"\d+ of 550 estimates by 'bipower'"):
        spot = sc.spot_variance(half, window=50, estimator="bipower")
    assert np.isfinite(spot.stderr[50:200]).all() and np.isnan(spot.stderr[250:]).all()
    assert np.isfinite(sc.spot_variance(half, window=50).stderr[50:]).all()
    with pytest.warns(RuntimeWarning, match=r"estimates by 'medrv'"):
        running = sc.quadratic_variation(np.repeat(x, 2), estimator="medrv", running=True)
    assert np.isnan(running.stderr[10:]).all()


@pytest.mark.parametrize("estimator", ROBUST)
def test_a_test_for_jumps_refuses_repeated_values_and_names_the_path(x, estimator):
    stale = np.repeat(x, 2)
    with pytest.raises(ValueError, match=rf"x repeats its values .* {estimator!r} leaves nothing"):
        sc.jump_test(stale, estimator=estimator)
    good = np.cumsum(np.random.default_rng(1).normal(size=800))
    with pytest.raises(ValueError, match=r"x\[1\] repeats its values"):
        sc.jump_test([good, stale], estimator=estimator)
    with pytest.raises(ValueError, match=r"x does not move, so nothing of it is jumps"):
        sc.jump_test(np.ones(50), estimator=estimator)
    with pytest.warns(RuntimeWarning, match=r"1 of 2 est.*x\[i\]\[np\.diff\(x\[i\], prepend="):
        found = sc.quadratic_variation([good, stale], estimator=estimator)
    assert np.isnan(found.stderr).tolist() == [False, True]


@pytest.mark.parametrize("estimator", ROBUST)
def test_returns_after_repeated_values_are_not_tested_and_counted(x, estimator):
    half = np.concatenate([x[:200], np.repeat(x[200:], 2)])
    with pytest.warns(RuntimeWarning, match=r"^\d+ returns of x are not tested for jumps"):
        found = sc.detect_jumps(half, window=40, estimator=estimator)
    assert np.isfinite(found.statistic[50:200]).all() and np.isnan(found.statistic[260:]).all()


def test_the_report_of_stale_prices_shows_no_interval_of_no_width(x):
    found = sc.volatility(np.exp(np.repeat(x, 2)))
    for name in ROBUST:
        assert says_nothing(found.variation[name]) and says_nothing(found.annual[name])
    assert found.annual["realized"].stderr > 0 and found.test is None
    assert "nan" in str(found) and "stale" in str(found)
    still = sc.volatility(np.ones(60))
    zero = still.annual["realized"]
    assert (zero.value, zero.stderr, zero.low, zero.high) == (0.0, 0.0, 0.0, 0.0)


def test_the_covariation_of_paths_that_take_turns_has_no_interval(x):
    left = np.repeat(x, 2)
    right = np.concatenate([[0.0], left[:-1]])
    with pytest.warns(RuntimeWarning, match="x and y move, but never in the same step"):
        found = sc.covariation(left, right)
    assert found.value == 0.0 and says_nothing(found)
    together = sc.covariation(left[::2], right[1::2])  # the remedy: steps in which both move
    assert together.stderr > 0.0 and together.value == pytest.approx(np.sum(np.diff(x) ** 2))
    still = sc.covariation(left, np.ones(800))
    assert (still.value, still.stderr, still.low, still.high) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("estimator", ["bipower", "minrv", "medrv"])
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_a_few_repeated_prices_are_said(rng_seed, estimator, share):
    rng = np.random.default_rng(rng_seed)
    x = np.cumsum(rng.normal(0.0, 0.01, 400))
    stale = x.copy()
    for i in np.flatnonzero(rng.random(400) < share):
        stale[i] = stale[max(i - 1, 0)]
    for measure in (sc.jump_test, sc.quadratic_variation):
        with pytest.warns(RuntimeWarning, match=r"% of the pairs of neighbouring returns"):
            measure(stale, estimator=estimator)
        measure(x, estimator=estimator)
        measure(stale[np.diff(stale, prepend=np.nan) != 0], estimator=estimator)  # the remedy
    sc.quadratic_variation(stale)
