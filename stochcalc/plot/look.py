"""The style that all pictures share: colours, markers, line styles and sizes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any, TypeAlias

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Axes

LineStyle: TypeAlias = str | tuple[int, tuple[int, ...]]  # a name, or (offset, lengths on and off)

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = "osD^v<"
LINES: tuple[LineStyle, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
STYLE: dict[Any, Any] = {
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.figsize": (7.0, 4.6),
    "figure.dpi": 120,
    "savefig.bbox": "tight",
}


def style() -> AbstractContextManager[None]:
    """Return the style as a context, inside which new figures have it.

    Examples
    --------
    >>> from stochcalc import plot
    >>> with plot.style():
    ...     pass  # figures that are made here have the style; those outside do not
    """
    with hold_interrupts_back():
        import matplotlib as mpl
        from cycler import cycler

    return mpl.rc_context({**STYLE, "axes.prop_cycle": cycler(color=COLOURS)})


def choose_colour(i: int) -> str:
    """Return the i-th colour; after the last, the colours begin again."""
    return COLOURS[i % len(COLOURS)]


def choose_marker(i: int) -> str:
    """Return the i-th marker; after the last, the markers begin again."""
    return MARKERS[i % len(MARKERS)]


def choose_line_style(i: int) -> LineStyle:
    """Return the i-th line style; after the last, the line styles begin again."""
    return LINES[i % len(LINES)]


def import_pyplot() -> ModuleType:
    """Return matplotlib.pyplot; Ctrl-C waits until the import is complete."""
    with hold_interrupts_back():
        import matplotlib.pyplot as plt
    return plt


def choose_axes(ax: Axes | None) -> Axes:
    """Return `ax`, or axes on a new figure if it is None."""
    if ax is not None:
        return ax
    plt = import_pyplot()
    with style():
        _, new = plt.subplots(layout="constrained")
    axes: Axes = new
    return axes
