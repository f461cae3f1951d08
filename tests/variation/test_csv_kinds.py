"""Price files of other kinds: packed, with decimal commas, two columns of times, ties, symbols."""

from __future__ import annotations

import gzip
import re
import time

import numpy as np
import pytest
from csv_files import PRICES, at, both, daily, rows, x
from evidence import assert_same_bits

import stochcalc as sc
from stochcalc.cli import main
from stochcalc.variation import csv_open
from stochcalc.variation.csv_series import read_csv

LONG = """symbol,Date,Time,price,size
AAPL,2024-01-30,09:30:00,10.0,1
MSFT,2024-01-30,09:30:00,20.0,2
AAPL,2024-01-30,09:30:00,12.0,3
MSFT,2024-01-30,09:31:00,21.0,4
AAPL,2024-01-31,09:30:00,11.0,5
"""
apple = {"where": {"symbol": "AAPL"}, "time": ("Date", "Time")}


def test_a_packed_file_is_read_like_the_file_itself(written):
    plain = read_csv(written(PRICES), "Close", time="Date")
    packed = read_csv(written(gzip.compress(PRICES.encode())), "Close", time="Date")
    assert_same_bits(plain.values, packed.values)
    assert plain.labels == packed.labels


def test_a_packed_file_is_unpacked_up_to_a_bound(written, monkeypatch):
    monkeypatch.setattr(csv_open, "MOST_UNPACKED", 1 << 16)
    bomb = gzip.compress(b"x\n" + b"1\n" * (1 << 21))
    assert len(bomb) < 1 << 13
    with pytest.raises(
        ValueError,
        match=r"^prices\.csv, row \d+: the file unpacks to more than 65,536 bytes",
    ):
        read_csv(written(bomb), "x")


@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-9], lambda packed: packed[:30] + b"\0\0" + packed[32:]]
)
def test_a_damaged_packed_file_is_refused(written, damage):
    packed = gzip.compress("".join(f"{i}\n" for i in ["x", *range(9999)]).encode())
    with pytest.raises(ValueError, match=r"^prices\.csv, row \d+: the file cannot be unpacked"):
        read_csv(written(damage(packed)), "x")


def test_a_decimal_comma_is_read_when_it_is_named(written):
    text = "Datum;Schluss\n0,5;99,25\n1,5;-1,5e2\n2;100\n"
    found = read_csv(written(text), "Schluss", time="Datum", decimal=",")
    assert found.values.tolist() == [99.25, -150.0, 100.0]
    assert found.times.tolist() == [0.5, 1.5, 2.0]
    quoted = read_csv(written(daily('"1,5"', '"2,25"')), "x", decimal=",", delimiter=",")
    assert quoted.values.tolist() == [1.5, 2.25]
    with pytest.raises(ValueError, match=r"row 2, .*'1\.234,5' has thousands .*write '1234,5'$"):
        read_csv(written("x;y\n1.234,5;0\n2;0\n"), "x", decimal=",")
    with pytest.raises(ValueError, match=r"decimal comma: .*decimal=',' \(--decimal ,\)$"):
        read_csv(written("x;y\n1,5;0\n2;0\n"), "x", delimiter=";")


def test_the_time_may_be_in_several_columns(written):
    text = "Date,Time,x\n2024-01-30,09:30,1\n2024-01-30,09:31:30,2\n2024-01-31,09:30,3\n"
    found = read_csv(written(text), "x", time=("Date", "Time"))
    assert found.labels[1] == "2024-01-30 09:31:30"
    due = ["2024-01-30T09:30", "2024-01-30T09:31:30", "2024-01-31T09:30"]
    assert_same_bits(found.times, np.array(due, dtype="datetime64[us]"))
    american = text.replace("2024-01-30", "01/30/2024").replace("2024-01-31", "01/31/2024")
    american = american.replace(":30,2", ",2")
    found = read_csv(written(american), "x", time=["Date", "Time"], date_format="%m/%d/%Y %H:%M")
    assert found.times[2] == np.datetime64("2024-01-31T09:30")
    with pytest.raises(ValueError, match=r"row 3, column 'Date,Time': the time is missing"):
        read_csv(written(text.replace("09:31:30", "")), "x", time=("Date", "Time"))


