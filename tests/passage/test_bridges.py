"""The two-barrier law of a bridge, by quadrature and by eigenfunctions: no random number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stochcalc.passage.bridges import leave_strip

# The strip at both ends of the step, as (low, high): parallel, opening, closing, shifting.
STRIPS = [
    ((-1.0, 2.0), (-1.0, 2.0)),
    ((-1.0, 1.0), (-1.5, 2.5)),
    ((-1.0, 1.5), (-0.2, 0.5)),
    ((-0.5, 1.0), (0.3, 2.0)),
]


def normal(x, variance):
    return np.exp(-0.5 * x * x / variance) / math.sqrt(2 * math.pi * variance)


def leave(x, y, start, end, variance):
    """The probabilities of a first exit below and above, for a bridge from x to y."""
    return leave_strip(x - start[0], start[1] - x, y - end[0], end[1] - y, variance)


def nodes(low, high, panels=40):
    """Gauss-Legendre quadrature on [low, high]."""
    node, weight = np.polynomial.legendre.leggauss(20)
    width = (high - low) / panels
    edges = low + width * np.arange(panels)
    x = (edges[:, None] + 0.5 * width * (node + 1.0)).ravel()
    return x, np.tile(0.5 * width * weight, panels)


@pytest.mark.parametrize("start, end", STRIPS)
@pytest.mark.parametrize("variance", [0.3, 2.0])
def test_the_law_of_a_step_is_that_of_its_two_halves(start, end, variance):
    """The semigroup: to leave above is to leave in the first half, or to be inside and leave then.

    Both sides hold for lines that are not parallel, and for ends y outside of the strip.
    """
    middle = (0.5 * (start[0] + end[0]), 0.5 * (start[1] + end[1]))
    half = 0.5 * variance
    x = 0.25
    far = 12.0 * math.sqrt(variance)
    whole = [
        nodes(middle[0] - far, middle[0]),
        nodes(*middle),
        nodes(middle[1], middle[1] + far),
    ]
    for y in (end[0] - 0.4, end[0] + 0.1, 0.5 * (end[0] + end[1]), end[1] - 0.1, end[1] + 0.7):
        found = np.zeros(2)
        for part, (m, weight) in enumerate(whole):
            first = leave(x, m, start, middle, half)
            path = weight * normal(m - x, half) * normal(y - m, half)
            found += [np.sum(path * side) for side in first]
            if part == 1:
                inside = path * (1.0 - first[0] - first[1])
                found += [np.sum(inside * side) for side in leave(m, y, middle, end, half)]
        due = np.array(leave(x, y, start, end, variance)) * normal(y - x, variance)
        assert found == pytest.approx(due, abs=1e-10)


@pytest.mark.parametrize("variance", [0.05, 0.5, 3.0, 40.0])
def test_between_parallel_lines_it_is_the_series_of_sines(variance):
    low, high, x = -1.0, 2.0, 0.3
    width = high - low
    k = np.arange(1, 400)[:, None]
    decay = np.exp(-0.5 * (k * math.pi / width) ** 2 * variance)
    y = np.linspace(low + 0.05, high - 0.05, 30)
    waves = np.sin(k * math.pi * (x - low) / width) * np.sin(k * math.pi * (y - low) / width)
    survival = 2.0 / width * np.sum(decay * waves, axis=0)
    below, above = leave(x, y, (low, high), (low, high), variance)
    assert (1.0 - below - above) * normal(y - x, variance) == pytest.approx(survival, abs=1e-14)
    # whatever the end: the probability to leave below first, within the step
    signs = 2.0 / math.pi * np.sin(k * math.pi * (x - low) / width) * decay / k
    due = (high - x) / width - np.sum(signs)
    far = 12.0 * math.sqrt(variance)
    parts = [nodes(low - far, low), nodes(low, high), nodes(high, high + far)]
    found = 0.0
    for y, weight in parts:
        there = leave(x, y, (low, high), (low, high), variance)
        found += np.sum(weight * normal(y - x, variance) * there[0])
    assert found == pytest.approx(due, abs=1e-12)


@pytest.mark.parametrize("V", [16.01, 25.0, 100.0, 1e4])
@pytest.mark.parametrize("a", [0.02, 0.3, 0.5, 0.9])
def test_in_wide_steps_it_is_the_sum_of_enough_images(V, a):
    """The sum of `bridges` in the strip (0, 1) at the start and (0, 1/2) at the end."""
    width, end = 1.0, 0.5
    variance = V * width * end
    r = np.arange(1, 40 + 8 * math.ceil(math.sqrt(V)))[:, None]

    def images(a, c):
        """The probability to touch the line at distance a first, for an end c >= 0."""
        first = (a + (r - 1) * width) * (c + (r - 1) * end)
        second = r * r * width * end - r * (end * a - width * c)
        return np.sum(np.exp(-2.0 * first / variance) - np.exp(-2.0 * second / variance), axis=0)

    for deviations, most in ((2.0, 4e-7), (4.0, 6e-6), (6.0, 2e-3)):
        c = end * np.linspace(-deviations, deviations, 41) * math.sqrt(V)
        other = images(width - a, end - np.minimum(c, 0.0))
        due = np.where(c > 0.0, images(a, np.abs(c)), 1.0 - other)
        below, above = leave_strip(a, width - a, c, end - c, variance)
        assert below == pytest.approx(due, abs=most * (16.0 / V) ** 4 + 1e-13)
        assert below + above == pytest.approx(1.0, abs=1e-15)


def test_wide_steps_join_the_others_without_a_jump():
    """Where V = 16 both series are used, on either side."""
    c = np.linspace(-8.0, 9.0, 100)
    for side in range(2):
        narrow = leave_strip(0.3, 0.7, c, 1.0 - c, 16.0)[side]
        wide = leave_strip(0.3, 0.7, c, 1.0 - c, 16.0 * (1.0 + 1e-12))[side]
        assert wide == pytest.approx(narrow, abs=5e-7)


def test_an_end_too_far_away_in_a_wide_step_has_no_probability():
    below, above = leave_strip(0.5, 0.5, np.array([43.0, -43.0]), np.array([-42.0, 44.0]), 36.0)
    assert np.isnan(below).all() and np.isnan(above).all()


def test_with_one_barrier_far_away_it_is_the_formula_of_one_barrier():
    below, above = leave(0.2, 0.5, (-300.0, 1.0), (-400.0, 1.5), 0.8)
    assert above == pytest.approx(math.exp(-2 * 0.8 * 1.0 / 0.8), rel=1e-15) and below == 0.0


def test_without_noise_only_ends_outside_have_left():
    strip = (-1.0, 1.0)
    with np.errstate(all="ignore"):
        assert leave(0.0, 0.5, strip, strip, np.float64(0.0)) == (0.0, 0.0)
        assert leave(0.0, 1.5, strip, strip, np.float64(0.0)) == (0.0, 1.0)
        assert leave(0.0, -1.0, strip, strip, np.float64(0.0))[0] == 1.0


def test_two_barriers_are_more_than_each_alone():
    """The sum over both of exp(-2 a c/v) counts a bridge that touches both twice."""
    below, above = leave(0.0, 0.1, (-1.0, 1.0), (-1.0, 1.0), 1.0)
    alone = math.exp(-2.0 * 1.0 * 1.1) + math.exp(-2.0 * 1.0 * 0.9)
    both = math.exp(-2.0 * 2.0 * (1.0 + 0.9)) + math.exp(-2.0 * 2.0 * (1.0 + 1.1))
    assert alone - below - above == pytest.approx(both, rel=0.01)
