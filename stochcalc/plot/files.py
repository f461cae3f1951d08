"""Figures as files: one drawing in a file, or many PNG files on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stochcalc.plot.look import pyplot, style


def save(draw: Callable[[Any], Any], path: str | Path) -> Path:
    """Draw on new axes (`draw(ax)`), write the figure and close it."""
    plt = pyplot()
    with style():
        figure, ax = plt.subplots(layout="constrained")
        draw(ax)
        figure.savefig(path)
        plt.close(figure)
    return Path(path)


def contact_sheet(pictures: Sequence[str | Path], path: str | Path, columns: int = 4) -> Path:
    """Put PNG files on one page, each under its name, and write the page."""
    plt = pyplot()
    rows = -(-len(pictures) // columns)
    figure, places = plt.subplots(
        rows, columns, figsize=(5.0 * columns, 3.5 * rows), squeeze=False, layout="constrained"
    )
    for place in places.flat:
        place.set_axis_off()
    for place, picture in zip(places.flat, pictures):
        place.imshow(plt.imread(picture))
        place.set_title(Path(picture).stem, fontsize=11)
    figure.savefig(path, dpi=200)
    plt.close(figure)
    return Path(path)
