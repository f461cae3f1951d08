"""The order of the chapters and of the lessons in them: that of the theorems' numbers."""

from __future__ import annotations

import re
from pathlib import Path

from stochcalc.claims.claim import CHAPTERS

LESSONS = Path(__file__).resolve().parent.parent.parent / "lessons"


def order_chapters(folder: str) -> int:
    """Return the place of the chapter in a folder."""
    return CHAPTERS.index(Path(folder).name)


def order_lessons(name: str) -> tuple[str, str]:
    """Return the number of the first theorem of a lesson, then its name; others come last."""
    (path,) = LESSONS.glob(f"*/{name}")
    found = re.search(r'CLAIMS\["(G\d\d)"\]', path.read_text(encoding="utf-8"))
    return (found.group(1) if found else "G99"), name
