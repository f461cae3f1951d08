"""Comparisons in a user's function that answers yes or no: what a comparison with nan does.

Python raises an error for log(x) of a negative number, and compiled code goes on with nan, which is
below nothing and above nothing: the answer would be no. So a comparison of which one side is nan
has no answer here. Each function returns (answer, fault), as those of `integers` do.
"""

from __future__ import annotations

import operator
from typing import Any

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.functions.integers import Checked


def less(a: float, b: float) -> Checked:
    """Return a < b."""
    return a < b, False


@body_for(less)
def _less(a, b):
    return lambda a, b: (a < b, (a != a) | (b != b))


def less_or_equal(a: float, b: float) -> Checked:
    """Return a <= b."""
    return a <= b, False


@body_for(less_or_equal)
def _less_or_equal(a, b):
    return lambda a, b: (a <= b, (a != a) | (b != b))


def greater(a: float, b: float) -> Checked:
    """Return a > b."""
    return a > b, False


@body_for(greater)
def _greater(a, b):
    return lambda a, b: (a > b, (a != a) | (b != b))


def greater_or_equal(a: float, b: float) -> Checked:
    """Return a >= b."""
    return a >= b, False


@body_for(greater_or_equal)
def _greater_or_equal(a, b):
    return lambda a, b: (a >= b, (a != a) | (b != b))


COMPARISONS: dict[Any, Function] = {
    operator.lt: less,
    operator.le: less_or_equal,
    operator.gt: greater,
    operator.ge: greater_or_equal,
}
