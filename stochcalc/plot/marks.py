"""The parts of a picture: panels, measured points, a theorem's curve, a limit, a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stochcalc.plot.look import STYLE, colour, line_style, marker


def panels(
    ax: Any, count: int, title: str, *, stacked: bool = False, widths: Sequence[float] | None = None
) -> list[Any]:
    """Replace `ax` by `count` axes side by side under one title, and return them.

    With `stacked=True` the axes stand one above the other and share their x-axis. `ax` itself is
    hidden. If it is alone on its figure, the figure grows to make room.
    """
    figure = ax.figure
    if figure.axes == [ax]:
        figure.set_size_inches(*_figure_size(count, stacked))
    ax.set_visible(False)
    part = figure.add_subfigure(ax.get_subplotspec())
    part.suptitle(title, fontsize=STYLE["axes.titlesize"])
    if stacked:
        return list(part.subplots(count, 1, sharex=True))
    if figure.get_layout_engine() is not None:
        figure.get_layout_engine().set(wspace=0.08)
    return list(part.subplots(1, count, width_ratios=widths))


def _figure_size(count: int, stacked: bool) -> tuple[float, float]:
    """Return the width and the height, in inches, of a figure with `count` panels."""
    if stacked:
        return 9.0, 6.4
    if count < 3:
        return 5.2 * count, 4.6
    return 4.2 * count, 4.6


def points(ax: Any, x: Any, estimates: Sequence[Any], label: str, i: int = 0) -> None:
    """Draw measured values with bars of two standard errors, in the i-th colour and marker."""
    face = {}
    if i % 2:
        face = {"mfc": "none"}
    ax.errorbar(
        x,
        [e.value for e in estimates],
        yerr=[2 * e.stderr for e in estimates],
        fmt=marker(i),
        color=colour(i),
        ms=6,
        capsize=3,
        lw=1.2,
        label=label,
        zorder=3,
        **face,
    )


def curve(ax: Any, x: Any, y: Any, label: str, i: int = 0) -> None:
    """Draw a theorem's curve, in the i-th colour and line style."""
    ax.plot(x, y, color=colour(i), ls=line_style(i), lw=1.5, label=label)


def limit_line(ax: Any, y: float, label: str) -> None:
    """Draw the value in the limit as a dotted grey line: it is shown, and not tested."""
    ax.axhline(y, ls=":", color="0.35", lw=1.4, label=label)


def histogram(ax: Any, samples: Any, bins: Any, label: str, i: int = 5) -> None:
    """Draw a normalised histogram, pale enough to lie under curves."""
    ax.hist(samples, bins=bins, density=True, color=colour(i), alpha=0.45, label=label)
