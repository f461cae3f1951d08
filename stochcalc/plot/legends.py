"""Legends: they name each thing once, and cover no data.

A legend is put into a corner of its axes that is empty, or made so (`corners`). If there is none,
the legend goes beside the axes. On a narrow figure it goes below them, and its entries are broken
into lines where they are wider than the figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.plot.corners import covers_data, find_corner
from stochcalc.plot.look import is_narrow
from stochcalc.plot.titles import fit_text
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT = 32  # signs of an entry that is not broken into lines
# How an entry is written: after which signs a new line begins, and how large. The first that leaves
# room for the data is taken.
FORMS: tuple[tuple[str, str | None], ...] = (
    ("", None),
    ("", "small"),
    (":", "small"),
    (":", "x-small"),
)
NARROW_FORMS = FORMS[:3]  # on a narrow figure there is room below the axes for larger letters
WIDEST_LEGEND = 0.94  # of the width of a narrow figure
WIDEST_COLUMNS = 0.7  # of the same; a wider legend of several columns has one


def place_legend(ax: Axes) -> None:
    """Draw the legend of the axes where it covers nothing; without labels there is none.

    Parameters
    ----------
    ax : Axes
        The axes, on which everything else is drawn.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import place_legend
    >>> figure, ax = plt.subplots()
    >>> for start in (0.0, 1.0):
    ...     line = ax.plot([0.0, 1.0], [start, 2.0], label="a line")
    >>> place_legend(ax)
    >>> len(ax.get_legend().get_texts())
    1
    >>> plt.close(figure)
    """
    handles: dict[str, Any] = {}
    for handle, label in zip(*ax.get_legend_handles_labels()):
        handles.setdefault(label, handle)
    if not handles:
        return
    legend = ax.legend(list(handles.values()), list(handles), loc="upper right")
    legend.set_in_layout(False)
    figure: Any = ax.figure.canvas.figure  # also where the axes are on a part of a figure
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    narrow = is_narrow(figure)
    if narrow:
        _fit_legend(figure, ax)
    labels = [text.get_text() for text in legend.get_texts()]
    for breaks, size in NARROW_FORMS if narrow else FORMS:
        for text, label in zip(legend.get_texts(), labels):
            text.set_text(_break_lines(label, breaks))
            if size is not None:
                text.set_fontsize(size)
        corner = find_corner(ax, legend)
        if corner is not None:
            legend.set_loc(corner)
            return
    if narrow:
        _put_below(ax, legend)
    else:
        legend.set_loc("upper left")
        legend.set_bbox_to_anchor((1.0, 1.0))
    legend.set_in_layout(True)


def _break_lines(label: str, breaks: Sequence[str]) -> str:
    """Return an entry of a legend with new lines after some signs, if it is long."""
    if len(label) <= SHORT:
        return label
    for sign in breaks:
        label = label.replace(f"{sign} ", f"{sign}\n")
    return label


def move_legends(figure: Figure) -> None:
    """Move the legends of a figure that cover data into corners where they do not.

    A legend that covers data wherever it is put stays where it is; on a narrow figure it goes below
    the axes, and the figure grows, so that the axes keep their height.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, with everything drawn.
    """
    figure.draw_without_rendering()  # tells where the legends are
    narrow = is_narrow(figure)
    below = 0.0
    for ax in figure.axes:
        legend = ax.get_legend()
        if legend is None:
            continue
        extent = legend.get_window_extent()
        place = ax.get_window_extent()
        too_wide = narrow and extent.width > place.width and extent.overlaps(place)
        if too_wide or covers_data(ax, extent):
            corner = find_corner(ax, legend)
            if corner is not None:
                legend.set_loc(corner)
            elif narrow:
                _put_below(ax, legend)
        if narrow and legend.get_window_extent().y1 <= place.y0:
            below += legend.get_window_extent().height / figure.dpi
    if below:
        figure.set_figheight(figure.get_figheight() + below)


def fit_legends(figure: Figure) -> None:
    """Divide the entries of legends that are wider than their figure into lines.

    The layout makes no room for legends on the axes, even if they stick out: `move_legends` puts
    them elsewhere afterwards.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, with everything drawn.
    """
    legends: list[Any] = [ax.get_legend() for ax in figure.axes if ax.get_legend() is not None]
    in_layout = [legend.get_in_layout() for legend in legends]
    for legend in legends:
        legend.set_in_layout(False)
    figure.draw_without_rendering()  # tells how large the legends are
    for wide, before in zip(legends, in_layout):
        legend = _fit_legend(figure, wide.axes)
        on_axes = legend.get_window_extent().overlaps(legend.axes.get_window_extent())
        legend.set_in_layout(before and not on_axes)


def _fit_legend(figure: Figure, ax: Axes) -> Any:
    """Return the legend of the axes, in one column and with broken lines if it is too wide."""
    legend: Any = ax.get_legend()
    widest = WIDEST_LEGEND * figure.bbox.width
    width = legend.get_window_extent().width
    if width > WIDEST_COLUMNS * figure.bbox.width and _has_columns(legend):
        legend = ax.legend(title=legend.get_title().get_text() or None)
    beside = legend.handlelength + legend.handletextpad + 2.0 * legend.borderpad  # font sizes
    for text in legend.get_texts():
        fit_text(text, widest - beside * text.get_fontsize() * figure.dpi / 72.0)
    return legend


def _has_columns(legend: Any) -> bool:
    """Return whether the entries of a legend are in several columns."""
    return len({round(text.get_window_extent().x0) for text in legend.get_texts()}) > 1


def _put_below(ax: Axes, legend: Any) -> None:
    """Put a legend below the axes and what is written there, in the middle of the figure."""
    with hold_interrupts_back():
        from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    figure: Any = ax.figure.canvas.figure
    written = ax.xaxis.get_tightbbox()
    depth = 0.0
    if written is not None:
        depth = ax.get_window_extent().y0 - written.y0
    drop = ScaledTranslation(0.0, -depth / figure.dpi, figure.dpi_scale_trans)
    place = blended_transform_factory(figure.transFigure, ax.transAxes + drop)
    legend.set_in_layout(True)
    legend.set_loc("upper center")
    legend.set_bbox_to_anchor((0.5, 0.0), transform=place)
