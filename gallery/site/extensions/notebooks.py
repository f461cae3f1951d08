"""The words of a notebook: what only Sphinx understands is written so that a reader does.

A downloaded notebook is Markdown. Its text has no citations, no links to other pages, no fold and
no macros, so they become names and years, titles, a line in bold type, and plain LaTeX. A link to
a page of the sandbox becomes its words, and a cell that shows the page follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pybtex.database import parse_file
from sandbox_links import find_links
from sphinx.application import Sphinx
from sphinx_gallery import notebook

from stochcalc.display.mathml import MACROS

PAGES = Path(__file__).resolve().parents[1]
ROLE = re.compile(r":(cite:[tp]|doc|sandbox|func|class|meth|mod|attr):`([^`]+)`")
WITH_TARGET = re.compile(r"(.+?)\s*<(.+)>", re.DOTALL)


def translate(text: str) -> str:
    """Return Markdown in which no directive, no role and no macro is left."""
    text = re.sub(r"^\.\. solution::[ ]*$", "**Solution**", text, flags=re.MULTILINE)
    for name, meaning in MACROS.items():
        text = re.sub(rf"\\{name}(?![A-Za-z])", lambda _, m=meaning: m, text)
    return ROLE.sub(lambda found: _name(*found.groups()), text)


def _name(role: str, target: str) -> str:
    """Return the words for a role."""
    if role.startswith("cite:"):
        return _cite(target)
    named = WITH_TARGET.fullmatch(target)
    if named:
        return named[1]
    return f"`{target}`" if role != "doc" else f"*{_find_title(target.rpartition('/')[2])}*"


@cache
def _cite(key: str) -> str:
    """Return names and year of an entry of the bibliography."""
    entry = parse_file(str(PAGES / "references.bib")).entries[key]
    names = [
        " ".join(str(part) for part in (*person.rich_prelast_names, *person.rich_last_names))
        for person in entry.persons["author"]
    ]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    return f"{' and '.join(names)} ({entry.fields['year']})"


@cache
def _find_title(stem: str) -> str:
    """Return the title of a lesson, which is the second line of its script."""
    for path in (PAGES.parent / "lessons").rglob(f"{stem}.py"):
        return path.read_text(encoding="utf-8").split("\n")[1]
    return stem


def add_pages(blocks: Iterable[tuple[str, str, int]]) -> Iterator[tuple[str, str, int]]:
    """Yield the blocks of a script, and after a text the line that shows each page it links to."""
    for block in blocks:
        yield block
        label, content, line = block
        if label == "text":
            for link in find_links(content):
                yield "code", link.python, line


def setup(app: Sphinx) -> dict[str, bool]:
    """Translate what sphinx-gallery has made of a text, and fill notebooks with its pages."""
    convert: Callable[..., str] = notebook.rst2md

    def convert_and_translate(*words: Any, **options: Any) -> str:
        return translate(convert(*words, **options))

    fill: Callable[..., None] = notebook.fill_notebook

    def fill_with_pages(work: Any, blocks: Any, *words: Any) -> None:
        fill(work, list(add_pages(blocks)), *words)

    notebook.rst2md = convert_and_translate
    notebook.fill_notebook = fill_with_pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
