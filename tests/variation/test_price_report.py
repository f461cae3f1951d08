"""A real price series end to end: the report, the command line, and files users really have."""

from __future__ import annotations

import os

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.cbook import get_sample_data

import stochcalc as sc
from stochcalc import plot
from stochcalc.cli import main

JUMPS = [
    "2005-10-21",
    "2006-01-20",
    "2006-10-20",
    "2007-07-20",
    "2008-04-18",
    "2008-07-18",
    "2008-09-29",
    "2008-10-13",
]


@pytest.fixture(scope="module")
def goog(tmp_path_factory):
    """Google's daily prices, 2004 to 2008, as a CSV file; and as arrays."""
    prices = get_sample_data("goog.npz")["price_data"]
    file = tmp_path_factory.mktemp("prices") / "goog.csv"
    file.write_text(
        "Date,Close\n" + "\n".join(f"{row['date']},{row['adj_close']}" for row in prices)
    )
    return file, prices["date"], np.log(prices["adj_close"])


@pytest.fixture(scope="module")
def stocks():
    """Monthly prices of several shares with comments, gaps and a row without any, as Matplotlib
    ships them.
    """
    return os.fspath(get_sample_data("Stocks.csv", asfileobj=False))


def test_the_report_on_a_real_share_holds_the_numbers_of_its_parts(goog):
    file, _, x = goog
    found = sc.volatility(sc.read_csv(file, "Close", time="Date"))
    n = len(x) - 1
    assert n == 1046
    realized = np.sum(np.diff(x) ** 2)
    assert found.variation["realized"].value == pytest.approx(realized, rel=1e-12)
    assert found.annual["realized"].value == pytest.approx(np.sqrt(252 * realized / n), rel=1e-12)
    assert found.annual["realized"].value == pytest.approx(0.3751, abs=5e-5)
    assert found.annual["medrv"].value == pytest.approx(0.3293, abs=5e-5)
    for name, q in found.variation.items():
        year = found.annual[name]
        assert year.low < year.value < year.high and year.low == pytest.approx(
            np.sqrt(252 * q.low / n)
        )
        assert year.stderr == pytest.approx(q.stderr * np.sqrt(252 / n) / (2 * np.sqrt(q.value)))
    assert found.test.share == pytest.approx(0.1371, abs=5e-5) and found.test.pvalue < 1e-4
    window = x[-22:]
    assert found.rolling.value[-1] == pytest.approx(
        np.sqrt(252 / 21 * np.sum(np.diff(window) ** 2)), rel=1e-12
    )
    assert np.isnan(found.rolling.value[:21]).all() and np.isfinite(found.rolling.value[21:]).all()


def test_the_jumps_of_a_real_share_fall_on_known_days(goog):
    file, dates, _ = goog
    found = sc.volatility(sc.read_csv(file, "Close", time="Date"))
    assert [day for day, _, _ in found.jump_table] == JUMPS
    day = {label: (step, ratio) for label, step, ratio in found.jump_table}
    assert day["2008-04-18"][0] == pytest.approx(0.1823, abs=5e-5) and day["2008-04-18"][
        1
    ] == pytest.approx(6.76, abs=5e-3)
    assert list(dates[found.jumps.index].astype(str)) == JUMPS


def test_the_command_prints_the_report_and_draws_it(goog, tmp_path, capsys):
    file, _, _ = goog
    picture = tmp_path / "vol.png"
    open_before = plt.get_fignums()
    command = ["qv", str(file), "--column", "Close", "--time", "Date", "--plot", str(picture)]
    assert main(command) == 0
    text = capsys.readouterr().out
    for piece in (
        "1047 observations, 2004-08-19 to 2008-10-14",
        "37.5 %",
        "13.7 % of the quadratic variation",
        *JUMPS,
        *sc.ESTIMATORS,
        "rolling volatility of 21 returns",
        "986 returns",
        "the first 60 returns, to 2004-11-12, are not tested",
    ):
        assert piece in text
    assert picture.read_bytes().startswith(b"\x89PNG") and plt.get_fignums() == open_before
    with pytest.raises(SystemExit) as stop:
        main(command)
    assert stop.value.code == 2 and "--force" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0


def test_the_picture_of_the_command_names_the_file_beside_the_column(goog, tmp_path):
    file, _, _ = goog
    picture = tmp_path / "vol.svg"
    with plt.rc_context({"svg.fonttype": "none"}):  # letters stay letters
        assert main(["qv", str(file), "--column", "Close", "--plot", str(picture)]) == 0
    assert f">{file.name}, Close<" in picture.read_text(encoding="utf-8")


def test_a_file_with_gaps_is_refused_by_row_until_they_are_dropped_and_counted(stocks, capsys):
    command = [
        "qv",
        stocks,
        "--column",
        "IBM",
        "--time",
        "Date",
        "--per-year",
        "12",
        "--window",
        "12",
    ]
    with pytest.raises(SystemExit) as stop:
        main(command)
    error = capsys.readouterr().err
    assert (
        stop.value.code == 2 and "row 5" in error and "IBM" in error and "--drop-missing" in error
    )
    assert main([*command, "--drop-missing"]) == 0
    text = capsys.readouterr().out
    assert "rows without a value left out" in text and "12 a year" in text


def test_differences_are_measured_without_logarithms(goog, capsys):
    file, _, _ = goog
    assert (
        main(
            [
                "qv",
                str(file),
                "--column",
                "Close",
                "--no-log",
                "--confidence",
                "0.9",
                "--window",
                "63",
            ]
        )
        == 0
    )
    text = capsys.readouterr().out
    assert "differences" in text and "90 % interval" in text and "row 2 to row 1048" in text
    assert "%" not in text.split("rolling")[1].split("realized against")[0]


