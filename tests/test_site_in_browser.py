"""Every page of the built site, opened from the disk, asks for nothing and reports nothing.

STOCHCALC_SITE names the folder of the site. Chromium is Debian's; nothing is downloaded.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from built_pages import list_lessons
from letters import LEAST_LETTERS, find_figures, measure_letters

from stochcalc import plot

BUILT = os.environ.get("STOCHCALC_SITE", "")
BROWSER = shutil.which("chromium")
WIDTHS = (1280, 390)
PHONE = 390
DOTS_OF_FRAMES = 160.0  # per inch, of the frames of a player on a narrow page
FAULTY = """<!doctype html><title>x</title><script>console.warn("a warning")</script>
<img src="https://cdn.example/x.png"><div style="width: 2000px">wide</div>"""

sync_api = pytest.importorskip(
    "playwright.sync_api", reason='the browser needs pip install -e ".[browser]"'
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium: apt-get install chromium")


def open_pages(paths: list[Path], width: int) -> dict[str, list[str]]:
    """Return what each page asked for from elsewhere, reported, or did not fit into the width."""
    faults: dict[str, list[str]] = {}
    with sync_api.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        found: list[str] = []
        page.on("console", lambda message: found.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: found.append(f"error: {error}"))
        page.on("request", lambda request: found.append(request.url))
        for path in paths:
            found.clear()
            page.goto(path.as_uri())
            beyond = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if beyond > 0:
                found.append(f"width: {beyond} pixels beyond {width}")
            own = ("file:", "data:", "blob:")
            bad = [fault for fault in found if not fault.startswith(own)]
            if bad:
                faults[path.name] = bad
        browser.close()
    return faults


@pytest.mark.skipif(not BUILT, reason="say where a built site is: STOCHCALC_SITE=folder")
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_asks_for_anything_or_reports_anything(width):
    pages = [path for path in sorted(Path(BUILT).rglob("*.html")) if "_static" not in path.parts]
    assert len(pages) > 100
    assert open_pages(pages, width) == {}


def find_small_letters(paths: list[Path], theme: str) -> tuple[list[str], list[int]]:
    """Return the figures that a phone shows with small letters, and how many each page shows."""
    small = []
    counts = []
    with sync_api.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        size = {"width": PHONE, "height": 800}
        page = browser.new_page(viewport=size, color_scheme=theme)
        for path in paths:
            page.goto(path.as_uri())
            figures = find_figures(page)
            counts.append(len(figures))
            for figure in figures:
                letters = measure_letters(figure, DOTS_OF_FRAMES)
                if letters < LEAST_LETTERS:
                    small.append(f"{path.name}: {figure['name']}: {letters:.1f} pixels")
        browser.close()
    return small, counts


@pytest.mark.skipif(not BUILT, reason="say where a built site is: STOCHCALC_SITE=folder")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_letters_of_every_figure_are_legible_on_a_phone(theme):
    lessons = list_lessons(Path(BUILT))
    pages = [Path(BUILT) / "index.html", Path(BUILT) / "gallery.html", *lessons]
    small, counts = find_small_letters(pages, theme)
    assert small == []
    assert min(counts) >= 1
    assert counts[0] == 1  # of the four images of the figure of the front page
    assert counts[1] == sum(counts[2:])  # the gallery has every figure of the lessons


def test_a_figure_that_is_too_wide_for_a_phone_is_found(tmp_path):
    """The negative control: two panels side by side, and the same one above the other."""

    def draw(ax):
        for panel in plot.panels(ax, 2, "Two panels"):
            panel.plot([0.0, 1.0])

    wide = plot.figure(draw)
    with plot.narrow():
        narrow = plot.figure(draw)
    for name, figure in (("wide", wide), ("narrow", narrow)):
        with plot.style():
            figure.savefig(tmp_path / f"{name}.png")
        plt.close(figure)
        shown = f'<!doctype html><img class="lesson-figure" style="width: 100%" src="{name}.png">'
        (tmp_path / f"{name}.html").write_text(shown)
    (small,) = find_small_letters([tmp_path / "wide.html"], "light")[0]
    assert "wide.png" in small
    assert find_small_letters([tmp_path / "narrow.html"], "light") == ([], [1])


def test_a_request_a_message_and_a_wide_page_are_found(tmp_path):
    """The negative control: a page with one fault of each kind."""
    (tmp_path / "x.html").write_text(FAULTY)
    kinds = {fault.split(":")[0] for fault in open_pages([tmp_path / "x.html"], 390)["x.html"]}
    assert {"https", "console", "width"} <= kinds
