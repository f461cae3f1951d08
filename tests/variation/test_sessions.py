"""Sessions of trading: found by their gaps, measured apart, and counted by the year."""

from __future__ import annotations

import re

import numpy as np
import pytest
from evidence import assert_count, assert_mean, must_reject

import stochcalc as sc
from stochcalc.cli import main
from stochcalc.variation.sessions import count_per_year, find_gaps, join_sessions

MINUTE = np.timedelta64(1, "m")
DAY = np.timedelta64(1, "D")
MONDAY = np.datetime64("2024-01-29T09:30")


def minutes(days: int, bars: int = 391, step: int = 1, start=MONDAY):
    """The times of so many trading days, without weekends, of `bars` prices each."""
    session = np.arange(bars) * step * MINUTE
    opens = [start + (day + 2 * (day // 5)) * DAY for day in range(days)]
    return np.concatenate([opening + session for opening in opens]).astype("M8[us]")


def series(times, x):
    return sc.Series("price", np.exp(x), times, tuple(map(str, times)))


def walk(rng, times, sigma: float = 0.001, night: float = 0.01):
    """A path with normal returns of size sigma, and returns of +-`night` over gaps."""
    gaps = find_gaps(times)
    returns = sigma * rng.standard_normal(len(gaps))
    returns[gaps] = night * rng.choice([-1.0, 1.0], gaps.sum())
    return np.concatenate([[0.0], np.cumsum(returns)])


GRIDS = {  # times, gaps, steps a year as they should be
    "one day of minutes": (minutes(1), 0, 252 * 390),
    "four days of minutes": (minutes(4), 3, 252 * 390),
    "a year of minutes": (minutes(252, 79, 5), 251, 252 * 78),
    "hours": (minutes(15, 7, 60), 14, 252 * 6),
    "a missing quarter of an hour": (np.delete(minutes(4), np.arange(100, 114)), 3, 252 * 390),
    "days": (MONDAY + np.array([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14]) * DAY, 0, 252),
    "days with a week off": (MONDAY + np.array([0, 1, 2, 3, 4, 14, 15, 16]) * DAY, 0, 252),
    "days with weekends": (MONDAY + np.arange(60) * DAY, 0, 365.2425),
    "two years of days": (minutes(522, 1), 0, 261.0),
    "months": (np.arange("2020-01", "2024-01", dtype="M8[M]").astype("M8[us]"), 0, 12.0),
    "minutes day and night": (MONDAY + np.arange(3000) * MINUTE, 0, 365.2425 * 1440),
    "minutes of a currency, by weeks": (
        (MONDAY + np.arange(3)[:, None] * 7 * DAY + np.arange(7200) * MINUTE).ravel(),
        2,
        365.2425 / 7 * 7200,
    ),
    "every session, Saturdays too": (minutes(2, 100, start=MONDAY + 5 * DAY), 1, 365.2425 * 99),
}


@pytest.mark.parametrize("case", GRIDS)
def test_gaps_are_found_and_steps_counted_by_the_year(case):
    times, number, rate = GRIDS[case]
    times = times.astype("M8[us]")
    gaps = find_gaps(times)
    assert gaps.sum() == number
    counted, _ = count_per_year(times, gaps)
    assert counted == pytest.approx(rate, rel=0.01)


def test_times_that_are_numbers_have_gaps_but_no_year():
    seconds = (minutes(4) - MONDAY) / np.timedelta64(1, "s")
    assert find_gaps(seconds).sum() == 3 and count_per_year(seconds, find_gaps(seconds)) is None
    assert find_gaps(seconds.astype(np.int64) * 10**9 + 2**60).sum() == 3
    # Ticks whose distances have a heavy tail: steps of all lengths, none of them a gap.
    lengths = (np.arange(1, 3001) / 3000.0) ** -1.5
    ticks = np.cumsum(lengths[np.argsort(np.sin(np.arange(3000.0) ** 2))])
    assert (np.diff(ticks) > 20 * np.quantile(np.diff(ticks), 0.8)).any()
    assert not find_gaps(ticks).any()
    assert not find_gaps(np.arange(100.0)).any() and not find_gaps(None).any()


def test_the_path_without_its_gaps_has_the_returns_within_them(rng_seed):
    rng = np.random.default_rng(rng_seed)
    times = minutes(3, 50)
    x = walk(rng, times)
    gaps = find_gaps(times)
    path, place = join_sessions(x, gaps)
    np.testing.assert_allclose(np.diff(path), np.diff(x)[~gaps], atol=1e-15)
    np.testing.assert_array_equal(place, np.delete(np.arange(150), [50, 100]))


def test_variances_within_sessions_and_over_gaps_are_sums_of_their_squares(rng_seed):
    rng = np.random.default_rng(rng_seed)
    times = minutes(4)
    x = walk(rng, times)
    found = sc.volatility(series(times, x), per_year=252 * 390)
    sessions = found.sessions
    assert sessions.count == 4 and sessions.returns.tolist() == [390] * 4
    days = x.reshape(4, 391)
    squares = np.sum(np.diff(days, axis=1) ** 2, axis=1)
    np.testing.assert_allclose(sessions.realized.value, squares, rtol=1e-9)
    fourth = np.sum(np.diff(days, axis=1) ** 4, axis=1)
    np.testing.assert_allclose(sessions.realized.stderr, np.sqrt(2 / 3 * fourth), rtol=1e-9)
    assert sessions.within.value == pytest.approx(squares.sum(), rel=1e-9)
    assert found.variation["realized"].value == sessions.within.value
    nights = days[1:, 0] - days[:-1, -1]
    np.testing.assert_allclose(sessions.opening[1:], nights, rtol=1e-9)
    assert sessions.between.value == pytest.approx(np.sum(nights**2), rel=1e-9)
    whole = sc.volatility(series(times, x), per_year=252 * 390, sessions=False)
    together = sessions.within.value + sessions.between.value
    assert whole.sessions is None
    assert whole.variation["realized"].value == pytest.approx(together, rel=1e-9)
    assert sessions.share_between == pytest.approx(np.sum(nights**2) / together)
    assert found.rolling.value.shape == x.shape
    assert np.isnan(found.rolling.value[[391, 782, 1173]]).all()
    assert np.isfinite(found.rolling.value[392:782]).all()


def test_the_annual_volatility_is_that_of_the_sessions(rng_seed):
    rng = np.random.default_rng(rng_seed)
    times = minutes(100, 79, 5)
    daily = 0.2**2 / 252  # the integrated variance of a session
    x = walk(rng, times, np.sqrt(daily / 78), night=0.02)
    found = sc.volatility(series(times, x), per_year=252 * 78)
    assert_mean(found.sessions.realized.value, daily, detects=0.3 * daily, sigmas=7)
    for name in ("realized", "bipower", "medrv"):
        assert_mean(found.annual[name], 0.2, detects=0.03, sigmas=7)
    with must_reject("a year with as many sessions as days", min_z=12):
        assert_mean(sc.volatility(series(times, x), per_year=365 * 78).annual["realized"], 0.2)
    with must_reject("nights counted as steps"):
        whole = sc.volatility(series(times, x), per_year=252 * 78, sessions=False)
        squares = np.add.reduceat(np.diff(whole.x) ** 2, np.arange(0, 100 * 79, 79))
        assert_mean(squares[:-1], daily)  # no night follows the last


def test_openings_are_no_jumps_unless_nights_are_counted_as_steps(rng_seed):
    rng = np.random.default_rng(rng_seed)
    times = minutes(10, 79, 5)
    x = walk(rng, times, night=0.0)
    openings = np.arange(79, 790, 79)
    x += 0.02 * np.searchsorted(openings, np.arange(790), side="right")  # 20 sigma every night
    found = sc.volatility(series(times, x))
    assert not found.jumps.found[openings].any() and np.isnan(found.jumps.statistic[openings]).all()
    whole = sc.volatility(series(times, x), sessions=False)
    assert whole.jumps.found[openings].all()
    x[400:] += 0.02  # and one within a session
    jump = sc.volatility(series(times, x)).jump_table
    assert str(times[400]) in [label for label, _, _ in jump]


def test_without_jumps_sessions_show_one_with_the_probability_asked_for(rng_seed):
    rng = np.random.default_rng(rng_seed)
    times = minutes(3, 60)
    count = 0
    for _ in range(300):
        x = walk(rng, times, night=0.05)
        count += bool(sc.volatility(series(times, x), level=0.2).jump_table)
    assert_count(count, 300, 0.2, detects=0.35, alpha=1e-11)


def test_sessions_are_asked_for_where_there_are_none():
    with pytest.raises(ValueError, match=r"sessions=True, but series shows none: it has no times"):
        sc.volatility(np.arange(1.0, 100.0), sessions=True)
    days = MONDAY + np.arange(60) * DAY
    with pytest.raises(ValueError, match=r"sessions=True, but price shows none: no step"):
        sc.volatility(series(days, np.sin(np.arange(60.0))), sessions=True)
    with pytest.raises(TypeError, match=r"sessions='yes' must be True or False"):
        sc.volatility(np.arange(1.0, 100.0), sessions="yes")


def test_a_year_has_as_many_nights_as_sessions():
    times = minutes(4, 100)
    x = np.concatenate([np.arange(100) % 2 * 0.001 + 0.02 * day for day in range(4)])
    text = str(sc.volatility(series(times, x), per_year=252 * 99))
    # sqrt(252 99) 0.001 = 15.8 %, and each night moves by 0.02 - 0.001: sqrt(252) 0.019 = 30.2 %
    for pattern in (
        r"within the sessions +396 .* 15\.8 %",
        r"over the gaps between +3 .* 30\.2 %",
        r"both .* 34\.0 %",
    ):
        assert re.search(pattern, text), pattern


@pytest.fixture
def written(tmp_path, rng_seed):
    """A function that writes four days of minutes to a file, with this name for the prices."""

    def write(name: str = "price"):
        times = minutes(4)
        x = walk(np.random.default_rng(rng_seed), times)
        lines = (f"{t},{100 * np.exp(v):.6f}" for t, v in zip(times, x, strict=True))
        file = tmp_path / "minutes.csv"
        file.write_text(f"when,{name}\n" + "\n".join(lines))
        return file

    return write


def test_the_command_advises_trading_days_and_lists_the_sessions(written, capsys):
    command = ["qv", str(written()), "--column", "price", "--time", "when"]
    assert main(command) == 0
    text = capsys.readouterr().out
    assert "WARNING: the dates come 98280 a year (390 a day, on 252 days)" in text
    assert "--per-year 98280" in text and "4 sessions are kept apart" in text
    assert text.count("\n  2024-0") >= 4 and "over the gaps between" in text
    assert main([*command, "--per-year", "98280", "--sessions"]) == 0
    assert "WARNING" not in capsys.readouterr().out
    assert main([*command, "--per-year", "98280", "--no-sessions"]) == 0
    text = capsys.readouterr().out
    assert "WARNING" not in text and "sessions" not in text


@pytest.mark.parametrize("name", [r"$\frac$", "$x_{$", "A$B$C", "n" * 300, "\x1b[31mred"])
def test_any_name_of_a_column_is_drawn_and_printed_as_it_is(written, tmp_path, name, capsys):
    picture = tmp_path / "out.png"
    command = ["qv", str(written(name)), "--column", name, "--time", "when"]
    assert main([*command, "--plot", str(picture)]) == 0
    text = capsys.readouterr().out
    assert picture.exists() and "\x1b" not in text
    if name.isprintable():
        assert text.startswith(f"{name}: 1564 observations")


def test_a_picture_with_a_name_that_no_file_has_is_refused(written, capsys):
    command = ["qv", str(written()), "--column", "price", "--plot", "n" * 300 + ".png"]
    with pytest.raises(SystemExit) as stop:
        main(command)
    assert stop.value.code == 2
    assert "choose another name" in capsys.readouterr().err
