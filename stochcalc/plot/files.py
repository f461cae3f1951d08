"""Figures as files: one drawing in a file, or many PNG files on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stochcalc.engine.files import replace_when_written
from stochcalc.plot.figures import tidy
from stochcalc.plot.look import drawing, import_pyplot
from stochcalc.typing import Axes

WIDE = 1.8  # the ratio of width to height from which a picture takes two columns


def save(draw: Callable[[Axes], object], path: str | Path) -> Path:
    """Draw on new axes, write the figure and close it.

    Legends that cover data are moved into empty corners, and logarithmic axes whose ticks nobody
    has set have them at the points or at round numbers.

    Parameters
    ----------
    draw : callable
        draw(ax) draws on the axes.
    path : str or Path
        The file to write; its ending names the format: .png, .pdf or .svg. It is written whole
        or not at all.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind then.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import stochcalc as sc
    >>> from stochcalc.plot import save
    >>> W = sc.brownian(1.0, 64, rng=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     picture = save(W.plot, Path(folder) / "path.png")
    >>> picture.name
    'path.png'
    """
    plt = import_pyplot()
    with drawing(None) as ax:
        figure: Any = ax.figure
        try:
            draw(ax)
            tidy(figure)
            with replace_when_written(Path(path)) as temporary:
                figure.savefig(temporary)
        finally:
            plt.close(figure)
    return Path(path)


def contact_sheet(pictures: Sequence[str | Path], path: str | Path, columns: int = 4) -> Path:
    """Put PNG files on one page, each under its name, and write the page.

    A picture that is twice as wide as high, such as one of two panels, takes two columns.

    Parameters
    ----------
    pictures : sequence of str or Path
        The PNG files, in the order of reading.
    path : str or Path
        The file to write.
    columns : int
        How many pictures stand side by side.

    Returns
    -------
    Path
        The file that was written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import stochcalc as sc
    >>> from stochcalc.plot import contact_sheet, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     picture = save(sc.brownian(1.0, 64, rng=1).plot, Path(folder) / "path.png")
    ...     sheet = contact_sheet([picture, picture], Path(folder) / "sheet.png", columns=2)
    >>> sheet.name
    'sheet.png'
    """
    plt = import_pyplot()
    images = [plt.imread(picture) for picture in pictures]
    widths = [min(2 if image.shape[1] > WIDE * image.shape[0] else 1, columns) for image in images]
    cells = _choose_cells(widths, columns)
    rows = cells[-1][0] + 1
    figure = plt.figure(figsize=(5.0 * columns, 3.5 * rows), layout="constrained")
    grid = figure.add_gridspec(rows, columns)
    for picture, image, width, (row, column) in zip(pictures, images, widths, cells):
        place = figure.add_subplot(grid[row, column : column + width])
        place.set_axis_off()
        place.imshow(image)
        place.set_title(Path(picture).stem, fontsize=11)
    with replace_when_written(Path(path)) as temporary:
        figure.savefig(temporary, dpi=200)
    plt.close(figure)
    return Path(path)


def _choose_cells(widths: Sequence[int], columns: int) -> list[tuple[int, int]]:
    """Return the row and the first column of pictures that take so many columns each."""
    cells = []
    row = 0
    column = 0
    for width in widths:
        if column + width > columns:
            row += 1
            column = 0
        cells.append((row, column))
        column += width
    return cells
