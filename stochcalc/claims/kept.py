"""Findings as text that loses no bit: what a checkpoint of `verify` keeps of a finished claim."""

from __future__ import annotations

import json
from dataclasses import fields

from stochcalc.claims.row import Row
from stochcalc.estimate import Estimate

Numbers = tuple[tuple[Row, ...], tuple[str, ...]]  # the rows of a claim, and its remarks


def write_numbers(numbers: Numbers) -> str:
    """Return the rows and the remarks of a claim as JSON, with floats in hexadecimal."""
    rows, remarks = numbers
    return json.dumps({"rows": [_write_row(row) for row in rows], "remarks": remarks})


def read_numbers(text: str) -> Numbers:
    """Return the rows and the remarks that `write_numbers` wrote."""
    content = json.loads(text)
    return tuple(_read_row(row) for row in content["rows"]), tuple(content["remarks"])


def _write_row(row: Row) -> dict[str, object]:
    """Return a row as strings, integers and None."""
    written: dict[str, object] = {}
    for item in fields(row):
        value = getattr(row, item.name)
        if isinstance(value, Estimate):
            written[item.name] = [_write(getattr(value, part.name)) for part in fields(value)]
        else:
            written[item.name] = _write(value)
    return written


def _write(value: object) -> object:
    """Return a float in hexadecimal, marked as a float; all else as it is."""
    if isinstance(value, str | int | None):
        return value
    return {"float": float(value).hex()}  # type: ignore[arg-type]


def _read(value: object) -> object:
    """Return what `_write` was given."""
    if isinstance(value, dict):
        return float.fromhex(value["float"])
    return value


def _read_row(written: dict[str, object]) -> Row:
    """Return the row that was written."""
    values: dict[str, object] = {}
    for name, value in written.items():
        if isinstance(value, list):
            values[name] = Estimate(*map(_read, value))  # type: ignore[arg-type]
        else:
            values[name] = _read(value)
    return Row(**values)  # type: ignore[arg-type]