@pytest.mark.parametrize(
    "arguments, names",
    [
        ([], "FILE.csv"),
        (["{file}"], "--column"),
        (["{file}", "--column", "Clse"], "did you mean 'Close'"),
        (["{file}", "--column", "Close", "--per-year", "0"], "--per-year"),
        (["{file}", "--column", "Close", "--per-year", "x"], "'x'"),
        (["{file}", "--column", "Close", "--window", "1"], "--window"),
        (["{file}", "--column", "Close", "--window", "5000"], "window=5000"),
        (["{file}", "--column", "Close", "--confidence", "95"], "--confidence"),
        (["{file}", "--column", "Close", "--plot", "out.txt"], "out.txt"),
        (["{file}", "--column", "Close", "--plot", "/no/such/folder/out.png"], "/no/such/folder"),
        (["{file}", "--column", "Close", "--delimiter", ";"], "delimiter"),
        (["{file}", "--column", "Date"], "row 2"),
        (["{file}", "--column", "Close", "--time", "Day"], "'Day'"),
        (["nowhere.csv", "--column", "Close"], "nowhere.csv"),
        (
            ["{file}", "--column", "Close", "--time", "Date", "--date-format", "%d/%m/%Y"],
            "--date-format",
        ),
    ],
)
def test_bad_usage_is_status_two_and_names_what_was_wrong(goog, arguments, names, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["qv", *(argument.format(file=goog[0]) for argument in arguments)])
    assert stop.value.code == 2 and names in capsys.readouterr().err


def test_the_plot_takes_its_axes_and_returns_them(goog):
    found = sc.volatility(sc.read_csv(goog[0], "Close"))
    with plot.style():
        _, ax = plt.subplots()
        assert found.plot(ax) is ax
        plt.close("all")


def test_a_series_that_moves_every_fifth_day_is_reported_without_the_test_it_does_not_allow(
    tmp_path, capsys
):
    moves = np.where(np.arange(200) % 5 == 0, 1.01 ** np.sin(np.arange(200.0)), 1.0)
    file = tmp_path / "stale.csv"
    file.write_text(
        "Close\n" + "\n".join(f"{price!r}" for price in (100 * np.cumprod(moves)).tolist())
    )
    picture = tmp_path / "stale.png"
    assert main(["qv", str(file), "--column", "Close", "--plot", str(picture)]) == 0
    text = capsys.readouterr().out
    assert (
        "no test: prices repeat so often" in text
        and "realized" in text
        and "0 jumps in" in text
        and picture.exists()
    )


def test_a_shorter_window_reaches_an_early_jump(goog, capsys):
    assert (
        main(["qv", str(goog[0]), "--column", "Close", "--time", "Date", "--jump-window", "40"])
        == 0
    )
    text = capsys.readouterr().out
    assert "2004-10-22" in text and "+14." in text


def test_dates_that_come_more_rarely_than_was_said_are_noticed(stocks, capsys):
    command = ["qv", stocks, "--column", "IBM", "--time", "Date", "--drop-missing"]
    assert main(command) == 0
    assert "WARNING: the dates come 12 a year" in capsys.readouterr().out
    assert main([*command, "--per-year", "12"]) == 0
    assert "WARNING" not in capsys.readouterr().out


def test_a_file_with_the_newest_row_first_is_read_backwards_when_asked(capsys):
    newest_first = os.fspath(get_sample_data("msft.csv", asfileobj=False))
    command = [
        "qv",
        newest_first,
        "--column",
        "Close",
        "--time",
        "Date",
        "--date-format",
        "%d-%b-%y",
    ]
    with pytest.raises(SystemExit):
        main(command)
    assert "--reverse" in capsys.readouterr().err
    assert main([*command, "--reverse"]) == 0
    assert "19-Jun-03 to 19-Sep-03" in capsys.readouterr().out


def test_prices_in_an_array_are_reported_as_well(goog):
    _, _, x = goog
    found = sc.volatility(np.exp(x))
    assert found.annual["realized"].value == pytest.approx(0.3751, abs=5e-5)
    assert found.jump_table[0][0] == "observation 297"


PRICES = np.exp(np.sin(np.arange(60.0)))
NAMES = tuple(map(str, range(60)))
NAN = np.where(np.arange(60) == 7, np.nan, PRICES)


@pytest.mark.parametrize(
    "series, pattern",
    [
        (sc.Series("p", PRICES, None, ("one",)), r"series\.labels has 1 entries and .* has 60"),
        (sc.Series("p", PRICES, np.arange(59.0), NAMES), r"series\.times has 59 entries"),
        (sc.Series("p", PRICES, -np.arange(60.0), NAMES), r"series\.times must not decrease, but"),
        (sc.Series("p", NAN, None, NAMES), r"series\.values\[7\]=nan must be finite"),
        (sc.Series("p", PRICES[None], None, NAMES), r"series\.values has shape \(1, 60\)"),
    ],
)
def test_a_series_whose_parts_do_not_fit_is_refused(series, pattern):
    with pytest.raises(ValueError, match=pattern):
        sc.volatility(series)


def test_windows_may_have_all_returns_but_one(rng_seed):
    """A jump test needs one return beside its window, and an estimate of volatility none."""
    x = np.cumsum(np.random.default_rng(rng_seed).standard_normal(61)) / 100
    series = sc.Series("Close", np.exp(x), None, tuple(f"row {k}" for k in range(61)))
    found = sc.volatility(series, window=60, jump_window=59)
    assert np.isfinite(found.variation["realized"].value)
    for windows, name in (({"jump_window": 60}, "jump_window=60"), ({"window": 61}, "window=61")):
        with pytest.raises(ValueError, match=name):
            sc.volatility(series, **windows)
