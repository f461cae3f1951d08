"""The figures of a lesson: each is drawn for a light and for a dark page, with its words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from stochcalc import plot
from stochcalc.plot.dark import STYLE as DARK

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
        still = _show(figure, path, alt)
        parts.append(_embed_frames(figure, still) if hasattr(figure, "frames") else still)
        plt.close(figure)
    return "\n\n".join(parts)


def save_twice(figure: Any, path: Path) -> Path:
    """Write a figure for a light page and one for a dark page, whose path is returned."""
    with plot.style():
        figure.savefig(path)
    dark = path.with_name(f"{path.stem}_dark{path.suffix}")
    with plt.rc_context(DARK):
        again = plot.figure(figure.redraw, alt=figure.alt)
        with plot.style():
            again.savefig(dark, transparent=True)
        plt.close(again)
    return dark


def _show(figure: Any, path: Path, alt: str) -> str:
    """Write a figure twice, and return the reST of both: the page shows the one that fits it."""
    dark = save_twice(figure, path)
    lines = []
    for name, theme in ((path.name, "only-light"), (dark.name, "only-dark")):
        lines += [
            f".. image:: /learn/{path.parent.parent.name}/images/{name}",
            f"    :alt: {' '.join(alt.split())}",
            f"    :class: {theme} lesson-figure",
            "",
        ]
    return "\n".join(lines)


def _embed_frames(figure: Any, still: str) -> str:
    """Return reST with a player of `figure.frames`; without scripts the page shows the figure."""
    from player import embed  # which takes DARK from here

    opening = ".. raw:: html\n\n    <noscript>"
    closing = ".. raw:: html\n\n    </noscript>"
    return "\n\n".join([opening, still, closing, embed(figure)])
