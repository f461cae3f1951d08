"""Every page of the built site, opened from the disk, asks for nothing and reports nothing, and can
be read: on a wide and on a narrow screen, light and dark, by the rules of axe.

STOCHCALC_SITE names the folder of a site that is built already; in a nightly run it is built here.
Chromium is Debian's; nothing is downloaded. A nightly run gives all pages to axe, another one pages
of every kind.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from built_pages import choose_pages, list_lessons, list_pages, needs_site
from evidence import NIGHTLY
from letters import LEAST_LETTERS, find_figures, measure_letters

from stochcalc import plot

BROWSER = shutil.which("chromium")
WIDTHS = (1280, 390)
PHONE = 390
DOTS_OF_FRAMES = 160.0  # per inch, of the frames of a player on a narrow page
THEMES = ("light", "dark")
FAULTY = """<!doctype html><title>x</title><script>console.warn("a warning")</script>
<img src="https://cdn.example/x.png"><div style="width: 2000px">wide</div>
<p style="color: #999; background: #fff">pale</p>
<article style="width: 300px"><div style="width: 340px">wide</div></article>"""
# What is loaded already is enough for axe, and to open a folded solution is to see what is in it.
AXE = {"preload": False, "resultTypes": ["violations"]}
# What scrolls by itself, as wide tables and code do, has its own width.
BEYOND = """() => {
    const places = {page: document.documentElement, article: document.querySelector('article')};
    return Object.fromEntries(Object.entries(places).filter(([name, part]) => part)
        .map(([name, part]) => [name, part.scrollWidth - part.clientWidth]));
}"""
UNFOLD = "document.querySelectorAll('details').forEach(part => { part.open = true; })"
# The theme follows the system, and has stopped moving.
SETTLED = """theme => (document.documentElement.dataset.theme || theme) === theme
    && document.getAnimations().length === 0"""

sync_api = pytest.importorskip(
    "playwright.sync_api", reason='the browser needs pip install -e ".[browser]"'
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium: apt-get install chromium")


@contextmanager
def open_page(browser: Any, **options: Any) -> Iterator[Any]:
    """Yield an empty page, and close it."""
    page = browser.new_page(**options)
    yield page
    page.close()


def open_pages(browser: Any, paths: list[Path], width: int) -> dict[str, list[str]]:
    """Return what each page asked for from elsewhere, reported, or did not fit into the width."""
    faults: dict[str, list[str]] = {}
    with open_page(browser, viewport={"width": width, "height": 800}) as page:
        found: list[str] = []
        page.on("console", lambda message: found.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: found.append(f"error: {error}"))
        page.on("request", lambda request: found.append(request.url))
        for path in paths:
            found.clear()
            page.goto(path.as_uri())
            for place, beyond in page.evaluate(BEYOND).items():
                if beyond > 0:
                    found.append(f"width: {beyond} pixels beyond the {place} at {width}")
            own = ("file:", "data:", "blob:")
            bad = [fault for fault in found if not fault.startswith(own)]
            if bad:
                faults[path.name] = bad
    return faults


def find_violations(browser: Any, paths: list[Path], width: int) -> dict[str, list[str]]:
    """Return the rules of axe that each page breaks, light or dark, with the first place."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason='axe needs pip install -e ".[browser]"'
    ).Axe()
    faults: dict[str, list[str]] = {}
    view = {"width": width, "height": 800}
    with open_page(browser, viewport=view, reduced_motion="reduce") as page:
        for path in paths:
            page.goto(path.as_uri())
            page.evaluate(UNFOLD)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.wait_for_function(SETTLED, arg=theme)
                for broken in axe.run(page, options=AXE).response["violations"]:
                    places = broken["nodes"]
                    fault = f"{theme}: {broken['id']} x {len(places)}: {places[0]['html'][:200]}"
                    faults.setdefault(str(path), []).append(fault)
    return faults


@needs_site
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_asks_for_anything_or_reports_anything(browser, site, width):
    pages = list_pages(site)
    assert len(pages) > 100
    assert open_pages(browser, pages, width) == {}


def find_small_letters(browser: Any, paths: list[Path], theme: str) -> tuple[list[str], list[int]]:
    """Return the figures that a phone shows with small letters, and how many each page shows."""
    small = []
    counts = []
    size = {"width": PHONE, "height": 800}
    with open_page(browser, viewport=size, color_scheme=theme) as page:
        for path in paths:
            page.goto(path.as_uri())
            figures = find_figures(page)
            counts.append(len(figures))
            for figure in figures:
                letters = measure_letters(figure, DOTS_OF_FRAMES)
                if letters < LEAST_LETTERS:
                    small.append(f"{path.name}: {figure['name']}: {letters:.1f} pixels")
    return small, counts


@needs_site
@pytest.mark.parametrize("theme", THEMES)
def test_the_letters_of_every_figure_are_legible_on_a_phone(browser, site, theme):
    pages = [site / "index.html", site / "gallery.html", *list_lessons(site)]
    small, counts = find_small_letters(browser, pages, theme)
    assert small == []
    assert min(counts) >= 1
    assert counts[0] == 1  # of the four images of the figure of the front page
    assert counts[1] == sum(counts[2:])  # the gallery has every figure of the lessons


def test_a_figure_that_is_too_wide_for_a_phone_is_found(browser, tmp_path):
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
    (small,) = find_small_letters(browser, [tmp_path / "wide.html"], "light")[0]
    assert "wide.png" in small
    assert find_small_letters(browser, [tmp_path / "narrow.html"], "light") == ([], [1])


@needs_site
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_can_be_read_by_the_rules_of_axe(browser, site, width):
    pages = list_pages(site) if NIGHTLY else choose_pages(site)
    assert len(pages) > 8
    assert find_violations(browser, pages, width) == {}


def test_a_request_a_message_and_a_wide_page_are_found(browser, tmp_path):
    """The negative control: a page with one fault of each kind."""
    (tmp_path / "x.html").write_text(FAULTY)
    faults = open_pages(browser, [tmp_path / "x.html"], 390)["x.html"]
    kinds = {fault.split(":")[0] for fault in faults}
    assert {"https", "console", "width"} <= kinds
    assert "width: 40 pixels beyond the article at 390" in faults


def test_a_page_that_breaks_rules_is_found_in_both_themes(browser, tmp_path):
    """The negative control: no language, an image without words, and letters too pale to read."""
    path = tmp_path / "x.html"
    path.write_text(FAULTY)
    (faults,) = find_violations(browser, [path], 390).values()
    for rule in ("html-has-lang", "image-alt", "color-contrast"):
        assert sum(f": {rule} x 1" in fault for fault in faults) == len(THEMES)
