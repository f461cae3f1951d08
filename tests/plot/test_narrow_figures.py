"""A figure for a narrow page: panels one above the other, words that fit, legible letters."""

from __future__ import annotations

import io
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text
from pictures import panels_of, points_under_legend, points_under_legends, results

import stochcalc as sc
from stochcalc import plot
from stochcalc.plot.titles import LEAST_SIZE, break_lines

LONG = "A title so long that no page of a phone has room for it in one line of large letters"
KINDS = sorted(results())


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def draw_panels(ax, count=2, **arrangement):
    for panel in plot.panels(ax, count, LONG, **arrangement):
        for level in range(3):
            panel.plot(
                [0, 1], [level, level], label=f"the level {level}, whose name is rather long"
            )
        panel.set(title=LONG, xlabel=LONG, ylabel=LONG[:40])
        panel.legend()
        panel.text(0.5, 0.5, "small", fontsize=4)


def corners_of(places):
    """The lower left corners of axes, in pixels, rounded."""
    places[0].figure.canvas.figure.draw_without_rendering()
    return np.array([ax.get_window_extent().get_points()[0] for ax in places]).round()


@pytest.mark.parametrize(
    "count, arrangement",
    [(2, {}), (3, {"widths": (1, 2, 1)}), (4, {"rows": 2}), (2, {"stacked": True})],
)
def test_panels_of_a_narrow_figure_are_one_above_the_other(count, arrangement):
    with plot.narrow():
        figure, ax = plt.subplots(layout="constrained")
        low = figure.get_figheight()
        places = plot.panels(ax, count, "Some panels", **arrangement)
    assert len(places) == count and not ax.get_visible()
    assert figure.get_figwidth() == plot.NARROW_STYLE["figure.figsize"][0]
    assert figure.get_figheight() > 0.8 * count * low
    corners = corners_of(places)
    assert len(set(corners[:, 0])) == 1
    assert (np.diff(corners[:, 1]) < 0).all()  # from top to bottom


@pytest.mark.parametrize("width, columns", [(3.0, 1), (4.9, 1), (5.1, 2), (7.0, 2)])
def test_the_width_of_the_figure_decides_whoever_has_made_it(width, columns):
    _, ax = plt.subplots(figsize=(width, 3.0), layout="constrained")
    assert len(set(corners_of(plot.panels(ax, 2, "Two panels"))[:, 0])) == columns


def test_a_narrow_figure_that_has_other_axes_keeps_its_size():
    figure, (above, _) = plt.subplots(2, 1, figsize=(3.0, 8.0), layout="constrained")
    places = plot.panels(above, 2, "Two panels")
    assert tuple(figure.get_size_inches()) == (3.0, 8.0)
    assert len(set(corners_of(places)[:, 0])) == 1


def test_the_context_ends():
    before = dict(plt.rcParams)
    with plot.narrow():
        assert plt.rcParams["figure.figsize"] == [3.8, 3.2]
    assert dict(plt.rcParams) == before


@pytest.mark.parametrize("count", [1, 2, 3])
def test_words_on_a_narrow_figure_are_inside_it_and_legible(count):
    with plot.narrow():
        figure = plot.figure(lambda ax: draw_panels(ax, count), alt=LONG)
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text()]
    assert min(sizes) >= LEAST_SIZE
    figure.draw_without_rendering()
    titles = [ax.title for ax in figure.axes if ax.get_visible()]
    assert len(titles) == count
    for title in titles:
        assert " ".join(title.get_text().split()) == LONG
        assert "\n" in title.get_text()
        extent = title.get_window_extent()
        assert 0.0 <= extent.x0 and extent.x1 <= figure.bbox.width
    picture = io.BytesIO()
    with plot.style(), plot.narrow():
        figure.savefig(picture, format="png")
    picture.seek(0)
    across = plt.imread(picture).shape[1] / plot.STYLE["savefig.dpi"]
    assert across < 1.08 * figure.get_figwidth()  # what sticks out would widen it


@pytest.mark.parametrize("loc", ["best", "upper left"])
def test_a_legend_of_several_columns_that_is_too_wide_has_one(loc):
    def draw(ax):
        for level in range(3):
            ax.plot([0, 1], [level, level], label=f"the level {level} of several")
        ax.legend(ncols=3, loc=loc)

    with plot.narrow():
        figure = plot.figure(draw)
    figure.draw_without_rendering()
    (ax,) = figure.axes
    assert ax.get_window_extent().width > 0.7 * figure.bbox.width
    rows = {round(text.get_window_extent().y0) for text in ax.get_legend().get_texts()}
    assert len(rows) == 3
    assert points_under_legend(ax) == 0


