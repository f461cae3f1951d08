"""Formulas that results and reports show: those of the package are kept as MathML."""

from __future__ import annotations

import importlib
import re
from xml.etree import ElementTree

import pytest
from architecture import ROOT
from built_pages import list_lessons, needs_site

import stochcalc as sc
from stochcalc.claims import CLAIMS
from stochcalc.display import formulas, mathml
from stochcalc.display.equations import list_equations
from stochcalc.models.formulas import list_formulas
from stochcalc.models.presets import PRESETS

EXTENSIONS = ROOT / "gallery" / "site" / "extensions"
TORN = re.compile(r"</math>[,.;:!?)]+(?![,.;:!?)]|[^<]*</span>)")


@pytest.mark.parametrize("name", PRESETS)
def test_a_named_model_shows_its_formula(name):
    model = PRESETS[name].model({})
    assert "<math" in model._repr_html_() and "<code>" not in model._repr_html_()
    latex = model._repr_latex_()
    assert r"\mathrm{d}X" in latex or r"\mathrm{d}z" in latex
    assert r"\dd" not in latex  # which a notebook does not know


def test_the_formula_shows_the_interpretation():
    assert "∘" not in sc.models.gbm(0.1, 0.5)._repr_html_()
    assert "∘" in sc.models.gbm(0.1, 0.5, lam=0.5)._repr_html_()
    assert r"\circ_\lambda" in sc.models.gbm(0.1, 0.5, lam=1.0)._repr_latex_()
    assert r"\circ \mathrm{d}W" in sc.SDE(lambda t, x: x, lambda t, x: x, lam=0.5)._repr_latex_()


def test_every_formula_of_the_package_is_kept_as_mathml():
    wanted = {claim.formula for claim in CLAIMS.values() if claim.formula}
    wanted |= {*list_formulas(), *list_equations()}
    assert set(formulas.read_formulas()) == wanted, "run: python gallery/site/formulas.py"
    for latex, shown in formulas.read_formulas().items():
        assert ElementTree.fromstring(shown).tag == "math", latex


def test_the_mathml_is_that_of_math_core():
    pytest.importorskip("math_core", reason="it comes with the extra docs")
    for latex, shown in formulas.read_formulas().items():
        assert formulas.convert(latex) == shown


def test_the_package_knows_the_macros_of_the_lessons():
    pytest.importorskip("math_core", reason="it comes with the extra docs")
    shown = formulas.set_formula(r"\dd W_t")
    assert shown == mathml.convert(r"\dd W_t", display=True)
    assert 'mathvariant="normal">d<' in shown


def test_a_formula_that_cannot_be_set_is_named():
    pytest.importorskip("math_core", reason="it comes with the extra docs")
    with pytest.raises(ValueError, match=r"unknowncommand.* cannot be set"):
        mathml.convert(r"\unknowncommand", display=False)


def test_a_prime_is_no_exponent_in_the_package_nor_on_its_pages():
    pytest.importorskip("math_core", reason="it comes with the extra docs")
    assert "<msup>" not in mathml.convert("f'", display=False)
    for latex, shown in formulas.read_formulas().items():
        assert not mathml.PRIME.search(shown), latex


@pytest.mark.parametrize("bracket", ["()", "[]", "||"])
def test_a_closing_bracket_of_a_given_size_keeps_it_under_an_exponent(bracket):
    pytest.importorskip("math_core", reason="it comes with the extra docs")
    shown = mathml.convert(rf"\bigl{bracket[0]} x \bigr{bracket[1]}^2", display=True)
    base = ElementTree.fromstring(shown).find(".//msup")[0]
    assert base.tag == "mrow"  # a browser stretches what stands in a row
    assert base[-1].text == bracket[1]
    assert base[-1].attrib["stretchy"] == "true" and base[-1].attrib["minsize"] == "1.2em"


def test_a_strut_stands_under_every_root():
    pytest.importorskip("math_core", reason="it comes with the extra docs")
    shown = mathml.convert(r"\sqrt{t} + \sqrt{\frac{\sqrt h}{2}}", display=False)
    assert shown.count("<msqrt>") == shown.count(mathml.STRUT) == 3
    for latex, kept in formulas.read_formulas().items():
        assert kept.count("<msqrt>") == kept.count(mathml.STRUT), latex


def test_a_formula_of_nobody_is_shown_as_its_source(monkeypatch):
    monkeypatch.setattr(formulas, "convert", lambda latex: None)
    assert formulas.set_formula("a < b") == "<code>a &lt; b</code>"


@needs_site
def test_no_line_of_a_lesson_begins_with_the_punctuation_after_a_formula(site):
    pages = list_lessons(site)
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert [page.name for page, text in zip(pages, texts) if TORN.search(text)] == []
    assert min(text.count('class="joined"') for text in texts) >= 1


@pytest.mark.parametrize(
    "text, torn",
    [
        ("<p>At <math>t</math>, and", True),
        ("<p>At (<math>t</math>) and", True),
        ('<p>At <span class="joined"><math>t</math>, </span>and', False),
        ('<p>At <span class="joined">(<math>t</math>)</span> and', False),
        ("<p>At <math>t</math> and", False),
    ],
)
def test_a_torn_formula_is_found(text, torn):
    assert bool(TORN.search(text)) is torn


@pytest.mark.parametrize(
    "latex, parts",
    [
        (r"a = b, \qquad c = d", ["a = b, ", " c = d"]),
        (r"a \qquad\text{if } b \qquad", ["a ", r"\text{if } b "]),
        (r"\text{a \qquad b} \qquad \}", [r"\text{a \qquad b} ", r" \}"]),
        (r"\begin{cases} a \qquad b \end{cases}", [r"\begin{cases} a \qquad b \end{cases}"]),
        (r"\left( a \qquad b \right)", [r"\left( a \qquad b \right)"]),
        (r"\qquads \leftarrow a", [r"\qquads \leftarrow a"]),
    ],
)
def test_a_formula_is_split_at_wide_spaces_that_stand_in_nothing(latex, parts, monkeypatch):
    pytest.importorskip("sphinx", reason='needs pip install -e ".[docs]"')
    monkeypatch.syspath_prepend(str(EXTENSIONS))
    module = importlib.import_module("mathml")
    assert module.split_at_spaces(latex) == parts
