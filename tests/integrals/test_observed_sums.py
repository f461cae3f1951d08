"""Sums and residuals of which something else is kept: a function of them, or their moments."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc

smooth = lambda t, w: np.sin(w) + t * w
F, f, df = lambda w: w**3 / 3, lambda w: w * w, lambda w: 2 * w
STREAMED = sc.brownian(n=4, paths=2, key=1, store=False)
VALUES = np.zeros((2, 5))
SUMS = {
    "ito": {"lam": 0.0},
    "at a time between": {"lam": 0.3},
    "at the middle": {"lam": 0.5},
    "of values": {"lam": 0.5, "at": "value"},
    "backward": {"lam": 1.0},
    "running": {"lam": 0.5, "running": True},
}


def keep_the_sum(t, w, r):
    return r


def keep_a_mixture(t, w, r):
    return math.exp(-r * r) + t * w if w > 0.1 else w - r


def motion(rng_seed, store=True, paths=700):
    partition = sc.Partition.graded(2.0, 20, 1.5)
    return sc.brownian(partition=partition, paths=paths, rng=rng_seed, store=store)


def moments(m):
    return np.stack([m.mean, m.var, m.min, m.max])


@pytest.mark.parametrize("case", SUMS)
def test_to_observe_the_sum_itself_changes_no_bit(case, rng_seed):
    W = motion(rng_seed)
    plain = sc.riemann_sum(smooth, W, **SUMS[case])
    assert_same_bits(plain, sc.riemann_sum(smooth, W, observe=keep_the_sum, **SUMS[case]))
    record = sc.riemann_sum(smooth, W, save="stats", **SUMS[case]).record
    observed = sc.riemann_sum(smooth, W, save="stats", observe=keep_the_sum, **SUMS[case])
    assert_same_bits(record, observed.record)
    other = sc.riemann_sum(smooth, W, save="stats", observe=keep_a_mixture, **SUMS[case])
    with must_reject("another function", min_z=0):
        assert_same_bits(record, other.record)


@pytest.mark.parametrize("case", SUMS)
def test_what_is_observed_is_the_function_of_time_path_and_sum(case, rng_seed):
    W = motion(rng_seed)
    sums = sc.riemann_sum(smooth, W, **SUMS[case])
    t, w = W.t[-1], W.values[:, -1]
    if "running" in SUMS[case]:
        t, w = W.t, W.values
    due = np.where(w > 0.1, np.exp(-sums * sums) + t * w, w - sums)
    observed = sc.riemann_sum(smooth, W, observe=keep_a_mixture, **SUMS[case])
    np.testing.assert_allclose(observed, due, rtol=1e-13, atol=1e-14)
    S = motion(rng_seed, store=False)
    m = sc.riemann_sum(smooth, S, observe=keep_a_mixture, save="stats", **SUMS[case])
    assert m.count == 700
    exact = np.stack([due.mean(0), due.var(0, ddof=1), due.min(0), due.max(0)])
    np.testing.assert_allclose(moments(m), exact, rtol=1e-11, atol=1e-13)


def test_the_named_integrals_pass_their_options_on(rng_seed):
    W = motion(rng_seed)
    V = motion(rng_seed ^ 1)
    for named, lam, at in (
        (sc.ito, 0.0, "time"),
        (sc.stratonovich, 0.5, "value"),
        (sc.backward, 1.0, "time"),
    ):
        options = {"against": V, "running": True, "observe": keep_a_mixture, "workers": 1}
        assert_same_bits(
            named(smooth, W, **options), sc.riemann_sum(smooth, W, lam, at=at, **options)
        )
        assert_same_bits(
            named(smooth, W, save="stats").record,
            sc.riemann_sum(smooth, W, lam, at=at, save="stats").record,
        )
    with pytest.raises(TypeError, match=r"no argument lambda_=: give lam="):
        sc.ito(smooth, W, lambda_=0.5)


def test_an_observed_error_has_its_mean_square(rng_seed):
    """E (R - (W_T^2 - T)/2)^2 = T^2/(2n) for the left sums of W dW."""
    W = sc.brownian(1.0, 8, paths=100_000, store=False, rng=rng_seed)
    m = sc.ito(
        lambda t, w: w, W, save="stats", observe=lambda t, w, r: (r - 0.5 * (w * w - t)) ** 2
    )
    assert_mean(m.estimate(), 1 / 16, detects=0.01)
    with must_reject("without the 1/2"):
        assert_mean(m.estimate(), 1 / 8)


def test_a_residual_leaves_the_moments_of_its_values(rng_seed):
    residuals = sc.ito_residual(F, f, df, motion(rng_seed))
    m = sc.ito_residual(F, f, df, motion(rng_seed, store=False), save="stats")
    assert (m.count, m.shape) == (700, ())
    exact = [residuals.mean(), residuals.var(ddof=1), residuals.min(), residuals.max()]
    np.testing.assert_allclose(moments(m), exact, rtol=1e-11)
    assert_same_bits(m.record, sc.Moments.of(residuals).record)


def observing(observe, **options):
    return lambda: sc.riemann_sum(smooth, STREAMED, observe=observe, **options)


SLIPS = {
    "a number": wrong_type(observing(3.0), r"observe=3\.0 must be a Python function"),
    "a ufunc": wrong_type(observing(np.square), r"observe=<ufunc 'square'>.*np\.square"),
    "two arguments": wrong_type(
        observing(lambda t, w: w), r"observe\(t, w\) is called as observe\(t, w, r\)"
    ),
    "four arguments": wrong_type(
        observing(lambda t, w, r, q: r), r"observe\(t, w, r, q\).*argument: 'q'"
    ),
    "swapped": wrong_value(observing(lambda w, t, r: r), r"observe\(w, t, r\).*swapped"),
    "a tuple": wrong_value(
        observing(lambda t, w, r: (w, r)), r"observe\(1, 0, 0\) returned \(0\.0, 0\.0\).*one"
    ),
    "an array": wrong_value(
        observing(lambda t, w, r: np.array([r])), r"returned array.*return one number"
    ),
    "text": wrong_value(observing(lambda t, w, r: "r"), r"returned 'r'.*return one number"),
    "random": wrong_value(
        observing(lambda t, w, r: np.random.default_rng().random()), r"must be a pure function"
    ),
    "not finite": wrong_value(observing(lambda t, w, r: math.inf), r"= inf is not finite"),
    "stats": wrong_value(
        observing(lambda t, w, r: (w, r), save="stats"), r"must return one number"
    ),
    "save": wrong_value(observing(keep_the_sum, save="rows"), r"save='rows' must be one of 'all'"),
    "residual: save": wrong_value(
        lambda: sc.ito_residual(F, f, df, STREAMED, save=True), r"save=True must be one of"
    ),
}


@pytest.mark.parametrize("case", SLIPS)
def test_a_bad_observer_is_refused_before_anything_runs(case):
    refused_before_anything_is_compiled(SLIPS[case])
