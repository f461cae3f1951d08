"""How values and calls are written in messages: short, on one line, cut between words."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable

LONGEST = 60  # characters of a value that is shown
LARGE = 10**40  # of integers from here on the first digits are shown
MOST_LETTERS = 64  # of a name that are compared
MOST_NAMES = 1000  # that an unknown one is compared with


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
    return show(value, most)


def show(value: object, most: int = 2 * LONGEST) -> str:
    """Return a value as it is written in code, on one line, cut after a word where it is long."""
    if isinstance(value, int) and abs(value) >= LARGE:
        digits = int(math.log10(abs(value))) + 1
        return f"{value // 10 ** (digits - 12)}... ({digits} digits)"
    try:
        text = repr(value)
    except Exception:  # of an object of somebody else's, or of integers that Python does not print
        text = f"an object of type {type(value).__name__}"
    return shorten_text(text, most)


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
    close = find_closest(name, known)
    if close is None:
        return ""
    return f"; did you mean {close!r}?"


def find_closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks like another one, capital letters apart; None if none does.

    A comparison costs the square of the length, so it is of the first 64 letters, and with the
    first 1,000 names.

    Parameters
    ----------
    name : str
        The unknown name.
    known : iterable of str
        The names that there are.
    """
    names = list(known)
    by_lower = {other.lower(): other for other in reversed(names)}
    if name.lower() in by_lower:
        return by_lower[name.lower()]
    beginnings = {other.lower()[:MOST_LETTERS]: other for other in names[:MOST_NAMES]}
    close = difflib.get_close_matches(name.lower()[:MOST_LETTERS], beginnings, n=1)
    if not close:
        return None
    return beginnings[close[0]]


def count(number: int, noun: str, *, grouped: bool = False) -> str:
    """Return a number with its noun: "1 path", "2 paths".

    Parameters
    ----------
    number : int
        How many there are.
    noun : str
        What they are, in the singular; its plural has an s.
    grouped : bool
        Whether commas group the digits of the number by three.
    """
    shown = f"{number:,}" if grouped else f"{number}"
    if number == 1:
        return f"{shown} {noun}"
    return f"{shown} {noun}s"


def end_sentence(text: str) -> str:
    """Return a text with a full stop, unless it ends with one or with an ellipsis."""
    if text.endswith("."):
        return text
    return text + "."


def write_call(name: str, arguments: tuple[object, ...]) -> str:
    """Return a call as text: f(0, (1.0, 2.0))."""
    return f"{name}({', '.join(shorten(argument) for argument in arguments)})"


def name_given(**arguments: object) -> str:
    """Return the names and values of those arguments that are not None.

    >>> name_given(T=2.0, n=None), name_given(T=2.0, n=8)
    ('T=2.0', 'T=2.0 and n=8')
    """
    given = [f"{name}={show(value)}" for name, value in arguments.items() if value is not None]
    return " and ".join(given)
