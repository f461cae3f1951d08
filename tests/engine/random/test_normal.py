"""From words to normals, without chance: accuracy against mpmath, exact values, symmetries, vector
code, moments.
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from evidence import assert_same_bits, seed
from leaf_calls import callable_leaf

from stochcalc.engine.compiler.jit import kernel
from stochcalc.engine.random.normal import box_muller, normal, normal_pair, radius, sincos

ONE = 1 << 52  # uniforms are j / ONE
EIGHTHS = [ONE * k // 8 for k in range(8)]


PAIR, ONE_NORMAL, SINCOS = map(callable_leaf, (normal_pair, normal, sincos))


# ---- the transform over arrays


@kernel
def _radius(words, out):
    for i in range(len(words)):
        out[i] = radius(words[i])


@kernel
def _sincos(words, sin, cos):
    for i in range(len(words)):
        sin[i], cos[i] = sincos(words[i])


@kernel
def _box_muller(first, second, even, odd):
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for i in range(len(first)):
        even[i], odd[i] = box_muller(
            first[i] >> half, first[i] & low, second[i] >> half, second[i] & low
        )


def word_of(j):
    """Words whose upper 52 bits are j."""
    return np.asarray(j).astype(np.uint64) << np.uint64(12)


def over(run, *inputs, outputs=1):
    out = [np.empty(len(inputs[0])) for _ in range(outputs)]
    run(*inputs, *out)
    return out if outputs > 1 else out[0]


# ---- the words that matter


def near(j, reach=3):
    return [k % ONE for k in range(j - reach, j + reach + 1)]


def edge_numbers():
    """j of every edge word: ends of the range, single bits, neighbours of each branch cut."""
    cut = ONE - int(
        ONE * math.sqrt(0.5)
    )  # 1 - u = sqrt(1/2): where the logarithm changes its exponent
    single = [1 << k for k in range(52)]
    cuts = [
        j
        for centre in [cut, *EIGHTHS, *(ONE - (ONE >> k) for k in range(1, 52))]
        for j in near(centre)
    ]
    return [0, ONE - 1, *single, *(ONE - 1 - j for j in single), *cuts]


def numbers(count):
    """At least `count` values of j, whole words behind them: edges, small, log-spaced and their
    mirror images.
    """
    rng = np.random.default_rng(seed("words"))
    small = np.arange(1, 1001)
    spaced = np.unique(np.exp2(np.linspace(0.0, 52.0, count // 4, endpoint=False)).astype(np.int64))
    ends = np.concatenate([small, spaced])
    fixed = np.unique(np.concatenate([np.array(edge_numbers()), ends, ONE - ends]))
    j = np.concatenate([fixed, rng.integers(ONE, size=max(count - len(fixed), 1000))])
    return j, (j.astype(np.uint64) << np.uint64(12)) | rng.integers(
        1 << 12, size=len(j), dtype=np.uint64
    )


# ---- exact values as a pair of doubles (nearest, rest), and errors in units of the last place


def pair_of(value):
    nearest = float(value)
    return nearest, float(value - nearest)


def ulps(got, exact):
    """Largest error of `got` in units of the last place; where the exact value is 0, only 0 will
    do.
    """
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
    assert_same_bits(over(_radius, words), over(_radius, cut))
    assert_same_bits(*over(_sincos, words, outputs=2)[:1], *over(_sincos, cut, outputs=2)[:1])


def test_transform_is_accurate_to_four_ulp_and_its_parts_to_two():
    j, words = numbers(100_000)
    assert len(j) >= 100_000
    radii = [mpmath.sqrt(-2 * exact_log(int(k))) for k in j]
    angles = [exact_angle(int(k)) for k in j]
    assert ulps(over(_radius, words), [pair_of(value) for value in radii]) <= 2.0
    sin, cos = over(_sincos, words, outputs=2)
    assert ulps(sin, [pair_of(s) for _, s in angles]) <= 2.0
    assert ulps(cos, [pair_of(c) for c, _ in angles]) <= 2.0
    # Every word serves as radius and as angle, in chance company: edges meet edges in the next
    # test.
    partner = np.random.default_rng(seed("partner")).permutation(len(j))
    even, odd = over(_box_muller, words, words[partner], outputs=2)
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
    even, odd = over(_box_muller, radius << np.uint64(12), angle << np.uint64(12), outputs=2)
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
    both = over(_box_muller, *(words.reshape(-1) for words in np.meshgrid(every, every)), outputs=2)
    assert np.isfinite(both).all()
    assert np.abs(both).max() == math.sqrt(
        104.0 * math.log(2.0)
    )  # 8.49: the reach, taken at the all-one word


@pytest.mark.parametrize(
    "broken, least",
    [
        (
            lambda w: np.sin(2.0 * np.pi * ((w >> np.uint64(12)) / ONE)),
            1e6,
        ),  # not exact at the quarters
        (
            lambda w: over(_sincos, w & ~np.uint64((1 << 40) - 1), outputs=2)[0],
            1e3,
        ),  # single precision
        (lambda w: over(_sincos, w, outputs=2)[0] * (1.0 + 2.0**-50), 2.0),  # off by four ulp
    ],
)
def test_a_transform_that_is_broken_misses_the_bound(broken, least):
    j, words = numbers(4000)
    sin = broken(words)
    inside = j % (ONE // 2) != 0
    assert ulps(sin[inside], [pair_of(exact_angle(int(k))[1]) for k in j[inside]]) > least


# ---- exact values and symmetries


def test_radius_zero_and_the_quarters_are_exact():
    assert callable_leaf(radius)(np.uint64(0)) == 0.0
    for k, (sin, cos) in enumerate([(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)]):
        assert SINCOS(np.uint64(k << 62)) == (sin, cos)
    assert tuple(callable_leaf(box_muller)(*map(np.uint64, (0, 0, 0x12345678, 0x9ABCDEF0)))) == (
        0.0,
        0.0,
    )
    assert np.allclose(
        [SINCOS(np.uint64(k << 61)) for k in (1, 3, 5, 7)],
        np.sqrt(0.5) * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]),
        rtol=2.0**-51,
        atol=0.0,
    )


def test_sine_and_cosine_are_symmetric_over_the_quadrants_to_the_bit():
    j, _ = numbers(20_000)
    j = np.unique(j % (ONE // 4))
    j = j[(j > 0) & (j != ONE // 8)]
    sin, cos = over(_sincos, word_of(j), outputs=2)
    assert (sin > 0.0).all() and (cos > 0.0).all()
    for turned, (s, c) in [
        (j + ONE // 4, (cos, -sin)),
        (j + ONE // 2, (-sin, -cos)),
        (j + 3 * (ONE // 4), (-cos, sin)),
        (ONE // 4 - j, (cos, sin)),
        (ONE // 2 - j, (sin, -cos)),
        (ONE - j, (-sin, cos)),
    ]:
        got = over(_sincos, word_of(turned), outputs=2)
        assert_same_bits(got[0], s)
        assert_same_bits(got[1], c)


def test_the_even_index_takes_the_cosine_and_the_odd_one_the_sine():
    for pair in (0, 1, 12345, 2**47, 2**48 - 1):
        name = (
            np.uint64(2**48 - 1),
            np.uint64(pair),
            np.uint64(5),
            np.uint64(4),
            np.uint64(seed()),
        )
        both = PAIR(*name)
        assert tuple(both) == tuple(
            ONE_NORMAL(name[0], np.uint64(2 * pair + k), *name[2:]) for k in (0, 1)
        )


# ---- the compiled loop


def lane_loop(function):
    @kernel
    def run(first, pair, key, even, odd):
        for lane in range(256):
            even[lane], odd[lane] = function(first + lane, pair, 0, 0, key)

    run(0, 0, np.uint64(1), np.empty(256), np.empty(256))
    return run


def test_the_loop_over_lanes_is_made_of_packed_instructions(instructions):
    found = instructions(lane_loop(normal_pair))
    assert found.packed > 30 and found.roots > 0, found

    def polar(
        path, pair, component, purpose, key
    ):  # the twin rejects: a branch, so one lane at a time
        even, odd = normal_pair(path, pair, component, purpose, key)
        while even * even + odd * odd > 1.0:
            even, odd = 0.5 * even, math.sqrt(odd * odd)
            odd *= 0.5
        return even, odd

    assert instructions(lane_loop(kernel(polar))).packed == 0


# ---- the law that the 52-bit grid has


def test_moments_of_the_discrete_law_are_those_of_a_normal():
    """E R^2k by Gauss-Legendre in log x, x = 1 - U, after the first cells one by one; E cos^k by
    equal spacing.

    The sum over the grid is the integral plus half an end value (Euler-Maclaurin): those 1e-14 are
    the discreteness."""
    first = 1 << 12
    nodes, weights = np.polynomial.legendre.leggauss(40)
    ends = np.linspace(math.log(first / ONE), 0.0, 65)
    half = 0.5 * np.diff(ends)[:, None]
    x = np.exp(ends[:-1, None] + half * (1.0 + nodes)).reshape(-1)
    x = np.concatenate([x, np.arange(1, first + 1) / ONE])
    weight = np.concatenate(
        [(half * weights).reshape(-1) * x[: 64 * 40], np.full(first, 1.0 / ONE)]
    )
    weight[-1] -= 0.5 / ONE
    square = -2.0 * np.log(x)
    even_spacing = np.arange(1 << 12) * (ONE >> 12) + seed() % (ONE >> 12)
    sin, cos = over(_sincos, word_of(even_spacing), outputs=2)
    angular = lambda values: math.fsum(values) / len(values)
    second, fourth = math.fsum(weight * square), math.fsum(weight * square**2)
    assert abs(math.fsum(weight) - 1.0) < 1e-14
    mean_radius = math.fsum(weight * np.sqrt(square))
    for half_ in (sin, cos):
        assert abs(mean_radius * angular(half_)) < 1e-13
        assert abs(second * angular(half_**2) - 1.0) < 1e-13
        # 3 - 2.4e-13 is the exact fourth moment on this grid, whose smallest x is 2^-52: near 3 in
        # relative terms.
        assert abs(fourth * angular(half_**4) / 3.0 - 1.0) < 1e-13
    assert abs(second * angular(sin * cos)) < 1e-13
    assert abs(second / 2.0 * 1.01 - 1.0) > 1e-3  # the twin: a variance one percent off
