"""Formulas as MathML, which browsers set without scripts and without a network.

LaTeX is converted ahead of time by `mathml.convert`, which needs math-core, and what comes of it is
kept in `formulas.json`, so that no user needs that package: `python gallery/site/formulas.py`
writes the file. A formula that is not in it is converted where math-core is installed, and is shown
as its source elsewhere.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

from stochcalc.display import mathml

FILE = Path(__file__).with_name("formulas.json")


def set_formula(latex: str) -> str:
    r"""Return a formula as HTML: MathML if there is any, else its LaTeX as code.

    Parameters
    ----------
    latex : str
        The formula, without signs for mathematics around it.

    Examples
    --------
    >>> set_formula(r"\mathrm{d}X = -X^3\,\mathrm{d}t + \sigma\,\mathrm{d}W")[:22]
    '<math display="block">'
    >>> set_formula("an & other")  # no formula of the package
    '<code>an &amp; other</code>'
    """
    known = read_formulas().get(latex)
    if known is None:
        known = convert(latex)
    if known is None:
        known = f"<code>{escape(latex)}</code>"
    return known


@functools.cache
def read_formulas() -> Mapping[str, str]:
    """Return the MathML of each formula of the package, by its LaTeX."""
    found: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def convert(latex: str) -> str | None:
    """Return the MathML that math-core makes of a formula; None if it cannot, or is missing."""
    try:
        return mathml.convert(latex, display=True)
    except (ImportError, ValueError):
        return None
