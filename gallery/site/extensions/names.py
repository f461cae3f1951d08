"""Long names may break into lines after their dots and underscores, and nowhere else.

A browser on a phone breaks `stochcalc.quadratic_variation` anywhere if nothing says where it may.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

NAME = re.compile(r"(<h1>|<span class=\"pre\">)([A-Za-z]\w*(?:[._]\w+)+)(?=\(?\)?<)")
PLACE = re.compile(r"(?<=\w)([._])(?=\w)")


def break_name(name: str) -> str:
    """Return a name with the places where it may break."""
    return PLACE.sub(r"\1<wbr>", name)


def break_names(text: str) -> str:
    """Return HTML in which the names in headings and in literals may break."""
    return NAME.sub(lambda found: found[1] + break_name(found[2]), text)


def break_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Let the names of a page break: in its text, its contents, and the links at its end."""
    for part in ("body", "toc"):
        if part in context:
            context[part] = break_names(context[part])
    for side in ("prev", "next"):
        neighbour = context.get(side)
        if neighbour and " " not in neighbour["title"]:
            context[side] = {**neighbour, "title": break_name(neighbour["title"])}


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen before the theme, which keeps the contents of a page."""
    app.connect("html-page-context", break_page, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
