"""What is written beside lines: their names, and their slopes as triangles."""

from __future__ import annotations

from typing import Any

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.plot.look import choose_colour, ink
from stochcalc.typing import Axes, Figure

HALVES = {0.5: "1/2", 1.5: "3/2", 2.5: "5/2"}


def name_line(ax: Axes, x: float | None, y: float, name: str, i: int = 0, **text: object) -> None:
    """Write the name of a line to the right of its last point, in its colour.

    A name beside its line needs no legend. The layout makes room for what lies outside the axes.

    Parameters
    ----------
    ax : Axes
        Where the line is drawn.
    x, y : float
        The last point of the line. If x is None, the name is at the edge of the axes, for a line
        that goes to a level.
    name : str
        What is written.
    i : int
        The number of the line's colour.
    **text
        Properties of the text, as `Axes.annotate` of Matplotlib takes them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import curve, name_line
    >>> figure, ax = plt.subplots()
    >>> curve(ax, [0.0, 1.0], [0.0, 1.0], "")
    >>> name_line(ax, 1.0, 1.0, "y = x")
    >>> ax.texts[0].get_text()
    'y = x'
    >>> plt.close(figure)
    """
    place: Any = "data"
    if x is None:
        x = 1.0
        place = ax.get_yaxis_transform()  # x is a share of the width, y as the data has it
    look: dict[str, Any] = {
        "xycoords": place,
        "xytext": (8, 0),
        "textcoords": "offset points",
        "ha": "left",
        "va": "center",
        "color": choose_colour(i),
        "annotation_clip": False,
        **text,
    }
    ax.annotate(name, (x, y), **look)


def part_names(figure: Figure) -> None:
    """Move names at the right edge of axes upwards, where they overlap the names below them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, with everything drawn.
    """
    with hold_interrupts_back():
        from matplotlib.text import Annotation

    figure.draw_without_rendering()  # tells where the names are
    for ax in figure.axes:
        edge = ax.get_window_extent().x1
        notes = [text for text in ax.texts if isinstance(text, Annotation)]
        names = [
            note
            for note in notes
            if note.anncoords == "offset points" and note.get_window_extent().x1 > edge
        ]
        top = 0.0
        for name in sorted(names, key=lambda one: one.get_window_extent().y0):
            extent = name.get_window_extent()
            overlap = max(0.0, top - extent.y0)
            across, up = name.get_position()
            name.set_position((across, up + overlap * 72.0 / figure.dpi))
            top = extent.y1 + overlap


def tell_points_from_lines(ax: Axes, label: str = "points: measured, lines: exact") -> None:
    """Add one entry to the legend that says what all points and all lines are.

    Parameters
    ----------
    ax : Axes
        The axes, whose lines have their names at their ends.
    label : str
        The entry.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import tell_points_from_lines
    >>> figure, ax = plt.subplots()
    >>> tell_points_from_lines(ax)
    >>> ax.legend().get_texts()[0].get_text()
    'points: measured, lines: exact'
    >>> plt.close(figure)
    """
    ax.plot([], [], color=ink(ax), linewidth=1.2, marker="o", markersize=5, label=label)


def slope_triangle(ax: Axes, x: tuple[float, float], y: float, power: float) -> None:
    """Draw a right triangle that shows a slope on two logarithmic axes.

    Its long side is the line y (x/x_0)^power, its short sides are one along the horizontal axis
    and `power` along the vertical one. It is drawn below the line whose slope it shows.

    Parameters
    ----------
    ax : Axes
        Where to draw, with logarithmic axes.
    x : (float, float)
        The ends x_0 < x_1 of the triangle.
    y : float
        The height of the long side at x_0.
    power : float
        The slope; not 0.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import slope_triangle
    >>> figure, ax = plt.subplots()
    >>> ax.set(xscale="log", yscale="log")  # doctest: +ELLIPSIS
    [...]
    >>> slope_triangle(ax, (0.01, 0.04), 0.1, 0.5)
    >>> [text.get_text() for text in ax.texts]
    ['1', '1/2']
    >>> plt.close(figure)
    """
    left, right = x
    end = y * (right / left) ** power
    low = min(y, end)
    corner = right if power > 0.0 else left
    ax.plot(
        [left, right, corner, left],
        [y, end, low, y],
        color=ink(ax),
        linewidth=1.0,
        alpha=0.75,
    )
    _write_beside(ax, (left * right) ** 0.5, low, (0, -3), "1")
    outside_is_right = (power > 0.0) != ax.xaxis_inverted()
    side = 4 if outside_is_right else -4
    _write_beside(ax, corner, (y * end) ** 0.5, (side, 0), write_power(power))


def write_power(power: float) -> str:
    """Return a power as text, with halves as fractions.

    Parameters
    ----------
    power : float
        The power, such as 0.5.
    """
    sign = "−" if power < 0.0 else ""
    return sign + HALVES.get(abs(power), f"{abs(power):g}")


def _write_beside(ax: Axes, x: float, y: float, shift: tuple[int, int], text: str) -> None:
    """Write a text below a point, or on one side of it."""
    across, down = shift
    ax.annotate(
        text,
        (x, y),
        xytext=shift,
        textcoords="offset points",
        ha={-1: "right", 0: "center", 1: "left"}[(across > 0) - (across < 0)],
        va="top" if down else "center",
        fontsize="small",
        color=ink(ax),
    )
