r"""One notation in all formulas: an upright d for differentials, an italic E for means.

Lessons, pages and docstrings write the macro `\dd`. The formulas of claims, models and equations
are shown outside of the pages as well, and write its meaning, `\mathrm{d}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from architecture import ROOT

from stochcalc.claims import CLAIMS
from stochcalc.display.equations import list_equations
from stochcalc.models.formulas import list_formulas

TEXTS = sorted(
    path
    for folder, ending in (("gallery", "py"), ("gallery", "rst"), ("stochcalc", "py"))
    for path in (ROOT / folder).rglob(f"*.{ending}")
)
ROLE = re.compile(r":math:`([^`]*)`")
DIRECTIVE = re.compile(r"^([ ]*#?[ ]*)\.\. math::(.*)$")
# The d of dt, dW_s, d\tau; not of \dd, of dim, of d^2 or of e^{id}.
ITALIC_D = re.compile(r"(?<![A-Za-z\\])d(?=([A-Z]|[tsuxyzqv]|\\(tau|xi|theta|lambda))(?![A-Za-z]))")
UPRIGHT_E = re.compile(r"\\(mathrm|mathbb|mathbf|operatorname)\{E\}|\\mathbb E")
SPELT_OUT = re.compile(r"\\(mathrm|operatorname|text)\{d\}|\\mathrm d")


def find_formulas(text: str) -> Iterator[str]:
    """Yield the formulas of reST, which may stand in comments or docstrings."""
    yield from ROLE.findall(text)
    lines = text.splitlines()
    for i, line in enumerate(lines):
        found = DIRECTIVE.match(line)
        if found is None:
            continue
        yield found[2]
        for below in lines[i + 1 :]:
            inner = re.sub(r"^[ ]*#?", "", below).strip()
            indent = len(below) - len(below.lstrip(" #"))
            if inner and (indent <= len(found[1]) or inner.endswith('"""')):
                break
            yield inner


def find_faults(formula: str, *, data: bool = False) -> list[str]:
    """Return what is wrong with the notation of a formula."""
    patterns = {"italic d": ITALIC_D, "upright E": UPRIGHT_E}
    if data:
        patterns["macro"] = re.compile(r"\\dd\b")
    else:
        patterns["spelt out"] = SPELT_OUT
    return [name for name, pattern in patterns.items() if pattern.search(formula)]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_formulas_of_a_text_have_one_notation(path):
    faults = {}
    for formula in find_formulas(path.read_text(encoding="utf-8")):
        if find_faults(formula):
            faults[formula] = find_faults(formula)
    assert faults == {}


def test_the_formulas_that_are_data_have_it_without_the_macro():
    claims = [claim.formula for claim in CLAIMS.values() if claim.formula]
    formulas = [*claims, *list_formulas(), *list_equations()]
    assert sum(r"\mathrm{d}" in formula for formula in formulas) > 30
    assert [formula for formula in formulas if find_faults(formula, data=True)] == []


def test_a_wrong_notation_is_found():
    assert find_faults(r"dX = a\,\dd t") == find_faults(r"\int f\,d\tau") == ["italic d"]
    assert find_faults(r"\mathrm{E} X") == find_faults(r"\mathbb{E} X") == ["upright E"]
    assert find_faults(r"\mathrm{d}t") == ["spelt out"]
    assert find_faults(r"\dd t", data=True) == ["macro"]
    assert find_faults(r"\dd X^d = E \dd W, \Delta t^d, \frac{d^3}{3}, \mathrm{id}") == []
    text = "# .. math::\n#\n#     dX = 1\n#\n# and :math:`dt`.\n"
    assert [formula for formula in find_formulas(text) if formula] == ["dt", "dX = 1"]
