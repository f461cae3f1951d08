"""The picture of the front page: the sums with lambda, for a light page and for a dark one."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
from figures import save_twice

import stochcalc as sc
from stochcalc import plot

ALT = (
    "Left, Riemann sums of W dW along one path settle at W_T^2/2 + (lambda - 1/2) T; right, their "
    "mean-square errors lie on the exact lines."
)


def write_front(pages: Path) -> None:
    """Draw the picture of claim G09."""
    finding = sc.CLAIMS["G09"].run(paths=20_000, rng=0)
    folder = pages / "images"
    folder.mkdir(exist_ok=True)
    figure = plot.figure(finding.draw, alt=ALT)
    save_twice(figure, folder / "front.png")
    plt.close(figure)  # or the first lesson would show it
