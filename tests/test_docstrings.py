"""The docstrings of all public names pass numpydoc's validation, but for checks that are off."""

from __future__ import annotations

import inspect

import pytest
from docstring_checks import OFF, OFF_FOR_RECORDS, find_faults, list_public

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

    import stochcalc

    monkeypatch.setattr(stochcalc, "poor", poor, raising=False)
    faults = find_faults("stochcalc.poor", stochcalc.ito)
    assert any("PR01" in fault for fault in faults) and any("SS03" in fault for fault in faults)
