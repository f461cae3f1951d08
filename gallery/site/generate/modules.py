"""Pages of modules that a lesson names, beside those of claims and schemes: their docstrings."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

from generate.reference import MODULES
from generate.rest import head, indent

OWN_PAGES = ("stochcalc.claims.theorems.", "stochcalc.methods.")
CHAPTERS = ("stochcalc", *(f"stochcalc.{name}" for name in MODULES))


def write_modules(pages: Path, lessons: Path) -> None:
    """Write a page for each module, and the page that lists them."""
    folder = pages / "reference" / "modules"
    folder.mkdir(parents=True, exist_ok=True)
    names = find_modules(lessons)
    for name in names:
        text = inspect.getdoc(importlib.import_module(name)) or ""
        block = [".. code-block:: text", "    :class: derivation", "", indent(text), ""]
        page = "\n".join([head(name), f".. py:module:: {name}", "", *block])
        (folder / f"{name}.rst").write_text(page, encoding="utf-8")
    opening = (
        "Derivations that lessons refer to and that stand in the source, beside those of claims."
    )
    listed = [".. toctree::", "    :maxdepth: 1", "", *(f"    {name}" for name in names), ""]
    if not names:
        listed = []
    (folder / "index.rst").write_text(
        "\n".join([head("Derivations in the source"), opening, "", *listed]), encoding="utf-8"
    )


def find_modules(lessons: Path) -> list[str]:
    """Return the modules that the lessons name and that have no page of another kind."""
    named: set[str] = set()
    for path in lessons.glob("*/plot_*.py"):
        text = path.read_text(encoding="utf-8")
        named.update(re.findall(r":mod:`~?(stochcalc[\w.]*)`", text))
    return sorted(name for name in named if name not in CHAPTERS and not name.startswith(OWN_PAGES))
