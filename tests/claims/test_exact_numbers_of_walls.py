"""Exact numbers of the claims on walls and exits, from G39 on, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from scipy import integrate, special, stats

import stochcalc as sc
from stochcalc.claims.theorems import g39_tanaka


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G39: local time, and walls that fold or push


def mean_of_queue(n, points=1500, top=8.0):
    """E X_n of max(0, X + dW) by quadrature: a density above 0 and a mass at 0, step by step."""
    h = 1.0 / n
    scale = math.sqrt(h)
    x, weights = np.polynomial.legendre.leggauss(points)
    x = (x + 1) * top / 2
    weights = weights * top / 2
    kernel = np.exp(-((x[:, None] - x) ** 2) / (2 * h)) / math.sqrt(2 * math.pi * h)
    from_wall = np.exp(-(x**2) / (2 * h)) / math.sqrt(2 * math.pi * h)
    mass, density = 1.0, np.zeros(points)
    for _ in range(n):
        density, mass = (
            kernel @ (weights * density) + mass * from_wall,
            mass / 2 + weights @ (density * special.ndtr(-x / scale)),
        )
    assert mass + weights @ density == pytest.approx(1.0, abs=1e-9)
    return weights @ (density * x)


def test_the_means_at_a_wall_are_quadratures_over_the_steps():
    local_time, product, inside, folded, pushed, reflected = rows_of("G39")
    mean = integrate.quad(lambda x: 2 * x * stats.norm.pdf(x), 0.0, 40.0)[0]
    assert_same(local_time.exact, mean, rel=1e-9)
    assert_same(folded.exact, mean, rel=1e-9)
    assert_same(pushed.exact, mean_of_queue(16), rel=1e-7)
    assert_same(reflected.exact, mean, rel=1e-9)
    assert (folded.twin, pushed.twin) == (pushed.exact, folded.exact)
    assert reflected.twin == pushed.exact
    # the variance of |W_1| is 1 - 2/pi
    assert_same(inside.exact, stats.norm.cdf(1) - stats.norm.cdf(-1))
    spread = math.sqrt(stats.halfnorm.var())
    assert_same(inside.twin, stats.norm.cdf(1 / spread) - stats.norm.cdf(-1 / spread))
    assert_same(product.exact, 1 / 16)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_product_of_the_two_motions_is_a_quadrature(n):
    """E S_n W_n over Gauss-Hermite points would miss the kink of the sign: signs are summed."""
    z = np.random.default_rng(n).standard_normal((4000, n))
    z = np.concatenate([z, -z])  # the other sign of a path has the other sign of W and of sgn
    w = np.concatenate([np.zeros((len(z), 1)), np.cumsum(z, axis=1)], axis=1) / math.sqrt(n)
    S, L = g39_tanaka.split(w)
    assert (np.diff(L, axis=1) >= -1e-12).all() and (L >= -1e-12).all()
    # of a path and its mirror image only the first step is left: the other terms cancel
    both = (S[:, -1] * w[:, -1]).reshape(2, -1).mean(axis=0)
    first = z[: len(z) // 2, 0] * z[: len(z) // 2].sum(axis=1) / n
    np.testing.assert_allclose(both, first, atol=1e-12)


def test_folded_paths_stay_above_and_pushed_ones_are_the_walk_above_its_minimum():
    w = sc.brownian(n=50, paths=200, key=3).values
    folded, pushed = g39_tanaka.fold(w), g39_tanaka.project(w)
    assert folded.min() >= 0.0 and pushed.min() >= 0.0
    np.testing.assert_allclose(pushed, w - np.minimum.accumulate(w, axis=1), atol=1e-12)


# ---- G42: two walls


def exits_by_equation(low, high, h, points=400):
    """E tau and P(above) from 0 on steps h, which solve u = h + K u and p = above + K p."""
    root = math.sqrt(h)
    x = np.linspace(low, high, points + 1)
    weights = np.full(points + 1, (high - low) / points)  # Simpson's rule
    weights[1:-1:2] *= 4 / 3
    weights[2:-1:2] *= 2 / 3
    weights[[0, -1]] /= 3
    kernel = stats.norm.pdf((x[:, None] - x) / root) / root * weights
    time = np.linalg.solve(np.eye(points + 1) - kernel, np.full(points + 1, h))
    above = np.linalg.solve(np.eye(points + 1) - kernel, stats.norm.sf((high - x) / root))
    start = int(np.argmin(np.abs(x)))
    return time[start], above[start]


def test_what_grid_times_see_between_two_walls_solves_an_integral_equation():
    late, bridged, seldom, above = rows_of("G42")
    due = exits_by_equation(-1.0, 1.0, 1 / 16)
    # Paths are followed up to T = 12 and 40. Of the walks, in wider strips, a little is left.
    assert 0 < due[0] - late.exact < 2e-5
    assert due[1] == pytest.approx(0.5, abs=1e-9)
    assert 0 < exits_by_equation(-1.0, 2.0, 1.0, 300)[1] - seldom.exact < 1e-5
    assert (bridged.twin, above.twin) == (late.exact, seldom.exact)
    assert (late.twin, seldom.twin) == (1.0, 1 / 3)


def test_hardly_a_path_is_left_inside_at_the_end():
    """P(tau > T) and the mean of what is cut off, by the series of sines."""
    for (low, high), T in (((-1.0, 1.0), 12.0), ((-1.0, 2.0), 40.0)):
        width = high - low
        k = np.arange(1, 60)
        sines = 4 / (k * math.pi) * np.sin(-low * k * math.pi / width) * (k % 2)
        rates = (k * math.pi / width) ** 2 / 2
        left = np.sum(sines * np.exp(-rates * T))
        assert 0 < left < 1e-6 and np.sum(sines / rates * np.exp(-rates * T)) < 1e-6
        assert np.sum(sines / rates) == pytest.approx(-low * high, rel=1e-4)  # E tau = a b
