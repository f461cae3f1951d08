"""A CSV file as a table: its header and its records, read one at a time.

Every fault of the file is an error that names the file, the row, the column and the remedy.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NoReturn, TextIO

from stochcalc.engine.words import find_closest, shorten_text
from stochcalc.variation.csv_fields import LONGEST_FIELD, escape_control_signs, show_field
from stochcalc.variation.csv_open import CannotUnpackError


class Table:
    """The records of an open file, read one at a time, with the line at which each begins.

    Parameters
    ----------
    file : text file
        The open file.
    name : str
        The name of the file in error messages.
    delimiter : str
        The mark that separates the fields.
    longest_line : int
        A line of so many characters is refused: it is no table, and it might not fit in memory.

    Attributes
    ----------
    row : int
        The line at which the current record begins; 0 between records and at the end.
    names : list of str
        The header; empty until `columns` has read it.
    records : iterator of list of str
        The fields of the records that have not been read yet.
    """

    def __init__(self, file: TextIO, name: str, delimiter: str, longest_line: int) -> None:
        self.file = shorten_text(escape_control_signs(name), LONGEST_FIELD)
        self.delimiter = delimiter
        self.longest_line = longest_line
        self.row = 0
        self.names: list[str] = []
        self.records = self._records(self._lines(file))
        self._line = 0  # the number of the last line that was read
        self._text = ""  # and the line itself

    def fail(self, what: str, column: str | None = None) -> NoReturn:
        """Raise ValueError with the file, the row, and the column if one is to blame."""
        place = ""
        if column is not None:
            place = f", column {show_field(column)}"
        raise ValueError(f"{self.file}, row {self.row or self._line + 1}{place}: {what}")

    def columns(self, wanted: list[str]) -> list[int]:
        """Read the header; return the places of the wanted columns in a record."""
        self.names = next(self.records, [])
        if not self.names:
            self.fail("the file ends without a header: its first line must name the columns")
        self._check_delimiter(wanted)
        return [self._place(name) for name in wanted]

    def _check_delimiter(self, wanted: list[str]) -> None:
        """Fail if the header is one field that another delimiter would split."""
        other = max(",;\t|".replace(self.delimiter, ""), key=self.names[0].count)
        if len(self.names) == 1 and other in self.names[0] and self.names[0] not in wanted:
            self.fail(
                f"{show_field(self.names[0])} looks separated by {other!r}: give "
                f"delimiter={other!r} (--delimiter)"
            )

    def _place(self, name: str) -> int:
        """Return the place of the one column that has this name."""
        if self.names.count(name) > 1:
            self.fail(
                f"{self.names.count(name)} columns have this name: rename them, so that it means "
                f"one",
                name,
            )
        if name not in self.names:
            self._fail_without(name)
        return self.names.index(name)

    def _fail_without(self, name: str) -> NoReturn:
        """Fail because no column has this name; suggest one that looks like it."""
        known = ", ".join(show_field(other, 20) for other in self.names[:10])
        if len(self.names) > 10:
            known += ", ..."
        close = find_closest(name, self.names)
        hint = ""
        if close is not None:
            hint = f"; did you mean {show_field(close)}?"
        elif self.row > 1:
            hint = "; a line that begins with '#' is no header"
        self.fail(f"no such column, name one of {known}{hint}", name)

    def _lines(self, file: TextIO) -> Iterator[str]:
        """Yield the lines, checked to be text, without the comments above the header."""
        while line := self._read_line(file):
            self._line += 1
            self._text = line
            self._check_line(line)
            if self.names or self.row or not line.startswith("#"):
                if self.row == 0:
                    self.row = self._line
                yield line

    def _read_line(self, file: TextIO) -> str:
        """Return the next line, empty at the end of the file."""
        try:
            return file.readline(self.longest_line)
        except CannotUnpackError as error:
            self.row = self._line + 1
            self.fail(str(error))

    def _check_line(self, line: str) -> None:
        """Fail if a line is too long, or has a byte that no text in UTF-8 has."""
        stray = []
        if not line.isascii():
            stray = [c for c in line if "\udc80" <= c <= "\udcff"]
        if stray:
            what = f"the byte 0x{ord(stray[0]) - 0xDC00:x}"
        elif "\0" in line or len(line) == self.longest_line:
            what = "NUL, or a line without end,"
        else:
            return
        self.row = self._line
        self.fail(f"{what} has no place in a text in UTF-8: save the table as 'CSV UTF-8'")

    def _records(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """Yield the fields of each record; a blank line is no record."""
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
            if not fields or (len(fields) == 1 and self._text.isspace()):
                continue
            if self.names and len(fields) != len(self.names):
                self.fail(
                    f"{len(fields)} field(s), but {len(self.names)} in the header: fix it; a "
                    f"field that has a {self.delimiter!r} in it must be in double quotes"
                )
            yield fields
