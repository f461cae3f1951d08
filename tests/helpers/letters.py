"""How large the letters of the figures are on a page, in CSS pixels, and which figures it shows.

A figure of the site is an image of known dots per inch, and the least size of its letters is known
in points. The page says how wide it shows the image, and so how large a point is.
"""

from __future__ import annotations

from typing import Any

from stochcalc import plot
from stochcalc.plot.titles import LEAST_SIZE

POINTS_PER_INCH = 72.0
LEAST_LETTERS = 8.0  # CSS pixels
FIND_FIGURES = """
async () => {
  const seen = [...document.querySelectorAll("img.lesson-figure, img.card-figure, .frames img")]
    .filter(image => image.getClientRects().length > 0);
  for (const image of seen) image.loading = "eager";
  await Promise.all(seen.map(image => image.decode()));
  return seen.map(image => ({
    name: image.src.startsWith("data:") ? image.closest("figure").id : image.src,
    frame: image.src.startsWith("data:"),
    dots: image.naturalWidth,
    width: image.getBoundingClientRect().width,
  }));
}
"""


def find_figures(page: Any) -> list[dict[str, Any]]:
    """Return the figures that an open page shows: name, dots across, and width in CSS pixels."""
    found: list[dict[str, Any]] = page.evaluate(FIND_FIGURES)
    return found


def measure_letters(figure: dict[str, Any], dots_of_frames: float) -> float:
    """Return the height in CSS pixels of the smallest letters of a figure."""
    dots = dots_of_frames if figure["frame"] else plot.STYLE["savefig.dpi"]
    points = POINTS_PER_INCH * figure["dots"] / dots
    return LEAST_SIZE * figure["width"] / points
