"""Numbers and integers of arguments: what counts as one, and at which bound it is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from stochcalc.engine import checks


@pytest.mark.parametrize(
    "value",
    [
        3,
        3.0,
        np.float32(3.0),
        np.int8(3),
        np.array(3.0),
        np.array(3),
        np.array(3, dtype=np.uint8),
        Fraction(3),
    ],
)
def test_a_real_number_of_any_kind_is_a_float(value):
    found = checks.number("x", value)
    assert type(found) is float and found == 3.0


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.True_,
        "3",
        None,
        3j,
        [3.0],
        np.array([3.0]),
        np.array(True),
        np.array(3.0, dtype=object),
        np.array("3"),
        np.timedelta64(3, "s"),
        Decimal(3),
    ],
)
def test_what_is_no_real_number_is_a_type_error(value):
    with pytest.raises(TypeError, match="x="):
        checks.number("x", value)


def test_a_number_that_is_no_finite_float_is_refused():
    for value in (np.nan, np.inf, -np.inf, 10**400):
        with pytest.raises(ValueError, match=r"^x"):
            checks.number("x", value)


def test_bounds_belong_to_a_range_or_do_not():
    step = 2.0**-52
    assert checks.number("x", 1.0, least=1.0, most=1.0) == 1.0
    assert checks.number("x", 1.0 + step, above=1.0, below=2.0) == 1.0 + step
    for value, bounds, words in (
        (1.0, {"above": 1.0}, "greater than 1"),
        (1.0 - step, {"least": 1.0}, "at least 1"),
        (1.0 + step, {"most": 1.0}, "at most 1"),
        (1.0, {"below": 1.0}, "less than 1"),
    ):
        with pytest.raises(ValueError, match=f"must be {words}"):
            checks.number("x", value, **bounds)


def test_integers_have_bounds_that_belong_to_their_range():
    assert checks.integer("n", 1) == 1
    assert checks.integer("n", np.uint8(5), 5, 5) == 5
    assert checks.integer("n", checks.LARGEST_INTEGER) == 2**63 - 1
    for value, words in ((0, "at least 1"), (2**63, "at most 9223372036854775807")):
        with pytest.raises(ValueError, match=words):
            checks.integer("n", value)
    with pytest.raises(TypeError, match="write n=3"):
        checks.integer("n", 3.0)
    for value in (True, np.True_, "3", 3.5, None, np.timedelta64(3, "s")):
        with pytest.raises(TypeError, match="n="):
            checks.integer("n", value)
