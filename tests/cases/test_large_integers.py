"""Whole numbers that float64 rounds, and dates: subtracted before they become floats, or refused.

Times in nanoseconds since 1970 are of this size. All right values are differences of integers.
"""

from __future__ import annotations

import datetime

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.engine import arrays

FIRST = 1_706_572_800_000_000_000  # nanoseconds from 1970 to 2024-01-30
NEAREST = 256  # the distance between neighbouring float64 there
ESTIMATORS = ["bipower", "minrv", "medrv"]  # the others hardly depend on times


@pytest.fixture
def x(rng_seed):
    return np.cumsum(np.random.default_rng(rng_seed).normal(0.0, 0.01, 401))


def uneven(step: int, n: int = 401):
    """Times in whole numbers from 0 on, whose steps are one and two times `step` in turn."""
    return np.concatenate([[0], np.cumsum(np.where(np.arange(n - 1) % 2, 2 * step, step))])


def test_values_beyond_the_whole_numbers_of_float64_have_exact_differences():
    assert sc.quadratic_variation([2**60, 2**60 + 1, 2**60 + 3]).value == 5.0
    assert sc.quadratic_variation([[2**60, 2**60 + 1], [5, 2]]).value.tolist() == [1.0, 9.0]
    assert sc.power_variation([2**60, 2**60 + 1, 2**60 + 3], 1.0).value == 3.0
    down = [-(2**60), 1 - 2**60, -(2**60)]
    assert sc.covariation([2**60, 2**60 + 1, 2**60 + 3], down).value == -1.0
    top = np.array([2**64 - 1, 2**64 - 4, 2**64 - 2], dtype=np.uint64)
    assert sc.quadratic_variation(top).value == 13.0
    whole_range = [-(2**63), -(2**63) + 1, -(2**63) + 3]
    assert sc.quadratic_variation(whole_range).value == 5.0
    assert sc.quadratic_variation(np.array(whole_range, dtype=object)).value == 5.0


def test_the_spot_variance_and_the_jumps_of_such_values_are_those_of_their_differences(rng_seed):
    small = np.cumsum(np.random.default_rng(rng_seed).integers(-5000, 5000, 200))
    small[150:] += 500_000
    large = small + 2**61
    spot = sc.spot_variance(large, window=20).value
    np.testing.assert_array_equal(spot, sc.spot_variance(small, window=20).value)
    assert sc.detect_jumps(large, window=30).index.tolist() == [150]
    assert sc.jump_test(large).statistic == sc.jump_test(small).statistic


@pytest.mark.parametrize("step", [300, 100])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_times_in_nanoseconds_count_as_their_distances(x, step, estimator):
    t = uneven(step)
    assert not np.array_equal(np.diff((FIRST + t).astype(float)), np.diff(t)), "rounding shows"
    exact = sc.quadratic_variation(x, t, estimator=estimator)
    for times in (FIRST + t, (FIRST + t).astype(np.uint64), (FIRST + t).tolist()):
        found = sc.quadratic_variation(x, times, estimator=estimator)
        assert (found.value, found.stderr) == (exact.value, exact.stderr)
    rounded = sc.quadratic_variation(x, NEAREST * 2.0 * np.arange(401.0), estimator=estimator)
    assert rounded.stderr != exact.stderr, "the test could not tell"


def test_times_that_do_not_increase_are_named_by_their_digits():
    with pytest.raises(ValueError, match=rf"t\[2\]={FIRST} follows t\[1\]={FIRST + 1}:"):
        sc.quadratic_variation([0.0, 1.0, 2.0], [FIRST, FIRST + 1, FIRST])


def test_dates_of_every_kind_count_as_days(x):
    t = uneven(300)  # seconds
    exact = sc.spot_variance(x, t / 86400.0, window=50).value
    start = datetime.datetime(2024, 1, 30)
    zone = datetime.timezone(datetime.timedelta(hours=5))
    python = [start + datetime.timedelta(seconds=int(s)) for s in t]
    kinds = {
        "seconds": np.datetime64("2024-01-30") + t.astype("m8[s]"),
        "nanoseconds": np.datetime64("2024-01-30", "ns") + t.astype("m8[s]"),
        "Python's": python,
        "with a time zone": [moment.replace(tzinfo=zone) for moment in python],
    }
    for name, times in kinds.items():
        found = sc.spot_variance(x, times, window=50).value
        np.testing.assert_allclose(found, exact, rtol=1e-12, err_msg=name)
    mixed = [start, start.replace(tzinfo=zone) + datetime.timedelta(1)]
    with pytest.raises(TypeError, match=r"t has dates with a time zone and dates without"):
        sc.quadratic_variation([0.0, 1.0], mixed)
    with pytest.raises(ValueError, match=r"t\[1\] is missing \(NaT\)"):
        sc.quadratic_variation([0.0, 1.0], np.array(["2024-01-30", "NaT"], "M8[D]"))
    with pytest.raises(ValueError, match=r"t must increase, but t\[1\]=2024-01-29"):
        sc.quadratic_variation([0.0, 1.0], np.array(["2024-01-30", "2024-01-29"], "M8[D]"))


