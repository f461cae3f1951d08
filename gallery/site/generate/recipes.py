"""Pages from the recipes of CONTRIBUTING.md, which the tests follow to the letter."""

from __future__ import annotations

import re
from pathlib import Path

from generate.rest import head, indent

TITLES = {
    1: ("add_scheme", "Add a scheme to the package"),
    2: ("add_claim", "Add a claim to the catalogue"),
    3: ("add_sampler", "Add a sampler to the package"),
}
OPENING = """This is a recipe of the contributors' guide, and the tests follow it to the letter. It
needs a checkout that is installed by ``pip install -e ".[test]"``.
"""


def write_recipes(pages: Path, guide: Path) -> None:
    """Write one page for each recipe."""
    text = guide.read_text(encoding="utf-8")
    for number, (name, title) in TITLES.items():
        start = text.index(f"## Recipe {number}:")
        body = text[text.index("\n", start) : text.index("\n## ", start)]
        page = f"{head(title)}\n{OPENING}\n{convert(body)}"
        (pages / "howto" / f"{name}.rst").write_text(page, encoding="utf-8")


def convert(markdown: str) -> str:
    """Return reST for the Markdown of the guide: paragraphs, code in blocks and in lines, links."""
    parts = re.split(r"```(\w+)\n(.*?)```\n?", markdown, flags=re.S)
    out = [_convert_prose(parts[0])]
    for language, code, prose in zip(parts[1::3], parts[2::3], parts[3::3]):
        out += [f".. code-block:: {language}\n\n{indent(code)}\n", _convert_prose(prose)]
    return "\n".join(out)


def _convert_prose(text: str) -> str:
    """Return prose in reST: literals have two backticks, and links are their words."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    return re.sub(r"`([^`]+)`", r"``\1``", text)
