"""Finished blocks as ranges: against a plain set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochcalc.engine.loop.ranges import Ranges


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), max_size=30))
def test_ranges_behave_like_a_set_and_stay_joined(pieces):
    ranges, plain = Ranges(), set()
    for start, length in pieces:
        blocks = range(start, start + length)
        assert ranges.overlaps(start, start + length) == (not plain.isdisjoint(blocks))
        assert ranges.contains(start, start + length) == plain.issuperset(blocks)
        if not ranges.overlaps(start, start + length):
            ranges.add(start, start + length)
            plain.update(blocks)
    assert {i for span in ranges for i in span} == plain and len(ranges) == len(plain)
    assert all(a.stop < b.start for a, b in zip(list(ranges), list(ranges)[1:], strict=False))


@pytest.mark.parametrize("order", [range(100), reversed(range(100))])
def test_a_run_in_order_is_one_range(order):
    ranges = Ranges()
    for block in order:
        ranges.add(block, block + 1)
    assert ranges.spans == [(0, 100)]
