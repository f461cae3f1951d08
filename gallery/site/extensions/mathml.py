"""Formulas as MathML, which browsers set without scripts and without a network.

`stochcalc.display.mathml` converts the LaTeX, here as in the package. A command that it does not
know is an error, never a formula that reads wrongly.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from stochcalc.display import mathml

OPENING = re.compile(r"[(\[“‘]+\Z")
CLOSING = re.compile(r"\A(?:[,.;:!?)\]”’]|'s\b)+")

WIDE_SPACE = r"\qquad"
CLOSERS = ("}", r"\end", r"\right")
NESTING = re.compile(r"(?<!\\)[{}]|\\(?:qquad|begin|end|left|right)(?![a-zA-Z])")


class JoinPunctuation(SphinxPostTransform):
    """Keep a formula in a line of text with the brackets and the punctuation that touch it.

    To a browser a formula is a picture, and a line may end on either side of one.
    """

    default_priority = 900

    def run(self, **kwargs: object) -> None:
        """Put each formula that is touched in an element that is not broken."""
        for formula in list(self.document.findall(nodes.math)):
            self._join(formula)

    def _join(self, formula: nodes.math) -> None:
        """Take the signs from the texts beside one formula."""
        parent = formula.parent
        place = parent.index(formula)
        joined = nodes.inline(classes=["joined"])
        after = parent[place + 1] if place + 1 < len(parent) else None
        before = parent[place - 1] if place else None
        opening = OPENING.search(before.astext()) if isinstance(before, nodes.Text) else None
        closing = CLOSING.search(after.astext()) if isinstance(after, nodes.Text) else None
        if opening is None and closing is None:
            return
        parent.replace(formula, joined)
        if opening is not None:
            parent.replace(before, nodes.Text(before.astext()[: opening.start()]))
            joined += nodes.Text(opening[0])
        joined += formula
        if closing is not None:
            joined += nodes.Text(closing[0])
            parent.replace(after, nodes.Text(after.astext()[closing.end() :]))


def convert(latex: str, *, display: bool) -> str:
    """Return a formula as MathML; one that cannot be set stops the build."""
    try:
        return mathml.convert(latex, display=display)
    except ValueError as error:
        raise ExtensionError(str(error)) from error


def split_at_spaces(latex: str) -> list[str]:
    """Return the parts of a formula between the wide spaces outside brackets and tables."""
    parts = []
    start = 0
    depth = 0
    for found in NESTING.finditer(latex):
        if found[0] == WIDE_SPACE:
            if depth == 0:
                parts.append(latex[start : found.start()])
                start = found.end()
        elif found[0] in CLOSERS:
            depth -= 1
        else:
            depth += 1
    parts.append(latex[start:])
    return [part for part in parts if part.strip()]


def visit_inline(self: nodes.NodeVisitor, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    self.body.append(convert(node.astext(), display=False))
    raise nodes.SkipNode


def visit_display(self: nodes.NodeVisitor, node: nodes.math_block) -> None:
    """Write a formula on a line of its own.

    On a narrow page its parts stand below each other, and a part that is wider scrolls.
    """
    self.body.append('<div class="formula" tabindex="0">')
    for part in split_at_spaces(node.astext()):
        self.body.append(convert(part, display=True))
    self.body.append("</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_post_transform(JoinPunctuation)
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
