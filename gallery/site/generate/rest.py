"""Small forms of reST: headings, tables, text that is no mark-up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def head(title: str, line: str = "=") -> str:
    """Return a title with the line below it."""
    return f"{title}\n{line * len(title)}\n"


def plain(text: str) -> str:
    """Return text in which no character is mark-up."""
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def indent(text: str, width: int = 4) -> str:
    """Return the lines of a text further to the right; empty ones stay empty."""
    return "\n".join(" " * width + line if line.strip() else "" for line in text.split("\n"))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, css: str = "") -> str:
    """Return a table whose cells are reST."""
    lines = [".. list-table::", "    :header-rows: 1"]
    if css:
        lines.append(f"    :class: {css}")
    lines.append("")
    for row in (header, *rows):
        for i, cell in enumerate(row):
            mark = "    * - " if i == 0 else "      - "
            lines.append(f"{mark}{cell}".rstrip())
    return "\n".join(lines) + "\n"
