"""The colours of a dark page are written in one place, and can be read there."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

import stochcalc
from stochcalc.claims.page_style import write_style
from stochcalc.plot import dark
from stochcalc.plot.inline import list_colours

ROOT = Path(stochcalc.__file__).resolve().parents[1]
EVERY = (*dark.COLOURS, dark.PAGE, dark.INK, dark.FAINT, dark.LINE)


def brightness(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_no_other_file_writes_a_colour_of_a_dark_page():
    for folder in ("stochcalc", "gallery"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name == "dark.py":
                continue
            text = path.read_text(encoding="utf-8").lower()
            assert [colour for colour in EVERY if colour in text] == [], path


def test_the_report_and_its_pictures_take_them():
    assert f"--page:{dark.PAGE};--ink:{dark.INK};" in write_style()
    assert all(f"--c{i}:{colour};" in list_colours() for i, colour in enumerate(dark.COLOURS))


def test_matplotlib_takes_the_style():
    with plt.rc_context(dark.STYLE):
        cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
        assert tuple(cycle) == dark.COLOURS
        assert plt.rcParams["text.color"] == dark.INK


@pytest.mark.parametrize("colour", [*dark.COLOURS, dark.INK, dark.FAINT])
def test_a_reader_can_see_it_on_the_page(colour):
    contrast = (brightness(colour) + 0.05) / (brightness(dark.PAGE) + 0.05)
    assert contrast >= 4.5  # what WCAG 2 asks of text
