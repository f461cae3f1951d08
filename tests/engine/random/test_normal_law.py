"""Normals as random numbers: moments, tails, law, independence of all that has another name."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_count, assert_law, assert_mean, must_reject
from leaf_calls import kernel
from scipy import stats

from stochcalc.engine.random.normal import box_muller, normal, normal_pair
from stochcalc.engine.random.philox import make_key, words
from stochcalc.motion.brownian import brownian

STEPS = 1000


def normals(rng, count=4_000_000):
    """Increments over steps of length 1: the normals themselves, shape (paths, STEPS)."""
    return brownian(float(STEPS), STEPS, paths=count // STEPS, rng=rng).increments


@kernel
def _named(path, index, component, purpose, key, count, out):
    """Normals of `count` paths from `path` on, at one index; a row for each index, component and
    purpose.
    """
    for row in range(len(index)):
        for lane in range(count):
            out[row, lane] = normal(path + lane, index[row], component[row], purpose[row], key)


def named(key, names, count):
    """One row of normals per (path, index, component, purpose)."""
    out = np.empty((len(names), count))
    for row, (path, index, component, purpose) in enumerate(names):
        _named(
            np.uint64(path),
            *(np.array([k], np.uint64) for k in (index, component, purpose)),
            np.uint64(key),
            count,
            out[row : row + 1],
        )
    return out


def test_moments_up_to_the_sixth_are_those_of_the_normal_law(rng_seed):
    z = normals(rng_seed).reshape(-1)
    powers = z[:, None] ** np.arange(1, 7)
    assert_mean(powers, [0.0, 1.0, 0.0, 3.0, 0.0, 15.0], what="moments 1 to 6")
    assert_mean(z, 0.0, detects=6e-3)
    with must_reject("a standard deviation one percent too large"):
        assert_mean((1.01 * z) ** 2, 1.0)
    with must_reject("normals that are never negative"):
        assert_mean(np.abs(z), 0.0)


def test_exceedances_of_one_to_five_sigma_are_as_frequent_as_they_should_be(rng_seed):
    z = np.abs(normals(rng_seed, 10_000_000).reshape(-1))
    levels = np.arange(1.0, 6.0)
    p = 2.0 * stats.norm.sf(levels)
    assert_count([(z > level).sum() for level in levels], len(z), p)
    with must_reject("tails cut at 3.5 sigma"):
        assert_count((np.minimum(z, 3.5) > 3.4999).sum(), len(z), 2.0 * stats.norm.sf(3.6))
    with must_reject("a scale one percent too large"):
        assert_count((1.01 * z > 2.0).sum(), len(z), p[1])


def test_law_is_normal(rng_seed):
    z = normals(rng_seed, 1_000_000).reshape(-1)
    assert_law(z, stats.norm, detects=8e-3)
    assert_law(z[0::2] ** 2 + z[1::2] ** 2, stats.chi2(2), detects=1e-2)
    with must_reject("a mean of 0.04"):
        assert_law(z + 0.04, stats.norm)
    with must_reject("a tail cut at two sigma"):
        assert_law(np.minimum(z, 2.0), stats.norm)


def mixed_moments(a, b):
    """What vanishes for independent standard normals: products of their Hermite polynomials, to the
    third.
    """
    first, second = (np.stack([z, z**2 - 1.0, z**3 - 3.0 * z]) for z in (a, b))
    return np.stack(
        [first[i] * second[j] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0))], axis=-1
    )


def test_the_two_halves_of_a_pair_are_independent(rng_seed):
    z = normals(rng_seed, 2_000_000)
    even, odd = z[:, 0::2].reshape(-1), z[:, 1::2].reshape(-1)
    assert_mean(mixed_moments(even, odd), 0.0, sigmas=7)
    with must_reject("the cosine served twice"):
        assert_mean(mixed_moments(even, even), 0.0)


def test_a_radius_word_reused_for_the_angle_is_noticed(rng_seed):
    @kernel
    def both(key, right, wrong):
        for lane in range(right.shape[1]):
            a, b, c, d = words(lane, 0, 0, 0, key)
            right[0, lane], right[1, lane] = box_muller(a, b, c, d)
            wrong[0, lane], wrong[1, lane] = box_muller(a, b, a, b)

    right, wrong = np.empty((2, 1_000_000)), np.empty((2, 1_000_000))
    both(np.uint64(make_key(rng_seed)), right, wrong)
    assert_mean(right.T, 0.0, sigmas=7)
    for half in wrong:
        with must_reject("radius and angle from the same word"):
            assert_mean(half, 0.0)


# Pairs of names that differ in one word, or in the bits of two words that share a counter word.
NEIGHBOURS = {
    "next path": ((0, 0, 0, 0), (1, 0, 0, 0)),
    "next pair": ((0, 0, 0, 0), (0, 2, 0, 0)),
    "next step, across pairs": ((0, 1, 0, 0), (0, 2, 0, 0)),
    "path beyond 32 bits": ((0, 0, 0, 0), (1 << 32, 0, 0, 0)),
    "pair beyond 16 bits": ((0, 0, 0, 0), (0, 1 << 17, 0, 0)),
    "pair beyond 32 bits": ((0, 0, 0, 0), (0, 1 << 33, 0, 0)),
    "next component": ((0, 0, 0, 0), (0, 0, 1, 0)),
    "next purpose": ((0, 0, 0, 0), (0, 0, 0, 1)),
    "last purpose": ((0, 0, 0, 0), (0, 0, 0, 255)),
}


def test_normals_of_neighbouring_names_are_independent(rng_seed):
    key, count = make_key(rng_seed), 400_000
    for first, second in NEIGHBOURS.values():
        a, b = named(key, [first, second], count)
        assert_mean(mixed_moments(a, b), 0.0, sigmas=7)
    with must_reject("the same name twice"):
        assert_mean(mixed_moments(*named(key, [(0, 0, 0, 0)] * 2, count)), 0.0)
    with must_reject("paths that overlap by all but one"):
        a, b = named(key, [(0, 0, 0, 0), (1, 0, 0, 0)], count + 1)
        assert_mean(mixed_moments(a[1:], b[:-1]), 0.0)


def test_neighbouring_keys_are_independent(rng_seed):
    key, count = make_key(rng_seed), 400_000
    a, b = (named(key ^ flip, [(0, 0, 0, 0)], count)[0] for flip in (0, 1))
    assert_mean(mixed_moments(a, b), 0.0, sigmas=7)
    with must_reject("the key's low word ignored"):
        assert_mean(mixed_moments(a, a), 0.0)


def test_paths_are_uncorrelated_and_all_begin_differently(rng_seed):
    dW = normals(rng_seed, 1_000_000)
    assert len(np.unique(dW[:, 0])) == len(dW)
    scaled = dW @ dW.T / np.sqrt(STEPS)
    off = scaled[np.triu_indices(len(dW), 1)]
    assert_mean(off**2, 1.0, what="squared correlation of all pairs of paths")
    same = np.repeat(dW[: len(dW) // 2], 2, axis=0)
    with must_reject("every trajectory twice"):
        assert_mean(((same @ same.T / np.sqrt(STEPS))[np.triu_indices(len(same), 1)]) ** 2, 1.0)


@pytest.mark.nightly
def test_exceedances_hold_on_ten_billion_normals(rng_seed):
    levels, total, count = np.arange(1.0, 7.0), 0, np.zeros(6, dtype=np.int64)

    @kernel
    def tally(first, key, levels, count):
        for lane in range(first, first + 10_000_000):
            even, odd = normal_pair(lane, 0, 0, 0, key)
            for i in range(len(levels)):
                count[i] += (abs(even) > levels[i]) + (abs(odd) > levels[i])

    for part in range(500):
        tally(part * 10_000_000, np.uint64(make_key(rng_seed)), levels, count)
        total += 20_000_000
    assert_count(count, total, 2.0 * stats.norm.sf(levels))
