"""Some cases always run, the others are marked, and neither all nor none."""

from __future__ import annotations

import pytest
from nights import mostly_at_night


def test_cases_that_do_not_always_run_are_marked_nightly():
    cases = mostly_at_night([("a", 1), "b", ("c", 3)], lambda case: case == "b")
    assert [case.values for case in cases] == [("a", 1), ("b",), ("c", 3)]
    assert [[mark.name for mark in case.marks] for case in cases] == [["nightly"], [], ["nightly"]]


@pytest.mark.parametrize("always", [True, False])
def test_a_choice_of_all_or_of_none_is_refused(always):
    with pytest.raises(ValueError, match="of 2 cases always run"):
        mostly_at_night("ab", lambda case: always)
