"""Records of moments: exact against fractions on nasty data, and the same bits however the blocks
arrive.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from evidence import Rejected, assert_same_bits, seed
from hypothesis import given, settings
from hypothesis import strategies as st
from leaf_calls import callable_leaf

from stochcalc.engine import statistics
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.run_state import State
from stochcalc.engine.statistics import FIELDS, LANES, Tree, merge, record_of_rows

block_moments = callable_leaf(statistics.block_moments)

BLOCKS = 37


def block_record(values):
    """The record of at most 256 numbers, shape (7, 1); what stands in the unused lanes must not
    matter.
    """
    padded, record = np.full(LANES, np.nan), np.empty(FIELDS)
    padded[: len(values)] = values
    block_moments(padded, len(values), np.empty(LANES), record)
    return record[:, None]


def exact_record(values):
    """The same in fractions: no rounding until the end."""
    x = [Fraction(float(v)) for v in values]
    mean = sum(x) / len(x)
    powers = [sum((v - mean) ** p for v in x) for p in (2, 3, 4)]
    return [float(v) for v in (len(x), mean, *powers, min(x), max(x))]


def assert_record(record, values, rounds=1):
    """Errors within what one rounding of the mean (times `rounds`) and of each sum can do."""
    count, mean, m2, m3, m4, low, high = (float(v) for v in np.asarray(record).reshape(-1))
    due = exact_record(values)
    n, scale = len(values), max(np.abs(np.asarray(values) - due[1]).max(), 1e-300)
    slip = rounds * np.spacing(max(np.abs(values).max(), 1e-300))
    eps = rounds * 2.0**-50
    between = (
        np.sqrt(due[2] / n) / 16.0 if rounds > 1 else 0.0
    )  # spread of the means of blocks, which are rounded
    assert count == due[0] and low == due[5] and high == due[6]
    assert abs(mean - due[1]) <= 2.0 * slip
    assert abs(m2 - due[2]) <= n * slip * (4.0 * slip + 2.0 * between) + eps * due[2]
    assert abs(m3 - due[3]) <= 3.0 * slip * due[2] * 4 + eps * n * scale**3 + n * slip**3 * 8
    assert abs(m4 - due[4]) <= 4.0 * slip * n * scale**3 * 4 + eps * due[4] + n * slip**4 * 16


def nasty(kind, n):
    rng = np.random.default_rng(seed(f"{kind} {n}"))
    return {
        "plain": lambda: rng.standard_normal(n),
        "mean 1e8": lambda: 1e8 + rng.standard_normal(n),
        "mean 1e15": lambda: 1e15 + rng.integers(-8, 9, size=n).astype(float),
        "all equal": lambda: np.full(n, 0.1),
        "one outlier": lambda: np.where(np.arange(n) == n // 2, 1e9, rng.standard_normal(n)),
        "skewed": lambda: np.exp(3.0 * rng.standard_normal(n)),
        "tiny": lambda: 1e-60 * rng.standard_normal(n),
        "alternating": lambda: np.where(np.arange(n) % 2, 1e12, -1e12) + rng.standard_normal(n),
    }[kind]()


KINDS = (
    "plain",
    "mean 1e8",
    "mean 1e15",
    "all equal",
    "one outlier",
    "skewed",
    "tiny",
    "alternating",
)


@pytest.mark.parametrize("n", [1, 2, 3, 255, 256])
@pytest.mark.parametrize("kind", KINDS)
def test_the_record_of_a_block_is_that_of_exact_arithmetic(kind, n):
    values = nasty(kind, n)
    assert_record(block_record(values), values)


def test_unused_lanes_do_not_matter():
    values, records = nasty("plain", 200), []
    for filler in (0.0, np.nan, np.inf, 1e300):
        padded, record = np.full(LANES, filler), np.empty(FIELDS)
        padded[:200] = values
        block_moments(padded, 200, np.full(LANES, filler), record)
        records.append(record)
    assert_same_bits(*records)


def test_a_value_that_is_not_finite_is_not_averaged_away():
    values = nasty("plain", 256)
    values[17] = np.nan
    assert np.isnan(block_record(values)[1:5]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_tree_gives_the_record_of_exact_arithmetic(kind):
    values = nasty(kind, LANES * BLOCKS - 100)
    tree = Tree()
    for first in range(BLOCKS):
        tree.add(first, block_record(values[first * LANES : (first + 1) * LANES])[None])
    assert_record(tree.total(), values, rounds=12)


def test_merging_unequal_samples_gives_the_record_of_both():
    values = nasty("skewed", 257)
    for cut in (1, 2, 100, 255):
        parts = values[:cut], values[cut:]
        assert_record(
            merge(*(block_record(part[:LANES]) for part in parts)),
            np.concatenate([p[:LANES] for p in parts]),
            4,
        )


def test_the_textbook_variance_would_fail_where_the_record_holds():
    values = nasty("mean 1e8", 256)
    naive = np.sum(values**2) - np.sum(values) ** 2 / 256
    due = exact_record(values)[2]
    assert abs(block_record(values)[2, 0] / due - 1.0) < 1e-12 < 1e-3 < abs(naive / due - 1.0)


# ---- the same bits, however the blocks arrive


@pytest.fixture(scope="module")
def blocks():
    """Records of BLOCKS blocks, two quantities each, the last block partly filled: shape (BLOCKS,
    7, 2).
    """
    values = np.random.default_rng(BLOCKS).standard_normal((LANES * BLOCKS - 100, 2)) * 10.0 + 3.0
    return np.stack(
        [
            np.concatenate([block_record(part[:, i]) for i in range(2)], axis=1)
            for part in np.split(values, range(LANES, len(values), LANES))
        ]
    )


def total(blocks, chunks):
    """The total when ranges (first, last) arrive in the given order."""
    tree = Tree()
    for first, last in chunks:
        tree.add(first, blocks[first:last])
    return tree.total()


@given(cuts=st.sets(st.integers(1, BLOCKS - 1)), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_any_order_and_any_chunks_give_the_same_bits(blocks, cuts, shuffle):
    edges = [0, *sorted(cuts), BLOCKS]
    chunks = list(pairwise(edges))
    shuffle.shuffle(chunks)
    assert_same_bits(total(blocks, chunks), total(blocks, [(0, BLOCKS)]))


@given(owner=st.lists(st.integers(0, 2), min_size=BLOCKS, max_size=BLOCKS))
def test_shards_of_any_shape_unite_to_the_same_bits(blocks, owner):
    shards = [Tree() for _ in range(3)]
    for block, mine in enumerate(owner):
        shards[mine].add(block, blocks[block : block + 1])
    for other in shards[1:]:
        shards[0].union(other)
    assert_same_bits(shards[0].total(), total(blocks, [(0, BLOCKS)]))


@pytest.mark.parametrize("size", [*range(1, 18), BLOCKS])
def test_one_by_one_is_all_at_once_for_every_number_of_blocks(blocks, size):
    one_by_one = [(k, k + 1) for k in range(size)]
    assert_same_bits(
        total(blocks, one_by_one), total(blocks, one_by_one[::-1]), total(blocks, [(0, size)])
    )


def test_a_block_dropped_or_counted_twice_or_misplaced_is_noticed(blocks):
    due = total(blocks, [(0, BLOCKS)])
    swapped = blocks[[1, 2, 0, *range(3, BLOCKS)]]
    for broken in (
        total(blocks, [(0, BLOCKS - 1)]),
        total(blocks, [(0, 5), (6, BLOCKS)]),
        total(blocks, [(0, BLOCKS), (3, 4)]),
        total(swapped, [(0, BLOCKS)]),
    ):
        with pytest.raises(Rejected):
            assert_same_bits(broken, due)


def test_what_is_pending_stays_logarithmic(blocks):
    tree = Tree()
    for k in range(BLOCKS - 1):
        tree.add(k, blocks[k : k + 1])
        assert len(tree.pending) == (k + 1).bit_count()


# ---- the state of a run


def part(blocks, first, last):
    return Partial(first, None, blocks[first:last], np.tile([0, -1], (last - first, 1)))


def test_a_part_that_arrives_twice_counts_once(blocks):
    state = State([range(BLOCKS)])
    for first, last in [(0, 20), (0, 20), (5, 9), (20, BLOCKS), (36, BLOCKS)]:
        state.add(part(blocks, first, last))
    assert_same_bits(state.record, total(blocks, [(0, BLOCKS)]))


def test_a_part_that_arrives_again_cut_differently_never_counts_a_block_twice(blocks):
    state = State([range(BLOCKS)])
    state.add(part(blocks, 0, 20))
    try:
        state.add(part(blocks, 10, BLOCKS))
    except ValueError:
        state.add(part(blocks, 20, BLOCKS))
    assert_same_bits(state.record, total(blocks, [(0, BLOCKS)]))


def test_shards_that_overlap_are_refused_with_their_number(blocks):
    one, two = State([range(BLOCKS)]), State([range(BLOCKS)])
    one.add(part(blocks, 0, 20))
    two.add(part(blocks, 18, BLOCKS))
    with pytest.raises(ValueError, match="overlap in blocks 18 to"):
        one.union(two)


def test_batches_get_a_record_each_whatever_the_chunks(blocks):
    batches = [range(0, 10), range(10, 30), range(30, BLOCKS)]
    records = []
    for chunk in (1, 3, 16, BLOCKS):
        state = State(batches)
        for first in range(0, BLOCKS, chunk):
            state.add(part(blocks, first, min(first + chunk, BLOCKS)))
        records.append(state.records)
    assert_same_bits(*records)
    assert_same_bits(records[0][1], total(blocks, [(10, 30)]))


@pytest.mark.parametrize("paths", [1, 255, 256, 257, 64 * LANES + 1])
def test_stored_rows_have_the_record_that_streaming_gives(paths):
    rows = np.random.default_rng(seed()).standard_normal((paths, 2))
    tree = Tree()
    for block in range(-(-paths // LANES)):
        mine = rows[block * LANES : (block + 1) * LANES]
        tree.add(block, np.concatenate([block_record(mine[:, i]) for i in range(2)], axis=1)[None])
    assert_same_bits(record_of_rows(rows), tree.total())
