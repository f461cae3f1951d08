"""Samples in an array: `Estimate.mean`, `Estimate.share`, `Moments.of`, and what they refuse.

Values are computed by hand, or by another formula; equality is to the bit where that is promised.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import Rejected, assert_count, assert_same_bits, must_reject
from scipy import stats

import stochcalc as sc


def skewed(rng_seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(rng_seed).gamma(2.0, size=shape)


def test_the_mean_of_a_sample_is_the_hand_computed_one():
    # 1, 2, 3, 6: mean 3, squared deviations 4 + 1 + 0 + 9 = 14, so s^2/n = 14/3/4.
    e = sc.Estimate.mean([1.0, 2.0, 3.0, 6.0])
    assert e.value == 3.0
    assert e.stderr == math.sqrt(14.0 / 3.0 / 4.0)
    quantile = stats.norm.ppf(0.975)
    assert (e.low, e.high) == pytest.approx((3.0 - quantile * e.stderr, 3.0 + quantile * e.stderr))
    assert e.confidence == 0.95 and isinstance(e.value, float)
    half = sc.Estimate.mean([1, 2, 3, 6], confidence=0.5)  # integers are numbers too
    assert (half.value, half.stderr, half.confidence) == (e.value, e.stderr, 0.5)
    assert half.high - half.value == pytest.approx(stats.norm.ppf(0.75) * e.stderr)


def test_the_mean_of_arrays_has_the_shape_of_one_of_them():
    e = sc.Estimate.mean([[[1.0, 10.0]], [[3.0, 40.0]]])
    assert e.value.tolist() == [[2.0, 25.0]]
    assert e.stderr.tolist() == [[1.0, 15.0]]  # (largest - smallest)/2 for two observations
    assert e.low.shape == e.high.shape == (1, 2)


@pytest.mark.parametrize("n", [1, 5, 400])
def test_wilsons_interval_has_a_width_where_every_trial_ended_alike(n):
    q2 = stats.norm.ppf(0.975) ** 2
    none = sc.Estimate.share(0, n)
    assert (none.value, none.stderr) == (0.0, 0.0)
    assert none.low == pytest.approx(0.0, abs=1e-15)
    assert none.high == pytest.approx(q2 / (n + q2), rel=1e-12)
    every = sc.Estimate.share(n, n)
    assert (every.value, every.stderr) == (1.0, 0.0)
    assert every.low == pytest.approx(n / (n + q2), rel=1e-12)
    assert every.high == pytest.approx(1.0, abs=1e-15)


def test_a_share_is_the_hand_computed_one():
    e = sc.Estimate.share(1, 5)
    assert e.value == 0.2
    assert e.stderr == pytest.approx(math.sqrt(0.2 * 0.8 / 4.0), rel=1e-15)
    # Wilson's ends are the p at which |0.2 - p| is q standard deviations sqrt(p (1 - p)/n).
    q = stats.norm.ppf(0.975)
    for end in (e.low, e.high):
        assert abs(0.2 - end) == pytest.approx(q * math.sqrt(end * (1.0 - end) / 5.0), rel=1e-12)
    assert e.low < 0.2 < e.high
    many = sc.Estimate.share([0, 1, 5], 5)
    assert many.value.tolist() == [0.0, 0.2, 1.0]
    assert (many.low[1], many.high[1], many.stderr[1]) == (e.low, e.high, e.stderr)
    unknown = sc.Estimate.share(np.nan, 5)
    assert math.isnan(unknown.value) and math.isnan(unknown.low)


def test_the_interval_of_a_share_covers_the_probability(rng_seed):
    # The exact coverage at n = 200, p = 0.3, from the binomial law.
    n, p, sets = 200, 0.3, 20_000
    counts = np.arange(n + 1)
    e = sc.Estimate.share(counts, n)
    inside = (e.low <= p) & (e.high >= p)
    exact = float(stats.binom.pmf(counts, n, p)[inside].sum())
    assert exact == pytest.approx(0.95, abs=0.01)
    drawn = sc.Estimate.share(np.random.default_rng(rng_seed).binomial(n, p, size=sets), n)
    covered = np.sum((drawn.low <= p) & (drawn.high >= p))
    assert_count(covered, sets, exact, detects=0.02)
    with must_reject("an interval of 90 %"):
        assert_count(covered, sets, 0.90)


def test_the_moments_of_a_sample_are_the_hand_computed_ones():
    # 0, 0, 0, 4: mean 1, deviations -1, -1, -1, 3, sums of powers 12, 24, 84.
    m = sc.Moments.of([0.0, 0.0, 0.0, 4.0])
    assert m.record[:, 0].tolist() == [4.0, 1.0, 12.0, 24.0, 84.0, 0.0, 4.0]
    assert (m.count, m.mean, m.var, m.min, m.max) == (4, 1.0, 4.0, 0.0, 4.0)
    assert m.stderr == 1.0 and m.kurtosis == 4.0 * 84.0 / 144.0
    assert m.skewness == pytest.approx(6.0 / 3.0**1.5, rel=1e-15)
    both = sc.Moments.of([[[0.0, 1.0]], [[4.0, 5.0]]])
    assert both.shape == (1, 2) and both.mean.tolist() == [[2.0, 3.0]]


def test_moments_of_stored_states_have_the_bits_of_a_streamed_run(rng_seed):
    how = {"n": 4, "paths": 1000, "key": rng_seed}  # three full blocks and a part of one
    model = sc.models.gbm(0.1, 0.4)
    last = sc.solve(model, 1.0, 1.0, save="last", **how)
    streamed = sc.solve(model, 1.0, 1.0, save="stats", **how).moments
    assert_same_bits(sc.Moments.of(last.x[:, 0]).record, streamed[-1].record)
    every = sc.solve(model, 1.0, 1.0, save="all", **how)
    assert_same_bits(sc.Moments.of(every.x).record, streamed.record)
    with pytest.raises(Rejected):
        assert_same_bits(sc.Moments.of(last.x[::-1, 0]).record, streamed[-1].record)


def test_the_mean_and_the_moments_of_a_sample_agree_to_the_bit(rng_seed):
    x = skewed(rng_seed, (700, 3))
    mean = sc.Estimate.mean(x)
    m = sc.Moments.of(x)
    assert_same_bits(mean.value, m.mean)
    assert_same_bits(mean.stderr, m.stderr)


def test_the_mean_square_about_a_number_is_the_hand_computed_one():
    # 1, 2, 3, 6 about 2: squares 1, 0, 1, 16 with mean 4.5 and mean square 258/4.
    m = sc.Moments.of([1.0, 2.0, 3.0, 6.0])
    e = m.mean_square(about=2.0)
    assert e.value == 4.5
    assert e.stderr == pytest.approx(math.sqrt((258.0 / 4.0 - 4.5**2) / 4.0), rel=1e-14)
    assert m.mean_square(about=3.0).value == 3.5  # about the mean: 14/4
    assert m.mean_square().value == 12.5


def test_the_mean_square_about_a_number_is_that_of_the_shifted_sample(rng_seed):
    x = skewed(rng_seed, (3000, 2))
    about = np.array([1.5, -0.5])
    found = sc.Moments.of(x).mean_square(about=about)
    squares = (x - about) ** 2
    np.testing.assert_allclose(found.value, squares.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.stderr, squares.std(axis=0) / np.sqrt(3000), rtol=1e-10)


RAGGED = [[1.0, 2.0], [3.0]]
BAD_SAMPLES = [
    ([], ValueError, r"samples is empty"),
    (np.empty((3, 0)), ValueError, r"samples is empty \(shape \(3, 0\)\)"),
    (1.0, ValueError, r"samples has shape \(\): give at least one observation"),
    (RAGGED, ValueError, r"samples is ragged: give rows of equal length"),
    (["a", "b"], TypeError, r"samples has dtype <U1 .*: give real numbers"),
    ("abc", TypeError, r"samples has dtype <U3"),
    ([1.0, 2.0j], TypeError, r"samples has dtype complex128"),
    ([True, False], TypeError, r"samples has dtype bool"),
    (None, TypeError, r"samples has dtype object"),
]


@pytest.mark.parametrize("make", [sc.Estimate.mean, sc.Moments.of])
@pytest.mark.parametrize("samples, error, text", BAD_SAMPLES)
def test_a_sample_that_is_no_array_of_numbers_is_refused(make, samples, error, text):
    with pytest.raises(error, match=text):
        make(samples)


def test_a_mean_needs_two_observations():
    with pytest.raises(ValueError, match=r"samples holds 1 observation: .* at least two"):
        sc.Estimate.mean([3.0])
    with pytest.raises(ValueError, match="samples holds 1 observation"):
        sc.Estimate.mean([[3.0, 4.0]])


@pytest.mark.parametrize(
    "count, n, error, text",
    [
        (6, 5, ValueError, r"count=6 must lie in \[0, n=5\]: it counts n trials"),
        (-1, 5, ValueError, r"count=-1 must lie in \[0, n=5\]"),
        ([0, 7, 9], 5, ValueError, r"count=7 must lie in"),
        (0, 0, ValueError, r"n=0 must be at least 1"),
        (0, -3, ValueError, r"n=-3 must be at least 1"),
        (1, 5.0, TypeError, r"n=5\.0 must be an integer: write n=5"),
        (1, "5", TypeError, r"n='5' must be an integer"),
        ("1", 5, TypeError, r"count has dtype <U1"),
        ([], 5, ValueError, r"count is empty"),
        (RAGGED, 5, ValueError, r"count is ragged"),
    ],
)
def test_a_share_of_no_trials_or_of_more_than_all_is_refused(count, n, error, text):
    with pytest.raises(error, match=text):
        sc.Estimate.share(count, n)


def test_equal_numbers_have_moments_and_no_warning():
    """A sample without spread has no skewness and no kurtosis, and says so by nan."""
    same = sc.Moments.of([1.0, 1.0, 1.0])
    assert same.var == 0.0
    assert np.isnan(same.skewness) and np.isnan(same.kurtosis)
    several = sc.Moments.of([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0]])
    assert np.isnan(several.skewness[0]) and np.isfinite(several.kurtosis[1])


def test_two_values_have_a_variance_whose_error_is_a_number():
    """m_4 = m_2^2 for two values that are equally frequent: rounding must not make a root of -0."""
    found = sc.Moments.of([1.1, 3.3] * 11)
    assert found.variance().stderr == pytest.approx(0.0, abs=1e-6)
    assert np.isfinite(found.mean_square(about=2.2).stderr)
