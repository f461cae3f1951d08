"""What a checkpoint keeps of a claim is the claim's rows, to the last bit."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np

from stochcalc.claims.kept import read_numbers, write_numbers
from stochcalc.claims.row import Row
from stochcalc.estimate import Estimate


def make_row(value, stderr, **facts):
    return Row(
        statement="E \"W\" < 1, 'λ'",
        exact=0.1 + 0.2,
        measured=Estimate(np.float64(value), stderr, -0.0, math.inf, 0.9),
        twin=5e-324,
        twin_statement="<half>",
        **facts,
    )


def bits(row):
    """The fields of a row, with floats in hexadecimal."""
    values = []
    for item in fields(row):
        value = getattr(row, item.name)
        parts = (
            [getattr(value, part.name) for part in fields(value)]
            if item.name == "measured"
            else [value]
        )
        values += [float(part).hex() if isinstance(part, float) else part for part in parts]
    return values


def test_rows_are_read_as_they_were_written():
    rows = (
        make_row(1.0 / 3.0, 1e-3),
        make_row(math.nan, 0.0, paths=10**12, limit=2.0),
        make_row(-math.inf, 1.0, limit=np.float64(0.5)),
    )
    found, remarks = read_numbers(write_numbers((rows, ('a remark, "quoted"', "another"))))
    assert [bits(row) for row in found] == [bits(row) for row in rows]
    assert remarks == ('a remark, "quoted"', "another")
