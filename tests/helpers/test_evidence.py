"""The helper that judges all other tests: it passes what is right, rejects what is wrong, and says
how sure it is.
"""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import evidence
import numpy as np
import pytest
from evidence import (
    LEDGER,
    Rejected,
    Underpowered,
    assert_count,
    assert_law,
    assert_mean,
    assert_order,
    assert_same_bits,
    bits,
    must_reject,
    sample_size,
    seed,
    seed_of,
)
from scipy import stats

N = 100_000


@pytest.fixture
def normals(rng_seed):
    return np.random.default_rng(rng_seed).standard_normal(N)


def test_the_seed_is_the_hash_of_the_test_id(rng_seed, monkeypatch):
    assert seed() == rng_seed
    monkeypatch.delenv("STOCHCALC_NIGHTLY_SEED", raising=False)
    name = "tests/helpers/test_evidence.py::test_the_seed_is_the_hash_of_the_test_id"
    due = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    assert seed() == seed_of(name) == due


def test_labels_and_the_nightly_seed_change_the_seed(monkeypatch):
    monkeypatch.delenv("STOCHCALC_NIGHTLY_SEED", raising=False)
    seeds = [seed_of("a"), seed_of("b"), seed_of("a", "one"), seed_of("a", "two")]
    for night in ("1", "2"):
        monkeypatch.setenv("STOCHCALC_NIGHTLY_SEED", night)
        seeds += [seed_of("a"), seed_of("a", "one"), seed_of("a", night)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= s < 2**64 for s in seeds)


def test_samples_grow_a_hundredfold_at_night(monkeypatch):
    monkeypatch.setattr(evidence, "NIGHTLY", False)
    assert sample_size(1000) == 1000
    monkeypatch.setattr(evidence, "NIGHTLY", True)
    assert sample_size(1000) == 100_000


def test_a_right_mean_passes_and_a_biased_one_is_rejected(normals):
    found = assert_mean(normals, 0.0, detects=0.04)
    assert found.alpha == pytest.approx(1.97e-9, rel=0.01)
    assert found.smallest == pytest.approx(10.75 / np.sqrt(N), rel=0.02)
    with must_reject("shifted by 0.1"):
        assert_mean(normals + 0.1, 0.0)
    with must_reject("shifted down by 0.1"):
        assert_mean(normals - 0.1, 0.0)


def test_the_variance_is_checked_through_squares(normals):
    assert_mean(normals**2, 1.0)
    with must_reject("variance x 1.2"):
        assert_mean(1.2 * normals**2, 1.0)


def test_arrays_are_judged_entry_by_entry(rng_seed):
    x = np.random.default_rng(rng_seed).standard_normal((N, 2, 3))
    before = LEDGER.comparisons
    found = assert_mean(x + np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3))
    assert found.z.shape == (2, 3)
    assert LEDGER.comparisons == before + 6
    x[:, 1, 2] += 0.1
    with pytest.raises(Rejected, match=r"at index \(1, 2\)"), LEDGER.pause():
        assert_mean(x, 0.0)


def test_records_with_a_standard_error_are_judged_like_samples(normals):
    centred = normals - normals.mean()
    moments = SimpleNamespace(
        count=N,
        mean=normals.mean(),
        stderr=normals.std(ddof=1) / np.sqrt(N),
        M2=np.sum(centred**2),
        M4=np.sum(centred**4),
    )
    assert assert_mean(moments, 0.0).z == pytest.approx(assert_mean(normals, 0.0).z)
    moments.mean += 0.1
    with must_reject("shifted record"):
        assert_mean(moments, 0.0)
    with must_reject("an estimate without n"):
        assert_mean(SimpleNamespace(value=1.0, stderr=0.01), 0.0)


def test_the_message_states_what_was_measured_and_how_sure_it_is():
    x = np.tile([0.5, 1.5], 500)
    with pytest.raises(Rejected) as caught, LEDGER.pause():
        assert_mean(x, 0.0)
    for part in (
        "measured 1,",
        "exact 0,",
        "standard error 0.0158",
        "z = +63",
        "n = 1000",
        "2.0e-09",
        "0.17",
    ):
        assert part in str(caught.value)


def test_missing_power_fails_and_names_the_samples_needed(normals):
    with pytest.raises(Underpowered, match=r"needs n >= \d+ samples") as caught, LEDGER.pause():
        assert_mean(normals, 0.0, detects=1e-3)
    need = int(str(caught.value).split("n >= ")[1].split()[0])
    assert need == pytest.approx((10.75 / 1e-3) ** 2, rel=0.05)
    with pytest.raises(Underpowered), LEDGER.pause():
        assert_law(normals, stats.norm.cdf, detects=0.01)
    with pytest.raises(Underpowered), LEDGER.pause():
        assert_count(50, 100, 0.5, detects=0.01)


def test_the_promised_error_is_caught(rng_seed):
    """At the smallest detectable error the miss rate is 1e-6: all of 200 are rejected."""
    rng = np.random.default_rng(rng_seed)
    for _ in range(200):
        x = rng.standard_normal(1000)
        smallest = assert_mean(x, 0.0, sigmas=8).smallest
        with pytest.raises(Rejected), LEDGER.pause():
            assert_mean(x + smallest, 0.0, sigmas=8)


