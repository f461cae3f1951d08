"""The docstrings of all public names pass numpydoc's validation, show examples and name sources.

Some checks of numpydoc are off, and some names need no source: the helpers list them with reasons.
"""

from __future__ import annotations

import doctest
import inspect

import pytest
from docstring_checks import OFF, OFF_FOR_RECORDS, find_faults, find_quotations, list_public
from sources import (
    KEY,
    find_wrong_references,
    has_source,
    list_exceptions,
    list_names,
    read_bibliography,
)

import stochcalc as sc

pytest.importorskip("numpydoc", reason='needs numpydoc: pip install -e ".[docs]"')
PUBLIC = dict(list_public())


def test_a_public_docstring_passes_numpydoc_s_validation():
    assert len(PUBLIC) > 150
    assert [fault for name, value in PUBLIC.items() for fault in find_faults(name, value)] == []


def test_every_public_function_and_class_shows_an_example():
    tops = {name: value for name, value in PUBLIC.items() if is_top(value)}
    assert len(tops) > 80
    without = [name for name, value in tops.items() if "Examples\n---" not in inspect.getdoc(value)]
    assert without == []


def test_no_formulas_of_a_docstring_run_together_as_a_quotation():
    texts = {name: inspect.getdoc(value) or "" for name, value in PUBLIC.items()}
    assert [(name, block) for name in texts for block in find_quotations(texts[name])] == []
    shown = "Where\n\nNotes\n-----\nThen{}\n\n    p = 1\n    q = 2\n"
    assert find_quotations(shown.format("")) == ["p = 1\nq = 2"]
    assert find_quotations(shown.format("::")) == []


NEED = {"score.ScoreNetwork": "torch", "score.train_network": "torch"}  # the extra they need


def test_only_examples_that_need_an_extra_are_skipped_elsewhere():
    names = dict(list_names())
    assert {name for name in names if "+SKIP" in inspect.getdoc(names[name])} == {*NEED}


@pytest.mark.parametrize("name", NEED)
def test_an_example_that_needs_an_extra_runs_where_it_is_there(name):
    pytest.importorskip(NEED[name], reason=f"needs the extra with {NEED[name]}")
    text = inspect.getdoc(dict(list_names())[name]).replace("# doctest: +SKIP", "")
    example = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example)
    assert result.attempted >= 3 and result.failed == 0


def is_top(value: object) -> bool:
    return inspect.isclass(value) or "." not in value.__qualname__


def test_a_check_is_off_only_if_somebody_needs_it():
    from numpydoc.validate import validate

    found = {code for name in PUBLIC for code, _ in validate(name)["errors"]}
    assert {*OFF, *OFF_FOR_RECORDS} == found


def test_a_poor_docstring_is_found(monkeypatch):
    def poor(x, y):
        """returns x

        Parameters
        ----------
        x :
        """

    monkeypatch.setattr(sc, "poor", poor, raising=False)
    faults = find_faults("stochcalc.poor", sc.ito)
    assert any("PR01" in fault for fault in faults) and any("SS03" in fault for fault in faults)


def test_every_name_with_a_theorem_or_a_method_behind_it_names_a_source_of_the_bibliography():
    names = dict(list_names())
    exceptions = list_exceptions()
    assert len(exceptions) == len({*exceptions}) and {*exceptions} <= {*names}
    assert len(names) - len(exceptions) > 70
    without = {name for name, value in names.items() if not has_source(inspect.getdoc(value))}
    assert without == {*exceptions}


def test_every_entry_of_a_table_of_records_names_a_source_of_the_bibliography():
    for table in (sc.METHODS, sc.ESTIMATORS, sc.langevin.SAMPLERS, sc.CLAIMS):
        for name, record in table.items():
            if name != "exact":  # the model's own solution, whose source the model names
                assert record.sources and {*record.sources} <= {*read_bibliography()}, name


def test_the_words_of_the_references_agree_with_the_entries_of_their_keys():
    values = {**dict(list_names()), **PUBLIC}
    texts = {name: inspect.getdoc(value) or "" for name, value in values.items()}
    assert sum("\nReferences\n---" in text for text in texts.values()) > 70
    assert [
        fault for name, text in texts.items() for fault in find_wrong_references(name, text)
    ] == []


@pytest.mark.parametrize(
    "name", [name for name, _ in list_names() if name not in list_exceptions()]
)
def test_a_name_whose_sources_are_removed_misnamed_or_moved_is_found(name):
    text = inspect.getdoc(dict(list_names())[name])
    assert has_source(text)
    assert not has_source(KEY.sub("", text))
    assert not has_source(KEY.sub("[nobody1900]", text))
    assert not has_source(text.replace("References\n----------", "Notes\n-----"))


def test_references_that_disagree_with_their_entries_are_found():
    text = inspect.getdoc(sc.polygon)
    assert find_wrong_references("polygon", text) == []
    for right, wrong in (
        ("36 (1965) 1560", "36 (1965) 1650"),
        ("1965)", "1966)"),
        ("Wong", "Wang"),
    ):
        assert right in text
        assert find_wrong_references("polygon", text.replace(right, wrong)) != []
    assert find_wrong_references("polygon", text + "\nNotes\n-----\n[evans2013]\n") != []
