"""An intraday file as users have it, in at most six lines of public API."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from evidence import assert_mean, must_reject

import stochcalc as sc

SIGMA = 0.2  # of a year of 252 sessions
DAYS = 150  # so many that the kurtosis of a sample says something
BARS = 391


@pytest.fixture
def file(tmp_path, rng_seed):
    """Days of minutes of two symbols: packed, decimal commas, date and time apart.

    The log price is 0.2 times Brownian motion within sessions of 1/252 of a year, whose integrated
    variance is 0.04/252; it moves by 2 % over every night, up or down.
    """
    W = sc.brownian(DAYS / 252.0, DAYS * (BARS - 1), rng=rng_seed).values[0]
    nights = 0.02 * np.cumsum(1.0 - 2.0 * (np.arange(DAYS) % 3 == 1))
    lines = ["symbol;date;time;price;note"]
    for day in range(DAYS):
        date = np.datetime64("2024-01-01") + (day + 2 * (day // 5))
        for minute in range(BARS):
            x = SIGMA * W[day * (BARS - 1) + minute] + nights[day]
            clock = f"{(570 + minute) // 60:02d}:{(570 + minute) % 60:02d}"
            price = f"{100.0 * np.exp(x):.8f}".replace(".", ",")
            lines.append(f"XYZ;{date};{clock};{price};a, b")
            if minute % 50 == 0:
                lines.append(f"OLD;{date};{clock};7,0;")
    path = tmp_path / "minutes.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_an_intraday_file_is_six_lines_and_its_integrated_variance_is_right(file):
    # ---- the lines
    series = sc.read_csv(
        file, "price", time=("date", "time"), decimal=",", where={"symbol": "XYZ"}, positive=True
    )
    report = sc.volatility(series, per_year=252 * 390)
    daily = report.sessions.realized.value
    # ----
    assert report.sessions.count == DAYS and report.dates_per_year == 252 * 390
    assert_mean(daily, SIGMA**2 / 252, detects=0.2 * SIGMA**2 / 252, sigmas=7)
    for name in ("realized", "bipower", "medrv"):
        assert_mean(report.annual[name], SIGMA, detects=0.1 * SIGMA, sigmas=7)
    with must_reject("a year with as many sessions as days"):
        assert_mean(sc.volatility(series, per_year=365 * 390).annual["realized"], SIGMA)
    np.testing.assert_allclose(np.abs(report.sessions.opening[1:]), 0.02, rtol=1e-5)
    assert report.sessions.between.value == pytest.approx((DAYS - 1) * 0.02**2, rel=1e-5)
    assert not report.jumps.found[report.sessions.first].any()
    with must_reject("the nights as one step each"):
        squares = np.diff(np.log(series.values)) ** 2
        days = np.add.reduceat(squares, np.arange(0, len(squares), BARS))
        assert_mean(days[:-1], SIGMA**2 / 252)  # no night follows the last
