"""A figure that stays open: it says what it shows, can be drawn again, and keeps its colours."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex

from stochcalc import plot


def draw(ax):
    ax.plot([0, 1], [0, 1], color="C1")
    ax.text(0, 0, "a line", color="C2")
    ax.set_title("y = x")


def test_a_figure_keeps_the_colours_of_the_cycle_it_was_drawn_with():
    figure = plot.figure(draw)
    ax = figure.axes[0]
    assert ax.lines[0].get_color() == plot.COLOURS[1].lower()
    assert ax.texts[0].get_color() == plot.COLOURS[2].lower()
    plt.close(figure)


def test_a_figure_is_drawn_again_in_the_colours_of_a_theme():
    figure = plot.figure(draw)
    with plt.style.context("dark_background"):
        again = plot.figure(figure.redraw)
        cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    assert again.axes[0].lines[0].get_color() == to_hex(cycle[1])
    plt.close(figure)
    plt.close(again)


def test_a_figure_without_words_is_described_by_its_titles():
    figure = plot.figure(draw)
    assert figure.alt == "y = x"
    plt.close(figure)


def test_a_figure_whose_drawing_fails_is_closed():
    before = plt.get_fignums()
    with pytest.raises(ZeroDivisionError):
        plot.figure(lambda ax: 1 / 0)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"draw": None}, r"draw=None must be a function draw\(ax\)"),
        ({"draw": draw, "alt": 3}, "alt=3 must be a sentence"),
    ],
)
def test_a_wrong_argument_is_named(arguments, words):
    with pytest.raises(TypeError, match=words):
        plot.figure(**arguments)
