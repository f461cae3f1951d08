"""The order of the chapters, and of the lessons in them: that of the theorems' numbers.

Where a lesson needs one whose number is larger, or that has none, the order is written down.
"""

from __future__ import annotations

import re
from pathlib import Path

from stochcalc.claims.claim import CHAPTERS

# Lessons of a chapter that are read before the others, in this order.
WRITTEN = (
    "plot_higham.py",
    "plot_score_matching.py",
    "plot_annealed_langevin.py",
    "plot_schedules.py",
)
LESSONS = Path(__file__).resolve().parent.parent.parent / "lessons"


def order_chapters(folder: str) -> int:
    """Return the place of the chapter in a folder."""
    return CHAPTERS.index(Path(folder).name)


def order_lessons(name: str) -> tuple[str, str]:
    """Return the number of the first theorem of a lesson, then its name; others come last."""
    if name in WRITTEN:
        return "", str(WRITTEN.index(name))
    (path,) = LESSONS.glob(f"*/{name}")
    found = re.search(r'CLAIMS\["(G\d\d)"\]', path.read_text(encoding="utf-8"))
    return (found.group(1) if found else "G99"), name
