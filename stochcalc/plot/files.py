"""Figures as files: one drawing in a file, or many PNG files on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from stochcalc.engine.files import replace_when_written
from stochcalc.plot.look import import_pyplot, style
from stochcalc.typing import Axes


def save(draw: Callable[[Axes], object], path: str | Path) -> Path:
    """Draw on new axes, write the figure and close it.

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
    with style():
        figure, ax = plt.subplots(layout="constrained")
        try:
            draw(ax)
            with replace_when_written(Path(path)) as temporary:
                figure.savefig(temporary)
        finally:
            plt.close(figure)
    return Path(path)


def contact_sheet(pictures: Sequence[str | Path], path: str | Path, columns: int = 4) -> Path:
    """Put PNG files on one page, each under its name, and write the page.

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
    rows = -(-len(pictures) // columns)
    figure, places = plt.subplots(
        rows, columns, figsize=(5.0 * columns, 3.5 * rows), squeeze=False, layout="constrained"
    )
    for place in places.flat:
        place.set_axis_off()
    for place, picture in zip(places.flat, pictures):
        place.imshow(plt.imread(picture))
        place.set_title(Path(picture).stem, fontsize=11)
    with replace_when_written(Path(path)) as temporary:
        figure.savefig(temporary, dpi=200)
    plt.close(figure)
    return Path(path)
