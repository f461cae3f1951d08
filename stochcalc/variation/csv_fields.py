"""The text of one field of a CSV file as a number or a time, and what is wrong if it is neither."""

from __future__ import annotations

import math
from datetime import UTC, datetime

# What may stand between thousands, apart from the comma: spaces of several kinds and marks.
GROUPING = str.maketrans("", "", " _'\u2019\u00a0\u2009\u202f")

NUMBER = "a number"  # the kind of a time that is a number


def shown(value: object, most: int = 32) -> str:
    """Return the value as Python writes it, cut to at most `most` characters."""
    text = repr(value)
    if len(text) <= most:
        return text
    return f"{text[: most - 4]}...{text[-1]}"


def number_in(text: str) -> float | None:
    """Return the number that a text is, or None; unlike Python, refuse underscores."""
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def fault_of(text: str) -> str:
    """Say what keeps a text from being a finite number, and what to do about it."""
    if number_in(text) is not None:
        return "is not finite: mend it, or write NA if it is missing"
    bare = text.translate(GROUPING)
    decimal = bare.replace(".", "").replace(",", ".")  # a comma read as the decimal mark
    plain = bare.replace(",", "")  # a comma read as a mark between thousands
    if bare.rfind(",") > bare.rfind(".") and number_in(decimal) is not None:
        return (
            f"has a decimal comma: write {shown(decimal)} (or {shown(plain)}, "
            f"if it separates thousands)"
        )
    if number_in(plain) is not None:
        return f"has thousands separators: leave them out, write {shown(plain)}"
    return "is not a number: mend it, or write NA if it is missing"


def time_in(text: str, date_format: str | None) -> tuple[str, float | datetime | None]:
    """Return the kind of a time in words, and the time, which is None if the text is no time.

    A date with a time zone is converted to UTC.
    """
    if date_format is None:
        number = number_in(text)
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
        if time_in(text, None)[0].startswith("a date"):
            hint = " (it is an ISO date: leave date_format out)"
        return f"no time of date_format={shown(date_format)}{hint}", None
