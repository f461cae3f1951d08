"""The catalogue as a book: every claim is a file, and its proof can be read with `help`."""

import importlib
import inspect
import pkgutil
import pydoc
import re

import pytest

import stochcalc as sc
from stochcalc.claims import theorems
from stochcalc.claims.claim import _FIGURES, Claim, Row, Run, claim
from stochcalc.estimate import Estimate

FILES = [module.name for module in pkgutil.iter_modules(theorems.__path__)]
IDS = sorted(sc.CLAIMS)


def load_file(name: str):
    return importlib.import_module(f"{theorems.__name__}.{name}")


def test_help_of_a_claim_prints_its_theorem_and_the_derivation():
    text = pydoc.render_doc(sc.CLAIMS["G09"], renderer=pydoc.plaintext)
    flat = " ".join(text.replace("|", " ").split())
    assert "Riemann sums of W dW tend to W_T^2/2 + (lambda - 1/2) T" in flat
    assert "A (A + B) - (A + B)^2/2 = (A^2 - B^2)/2" in flat
    assert "Source: L. C. Evans" in flat


@pytest.mark.parametrize("id", IDS)
def test_help_of_every_claim_is_the_docstring_of_its_file(id):
    item = sc.CLAIMS[id]
    text = pydoc.render_doc(item, renderer=pydoc.plaintext)
    file = inspect.getmodule(item.measure)
    for line in inspect.getdoc(file).splitlines():
        assert line in text


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_exactly_one_claim_and_is_named_after_its_number(name):
    claims = [item for item in vars(load_file(name)).values() if isinstance(item, Claim)]
    assert len(claims) == 1
    assert name.split("_")[0].upper() == claims[0].id
    assert sc.CLAIMS[claims[0].id] is claims[0]


def test_every_claim_has_a_file():
    assert [name.split("_")[0].upper() for name in FILES] == IDS


@pytest.mark.parametrize("id", IDS)
def test_the_docstring_of_a_claim_begins_with_its_number_in_one_short_sentence(id):
    first = inspect.cleandoc(sc.CLAIMS[id].proof).split("\n\n")[0]
    assert first.startswith(f"{id}: ") and first.endswith(".")
    assert len(first) <= 120


@pytest.mark.parametrize("id", IDS)
def test_the_docstring_of_a_claim_names_its_source_with_a_year(id):
    proof = sc.CLAIMS[id].proof
    sources = [line for line in proof.splitlines() if line.startswith("Source:")]
    assert len(sources) == 1
    works = proof[proof.index("Source:") + len("Source:") :].split(". The ")[0].split(";")
    for work in works:
        assert is_located(work), work


def is_located(work):
    """Whether a work has an author, a year, and a section or the page or number of a journal."""
    flat = " ".join(work.split())
    author = re.search(r"[A-Z][a-z]+", flat)
    year = re.search(r"\b(18|19|20)\d\d\b", flat)
    place = re.search(r"section|chapter|problem|algorithm|\d+ \(\d{4}\)|2013, 34|\(\d{4}\) ", flat)
    return bool(author and year and place)


def test_a_source_that_cannot_be_found_is_no_source():
    assert is_located("P. Levy, Amer. J. Math. 62 (1940) 487")
    assert not is_located("P. Levy, Amer. J. Math. 62")
    assert not is_located("the books of 1940")


def test_a_generator_of_rows_and_remarks_becomes_a_finding(monkeypatch):
    monkeypatch.setattr("stochcalc.claims.claim.CLAIMS", {})
    monkeypatch.setattr("stochcalc.claims.claim._FIGURES", {})
    number = {"exact": 1.0, "measured": Estimate.normal(1.0, 0.01), "twin": 2.0}
    seen = []

    @claim("G99", chapter="motion", title="One is one")
    def one(run: Run):
        yield Row(statement="1", twin_statement="2", **number)
        yield "One is not two."
        yield Row(statement="1 again", twin_statement="2", paths=7, **number)

    @one.figure
    def draw(ax, run):
        seen.append((ax, run))
        return ax

    finding = one.run(paths=4096, rng=1)
    assert [row.paths for row in finding.rows] == [4096, 7]
    assert finding.remarks == ("One is not two.",)
    assert finding.draw("axes") == "axes"
    (ax, run), *_ = seen
    assert ax == "axes" and run.paths == 4096


def test_two_claims_of_one_report_do_not_share_their_paths(monkeypatch):
    keys = []

    def note_key(run: Run):
        keys.append(run.key)
        yield "no rows"

    for id in ("G98", "G99"):
        monkeypatch.setitem(_FIGURES, id, lambda ax, run: ax)
        Claim(id=id, chapter="motion", title="", measure=note_key).run(key=7)
    assert len(set(keys)) == 2


def test_the_noisy_paths_of_a_run_are_those_of_observe():
    run = Run(paths=300, key=5)
    W = run.brownian(8)
    noisy = run.expectation(lambda y: y[:, -1] ** 2, run.observe(W, noise=0.1, sigma=2.0))
    stored = sc.observe(W, noise=0.1, sigma=2.0)
    assert noisy.mean == pytest.approx((stored[:, -1] ** 2).mean(), rel=1e-12)
