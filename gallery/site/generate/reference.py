"""The reference: a page for each chapter, and one for each public name.

The names are those of the tables of contents: `stochcalc.__all__`, in the order of its chapters,
and `__all__` of the chapters that have one. What a page says is the docstring of its name.
"""

from __future__ import annotations

import importlib
import inspect
import pprint
import re
from pathlib import Path
from types import ModuleType
from typing import Protocol

from sphinx.pycode import ModuleAnalyzer

import stochcalc as sc
from generate.rest import head, indent, plain, table

CHAPTERS = {  # a page, its title, and the chapters of the package whose names are on it
    "motion": ("Brownian motion", ("motion",)),
    "integrals": ("Integrals along paths", ("integrals",)),
    "variation": ("Variation, jumps and prices", ("variation",)),
    "equations": ("Equations and schemes", ("sde", "methods", "solver", "engine", "memory")),
    "laboratory": ("Convergence, and numbers with errors", ("laboratory", "estimate", "moments")),
    "passage": ("First passage", ("passage",)),
    "kolmogorov": ("Laws and means without paths", ("kolmogorov",)),
    "sandbox": ("The sandbox", ("pages",)),
    "catalogue": ("The catalogue of claims", ("claims", "citations")),
}
MODULES = {  # chapters with a table of contents of their own
    "models": "Models",
    "langevin": "Langevin samplers",
    "score": "Scores and diffusion models",
    "plot": "Pictures",
    "claims": "Claims of your own",
}
CONSTANTS = {  # public names that are values, and the module that makes each
    "ESTIMATORS": "variation.estimators",
    "METHODS": "methods",
    "SAMPLERS": "langevin.samplers",
    "CLAIMS": "claims.claim",
    **dict.fromkeys(("COLOURS", "FILL", "MARKERS", "LINES", "STYLE", "NARROW_STYLE"), "plot.look"),
}
CITED = ("METHODS", "ESTIMATORS", "SAMPLERS")  # tables of records that say where they come from


class Cited(Protocol):
    """A scheme, a sampler or an estimator: it says where it comes from."""

    reference: str
    sources: tuple[str, ...]


def write_reference(pages: Path) -> None:
    """Write the pages of all public names, and those that list them."""
    folder = pages / "reference"
    (folder / "api").mkdir(parents=True, exist_ok=True)
    for page, (title, chapters) in CHAPTERS.items():
        names = [name for name in sc._HOMES if sc._HOMES[name].split(".")[0] in chapters]
        _write_list(folder / f"{page}.rst", title, sc, names)
    for name, title in MODULES.items():
        module = importlib.import_module(f"stochcalc.{name}")
        names = [name for name in module.__all__ if is_own(module, name)]
        _write_list(folder / f"{name}.rst", title, module, names)


def is_own(module: ModuleType, name: str) -> bool:
    """Say whether a chapter's name is not one of `stochcalc` too; both may have a `bridge`."""
    return getattr(sc, name, None) is not getattr(module, name)


def _write_list(path: Path, title: str, module: ModuleType, names: list[str]) -> None:
    """Write a page that lists names, each with the first line of its docstring."""
    full = [f"{module.__name__}.{name}" for name in names]
    rows = []
    for long, name in zip(full, names):
        text, role = write_name(module, name)
        (path.parent / "api" / f"{long}.rst").write_text(text, encoding="utf-8")
        rows.append([f":{role}:`{long} <{long}>`", find_summary(module, name)])
    parts = [head(title)]
    if module is not sc:
        parts += [f".. py:module:: {module.__name__}", "", describe_chapter(module), ""]
    parts += [table(("Name", "What it is"), rows, css="names")]
    parts += [
        ".. toctree::",
        "    :hidden:",
        "",
        *(f"    {name} <api/{long}>" for long, name in zip(full, names)),
        "",
    ]
    path.write_text("\n".join(parts), encoding="utf-8")


def describe_chapter(module: ModuleType) -> str:
    """Return what a chapter is about: its docstring up to the order in which to read its files.

    Its number is left out: it is that of the package's source, and the lessons have others.
    """
    number, _, text = (inspect.getdoc(module) or "").partition(": ")
    if not re.fullmatch(r"Chapter \d+", number):
        text = inspect.getdoc(module) or ""
    paragraphs = f"{text[:1].upper()}{text[1:]}".split("\n\n")
    kept = []
    for paragraph in paragraphs:
        if paragraph.startswith("Read `"):
            break
        kept.append(paragraph)
    return "\n\n".join(kept)


def write_name(module: ModuleType, name: str) -> tuple[str, str]:
    """Return the page of one name, and the role that refers to it."""
    value = getattr(module, name)
    long = f"{module.__name__}.{name}"
    if inspect.isclass(value):
        role = "class"
        body = [f".. autoclass:: {long}", "    :members:", "    :inherited-members:"]
    elif inspect.isroutine(value):
        role = "func"
        body = [f".. autofunction:: {long}"]
    else:
        role = "data"
        body = [
            f".. py:currentmodule:: {module.__name__}",
            "",
            f".. py:data:: {name}",
            "",
            f"    {find_summary(module, name)}",
            "",
        ]
        body += list_values(module, name)
        if name in CITED:
            body += list_sources(value)
    lessons = [f".. minigallery:: {long}", "    :add-heading: In the lessons"]
    text = [head(long), *body, "", *lessons, "    :heading-level: -", ""]
    return "\n".join(text), role


def list_values(module: ModuleType, name: str) -> list[str]:
    """Return what a constant holds, as Python shows it."""
    value = getattr(module, name)
    short = "sc" if module is sc else module.__name__.rpartition(".")[2]
    where = "import stochcalc as sc" if module is sc else f"from stochcalc import {short}"
    shown = pprint.pformat(
        list(value) if isinstance(value, dict) else value, width=80, compact=True
    )
    call = f"list({short}.{name})" if isinstance(value, dict) else f"{short}.{name}"
    return ["    .. code-block:: pycon", "", indent(f">>> {where}\n>>> {call}\n{shown}", 8)]


def list_sources(records: dict[str, Cited]) -> list[str]:
    """Return a table of the papers and books behind schemes, samplers or estimators."""
    rows = []
    for name, record in records.items():
        cited = "; ".join(f":cite:t:`{key}`" for key in record.sources)
        rows.append([f"``{name}``", cited or plain(record.reference)])
    return ["", indent(table(("Name", "Source"), rows))]


def find_summary(module: ModuleType, name: str) -> str:
    """Return the first sentence about a name: of its docstring, or of the text below a constant."""
    value = getattr(module, name)
    if inspect.isclass(value) or inspect.isroutine(value):
        text = inspect.getdoc(value) or ""
    else:
        text = _read_text_of_constant(name)
    return " ".join(text.split("\n\n")[0].split())


def _read_text_of_constant(name: str) -> str:
    """Return the docstring below an assignment, in the module that makes it."""
    found = ModuleAnalyzer.for_module(f"stochcalc.{CONSTANTS[name]}").find_attr_docs()
    if ("", name) not in found:
        raise ValueError(f"{name} of stochcalc.{CONSTANTS[name]} needs a docstring below it")
    return "\n".join(found["", name])
