"""The player of the pages: frames inside the page, words for each, no motion unasked for."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from stochcalc import plot

EXTENSIONS = Path(__file__).resolve().parents[2] / "gallery" / "site" / "extensions"


@pytest.fixture(scope="module")
def player():
    """The module, which the pages find in a folder of their own."""
    sys.path.insert(0, str(EXTENSIONS))
    try:
        import player
    finally:
        sys.path.remove(str(EXTENSIONS))
    return player


def frame(n):
    """A drawing whose labels grow with n, so that a tight box would grow too."""

    def draw(ax):
        ax.plot([0, n])
        ax.set_ylabel("x" * n)

    return draw


FRAMES = {"<one> & 1": frame(1), "two </script>": frame(9), "three": frame(30)}


class Elements(HTMLParser):
    """The elements of a text with their attributes, and what a script says."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.script = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.found and self.found[-1][0] == "script":
            self.script += data

    def only(self, name):
        (attributes,) = [given for tag, given in self.found if tag == name]
        return attributes


@pytest.fixture(scope="module")
def elements(player):
    before = set(plt.get_fignums())
    text = player.play(FRAMES, alt="A line rises.")
    assert set(plt.get_fignums()) == before  # no frame stays open
    return Elements(text)


@pytest.fixture(scope="module")
def data(elements):
    return json.loads(re.search(r"const data = (\{.*\});\n", elements.script).group(1))


def pixels(address):
    image = pytest.importorskip("PIL.Image")
    kind, text = address.split(";base64,")
    assert kind in ("data:image/webp", "data:image/png")
    return np.asarray(image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA"))


def test_every_frame_has_its_image_for_both_pages_and_all_have_one_size(data):
    for width in ("wide", "narrow"):
        sets = data["frames"][width]
        images = [pixels(address) for theme in ("light", "dark") for address in sets[theme]]
        assert len(images) == 2 * len(FRAMES)
        assert len({image.shape for image in images}) == 1
        corners = [image[0, 0, 3] for image in images]
        assert corners == [255] * len(FRAMES) + [0] * len(FRAMES)  # dark ones are transparent


def test_the_frames_of_a_narrow_page_are_drawn_for_it(player, data):
    inches, _ = plot.NARROW_STYLE["figure.figsize"]
    across = pixels(data["frames"]["narrow"]["light"][0]).shape[1]
    assert across == round(inches * player.DOTS_PER_INCH["narrow"])
    assert 'matchMedia("(max-width: 720px)")' in player.SCRIPT
    css = (EXTENSIONS.parent / "static" / "site.css").read_text()
    assert "@media (max-width: 720px) {\n  .narrow-figure" in css  # the same limit


def test_captions_are_text_whatever_they_contain(elements, data):
    assert data["captions"] == list(FRAMES)
    assert elements.only("input")["aria-valuetext"] == "three"
    tags = [tag for tag, _ in elements.found]
    assert tags == [
        "style",
        "figure",
        "img",
        "div",
        "button",
        "input",
        "figcaption",
        "script",
    ]


def test_without_scripts_the_last_frame_is_a_still_image_with_words(elements, data):
    image = elements.only("img")
    assert image["src"] == data["frames"]["wide"]["light"][-1]
    assert image["alt"] == "A line rises. Shown: three"
    assert "hidden" in elements.only("div")  # the button and the slider, until the script runs


def test_nothing_is_loaded_from_anywhere(elements):
    outside = [
        value
        for _, given in elements.found
        for name, value in given.items()
        if name in ("src", "href") and not value.startswith("data:")
    ]
    assert outside == []
    assert not re.search(r"https?:|fetch\(|import\(|@import", elements.script)


def test_readers_who_prefer_reduced_motion_have_no_button(player):
    rule = r"prefers-reduced-motion: reduce\) \{ \.frames-row button \{ display: none; \} \}"
    assert re.search(rule, player.STYLE)
    assert "if (still.matches) return;" in player.SCRIPT


def test_a_player_shows_itself_and_repeats(player):
    shown = player.Player(FRAMES, alt="A line rises.")
    assert shown._repr_html_() == player.play(FRAMES, alt="A line rises.")


@pytest.mark.parametrize("name, shown", [("<one> & 1", "<one> & 1"), (None, "three")])
def test_a_figure_with_frames_becomes_raw_html_that_begins_with_what_it_shows(player, name, shown):
    figure = plot.figure(FRAMES.get(name, frame(2)), alt="A line rises.")
    figure.frames = FRAMES
    lines = player.embed(figure).split("\n")
    plt.close(figure)
    assert lines[:2] == [".. raw:: html", ""]
    assert all(line.startswith("    ") for line in lines[2:] if line)
    found = Elements("\n".join(lines[2:]))
    assert found.only("input")["aria-valuetext"] == shown
    assert found.only("input")["value"] == str(list(FRAMES).index(shown))
    assert found.only("img")["alt"] == f"A line rises. Shown: {shown}"
    assert "hidden" in found.only("figure")  # the page has the figure itself for who runs no script


def test_one_frame_is_no_series_and_a_series_has_words(player):
    with pytest.raises(ValueError, match="two frames or more, got 1"):
        player.play({"one": frame(1)}, alt="A line rises.")
    with pytest.raises(ValueError, match="alt must say in a sentence"):
        player.play(FRAMES, alt=" ")
