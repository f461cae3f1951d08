"""Numbers that carry their standard error: against NumPy, against the coverage they promise, and as
they print.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from evidence import assert_count, assert_order, must_reject
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import stochcalc as sc
from stochcalc.engine.statistics import record_of_rows
from stochcalc.laboratory.settings import check_levels, split_blocks
from stochcalc.laboratory.study_batches import make_study


def moments(x: np.ndarray) -> sc.Moments:
    """Moments of samples along axis 0."""
    return sc.Moments(record_of_rows(np.ascontiguousarray(x.reshape(len(x), -1))), x.shape[1:])


def skewed(rng_seed: int, shape: tuple[int, ...], shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(rng_seed).gamma(2.0, size=shape) + shift


@pytest.mark.parametrize("n", [2, 255, 256, 257, 1000, 5000])
def test_moments_are_those_of_numpy_and_scipy(rng_seed, n):
    x = skewed(rng_seed, (n,))
    m = moments(x)
    found = (m.mean, m.var, m.std, m.stderr, m.skewness, m.kurtosis, m.min, m.max)
    due = (
        x.mean(),
        x.var(ddof=1),
        x.std(ddof=1),
        stats.sem(x),
        stats.skew(x),
        stats.kurtosis(x) + 3,
        x.min(),
        x.max(),
    )
    np.testing.assert_allclose(found, due, rtol=1e-11)
    assert m.count == n and all(isinstance(value, float) for value in found)


def test_moments_survive_a_mean_a_hundred_million_times_their_spread(rng_seed):
    x = skewed(rng_seed, (3000,), shift=1e8)
    np.testing.assert_allclose(moments(x).var, x.var(ddof=1), rtol=1e-7)
    np.testing.assert_allclose(moments(x).kurtosis, stats.kurtosis(x) + 3, rtol=1e-6)


def test_moments_over_times_and_components_can_be_indexed(rng_seed):
    x = skewed(rng_seed, (700, 4, 3))
    m = moments(x)
    assert m.mean.shape == (4, 3)
    np.testing.assert_allclose(m.var, x.var(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(m[1].mean, x[:, 1].mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(m[:, 2].max, x[:, :, 2].max(axis=0))
    assert m[-1, 0].mean == pytest.approx(x[:, -1, 0].mean(), rel=1e-13) and isinstance(
        m[-1, 0].mean, float
    )


def test_one_observation_has_a_mean_and_no_variance():
    m = moments(np.array([3.0]))
    assert m.mean == 3.0 and np.isnan(m.var) and np.isnan(m.stderr)


def test_the_mean_square_is_that_of_the_squares(rng_seed):
    x = skewed(rng_seed, (4000,), shift=-1.0)
    found = moments(x).mean_square()
    assert found.value == pytest.approx(np.mean(x**2), rel=1e-12)
    assert found.stderr == pytest.approx(np.std(x**2) / np.sqrt(4000), rel=1e-10)


def test_intervals_are_the_quantiles_of_their_laws():
    for confidence in (0.5, 0.95, 0.999):
        q = stats.norm.ppf(0.5 + confidence / 2)
        e = sc.Estimate.normal(2.0, 0.5, confidence)
        assert (e.low, e.high) == pytest.approx(
            (2.0 - 0.5 * q, 2.0 + 0.5 * q)
        ) and e.confidence == confidence
        s = sc.Estimate.student(2.0, 0.5, 7, confidence)
        assert s.high - 2.0 == pytest.approx(0.5 * stats.t.ppf(0.5 + confidence / 2, 7))
        p = sc.Estimate.positive(2.0, 0.5, confidence)
        assert p.low * p.high == pytest.approx(4.0) and p.high == pytest.approx(
            2.0 * np.exp(q * 0.25)
        )
    assert sc.Estimate.normal(2.0, 0.5).z(1.0) == 2.0


@given(st.floats(1e-300, 1e300), st.floats(0.0, 10.0))
def test_a_positive_interval_stays_positive(value, relative):
    e = sc.Estimate.positive(value, relative * value)
    assert 0.0 < e.low <= value <= e.high


def test_a_positive_interval_of_nothing_is_nothing():
    e = sc.Estimate.positive(0.0, 0.0)
    assert (e.low, e.high) == (0.0, 0.0)
    many = sc.Estimate.positive(np.array([0.0, 1.0]), np.array([0.0, 0.1]))
    assert many.low.shape == (2,) and many.low[0] == 0.0 and many.low[1] < 1.0 < many.high[1]


def test_the_interval_of_a_mean_covers_as_often_as_students_law_says(rng_seed):
    sets, n = 20_000, 30
    x = np.random.default_rng(rng_seed).standard_normal((n, sets))
    m = moments(x)
    e = m.estimate()
    assert_count(
        np.sum((e.low <= 0) & (e.high >= 0)), sets, 1 - 2 * stats.t.sf(stats.norm.ppf(0.975), n - 1)
    )
    s = sc.Estimate.student(m.mean, m.stderr, n - 1)
    inside = np.sum((s.low <= 0) & (s.high >= 0))
    assert_count(inside, sets, 0.95, detects=0.03)
    with must_reject("an interval of 90 %"):
        assert_count(inside, sets, 0.90)


def test_the_interval_of_a_variance_covers_the_variance(rng_seed):
    sets, n = 4000, 2000  # the coverage misses 0.95 by O(1/n), far below the smallest error caught
    x = np.random.default_rng(rng_seed).standard_normal((n, sets))
    e = moments(x).variance()
    assert_count(np.sum((e.low <= 1) & (e.high >= 1)), sets, 0.95, detects=0.07)
    e = moments(x).mean_square()
    assert_count(np.sum((e.low <= 1) & (e.high >= 1)), sets, 0.95, detects=0.07)
    with must_reject("the standard error of a normal's mean in place of its variance's"):
        wrong = sc.Estimate.normal(e.value, e.stderr / np.sqrt(2.0))
        assert_count(np.sum((wrong.low <= 1) & (wrong.high >= 1)), sets, 0.95)


@pytest.mark.parametrize(
    "value, stderr, text",
    [
        (0.50012, 0.00021, "0.50012 +- 0.00021"),
        (-1234.5678, 12.3, "-1235 +- 12"),
        (0.0, 0.001, "0 +- 0.0010"),
        (3.0e-7, 2.0e-9, "3.000e-07 +- 2.0e-09"),
        (0.5, 0.0004, "0.50000 +- 0.00040"),
        (1.0, 0.43, "1.00 +- 0.43"),
        (2.0, 10.0, "2.0 +- 10"),
        (0.9996, 0.05, "1.000 +- 0.050"),
        (0.5, 0.0996, "0.50 +- 0.10"),
        (123456.0, 1200.0, "1.235e+05 +- 1.2e+03"),
        (1.0, 0.0, "1 +- 0"),
        (1.5, float("inf"), "1.5 +- inf"),
        (float("nan"), float("nan"), "nan +- nan"),
    ],
)
def test_an_estimate_prints_to_the_second_digit_of_its_error(value, stderr, text):
    assert str(sc.Estimate.normal(value, stderr)) == text


def test_records_are_frozen_and_print_themselves(rng_seed):
    x = skewed(rng_seed, (500, 2))
    both = str(moments(x))
    assert (
        both.startswith("means of 500 observations of shape (2,): 2 estimates: ")
        and both.count("+-") == 2
    )
    many = sc.Estimate.normal(np.arange(300.0), np.full(300, 0.0))
    assert str(many) == "300 estimates: 0 +- 0, 1 +- 0, 2 +- 0, 3 +- 0, 4 +- 0, 5 +- 0, ..."
    assert "500 observations" in str(moments(x[:, 0])) and "+-" in str(moments(x[:, 0]))
    many = sc.Estimate.normal(np.array([1.0, 2.0]), np.array([0.1, 0.2]))
    assert str(many) == "2 estimates: 1.00 +- 0.10, 2.00 +- 0.20"
    with pytest.raises(dataclasses.FrozenInstanceError):
        many.value = 3.0


def records_of(means: np.ndarray) -> np.ndarray:
    """Records of one observation each: batches of which nothing is known but the mean."""
    records = np.zeros((len(means), 7, means.shape[1]))
    records[:, 0], records[:, 1], records[:, 5], records[:, 6] = 1.0, means, means, means
    return records


def power_law(
    rng_seed: int, order: float, batches: int = 32, noise: float = 0.02
) -> sc.ConvergenceStudy:
    """A study of mean squares 4 dt^(2 order), each with independent relative noise."""
    dt = 2.0 ** -np.arange(3, 10)
    z = np.random.default_rng(rng_seed).standard_normal((batches, len(dt)))
    means = 4.0 * dt ** (2 * order) * (1.0 + noise * z)
    exact = {"law": 2.0 * dt**order}
    build = make_study
    return build(
        "a law", "RMS error", dt, {"law": records_of(means)}, exact, root=True, paths=batches, key=1
    )


@pytest.mark.parametrize("order", [-0.5, 0.5, 1.0, 2.0])
def test_the_fitted_slope_is_the_order_of_a_power_law(rng_seed, order):
    study = power_law(rng_seed, order)
    assert_order(study.order["law"], order, max_stderr=0.002)
    assert study.exact_order["law"] == pytest.approx(order, abs=1e-12)
    np.testing.assert_allclose(study.error["law"], 2.0 * study.dt**order, rtol=0.02)
    np.testing.assert_allclose(
        study.stderr["law"] / study.error["law"], 0.01 / np.sqrt(32), rtol=0.7
    )
    with must_reject("an order off by a quarter"):
        assert_order(study.order["law"], order + 0.25)


def test_the_interval_of_a_slope_covers_the_slope(rng_seed):
    children = np.random.SeedSequence(rng_seed).generate_state(1500, np.uint64)
    orders = [power_law(int(child), 0.5, noise=0.05).order["law"] for child in children]
    assert_count(sum(o.low <= 0.5 <= o.high for o in orders), len(orders), 0.95, detects=0.1)


def test_without_a_root_the_error_is_the_mean_of_the_batches():
    dt, means = np.array([0.5, 0.25]), np.array([[4.0, 2.0], [4.4, 2.2], [3.6, 1.8]])
    study = make_study("t", "mean", dt, {"a": records_of(means)}, {}, root=False, paths=3, key=0)
    np.testing.assert_allclose(study.error["a"], [4.0, 2.0])
    np.testing.assert_allclose(study.stderr["a"], np.array([0.4, 0.2]) / np.sqrt(3.0))
    assert study.order["a"].value == pytest.approx(1.0) and not study.exact_order


def test_a_study_hands_out_its_errors_and_their_squares_as_estimates(rng_seed):
    study = power_law(rng_seed, 0.5)
    errors = study.estimates("law")
    squares = study.mean_squares("law")
    assert len(errors) == len(squares) == len(study.dt)
    for i in range(len(study.dt)):
        rms, stderr = study.error["law"][i], study.stderr["law"][i]
        assert (errors[i].value, errors[i].stderr) == (rms, stderr)
        assert (squares[i].value, squares[i].stderr) == (rms**2, 2 * rms * stderr)
        assert squares[i].low < rms**2 < squares[i].high
    biases = sc.variation_convergence(p=3.0, levels=(2, 3), paths=2048, key=1)
    with pytest.raises(ValueError, match=r"'mean' is no root mean square: use estimates"):
        biases.mean_squares("3-variation")


def test_a_study_prints_its_levels_its_slope_and_the_exact_slope(rng_seed):
    text = str(power_law(rng_seed, 0.5))
    assert text.startswith("a law (32 paths, key 1)\nlaw: order 0.")
    assert "; exact slope at these steps 0.5000" in text
    assert len(text.splitlines()) == 3 + 7 and "exact" in text.splitlines()[2]


def test_batches_share_the_blocks_evenly():
    for blocks in (8, 31, 32, 33, 1000):
        batches = split_blocks(blocks)
        assert [i for batch in batches for i in batch] == list(range(blocks))
        sizes = [len(batch) for batch in batches]
        assert len(batches) == min(32, blocks) and max(sizes) - min(sizes) <= 1
    with pytest.raises(ValueError, match=r"7 blocks.*2048 paths"):
        split_blocks(7)


def test_levels_are_increasing_exponents():
    assert check_levels(range(2, 5)).tolist() == [2, 3, 4]
    for wrong in ([4], [3, 3], [5, 4], []):
        with pytest.raises(ValueError, match="levels="):
            check_levels(wrong)
