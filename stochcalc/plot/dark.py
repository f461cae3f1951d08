"""The colours of a dark page: of its text, and of the pictures on it.

The report of the claims, the pictures inside pages and the figures of the lessons take them from
here.
"""

from __future__ import annotations

from typing import Any

COLOURS = ("#5cb3f0", "#ff8f4d", "#2fd0a0", "#e7a3cb", "#c99f72", "#b995ff")
"""The colours of lines and points on a dark page, in the order of `look.COLOURS`."""
PAGE = "#16171a"
"""The page itself."""
INK = "#e8e8ea"
"""Text."""
FAINT = "#a9a9b2"
"""Text and lines that step back."""
LINE = "#44464d"
"""Rules of the page."""
GRID = "#808080"
"""The grid of a picture, of which the style draws but a part."""
STYLE: dict[str, Any] = {
    "axes.prop_cycle": f"cycler('color', {list(COLOURS)})",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": GRID,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
"""The settings of Matplotlib with which a figure is drawn for a dark page."""