def test_heavy_tails_and_too_few_samples_are_refused(rng_seed):
    x = np.random.default_rng(rng_seed).standard_normal(1000)
    with pytest.raises(Underpowered, match="kurtosis"), LEDGER.pause():
        assert_mean(np.exp(4.0 * x), np.exp(8.0))
    with pytest.raises(Underpowered, match="n = 20"), LEDGER.pause():
        assert_mean(x[:20], 0.0)


def test_equal_samples_are_compared_to_rounding():
    assert_mean(np.full(1000, 0.1), 0.1)
    with must_reject("off by 1e-12"):
        assert_mean(np.full(1000, 0.1), 0.1 + 1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_data_that_are_not_finite_are_no_evidence_for_anything(bad):
    x = np.append(np.arange(1000.0), bad)
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(AssertionError, match="no evidence"),
        must_reject("NaN"),
    ):
        assert_mean(x, 0.0)
    with pytest.raises(AssertionError, match="no evidence"), must_reject("NaN"):
        assert_law(x, stats.norm.cdf)


def test_a_law_is_told_from_its_neighbours(normals):
    found = assert_law(normals, stats.norm.cdf, detects=0.03)
    assert found.smallest == pytest.approx(
        (np.sqrt(np.log(2e9)) + np.sqrt(np.log(2e6))) / np.sqrt(2 * N)
    )
    assert_law(normals, stats.norm())
    with must_reject("standard deviation x 1.2"):
        assert_law(1.2 * normals, stats.norm.cdf)
    with must_reject("Student's law with 3 degrees of freedom"):
        assert_law(normals, stats.t(3))


@pytest.mark.parametrize("n, p", [(10_000, 0.5), (10_000, 0.01), (10**9, 2e-9), (200, 0.97)])
def test_the_count_limits_are_the_exact_binomial_ones(n, p):
    law = stats.binom(n, p)
    passing = np.arange(int(law.ppf(1e-13)), int(law.isf(1e-13)) + 1)
    passing = passing[(law.cdf(passing) > 1e-9) & (law.sf(passing - 1) > 1e-9)]
    found = assert_count(passing[[0, -1]], n, p)
    for outside in (passing[0] - 1, passing[-1] + 1):
        if 0 <= outside <= n:
            with pytest.raises(Rejected), LEDGER.pause():
                assert_count(outside, n, p)
    side = found.smallest[0]
    if np.isinf(side):  # no count below, or none above, is rare enough to be rejected
        assert passing[0] == 0 or passing[-1] == n
    else:
        caught = [
            stats.binom(n, p + side).sf(passing[-1]),
            stats.binom(n, p - side).cdf(passing[0] - 1),
        ]
        assert min(caught) == pytest.approx(1 - 1e-6, abs=1e-9)


def test_a_slope_is_judged_with_its_error_and_tolerance():
    assert_order(SimpleNamespace(value=0.52, stderr=0.01), 0.5)
    assert_order((0.62, 0.01), 0.5, tolerance=0.1)
    with must_reject("order 1 for 1/2"):
        assert_order((1.0, 0.01), 0.5)
    with must_reject("a slope outside its tolerance"):
        assert_order((0.9, 0.01), 0.5, tolerance=0.1)
    with pytest.raises(Underpowered, match="needs 4 times"):
        assert_order((0.5, 0.1), 0.5)
    with pytest.raises(AssertionError, match="no evidence"):
        assert_order((np.nan, 0.01), 0.5)


def test_bits_see_dtype_shape_sign_of_zero_and_the_last_ulp():
    x = np.array([[0.0, 1.0], [np.nan, -np.inf]])
    assert assert_same_bits(x, x.copy(), np.asfortranarray(x), x[::1]) == bits(x)
    y = x.copy()
    y[0, 1] = np.nextafter(1.0, 2.0)
    for other in (
        y,
        x.astype(np.float32),
        x.reshape(4),
        x.reshape(2, 2, 1),
        np.where(x == 0, -0.0, x),
        x[:1],
    ):
        with must_reject("other bits"):
            assert_same_bits(x, x, other)
    with pytest.raises(
        Rejected, match="argument 1 differ from argument 0: 1 of 4 differ, first at 1"
    ):
        assert_same_bits(x, y)
    with must_reject("an empty array of another type"):
        assert_same_bits(np.empty(0), np.empty(0, dtype=int))
    with pytest.raises(TypeError):
        assert_same_bits(x)
    with pytest.raises(TypeError):
        bits([object()])


def test_a_negative_control_that_passes_or_is_hardly_rejected_fails(normals):
    with pytest.raises(AssertionError, match="no teeth"), must_reject("the right data"):
        assert_mean(normals, 0.0)
    with pytest.raises(AssertionError, match="20 are due"), must_reject("a small shift"):
        assert_mean(np.tile([0.9, 1.1], 500), 0.98)


def test_lack_of_power_is_no_rejection(normals):
    with pytest.raises(Underpowered), must_reject("an assertion without power"):
        assert_mean(normals + 1.0, 0.0, detects=1e-9)
