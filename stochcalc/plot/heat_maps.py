"""A heat map in one colour, from clear to strong, that can be read on light and on dark pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.plot.look import FILL
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.typing import ColorType


def heat_map(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    *,
    most: float | None = None,
    label: str = "",
) -> None:
    """Draw values on a grid by colour, which is clear at 0 and strong at the largest value.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x : array_like, shape (columns,)
        The places of the columns.
    y : array_like, shape (rows,)
        The places of the rows.
    values : array_like, shape (rows, columns)
        Numbers, at least 0.
    most : float, optional
        The value from which on the colour is strongest; the largest one by default.
    label : str
        What the values are: with it, a scale of the colours is drawn beside the axes.

    Raises
    ------
    TypeError, ValueError
        For values that are negative or do not fit x and y.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import heat_map
    >>> figure, ax = plt.subplots()
    >>> heat_map(ax, [0.0, 1.0, 2.0], [0.0, 1.0], [[0.0, 0.5, 1.0], [1.0, 0.5, 0.0]])
    >>> len(ax.collections)
    1
    >>> plt.close(figure)
    """
    columns = checks.array("x", x, ndim=1)
    rows = checks.array("y", y, ndim=1)
    grid = checks.array("values", values, ndim=2)
    if grid.shape != (len(rows), len(columns)):
        raise ValueError(
            f"values have shape {grid.shape} and belong to {len(rows)} rows and {len(columns)} "
            f"columns: give ({len(rows)}, {len(columns)})"
        )
    if grid.min() < 0.0:
        raise ValueError(f"values begin at {grid.min():g}: they must be at least 0")
    largest = float(grid.max())
    if most is not None:
        largest = checks.number("most", most, above=0.0)
    image = ax.pcolormesh(
        columns,
        rows,
        grid,
        cmap=shades(FILL),
        vmin=0.0,
        vmax=largest or 1.0,
        shading="nearest",
        rasterized=True,
        zorder=0,
    )
    ax.grid(False)
    if label:
        figure: Any = ax.figure  # a Figure, or a part of one
        extend = "max" if np.any(grid > largest) else "neither"
        figure.colorbar(image, ax=ax, shrink=0.85, extend=extend, label=label)


def shades(colour: ColorType) -> Colormap:
    """Return the shades of one colour, from clear to strong.

    Parameters
    ----------
    colour : colour
        The colour, as Matplotlib takes it.

    Examples
    --------
    >>> from stochcalc.plot.heat_maps import shades
    >>> tuple(float(part) for part in shades("black")(1.0))
    (0.0, 0.0, 0.0, 1.0)
    """
    with hold_interrupts_back():
        from matplotlib.colors import LinearSegmentedColormap, to_rgba

    ends = np.array([to_rgba(colour, 0.0), to_rgba(colour, 1.0)])
    return LinearSegmentedColormap.from_list("clear to strong", ends)
