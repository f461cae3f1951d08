"""CSV files: the good ones are read to the bit, the malformed ones are refused by row and column,
with a remedy.
"""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from evidence import assert_same_bits
from hypothesis import given
from hypothesis import strategies as st

from stochcalc.variation import csv_series as series
from stochcalc.variation.csv_series import Series, read_csv

V, T = ValueError, TypeError
x, both, close = {"column": "x"}, {"column": "x", "time": "t"}, {"column": "Close"}
semicolon, tab, space = {"delimiter": ";"}, {"delimiter": "\t"}, {"delimiter": " "}
drop, positive, year = {"drop_missing": True}, {"positive": True}, {"date_format": "%Y"}
PRICES = "Date,Close\n2024-01-30,101.5\n2024-01-31,99\n2024-02-01,100.25\n"
DAYS = np.array(["2024-01-30", "2024-01-31", "2024-02-01"], dtype="datetime64[us]")


@pytest.fixture
def written(tmp_path):
    """A function that writes text or bytes to a file and returns its path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "prices.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(*lines: str, end: str = "\n") -> str:
    """A file with these lines below its header."""
    return end.join(("t,x", *lines)) + end


def at(*times: str) -> str:
    """A file with the value 1 at each time."""
    return rows(*(f"{time},1" for time in times))


def daily(*values: str) -> str:
    """A file with a value a day, from the tenth of January on."""
    return rows(*(f"2024-01-{10 + i},{value}" for i, value in enumerate(values)))


SAME = {  # however written, these are the same three prices
    "plain": (PRICES, {}),
    "no newline at the end": (PRICES.rstrip(), {}),
    "byte order mark": (b"\xef\xbb\xbf" + PRICES.encode(), {}),
    "carriage returns and line feeds": (PRICES.replace("\n", "\r\n"), {}),
    "carriage returns": (PRICES.replace("\n", "\r"), {}),
    "comments above": ("# from the exchange\n#Date,Close \u20ac\n\n" + PRICES, {}),
    "a byte order mark, then a comment with a quote": ('\ufeff# 5" discs\n' + PRICES, {}),
    "blank lines": ("\n \n" + PRICES.replace("\n", "\n\n") + "\t \n\n", {}),
    "spaces": (PRICES.replace(",", "\t, ").replace("\n", "  \n"), {}),
    "quotes": (
        '"Date", "Close"\n"2024-01-30",101.5\n2024-01-31, "99"\n2024-02-01," 100.25 "\n',
        {},
    ),
    "others": (
        'I,Date,J,Close,I\n1,2024-01-30,"a, ""b""",101.5,\n,2024-01-31,"c\nd",99,\n#3,2024-02-01,na,100.25,x\n',
        {},
    ),
    "semicolons": (PRICES.replace(",", ";"), semicolon),
    "tabs": (PRICES.replace(",", "\t"), tab),
    "bars": (PRICES.replace(",", " | "), {"delimiter": "|"}),
    "single spaces": (PRICES.replace(",", " "), space),
    "letters beyond ASCII": (
        "Date,Close,Börse\n2024-01-30,101.5,Zürich\n2024-01-31,99,東京\n2024-02-01,100.25,🙂\n",
        {},
    ),
    "another notation of numbers": (
        PRICES.replace("101.5", "+1.015e+02").replace("99", "0099.").replace("0.25", "0.250"),
        {},
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_prices_are_read_however_the_file_is_written(written, case):
    content, options = SAME[case]
    found = read_csv(written(content), "Close", time="Date", **options)
    assert_same_bits(found.values, np.array([101.5, 99.0, 100.25]))
    assert_same_bits(found.times, DAYS)
    assert (
        found.labels == ("2024-01-30", "2024-01-31", "2024-02-01")
        and found.name == "Close"
        and found.dropped == 0
    )


TIMES = {  # the times as written, the options, the times as read
    "ISO dates": (
        ["2024-02-28", "2024-02-29", "2024-03-01"],
        {},
        ["2024-02-28", "2024-02-29", "2024-03-01"],
    ),
    "ISO weeks": (
        ["2024-W01-1", "2024-W01-2", "20240103T10"],
        {},
        ["2024-01-01", "2024-01-02", "2024-01-03T10"],
    ),
    "datetimes": (
        ["2024-01-01 09:30", "2024-01-01T09:30:00.000002"],
        {},
        ["2024-01-01T09:30", "2024-01-01T09:30:00.000002"],
    ),
    "zones": (
        ["2024-03-31T01:30+01:00", "2024-03-31T03:30+02:00"],
        {},
        ["2024-03-31T00:30", "2024-03-31T01:30"],
    ),
    "days first": (
        ["30/01/2024", "31/01/2024", "1/2/2024"],
        {"date_format": "%d/%m/%Y"},
        list(DAYS),
    ),
    "digits as dates": (
        ["20240131", "20240201"],
        {"date_format": "%Y%m%d"},
        ["2024-01-31", "2024-02-01"],
    ),
    "years as dates": (["1999", "2000"], {"date_format": "%Y"}, ["1999-01-01", "2000-01-01"]),
    "a format with offsets": (
        ["1.2.24 10 +0200", "1.2.24 9 +0000"],
        {"date_format": "%d.%m.%y %H %z"},
        ["2024-02-01T08", "2024-02-01T09"],
    ),
    "numbers": (["-1e-3", "0", " 0.25", "7"], {}, [-0.001, 0.0, 0.25, 7.0]),
    "digits": (["20240131", "20240201"], {}, [20240131.0, 20240201.0]),
}


@pytest.mark.parametrize("case", TIMES)
def test_times_are_numbers_or_dates_in_utc(written, case):
    texts, options, due = TIMES[case]
    found = read_csv(written(at(*texts)), "x", time="t", **options)
    assert found.labels == tuple(text.strip() for text in texts)
    assert_same_bits(
        found.times, np.array(due, dtype=float if isinstance(due[0], float) else "datetime64[us]")
    )


def test_without_a_time_column_the_rows_of_the_file_are_the_labels(written):
    found = read_csv(written('# a comment\n\nnote,x\n"two\nlines",1\n\n,2\nc,-3\n'), "x")
    assert found.times is None and found.labels == ("row 4", "row 7", "row 8")
    assert found.values.tolist() == [1.0, 2.0, -3.0]


def test_rows_with_a_missing_value_are_left_out_and_counted_when_asked(written):
    blanks = ["", " ", "NA", "n/a", "NaN", "nan", "NULL", "None", "-", ".", '""']
    path = written(daily("1", *blanks, "2", "."))
    found = read_csv(path, "x", time="t", drop_missing=True)
    assert found.values.tolist() == [1.0, 2.0] and found.dropped == len(blanks) + 1
    assert (
        found.labels == ("2024-01-10", "2024-01-22") == tuple(str(day)[:10] for day in found.times)
    )
    for blank in blanks:
        with pytest.raises(
            ValueError, match=r"row 3, column 'x': the value is missing .*drop_missing=True"
        ):
            read_csv(written(daily("1", blank, "2")), "x", time="t")


def test_a_column_may_have_any_name_that_is_its_own_whatever_the_others_hold(written):
    assert read_csv(written(",x\n0,1\n1,2\n"), "x", time="").times.tolist() == [
        0.0,
        1.0,
    ]  # as pandas writes an index
    assert read_csv(written("x,y,y\n1,NA,\n2,,text\n"), "x", positive=True).values.tolist() == [
        1.0,
        2.0,
    ]
    assert read_csv(written("a;b\n1\n2\n"), "a;b").values.tolist() == [1.0, 2.0]
    assert read_csv(written('"a,b"\n1\n2\n'), "a,b").values.tolist() == [1.0, 2.0]


def test_a_series_is_frozen_and_prints_itself(written):
    found = read_csv(str(written(PRICES)), "Close", time="Date")
    assert repr(found) == "Series('Close', n=3, 2024-01-30 to 2024-02-01, dropped=0)"
    with pytest.raises(AttributeError):
        found.name = "Open"  # type: ignore[misc]
    for array in (found.values, found.times):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    assert Series("x", found.values, None, ("row 2",)).dropped == 0


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=40),
    st.booleans(),
)
def test_finite_floats_written_by_repr_are_read_back_to_the_bit(tmp_path, values, windows):
    days = [(date(1999, 12, 30) + timedelta(i)).isoformat() for i in range(len(values))]
    path = tmp_path / "floats.csv"
    lines = (f"{day},{value!r}" for day, value in zip(days, values, strict=True))
    path.write_bytes(rows(*lines, end="\r\n" if windows else "\n").encode())
    found = read_csv(path, "x", time="t")
    assert_same_bits(found.values, np.array(values))
    assert_same_bits(found.times, np.array(days, dtype="datetime64[us]"))


