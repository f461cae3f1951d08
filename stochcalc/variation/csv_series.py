"""A column of a CSV file as a series of observations.

Every fault of the file is an error that names the row, the column and the remedy. `csv_table` reads
the records of the file, and `csv_fields` reads the numbers and times in them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np

from stochcalc.engine import checks
from stochcalc.typing import Array
from stochcalc.variation.csv_fields import (
    NUMBER,
    TimeArray,
    describe_fault,
    parse_number,
    parse_time,
    shorten,
)
from stochcalc.variation.csv_table import Table, open_text

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "."))  # in lower case
LONGEST_LINE = 1 << 24  # characters: a longer line is no table, and need not fit in memory


@dataclass(frozen=True, eq=False)
class Series:
    r"""The n observations of one column, as read.

    Attributes
    ----------
    name : str
        The name of the column.
    values : ndarray, shape (n,)
        The values, all finite.
    times : ndarray, shape (n,), or None
        The times, which increase strictly: float64, or datetime64[us] in UTC if the file has time
        zones. None if no column of times was named.
    labels : tuple of str
        The names of the observations for a reader: the text of the time column as the file has it,
        or "row 2", "row 3", ...
    dropped : int
        The number of rows left out because their value was missing.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "prices.csv"
    >>> _ = path.write_text("Time,Close\n1,100.0\n2,101.5\n3,\n")
    >>> import stochcalc as sc
    >>> series = sc.read_csv(path, "Close", time="Time", drop_missing=True)
    >>> series.values, series.labels, series.dropped
    (array([100. , 101.5]), ('1', '2'), 1)
    """

    name: str
    values: Array
    times: TimeArray | None
    labels: tuple[str, ...]
    dropped: int = 0

    def __repr__(self) -> str:
        span = f"{self.labels[0]} to {self.labels[-1]}"
        return f"Series({self.name!r}, n={len(self.values)}, {span}, dropped={self.dropped})"


class _Observation(NamedTuple):
    """One row of the file: the line at which it begins, its label, its value and its time."""

    row: int
    label: str
    value: float
    moment: float | datetime | None


@dataclass(frozen=True)
class _Columns:
    """The columns to read from each row, and the values to refuse: the arguments of `read_csv`."""

    column: str
    time: str | None
    date_format: str | None
    drop_missing: bool
    positive: bool


def read_csv(
    path: str | PathLike[str],
    column: str,
    *,
    time: str | None = None,
    delimiter: str = ",",
    date_format: str | None = None,
    drop_missing: bool = False,
    positive: bool = False,
    reverse: bool = False,
) -> Series:
    r"""Read one column of a CSV file in UTF-8, with the column of its times.

    Parameters
    ----------
    path : str or path
        The file.
    column : str
        The name of the column of the values.
    time : str, optional
        The name of the column of the times, strictly increasing: all numbers, or all ISO dates, to
        the microsecond.
    delimiter : str
        The mark that separates the fields: ',', ';', '\t', '|', ...
    date_format : str, optional
        How the dates are written, for `datetime.strptime`: '%d/%m/%Y'. With it, 20240131 is a date
        and not a number.
    drop_missing : bool
        Whether to leave out, and count, the rows whose value is missing; no row may lack its time.
    positive : bool
        Whether to refuse values <= 0.
    reverse : bool
        Whether to take the rows from the last to the first, for files whose newest row comes first.

    Returns
    -------
    Series

    Raises
    ------
    TypeError, ValueError, OSError
        If an argument is wrong, if the file has a fault (the message names row, column, value and
        remedy), or if it cannot be opened.

    Notes
    -----
    The first line names the columns; lines above it that begin with '#' are comments. Blank lines
    are skipped, and so are spaces around a field. A value is missing if its field is empty or one
    of NA, N/A, NaN, null, None, '-' and '.', in any case.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "prices.csv")
    ...     _ = file.write_text("Date,Close\n2024-01-30,101.5\n2024-01-31,99\n")
    ...     read_csv(file, "Close", time="Date")
    Series('Close', n=2, 2024-01-30 to 2024-01-31, dropped=0)
    """
    wanted = _Columns(
        column=column,
        time=time,
        date_format=date_format,
        drop_missing=checks.flag("drop_missing", drop_missing),
        positive=checks.flag("positive", positive),
    )
    checks.flag("reverse", reverse)
    _check_arguments(path, column, time, delimiter, date_format)
    with open_text(path) as file:
        table = Table(file, Path(path).name, delimiter, LONGEST_LINE)
        observations, kind, dropped = _read_observations(table, wanted)
    if reverse:
        observations.reverse()
    rows, labels, values, moments = zip(*observations)
    array = np.array(values)
    array.flags.writeable = False
    times = None
    if time is not None:
        times = np.array(moments, dtype="float64" if kind == NUMBER else "datetime64[us]")
        times.flags.writeable = False
        table.check_order(times, labels, rows, time)
    return Series(name=column, values=array, times=times, labels=labels, dropped=dropped)


def _read_observations(table: Table, wanted: _Columns) -> tuple[list[_Observation], str, int]:
    """Read all rows; return the observations, the kind of their times, and the number dropped."""
    observations: list[_Observation] = []
    dropped = 0
    kind = ""
    if wanted.time is None:
        (value_place,) = table.columns([wanted.column])
        time_place = None
    else:
        value_place, time_place = table.columns([wanted.column, wanted.time])
    for fields in table.records:
        label = f"row {table.row}"
        if time_place is not None:
            label = fields[time_place]
        if label.lower() in MISSING:
            table.fail(
                f"the time is missing ({label!r}): every row needs one; write it, or take the "
                f"row out",
                wanted.time,
            )
        text = fields[value_place]
        if text.lower() in MISSING:
            if not wanted.drop_missing:
                table.fail(
                    f"the value is missing ({text!r}): fix it, or set drop_missing=True "
                    f"(--drop-missing)",
                    wanted.column,
                )
            dropped += 1
            continue
        value = _read_value(table, text, wanted)
        moment = None
        if time_place is not None:
            this_kind, moment = parse_time(label, wanted.date_format)
            if moment is None:
                _fail_at_time(table, f"{shorten(label)} is {this_kind}", wanted)
            if not observations:
                kind = this_kind
            if this_kind != kind:
                first = observations[0]
                mixed = f"but {shorten(first.label)} in row {first.row} is {kind}"
                _fail_at_time(table, f"{shorten(label)} is {this_kind}, {mixed}", wanted)
        observations.append(_Observation(table.row, label, value, moment))
    if len(observations) < 2:
        table.fail(
            f"the file ends with {len(observations)} observation(s) ({dropped} missing): at least "
            f"two are needed",
            wanted.column,
        )
    return observations, kind, dropped


def _read_value(table: Table, text: str, wanted: _Columns) -> float:
    """Return the value that a text is, or fail if it is not finite or not allowed."""
    value = parse_number(text)
    if value is None or not math.isfinite(value):
        table.fail(f"{shorten(text)} {describe_fault(text)}", wanted.column)
    if wanted.positive and value <= 0:
        table.fail(
            f"{shorten(text)} is not positive: fix it, or take no logarithms "
            f"(positive=False, --no-log)",
            wanted.column,
        )
    return value


def _fail_at_time(table: Table, fault: str, wanted: _Columns) -> NoReturn:
    """Fail because of a time, and say how times may be written."""
    table.fail(
        f"{fault}: write all times as ISO dates such as 2024-01-31, or as numbers, or give the "
        "format of all, date_format='%d/%m/%Y' (--date-format)",
        wanted.time,
    )


def _check_arguments(
    path: str | PathLike[str],
    column: str,
    time: str | None,
    delimiter: str,
    date_format: str | None,
) -> None:
    """Check the types of the arguments of `read_csv`, the delimiter and the format of dates."""
    if not isinstance(path, str | PathLike):
        raise TypeError(f"path={shorten(path)} must be a path")
    for name, value, kind in (
        ("column", column, str),
        ("time", time, str | None),
        ("delimiter", delimiter, str),
        ("date_format", date_format, str | None),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"{name}={shorten(value)} must be text")
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'+-.\r\n\0":
        raise ValueError(
            f"delimiter={shorten(delimiter)} must be one mark, such as ',', ';', '|' or a tab (in "
            f"a shell $'\\t')"
        )
    if date_format is None:
        return
    if time is None:
        raise ValueError(
            f"date_format={shorten(date_format)} is of no use without time, the column of the "
            f"dates (--time)"
        )
    has_year = any(directive in date_format for directive in ("%Y", "%y", "%G", "%c", "%x"))
    if "%Z" in date_format or not has_year:
        raise ValueError(
            f"date_format={shorten(date_format)} must have a year, and any time zone as offset: "
            f"'%d/%m/%Y %H:%M%z'"
        )
