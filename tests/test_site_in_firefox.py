"""Firefox sets formulas with the shipped font as high and as wide as Chromium does.

Firefox gives a line of text with a formula the height that the font states for itself, and breaks a
formula between two lines of text; Chromium does neither. A picture of a page says what it did.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import matplotlib.image
import pytest
from architecture import ROOT

STATIC = ROOT / "gallery" / "site" / "static"
BROWSER = shutil.which("firefox-esr") or shutil.which("firefox")
LINE = 26  # pixels between two lines of text
PAGE = """<!doctype html><meta charset="utf-8"><title>x</title>
<style>STYLE body { margin: 0 }
p { margin: 0; width: 100px; font: 16px/26px serif; color: #f00; background: #f00 }</style>
<p><math>FORMULA</math></p>"""
SHORT = "<msub><mi>W</mi><mi>t</mi></msub>"
LONG = "<mi>a</mi><mo>+</mo>" * 12 + "<mi>a</mi>"
OURS = f'@import "{(STATIC / "site.css").as_uri()}";'
BARE = """@font-face { font-family: x; src: url("FONT"); } math { font-family: x }"""
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="needs firefox: apt-get install firefox-esr"
)


def measure_height(style: str, formula: str, folder: Path) -> int:
    """Return how many pixels high Firefox makes a narrow paragraph that holds one formula."""
    page, picture = folder / "page.html", folder / "page.png"
    page.write_text(PAGE.replace("STYLE", style).replace("FORMULA", formula), encoding="utf-8")
    command = [str(BROWSER), "--headless", "--no-remote", "--profile", str(folder)]
    command += ["--window-size=500,400", "--screenshot", str(picture), page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert picture.is_file(), done.stderr
    pixels = matplotlib.image.imread(picture)
    red = (pixels[:, 2, 0] > 0.9) & (pixels[:, 2, 1] < 0.1)
    return int(red.sum())


def test_a_formula_makes_no_line_of_text_higher(tmp_path):
    assert measure_height(OURS, SHORT, tmp_path) == LINE


def test_a_font_that_keeps_its_own_height_is_found(tmp_path):
    """The negative control: the same font without the overrides."""
    style = BARE.replace("FONT", (STATIC / "math.woff2").as_uri())
    assert measure_height(style, SHORT, tmp_path) > 1.5 * LINE


def test_a_formula_is_not_broken_between_two_lines(tmp_path):
    assert measure_height(OURS, LONG, tmp_path) == LINE


def test_a_formula_that_may_be_broken_is_found(tmp_path):
    """The negative control: the same formula where the style allows a break."""
    style = OURS + " p math { white-space: normal }"
    assert measure_height(style, LONG, tmp_path) > 1.5 * LINE
