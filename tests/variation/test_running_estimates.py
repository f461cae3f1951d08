"""Estimates along a path: every prefix, every window, one path or many, stored or streamed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject

import stochcalc as sc
from stochcalc.variation.windows import sum_neighbours

measure = sc.quadratic_variation


def test_sums_of_neighbours_lose_nothing_to_cancellation():
    x = np.array([1e16, 1.0, 2.0, 0.0, 0.0, 0.0, 3.0, 4.0])
    for m in (1, 2, 3, 8):
        np.testing.assert_array_equal(
            sum_neighbours(x, m), [math.fsum(x[i : i + m]) for i in range(9 - m)]
        )
    np.testing.assert_array_equal(
        sum_neighbours(np.stack([x, 2 * x]), 3)[1], 2 * sum_neighbours(x, 3)
    )


@pytest.mark.parametrize("name", sc.ESTIMATORS)
def test_a_running_estimate_is_the_estimate_of_each_prefix(rng_seed, name):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 40, 1.3), paths=3, rng=rng_seed)
    width = {"two_scale": 4, "preaveraged": 6, "realized_kernel": 3}.get(name)
    for times in (None, W.t):
        run = measure(W.values, times, estimator=name, bandwidth=width, running=True)
        assert run.value.shape == run.low.shape == (3, 41)
        assert np.all(run.value[:, 0] == 0.0) and np.all(run.stderr[:, 0] == 0.0)
        least = sc.ESTIMATORS[name].least(40, width)
        assert np.isnan(run.value[:, 1:least]).all() and np.isfinite(run.value[:, least:]).all()
        for k in (least, 21, 40):
            part = measure(
                W.values[:, : k + 1],
                None if times is None else times[: k + 1],
                estimator=name,
                bandwidth=width,
            )
            np.testing.assert_allclose(run.value[:, k], part.value, rtol=1e-11)
            if k == 40 or width is None:
                np.testing.assert_allclose(run.stderr[:, k], part.stderr, rtol=1e-11)
    single = measure(W.values[0], W.t, estimator=name, bandwidth=width, running=True)
    assert single.value.shape == (41,)


@pytest.mark.parametrize("name", sc.ESTIMATORS)
def test_spot_variance_is_the_estimate_of_its_window_per_unit_of_time(rng_seed, name):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 50, 1.3), paths=2, rng=rng_seed)
    window = 25
    for times in (None, W.t):
        spot = sc.spot_variance(W.values, times, window=window, estimator=name)
        assert spot.value.shape == (2, 51) and np.isnan(spot.value[:, :window]).all()
        for end in (25, 33, 50):
            part = slice(end - window, end + 1)
            own = None if times is None else times[part]
            q = measure(W.values[:, part], own, estimator=name)
            duration = window if times is None else own[-1] - own[0]
            for field in ("value", "stderr", "low", "high"):
                np.testing.assert_allclose(
                    getattr(spot, field)[:, end], getattr(q, field) / duration, rtol=1e-10
                )


def test_spot_variance_follows_a_moving_volatility(rng_seed):
    n, window = 2000, 100
    t = np.linspace(0.0, 1.0, n + 1)
    sigma = 1.0 + 0.5 * np.sin(2 * np.pi * t[1:])
    dW = sc.brownian(1.0, n, paths=2000, rng=rng_seed).increments
    x = np.concatenate([np.zeros((2000, 1)), np.cumsum(sigma * dW, axis=1)], axis=1)
    ends = np.arange(200, n + 1, 300)
    spot = sc.spot_variance(x, t, window=window).value[:, ends]
    exact = np.array([np.mean(sigma[e - window : e] ** 2) for e in ends])
    assert_mean(spot, exact, sigmas=7, detects=0.2)
    with must_reject("a constant volatility"):
        assert_mean(spot, np.mean(sigma**2))


def test_one_path_many_paths_and_streamed_paths_agree(rng_seed):
    W = sc.brownian(1.0, 50, paths=600, rng=rng_seed)
    S = sc.brownian(1.0, 50, paths=600, rng=rng_seed, store=False)
    for name in sc.ESTIMATORS:
        many = measure(W.values, estimator=name)
        one = measure(W.values[17], estimator=name)
        assert isinstance(one.value, float) and one.value == pytest.approx(
            many.value[17], rel=1e-12
        )
        streamed = measure(S, estimator=name, workers=1)
        np.testing.assert_allclose(streamed.value, many.value, rtol=1e-11)
        assert_same_bits(streamed.value, measure(S, estimator=name, workers=2).value)
    running = sc.covariation(W, W, running=True)
    np.testing.assert_allclose(running.value, measure(W, running=True).value, rtol=1e-12)
    np.testing.assert_allclose(running.stderr[:, -1], sc.covariation(W, W).stderr, rtol=1e-9)


@pytest.mark.parametrize("name", sc.ESTIMATORS)
def test_a_value_that_is_not_finite_is_found_wherever_it_stands(name):
    x = np.cumsum(np.sin(np.arange(60.0)))
    for place in (0, 1, 2, 30, 57, 58, 59):
        for value in (math.nan, math.inf, -math.inf):
            bad = x.copy()
            bad[place] = value
            for running in (False, True):
                with pytest.raises(ValueError, match=rf"x\[{place}\]=.* must be finite"):
                    measure(bad, estimator=name, running=running)
            rows = np.stack([x, bad, x])
            with pytest.raises(ValueError, match=rf"x\[1, {place}\]="):
                measure(rows, estimator=name)
    huge = measure(1e200 * x)  # finite, but its squares are not
    assert huge.value == math.inf


def test_estimates_beyond_memory_are_refused_before_anything_is_drawn():
    huge = sc.brownian(n=10**6, paths=10**8, store=False, key=1)
    for name in sc.ESTIMATORS:
        with pytest.raises(ValueError, match=r"bytes"):
            measure(huge, estimator=name, running=True)
