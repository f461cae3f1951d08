"""Keys of the bibliography in docstrings, such as [evans2013], become links to their entries.

A reference that begins with the initial of a name stays a line of text: to reST it would be an item
of a list, and "Y. Song" would be shown as number 25.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx

from stochcalc.citations import KEY

INITIAL = re.compile(r"^(\s*)([A-Z]\. )")


def link_keys(
    app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]
) -> None:
    """Replace the keys in the lines of a docstring, and keep initials as they are."""
    lines[:] = [INITIAL.sub(r"\1\\\2", KEY.sub(r":cite:p:`\1`", line)) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen after numpydoc, which reads the references first."""
    app.connect("autodoc-process-docstring", link_keys, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
