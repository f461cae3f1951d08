"""The picture of the front page: the sums with lambda, for every page that may show it."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
from figures import show

import stochcalc as sc
from stochcalc import plot

ALT = (
    "Riemann sums of W dW along one path settle at W_T^2/2 + (lambda - 1/2) T, and their "
    "mean-square errors lie on the exact lines."
)


def write_front(pages: Path) -> None:
    """Draw the picture of claim G09, and write the text by which the front page includes it."""
    finding = sc.CLAIMS["G09"].run(paths=20_000, rng=0)
    folder = pages / "images"
    folder.mkdir(exist_ok=True)
    figure = plot.figure(finding.draw, alt=ALT)
    text = show(figure, folder / "front.png", "/images")
    (folder / "front.txt").write_text(text, encoding="utf-8")
    plt.close(figure)  # or the first lesson would show it
