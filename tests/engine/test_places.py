"""Functions without a name are found again by the place of their code."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location

import pytest
from run_answers import pull

from stochcalc.claims.theorems.g10_general_integrands import INTEGRANDS
from stochcalc.engine import places
from stochcalc.engine.places import find_place


def test_lambdas_of_the_package_travel_by_their_place():
    integrand = INTEGRANDS[0].f
    place = find_place(integrand)
    again = place.follow()
    assert again is not integrand
    assert again(0.0, 3.0) == integrand(0.0, 3.0)
    assert find_place(pull) is None


def test_a_place_in_another_version_of_a_module_is_refused():
    place = find_place(INTEGRANDS[0].f)
    for wrong in ({"content": "0" * 64}, {"way": (10**6,)}, {"way": (0,)}):
        broken = type(place)(**{**vars(place), **wrong})
        with pytest.raises(ValueError, match="another version"):
            broken.follow()


class ChangingLoader:
    """A loader that changes modules while it reads them, and so has no code of theirs to give."""


def test_a_module_that_was_changed_while_it_was_read_is_found_by_its_file(monkeypatch):
    module = sys.modules[INTEGRANDS[0].f.__module__]
    place = find_place(INTEGRANDS[0].f)
    changed = spec_from_file_location(module.__name__, module.__file__, loader=ChangingLoader())
    monkeypatch.setattr(module, "__spec__", changed)
    places._read_code.cache_clear()
    assert find_place(INTEGRANDS[0].f) == place
    monkeypatch.setattr(module, "__spec__", ModuleSpec(module.__name__, ChangingLoader()))
    places._read_code.cache_clear()
    with pytest.raises(ValueError, match="no code that could be read"):
        find_place(INTEGRANDS[0].f)
