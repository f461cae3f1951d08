"""The pages of all figures, written when the lessons have run and before the pages are read.

The gallery shows the figures by chapter. Each tag has a page besides, with those of its lessons, so
that a reader finds what belongs together in different chapters.
"""

from __future__ import annotations

import re
from pathlib import Path

from figures import PICTURES
from generate.rest import head, plain
from order import CHAPTERS, order_lessons
from sphinx.application import Sphinx
from tags import TAGS, find_tags, name_page

OPENING = "Every figure of the lessons. Its lesson shows how it is made."
FIGURE = re.compile(r"\.\. image:: (\S+)\n    :alt: (.+)\n    :class: (.+) lesson-figure\n")


def write_gallery(app: Sphinx) -> None:
    """Write the page of all figures, and a page for each tag of a lesson that was run."""
    pages = Path(app.srcdir)
    chapters = {
        _read_title(index): sorted(index.parent.glob("plot_*.rst"), key=_find_place_of_lesson)
        for index in sorted((pages / "learn").glob("*/index.rst"), key=_find_place)
    }
    tagged = {
        tag: [path for found in chapters.values() for path in found if tag in find_tags(path.stem)]
        for tag in TAGS
    }
    tagged = {tag: lessons for tag, lessons in tagged.items() if lessons}
    parts = [head("Gallery"), OPENING, "", _link_tags(tagged), ""]
    for title, lessons in chapters.items():
        parts += _write_section(title, lessons)
    parts += [".. toctree::", "    :hidden:", "", *(f"    {name_page(tag)}" for tag in tagged), ""]
    (pages / "gallery.rst").write_text("\n".join(parts), encoding="utf-8")
    (pages / "tags").mkdir(exist_ok=True)
    for tag, lessons in tagged.items():
        text = write_tag(tag, lessons, tagged)
        (pages / f"{name_page(tag)}.rst").write_text(text, encoding="utf-8")


def write_tag(tag: str, lessons: list[Path], tagged: dict[str, list[Path]]) -> str:
    """Return the page of a tag: the figures of its lessons, and the way to all others."""
    title = tag[0].upper() + tag[1:]
    others = {other: found for other, found in tagged.items() if other != tag}
    parts = [
        head(title),
        "The figures of the lessons with this tag. :doc:`All figures </gallery>` are in the "
        "gallery.",
        "",
        _link_tags(others),
        "",
        *_write_grid(lessons),
    ]
    return "\n".join(parts)


def _link_tags(tagged: dict[str, list[Path]]) -> str:
    """Return a line of links to the pages of tags, each with its number of lessons."""
    links = [f":doc:`{tag} </{name_page(tag)}>` ({len(tagged[tag])})" for tag in tagged]
    return f"**Tags, with their numbers of lessons:** {', '.join(links)}." if links else ""


def _write_section(title: str, lessons: list[Path]) -> list[str]:
    """Return the figures of a chapter below its title, or nothing if it has none."""
    grid = _write_grid(lessons)
    return [head(title, "-"), *grid] if grid else []


def _write_grid(lessons: list[Path]) -> list[str]:
    """Return the cards of lessons in two columns, or nothing if they have no figure."""
    cards = [line for lesson in lessons for line in _list_cards(lesson)]
    return [".. grid:: 1 1 2 2", "    :gutter: 3", "", *cards] if cards else []


def _read_title(index: Path) -> str:
    """Return the title of the chapter whose list of lessons this is."""
    return index.read_text(encoding="utf-8").split(".. _sphx_glr", 1)[-1].split("\n")[2]


def _find_place(index: Path) -> int:
    """Return the place of the chapter whose list of lessons this is."""
    return CHAPTERS.index(index.parent.name)


def _find_place_of_lesson(lesson: Path) -> tuple[str, str]:
    return order_lessons(f"{lesson.stem}.py")


def _list_cards(lesson: Path) -> list[str]:
    """Return a card for each figure of a lesson: its pictures for every page, words and tags."""
    place = f"/learn/{lesson.parent.name}/{lesson.stem}"
    found = FIGURE.findall(lesson.read_text(encoding="utf-8"))
    tags = ", ".join(f":doc:`{tag} </{name_page(tag)}>`" for tag in find_tags(lesson.stem))
    lines = []
    for first in range(0, len(found), PICTURES):
        lines += [f"    .. grid-item-card:: :doc:`{place}`", ""]
        for picture, words, pages in found[first : first + PICTURES]:
            lines += [f"        .. image:: {picture}", f"            :alt: {words}"]
            lines += [f"            :class: {pages} card-figure", "            :loading: lazy", ""]
        lines += [f"        {plain(found[first][1])}", "", f"        Tags: {tags}", ""]
    return lines


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen after sphinx-gallery, which runs the lessons."""
    app.connect("builder-inited", write_gallery, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
