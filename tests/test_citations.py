"""What to cite: every key leads to an entry, and every scheme, claim and sampler to its paper."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys

import pytest
from architecture import ROOT

import stochcalc as sc
from stochcalc.citations import KEY, find_sources, read_bibliography, split_entries
from stochcalc.cli import main

ENTRIES = read_bibliography()
RECORDS = {
    **{name: method for name, method in sc.METHODS.items() if not method.is_exact},
    **sc.ESTIMATORS,
    **sc.langevin.SAMPLERS,
}


@pytest.mark.parametrize("name", RECORDS)
def test_every_scheme_sampler_and_estimator_has_a_source_that_its_reference_names(name):
    record = RECORDS[name]
    assert sc.citation(name) == sc.citation(record)
    surnames = [re.match(r"[a-z]+", key).group() for key in record.sources]
    reference = re.sub(r"[^a-z]", "", record.reference.lower())
    assert any(surname[:5] in reference for surname in surnames), record.reference


def test_every_source_of_a_claim_has_an_entry():
    named = [key for claim in sc.CLAIMS.values() for key in claim.sources]
    assert named and not {*named} - {*ENTRIES}


def test_every_key_in_the_package_has_an_entry():
    found = set()
    for path in (ROOT / "stochcalc").rglob("*.py"):
        found.update(KEY.findall(path.read_text(encoding="utf-8")))
    assert len(found) > 40
    assert not found - {*ENTRIES}


def test_every_key_of_the_bibliography_is_found_in_a_docstring():
    """Surnames of two letters exist, too."""
    assert [key for key in ENTRIES if not KEY.fullmatch(f"[{key}]")] == ["stochcalc"]
    assert find_sources("score.ancestral") == ("ho2020", "song2021b")


def test_a_docstring_with_references_names_a_key():
    for module in (sc, sc.models, sc.langevin, sc.score):
        for name in module.__all__:
            value = getattr(module, name)
            text = inspect.getdoc(value) or ""
            if "\nReferences\n---" in text and (inspect.isroutine(value) or inspect.isclass(value)):
                assert find_sources(value), f"{module.__name__}.{name}"


def test_an_entry_is_what_the_file_has_and_braces_nest():
    entries = split_entries("@book{a,\n title={x {Y} z}\n}\n\n@misc{b,\n note={q}}\n")
    assert entries == {"a": "@book{a,\n title={x {Y} z}\n}", "b": "@misc{b,\n note={q}}"}
    text = (ROOT / "stochcalc" / "references.bib").read_text(encoding="utf-8")
    assert "\n\n".join(ENTRIES.values()) + "\n" == text


def test_a_key_twice_and_an_entry_without_an_end_are_refused():
    with pytest.raises(ValueError, match="two entries 'a'"):
        split_entries("@book{a,\n}\n@book{a,\n}\n")
    with pytest.raises(ValueError, match="does not end"):
        split_entries("@book{a,\n title={x}\n")


def test_an_entry_has_the_fields_of_its_kind():
    needed = {
        "article": {"author", "title", "journal", "volume", "year"},
        "book": {"author", "title", "publisher", "year"},
        "inproceedings": {"author", "title", "booktitle", "year"},
        "incollection": {"author", "title", "booktitle", "publisher", "year"},
        "misc": {"author", "title", "year"},
    }
    for key, text in ENTRIES.items():
        kind = re.match(r"@(\w+)", text).group(1)
        fields = {*re.findall(r"^  (\w+) = ", text, re.M)}
        assert fields >= needed[kind], key
        year = re.search(r"year = \{(\d{4})\}", text).group(1)
        assert key == "stochcalc" or re.fullmatch(rf"[a-z]+{year}[a-z]?", key), key


def test_the_package_is_cited_as_in_its_citation_file():
    text = sc.citation()
    assert text == sc.citation(sc) == sc.citation("stochcalc")
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    title = re.search(r'^title: "(.*)"$', cff, re.M).group(1)
    version = re.search(r"^version: (.*)$", cff, re.M).group(1)
    author = re.search(r"^  - name: (.*)$", cff, re.M).group(1)
    assert version == sc.__version__
    for words in (f"title = {{{title}}}", f"version = {{{version}}}", f"{{{{{author}}}}}"):
        assert words in text


def test_names_objects_and_keys_are_cited_alike():
    assert sc.citation("G09") == sc.citation(sc.CLAIMS["G09"])
    assert sc.citation("models.ou") == sc.citation(sc.models.ou) == sc.citation("ou")
    assert sc.citation(sc.models.ou(1.0, 0.0, 0.5)) == sc.citation("uhlenbeckornstein1930")
    assert sc.citation("score.reverse_sde").count("@") == 3


@pytest.mark.parametrize(
    "name, source",
    [
        ("ito", "ito1944"),
        ("stratonovich", "stratonovich1966"),
        ("backward", "evans2013"),
        ("StepProcess", "evans2013"),
        ("exponential_martingale", "karatzasshreve1991"),
        ("quadratic_variation", "levy1940"),
        ("score.VE", "song2021"),
        ("score.VP", "song2021"),
        ("score.Noising", "song2021"),
        ("spot_variance", "fosternelson1996"),
        ("observe", "zhang2005"),
        ("expectation", "glasserman2004"),
        ("langevin.linear_chain", "burrage2007"),
        ("langevin.advise_step", "robertstweedie1996"),
    ],
)
def test_a_name_behind_which_a_theorem_stands_cites_it(name, source):
    assert source in find_sources(name)


@pytest.mark.parametrize(
    "about, kind, message",
    [
        ("milstien", ValueError, "did you mean 'milstein'"),
        ("__doc__", ValueError, "no scheme, .* or public name"),
        ("read_csv", ValueError, "'read_csv' names no source of its own"),
        ("models", TypeError, "'models' is a module"),
        ("models.__doc__", ValueError, "no scheme, .* or public name"),
        ("ESTIMATORS", TypeError, "'ESTIMATORS' is no scheme, claim, function"),
        (3, TypeError, "3 is no scheme, claim, function"),
        (len, TypeError, "'len' is no scheme, claim, function"),
    ],
)
def test_what_has_no_source_is_refused_and_the_message_says_what_to_do(about, kind, message):
    with pytest.raises(kind, match=message):
        sc.citation(about)


def test_a_scheme_of_one_s_own_whose_key_has_no_entry_is_refused():
    mine = sc.Method(
        name="mine",
        step=lambda a, b, t, x, dt, dW, args: x + a(t, x) * dt + b(t, x) * dW,
        strong_order={"scalar": 0.5},
        weak_order={"scalar": 1.0},
        calculus=0.0,
        reference="a paper",
        sources=("nobody2026",),
    )
    with pytest.raises(ValueError, match="'mine' names the sources"):
        sc.citation(mine)


def test_the_command_line_prints_each_entry_once(capsys):
    assert main(["cite", "milstein", "models.gbm"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("@book{kloedenplaten1992") == 1 and shown.count("@") == 2
    assert main(["cite"]) == 0
    assert "@misc{stochcalc" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stop:
        main(["cite", "milstien"])
    assert stop.value.code == 2
    assert "did you mean" in capsys.readouterr().err


def test_the_bibliography_is_installed_with_the_package(tmp_path):
    """A copy of the package alone, elsewhere, has it."""
    shutil.copytree(ROOT / "stochcalc", tmp_path / "stochcalc")
    code = "import stochcalc as sc; print(sc.citation('sri2'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "roessler2010" in done.stdout
