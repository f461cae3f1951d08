"""The style that all pictures share: colours, markers, line styles and sizes.

A picture on a new figure has the style where the user has set nothing else: a theme such as
`dark_background`, or a colour cycle of one's own, is left as it is. On axes that are given, nothing
is set at all. The colours of data come from the colour cycle, and those of what surrounds them from
the axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Axes, Figure

if TYPE_CHECKING:
    from matplotlib.typing import ColorType

LineStyle: TypeAlias = str | tuple[int, tuple[int, ...]]  # a name, or (offset, lengths on and off)

# The first four are Okabe and Ito's. Their orange and their sky blue are too pale for lines on
# white; a brown and a violet take their places, and the sky blue is kept for areas.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#6C4B23", "#761DD5")
"""The colours of lines and points, in order; colour-blind readers can tell them apart."""
FILL = "#56B4E9"
"""The colour of areas."""
MARKERS = "osD^v<"
"""The markers of measured points, in order, so that colour is never the only difference."""
LINES: tuple[LineStyle, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
"""The line styles of curves, in order."""
STYLE: dict[Any, Any] = {
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.figsize": (7.0, 4.6),
    "figure.dpi": 120,
    "savefig.bbox": "tight",
    "savefig.dpi": 200,
}
"""The settings of Matplotlib that new figures of the package have."""
NARROW = 5.0  # inches: below this width panels are put one above the other
NARROW_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "figure.figsize": (3.8, 3.2),
}
"""The settings of Matplotlib that differ where the page is narrow."""


def style() -> AbstractContextManager[None]:
    """Return the style as a context, inside which new figures have it.

    Examples
    --------
    >>> from stochcalc import plot
    >>> with plot.style():
    ...     pass  # figures that are made here have the style; those outside do not
    """
    return _set_while(_all_settings())


def narrow() -> AbstractContextManager[None]:
    """Return a context inside which new figures fit a narrow page.

    They are 3.8 inches wide, as a column of a journal or the page on a phone is, and their letters
    are hardly smaller than before. The panels of a figure that is narrower than 5 inches are put
    one above the other, its titles are broken into lines, and legends that cover data go below the
    axes. The same holds for a figure of a user's own that is so narrow.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import stochcalc as sc
    >>> from stochcalc import plot
    >>> with plot.narrow():
    ...     shown = plot.figure(sc.brownian(1.0, 64, rng=1).plot)
    >>> float(shown.get_figwidth())
    3.8
    >>> plt.close(shown)
    """
    return _set_while(NARROW_STYLE)


def is_narrow(figure: Figure) -> bool:
    """Return whether a figure is so narrow that panels have no place side by side.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    """
    return bool(figure.get_figwidth() < NARROW)


@contextmanager
def drawing(ax: Axes | None) -> Iterator[Axes]:
    """Give `ax` as it is, or axes on a new figure if it is None.

    A new figure has the style where the user has set nothing else, until the drawing is complete.
    A figure whose drawing fails is closed.
    """
    plt = import_pyplot()
    if ax is not None:
        if not isinstance(ax, plt.Axes):
            raise TypeError(
                f"ax={ax!r:.60} must be axes of Matplotlib, such as plt.gca(), or one entry of the "
                f"array that plt.subplots returns for several"
            )
        yield ax
        return
    with _set_while(_settings_left_to_us()):
        figure, new = plt.subplots(layout="constrained")
        try:
            yield new
        except BaseException:
            plt.close(figure)
            raise


def ink(ax: Axes) -> ColorType:
    """Return the colour in which the axes write: black on white, white on a dark theme."""
    return ax.xaxis.label.get_color()


def choose_colour(i: int) -> str:
    """Return the i-th colour of the cycle; after the last, the colours begin again."""
    with hold_interrupts_back():
        from matplotlib.colors import to_hex

    return str(to_hex(f"C{i}"))


def take_colour(ax: Axes) -> ColorType:
    """Return the next colour of the cycle of the axes, as `ax.plot` would take it."""
    (line,) = ax.plot([], [])
    colour = line.get_color()
    line.remove()
    return colour


def choose_marker(i: int) -> str:
    """Return the i-th marker; after the last, the markers begin again."""
    return MARKERS[i % len(MARKERS)]


def choose_line_style(i: int) -> LineStyle:
    """Return the i-th line style; after the last, the line styles begin again."""
    return LINES[i % len(LINES)]


def read_line_keywords(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the properties of a line under their full names: `lw` is `linewidth`.

    What is None has its default, as in Matplotlib, and is left out.
    """
    with hold_interrupts_back():
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.lines import Line2D

    named = normalize_kwargs(dict(given), Line2D)
    return {name: value for name, value in named.items() if value is not None}


def import_pyplot() -> ModuleType:
    """Return matplotlib.pyplot; Ctrl-C waits until the import is complete."""
    with hold_interrupts_back():
        import matplotlib.pyplot as plt
    return plt


def _all_settings() -> dict[Any, Any]:
    """Return the settings of Matplotlib that make the style."""
    with hold_interrupts_back():
        from cycler import cycler

    return {**STYLE, "axes.prop_cycle": cycler(color=COLOURS)}


def _settings_left_to_us() -> dict[Any, Any]:
    """Return the settings of the style, without those that the user or a theme has changed."""
    with hold_interrupts_back():
        import matplotlib as mpl

    return {
        name: value
        for name, value in _all_settings().items()
        if mpl.rcParams[name] == mpl.rcParamsDefault[name]
    }


@contextmanager
def _set_while(settings: Mapping[Any, Any]) -> Iterator[None]:
    """Set these and no other settings of Matplotlib while the context lasts.

    `matplotlib.rc_context` would take back every setting. In a notebook the first figure loads the
    backend, which makes Matplotlib interactive; if that is taken back, no later picture is shown.
    """
    with hold_interrupts_back():
        import matplotlib as mpl

    before = {name: mpl.rcParams[name] for name in settings}
    mpl.rcParams.update(settings)
    try:
        yield
    finally:
        mpl.rcParams.update(before)
