"""The README's map leads somewhere: its links exist, and a line that it quotes is that line."""

from __future__ import annotations

import re

import pytest
from architecture import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\]\(([^)#\s]+)(?:#L(\d+))?\)", README)


def quotes(text: str) -> list[tuple[str, int, str]]:
    """Every (file, line, code) of a table row that quotes the code of a line it links to."""
    found = re.findall(r"\]\(([^)#]+)#L(\d+)\): `([^`]+)` \|", text)
    return [(path, int(line), code.replace("\\|", "|")) for path, line, code in found]


def line_holds(path: str, line: int, code: str) -> bool:
    """Whether a line of a file holds the code."""
    return code in (ROOT / path).read_text(encoding="utf-8").splitlines()[line - 1]


def test_every_link_leads_to_a_file_or_a_folder():
    assert len(LINKS) > 30
    for path, _ in LINKS:
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("path, line, code", quotes(README))
def test_a_quoted_line_is_where_the_link_says(path, line, code):
    assert line_holds(path, line, code)


def test_the_formulas_are_quoted_and_a_line_further_there_is_another():
    found = quotes(README)
    assert len(found) >= 13
    assert not any(line_holds(path, line + 1, code) for path, line, code in found)


def test_every_chapter_is_on_the_map():
    chapters = [path.parent.name for path in (ROOT / "stochcalc").glob("*/__init__.py")]
    for chapter in chapters:
        if chapter not in ("cli", "plot"):
            assert f"](stochcalc/{chapter})" in README, chapter
