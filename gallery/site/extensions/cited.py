"""Keys of the bibliography in docstrings, such as [evans2013], become links to their entries."""

from __future__ import annotations

from sphinx.application import Sphinx

from stochcalc.citations import KEY


def link_keys(
    app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]
) -> None:
    """Replace the keys in the lines of a docstring."""
    lines[:] = [KEY.sub(r":cite:p:`\1`", line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen after numpydoc, which reads the references first."""
    app.connect("autodoc-process-docstring", link_keys, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
