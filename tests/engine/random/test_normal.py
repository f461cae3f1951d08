"""From words to normals, without chance: exact values, symmetries, vector code and moments."""

from __future__ import annotations

import math

import numpy as np
from assembly import of_dispatcher
from evidence import assert_same_bits, seed
from leaf_calls import callable_leaf, kernel
from normal_words import ONE, numbers, over, run_sincos, word_of

from stochcalc.engine.random.normal import box_muller, normal, normal_pair, radius, sincos

PAIR, ONE_NORMAL, SINCOS = map(callable_leaf, (normal_pair, normal, sincos))


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
    sin, cos = over(run_sincos, word_of(j), outputs=2)
    assert (sin > 0.0).all() and (cos > 0.0).all()
    for turned, (s, c) in [
        (j + ONE // 4, (cos, -sin)),
        (j + ONE // 2, (-sin, -cos)),
        (j + 3 * (ONE // 4), (-cos, sin)),
        (ONE // 4 - j, (cos, sin)),
        (ONE // 2 - j, (sin, -cos)),
        (ONE - j, (-sin, cos)),
    ]:
        got = over(run_sincos, word_of(turned), outputs=2)
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


def test_the_loop_over_lanes_is_made_of_packed_of_dispatcher():
    found = of_dispatcher(lane_loop(normal_pair))
    assert found.packed > 30 and found.roots > 0, found

    def polar(
        path, pair, component, purpose, key
    ):  # the twin rejects: a branch, so one lane at a time
        even, odd = normal_pair(path, pair, component, purpose, key)
        while even * even + odd * odd > 1.0:
            even, odd = 0.5 * even, math.sqrt(odd * odd)
            odd *= 0.5
        return even, odd

    assert of_dispatcher(lane_loop(kernel(polar))).packed == 0


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
    sin, cos = over(run_sincos, word_of(even_spacing), outputs=2)
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
