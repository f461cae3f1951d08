"""The random words: known answers, a reference in whole numbers, and the map from names to
counters.
"""

from __future__ import annotations

import numpy as np
import pytest
from evidence import Rejected, assert_same_bits, seed
from hypothesis import given, settings
from hypothesis import strategies as st
from leaf_calls import callable_leaf

from stochcalc.engine.compiler.jit import kernel
from stochcalc.engine.loop.bridge_tree import Interior
from stochcalc.engine.random import philox
from stochcalc.engine.random.philox import check_index, make_key
from stochcalc.engine.random.sources import TREE_SIZE, KeyedNoise
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.motion.brownian import brownian

philox4x32 = callable_leaf(philox.philox4x32)

LOW = (1 << 32) - 1
M0, M1, W0, W1 = 0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85
M0_INVERSE, M1_INVERSE = pow(M0, -1, 1 << 32), pow(M1, -1, 1 << 32)

PATHS, PAIRS, COMPONENTS, PURPOSES, KEYS = 1 << 48, 1 << 48, 1 << 24, 1 << 8, 1 << 64
BOUNDARY = sorted(
    {
        edge + d
        for edge in (0, 1 << 16, 1 << 31, 1 << 32, 1 << 40, 1 << 47, 1 << 48)
        for d in (-1, 0, 1)
        if 0 <= edge + d < 1 << 48
    }
)


# ---- the reference: whole numbers of any size, written from the specification


def reference_philox(counter, key, rounds=10):
    (a, b, c, d), (k0, k1) = counter, key
    for _ in range(rounds):
        first, second = M0 * a, M1 * c
        a, b, c, d = (second >> 32) ^ b ^ k0, second & LOW, (first >> 32) ^ d ^ k1, first & LOW
        k0, k1 = (k0 + W0) & LOW, (k1 + W1) & LOW
    return a, b, c, d


def inverse_philox(words, key, rounds=10):
    """The counter that gives these words: every round can be undone."""
    a, b, c, d = words
    for done in reversed(range(rounds)):
        k0, k1 = (key[0] + done * W0) & LOW, (key[1] + done * W1) & LOW
        even, odd = d * M0_INVERSE & LOW, b * M1_INVERSE & LOW
        a, b, c, d = even, a ^ (M1 * odd >> 32) ^ k0, odd, c ^ (M0 * even >> 32) ^ k1
    return a, b, c, d


def reference_counter(path, pair, component, purpose):
    c0 = path % 2**32
    c1 = path // 2**32 + pair % 2**16 * 2**16
    c2 = pair // 2**16
    c3 = component + purpose * 2**24
    return c0, c1, c2, c3


def names_of(counter):
    """The inverse of the counter map: that it exists is the proof that the map is injective."""
    c0, c1, c2, c3 = counter
    return c0 + c1 % 2**16 * 2**32, c1 // 2**16 + c2 * 2**16, c3 % 2**24, c3 // 2**24


def split(key):
    return key & LOW, key >> 32


def reference_words(path, pair, component, purpose, key, rounds=10):
    return reference_philox(reference_counter(path, pair, component, purpose), split(key), rounds)


@kernel
def _many_words(names, out):
    for i in range(len(names)):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = philox.words(
            names[i, 0], names[i, 1], names[i, 2], names[i, 3], names[i, 4]
        )


def words_of(names):
    names = np.array(names, dtype=np.uint64).reshape(-1, 5)
    out = np.empty((len(names), 4), np.uint64)
    _many_words(names, out)
    return out


def table(function, names):
    return np.array([function(*name) for name in names], dtype=np.uint64)


def random_names(count):
    """Random names, a third of them with a path and a pair on the boundary of a counter word."""
    rng = np.random.default_rng(seed("names"))
    draw = lambda size: rng.integers(size, size=count, dtype=np.uint64).tolist()
    paths, pairs = draw(PATHS), draw(PAIRS)
    edges = rng.integers(len(BOUNDARY), size=(count, 2)).tolist()
    for i in range(0, count, 3):
        paths[i], pairs[i] = BOUNDARY[edges[i][0]], BOUNDARY[edges[i][1]]
    keys = rng.integers(KEYS - 1, size=count, dtype=np.uint64, endpoint=True).tolist()
    return list(zip(paths, pairs, draw(COMPONENTS), draw(PURPOSES), keys))


