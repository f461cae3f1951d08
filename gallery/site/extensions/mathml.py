"""Formulas as MathML, which browsers set without scripts and without a network.

LaTeX is converted by math-core. A command that it does not know is an error, never a formula that
reads wrongly.
"""

from __future__ import annotations

import re

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

MACROS = {"dd": r"\mathrm{d}"}
CONVERTER = LatexToMathML(macros=MACROS)
# A closing bracket of a given size that has an exponent. A browser does not stretch the base of an
# exponent, but it does stretch what stands in a row.
CLOSING = re.compile(r"(<m(?:sup|sub|subsup)>)<mo (minsize=[^>]*)>([)\]}])</mo>")
ROW = r'\1<mrow><mi></mi><mo form="postfix" stretchy="true" symmetric="true" \2>\3</mo></mrow>'

# A prime of the font stands high already: as an exponent it would be too small and too high.
PRIME = re.compile(r"<msup>((?:(?!<msup>).)*?)<mo>([′″‴])</mo></msup>")
PRIME_AND_POWER = re.compile(r"<msup>(<mi>[^<]*</mi>)<mrow><mo>([′″‴])</mo>")
HIGH = r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>'


def convert(latex: str, *, display: bool) -> str:
    """Return a formula as MathML; `display` sets it on a line of its own."""
    try:
        mathml = str(CONVERTER.convert_with_local_state(latex, displaystyle=display))
    except LatexError as error:
        raise ExtensionError(f"the formula {latex!r} cannot be set: {error}") from error
    mathml = PRIME_AND_POWER.sub(rf"<msup>{HIGH}<mrow>", mathml)
    return PRIME.sub(HIGH, CLOSING.sub(ROW, mathml))


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
