"""A figure as SVG inside a page: it takes the colours of the page, light or dark.

What a figure writes in black takes the colour of the text around it, and its colours are variables
of the page, so that one picture serves both.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from stochcalc.engine.files import replace_when_written
from stochcalc.plot import dark
from stochcalc.plot.figures import tidy
from stochcalc.plot.look import COLOURS, drawing, import_pyplot
from stochcalc.typing import Axes

PALEST_INK = 0x90  # greys darker than this are text or lines; paler ones, grids and areas


def draw_inline(
    draw: Callable[[Axes], object], picture: str | Path, *, alt: str, prefix: str
) -> str:
    """Draw on new axes, write the figure to a file, and return it as SVG for a page.

    Parameters
    ----------
    draw : callable
        draw(ax) draws on the axes.
    picture : str or Path
        The file to write; its ending names the format.
    alt : str
        What the figure shows.
    prefix : str
        What the names inside the SVG begin with, so that a page can hold many.

    Returns
    -------
    str
        The SVG. Its colours are the variables --c0, --c1, ... and --page of the page.

    Raises
    ------
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import stochcalc as sc
    >>> from stochcalc.plot.inline import draw_inline
    >>> W = sc.brownian(1.0, 64, rng=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     svg = draw_inline(W.plot, Path(folder) / "path.png", alt="A path.", prefix="W")
    >>> svg[:4], "currentColor" in svg
    ('<svg', True)
    """
    return _draw(draw, Path(picture), alt=alt, prefix=prefix)


def draw_text(draw: Callable[[Axes], object], *, alt: str, prefix: str) -> str:
    """Draw on new axes, and return the figure as SVG for a page; no file is written.

    Parameters
    ----------
    draw : callable
        draw(ax) draws on the axes.
    alt : str
        What the figure shows.
    prefix : str
        What the names inside the SVG begin with.
    """
    return _draw(draw, None, alt=alt, prefix=prefix)


def _draw(draw: Callable[[Axes], object], picture: Path | None, *, alt: str, prefix: str) -> str:
    """Draw once; write the file, if one is wanted, and return the SVG."""
    plt = import_pyplot()
    with drawing(None) as ax:
        figure: Any = ax.figure
        try:
            draw(ax)
            tidy(figure)
            if picture is not None:
                with replace_when_written(picture) as temporary:
                    figure.savefig(temporary)
            buffer = io.StringIO()
            figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        finally:
            plt.close(figure)
    return adapt(buffer.getvalue(), alt=alt, prefix=prefix)


def list_colours() -> str:
    """Return the variables of the page that the pictures take their colours from, as CSS."""
    on_light = "".join(f"--c{i}:{colour};" for i, colour in enumerate(COLOURS))
    on_dark = "".join(f"--c{i}:{colour};" for i, colour in enumerate(dark.COLOURS))
    return f":root{{{on_light}}}@media (prefers-color-scheme:dark){{:root{{{on_dark}}}}}"


def adapt(svg: str, *, alt: str, prefix: str) -> str:
    """Return the SVG of Matplotlib as part of a page.

    Parameters
    ----------
    svg : str
        A file of Matplotlib.
    alt : str
        What it shows.
    prefix : str
        What its names begin with.
    """
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"\n\s*", "\n", text)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    text = re.sub(r"#[0-9a-f]{6}\b", _replace_colour, text)
    size = re.search(r'viewBox="[^"]*"', text)
    assert size is not None  # Matplotlib writes it
    head = f'<svg role="img" aria-label="{escape(alt)}" fill="currentColor" {size[0]}>'
    return head + text[text.index(">") + 1 :]


def _replace_colour(found: re.Match[str]) -> str:
    """Return what stands for a colour of a figure on a page."""
    colour = found[0]
    known = [name.lower() for name in COLOURS]
    if colour in known:
        return f"var(--c{known.index(colour)})"
    if colour == "#ffffff":
        return "var(--page)"
    if colour == "#000000":
        return "currentColor"
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    if red == green == blue and red < PALEST_INK:
        return "var(--faint)"
    return colour