PIECES = [
    "t",
    "x",
    ",",
    ",",
    "\n",
    "\n",
    "\r",
    '"',
    "1",
    "2",
    "-3",
    ".5",
    "1,5",
    "NA",
    "#",
    " ",
    "2024-01-0",
    "\t",
    ";",
    "T10",
    "Z",
    "+01:00",
    "0001-01-01T00:00+05:00",
    "1e999",
    "_",
    "\ufeff",
    "\u2212",
    "Infinity",
    "x" * 90,
    "\u00e9" * 60,
]
texts = st.lists(st.sampled_from(PIECES)).map("".join)
contents = st.one_of(
    st.binary(), texts.map(str.encode), texts.map(lambda text: f"t,x\n{text}".encode())
)


@given(contents, st.sampled_from([None, "t", "1" * 99]), st.booleans(), st.booleans())
def test_whatever_a_file_holds_it_is_read_or_refused_in_a_short_sentence_with_a_row(
    tmp_path, content, time, drop, positive
):
    path = tmp_path / ("long name " * 20 + ".csv")
    path.write_bytes(content)
    try:
        found = read_csv(path, "x", time=time, drop_missing=drop, positive=positive)
    except ValueError as error:
        said = str(error)
        assert len(said) < 400 and re.search(r", row [1-9]", said) and said.isprintable()
        return
    assert len(found.values) == len(found.labels) >= 2 and np.isfinite(found.values).all()
    assert found.times is None or (found.times[1:] > found.times[:-1]).all()