def test_an_equal_time_names_the_column_that_tells_the_rows_apart(written):
    text = "Date,Time,x\n2024-01-30,09:30,1\n2024-01-30,09:31,2\n"
    with pytest.raises(
        ValueError, match=r"row 3, column 'Date': .* time of day is in column 'Time': name both, "
    ) as caught:
        read_csv(written(text), "x", time="Date")
    remedy = re.search(r"--time (\S+)$", str(caught.value)).group(1)
    assert len(read_csv(written(text), "x", time=remedy.split(",")).values) == 2
    with pytest.raises(ValueError, match=r"where=\{'symbol': 'AAPL'\} \(--where\)$"):
        read_csv(written(LONG), "price", time=("Date", "Time"))


TIES = {
    "last": ([3.0, 4.0, 7.0], 3),
    "mean": ([2.0, 4.0, 6.5], 3),
    "all": ([1.0, 2.0, 3.0, 4.0, 6.0, 7.0], 0),
}


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("kind", ["numbers", "dates"])
def test_rows_of_one_time_are_merged_as_asked(written, ties, kind):
    values, tied = TIES[ties]
    texts = ["1", "1", "1", "2", "3", "3"]
    if kind == "dates":
        texts = [f"2024-01-01T09:30:0{text}" for text in texts]
    lines = [f"{text},{value}" for text, value in zip(texts, (1, 2, 3, 4, 6, 7), strict=True)]
    found = read_csv(written(rows(*lines)), "x", time="t", ties=ties)
    assert found.values.tolist() == values and found.tied == tied
    assert len(found.labels) == len(found.times) == len(values)
    assert ("tied=3" in repr(found)) == (tied == 3)
    with pytest.raises(ValueError, match=r"the same time .*: keep one .*ties='last', 'mean' or"):
        read_csv(written(rows(*lines)), "x", time="t")
    with pytest.raises(ValueError, match=r"is before .*: sort the rows"):
        read_csv(written(rows("2,1", "1,1", "1,2", "3,4")), "x", time="t", ties=ties)


def test_one_symbol_is_read_from_a_long_table(written):
    found = read_csv(written(LONG), "price", **apple, ties="last")
    assert found.values.tolist() == [12.0, 11.0] and found.tied == 1
    narrow = apple | {"where": {"symbol": "AAPL", "size": "1"}}
    with pytest.raises(ValueError, match=r"ends with 1 observation"):
        read_csv(written(LONG), "price", **narrow)
    with pytest.raises(
        ValueError, match=r"column 'symbol': no row has IBM: rows have 'AAPL'; 'MSFT'$"
    ):
        read_csv(written(LONG), "price", where={"symbol": "IBM"})
    with pytest.raises(ValueError, match=r"column 'ticker': no such column"):
        read_csv(written(LONG), "price", where={"ticker": "IBM"})


def test_a_fault_in_a_row_of_another_symbol_is_not_met(written):
    text = LONG.replace("20.0", "n.a. today").replace("09:31:00", "later")
    assert len(read_csv(written(text), "price", **apple, ties="mean").values) == 2


def test_whole_numbers_that_float64_rounds_are_kept(written):
    times = [1706572800000000300, 1706572800000000600, 1706572800000000900]
    values = [9007199254740992, 9007199254740993, 9007199254740995]
    lines = [f"{t},{v}" for t, v in zip(times, values, strict=True)]
    found = read_csv(written(rows(*lines)), "x", time="t")
    assert np.diff(found.times).tolist() == [300, 300]
    assert np.diff(found.values).tolist() == [1, 2]
    assert sc.quadratic_variation(found.values, found.times).value == pytest.approx(5.0, rel=1e-15)
    mixed = read_csv(written(rows("0,1", "9007199254740993,2")), "x", time="t")
    assert mixed.times.tolist() == [0, 9007199254740993]
    small = read_csv(written(rows("1,2", "3,4")), "x", time="t")
    assert small.times.dtype == small.values.dtype == float
    with pytest.raises(ValueError, match=r"column 't': it has a whole number beyond 64 bits"):
        read_csv(written(at("1", str(2**63 + 1))), "x", time="t")
    with pytest.raises(ValueError, match=r"column 'x': it has whole numbers .* and decimals"):
        read_csv(written(daily("9007199254740993", "0.5")), "x")
    with pytest.raises(ValueError, match=r"ties='mean' would round"):
        read_csv(written(rows("1,9007199254740993", "1,2", "2,3")), "x", time="t", ties="mean")


