"""The corner of axes in which a legend covers no data.

If all four are taken, the vertical limits are moved apart until one is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Array, Axes

if TYPE_CHECKING:
    from matplotlib.legend import Legend
    from matplotlib.transforms import Bbox

Corner: TypeAlias = Literal["upper right", "upper left", "lower right", "lower left"]
CORNERS: tuple[Corner, ...] = ("upper right", "upper left", "lower right", "lower left")
PADDING = 6.0  # points between a legend and what it must not cover: half of a marker
HIGHEST = 0.6  # of the height of the axes: a higher legend would leave too little to the data
GROWTH = 0.08  # of the height of the axes, in each attempt to make room
ATTEMPTS = 14
NO_LINE = ("None", "none", " ", "")


def find_corner(ax: Axes, legend: Legend) -> Corner | None:
    """Return a corner for the legend, with room made if it is needed; None if there is none.

    Parameters
    ----------
    ax : Axes
        The axes, on which everything else is drawn.
    legend : matplotlib.legend.Legend
        Their legend, wherever it is.
    """
    ax.get_xlim()  # asking brings the limits up to date with what was drawn last ...
    ax.get_ylim()  # ... and with them the places of all data in pixels
    extent = legend.get_window_extent()
    place = ax.get_window_extent()
    # The axes may yet shrink a little: their labels change with the limits.
    width = extent.width + 0.02 * place.width
    height = extent.height + 0.03 * place.height
    if width > 0.95 * place.width or height > HIGHEST * place.height:
        return None
    for corner in CORNERS:
        if not covers_data(ax, _box(ax, corner, width, height)):
            return corner
    if ax.get_aspect() != "auto":  # other limits would change the shape of the axes
        return None
    low, high = ax.get_ylim()
    for _ in range(ATTEMPTS):
        _raise_the_top(ax)
        for corner in CORNERS[:2]:
            if not covers_data(ax, _box(ax, corner, width, height)):
                return corner
    ax.set_ylim(low, high, auto=None)
    return None


def _raise_the_top(ax: Axes) -> None:
    """Move the upper limit of the axes away from the lower one, on whatever scale they have."""
    place = ax.get_window_extent()
    top = place.y1 + GROWTH * place.height
    limit = ax.transData.inverted().transform((place.x0, top))[1]
    ax.set_ylim(top=limit, auto=None)


def _box(ax: Axes, corner: str, width: float, height: float) -> Bbox:
    """Return the place of a legend in a corner of the axes, in pixels."""
    with hold_interrupts_back():
        from matplotlib.transforms import Bbox

    place = ax.get_window_extent()
    x = place.x0
    if corner.endswith("right"):
        x = place.x1 - width
    y = place.y0
    if corner.startswith("upper"):
        y = place.y1 - height
    return Bbox.from_bounds(x, y, width, height)


def covers_data(ax: Axes, box: Bbox) -> bool:
    """Return whether a box in pixels lies on lines, points, areas or texts of the axes.

    Parameters
    ----------
    ax : Axes
        The axes.
    box : matplotlib.transforms.Bbox
        The box.
    """
    padded = box.padded(PADDING * ax.figure.dpi / 72.0)
    if any(path.intersects_bbox(padded, filled=filled) for path, filled in _outlines(ax)):
        return True
    (x0, y0), (x1, y1) = padded.get_points()
    for x, y in _marks(ax):
        if ((x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)).any():
            return True
    return any(text.get_window_extent().overlaps(box) for text in ax.texts if text.get_text())


def _outlines(ax: Any) -> Iterator[tuple[Any, bool]]:
    """Yield the outlines of lines and areas, in pixels, and whether they are filled."""
    for line in ax.get_lines():
        if line.get_linestyle() not in NO_LINE and len(line.get_xydata()):
            yield line.get_transform().transform_path(line.get_path()), False
    for collection in ax.collections:
        if not _is_scatter(collection):
            filled = len(collection.get_facecolor()) > 0
            for outline in collection.get_paths():
                yield collection.get_transform().transform_path(outline), filled
    for patch in ax.patches:
        yield patch.get_transform().transform_path(patch.get_path()), True


def _marks(ax: Any) -> Iterator[Array]:
    """Yield the places of markers that no line connects, in pixels, shape (2, markers)."""
    for line in ax.get_lines():
        if line.get_linestyle() in NO_LINE and len(line.get_xydata()):
            yield line.get_transform().transform(line.get_xydata()).T
    for collection in ax.collections:
        if _is_scatter(collection):
            yield collection.get_offset_transform().transform(collection.get_offsets()).T


def _is_scatter(collection: Any) -> bool:
    """Return whether a collection is one outline at many places."""
    return len(collection.get_offsets()) > 1 or len(collection.get_paths()) == 0
