"""The parts of a picture: panels, measured points, a theorem's curve, a limit, a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from stochcalc.estimate import Estimate
from stochcalc.plot.look import (
    FILL,
    choose_colour,
    choose_line_style,
    choose_marker,
    ink,
    is_narrow,
    read_line_keywords,
)
from stochcalc.typing import Array, Axes, Figure

NARROW_PANEL = 0.9  # of the height of a narrow figure, for each of the panels that it has


def panels(
    ax: Axes,
    count: int,
    title: str,
    *,
    stacked: bool = False,
    widths: Sequence[float] | None = None,
    rows: int = 1,
) -> list[Axes]:
    """Replace axes by several side by side under one title.

    On a figure that is narrower than 5 inches, such as one drawn within `plot.narrow()`, they are
    one above the other, whatever `widths` and `rows` say.

    Parameters
    ----------
    ax : Axes
        The axes whose place is divided. They are hidden. If they are alone on their figure, the
        figure grows to make room; a narrow one grows downwards only.
    count : int
        Number of panels.
    title : str
        The title above all of them.
    stacked : bool
        Whether the panels are put one above the other; they then share their x-axis.
    widths : sequence of float, optional
        Relative widths of panels side by side.
    rows : int
        Number of rows of panels side by side; the last one may be shorter.

    Returns
    -------
    list of Axes
        The new axes, from left to right or from top to bottom.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import panels
    >>> figure, ax = plt.subplots()
    >>> left, right = panels(ax, 2, "Two panels")
    >>> ax.get_visible(), left.get_visible()
    (False, True)
    >>> plt.close(figure)
    """
    figure: Any = ax.figure  # a Figure, or a part of one
    narrow = is_narrow(figure.canvas.figure)
    if figure.axes == [ax]:
        size = _choose_narrow_size(figure, count) if narrow else _choose_size(count, stacked, rows)
        figure.set_size_inches(*size)
    ax.set_visible(False)
    part = figure.add_subfigure(ax.get_subplotspec())
    part.suptitle(title, fontsize=ax.title.get_fontsize())
    if stacked:
        return list(part.subplots(count, 1, sharex=True))
    if narrow:
        return list(part.subplots(count, 1, squeeze=False).flat)
    if figure.get_layout_engine() is not None:
        figure.get_layout_engine().set(wspace=0.08, h_pad=0.08)
    columns = -(-count // rows)
    places = list(part.subplots(rows, columns, width_ratios=widths, squeeze=False).flat)
    for unused in places[count:]:
        unused.remove()
    return places[:count]


def _choose_narrow_size(figure: Figure, count: int) -> tuple[float, float]:
    """Return the width that a narrow figure has, and its height with `count` panels, in inches."""
    return figure.get_figwidth(), NARROW_PANEL * figure.get_figheight() * count


def _choose_size(count: int, stacked: bool, rows: int) -> tuple[float, float]:
    """Return the width and the height, in inches, of a figure with `count` panels."""
    if stacked:
        return 9.0, 6.4
    columns = -(-count // rows)
    height = 4.6 + 4.2 * (rows - 1)
    if columns < 3:
        return 5.2 * columns, height
    return 4.2 * columns, height


def points(
    ax: Axes,
    x: ArrayLike,
    estimates: Sequence[Estimate],
    label: str,
    i: int = 0,
    **line: object,
) -> None:
    """Draw measured values with bars of two standard errors.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x : array_like, shape (k,)
        The horizontal coordinates.
    estimates : sequence of k Estimates
        The measured values with their standard errors.
    label : str
        The text in the legend.
    i : int
        The number of the colour and marker.
    **line
        Properties of the points and bars, as `Axes.plot` of Matplotlib takes them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import stochcalc as sc
    >>> from stochcalc.plot import points
    >>> figure, ax = plt.subplots()
    >>> measured = [sc.Estimate.normal(1.0, 0.1), sc.Estimate.normal(2.0, 0.1)]
    >>> points(ax, [1, 2], measured, "measured")
    >>> ax.get_legend_handles_labels()[1]
    ['measured']
    >>> plt.close(figure)
    """
    look: dict[str, Any] = {
        "linestyle": "",
        "marker": choose_marker(i),
        "color": choose_colour(i),
        "markersize": 6,
        "linewidth": 1.2,
        "elinewidth": 1.2,
        "zorder": 3,
        **read_line_keywords(line),
    }
    if i % 2:
        look.setdefault("markerfacecolor", "none")
    ax.errorbar(
        x,
        [estimate.value for estimate in estimates],
        yerr=[2 * estimate.stderr for estimate in estimates],
        capsize=3,
        label=label,
        **look,
    )


def curve(ax: Axes, x: ArrayLike, y: ArrayLike, label: str, i: int = 0, **line: object) -> None:
    """Draw a theorem's curve.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x, y : array_like, shape (k,)
        The coordinates of its points.
    label : str
        The text in the legend.
    i : int
        The number of the colour and line style.
    **line
        Properties of the line, as `Axes.plot` of Matplotlib takes them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import curve
    >>> figure, ax = plt.subplots()
    >>> curve(ax, [0.0, 1.0], [0.0, 1.0], "y = x")
    >>> ax.get_legend_handles_labels()[1]
    ['y = x']
    >>> plt.close(figure)
    """
    look: dict[str, Any] = {
        "color": choose_colour(i),
        "linestyle": choose_line_style(i),
        "linewidth": 1.5,
        **read_line_keywords(line),
    }
    ax.plot(x, y, label=label, **look)


def limit_line(ax: Axes, y: float, label: str, **line: object) -> None:
    """Draw the value in the limit as a dotted line: it is shown, and not tested.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    y : float
        The value.
    label : str
        The text in the legend.
    **line
        Properties of the line, as `Axes.plot` of Matplotlib takes them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import limit_line
    >>> figure, ax = plt.subplots()
    >>> limit_line(ax, 0.5, "limit 1/2")
    >>> ax.get_legend_handles_labels()[1]
    ['limit 1/2']
    >>> plt.close(figure)
    """
    look: dict[str, Any] = {
        "linestyle": ":",
        "color": ink(ax),
        "alpha": 0.75,
        "linewidth": 1.4,
        **read_line_keywords(line),
    }
    ax.axhline(y, label=label, **look)


def histogram(
    ax: Axes,
    samples: ArrayLike,
    bins: int | Array,
    label: str,
    i: int | None = None,
    **patch: object,
) -> None:
    """Draw a normalised histogram, pale enough to lie under curves.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    samples : array_like, shape (n,)
        The numbers that are counted.
    bins : int or ndarray
        The number of bins, or their edges.
    label : str
        The text in the legend.
    i : int, optional
        The number of the colour; a light blue by default.
    **patch
        Properties of the bars, as `Axes.hist` of Matplotlib takes them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import histogram
    >>> figure, ax = plt.subplots()
    >>> histogram(ax, [0.1, 0.2, 0.8], 4, "samples")
    >>> ax.get_legend_handles_labels()[1]
    ['samples']
    >>> plt.close(figure)
    """
    edges: Any = bins  # Matplotlib's own annotation forgets arrays
    look: dict[str, Any] = {"color": FILL if i is None else choose_colour(i), "alpha": 0.45}
    look.update(patch)
    ax.hist(samples, bins=edges, density=True, label=label, **look)
