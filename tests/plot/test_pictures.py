"""Pictures take the user's keywords, colours and themes, and their legends cover no data."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from cycler import cycler
from matplotlib.colors import to_hex, to_rgb
from pictures import panels_of, points_under_legend, points_under_legends, results, seen_points

from stochcalc import plot

KINDS = sorted(results())
LINES_ONLY = [kind for kind in KINDS if kind not in ("last",)]
FIGURES = {
    "ours": None,
    "plain": {},
    "slide": {"figsize": (6.0, 4.0), "layout": "constrained"},
    "tight": {"figsize": (7.0, 4.6), "layout": "tight"},
}


@pytest.fixture(autouse=True)
def closed():
    """No figure of a test is left open."""
    before = plt.get_fignums()
    yield
    for number in set(plt.get_fignums()) - set(before):
        plt.close(number)


def colours(ax) -> set[str]:
    """The colours of all lines of a picture."""
    return {to_hex(line.get_color()) for part in panels_of(ax) for line in part.get_lines()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "theme, figure", [*(("default", figure) for figure in FIGURES), ("dark_background", "ours")]
)
def test_no_legend_covers_what_is_drawn(kind, theme, figure):
    with plt.style.context(theme):
        ax = None
        if FIGURES[figure] is not None:
            _, ax = plt.subplots(**FIGURES[figure])
        ax = results()[kind].plot(ax)
        assert points_under_legends(panels_of(ax)) == [0] * len(panels_of(ax))


@pytest.mark.parametrize("kind", ["study", "three methods", "solution", "stats"])
@pytest.mark.parametrize(
    "layout, size", [("constrained", (10.0, 4.0)), (None, (8.0, 3.5)), ("constrained", (8.0, 3.5))]
)
def test_side_by_side_pictures_cover_neither_their_data_nor_each_other(kind, layout, size):
    _, places = plt.subplots(1, 2, figsize=size, layout=layout)
    for ax in places:
        results()[kind].plot(ax)
    assert points_under_legends(places) == [0, 0]
    for ax in places:
        inside = ax.get_window_extent()
        legend = ax.get_legend().get_window_extent()
        assert inside.x0 <= legend.x0 and legend.x1 <= inside.x1
        assert inside.y0 <= legend.y0 and legend.y1 <= inside.y1
    first, second = (ax.title.get_window_extent() for ax in places)
    assert not first.overlaps(second)


def test_a_legend_on_the_data_is_found():
    ax = results()["three methods"].plot()
    ax.legend(loc="center")
    assert points_under_legend(ax) > 0


@pytest.mark.parametrize("kind", LINES_ONLY)
def test_keywords_reach_the_lines(kind):
    ax = results()[kind].plot(color="#123456", alpha=0.5, lw=3.0)
    line = next(
        line
        for part in panels_of(ax)
        for line in part.get_lines()
        if to_hex(line.get_color()) == "#123456"
    )
    assert line.get_alpha() == 0.5 and line.get_linewidth() == 3.0
    with pytest.raises(AttributeError, match="colour"):
        results()[kind].plot(colour="red")


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_has_one_entry_in_the_legend(kind):
    ax = results()[kind].plot(label="mine")
    entries = [text for part in panels_of(ax) for text in part.get_legend_handles_labels()[1]]
    assert sum("mine" in text for text in entries) == {"three methods": 3, "multilevel": 3}.get(
        kind, 1
    )
    assert len(entries) <= 8


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_none_has_its_default(kind):
    ax = results()[kind].plot(color=None, label=None, lw=None)
    entries = [text for part in panels_of(ax) for text in part.get_legend_handles_labels()[1]]
    assert "None" not in " ".join(entries)
    assert colours(ax) == colours(results()[kind].plot())


def test_a_failing_picture_leaves_no_figure_behind():
    before = plt.get_fignums()
    with pytest.raises(AttributeError):
        results()["one path"].plot(nonsense=1)
    with pytest.raises(ValueError, match="component=5"):
        results()["one path"].plot(component=5)
    assert plt.get_fignums() == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_takes_the_colours_of_the_theme(kind):
    with plt.style.context("dark_background"):
        ax = results()[kind].plot()
        cycle = {to_hex(c) for c in plt.rcParams["axes.prop_cycle"].by_key()["color"]}
        assert colours(ax) <= cycle | {"#ffffff"}
        assert all(to_rgb(part.get_facecolor()) == (0, 0, 0) for part in panels_of(ax))


@pytest.mark.parametrize("kind", ["one path", "solution", "stats", "three methods"])
def test_a_picture_takes_the_cycle_of_the_user(kind):
    own = ["#111111", "#444444", "#777777"]
    with mpl.rc_context({"axes.prop_cycle": cycler(color=own)}):
        assert colours(results()[kind].plot()) <= {*own, "#000000"}
    _, ax = plt.subplots()
    ax.set_prop_cycle(color=own)
    assert colours(results()[kind].plot(ax)) <= {*own, "#000000"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_leaves_the_settings_as_they_were(kind):
    before = dict(plt.rcParams)
    results()[kind].plot()
    assert dict(plt.rcParams) == before


def test_new_axes_have_the_style_in_all_their_parts_and_given_axes_in_none():
    new = results()["study"].plot()
    assert not new.get_legend().get_frame_on()
    assert new.get_legend().get_texts()[0].get_fontsize() == plot.STYLE["legend.fontsize"]
    _, ax = plt.subplots()
    results()["study"].plot(ax)
    assert ax.get_legend().get_frame_on() and ax.spines["top"].get_visible()
    with mpl.rc_context({"legend.frameon": True, "figure.figsize": (3.0, 3.0)}):
        own = results()["study"].plot()  # the default, set by the user, is taken for ours
        assert tuple(own.figure.get_size_inches()) == (3.0, 3.0)


def test_two_pictures_on_one_axes_have_colours_and_entries_of_their_own():
    ax = results()["study"].plot(label="first")
    results()["three methods"].plot(ax, label="second")
    shades = {handle.lines[0].get_color() for handle in ax.containers}
    markers = {handle.lines[0].get_marker() for handle in ax.containers}
    assert len(shades) == 4 and len(markers) == 4
    text = [entry.get_text() for entry in ax.get_legend().get_texts()]
    assert sum("points: measured" in entry for entry in text) == 1 and len(text) == 5
    assert ax.get_title() == "RMS error"


def test_a_title_of_the_user_stays():
    _, ax = plt.subplots()
    ax.set_title("mine")
    results()["solution"].plot(ax)
    assert ax.get_title() == "mine"
    new = results()["solution"].plot()
    new.set_title("mine as well")
    results()["few"].plot(new)
    assert new.get_title() == "mine as well"


@pytest.mark.parametrize(
    "kind, title",
    [
        ("one path", "1 Brownian path"),
        ("many paths", "30 Brownian paths"),
        ("solution", "50 of 60 paths by euler_maruyama"),
        ("stats", "60 paths by euler_maruyama"),
        ("few", "3 paths by euler_maruyama"),
        ("last", "60 paths by euler_maruyama"),
        ("chains", "30 chains of ula"),
    ],
)
def test_a_title_says_how_many_paths_there_are(kind, title):
    assert results()[kind].plot().get_title() == title


def test_the_title_of_a_study_is_its_claim():
    study = results()["study"]
    slope = study.order["euler_maruyama"]
    title = study.plot().get_title()
    assert f"slope {slope.value:.3f} ± {slope.stderr:.3f}, exact " in title
    assert "slope" not in results()["three methods"].plot().get_title()


def test_what_is_seen_is_counted():
    _, ax = plt.subplots()
    ax.plot([0, 1], [0, 1])
    assert len(seen_points(ax)) == 40


def test_a_wide_picture_takes_two_columns_of_a_sheet(tmp_path):
    for name, width in (("narrow", 4.0), ("wide", 8.0)):
        figure = plt.figure(figsize=(width, 3.0))
        figure.savefig(tmp_path / f"{name}.png", dpi=20)
        plt.close(figure)
    pictures = [tmp_path / f"{name}.png" for name in ("narrow", "wide", "narrow", "wide")]
    for columns, rows in ((4, 2), (2, 4), (1, 4)):
        sheet = plot.contact_sheet(pictures, tmp_path / "sheet.png", columns=columns)
        height, width = plt.imread(sheet).shape[:2]
        assert abs(width / height - 5.0 * columns / (3.5 * rows)) < 0.05


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_legend_on_the_data_is_moved_when_the_figure_is_saved(scale, tmp_path):
    counts = []

    def draw(ax):
        ax.plot(np.linspace(1.0, 9.0, 50), np.tile([1.0, 9.0], 25), label="everywhere")
        ax.set_yscale(scale)
        ax.legend(loc="center", title="a title")
        counts.append(points_under_legend(ax))
        counts.append(ax)

    plot.save(draw, tmp_path / "figure.png")
    before, ax = counts
    assert before > 0 and points_under_legend(ax) == 0
    assert ax.get_legend().get_title().get_text() == "a title"
