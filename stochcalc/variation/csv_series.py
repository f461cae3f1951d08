"""A column of a CSV file as a series of observations; every fault of the file is named by row,
column and remedy.
"""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn, TextIO

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "."))  # in lower case
GROUPING = str.maketrans(
    "", "", " _'\u2019\u00a0\u2009\u202f"
)  # what stands between thousands, but for the comma
LONGEST_LINE = 1 << 24  # characters: what is longer is no table, and need not be in memory to tell


@dataclass(frozen=True, eq=False)
class Series:
    """The n observations of one column, as read.

    `values` are finite, `times` increase strictly, both of shape (n,); times are float64 or
    datetime64[us], in UTC if the file has zones, or None if no column was named. `labels` name the
    observations to a reader: the text of the time column as it stands in the file, else "row 2",
    ... `dropped` counts the rows left out because their value was missing.
    """

    name: str
    values: NDArray[np.float64]
    times: NDArray[Any] | None
    labels: tuple[str, ...]
    dropped: int = 0

    def __repr__(self) -> str:
        return f"Series({self.name!r}, n={len(self.values)}, {self.labels[0]} to {self.labels[-1]}, dropped={self.dropped})"


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
    r"""One column of a CSV file in UTF-8, with the column of its times.

    The first line names the columns; above it, lines that begin with '#' are comments. Blank lines
    are skipped, and so are spaces around a field. Missing is an empty field or one of NA, N/A, NaN,
    null, None, '-' and '.', in any case.

    Parameters
    ----------
    path, column : str
        The file, and the column of the values.
    time : str, optional
        The column of the times, strictly increasing: all numbers, or all ISO dates, to the
        microsecond.
    delimiter : str
        What separates the fields: ',', ';', '\t', '|', ...
    date_format : str, optional
        How the dates are written, for `datetime.strptime`: '%d/%m/%Y'. With it, 20240131 is a date
        and not a number.
    drop_missing, positive : bool
        Leave out, and count, the rows whose value is missing (but no row without its time); refuse
        values <= 0.
    reverse : bool
        Take the rows from the last to the first, for files whose newest row stands first.

    Raises
    ------
    TypeError, ValueError, OSError
        If an argument is wrong, if the file is (with row, column, value and remedy), or if it
        cannot be opened.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "prices.csv")
    ...     _ = file.write_text("Date,Close\n2024-01-30,101.5\n2024-01-31,99\n")
    ...     read_csv(file, "Close", time="Date")
    Series('Close', n=2, 2024-01-30 to 2024-01-31, dropped=0)
    """
    drop_missing, positive = (
        checks.flag("drop_missing", drop_missing),
        checks.flag("positive", positive),
    )
    checks.flag("reverse", reverse)
    _check_arguments(path, column, time, delimiter, date_format)
    seen: list[tuple[int, str, float, Any]] = []
    dropped, kind = 0, ""
    with _open(path) as file:
        table = _Table(file, Path(path).name, delimiter)
        v, *t = table.header([column] if time is None else [column, time])
        for fields in table.records:
            text, label, moment = fields[v], fields[t[0]] if t else f"row {table.row}", None
            if label.lower() in MISSING:
                table.fail(
                    f"the time is missing ({label!r}): every row needs one; write it, or take the "
                    f"row out",
                    time,
                )
            if text.lower() in MISSING:
                if not drop_missing:
                    table.fail(
                        f"the value is missing ({text!r}): mend it, or set drop_missing=True "
                        f"(--drop-missing)",
                        column,
                    )
                dropped += 1
                continue
            value = _float(text)
            if value is None or not math.isfinite(value):
                table.fail(f"{_show(text)} {_fault(text)}", column)
            if positive and value <= 0:
                table.fail(
                    f"{_show(text)} is not positive: mend it, or take no logarithms "
                    f"(positive=False, --no-log)",
                    column,
                )
            if t:
                found, moment = _moment(label, date_format)
                kind = kind or found
                if moment is None or found != kind:
                    mixed = (
                        f", but {_show(seen[0][1])} in row {seen[0][0]} is {kind}"
                        if moment is not None
                        else ""
                    )
                    table.fail(
                        f"{_show(label)} is {found}{mixed}: write all times as ISO dates such as "
                        f"2024-01-31, or as "
                        "numbers, or give the format of all, date_format='%d/%m/%Y' "
                        "(--date-format)",
                        time,
                    )
            seen.append((table.row, label, value, moment))
        if len(seen) < 2:
            table.fail(
                f"the file ends with {len(seen)} observation(s) ({dropped} missing): at least two "
                f"are needed",
                column,
            )
    rows, labels, values, moments = zip(*(seen[::-1] if reverse else seen))
    array, times = np.array(values), None
    array.flags.writeable = False
    if time is not None:
        times = np.array(moments, dtype=np.float64 if kind == "a number" else "datetime64[us]")
        times.flags.writeable = False
        table.check_order(times, labels, rows, time)
    return Series(column, array, times, labels, dropped)


