"""What users wanted to draw, as they would write it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

import stochcalc as sc


@pytest.fixture(autouse=True)
def closed():
    """No figure of a test is left open."""
    yield
    plt.close("all")


@pytest.mark.parametrize("save", ["stats", "all"])
def test_ito_beside_stratonovich_on_one_axes_in_six_lines(save):
    W = sc.brownian(1.0, 50, paths=60, rng=1)
    ito = sc.solve(sc.models.gbm(0.0, 1.0), 1.0, noise=W, save=save)
    strat = sc.solve(sc.models.gbm(0.0, 1.0, lam=0.5), 1.0, noise=W, save=save, method="heun")
    _, ax = plt.subplots()
    ito.plot(ax, color="C0", label="Ito")
    strat.plot(ax, color="C3", label="Stratonovich")

    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Ito", "Stratonovich"]
    means = {line.get_label(): line for line in ax.get_lines() if line.get_label()[0] != "_"}
    for solution, name, colour in ((ito, "Ito", "C0"), (strat, "Stratonovich", "C3")):
        assert (means[name].get_ydata() == solution.mean).all()
        assert to_hex(means[name].get_color()) == to_hex(colour)
    assert [to_hex(band.get_facecolor()[0]) for band in ax.collections] == [
        to_hex("C0"),
        to_hex("C3"),
    ]
    assert "euler" not in ax.get_title() and "heun" not in ax.get_title()


def test_without_colours_they_differ_as_well():
    ito = sc.solve(sc.models.gbm(0.0, 1.0), 1.0, 1.0, n=50, paths=60, save="stats", rng=1)
    ax = ito.plot(label="one")
    ito.plot(ax, label="two")
    one, two = (band.get_facecolor()[0] for band in ax.collections)
    assert not np.array_equal(one, two)


def test_thirty_paths_have_one_entry_in_the_legend():
    solution = sc.solve(sc.models.gbm(0.0, 1.0), 1.0, 1.0, n=50, paths=30, rng=1)
    legend = solution.plot(label="a path").get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["a path"]


def test_a_dark_theme_shows_the_moments():
    with plt.style.context("dark_background"):
        ax = sc.solve(sc.models.gbm(0.0, 1.0), 1.0, 1.0, n=50, paths=60, save="stats", rng=1).plot()
        assert to_hex(ax.get_lines()[0].get_color()) != "#000000"
        assert to_hex(ax.collections[0].get_facecolor()[0]) != "#000000"
