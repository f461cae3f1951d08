"""The verdict on the p-values of a battery: its limit, its cost, and what is no p-value."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import LEDGER, Rejected, assert_p_values, must_reject


def test_p_values_above_the_limit_pass_and_are_booked():
    before = LEDGER.alpha
    passed = assert_p_values([0.3, 1.0, 1.1e-10])
    assert LEDGER.alpha - before == pytest.approx(3e-10)
    assert passed.z == pytest.approx([1.036, 0.0, 6.453], abs=1e-3)


@pytest.mark.parametrize("p", [0.9e-10, 1e-300, 0.0])
def test_a_p_value_below_the_limit_is_rejected(p):
    with must_reject("one of three p-values", min_z=6):
        assert_p_values([0.3, p, 0.7])
    assert_p_values(0.9e-10, alpha=1e-11)


@pytest.mark.parametrize("p", [-1e-3, 1.001, np.nan])
def test_what_is_no_probability_is_no_evidence(p):
    with pytest.raises(AssertionError, match="no probabilities") as refusal:
        assert_p_values([0.5, p])
    assert not isinstance(refusal.value, Rejected)
