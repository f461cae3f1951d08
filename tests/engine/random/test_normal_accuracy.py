"""From words to normals: accuracy against mpmath, in units of the last place."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from evidence import NIGHTLY, assert_same_bits, seed
from normal_words import (
    EIGHTHS,
    ONE,
    edge_numbers,
    numbers,
    over,
    run_box_muller,
    run_radius,
    run_sincos,
    word_of,
)

# ---- exact values as a pair of doubles (nearest, rest), and errors in units of the last place


def pair_of(value):
    nearest = float(value)
    return nearest, float(value - nearest)


def ulps(got, exact):
    """Largest error of `got` in units of the last place.

    Where the exact value is 0, only 0 will do."""
    nearest, rest = np.array(exact).T
    assert np.isfinite(got).all()
    assert (got[nearest == 0.0] == 0.0).all()
    return float(np.max(np.abs((got - nearest) - rest) / np.spacing(np.abs(nearest))))


def exact_log(j):
    return mpmath.log1p(-mpmath.mpf(j) / ONE)


def exact_angle(j):
    turn = mpmath.mpf(j) / (ONE // 2)
    return mpmath.cospi(turn), mpmath.sinpi(turn)


@pytest.fixture(autouse=True)
def fifty_digits():
    with mpmath.workdps(50):
        yield


# ---- accuracy


def test_only_the_upper_52_bits_of_a_word_count():
    _, words = numbers(100_000)
    whole = [0, 2**64 - 1, *(1 << k for k in range(64)), *(2**64 - 1 - (1 << k) for k in range(64))]
    words = np.concatenate([words, np.array(whole, dtype=np.uint64)])
    cut = word_of(words >> np.uint64(12))
    assert_same_bits(over(run_radius, words), over(run_radius, cut))
    assert_same_bits(*over(run_sincos, words, outputs=2)[:1], *over(run_sincos, cut, outputs=2)[:1])


def test_transform_is_accurate_to_four_ulp_and_its_parts_to_two():
    drawn = 100_000 if NIGHTLY else 20_000
    j, words = numbers(drawn)
    assert len(j) >= drawn
    radii = [mpmath.sqrt(-2 * exact_log(int(k))) for k in j]
    angles = [exact_angle(int(k)) for k in j]
    assert ulps(over(run_radius, words), [pair_of(value) for value in radii]) <= 2.0
    sin, cos = over(run_sincos, words, outputs=2)
    assert ulps(sin, [pair_of(s) for _, s in angles]) <= 2.0
    assert ulps(cos, [pair_of(c) for c, _ in angles]) <= 2.0
    # Every word serves as radius and as angle, in chance company: edges meet edges in the next
    # test.
    partner = np.random.default_rng(seed("partner")).permutation(len(j))
    even, odd = over(run_box_muller, words, words[partner], outputs=2)
    assert ulps(even, [pair_of(r * angles[k][0]) for r, k in zip(radii, partner)]) <= 4.0
    assert ulps(odd, [pair_of(r * angles[k][1]) for r, k in zip(radii, partner)]) <= 4.0


def test_normals_are_accurate_and_finite_where_edge_words_meet():
    edges = np.unique(edge_numbers()).astype(np.uint64)
    chosen = np.unique(
        np.concatenate([edges[::11], edges[:3], edges[-3:], np.array(EIGHTHS, dtype=np.uint64)])
    )
    radius, angle = (words.reshape(-1) for words in np.meshgrid(chosen, chosen))
    radii = {int(j): mpmath.sqrt(-2 * exact_log(int(j))) for j in chosen}
    angles = {int(j): exact_angle(int(j)) for j in chosen}
    even, odd = over(run_box_muller, radius << np.uint64(12), angle << np.uint64(12), outputs=2)
    for got, side in ((even, 0), (odd, 1)):
        assert (
            ulps(
                got, [pair_of(radii[int(a)] * angles[int(b)][side]) for a, b in zip(radius, angle)]
            )
            <= 4.0
        )
    every = np.array(
        [0, 2**64 - 1, *(1 << k for k in range(64)), *map(int, edges << np.uint64(12))],
        dtype=np.uint64,
    )
    both = over(
        run_box_muller, *(words.reshape(-1) for words in np.meshgrid(every, every)), outputs=2
    )
    assert np.isfinite(both).all()
    # The reach, 8.49, is taken at the all-one word.
    assert np.abs(both).max() == math.sqrt(104.0 * math.log(2.0))


@pytest.mark.parametrize(
    "broken, least",
    [
        # Not exact at the quarters, in single precision, off by four ulp.
        (lambda w: np.sin(2.0 * np.pi * ((w >> np.uint64(12)) / ONE)), 1e6),
        (lambda w: over(run_sincos, w & ~np.uint64((1 << 40) - 1), outputs=2)[0], 1e3),
        (lambda w: over(run_sincos, w, outputs=2)[0] * (1.0 + 2.0**-50), 2.0),
    ],
)
def test_a_transform_that_is_broken_misses_the_bound(broken, least):
    j, words = numbers(4000)
    sin = broken(words)
    inside = j % (ONE // 2) != 0
    assert ulps(sin[inside], [pair_of(exact_angle(int(k))[1]) for k in j[inside]]) > least
