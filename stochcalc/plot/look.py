"""The style that all pictures share: colours, markers, line styles and sizes."""

from __future__ import annotations

from typing import Any

from stochcalc.engine.compiler.interrupts import interrupts_held_back

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = "osD^v<"
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
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


def style() -> Any:
    """The style as a context: `with style(): ...` changes nothing outside."""
    with interrupts_held_back():
        import matplotlib as mpl
        from cycler import cycler

    return mpl.rc_context({**STYLE, "axes.prop_cycle": cycler(color=COLOURS)})


def colour(i: int) -> str:
    """Return the i-th colour; after the last, the colours begin again."""
    return COLOURS[i % len(COLOURS)]


def marker(i: int) -> str:
    """Return the i-th marker; after the last, the markers begin again."""
    return MARKERS[i % len(MARKERS)]


def line_style(i: int) -> Any:
    """Return the i-th line style; after the last, the line styles begin again."""
    return LINES[i % len(LINES)]


def pyplot() -> Any:
    """Import matplotlib.pyplot; Ctrl-C waits until that is done, since half of it is of no use."""
    with interrupts_held_back():
        import matplotlib.pyplot as plt
    return plt


def axes_or_new(ax: Any) -> Any:
    """Return `ax`, or axes on a new figure if it is None."""
    if ax is not None:
        return ax
    plt = pyplot()
    with style():
        return plt.subplots(layout="constrained")[1]
