"""Formulas that results and reports show: those of the package are kept as MathML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import stochcalc as sc
from stochcalc.claims import CLAIMS
from stochcalc.display import formulas
from stochcalc.display.equations import list_equations
from stochcalc.models.formulas import list_formulas
from stochcalc.models.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_a_named_model_shows_its_formula(name):
    model = PRESETS[name].model({})
    assert "<math" in model._repr_html_() and "<code>" not in model._repr_html_()
    assert r"\,d" in model._repr_latex_() and "dX" in model._repr_latex_().replace("dz", "dX")


def test_the_formula_shows_the_interpretation():
    assert "∘" not in sc.models.gbm(0.1, 0.5)._repr_html_()
    assert "∘" in sc.models.gbm(0.1, 0.5, lam=0.5)._repr_html_()
    assert r"\circ_\lambda" in sc.models.gbm(0.1, 0.5, lam=1.0)._repr_latex_()
    assert r"\circ dW" in sc.SDE(lambda t, x: x, lambda t, x: x, lam=0.5)._repr_latex_()


def test_every_formula_of_the_package_is_kept_as_mathml():
    wanted = {claim.formula for claim in CLAIMS.values() if claim.formula}
    wanted |= {*list_formulas(), *list_equations()}
    assert set(formulas.read_formulas()) == wanted, "run: python gallery/site/formulas.py"
    for latex, mathml in formulas.read_formulas().items():
        assert ElementTree.fromstring(mathml).tag == "math", latex


def test_the_mathml_is_that_of_math_core():
    pytest.importorskip("math_core", reason="it comes with the extra docs")
    for latex, mathml in formulas.read_formulas().items():
        assert formulas.convert(latex) == mathml


def test_a_formula_of_nobody_is_shown_as_its_source(monkeypatch):
    monkeypatch.setattr(formulas, "convert", lambda latex: None)
    assert formulas.set_formula("a < b") == "<code>a &lt; b</code>"
