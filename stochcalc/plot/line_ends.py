"""Names of lines at their ends, where a reader looks for them, and what is left for the legend."""

from __future__ import annotations

from typing import Any

from stochcalc.plot.look import choose_colour, ink
from stochcalc.typing import Axes


def name_line(ax: Axes, x: float | None, y: float, name: str, i: int = 0, **text: object) -> None:
    """Write the name of a line to the right of its last point, in its colour.

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
    """
    place: Any = "data"
    if x is None:
        x = 1.0
        place = ax.get_yaxis_transform()  # x is a share of the width, y as the data has it
    look: dict[str, Any] = {
        "xycoords": place,
        "xytext": (6, 0),
        "textcoords": "offset points",
        "ha": "left",
        "va": "center",
        "color": choose_colour(i),
        "annotation_clip": False,
        **text,
    }
    ax.annotate(name, (x, y), **look)


def tell_points_from_lines(ax: Axes, label: str = "points: measured, lines: exact") -> None:
    """Add one entry to the legend that says what all points and all lines are.

    Parameters
    ----------
    ax : Axes
        The axes, whose lines have their names at their ends.
    label : str
        The entry.
    """
    ax.plot([], [], color=ink(ax), linewidth=1.2, marker="o", markersize=5, label=label)
