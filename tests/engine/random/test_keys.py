"""Keys of random words: from every kind of seed, distinct, and replayed."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits, seed
from philox_reference import KEYS, LOW

from stochcalc.engine.random.philox import make_key
from stochcalc.motion.brownian import brownian


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
