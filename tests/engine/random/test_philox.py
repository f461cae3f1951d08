"""The random words: known answers, a reference in whole numbers, and the map of names."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import Rejected, assert_same_bits, seed
from hypothesis import given, settings
from hypothesis import strategies as st
from leaf_calls import callable_leaf
from philox_reference import (
    BOUNDARY,
    COMPONENTS,
    EVERY_BOUNDARY,
    KEYS,
    LOW,
    PAIRS,
    PATHS,
    PURPOSES,
    inverse_philox,
    names_of,
    random_names,
    reference_counter,
    reference_philox,
    reference_words,
    split,
    table,
    words_of,
)

from stochcalc.engine.loop.bridge_tree import Interior
from stochcalc.engine.random import philox
from stochcalc.engine.random.fills import TREE_SIZE
from stochcalc.engine.random.philox import check_index
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.motion.brownian import brownian

philox4x32 = callable_leaf(philox.philox4x32)


# ---- the generator


@pytest.mark.parametrize(
    "counter, key, output",
    [
        ((0,) * 4, (0,) * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((LOW,) * 4, (LOW,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_known_answers_of_its_authors(counter, key, output):
    due = [int(word, 16) for word in output.split()]
    assert [int(word) for word in philox4x32(*map(np.uint64, counter + key))] == due
    assert list(reference_philox(counter, key)) == due
    assert list(reference_philox(counter, key, rounds=7)) != due


def test_philox_gives_the_ten_thousandth_number_of_the_cpp26_engine():
    block = philox4x32(*map(np.uint64, (2499, 0, 0, 0, 20111115, 0)))
    assert int(block[3]) == 1955073260


def test_the_words_are_those_of_the_reference_at_random_and_boundary_names():
    names = random_names(10_000) + EVERY_BOUNDARY
    assert_same_bits(words_of(names), table(reference_words, names))


BROKEN = {
    "seven rounds": lambda path, pair, component, purpose, key: reference_words(
        path, pair, component, purpose, key, 7
    ),
    "path and pair swapped": lambda path, pair, *rest: reference_words(pair, path, *rest),
    "path cut to 32 bits": lambda path, *rest: reference_words(path & LOW, *rest),
    "second counter word never incremented": lambda path, pair, component, purpose, key: (
        reference_philox((path & LOW, 0, pair >> 16, component | purpose << 24), split(key))
    ),
    "third counter word never incremented": lambda path, pair, component, purpose, key: (
        reference_philox(
            (path & LOW, path >> 32 | (pair & 0xFFFF) << 16, 0, component | purpose << 24),
            split(key),
        )
    ),
    "key words swapped": lambda path, pair, component, purpose, key: reference_philox(
        reference_counter(path, pair, component, purpose), split(key)[::-1]
    ),
    "purpose forgotten": lambda path, pair, component, purpose, key: reference_words(
        path, pair, component, 0, key
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_generator_differs_from_the_words(broken):
    names = random_names(300)
    with pytest.raises(Rejected):
        assert_same_bits(words_of(names), table(BROKEN[broken], names))


# ---- the map


@given(
    st.integers(0, PATHS - 1) | st.sampled_from(BOUNDARY),
    st.integers(0, PAIRS - 1) | st.sampled_from(BOUNDARY),
    st.integers(0, COMPONENTS - 1),
    st.integers(0, PURPOSES - 1),
    st.integers(0, KEYS - 1),
)
@settings(max_examples=500)
def test_the_name_can_be_read_back_from_the_words_so_no_two_names_share_them(
    path, pair, component, purpose, key
):
    name = (path, pair, component, purpose)
    words = tuple(int(word) for word in words_of([(*name, key)])[0])
    assert names_of(inverse_philox(words, split(key))) == name


def test_distinct_names_have_distinct_words():
    names = list(
        dict.fromkeys(
            name[:4] + (0x0123456789ABCDEF,) for name in random_names(10_000) + EVERY_BOUNDARY
        )
    )
    assert len(np.unique(words_of(names), axis=0)) == len(names)
    # The defect that is known from other libraries.
    narrow = table(BROKEN["path cut to 32 bits"], names)
    assert len(np.unique(narrow, axis=0)) < len(names)


@pytest.mark.parametrize(
    "name, size", [("path", PATHS), ("step", 2 * PAIRS), ("component", COMPONENTS)]
)
def test_an_index_beyond_its_field_is_refused_by_name(name, size):
    assert check_index(name, 0, size) == 0 and check_index(name, size - 1, size) == size - 1
    for wrong in (-1, size, size + 1, 2 * size):
        with pytest.raises(ValueError, match=f"{name}={wrong}"):
            check_index(name, wrong, size)


def test_the_fields_have_the_sizes_of_the_map():
    sizes = philox.PATHS, philox.INDICES, philox.COMPONENTS, philox.PURPOSES
    assert sizes == (PATHS, 2 * PAIRS, COMPONENTS, PURPOSES)
    assert philox.STREAM_VERSION == 1
    purposes = (
        philox.INCREMENTS,
        philox.BRIDGE_NODES,
        philox.SPACE_TIME_AREA,
        philox.LEVY_AREA,
        philox.CHAIN_NOISE,
        philox.ACCEPT_REJECT,
        philox.INITIAL_STATES,
        philox.DATA_NOISE,
    )
    assert purposes == tuple(range(8))


def test_noise_for_a_path_or_a_step_beyond_the_map_is_refused():
    KeyedNoise(1, np.ones(2)).open(PATHS - 256, PATHS)
    with pytest.raises(ValueError, match=f"path={PATHS}"):
        KeyedNoise(1, np.ones(2)).open(PATHS - 256, PATHS + 1)
    endless = np.broadcast_to(1.0, 2 * PAIRS + 1)
    with pytest.raises(ValueError, match=f"step={2 * PAIRS + 1}"):
        KeyedNoise(1, endless).open(0, 256)


def test_a_bridge_node_in_a_step_beyond_the_map_is_refused():
    most = 2 * PAIRS // TREE_SIZE
    many, none, empty = np.broadcast_to(1.0, most + 1), np.zeros(0, np.int64), np.zeros((256, 0))
    with pytest.raises(ValueError, match=f"step={most + 1}"):
        Interior(1, 1, 1, None, many, none, none, np.zeros(0), empty, none, none).compute(
            0, 1, None, np.zeros(1, np.uint8)
        )


def test_a_streamed_sum_never_wraps_its_bridge_nodes():
    W = brownian(n=2 * PAIRS // TREE_SIZE + 1, store=False, rng=seed())
    with pytest.raises(ValueError, match="step"):
        riemann_sum(lambda t, w: w, W, 0.5)


def test_more_paths_than_the_map_holds_are_refused_at_the_door():
    with pytest.raises(ValueError, match=f"paths?={PATHS + 1}"):
        brownian(n=1, paths=PATHS + 1, store=False)


def test_more_components_than_the_map_holds_are_refused():
    with pytest.raises(ValueError, match=r"component|dim"):
        KeyedNoise(1, np.ones(2), size=COMPONENTS + 1).open(0, 256)
