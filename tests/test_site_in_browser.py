"""Every page of the built site, opened from the disk, asks for nothing and reports nothing.

STOCHCALC_SITE names the folder of the site. Chromium is Debian's; nothing is downloaded.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

BUILT = os.environ.get("STOCHCALC_SITE", "")
BROWSER = shutil.which("chromium")
WIDTHS = (1280, 390)
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


def test_a_request_a_message_and_a_wide_page_are_found(tmp_path):
    """The negative control: a page with one fault of each kind."""
    (tmp_path / "x.html").write_text(FAULTY)
    kinds = {fault.split(":")[0] for fault in open_pages([tmp_path / "x.html"], 390)["x.html"]}
    assert {"https", "console", "width"} <= kinds
