"""How many paths are shown: on one line, in a small table, and as a picture of some of them."""

from __future__ import annotations

from collections.abc import Mapping

from stochcalc.display.description import Description
from stochcalc.display.table import Table
from stochcalc.display.thumbnail import MOST_PATHS, draw_paths
from stochcalc.engine.words import count
from stochcalc.typing import Array


def describe_sample(
    *,
    line: str,
    title: str,
    cells: Mapping[str, str],
    t: Array,
    values: Array | None,
    drawn: str,
) -> Description:
    """Return what many paths, or their means, show of themselves.

    Parameters
    ----------
    line : str
        The sample on one line of text.
    title : str
        What it is.
    cells : mapping of str to str
        What its table says, by name.
    t : ndarray, shape (times,)
        The times, or the numbers of the steps.
    values : ndarray, shape (paths, times[, dim]), or None
        The paths that are drawn, of which the first twenty are taken; None for no picture.
    drawn : str
        What the picture shows, in words.
    """
    table = Table(title="", columns=dict.fromkeys(cells, 6), rows=(tuple(cells.values()),))
    picture = ""
    if values is not None:
        picture = draw_paths(t, values, drawn)
    return Description(line=line, title=title, tables=(table,), picture=picture)


def count_drawn(paths: int, noun: str) -> str:
    """Return how many paths of all a picture shows, in words.

    Parameters
    ----------
    paths : int
        The number of all paths.
    noun : str
        What they are, in the singular.
    """
    return f"{min(paths, MOST_PATHS)} of {count(paths, noun)}"
