"""Malformed CSV files are refused by row and column, with a remedy."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from csv_files import PRICES, at, both, close, daily, rows, semicolon, space, tab, x

from stochcalc.variation import csv_series as series
from stochcalc.variation.csv_series import read_csv

drop = {"drop_missing": True}
positive = {"positive": True}
year = {"date_format": "%Y"}


class Malformed(NamedTuple):
    """What a file holds, the arguments to read it with, and what the ValueError must say."""

    content: str | bytes
    arguments: dict[str, object]
    pattern: str


bad = Malformed  # one row of a table


LONG = "x" * 300
WIDE = ",".join(f"column {i} \u00e9\t{'y' * 90}" for i in range(60))
WHOLE = {  # no single column is concerned
    "nothing": bad("", x, r"row 1: the file ends without a header: its first line must name"),
    "blank lines only": bad("\n\n  \n", x, r"row 4: the file ends without a header"),
    "comments only": bad("# x\n# y\n", x, r"row 3: the file ends without a header"),
    "latin-1": bad(daily("1", "2 ö").encode("latin-1"), x, r"row 3: the byte 0xf6 .*CSV UTF-8"),
    "latin-1 in a comment": bad(
        b"# caf\xe9\n" + PRICES.encode(), close, r"row 1: the byte 0xe9 .*CSV UTF-8"
    ),
    "utf-16": bad(PRICES.encode("utf-16"), close, r"row 1: the byte 0xf[ef] .*CSV UTF-8"),
    "utf-16 without a mark": bad(PRICES.encode("utf-16-le"), close, r"row 1: NUL.*CSV UTF-8"),
    "a zip": bad(b"PK\x03\x04\x14\x00\x06\x00\n\x08\xfe", close, r"row 1: NUL.*CSV UTF-8"),
    "NUL": bad(daily("1", "2\0", "3"), x, r"row 3: NUL.*CSV UTF-8"),
    "an encoded surrogate": bad(b"x\n1\n\xed\xa0\x80\n", x, r"row 3: the byte 0xed .*CSV UTF-8"),
    "semicolons": bad(
        "#\nDate;Close\n1;2\n", close, r"row 2: 'Date;Close' .*give delimiter=';' \(--delimiter\)"
    ),
    "tabs": bad(
        "Date\tClose\n1\t2\n",
        close,
        r"row 1: 'Date\\tClose' .*give delimiter='\\t' \(--delimiter\)",
    ),
    "commas": bad(
        PRICES, close | semicolon, r"row 1: 'Date,Close' .*give delimiter=',' \(--delimiter\)"
    ),
    "a field too many": bad(
        daily("1", "2,5", "3"),
        x,
        r"row 3: 3 field\(s\), but 2 in the header: .*',' .*double quotes",
    ),
    "a field too few": bad(
        daily("1", "2") + "2024-01-30\n", x, r"row 4: 1 field\(s\), but 2 in the header: fix it"
    ),
    "a comment below": bad(
        daily("1", "2") + "# end\n", x, r"row 4: 1 field\(s\), but 2 in the header: fix it"
    ),
    "a row of tabs": bad(
        "x\ty\n1\t2\n\t\t\n", x | tab, r"row 3: 3 field\(s\), but 2 in the header: .*'\\t'"
    ),
    "an open quote": bad(
        daily("1", '"2', "3", "4"), x, r"row 3: cannot be split .*end of data.*close every double"
    ),
    "a quote in quotes": bad(
        daily("1", '"2"3"', "4"), x, r"row 3: cannot be split .*double those within"
    ),
    "a long field": bad(
        daily("1", "2" * 140_000), x, r"row 3: cannot be split .*field limit.*close every"
    ),
    "an open quote above much": bad(
        daily("1", '"2', *["3"] * 9999), x, r"row 3: cannot be split .*limit.*close every"
    ),
}
COLUMNS = {  # the column concerned is named
    "a header only": bad("t,x\n", both, r"row 2, column 'x': .*0 observation\(s\).*at least two"),
    "one observation": bad(
        daily("1"), both, r"row 3, column 'x': .*1 observation\(s\).*at least two"
    ),
    "one left": bad(
        daily("1", "", "NA"),
        both | drop,
        r"row 5, column 'x': .*1 observation\(s\) \(2 missing\): at least two",
    ),
    "no such column": bad(
        PRICES, {"column": "Volume"}, r"row 1, column 'Volume': no such column, .* 'Date', 'Close'$"
    ),
    "another case": bad(
        PRICES, {"column": "CLOSE"}, r"row 1, column 'CLOSE': .*did you mean 'Close'\?"
    ),
    "a slip": bad(PRICES, {"column": "Clsoe"}, r"row 1, column 'Clsoe': .*did you mean 'Close'\?"),
    "no such time": bad(
        PRICES, close | {"time": "Day"}, r"row 1, column 'Day': no such column.*'Date', 'Close'"
    ),
    "no header": bad(
        "2024-01-30,1\n2024-01-31,2\n", close, r"row 1, column 'Close': .*'2024-01-30', '1'"
    ),
    "a header in a comment": bad(
        "# t x\n0 1\n1 2\n", x | space, r"row 2, column 'x': .*begins with '#' is no header"
    ),
    "many columns": bad(
        WIDE + "\n", {"column": LONG}, r"row 1, column 'xxx.*\.\.\.': .*'column 9 .*', \.\.\.$"
    ),
    "many columns, one close": bad(
        WIDE + "\n", {"column": WIDE[:99]}, r"row 1, column '.*\.\.\.; did you mean 'column 0"
    ),
    "a name twice": bad(
        "Close,Date,Close\n1,2,3\n", close, r"row 1, column 'Close': 2 columns.*rename"
    ),
    "a missing value": bad(
        daily("1", "", "3"), both, r"row 3, column 'x': .*missing \(''\): .*--drop-missing"
    ),
    "a blank in quotes": bad('x\n1\n""\n2\n', x, r"row 3, column 'x': .*missing \(''\)"),
    "a word": bad(
        daily("1", "high", "3"), both, r"row 3, column 'x': 'high' is not a number: fix it"
    ),
    "a long minus": bad(daily("\u22121", "2"), x, r"row 2, column 'x': '\u22121' is not a number"),
    "a long word": bad(daily("1", LONG), x, r"row 3, column 'x': 'x+\.\.\.' is not a number"),
    "infinity": bad(daily("1", "-inf"), x, r"row 3, column 'x': '-inf' is not finite: fix it"),
    "too large": bad(daily("1", "1e999"), x, r"row 3, column 'x': '1e999' is not finite: fix it"),
    "underscores": bad(
        daily("1", "1_000"), x, r"row 3, column 'x': '1_000' has thousands .*write '1000'"
    ),
    "a decimal comma": bad(
        daily("1", '"12,5"'), x, r"row 3, column 'x': '12,5' has a decimal comma: write '12\.5'"
    ),
    "commas after semicolons": bad(
        "t;x\n0;1,5\n1;2,5\n", x | semicolon, r"row 2, column 'x': '1,5' has a decimal comma"
    ),
    "points and a comma": bad(
        daily('"1.234.567,5"', "1"), x, r"row 2, column 'x': .*decimal comma: write '1234567\.5'"
    ),
    "thousands": bad(
        daily("1", '"1,234.5"'), x, r"row 3, column 'x': '1,234\.5' has thousands .*write '1234\.5'"
    ),
    "spaced thousands": bad(
        daily("1", "1\u202f234.5"), x, r"row 3, column 'x': .*thousands .*write '1234\.5'"
    ),
    "one, or a thousand": bad(
        daily("1", '"1,234"'), x, r"row 3, column 'x': .*'1\.234' \(or '1234'"
    ),
    "not positive": bad(
        daily("1", "2", "-3"),
        x | positive,
        r"row 4, column 'x': '-3' is not positive: .*positive=False, --",
    ),
    "minus zero": bad(
        daily("1", "-0.0"), x | positive, r"row 3, column 'x': '-0\.0' is not positive"
    ),
    "a missing time": bad(
        rows("1,1", ",2"), both, r"row 3, column 't': the time is missing \(''\): every"
    ),
    "a missing time and value": bad(
        rows("1,1", "NaN,"), both | drop, r"row 3, column 't': the time is missing \('NaN'\)"
    ),
    "days first": bad(
        at("30/1/24"),
        both,
        r"row 2, column 't': '30/1/24' is no time: .* 2024-01-31,.* numbers,.*'%d/%m/%Y'",
    ),
    "no such day": bad(
        at("2023-02-28", "2023-02-29"), both, r"row 3, column 't': '2023-02-29' is no time: write"
    ),
    "underscores in a time": bad(
        at("1", "1_0"), both, r"row 3, column 't': '1_0' is no time: write"
    ),
    "a number, then a date": bad(
        at("0", "2024-01-30"), both, r"row 3, column 't': .* is a date .*but '0' in row 2 is a num"
    ),
    "digits after a date": bad(
        at("2024-01-30", "0"),
        both,
        r"row 3, column 't': '0' is a number, but .* row 2 is a date wit",
    ),
    "a zone, then none": bad(
        at("2024-01-01T00Z", "2024-01-02"),
        both,
        r"row 3, column 't': .* without .* row 2 is a date wi",
    ),
    "none, then a zone": bad(
        at("2024-01-01", "2024-01-01T01Z"),
        both,
        r"row 3, column 't': .* with .* is a date without a",
    ),
    "before the year 1": bad(
        at("0001-01-01T00:00+01:00"), both, r"row 2, column 't': '0001-01-01T.*' is no time: write"
    ),
    "another format": bad(
        at("2024", "24"),
        both | year,
        r"row 3, column 't': '24' is no time of date_format='%Y': .*--date",
    ),
    "no directive": bad(
        at("24"),
        both | {"date_format": "%Y%q"},
        r"row 2, column 't': '24' is no time of date_f.*='%Y%q'",
    ),
    "a directive twice": bad(
        at("24"), both | {"date_format": "%Y%Y"}, r"row 2, column 't': '24' is no time of .*='%Y%Y'"
    ),
    "the same date": bad(
        at("2024-01-30", "2024-01-30"),
        both,
        r"row 3, column 't': .* is the same time .*: keep one of",
    ),
    "the same instant": bad(
        at("2024-01-01T01+01", "2024-01-01T00Z"),
        both,
        r"row 3, column 't': .* the same time .* row 2",
    ),
    "back": bad(
        at("2", "3", "2.5", "4"),
        both,
        r"row 4, column 't': '2\.5' is before '3' in row 3, not after: sort",
    ),
    "newest first": bad(
        at("3", "2", "1"),
        both,
        r"row 3, column 't': '2' is before '3' in row 2.*newest to oldest, .*--rev",
    ),
}
CASES = WHOLE | COLUMNS


@pytest.mark.parametrize("case", CASES)
def test_a_malformed_file_is_refused_by_row_and_column(written, case):
    content, arguments, pattern = CASES[case]
    assert "row" in pattern and ("column" in pattern) == (case in COLUMNS)
    with pytest.raises(ValueError, match=pattern) as caught:
        read_csv(written(content), **arguments)
    message = str(caught.value)
    assert caught.type is ValueError
    assert message.startswith("prices.csv, row ")
    assert len(message) < 400 and message.isprintable()


def test_there_are_enough_malformed_files():
    assert len(CASES) == len(WHOLE) + len(COLUMNS) >= 60


def test_a_line_without_end_is_refused_before_it_fills_the_memory(written, monkeypatch):
    monkeypatch.setattr(series, "LONGEST_LINE", 100)
    with pytest.raises(ValueError, match=r"row 3: .*a line without end.*CSV UTF-8"):
        read_csv(written(daily("1", "2" * 200)), "x")