LONG = "x" * 300
WIDE = ",".join(f"column {i} \u00e9\t{'y' * 90}" for i in range(60))
WHOLE = {  # the file, the arguments, the error, what it says: no single column is concerned
    "nothing": ("", x, V, r"row 1: the file ends without a header: its first line must name"),
    "blank lines only": ("\n\n  \n", x, V, r"row 4: the file ends without a header"),
    "comments only": ("# x\n# y\n", x, V, r"row 3: the file ends without a header"),
    "latin-1": (daily("1", "2 ö").encode("latin-1"), x, V, r"row 3: the byte 0xf6 .*CSV UTF-8"),
    "latin-1 in a comment": (
        b"# caf\xe9\n" + PRICES.encode(),
        close,
        V,
        r"row 1: the byte 0xe9 .*CSV UTF-8",
    ),
    "utf-16": (PRICES.encode("utf-16"), close, V, r"row 1: the byte 0xf[ef] .*CSV UTF-8"),
    "utf-16 without a mark": (PRICES.encode("utf-16-le"), close, V, r"row 1: NUL.*CSV UTF-8"),
    "a zip": (b"PK\x03\x04\x14\x00\x06\x00\n\x08\xfe", close, V, r"row 1: NUL.*CSV UTF-8"),
    "NUL": (daily("1", "2\0", "3"), x, V, r"row 3: NUL.*CSV UTF-8"),
    "an encoded surrogate": (b"x\n1\n\xed\xa0\x80\n", x, V, r"row 3: the byte 0xed .*CSV UTF-8"),
    "semicolons": (
        "#\nDate;Close\n1;2\n",
        close,
        V,
        r"row 2: 'Date;Close' .*give delimiter=';' \(--delimiter\)",
    ),
    "tabs": (
        "Date\tClose\n1\t2\n",
        close,
        V,
        r"row 1: 'Date\\tClose' .*give delimiter='\\t' \(--delimiter\)",
    ),
    "commas": (
        PRICES,
        close | semicolon,
        V,
        r"row 1: 'Date,Close' .*give delimiter=',' \(--delimiter\)",
    ),
    "a field too many": (
        daily("1", "2,5", "3"),
        x,
        V,
        r"row 3: 3 field\(s\), but 2 in the header: .*',' .*double quotes",
    ),
    "a field too few": (
        daily("1", "2") + "2024-01-30\n",
        x,
        V,
        r"row 4: 1 field\(s\), but 2 in the header: mend it",
    ),
    "a comment below": (
        daily("1", "2") + "# end\n",
        x,
        V,
        r"row 4: 1 field\(s\), but 2 in the header: mend it",
    ),
    "a row of tabs": (
        "x\ty\n1\t2\n\t\t\n",
        x | tab,
        V,
        r"row 3: 3 field\(s\), but 2 in the header: .*'\\t'",
    ),
    "an open quote": (
        daily("1", '"2', "3", "4"),
        x,
        V,
        r"row 3: cannot be split .*end of data.*close every double",
    ),
    "a quote in quotes": (
        daily("1", '"2"3"', "4"),
        x,
        V,
        r"row 3: cannot be split .*double those within",
    ),
    "a long field": (
        daily("1", "2" * 140_000),
        x,
        V,
        r"row 3: cannot be split .*field limit.*close every",
    ),
    "an open quote above much": (
        daily("1", '"2', *["3"] * 9999),
        x,
        V,
        r"row 3: cannot be split .*limit.*close every",
    ),
}
COLUMNS = {  # the same, and the column concerned is named
    "a header only": ("t,x\n", both, V, r"row 2, column 'x': .*0 observation\(s\).*at least two"),
    "one observation": (
        daily("1"),
        both,
        V,
        r"row 3, column 'x': .*1 observation\(s\).*at least two",
    ),
    "one left": (
        daily("1", "", "NA"),
        both | drop,
        V,
        r"row 5, column 'x': .*1 observation\(s\) \(2 missing\): at least two",
    ),
    "no such column": (
        PRICES,
        {"column": "Volume"},
        V,
        r"row 1, column 'Volume': no such column, .* 'Date', 'Close'$",
    ),
    "another case": (
        PRICES,
        {"column": "CLOSE"},
        V,
        r"row 1, column 'CLOSE': .*did you mean 'Close'\?",
    ),
    "a slip": (PRICES, {"column": "Clsoe"}, V, r"row 1, column 'Clsoe': .*did you mean 'Close'\?"),
    "no such time": (
        PRICES,
        close | {"time": "Day"},
        V,
        r"row 1, column 'Day': no such column.*'Date', 'Close'",
    ),
    "no header": (
        "2024-01-30,1\n2024-01-31,2\n",
        close,
        V,
        r"row 1, column 'Close': .*'2024-01-30', '1'",
    ),
    "a header in a comment": (
        "# t x\n0 1\n1 2\n",
        x | space,
        V,
        r"row 2, column 'x': .*begins with '#' is no header",
    ),
    "many columns": (
        WIDE + "\n",
        {"column": LONG},
        V,
        r"row 1, column 'xxx.*\.\.\.': .*'column 9 .*', \.\.\.$",
    ),
    "many columns, one close": (
        WIDE + "\n",
        {"column": WIDE[:99]},
        V,
        r"row 1, column '.*\.\.\.; did you mean 'column 0",
    ),
    "a name twice": (
        "Close,Date,Close\n1,2,3\n",
        close,
        V,
        r"row 1, column 'Close': 2 columns.*rename",
    ),
    "a missing value": (
        daily("1", "", "3"),
        both,
        V,
        r"row 3, column 'x': .*missing \(''\): .*--drop-missing",
    ),
    "a blank in quotes": ('x\n1\n""\n2\n', x, V, r"row 3, column 'x': .*missing \(''\)"),
    "a word": (
        daily("1", "high", "3"),
        both,
        V,
        r"row 3, column 'x': 'high' is not a number: mend it",
    ),
    "a long minus": (daily("\u22121", "2"), x, V, r"row 2, column 'x': '\u22121' is not a number"),
    "a long word": (daily("1", LONG), x, V, r"row 3, column 'x': 'x+\.\.\.' is not a number"),
    "infinity": (daily("1", "-inf"), x, V, r"row 3, column 'x': '-inf' is not finite: mend it"),
    "too large": (daily("1", "1e999"), x, V, r"row 3, column 'x': '1e999' is not finite: mend it"),
    "underscores": (
        daily("1", "1_000"),
        x,
        V,
        r"row 3, column 'x': '1_000' has thousands .*write '1000'",
    ),
    "a decimal comma": (
        daily("1", '"12,5"'),
        x,
        V,
        r"row 3, column 'x': '12,5' has a decimal comma: write '12\.5'",
    ),
    "commas after semicolons": (
        "t;x\n0;1,5\n1;2,5\n",
        x | semicolon,
        V,
        r"row 2, column 'x': '1,5' has a decimal comma",
    ),
    "points and a comma": (
        daily('"1.234.567,5"', "1"),
        x,
        V,
        r"row 2, column 'x': .*decimal comma: write '1234567\.5'",
    ),
    "thousands": (
        daily("1", '"1,234.5"'),
        x,
        V,
        r"row 3, column 'x': '1,234\.5' has thousands .*write '1234\.5'",
    ),
    "spaced thousands": (
        daily("1", "1\u202f234.5"),
        x,
        V,
        r"row 3, column 'x': .*thousands .*write '1234\.5'",
    ),
    "one, or a thousand": (
        daily("1", '"1,234"'),
        x,
        V,
        r"row 3, column 'x': .*'1\.234' \(or '1234'",
    ),
    "not positive": (
        daily("1", "2", "-3"),
        x | positive,
        V,
        r"row 4, column 'x': '-3' is not positive: .*positive=False, --",
    ),
    "minus zero": (
        daily("1", "-0.0"),
        x | positive,
        V,
        r"row 3, column 'x': '-0\.0' is not positive",
    ),
    "a missing time": (
        rows("1,1", ",2"),
        both,
        V,
        r"row 3, column 't': the time is missing \(''\): every",
    ),
    "a missing time and value": (
        rows("1,1", "NaN,"),
        both | drop,
        V,
        r"row 3, column 't': the time is missing \('NaN'\)",
    ),
    "days first": (
        at("30/1/24"),
        both,
        V,
        r"row 2, column 't': '30/1/24' is no time: .* 2024-01-31,.* numbers,.*'%d/%m/%Y'",
    ),
    "no such day": (
        at("2023-02-28", "2023-02-29"),
        both,
        V,
        r"row 3, column 't': '2023-02-29' is no time: write",
    ),
    "underscores in a time": (
        at("1", "1_0"),
        both,
        V,
        r"row 3, column 't': '1_0' is no time: write",
    ),
    "a number, then a date": (
        at("0", "2024-01-30"),
        both,
        V,
        r"row 3, column 't': .* is a date .*but '0' in row 2 is a num",
    ),
    "digits after a date": (
        at("2024-01-30", "0"),
        both,
        V,
        r"row 3, column 't': '0' is a number, but .* row 2 is a date wit",
    ),
    "a zone, then none": (
        at("2024-01-01T00Z", "2024-01-02"),
        both,
        V,
        r"row 3, column 't': .* without .* row 2 is a date wi",
    ),
    "none, then a zone": (
        at("2024-01-01", "2024-01-01T01Z"),
        both,
        V,
        r"row 3, column 't': .* with .* is a date without a",
    ),
    "before the year 1": (
        at("0001-01-01T00:00+01:00"),
        both,
        V,
        r"row 2, column 't': '0001-01-01T.*' is no time: write",
    ),
    "another format": (
        at("2024", "24"),
        both | year,
        V,
        r"row 3, column 't': '24' is no time of date_format='%Y': .*--date",
    ),
    "no directive": (
        at("24"),
        both | {"date_format": "%Y%q"},
        V,
        r"row 2, column 't': '24' is no time of date_f.*='%Y%q'",
    ),
    "a directive twice": (
        at("24"),
        both | {"date_format": "%Y%Y"},
        V,
        r"row 2, column 't': '24' is no time of .*='%Y%Y'",
    ),
    "the same date": (
        at("2024-01-30", "2024-01-30"),
        both,
        V,
        r"row 3, column 't': .* is the same time .*: keep one of",
    ),
    "the same instant": (
        at("2024-01-01T01+01", "2024-01-01T00Z"),
        both,
        V,
        r"row 3, column 't': .* the same time .* row 2",
    ),
    "back": (
        at("2", "3", "2.5", "4"),
        both,
        V,
        r"row 4, column 't': '2\.5' is before '3' in row 3, not after: sort",
    ),
    "newest first": (
        at("3", "2", "1"),
        both,
        V,
        r"row 3, column 't': '2' is before '3' in row 2.*newest to oldest, .*--rev",
    ),
}
CASES = WHOLE | COLUMNS


