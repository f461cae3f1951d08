"""Schemes, samplers and claims are found by looking; what cannot be entered is refused by name."""

from __future__ import annotations

import pytest

from stochcalc import methods
from stochcalc.claims.claim import CLAIMS, Claim, Row, claim
from stochcalc.langevin import samplers
from stochcalc.methods import METHODS, Method

SCHEME = """
from stochcalc.methods.euler_maruyama import euler_maruyama
from stochcalc.methods.method import Method

METHOD = Method(name={name!r}, step=euler_maruyama, strong_order={{"scalar": 0.5}},
                weak_order={{"scalar": 1.0}}, calculus=0.0, reference="this test")
"""
SAMPLER = """
from stochcalc.langevin.samplers.kinetic import SAMPLERS as known

SAMPLERS = {records}
"""


@pytest.fixture
def also_look_in(tmp_path, monkeypatch):
    """A function that puts a file into a further folder of a registry."""

    def add(package, file: str, source: str) -> None:
        (tmp_path / file).write_text(source, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])

    return add


def test_a_scheme_s_file_without_a_method_is_named(also_look_in):
    also_look_in(methods, "registry_test_empty.py", "METHODS = 3\n")
    with pytest.raises(TypeError, match=r"methods/registry_test_empty\.py has no METHOD"):
        methods.discover()


def test_two_schemes_of_one_name_are_named(also_look_in):
    also_look_in(methods, "registry_test_twice.py", SCHEME.format(name="milstein"))
    with pytest.raises(ValueError, match=r"milstein\.py and .*twice\.py both name .*'milstein'"):
        methods.discover()


def test_a_sampler_s_file_without_a_tuple_is_named(also_look_in):
    also_look_in(samplers, "registry_test_one.py", SAMPLER.format(records="known[0]"))
    with pytest.raises(TypeError, match=r"samplers/registry_test_one\.py has no SAMPLERS"):
        samplers.discover()


def test_two_samplers_of_one_name_are_named(also_look_in):
    also_look_in(samplers, "registry_test_same.py", SAMPLER.format(records="known[:1]"))
    with pytest.raises(ValueError, match=r"kinetic\.py and registry_test_same\.py .*'baoab'"):
        samplers.discover()


def test_orders_that_are_no_numbers_are_refused():
    given = {
        "name": "mine",
        "step": METHODS["euler_maruyama"].step,
        "weak_order": {"scalar": 1.0},
        "calculus": 0.0,
        "reference": "this test",
    }
    with pytest.raises(TypeError, match=r"strong_order=0\.5 of 'mine' must be a dict"):
        Method(strong_order=0.5, **given)
    for wrong in ("0.5", -0.5, 0.0, float("nan")):
        with pytest.raises(ValueError, match=r"strong_order\['scalar'\].*positive number"):
            Method(strong_order={"scalar": wrong}, **given)


def rows(run):
    """A measurement that yields nothing."""
    yield from ()


@pytest.mark.parametrize(
    "id, chapter, kind, pattern",
    [
        ("32", "motion", ValueError, "id='32' must be G and two digits"),
        ("g32", "motion", ValueError, "id='g32' must be G and two digits"),
        ("G98", "areas", ValueError, "chapter='areas' must be one of 'motion'"),
        ("G01", "motion", ValueError, "g01_random_walk and .* both claim G01"),
    ],
)
def test_a_claim_that_cannot_be_entered_is_refused(id, chapter, kind, pattern):
    before = dict(CLAIMS)
    with pytest.raises(kind, match=pattern):
        claim(id, chapter=chapter, title="a theorem")(rows)
    assert before == CLAIMS


def test_a_claim_must_yield_its_rows():
    with pytest.raises(TypeError, match=r"under @claim\('G98'\) must yield its rows"):
        claim("G98", chapter="motion", title="a theorem")(lambda run: None)


def test_a_claim_without_a_figure_says_how_to_draw_one():
    lonely = Claim(id="G98", chapter="motion", title="a theorem", measure=rows)
    with pytest.raises(ValueError, match=r"G98 has no figure: .* with @rows\.figure"):
        lonely.run(paths=2048)


def test_what_is_neither_a_row_nor_a_remark_is_refused():
    def measure(run):
        yield 3.0

    odd = Claim(id="G97", chapter="motion", title="a theorem", measure=measure)
    odd.figure(lambda ax, run: ax)
    with pytest.raises(TypeError, match=r"G97 yields 3\.0: it must yield a Row"):
        odd.run(paths=2048)


def test_a_row_takes_keywords():
    with pytest.raises(TypeError, match="positional argument"):
        Row("a number", 1.0, 2.0, 3.0, "a wrong number")
