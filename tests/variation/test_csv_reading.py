"""CSV files that are well formed are read to the bit, however they are written."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pytest
from csv_files import PRICES, at, daily, rows, semicolon, space, tab
from evidence import assert_same_bits
from hypothesis import given
from hypothesis import strategies as st

from stochcalc.variation.csv_series import Series, read_csv

DAYS = np.array(["2024-01-30", "2024-01-31", "2024-02-01"], dtype="datetime64[us]")


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
        'I,Date,J,Close,I\n1,2024-01-30,"a, ""b""",101.5,\n'
        ',2024-01-31,"c\nd",99,\n#3,2024-02-01,na,100.25,x\n',
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
    assert found.labels == ("2024-01-30", "2024-01-31", "2024-02-01")
    assert found.name == "Close" and found.dropped == 0


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
    as_pandas_writes_an_index = read_csv(written(",x\n0,1\n1,2\n"), "x", time="")
    assert as_pandas_writes_an_index.times.tolist() == [0.0, 1.0]
    beside_gaps = read_csv(written("x,y,y\n1,NA,\n2,,text\n"), "x", positive=True)
    assert beside_gaps.values.tolist() == [1.0, 2.0]
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
    *("t", "x", ",", ",", "\n", "\n", "\r", '"', "1", "2", "-3", ".5", "1,5", "NA", "#", " "),
    *("2024-01-0", "\t", ";", "T10", "Z", "+01:00", "0001-01-01T00:00+05:00", "1e999", "_"),
    *("\ufeff", "\u2212", "Infinity", "x" * 90, "\u00e9" * 60),
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