def test_time_stamps_of_pandas_count_as_days(x):
    pd = pytest.importorskip("pandas")
    exact = sc.spot_variance(x, np.arange(401) / 288.0, window=50).value
    for zone in (None, "America/New_York"):
        index = pd.date_range("2024-01-30", periods=401, freq="5min", tz=zone)
        for times in (index, pd.Series(index), list(index)):
            found = sc.spot_variance(x, times, window=50).value
            np.testing.assert_allclose(found, exact, rtol=1e-12)


REFUSED = {
    "times of a partition": (
        lambda: sc.Partition([FIRST, FIRST + 300]),
        r"times\[1\]=1706572800000000300 is a whole number that float64 would round to "
        r"1706572800000000256: subtract a number near it first",
    ),
    "x0": (lambda: sc.solve(sc.models.ou(1.0, 0.0, 1.0), [2**60 + 1], 1.0, n=2), r"x0\[0\]=1152"),
    "data": (lambda: sc.score.Empirical([[2**60 + 1]]), r"data\[0, 0\]=11529.* would round to"),
    "a table": (
        lambda: sc.SDE(lambda t, x, r: r[0], lambda t, x, r: r[1], args=(np.array([2**60 + 1]),)),
        r"args\[0\]\[0\]=1152.* would round",
    ),
    "values too far apart": (
        lambda: sc.quadratic_variation([0, 2**60, 2**60 + 1]),
        r"x\[2\]=1152921504606846977 is .* so far above the lowest, 0,",
    ),
    "values beyond 64 bits": (
        lambda: sc.quadratic_variation([2**70, 2**70 + 1]),
        r"x has 1180591620717411303425, a whole number beyond 64 bits: give floats",
    ),
    "of both signs": (
        lambda: sc.quadratic_variation([2**63, -1]),
        r"x has 9223372036854775808, a whole number beyond 64 bits",
    ),
    "beside floats": (
        lambda: sc.quadratic_variation([2**60, 2**60 + 1, 0.5]),
        r"x has 1152921504606846977, a whole number that float64 would round, beside floats",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_whole_numbers_are_not_rounded_in_silence(case):
    call, pattern = REFUSED[case]
    with pytest.raises(ValueError, match=pattern):
        call()


def test_the_remedies_run_as_they_are_written():
    times = [FIRST, FIRST + 300, FIRST + 900]
    with pytest.raises(ValueError, match=r"np\.asarray\(times\) - 1706572800000000300"):
        sc.Partition(times)
    grid = sc.Partition(np.asarray(times) - 1706572800000000300)
    assert grid.steps.tolist() == [300.0, 600.0]
    assert sc.Partition(np.asarray(times, dtype=float)).n == 2


def test_whole_numbers_that_float64_holds_stay_what_they_are():
    exact = np.array([0, 2**53, 2**53 + 2, 2**62, -(2**63)])
    assert arrays.as_floats("x", exact).tolist() == exact.tolist()
    assert arrays.as_floats("x", np.array([2**63, 2**64 - 2**11], dtype=np.uint64)).dtype == float


@pytest.mark.parametrize("bits", [54, 57, 60, 62])
def test_rounded_whole_numbers_are_found_as_integers_of_python_find_them(bits, rng_seed):
    values = np.random.default_rng(rng_seed).integers(-(2**bits), 2**bits, 300)
    values[::3] &= -(2**10)  # some of them are float64
    for value in values.tolist():
        place = arrays.find_rounded(np.array([value]), np.array([float(value)]))
        assert (place is None) == (int(float(value)) == value), value


def test_small_numbers_beside_large_ones_are_not_taken_for_rounded():
    values = np.array([2**60, 3, 1, -7, 2**53 + 1])
    floats = values.astype(float)
    assert arrays.find_rounded(values[:4], floats[:4]) is None
    assert arrays.find_rounded(values, floats) == (4,)


def test_the_report_of_such_values_is_that_of_their_differences(rng_seed):
    small = np.cumsum(np.random.default_rng(rng_seed).integers(-5000, 5000, 200))
    found = sc.volatility(small + 2**61, log=False)
    for name, estimate in sc.volatility(small, log=False).variation.items():
        assert found.variation[name].value == pytest.approx(estimate.value, rel=1e-9), name
