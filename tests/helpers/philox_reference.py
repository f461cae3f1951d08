"""The random words by whole numbers of any size, written from the specification, and names."""

from __future__ import annotations

import numpy as np
from evidence import seed
from leaf_calls import kernel

from stochcalc.engine.random import philox

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