@pytest.mark.parametrize("case", CASES)
def test_a_malformed_file_is_refused_by_row_and_column(written, case):
    content, arguments, kind, pattern = CASES[case]
    assert "row" in pattern and ("column" in pattern) == (case in COLUMNS)
    with pytest.raises(kind, match=pattern) as caught:
        read_csv(written(content), **arguments)
    message = str(caught.value)
    assert (
        caught.type is kind
        and message.startswith("prices.csv, row ")
        and len(message) < 400
        and message.isprintable()
    )


def test_there_are_enough_malformed_files():
    assert len(CASES) == len(WHOLE) + len(COLUMNS) >= 60


def test_a_line_without_end_is_refused_before_it_fills_the_memory(written, monkeypatch):
    monkeypatch.setattr(series, "LONGEST_LINE", 100)
    with pytest.raises(ValueError, match=r"row 3: .*a line without end.*CSV UTF-8"):
        read_csv(written(daily("1", "2" * 200)), "x")


def test_a_path_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"the path '.*none\.csv' cannot be read \(No such.*\): give"
    ):
        read_csv(tmp_path / "none.csv", "x")
    with pytest.raises(
        OSError,
        match=re.escape(f"the path {str(tmp_path)!r} cannot be read ") + ".*: give the path",
    ) as caught:
        read_csv(tmp_path, "x")
    assert caught.type is (IsADirectoryError if sys.platform != "win32" else PermissionError)
    with pytest.raises(
        ValueError, match=r"the path 'a\\x00b' cannot be read \(embedded null.*\): give the path"
    ):
        read_csv("a\0b", "x")
    with pytest.raises(
        OSError, match=r"^the path 'a{245}\.\.\.' cannot be read \(.{1,99}\): give the path"
    ):
        read_csv("a" * 9999, "x")


