"""Comparisons with their faults: the Python bodies, which NumPy's route takes."""

from __future__ import annotations

import math
import operator

import pytest

from stochcalc.engine.functions.orders import COMPARISONS


@pytest.mark.parametrize("compare", COMPARISONS, ids=lambda compare: compare.__name__)
def test_a_comparison_is_python_s_with_no_fault(compare):
    for a in (-1.0, 0.0, 2.5, math.inf):
        for b in (-1.0, 0.0, 2.5, math.inf):
            assert COMPARISONS[compare](a, b) == (compare(a, b), False)


def test_every_order_has_its_comparison():
    assert {*COMPARISONS} == {operator.lt, operator.le, operator.gt, operator.ge}
