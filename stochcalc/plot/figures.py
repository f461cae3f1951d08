"""Figures that stay open: drawn once, described in words, and drawn again by who prints them.

A notebook and the pages of the documentation show a figure that is open when a cell ends; `files`
has the functions that write one and close it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.plot.annotations import part_names
from stochcalc.plot.legends import fit_legends, move_legends
from stochcalc.plot.look import drawing, is_narrow
from stochcalc.plot.scales import thin_dates, tidy_logarithmic_axes
from stochcalc.plot.titles import enlarge_letters, fit_titles
from stochcalc.typing import Axes, Figure


def figure(draw: Callable[[Axes], object], *, alt: str = "") -> Figure:
    """Draw on new axes and return the figure, which stays open.

    Legends that cover data are moved into empty corners, and logarithmic axes whose ticks nobody
    has set have them at the points or at round numbers.

    Parameters
    ----------
    draw : callable
        draw(ax) draws on the axes.
    alt : str
        What the figure shows, in a sentence, for readers who cannot see it. Without it, its titles.

    Returns
    -------
    matplotlib.figure.Figure
        With two attributes more: `.alt`, and `.redraw`, which is `draw`, so that pages can show
        the figure on another background.

    Raises
    ------
    TypeError
        If `draw` cannot be called, or `alt` is no text.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc import plot
    >>> W = sc.brownian(1.0, 64, rng=1)
    >>> shown = plot.figure(W.plot, alt="One Brownian path on [0, 1] moves by 64 normal steps.")
    >>> shown.alt
    'One Brownian path on [0, 1] moves by 64 normal steps.'
    """
    if not callable(draw):
        raise TypeError(f"draw={draw!r:.60} must be a function draw(ax), such as W.plot")
    if not isinstance(alt, str):
        raise TypeError(f"alt={alt!r:.60} must be a sentence")
    with drawing(None) as ax:
        draw(ax)
        shown = find_figure(ax)
        tidy(shown)
        settle_colours(shown)
    described: Any = shown
    described.alt = alt or read_titles(shown)
    described.redraw = draw
    return shown


def find_figure(ax: Axes) -> Figure:
    """Return the figure that axes belong to, also from within a part of it."""
    shown = ax.figure
    while shown.figure is not shown:
        shown = shown.figure
    return shown


def tidy(shown: Figure) -> None:
    """Make a figure that is drawn legible.

    Legends are moved off the data, and the ticks of logarithmic axes that nobody has set are set.
    On a narrow figure, words that are too long for it are broken into lines.
    """
    if is_narrow(shown):
        enlarge_letters(shown)
        thin_dates(shown)
        fit_legends(shown)
        fit_titles(shown)
        part_names(shown)
    move_legends(shown)
    tidy_logarithmic_axes(shown)


def settle_colours(shown: Figure) -> None:
    """Give lines and texts whose colour is "C0", "C1", ... the colour of today's cycle.

    Matplotlib looks such a name up when it draws the figure, and the style may have ended by then.
    """
    with hold_interrupts_back():
        from matplotlib.colors import to_hex
        from matplotlib.lines import Line2D
        from matplotlib.text import Text

    found: list[Any] = [*shown.findobj(Line2D), *shown.findobj(Text)]
    for artist in found:
        colour = artist.get_color()
        if isinstance(colour, str) and re.fullmatch(r"C\d+", colour):
            artist.set_color(to_hex(colour))


def read_titles(shown: Figure) -> str:
    """Return the titles of a figure and its axes as one line."""
    titles = [shown.get_suptitle(), *(axes.get_title() for axes in shown.axes)]
    return "; ".join(" ".join(title.split()) for title in titles if title)
