"""The order of the observations of a file, and those that share a time."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stochcalc.variation.csv_fields import NUMBER, TimeArray, show_field
from stochcalc.variation.csv_rows import Observation, Rows, Wanted, suggest_columns
from stochcalc.variation.csv_table import Table

TIES = ("error", "last", "mean", "all")
Values = NDArray[Any]  # float64, or int64 for whole numbers that float64 would round


class Columns(NamedTuple):
    """The columns of a series: values, times, labels, and the number of rows that were merged."""

    values: Values
    times: TimeArray | None
    labels: tuple[str, ...]
    tied: int


def order_rows(table: Table, found: Rows, wanted: Wanted, ties: str) -> Columns:
    """Return the observations as columns whose times increase.

    Parameters
    ----------
    table : Table
        The table, for the errors.
    found : Rows
        Its observations, in the order of time.
    wanted : Wanted
    ties : {"error", "last", "mean", "all"}
        What becomes of the observations that share a time.
    """
    observations = found.observations
    values = _as_array(table, [item.value for item in observations], wanted.column)
    labels = tuple(item.label for item in observations)
    if not wanted.time:
        return Columns(values, None, labels, 0)
    times = _read_times(table, observations, found.kind, wanted)
    _check_order(table, times, found, wanted, ties)
    if ties in ("error", "all"):
        return Columns(values, times, labels, 0)
    first = np.flatnonzero(np.append(True, times[1:] != times[:-1]))
    last = np.append(first[1:], len(times)) - 1
    if ties == "last":
        merged = values[last]
    elif values.dtype.kind == "i":
        table.fail(
            "ties='mean' would round whole numbers as large as these: take ties='last'",
            wanted.column,
        )
    else:
        merged = np.add.reduceat(values, first) / (last - first + 1)
    kept = tuple(labels[i] for i in last)
    if len(kept) < 2:
        table.fail("all rows have the same time: at least two are needed", wanted.time_name)
    return Columns(merged, times[last], kept, len(times) - len(kept))


def _as_array(table: Table, numbers: list[Any], column: str) -> Values:
    """Return numbers as float64, or as int64 if they are whole and float64 would round one."""
    large = [number for number in numbers if isinstance(number, int)]
    if not large or all(float(number) == number for number in large):
        return np.array(numbers, dtype=np.float64)
    if max(map(abs, large)) >= 1 << 63:
        table.fail("it has a whole number beyond 64 bits: write it with a decimal point", column)
    if not all(float(number).is_integer() for number in numbers):
        table.fail(
            "it has whole numbers that float64 would round, and decimals: write all of them with a "
            "decimal point, or none",
            column,
        )
    return np.array([int(number) for number in numbers], dtype=np.int64)


def _read_times(
    table: Table, observations: list[Observation], kind: str, wanted: Wanted
) -> TimeArray:
    """Return the times: numbers, or datetime64[us]."""
    moments = [item.moment for item in observations]
    if kind != NUMBER:
        return np.array(moments, dtype="datetime64[us]")
    times = _as_array(table, moments, wanted.time_name)
    if times.dtype.kind == "f":
        _check_precision(table, times, observations, wanted)
    return times


def _check_precision(
    table: Table, times: TimeArray, observations: list[Observation], wanted: Wanted
) -> None:
    """Fail if float64 holds the times too coarsely for the distances between them.

    That is so if the shortest of them is less than a thousand of the distances between neighbouring
    float64, as with microseconds in decimals of the seconds since 1970.
    """
    rounding = 1000.0 * np.spacing(np.abs(times).max())
    for i in np.flatnonzero(np.abs(np.diff(times)) < rounding):
        one = observations[i]
        other = observations[i + 1]
        with localcontext(prec=60):
            exact = _read_decimal(other.label, wanted) - _read_decimal(one.label, wanted)
            error = Decimal(float(times[i + 1])) - Decimal(float(times[i])) - exact
            lost = abs(error) > abs(exact) / 1000
        if lost:
            table.row = other.row
            table.fail(
                f"float64 rounds {show_field(other.label)} so that its distance from "
                f"{show_field(one.label)} is lost: write whole numbers, such as microseconds, or "
                f"ISO dates",
                wanted.time_name,
            )


def _read_decimal(label: str, wanted: Wanted) -> Decimal:
    """Return the number that a label is, in decimal."""
    return Decimal(label.replace(wanted.decimal, "."))


def _check_order(table: Table, times: TimeArray, found: Rows, wanted: Wanted, ties: str) -> None:
    """Fail if a time is before the one above it, or the same where that is not allowed."""
    wrong = times[1:] < times[:-1]
    same = times[1:] == times[:-1]
    if ties == "error":
        wrong |= same
    if not wrong.any():
        return
    i = int(np.flatnonzero(wrong)[0])
    how = "before"
    remedy = "sort the rows by time"
    if same[i]:
        how = "the same time (to the microsecond) as"
        if isinstance(found.observations[i].moment, int | float):
            how = "the same time as"
        remedy = suggest_columns(table, found, wanted)
    elif (times[1:] < times[:-1]).all():
        remedy = "the file runs from newest to oldest, read it with reverse=True (--reverse)"
    elif wrong.mean() < 0.5 and "where" in suggest_columns(table, found, wanted):
        remedy = f"sort the rows by time, or {suggest_columns(table, found, wanted)}"
    table.row = found.observations[i + 1].row
    table.fail(
        f"{show_field(found.observations[i + 1].label)} is {how} "
        f"{show_field(found.observations[i].label)} in row {found.observations[i].row}, not after: "
        f"{remedy}",
        wanted.time_name,
    )
