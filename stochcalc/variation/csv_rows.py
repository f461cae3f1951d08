"""The rows of a table as observations: the value and the time of each, or the fault of one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, NoReturn

from stochcalc.engine.words import shorten_text
from stochcalc.variation.csv_fields import (
    LONGEST_FIELD,
    describe_fault,
    escape_control_signs,
    parse_number,
    parse_time,
    show_field,
    split_names,
)
from stochcalc.variation.csv_table import Table

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "."))  # in lower case
SHOWN = 5  # other values of a column that an error names


class Observation(NamedTuple):
    """One row of the file: the line at which it begins, its label, its value and its time."""

    row: int
    label: str
    value: float | int
    moment: float | int | datetime | None


@dataclass(frozen=True)
class Wanted:
    """What is to be read of a table: the arguments of `read_csv`.

    Attributes
    ----------
    column : str
        The column of values.
    time : tuple of str
        The columns whose fields, joined by a space, are the time; empty if there is none.
    date_format : str or None
    decimal : str
        The decimal mark.
    where : dict of str to str
        The fields that a row must have, by the names of their columns.
    drop_missing, positive : bool
    """

    column: str
    time: tuple[str, ...]
    date_format: str | None
    decimal: str
    where: Mapping[str, str]
    drop_missing: bool
    positive: bool

    @property
    def time_name(self) -> str:
        """The name of the column of times in an error; several are named together."""
        return split_names(self.time)


@dataclass
class Rows:
    """The observations of a table, read from its first row to its last.

    Attributes
    ----------
    observations : list of Observation
    kind : str
        What the times are, in words.
    dropped : int
        The number of rows left out because their value was missing.
    first : list of str
        The fields of the first row that was read.
    """

    observations: list[Observation] = field(default_factory=list)
    kind: str = ""
    dropped: int = 0
    first: list[str] = field(default_factory=list)


def read_rows(table: Table, wanted: Wanted) -> Rows:
    """Read all rows that are wanted; a fault in one is an error that names its line."""
    names = [wanted.column, *wanted.time, *wanted.where]
    places = table.columns(names)
    value_place = places[0]
    time_places = places[1 : 1 + len(wanted.time)]
    chosen = list(zip(places[1 + len(wanted.time) :], wanted.where.values(), strict=True))
    others: dict[str, None] = {}
    found = Rows()
    for fields in table.records:
        if any(fields[place] != text for place, text in chosen):
            if len(others) < SHOWN:
                others[", ".join(show_field(fields[place]) for place, _ in chosen)] = None
            continue
        if not found.first:
            found.first = fields
        label = _read_label(table, fields, time_places, wanted)
        text = fields[value_place]
        if text.lower() in MISSING:
            if not wanted.drop_missing:
                table.fail(
                    f"the value is missing ({text!r}): fix it, or set drop_missing=True "
                    f"(--drop-missing)",
                    wanted.column,
                )
            found.dropped += 1
            continue
        value = _read_value(table, text, wanted)
        moment = None
        if time_places:
            moment = _read_time(table, label, found, wanted)
        found.observations.append(Observation(table.row, label, value, moment))
    if not found.first and others:
        place = split_names(tuple(wanted.where))
        texts = split_names(tuple(wanted.where.values()))
        table.fail(f"no row has {texts}: rows have {'; '.join(others)}", place)
    if len(found.observations) < 2:
        table.fail(
            f"the file ends with {len(found.observations)} observation(s) ({found.dropped} "
            f"missing): at least two are needed",
            wanted.column,
        )
    return found


def suggest_columns(table: Table, found: Rows, wanted: Wanted) -> str:
    """Return what may tell rows of the same time apart, as the end of a sentence.

    It is another column with the time of day, or one whose field is a word, such as a symbol.
    """
    others = [
        (name, text)
        for name, text in zip(table.names, found.first, strict=True)
        if name != wanted.column and name not in wanted.time and name not in wanted.where
    ]
    for name, text in others:
        if re.fullmatch(r"\d{1,2}:\d\d.*", text) and len(wanted.time) == 1:
            both = shorten_text(escape_control_signs(f"{wanted.time[0]},{name}"), LONGEST_FIELD)
            return f"the time of day is in column {show_field(name)}: name both, --time {both}"
    for name, text in others:
        if re.fullmatch(r"[^\W\d]\w*", text):
            field = f"{{{show_field(name)}: {show_field(text)}}}"
            return f"take the rows of one {show_field(name)}, such as where={field} (--where)"
    return "keep one of the rows, take ties='last', 'mean' or 'all' (--ties), or give finer times"


def _read_label(table: Table, fields: list[str], places: list[int], wanted: Wanted) -> str:
    """Return the text of a row's time, or the row's number if no time was asked for."""
    if not places:
        return f"row {table.row}"
    parts = [fields[place] for place in places]
    for part in parts:
        if part.lower() in MISSING:
            table.fail(
                f"the time is missing ({part!r}): every row needs one; write it, or take the row "
                f"out",
                wanted.time_name,
            )
    return " ".join(parts)


def _read_value(table: Table, text: str, wanted: Wanted) -> float | int:
    """Return the value that a text is, or fail if it is not finite or not allowed."""
    value = parse_number(text, wanted.decimal)
    if value is None or not math.isfinite(value):
        table.fail(f"{show_field(text)} {describe_fault(text, wanted.decimal)}", wanted.column)
    if wanted.positive and value <= 0:
        table.fail(
            f"{show_field(text)} is not positive: fix it, or take no logarithms "
            f"(positive=False, --no-log)",
            wanted.column,
        )
    return value


def _read_time(table: Table, label: str, found: Rows, wanted: Wanted) -> float | int | datetime:
    """Return the time that a label is, or fail if it is none or of another kind than the first."""
    kind, moment = parse_time(label, wanted.date_format, wanted.decimal)
    if moment is None:
        _fail_at_time(table, f"{show_field(label)} is {kind}", wanted)
    if not found.observations:
        found.kind = kind
    if kind != found.kind:
        first = found.observations[0]
        mixed = f"but {show_field(first.label)} in row {first.row} is {found.kind}"
        _fail_at_time(table, f"{show_field(label)} is {kind}, {mixed}", wanted)
    return moment


def _fail_at_time(table: Table, fault: str, wanted: Wanted) -> NoReturn:
    """Fail because of a time, and say how times may be written."""
    table.fail(
        f"{fault}: write all times as ISO dates such as 2024-01-31, or as numbers, or give the "
        "format of all, date_format='%d/%m/%Y' (--date-format)",
        wanted.time_name,
    )
