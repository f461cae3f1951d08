"""Titles and labels that fit: one that is longer than its place is written in several lines."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WIDEST_TITLE = 0.98  # of the width of the axes; a wider title has more lines
OWN_TITLE = "title by stochcalc: "  # marks a title that the user has not written
LEAST_SIZE = 7.5  # points: letters on a narrow figure are not smaller
MOST_PASSES = 4  # in each, axes shrink for the lines that the one before has added
FORMULA = re.compile(r"\$[^$]*\$")
UNBROKEN = "\x00"  # stands for a space at which no line may end
JOINED = "\x01"  # stands for a space in a formula
SIGNS = r"(?:[=≠≈<>≤≥±+−·×/→∈∘]|\$\\circ[^$]*\$)"  # they join what is on both sides
SPACES_IN_FORMULAS = (
    re.compile(rf" {SIGNS} "),
    re.compile(r"(?<![^\s\x01])(E|Var|P|ln|log|Σ|∫) (?=\S)"),  # of what comes after
    re.compile(r"(?<![^\s\x01])([A-Za-z]) (?=[A-Z](?!\w))"),  # "b X", a product
    re.compile(r"(?:(?<=[^a-z\s:;,.])|(?<=[\s\x01][a-z])) (?=[dΔ][A-Za-z](?!\w))"),  # "f(W) dW"
    re.compile(r"(?<=[0-9½]) (?=[%∫Σ])"),
)
BEFORE_A_SIGN = re.compile(rf"{JOINED}(?={SIGNS}{JOINED})")  # where a long formula is broken first


def write_title(ax: Axes, title: str, shared: str) -> None:
    """Write a title, unless the user has written one.

    Two pictures on the same axes that would have different titles have the shared one.

    Parameters
    ----------
    ax : Axes
        The axes.
    title : str
        The title of this picture.
    shared : str
        What the pictures of this kind have in common.
    """
    before = ax.get_title()
    if before and ax.title.get_gid() != OWN_TITLE + before:
        return
    if before and before.replace("\n", " ") != title.replace("\n", " "):
        title = shared
    ax.set_title(title)
    ratio = ax.title.get_window_extent().width / (WIDEST_TITLE * ax.get_window_extent().width)
    if ratio > 1.0:
        title = break_lines(title, ratio)
    ax.set_title(title, gid=OWN_TITLE + title)


def break_lines(words: str, ratio: float) -> str:
    """Return a text whose lines are shorter by a factor, and of about the same length.

    Formulas are left in one piece, such as "h = 2/κ", "0.51 ± 0.02" and "b X dW". Those that
    are longer than a line are broken before such a sign, unless they are between dollar signs.

    Parameters
    ----------
    words : str
        The text, of one line or several.
    ratio : float
        How many times too long its longest line is.
    """
    whole = FORMULA.sub(lambda found: found[0].replace(" ", UNBROKEN), words)
    longest = max(map(len, whole.splitlines()))
    length = max(1, int(longest / ratio))
    joined = [_join_formulas(line, length) for line in whole.splitlines()]
    lines = [line for before in joined for line in _divide(before, length)]
    return "\n".join(lines).replace(UNBROKEN, " ").replace(JOINED, " ")


def _join_formulas(words: str, length: int) -> str:
    """Return a line with `JOINED` for the spaces in formulas of at most this many signs."""
    for space in SPACES_IN_FORMULAS:
        words = space.sub(lambda found: found[0].replace(" ", JOINED), words)
    words = " ".join(
        part if len(part) <= length else BEFORE_A_SIGN.sub(" ", part) for part in words.split(" ")
    )
    return " ".join(
        part if len(part) <= length else part.replace(JOINED, " ") for part in words.split(" ")
    )


def _divide(words: str, length: int) -> list[str]:
    """Return as few lines as can be of at most this many signs, the longest as short as can be."""
    fewest = _fill(words, length)
    while length > 1 and len(_fill(words, length - 1)) == len(fewest):
        length -= 1
    return _fill(words, length)


def _fill(words: str, length: int) -> list[str]:
    """Return lines of at most this many signs, where words are not longer."""
    lines = textwrap.wrap(words, length, break_long_words=False, break_on_hyphens=False)
    return lines or [""]


def fit_text(text: Text, room: float, *, upright: bool = False) -> None:
    """Divide a text of a figure into lines if it is longer than its place.

    Parameters
    ----------
    text : matplotlib.text.Text
        The text.
    room : float
        The length of its place, in pixels.
    upright : bool
        Whether it is written from the bottom to the top.
    """
    if not text.get_text():
        return
    extent = text.get_window_extent()
    length = extent.height if upright else extent.width
    if length > room:
        text.set_text(break_lines(text.get_text(), length / room))


def enlarge_letters(shown: Figure) -> None:
    """Give the texts of a figure that are too small for a narrow page the least size.

    Parameters
    ----------
    shown : matplotlib.figure.Figure
        The figure, with everything drawn.
    """
    with hold_interrupts_back():
        from matplotlib.text import Text

    texts: list[Any] = shown.findobj(Text)
    for text in texts:
        if text.get_fontsize() < LEAST_SIZE:
            text.set_fontsize(LEAST_SIZE)


def fit_titles(shown: Figure) -> None:
    """Divide the titles and the labels of a figure that are longer than its axes into lines.

    Parameters
    ----------
    shown : matplotlib.figure.Figure
        The figure, with everything drawn.
    """
    for _ in range(MOST_PASSES):
        shown.draw_without_rendering()  # tells how large the axes are
        before = _read_words(shown)
        _fit_each(shown)
        if _read_words(shown) == before:
            return


def _read_words(shown: Figure) -> list[str]:
    """Return the titles and the labels of a figure."""
    words = [text.get_text() for part in (shown, *shown.subfigs) for text in part.texts]
    for ax in shown.axes:
        words += [ax.get_title(), ax.get_xlabel(), ax.get_ylabel()]
    return words


def _fit_each(shown: Figure) -> None:
    """Divide what is too long for the axes as they are; they may be smaller afterwards."""
    parts: list[Any] = [shown, *shown.subfigs]
    for part in parts:
        for text in part.texts:
            fit_text(text, WIDEST_TITLE * part.bbox.width)
    for ax in shown.axes:
        if not ax.get_visible():
            continue
        place = ax.get_window_extent()
        centre = (place.x0 + place.x1) / 2.0
        room = 2.0 * min(centre - shown.bbox.x0, shown.bbox.x1 - centre)
        fit_text(ax.title, WIDEST_TITLE * room)
        fit_text(ax.xaxis.label, WIDEST_TITLE * room)
        fit_text(ax.yaxis.label, place.height, upright=True)
