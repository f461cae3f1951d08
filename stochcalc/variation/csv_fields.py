"""The text of a field of a CSV file as a number or a time, or the fault of a text that is neither.

Each fault is described by a message that ends with its remedy.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, TypeAlias

from numpy.typing import NDArray

from stochcalc.engine.words import shorten_text

TimeArray: TypeAlias = NDArray[Any]  # times as float64, int64 or datetime64[us]

# What may separate thousands, apart from the comma: spaces of several kinds and marks.
GROUPING = str.maketrans("", "", " _'\u2019\u00a0\u2009\u202f")

LONGEST_FIELD = 34  # characters of a field in a message
NUMBER = "a number"  # the kind of a time that is a number


def show_field(value: object, most: int = LONGEST_FIELD) -> str:
    """Return a field, or an argument, as Python writes it, cut to at most `most` characters."""
    whole = repr(value)
    text = shorten_text(whole, most - 1)
    if text.endswith("..."):
        return text + whole[-1]  # the quotation mark
    return text


def escape_control_signs(text: str) -> str:
    """Return text for a reader: what a terminal would act on, such as ESC, as Python writes it."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def split_names(names: tuple[str, ...]) -> str:
    """Return several names as one text, in the order in which they were given."""
    return ",".join(names)


def parse_number(text: str, decimal: str = ".") -> float | int | None:
    """Return the number that a text is, or None; unlike Python, take no underscores.

    A whole number that float64 might round is an int, if it is written in digits alone.
    """
    if "_" in text:
        return None
    if decimal != ".":
        if "." in text:
            return None
        text = text.replace(decimal, ".")
    try:
        if 15 < len(text) < 300 and text.lstrip("+-").isdecimal():
            return int(text)
        return float(text)
    except ValueError:
        return None


def describe_fault(text: str, decimal: str = ".") -> str:
    """Say what keeps a text from being a finite number, and what to do about it."""
    if parse_number(text, decimal) is not None:
        return "is not finite: fix it, or write NA if it is missing"
    bare = text.translate(GROUPING)
    if decimal != ".":
        if parse_number(bare.replace(".", ""), decimal) is not None:
            plain = bare.replace(".", "")
            return f"has thousands separators: leave them out, write {show_field(plain)}"
        return "is not a number: fix it, or write NA if it is missing"
    point = bare.replace(".", "").replace(",", ".")  # a comma read as the decimal mark
    plain = bare.replace(",", "")  # a comma read as a mark between thousands
    if bare.rfind(",") > bare.rfind(".") and parse_number(point) is not None:
        return (
            f"has a decimal comma: write {show_field(point)} (or {show_field(plain)}, "
            f"if it separates thousands), or read the file with decimal=',' (--decimal ,)"
        )
    if parse_number(plain) is not None:
        return f"has thousands separators: leave them out, write {show_field(plain)}"
    return "is not a number: fix it, or write NA if it is missing"


def parse_time(
    text: str, date_format: str | None, decimal: str = "."
) -> tuple[str, float | int | datetime | None]:
    """Return (the kind of a time in words, the time); the time is None if the text is none.

    A date with a time zone is converted to UTC.
    """
    if date_format is None:
        number = parse_number(text, decimal)
        if number is not None and math.isfinite(number):
            return NUMBER, number
    try:
        if date_format is None:
            date = datetime.fromisoformat(text)
        else:
            date = datetime.strptime(text, date_format)
        if date.tzinfo is None:
            return "a date without a time zone", date
        return "a date with a time zone", date.astimezone(UTC).replace(tzinfo=None)
    # A ValueError; an OverflowError for a date that UTC puts before year 1; a re.error if a
    # directive occurs twice in the format.
    except Exception:
        if date_format is None:
            return "no time", None
        hint = ""
        if parse_time(text, None)[0].startswith("a date"):
            hint = " (it is an ISO date: leave date_format out)"
        return f"no time of date_format={show_field(date_format)}{hint}", None
