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
    local_time, product, inside, folded, pushed = rows_of("G39")
    mean = integrate.quad(lambda x: 2 * x * stats.norm.pdf(x), 0.0, 40.0)[0]
    assert_same(local_time.exact, mean, rel=1e-9)
    assert_same(folded.exact, mean, rel=1e-9)
    assert_same(pushed.exact, mean_of_queue(16), rel=1e-7)
    assert (folded.twin, pushed.twin) == (pushed.exact, folded.exact)
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