EVERY_BOUNDARY = [
    (path, pair, component, purpose, key)
    for path in BOUNDARY
    for pair in BOUNDARY
    for component, purpose, key in (
        (0, 0, 0),
        (1, 1, 1 << 32),
        (COMPONENTS - 1, PURPOSES - 1, KEYS - 1),
    )
]


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
    narrow = table(
        BROKEN["path cut to 32 bits"], names
    )  # the defect that is known from other libraries
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
        Interior(1, 1, 1, None, many, none, none, np.zeros(0), empty, empty).compute(
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


# ---- the key


def generator(value):
    return np.random.Generator(np.random.PCG64(value))


@pytest.mark.parametrize("value", [0, 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1, 2**128 - 1])
def test_every_kind_of_seed_gives_the_first_64_bits_of_its_generator(value):
    due = int(generator(value).integers(2**64, dtype=np.uint64))
    assert make_key(value) == due
    assert make_key(np.random.SeedSequence(value)) == due
    assert make_key(generator(value)) == due
    assert make_key(key=due) == due
    if value < 2**63:
        assert make_key(np.int64(value)) == due


def test_distinct_seeds_give_distinct_keys_of_64_bits():
    keys = [
        make_key(value)
        for value in (0, 1, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1, 2**64, 2**128 - 1)
    ]
    assert len(set(keys)) == len(keys)
    several = [make_key(value) for value in range(1000)]
    assert len({key & LOW for key in several}) > 990 and len({key >> 32 for key in several}) > 990


def test_the_key_of_seed_seven_never_changes():
    assert make_key(7) == 11530976094092348043


def test_no_seed_means_a_new_key_and_a_generator_moves_on():
    assert make_key() != make_key() and make_key(None) != make_key(None)
    state = generator(3)
    assert make_key(state) != make_key(state)


def test_a_key_replays_what_a_seed_began():
    W = brownian(n=10, paths=5, rng=seed())
    assert 0 <= W.key < 1 << 64
    assert_same_bits(W.values, brownian(n=10, paths=5, key=W.key).values)
    assert (
        make_key(key=0) == 0
        and make_key(key=KEYS - 1) == KEYS - 1
        and make_key(key=np.uint64(5)) == 5
    )


@pytest.mark.parametrize(
    "rng, key, kind, message",
    [
        (-1, None, ValueError, "rng=-1"),
        (7, 7, ValueError, "rng=7 and key=7"),
        (True, None, TypeError, "rng=True"),
        (1.5, None, TypeError, "rng=1.5"),
        (float("nan"), None, TypeError, "rng=nan"),
        ("7", None, TypeError, "rng='7'"),
        (None, True, TypeError, "key=True"),
        (None, 1.0, TypeError, "key=1.0"),
        (None, "1", TypeError, "key='1'"),
        (None, -1, ValueError, "key=-1"),
        (None, KEYS, ValueError, f"key={KEYS}"),
    ],
)
def test_a_bad_seed_is_refused_by_name_and_value(rng, key, kind, message):
    with pytest.raises(kind, match=message):
        make_key(rng, key)


def test_neighbouring_seeds_share_no_normal(rng_seed):
    first, second = (
        brownian(1000.0, 1000, paths=1000, rng=rng_seed + k).increments.reshape(-1) for k in (0, 1)
    )
    assert not (first == second).any()
    # A pair of normals holds 104 random bits, so among 5e5 x 5e5 pairs no two agree by chance
    # (1e-20).
    pairs = np.concatenate([z.view(np.complex128) for z in (first, second)])
    assert len(np.unique(pairs)) == len(pairs)
    one_shared = np.concatenate([pairs, first[:2].view(np.complex128)])
    assert len(np.unique(one_shared)) < len(one_shared)
