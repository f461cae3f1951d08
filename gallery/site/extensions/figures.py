"""The figures of a lesson: each is drawn for every page that shows it, with its words.

A page is light or dark, and wide or as narrow as a phone. On a narrow page the panels of a figure
are one above the other, so that its letters are as large as those of the text. The classes of an
image say for which pages it is; the theme and site.css hide it from the others, and a browser loads
only what it shows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from stochcalc import plot
from stochcalc.plot.dark import STYLE as DARK

THEMES: dict[str, dict[str, Any]] = {"light": {}, "dark": DARK}
WIDTHS: dict[str, dict[str, Any]] = {"wide": {}, "narrow": plot.NARROW_STYLE}
PICTURES = len(THEMES) * len(WIDTHS)  # of each figure
LEAST_ALT = 40  # letters that say what a figure shows


def scrape(block: tuple[Any, ...], block_vars: dict[str, Any], gallery_conf: object) -> str:
    """Write the open figures, close them, and return reST that shows them."""
    parts = []
    for number in plt.get_fignums():
        figure: Any = plt.figure(number)
        alt = getattr(figure, "alt", "")
        if len(alt) < LEAST_ALT:
            raise ValueError(f"{block_vars['src_file']}: a figure says too little, alt={alt!r}")
        path = Path(next(block_vars["image_path_iterator"]))
        still = show(figure, path, f"/learn/{path.parent.parent.name}/images")
        parts.append(_embed_frames(figure, still) if hasattr(figure, "frames") else still)
        plt.close(figure)
    return "\n\n".join(parts)


def show(figure: Any, path: Path, address: str) -> str:
    """Write a figure for every page, and return the reST of all: a page shows the one that fits.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What `plot.figure` returned.
    path : Path
        The file for light and wide pages; the others are beside it.
    address : str
        The folder of the files, as the pages name it.
    """
    with plot.style():
        figure.savefig(path)  # as it is: for a page that is wide and light
    lines = []
    for width in WIDTHS:
        for theme in THEMES:
            name = path.name
            if (width, theme) != ("wide", "light"):
                name = f"{path.stem}_{width}_{theme}{path.suffix}"
                _draw_again(figure, path.with_name(name), width, theme)
            lines += [
                f".. image:: {address}/{name}",
                f"    :alt: {' '.join(figure.alt.split())}",
                f"    :class: only-{theme} {width}-figure lesson-figure",
                "    :loading: lazy",
                "",
            ]
    return "\n".join(lines)


def _draw_again(figure: Any, path: Path, width: str, theme: str) -> None:
    """Write a figure for pages of one width and one theme."""
    settings = {**WIDTHS[width], **THEMES[theme]}
    with plt.rc_context(settings):
        again = plot.figure(figure.redraw, alt=figure.alt)
        with plot.style(), plt.rc_context(settings):
            again.savefig(path, transparent=theme == "dark")
        plt.close(again)


def _embed_frames(figure: Any, still: str) -> str:
    """Return reST with a player of `figure.frames`; without scripts the page shows the figure."""
    from player import embed  # which takes THEMES and WIDTHS from here

    opening = ".. raw:: html\n\n    <noscript>"
    closing = ".. raw:: html\n\n    </noscript>"
    return "\n\n".join([opening, still, closing, embed(figure)])
