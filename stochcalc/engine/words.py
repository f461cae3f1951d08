"""How values and calls are written in messages: short, on one line, cut between words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 60  # characters of a value that is shown


def shorten(value: object, most: int = LONGEST) -> str:
    """Return a value as text on one line, cut after a word where it is long.

    Parameters
    ----------
    value : object
        What a message shows; a float without the digits that nobody reads.
    most : int
        The number of characters that the text stays below.
    """
    if isinstance(value, float):
        return f"{value:g}"
    return shorten_text(repr(value), most)


def show(value: object, most: int = 2 * LONGEST) -> str:
    """Return a value as it is written in code, on one line, cut after a word where it is long."""
    return shorten_text(repr(value), most)


def shorten_text(text: str, most: int = LONGEST) -> str:
    """Return a text on one line, cut after a word and with an ellipsis where it is long."""
    line = " ".join(text.split())
    if len(line) < most:
        return line
    head = line[: most - 3]
    shorter = head.rpartition(" ")[0].rstrip(" ,;:")
    if len(shorter) > most // 2:  # else there is no word to cut after
        head = shorter
    return head + "..."


def suggest(name: object, known: Iterable[str]) -> str:
    """Return "; did you mean 'milstein'?" for a name that looks like a known one, else nothing.

    Parameters
    ----------
    name : object
        The unknown name.
    known : iterable of str
        The names that there are.
    """
    if not isinstance(name, str) or len(name) > LONGEST:
        return ""
    by_lower = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    if not close:
        return ""
    return f"; did you mean {by_lower[close[0]]!r}?"


def end_sentence(text: str) -> str:
    """Return a text with a full stop, unless it ends with one or with an ellipsis."""
    if text.endswith("."):
        return text
    return text + "."


def write_call(name: str, arguments: tuple[object, ...]) -> str:
    """Return a call as text: f(0, (1.0, 2.0))."""
    return f"{name}({', '.join(shorten(argument) for argument in arguments)})"
