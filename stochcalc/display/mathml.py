r"""LaTeX as MathML, by math-core: for the formulas of the package and for the pages of its site.

There is one set of macros, `MACROS`: the upright d of a differential is `\dd`. A command that
math-core does not know is an error, never a formula that reads wrongly.
"""

from __future__ import annotations

import functools
import importlib
import re
from html import unescape
from typing import Any

MACROS = {"dd": r"\mathrm{d}"}

# A closing bracket of a given size that has an exponent. A browser does not stretch the base of an
# exponent, but it does stretch what stands in a row.
CLOSING = re.compile(
    r"""(<m(?:sup|sub|subsup)>)<mo (?:[^>]*" )?(minsize=\S+ maxsize=[^>]*)>([)\]}|])</mo>"""
)
ROW = r'\1<mrow><mi></mi><mo form="postfix" stretchy="true" symmetric="true" \2>\3</mo></mrow>'

# A prime of a font stands high already: as an exponent it would be too small and too high.
PRIME = re.compile(r"<msup>((?:(?!<msup>).)*?)<mo>([′″‴])</mo></msup>")
PRIME_AND_POWER = re.compile(r"<msup>(<mi>[^<]*</mi>)<mrow><mo>([′″‴])</mo>")
HIGH = r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>'

# Under every root stands a strut as high as the letter h: a root sign has a least height, and over
# a lower letter it would hang below the line.
STRUT = '<msqrt><mpadded width="0" height="0.68em"></mpadded>'

# HTML alone knows entities such as &ApplyFunction;
ENTITY = re.compile(r"&(?!lt;|gt;|amp;|quot;)\w+;")


@functools.cache
def _make_converter() -> Any:
    """Return the converter of math-core that knows the macros; ImportError without math-core."""
    return importlib.import_module("math_core").LatexToMathML(macros=MACROS)


def convert(latex: str, *, display: bool) -> str:
    r"""Return a formula as MathML, which is XML as well.

    Parameters
    ----------
    latex : str
        The formula, without signs for mathematics around it.
    display : bool
        Whether it is set on a line of its own.

    Raises
    ------
    ImportError
        Without math-core, which comes with the extra docs.
    ValueError
        If math-core cannot set the formula.
    """
    converter = _make_converter()
    core = importlib.import_module("math_core")
    try:
        mathml = str(converter.convert_with_local_state(latex, displaystyle=display))
    except core.LatexError as error:
        raise ValueError(f"the formula {latex!r} cannot be set: {error}") from error
    mathml = PRIME_AND_POWER.sub(rf"<msup>{HIGH}<mrow>", mathml)
    mathml = PRIME.sub(HIGH, CLOSING.sub(ROW, mathml))
    mathml = mathml.replace("<msqrt>", STRUT)
    return ENTITY.sub(lambda found: unescape(found[0]), mathml)
