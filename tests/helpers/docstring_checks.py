"""What the docstrings of public names must pass: checks of numpydoc, and one of docutils.

Some checks of numpydoc are off, for the reasons that are given here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import stochcalc as sc
from stochcalc import claims, plot

OFF = {
    "GL03": "the forms of a call, which a decorator adds to three functions, end with two lines",
    "SS06": "a summary that needs two lines may have them",
    "ES01": "a summary that says all needs no second sentence",
    "PR03": "parameters that another function describes come first, in one line",
    "PR04": "those parameters are listed without their types, which the other function gives",
    "PR08": "a description may begin with what is called, as draw(ax) in its own spelling",
    "RT01": "a method of one line says in its summary what it returns",
    "RT03": "a result of which the type says all needs no description",
    "SA01": "the lists by chapters and the lessons below each name show what is near",
    "EX01": "a method is shown in the example of its class; functions and classes have their own",
}
OFF_FOR_RECORDS = {
    "PR01": "a record lists its fields as attributes; a method names its parameter in the summary",
}


def list_public() -> Iterator[tuple[str, object]]:
    """Yield every public function and class, and the public methods of the classes."""
    for module in (sc, sc.models, sc.langevin, sc.score, plot, claims):
        for name in module.__all__:
            value = getattr(module, name)
            if not (inspect.isroutine(value) or inspect.isclass(value)):
                continue
            yield f"{module.__name__}.{name}", value
            if inspect.isclass(value):
                yield from _list_methods(value)


def _list_methods(of: type) -> Iterator[tuple[str, object]]:
    """Yield the public methods that a class of the package defines itself."""
    for name, value in vars(of).items():
        if not name.startswith("_") and inspect.isfunction(value):
            yield f"{of.__module__}.{of.__name__}.{name}", value


def find_faults(name: str, value: object) -> list[str]:
    """Return what numpydoc finds wrong with the docstring of a name, without what is off."""
    from numpydoc.validate import validate

    off = {*OFF}
    if not inspect.isfunction(value) or "." in value.__qualname__:
        off |= {*OFF_FOR_RECORDS}
    found = validate(name)["errors"]
    return [f"{name}: {code} {text}" for code, text in found if code not in off]


def find_quotations(text: str) -> list[str]:
    """Return the indented blocks of a docstring that no `::` makes literal.

    They are shown as quotations, in which lines of formulas run together.
    """
    from docutils import nodes
    from docutils.core import publish_doctree

    quiet = {"report_level": 5, "halt_level": 6}
    sections = re.split(r"^\w[\w ]*\n-{3,}\n", text, flags=re.M)
    trees = [publish_doctree(section, settings_overrides=quiet) for section in sections]
    return [block.astext() for tree in trees for block in tree.findall(nodes.block_quote)]
