"""Maxima of which moments or functions are kept, and expectations over noisy paths."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_count, assert_mean, assert_same_bits, must_reject
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value
from scipy import stats

import stochcalc as sc

STREAMED = sc.brownian(n=4, paths=2, key=1, store=False)


def keep_the_maximum(m):
    return m


def keep_a_root(m):
    return math.sqrt(m) if m < 1.0 else m * m


def passes_one(m):
    return 1.0 if m >= 1.0 else 0.0


def motion(rng_seed, store=True):
    partition = sc.Partition.graded(2.0, 20, 1.5)
    return sc.brownian(partition=partition, paths=700, rng=rng_seed, store=store)


def moments(m):
    return np.stack([m.mean, m.var, m.min, m.max])


@pytest.mark.parametrize("running", [False, True])
def test_to_observe_the_maximum_itself_changes_no_bit(running, rng_seed):
    W = motion(rng_seed)
    plain = sc.maximum(W, running=running)
    assert_same_bits(plain, sc.maximum(W, running=running, observe=keep_the_maximum))
    record = sc.maximum(W, running=running, save="stats").record
    observed = sc.maximum(W, running=running, save="stats", observe=keep_the_maximum)
    assert_same_bits(record, observed.record)
    with must_reject("another function", min_z=0):
        other = sc.maximum(W, running=running, save="stats", observe=keep_a_root)
        assert_same_bits(record, other.record)


@pytest.mark.parametrize("running", [False, True])
def test_what_is_observed_is_the_function_of_the_maximum(running, rng_seed):
    highest = sc.maximum(motion(rng_seed), running=running)
    due = np.where(highest < 1.0, np.sqrt(highest), highest * highest)
    observed = sc.maximum(motion(rng_seed), running=running, observe=keep_a_root)
    np.testing.assert_allclose(observed, due, rtol=1e-14)
    m = sc.maximum(
        motion(rng_seed, store=False), running=running, save="stats", observe=keep_a_root
    )
    assert m.count == 700
    exact = np.stack([due.mean(0), due.var(0, ddof=1), due.min(0), due.max(0)])
    np.testing.assert_allclose(moments(m), exact, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("continuous", [True, False])
@pytest.mark.parametrize("running", [True, False])
def test_the_moments_of_the_maxima_are_those_of_the_stored_ones(continuous, running, rng_seed):
    options = {"continuous": continuous, "running": running}
    highest = sc.maximum(motion(rng_seed), **options)
    m = sc.maximum(motion(rng_seed, store=False), save="stats", **options)
    assert (m.count, m.shape) == (700, highest.shape[1:])
    assert_same_bits(m.record, sc.Moments.of(highest).record)


def test_the_share_of_paths_that_pass_a_level_is_that_of_the_reflection_principle(rng_seed):
    W = sc.brownian(1.0, 4, paths=100_000, store=False, rng=rng_seed)
    m = sc.maximum(W, save="stats", observe=passes_one)
    exact = 2 * stats.norm.sf(1.0)
    assert_count(round(m.mean * m.count), m.count, exact, detects=0.02)
    grid = sc.expectation(lambda w: (w.max(axis=1) >= 1.0).astype(float), W)
    with must_reject("the grid's maximum"):
        assert_count(round(grid.mean * grid.count), grid.count, exact)


def test_expectations_over_noisy_paths_are_those_of_the_stored_observations(rng_seed):
    options = {"noise": 0.3, "sigma": 2.0}
    stored = sc.observe(motion(rng_seed), **options)
    noisy = sc.observe(motion(rng_seed, store=False), store=False, **options)
    assert (noisy.paths, noisy.numbers, noisy.dim) == (700, 21, 1)
    assert_same_bits(noisy.t, motion(rng_seed).t)
    assert_same_bits(noisy.block(256, 700), stored[256:])
    m = sc.expectation(lambda y: (y.max(axis=1), np.sum(np.diff(y, axis=1) ** 2, axis=1)), noisy)
    assert (m.count, m.shape) == (700, (2,))
    columns = np.stack([stored.max(axis=1), np.sum(np.diff(stored, axis=1) ** 2, axis=1)], axis=1)
    np.testing.assert_allclose(m.mean, columns.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(m.var, columns.var(axis=0, ddof=1), rtol=1e-11)


def test_the_realized_variance_of_noisy_paths_has_its_mean(rng_seed):
    """E sum (dY)^2 = sigma^2 T + 2 n noise^2."""
    W = sc.brownian(1.0, 10, paths=50_000, store=False, rng=rng_seed)
    noisy = sc.observe(W, noise=0.2, sigma=0.5, store=False)
    m = sc.expectation(lambda y: np.sum(np.diff(y, axis=1) ** 2, axis=1), noisy)
    assert_mean(m.estimate(), 0.25 + 20 * 0.04, detects=0.03)
    with must_reject("the paths without their noise"):
        assert_mean(m.estimate(), 0.25)


SLIPS = {
    "a number": wrong_type(
        lambda: sc.maximum(STREAMED, observe=3.0), r"observe=3\.0 must be a Python"
    ),
    "two arguments": wrong_type(
        lambda: sc.maximum(STREAMED, observe=lambda m, a: m), r"is called as observe\(m\)"
    ),
    "no argument": wrong_type(
        lambda: sc.maximum(STREAMED, observe=lambda: 1.0), r"observe\(\) is called as observe\("
    ),
    "a tuple": wrong_value(
        lambda: sc.maximum(STREAMED, observe=lambda m: (m, m)),
        r"observe\(1\) returned \(1\.0, 1\.0\).*one number",
    ),
    "not finite": wrong_value(
        lambda: sc.maximum(STREAMED, observe=lambda m: math.nan), r"observe\(1\) = nan"
    ),
    "of the grid": wrong_value(
        lambda: sc.maximum(STREAMED, observe=passes_one, continuous=False),
        r"goes with continuous=True: use expectation",
    ),
    "save": wrong_value(lambda: sc.maximum(STREAMED, save="mean"), r"save='mean' must be one of"),
    "observations: store": wrong_type(
        lambda: sc.observe(STREAMED, noise=0.1, store="no"), r"store='no'"
    ),
    "noisy paths: f": wrong_value(
        lambda: sc.expectation(lambda y: y.max(), sc.observe(STREAMED, noise=0.1, store=False)),
        r"shape \(\) for 3 paths",
    ),
}


@pytest.mark.parametrize("case", SLIPS)
def test_a_bad_observer_is_refused_before_anything_runs(case):
    refused_before_anything_is_compiled(SLIPS[case])
