"""A column of a CSV file as a series of observations.

Every fault of the file is an error that names the row, the column and the remedy. `csv_open` opens
the file, `csv_table` reads its records, `csv_rows` takes observations from them with the numbers
and times that `csv_fields` reads, and `csv_ties` puts them into columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from stochcalc.engine import arrays, checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.words import show
from stochcalc.variation.csv_fields import TimeArray, escape_control_signs, show_field
from stochcalc.variation.csv_open import open_text
from stochcalc.variation.csv_rows import Wanted, read_rows
from stochcalc.variation.csv_table import Table
from stochcalc.variation.csv_ties import TIES, order_rows

LONGEST_LINE = 1 << 24  # characters: a longer line is no table, and need not fit in memory


@dataclass(frozen=True, eq=False)
class Series:
    r"""The n observations of one column, as read.

    Attributes
    ----------
    name : str
        The name of the column.
    values : ndarray, shape (n,)
        The values, all finite: float64, or int64 for whole numbers that float64 would round.
    times : ndarray, shape (n,), or None
        The times, which increase strictly, or with ties="all" do not decrease: float64, int64 for
        whole numbers that float64 would round, or datetime64[us], in UTC if the file has time
        zones. None if no column of times was named. `quadratic_variation` and its kind subtract
        them before they round them.
    labels : tuple of str
        The names of the observations for a reader: the text of the time column as the file has it,
        or "row 2", "row 3", ...
    dropped : int
        The number of rows left out because their value was missing.
    tied : int
        The number of rows that were merged with another of the same time.

    Raises
    ------
    TypeError, ValueError
        For parts that are no text, no array, no tuple or no count. What they hold is
        checked where it is used.

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
    values: NDArray[Any]
    times: TimeArray | None
    labels: tuple[str, ...]
    dropped: int = 0
    tied: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError(f"name={show(self.name)} must be a text")
        for name in ("values", "times"):
            part = getattr(self, name)
            missing = name == "times" and part is None
            if not missing and arrays.count_axes(part) == 0:
                raise TypeError(f"{name}={show(part)} must have one entry for each observation")
        if not isinstance(self.labels, tuple) or not self.labels:
            raise TypeError(f"labels={show(self.labels)} must be a tuple of texts, at least one")
        checks.integer("dropped", self.dropped, 0)
        checks.integer("tied", self.tied, 0)

    def __repr__(self) -> str:
        span = escape_control_signs(f"{self.labels[0]} to {self.labels[-1]}")
        tied = f", tied={self.tied}" if self.tied else ""
        return f"Series({self.name!r}, n={len(self.values)}, {span}, dropped={self.dropped}{tied})"


@hint_names
def read_csv(
    path: str | PathLike[str],
    column: str,
    *,
    time: str | Sequence[str] | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    date_format: str | None = None,
    where: Mapping[str, str] | None = None,
    ties: str = "error",
    drop_missing: bool = False,
    positive: bool = False,
    reverse: bool = False,
) -> Series:
    r"""Read one column of a CSV file in UTF-8, plain or packed by gzip, with its times.

    Parameters
    ----------
    path : str or path
        The file. One that gzip has packed is unpacked, up to 1 GiB.
    column : str
        The name of the column of the values.
    time : str or sequence of str, optional
        The name of the column of the times, increasing: all numbers, or all ISO dates, to the
        microsecond. Of several names, such as ("Date", "Time"), the fields are joined by a space.
    delimiter : str, optional
        The mark that separates the fields: ',', ';', '\t', '|', ...; by default a comma, or a
        semicolon with decimal=','.
    decimal : {".", ","}
        The decimal mark.
    date_format : str, optional
        How the dates are written, for `datetime.strptime`: '%d/%m/%Y'. With it, 20240131 is a date
        and not a number.
    where : dict of str to str, optional
        The rows to read, out of a table of several series: {"symbol": "AAPL"} takes those whose
        field in the column 'symbol' is AAPL.
    ties : {"error", "last", "mean", "all"}
        What becomes of rows that share a time: an error, the last of them, the mean of their
        values, or all of them in the order of the file.
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
    checks.choice("decimal", decimal, (".", ","))
    checks.choice("ties", ties, TIES)
    if delimiter is None:
        delimiter = "," if decimal == "." else ";"
    names = _read_names(time)
    _check_arguments(path, column, delimiter, date_format)
    _check_use_of_time(names, date_format, ties)
    wanted = Wanted(
        column=column,
        time=names,
        date_format=date_format,
        decimal=decimal,
        where=_check_where(where),
        drop_missing=checks.flag("drop_missing", drop_missing),
        positive=checks.flag("positive", positive),
    )
    checks.flag("reverse", reverse)
    with open_text(path) as file:
        table = Table(file, Path(path).name, delimiter, LONGEST_LINE)
        found = read_rows(table, wanted)
    if reverse:
        found.observations.reverse()
    columns = order_rows(table, found, wanted, ties)
    for array in (columns.values, columns.times):
        if array is not None:
            array.flags.writeable = False
    return Series(
        name=column,
        values=columns.values,
        times=columns.times,
        labels=columns.labels,
        dropped=found.dropped,
        tied=columns.tied,
    )


def _read_names(time: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the columns of times."""
    if time is None:
        return ()
    if isinstance(time, str):
        return (time,)
    if not isinstance(time, Sequence) or not all(isinstance(name, str) for name in time):
        raise TypeError(f"time={show_field(time)} must be text, or several names in a tuple")
    if not time:
        raise ValueError("time=() names no column: leave it out")
    return tuple(time)


def _check_where(where: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the fields that rows must have, checked to be text."""
    if where is None:
        return {}
    if not isinstance(where, Mapping):
        raise TypeError(f"where={show_field(where)} must be a dict, such as {{'symbol': 'AAPL'}}")
    for name, text in where.items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise TypeError(
                f"where={show_field(where)} must have text for names and fields, as the file has: "
                f"{{{str(name)!r}: {str(text)!r}}}"
            )
    return {name: text.strip() for name, text in where.items()}


def _check_arguments(
    path: str | PathLike[str],
    column: str,
    delimiter: str,
    date_format: str | None,
) -> None:
    """Check the types of the arguments of `read_csv`, the delimiter and the format of dates."""
    if not isinstance(path, str | PathLike):
        raise TypeError(f"path={show_field(path)} must be a path")
    for name, value, kind in (
        ("column", column, str),
        ("delimiter", delimiter, str),
        ("date_format", date_format, str | None),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"{name}={show_field(value)} must be text")
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'+-.\r\n\0":
        raise ValueError(
            f"delimiter={show_field(delimiter)} must be one mark, such as ',', ';', '|' or a tab "
            f"(in a shell $'\\t')"
        )


def _check_use_of_time(time: tuple[str, ...], date_format: str | None, ties: str) -> None:
    """Check the format of dates, and refuse what is of no use without times."""
    for name, value, default in (("date_format", date_format, None), ("ties", ties, "error")):
        if not time and value != default:
            raise ValueError(
                f"{name}={show_field(value)} is of no use without time, the column of the dates "
                f"(--time)"
            )
    if date_format is None:
        return
    has_year = any(directive in date_format for directive in ("%Y", "%y", "%G", "%c", "%x"))
    if "%Z" in date_format or not has_year:
        raise ValueError(
            f"date_format={show_field(date_format)} must have a year, and any time zone as offset: "
            f"'%d/%m/%Y %H:%M%z'"
        )
