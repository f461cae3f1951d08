"""Formulas as MathML, which browsers set without scripts and without a network.

`stochcalc.display.mathml` converts the LaTeX, here as in the package. A command that it does not
know is an error, never a formula that reads wrongly.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from stochcalc.display import mathml


def convert(latex: str, *, display: bool) -> str:
    """Return a formula as MathML; one that cannot be set stops the build."""
    try:
        return mathml.convert(latex, display=display)
    except ValueError as error:
        raise ExtensionError(str(error)) from error


def visit_inline(self: nodes.NodeVisitor, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    self.body.append(convert(node.astext(), display=False))
    raise nodes.SkipNode


def visit_display(self: nodes.NodeVisitor, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, which scrolls where it is wider than the page."""
    self.body.append('<div class="formula" tabindex="0">')
    self.body.append(convert(node.astext(), display=True))
    self.body.append("</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