class _Table:
    """The records of an open file, read one at a time, with the line at which each begins."""

    def __init__(self, file: TextIO, name: str, delimiter: str) -> None:
        self.file, self.delimiter = _show(name)[1:-1], delimiter
        self.row, self.line, self.text = (
            0,
            0,
            "",
        )  # where the record begins, 0 at the end; the last line
        self.names: list[str] = []  # the header
        self.records = self._records(self._lines(file))

    def fail(self, what: str, column: str | None = None) -> NoReturn:
        place = "" if column is None else f", column {_show(column)}"
        raise ValueError(f"{self.file}, row {self.row or self.line + 1}{place}: {what}")

    def header(self, wanted: list[str]) -> list[int]:
        """Read the names of the columns; return the places of those wanted."""
        self.names = names = next(self.records, [])
        if not names:
            self.fail("the file ends without a header: its first line must name the columns")
        other = max(",;\t|".replace(self.delimiter, ""), key=names[0].count)
        if len(names) == 1 and other in names[0] and names[0] not in wanted:
            self.fail(
                f"{_show(names[0])} looks separated by {other!r}: give delimiter={other!r} "
                f"(--delimiter)"
            )
        for name in wanted:
            if names.count(name) > 1:
                self.fail(
                    f"{names.count(name)} columns have this name: rename them, so that it means "
                    f"one",
                    name,
                )
            if name not in names:
                lower = {known.lower(): known for known in reversed(names)}
                close = difflib.get_close_matches(name.lower(), lower, 1)
                hint = (
                    f"did you mean {_show(lower[close[0]])}?"
                    if close
                    else "a line that begins with '#' is no header"
                )
                known = ", ".join(_show(known, 20) for known in names[:10]) + (
                    ", ..." if len(names) > 10 else ""
                )
                self.fail(
                    f"no such column, name one of {known}"
                    + (f"; {hint}" if close or self.row > 1 else ""),
                    name,
                )
        return [names.index(name) for name in wanted]

    def check_order(
        self, times: NDArray[Any], labels: tuple[str, ...], rows: tuple[int, ...], column: str
    ) -> None:
        """Fail if a time is not after the one before."""
        for i in np.flatnonzero(times[1:] <= times[:-1])[:1]:
            how, remedy = "before", "sort the rows by time"
            if times[i] == times[i + 1]:
                how, remedy = (
                    "the same time (to the microsecond) as",
                    "keep one of the rows, or give times as numbers",
                )
            elif (times[1:] < times[:-1]).all():
                remedy = (
                    "the file runs from newest to oldest, read it with reverse=True (--reverse)"
                )
            self.row = rows[i + 1]
            self.fail(
                f"{_show(labels[i + 1])} is {how} {_show(labels[i])} in row {rows[i]}, not after: "
                f"{remedy}",
                column,
            )

    def _lines(self, file: TextIO) -> Iterator[str]:
        """The lines of the file, checked to be text, without the comments above the header."""
        while line := file.readline(LONGEST_LINE):
            self.line, self.text = self.line + 1, line
            stray = [] if line.isascii() else [c for c in line if "\udc80" <= c <= "\udcff"]
            if stray or "\0" in line or len(line) == LONGEST_LINE:
                self.row = self.line
                what = (
                    f"the byte 0x{ord(stray[0]) - 0xDC00:x}"
                    if stray
                    else "NUL, or a line without end,"
                )
                self.fail(f"{what} has no place in a text in UTF-8: save the table as 'CSV UTF-8'")
            if self.names or self.row or not line.startswith("#"):
                self.row = self.row or self.line
                yield line

    def _records(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """The fields of each record; blank lines are none."""
        reader = csv.reader(
            lines, delimiter=self.delimiter, skipinitialspace=self.delimiter != " ", strict=True
        )
        while True:
            self.row = 0
            try:
                fields = [field.strip() for field in next(reader)]
            except StopIteration:
                return
            except csv.Error as error:
                self.fail(
                    f"cannot be split into fields ({error}): close every double quote, and double "
                    f"those within a field"
                )
            if not fields or (len(fields) == 1 and self.text.isspace()):
                continue
            if self.names and len(fields) != len(self.names):
                self.fail(
                    f"{len(fields)} field(s), but {len(self.names)} in the header: mend it; a "
                    f"field that has a "
                    f"{self.delimiter!r} in it must stand in double quotes"
                )
            yield fields


def _check_arguments(path: Any, column: Any, time: Any, delimiter: Any, date_format: Any) -> None:
    for name, value, kind in (
        ("path", path, str | PathLike),
        ("column", column, str),
        ("time", time, str | None),
        ("delimiter", delimiter, str),
        ("date_format", date_format, str | None),
    ):
        if not isinstance(value, kind):
            raise TypeError(
                f"{name}={_show(value)} must be {'a path' if name == 'path' else 'text'}"
            )
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'+-.\r\n\0":
        raise ValueError(
            f"delimiter={_show(delimiter)} must be one mark, such as ',', ';', '|' or a tab (in a "
            f"shell $'\\t')"
        )
    if date_format is not None and time is None:
        raise ValueError(
            f"date_format={_show(date_format)} is of no use without time, the column of the dates "
            f"(--time)"
        )
    if date_format is not None and (
        "%Z" in date_format or not any(y in date_format for y in ("%Y", "%y", "%G", "%c", "%x"))
    ):
        raise ValueError(
            f"date_format={_show(date_format)} must have a year, and any time zone as offset: "
            f"'%d/%m/%Y %H:%M%z'"
        )


def _open(path: str | PathLike[str]) -> TextIO:
    try:  # surrogateescape: so that what is not UTF-8 can be reported with its row
        return open(path, encoding="utf-8-sig", errors="surrogateescape", newline="")
    except (OSError, ValueError) as error:
        kind, why = (
            (type(error), error.strerror) if isinstance(error, OSError) else (ValueError, error)
        )
        raise kind(
            f"the path {_show(str(path), 250)} cannot be read ({why}): give the path of a CSV file"
        ) from None


def _show(value: object, most: int = 32) -> str:
    """The value as Python writes it, cut short."""
    shown = repr(value)
    return shown if len(shown) <= most else f"{shown[: most - 4]}...{shown[-1]}"


def _float(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def _fault(text: str) -> str:
    """What keeps a text from being a finite number, and the remedy."""
    bare = text.translate(GROUPING)
    decimal, plain = bare.replace(".", "").replace(",", "."), bare.replace(",", "")
    if _float(text) is not None:
        return "is not finite: mend it, or write NA if it is missing"
    if bare.rfind(",") > bare.rfind(".") and _float(decimal) is not None:
        return f"has a decimal comma: write {_show(decimal)} (or {_show(plain)}, if it separates thousands)"
    if _float(plain) is not None:
        return f"has thousands separators: leave them out, write {_show(plain)}"
    return "is not a number: mend it, or write NA if it is missing"


def _moment(text: str, date_format: str | None) -> tuple[str, float | datetime | None]:
    """What kind of time a text is, and the time; dates in UTC if they have a zone."""
    if date_format is None and (number := _float(text)) is not None and math.isfinite(number):
        return "a number", number
    try:
        date = (
            datetime.fromisoformat(text)
            if date_format is None
            else datetime.strptime(text, date_format)
        )
        if date.tzinfo is None:
            return "a date without a time zone", date
        return "a date with a time zone", date.astimezone(UTC).replace(tzinfo=None)
    except (
        Exception
    ):  # ValueError; OverflowError in UTC before year 1; re.error if a directive stands twice
        if date_format is None:
            return "no time", None
        iso = (
            " (it is an ISO date: leave date_format out)"
            if _moment(text, None)[0].startswith("a date")
            else ""
        )
        return f"no time of date_format={_show(date_format)}{iso}", None
