"""A damaged price file is refused by row, or read as what it says: never anything else.

A CSV has no checksum, so that a file that was cut within its last number is another good file. What
is read is compared with a reading by Python's own `csv`, `float` and `datetime`.
"""

from __future__ import annotations

import csv
import datetime
import io
import re

import numpy as np
from evidence import assert_same_bits, must_reject, seed

import stochcalc as sc
from stochcalc import read_csv

FLIPS = 1000
WHOLE = (
    b"day,open,close\n"
    b"2024-01-30,101.5,8.5\n"
    b"2024-01-31,99,8.25\n"
    b"2024-02-01,100.25,-1.5e-3\n"
    b'2024-02-02,"100.5",8.75\n'
)


def read_with_python(content: bytes) -> tuple[list[datetime.datetime], list[float]]:
    """Return the days and the values of the column `close`."""
    lines = csv.reader(io.StringIO(content.decode(), newline=""))
    header = [name.strip() for name in next(lines)]
    day = header.index("day")
    close = header.index("close")
    rows = [row for row in lines if row]
    days = [datetime.datetime.fromisoformat(row[day].strip()) for row in rows]
    return days, [float(row[close]) for row in rows]


def check(path, content: bytes) -> bool:
    """Read a file: whether it is refused. What is read is what Python reads."""
    path.write_bytes(content)
    try:
        found = read_csv(path, "close", time="day")
    except ValueError as error:
        said = str(error)
        assert re.search(r"prices\.csv, row [1-9]", said) and len(said) < 400
        return True
    days, values = read_with_python(content)
    assert_same_bits(found.values, np.array(values))
    assert_same_bits(found.times, np.array(days, dtype="datetime64[us]"))
    return False


def test_every_truncation_is_refused_or_read_as_what_it_says(tmp_path):
    refused = [check(tmp_path / "prices.csv", WHOLE[:n]) for n in range(len(WHOLE))]
    assert 20 < sum(refused) < len(WHOLE) - 5


def test_every_bit_that_turns_is_refused_or_read_as_what_it_says(tmp_path):
    places = np.random.default_rng(seed()).integers(8 * len(WHOLE), size=FLIPS)
    refused = []
    for place in places:
        turned = bytearray(WHOLE)
        turned[place // 8] ^= 1 << (place % 8)
        refused.append(check(tmp_path / "prices.csv", bytes(turned)))
    assert FLIPS // 10 < sum(refused) < FLIPS - FLIPS // 10


def test_a_reader_that_leaves_out_a_cut_row_is_noticed(tmp_path, monkeypatch):
    def leave_out(path, column, time):
        path.write_bytes(path.read_bytes().rpartition(b"\n")[0])
        return sc.read_csv(path, column, time=time)

    monkeypatch.setitem(globals(), "read_csv", leave_out)
    with must_reject():
        check(tmp_path / "prices.csv", WHOLE[:-2])
