"""The page of all figures, written when the lessons have run and before the pages are read."""

from __future__ import annotations

import re
from pathlib import Path

from figures import PICTURES
from generate.rest import plain
from order import CHAPTERS
from sphinx.application import Sphinx

OPENING = """Gallery
=======

Every figure of the lessons. Its lesson shows how it is made.
"""
FIGURE = re.compile(r"\.\. image:: (\S+)\n    :alt: (.+)\n    :class: (.+) lesson-figure\n")


def write_gallery(app: Sphinx) -> None:
    """Write a card for each figure, with its words and a link to its lesson."""
    pages = Path(app.srcdir)
    parts = [OPENING]
    for index in sorted((pages / "learn").glob("*/index.rst"), key=_find_place):
        title = index.read_text(encoding="utf-8").split(".. _sphx_glr", 1)[-1].split("\n")[2]
        lessons = sorted(index.parent.glob("plot_*.rst"), key=_find_place_of_lesson)
        cards = [line for lesson in lessons for line in _list_cards(lesson)]
        if cards:
            parts += [
                title,
                "-" * len(title),
                "",
                ".. grid:: 1 1 2 2",
                "    :gutter: 3",
                "",
                *cards,
            ]
    (pages / "gallery.rst").write_text("\n".join(parts) + "\n", encoding="utf-8")


def _find_place(index: Path) -> int:
    """Return the place of the chapter whose list of lessons this is."""
    return CHAPTERS.index(index.parent.name)


def _find_place_of_lesson(lesson: Path) -> tuple[str, str]:
    from order import order_lessons

    return order_lessons(f"{lesson.stem}.py")


def _list_cards(lesson: Path) -> list[str]:
    """Return a card for each figure of a lesson, with its pictures for every page."""
    place = f"/learn/{lesson.parent.name}/{lesson.stem}"
    found = FIGURE.findall(lesson.read_text(encoding="utf-8"))
    lines = []
    for first in range(0, len(found), PICTURES):
        lines += [f"    .. grid-item-card:: :doc:`{place}`", ""]
        for picture, words, pages in found[first : first + PICTURES]:
            lines += [f"        .. image:: {picture}", f"            :alt: {words}"]
            lines += [f"            :class: {pages} card-figure", "            :loading: lazy", ""]
        lines += [f"        {plain(found[first][1])}", ""]
    return lines


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen after sphinx-gallery, which runs the lessons."""
    app.connect("builder-inited", write_gallery, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