ARGUMENTS = {  # what is wrong: the path, the other arguments, the error, what it says
    "path a number": (1, x, T, r"path=1 must be a path"),
    "path bytes": (b"prices.csv", x, T, r"path=b'prices\.csv' must be a path"),
    "column a number": ("p", {"column": 1}, T, r"column=1 must be text"),
    "time a number": ("p", x | {"time": 0}, T, r"time=0 must be text"),
    "drop_missing": ("p", x | {"drop_missing": 1}, T, r"drop_missing=1 must be True or False"),
    "positive": ("p", x | {"positive": "yes"}, T, r"positive='yes' must be True or False"),
    **{
        f"delimiter {bad!r}": (
            "p",
            x | {"delimiter": bad},
            V,
            rf"delimiter={re.escape(repr(bad))} must be one mark, such",
        )
        for bad in ("", ",,", "\\t", "a", "é", "7", '"', "'", "\n", "\r", "\0", ".", "-", "+")
    },
    "date_format without time": (
        "p",
        x | {"date_format": "%Y"},
        V,
        r"date_format='%Y' is of no use without time",
    ),
    "date_format without a year": (
        "p",
        both | {"date_format": "%d/%m"},
        V,
        r"date_format='%d/%m' must have a year",
    ),
    "date_format loses the zone": (
        "p",
        both | {"date_format": "%Y %Z"},
        V,
        r"date_format='%Y %Z' must .*offset",
    ),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_a_wrong_argument_is_refused_by_name_before_the_file_is_opened(case):
    path, arguments, kind, pattern = ARGUMENTS[case]
    with pytest.raises(kind, match=pattern) as caught:
        read_csv(path, **arguments)
    assert caught.type is kind and len(str(caught.value)) < 400