def test_the_words_of_a_wide_figure_are_left_as_they_are():
    figure = plot.figure(draw_panels, alt=LONG)
    shown = [ax for ax in figure.axes if ax.get_visible()]
    assert [ax.get_title() for ax in shown] == [LONG, LONG]
    assert [ax.texts[0].get_fontsize() for ax in shown] == [4.0, 4.0]


@pytest.mark.parametrize("kind", KINDS)
def test_no_legend_covers_what_is_drawn_on_a_narrow_figure(kind):
    with plot.narrow():
        ax = results()[kind].plot()
        assert points_under_legends(panels_of(ax)) == [0] * len(panels_of(ax))


def test_a_legend_without_an_empty_corner_goes_below_the_axes():
    def draw(ax):
        for _ in range(12):
            ax.plot(np.linspace(0, 1, 200), rng.uniform(size=200), label="a name of some length")
        ax.legend(loc="center")
        ax.set(xlabel="time", ylim=(0, 1))
        ax.set_aspect(0.7)  # so that no room can be made

    rng = np.random.default_rng(0)
    with plot.narrow():
        figure = plot.figure(draw)
    figure.draw_without_rendering()
    (ax,) = figure.axes
    legend = ax.get_legend().get_window_extent()
    assert legend.y1 <= ax.xaxis.get_tightbbox().y0 + 1.0
    assert 0.0 <= legend.x0 and legend.x1 <= figure.bbox.width


def test_dates_do_not_overlap():
    def draw(ax):
        days = np.arange("2004-08-01", "2008-10-01", dtype="datetime64[D]")
        ax.plot(days, np.arange(len(days)))

    with plot.narrow():
        figure = plot.figure(draw)
    figure.draw_without_rendering()
    labels = [label for label in figure.axes[0].get_xticklabels() if label.get_text()]
    places = [label.get_window_extent() for label in labels]
    assert len(places) >= 3
    for left, right in pairwise(places):
        assert left.x1 < right.x0


def test_names_beside_lines_do_not_overlap():
    def draw(ax):
        for i, end in enumerate((1.0, 1.02, 1.04, 2.0)):
            plot.curve(ax, [0.0, 1.0], [0.0, end], "", i)
            plot.name_line(ax, 1.0, end, f"the name\nof line {i}", i)

    with plot.narrow():
        figure = plot.figure(draw)
    figure.draw_without_rendering()
    (ax,) = figure.axes
    places = [text.get_window_extent() for text in ax.texts]
    for lower, upper in pairwise(places):
        assert lower.y1 <= upper.y0 + 1.0


@pytest.mark.parametrize(
    "words, ratio, lines",
    [
        ("one two three four", 1.8, ["one two", "three four"]),
        ("aa bb cc dd", 1.1, ["aa bb", "cc dd"]),  # and not the last word alone
        ("unbreakable", 3.0, ["unbreakable"]),
        ("of $x + y$ and z", 2.0, ["of", "$x + y$", "and z"]),
        ("above\nbelow it", 1.3, ["above", "below", "it"]),
        ("above\n\nbelow", 1.0, ["above", "", "below"]),
    ],
)
def test_lines_are_broken_between_words_into_parts_of_about_one_length(words, ratio, lines):
    assert break_lines(words, ratio).split("\n") == lines


@pytest.mark.parametrize(
    "formula",
    [
        "h = 2/κ",
        "0.97664 ± 0.00013,",
        "√(2/h) = 2:",
        "dX = −X³ dt + dW:",
        r"dX = σX $\circ_\lambda$ dW",
        "E (r − 1)² / σ²",
        "1 − cos(W) − ½ ∫ cos(W) dt",
        "dX = a X dt + b X dW,",
        "5 %",
    ],
)
def test_no_line_ends_within_a_formula(formula):
    """Wherever the formula is in a text, and however long the lines are in which it has room."""
    for before in range(6):
        words = " ".join(["word"] * before + [formula] + ["word"] * (6 - before))
        for length in range(len(formula), len(words)):
            lines = break_lines(words, len(words) / (length + 0.5)).split("\n")
            assert any(formula in line for line in lines), (words, length)


def test_a_formula_longer_than_a_line_is_broken_before_a_sign():
    assert break_lines("is 1 − cos(W) − ½ ∫ cos(W) dt", 1.6).split("\n") == [
        "is 1 − cos(W)",
        "− ½ ∫ cos(W) dt",
    ]


def test_a_path_is_drawn_for_both_widths(rng_seed):
    W = sc.brownian(1.0, 64, rng=rng_seed)
    with plot.narrow():
        narrow = plot.figure(W.plot)
    wide = plot.figure(W.plot)
    assert narrow.get_figwidth() < wide.get_figwidth() == plot.STYLE["figure.figsize"][0]
