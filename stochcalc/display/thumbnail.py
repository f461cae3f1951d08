"""Small pictures of paths and of errors as SVG, in the colour of the text around them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from stochcalc.typing import Array

WIDTH = 260
HEIGHT = 90
MARGIN = 4
MOST_PATHS = 20
MOST_POINTS = 80  # of a path
DASHES = ("none", "5 2", "2 2", "7 2 2 2")


def draw_paths(t: Array, values: Array, alt: str) -> str:
    """Return a picture of up to twenty paths; empty if none of their numbers is finite.

    Parameters
    ----------
    t : ndarray, shape (times,)
        The times.
    values : ndarray, shape (paths, times) or (paths, times, dim)
        The paths; the first component is drawn.
    alt : str
        What the picture shows, for readers who cannot see it.
    """
    rows = values[:MOST_PATHS]
    if rows.ndim == 3:
        rows = rows[..., 0]
    if rows.shape[0] == 0 or rows.shape[1] < 2:
        return ""
    places = np.unique(np.linspace(0, rows.shape[1] - 1, MOST_POINTS).astype(int))
    finite = rows[:, places][np.isfinite(rows[:, places])]
    if finite.size == 0:
        return ""
    x = _scale(t[places], t[0], t[-1], WIDTH)
    lines = []
    for row in rows[:, places]:
        kept = np.isfinite(row)
        y = HEIGHT - _scale(row[kept], finite.min(), finite.max(), HEIGHT)
        lines.append(f'<path d="{_write_path(x[kept], y)}"/>')
    return _frame(f'<g opacity=".55" stroke-width=".8">{"".join(lines)}</g>', alt)


def draw_errors(
    dt: Array, measured: Sequence[Array], exact: Sequence[Array | None], alt: str
) -> str:
    """Return a picture of errors against step sizes, with logarithmic axes.

    Parameters
    ----------
    dt : ndarray, shape (levels,)
        The step sizes.
    measured : sequence of ndarray, shape (levels,)
        The errors of each method, drawn as points.
    exact : sequence of ndarray, shape (levels,), or None
        The lines: the exact errors; through the points where they are not known.
    alt : str
        What the picture shows.
    """
    lines = [points if line is None else line for points, line in zip(measured, exact)]
    together = np.concatenate([*measured, *lines])
    positive = together[np.isfinite(together) & (together > 0.0)]
    if positive.size == 0 or len(dt) < 2:
        return ""
    low = np.log(positive.min())
    high = np.log(positive.max())
    parts = []
    for i, (points, line) in enumerate(zip(measured, lines)):
        for values, is_line in ((line, True), (points, False)):
            kept = np.isfinite(values) & (values > 0.0)
            x = _scale(np.log(dt[kept]), np.log(dt[-1]), np.log(dt[0]), WIDTH)
            y = HEIGHT - _scale(np.log(values[kept]), low, high, HEIGHT)
            if is_line:
                dash = DASHES[i % len(DASHES)]
                parts.append(f'<path d="{_write_path(x, y)}" stroke-dasharray="{dash}"/>')
            else:
                parts += [f'<circle cx="{a:.0f}" cy="{b:.0f}" r="2.5"/>' for a, b in zip(x, y)]
    return _frame("".join(parts), alt)


def _scale(values: Array, low: float, high: float, size: int) -> Array:
    """Return values between low and high as coordinates between the margins."""
    width = high - low
    if width == 0.0:
        width = 1.0
    scaled: Array = MARGIN + (values - low) / width * (size - 2 * MARGIN)
    return scaled


def _write_path(x: Array, y: Array) -> str:
    """Return points as the commands of a line."""
    points = " ".join(f"{a:.0f},{b:.1f}" for a, b in zip(x, y))
    return f"M{points}" if points else ""


def _frame(content: str, alt: str) -> str:
    """Return what was drawn as a picture with its words."""
    return (
        f'<svg role="img" aria-label="{escape(alt)}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="currentColor" '
        f'style="display:block">{content}</svg>'
    )