def test_decimals_that_float64_holds_too_coarsely_are_refused(written):
    seconds = [f"1706572800.{i:06d}" for i in (0, 1, 3)]
    with pytest.raises(ValueError, match=r"row 3, column 't': float64 rounds '1706572800\.000001'"):
        read_csv(written(at(*seconds)), "x", time="t")
    with pytest.raises(ValueError, match=r"row 4, .*is lost: write whole numbers"):
        read_csv(written(at("1706572800.0", "1706572801.0", "1706572801.00000001")), "x", time="t")
    micro = [second.replace(".", "") for second in seconds]
    assert np.diff(read_csv(written(at(*micro)), "x", time="t").times).tolist() == [1, 2]
    tiny = read_csv(written(at("-1e-999999999", "1e-12", "2e-12")), "x", time="t")
    assert tiny.times.tolist() == [0.0, 1e-12, 2e-12]
    coarse = read_csv(written(at("1706572800.001", "1706572800.003")), "x", time="t")
    assert np.diff(coarse.times)[0] == pytest.approx(2e-3, rel=1e-3)


ARGUMENTS = {
    "decimal": ({"decimal": ";"}, ValueError, r"decimal=';' must be one of '\.', ','"),
    "ties": (both | {"ties": "first"}, ValueError, r"ties='first' must be one of 'error', 'last'"),
    "ties without time": ({"ties": "last"}, ValueError, r"ties='last' is of no use without time"),
    "time a set": ({"time": {"t"}}, TypeError, r"time=.* must be text, or several names"),
    "time empty": ({"time": ()}, ValueError, r"time=\(\) names no column"),
    "time of numbers": ({"time": (1, 2)}, TypeError, r"time=\(1, 2\) must be text"),
    "where text": ({"where": "a=b"}, TypeError, r"where='a=b' must be a dict, such as \{'symb"),
    "where a number": ({"where": {"a": 1}}, TypeError, r"where=.* as the file has: \{'a': '1'\}"),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_a_wrong_argument_is_refused_before_the_file_is_opened(case):
    arguments, kind, pattern = ARGUMENTS[case]
    with pytest.raises(kind, match=pattern):
        read_csv("p", **(x | arguments))


def test_an_unknown_name_among_very_many_is_answered_at_once(written):
    names = ",".join(f"{'price of the share number ' * 4}{i}" for i in range(100_000))
    path = written(names + "\n")
    start = time.process_time()
    with pytest.raises(ValueError, match=r"no such column.*did you mean 'price of"):
        read_csv(path, "pryce of the share number " * 4)
    assert time.process_time() - start < 10.0  # seconds of CPU; comparing all of them took 16
    with pytest.raises(ValueError, match=r"did you mean 'PRICE'\?$"):
        read_csv(written(names + ",PRICE\n"), "price")


def test_the_command_has_the_same_options(written, capsys):
    lines = ["symbol;day;hour;price"]
    for i in range(80):
        at_minute = f"2024-01-30;{9 + i // 60:02d}:{i % 60:02d}"
        lines.append(f"A;{at_minute};{100 + np.sin(i):.6f}".replace(".", ","))
        lines.append(f"A;{at_minute};{101 + np.sin(i):.6f}".replace(".", ","))
        lines.append(f"B;{at_minute};7,0")
    path = written(gzip.compress("\n".join(lines).encode()))
    found = read_csv(
        path, "price", time=("day", "hour"), decimal=",", where={"symbol": "A"}, ties="mean"
    )
    np.testing.assert_allclose(found.values, 100.5 + np.sin(np.arange(80.0)), rtol=1e-7)
    command = ["qv", str(path), "--column", "price", "--decimal", ",", "--where", "symbol=A"]
    assert main([*command, "--time", "day,hour", "--ties", "mean"]) == 0
    text = capsys.readouterr().out
    assert "price: 80 observations, 2024-01-30 09:00 to 2024-01-30 10:19" in text
    assert "80 rows merged with others of the same time" in text
    for options, message in (
        (["--time", "day,hour"], "keep one of the rows, take ties="),
        (["--time", "day"], "the time of day is in column 'hour': name both, --time day,hour"),
        (["--time", "day,hour", "--where", "symbol"], "must read NAME=TEXT, such as symbol=AAPL"),
        (["--ties", "last"], "ties='last' is of no use without time"),
    ):
        with pytest.raises(SystemExit) as stop:
            main([*command, *options])
        assert stop.value.code == 2 and message in capsys.readouterr().err
