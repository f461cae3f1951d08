"""Exact numbers and twins of the claims on scores, from G32 on, by a second route: quadrature."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy import optimize

import stochcalc as sc
from stochcalc.claims.theorems import g32_score_losses


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


def normal_mean(f, *variances):
    """E f(x, y, ...) for independent centred normals, by a product of Gauss-Hermite rules."""
    z, weights = np.polynomial.hermite_e.hermegauss(12)
    weights = weights / weights.sum()
    axes = np.meshgrid(*(np.sqrt(v) * z for v in variances), indexing="ij")
    masses = np.meshgrid(*(weights for _ in variances), indexing="ij")
    return float(np.sum(f(*axes) * np.prod(masses, axis=0)))


# ---- G32: losses of score matching


def test_the_constants_between_losses_are_quadratures():
    v, noise, a, d = 2.0, 1.0, 0.8, 0.25
    explicit = normal_mean(lambda x: (x / v - a * x) ** 2 / 2, v)

    def implicit(a):
        return normal_mean(lambda x: a**2 * x**2 / 2 - a, v)

    first, least, second, smoothed_least, _ = rows_of("G32")
    assert_same(first.exact, explicit - implicit(a))
    smoothed = normal_mean(lambda y: (y / (v + noise) - a * y) ** 2 / 2, v + noise)

    def denoising(a):
        return normal_mean(lambda x, z: (z - a * (x + z)) ** 2 / 2, v, noise)

    assert_same(second.exact, denoising(a) - smoothed)
    assert_same(second.twin, normal_mean(lambda z: z**2 / 2, noise))
    # Where the losses are least, and what the twins would give there.
    assert optimize.minimize_scalar(implicit).x == pytest.approx(1 / v, abs=1e-7)
    assert_same(least.exact, implicit(1 / v + d) - implicit(1 / v - d))
    no_trace = normal_mean(lambda x: ((1 / v + d) ** 2 - (1 / v - d) ** 2) * x**2 / 2, v)
    assert_same(least.twin, no_trace)
    best = optimize.minimize_scalar(denoising).x
    assert best == pytest.approx(1 / (v + noise), abs=1e-7)
    assert_same(smoothed_least.exact, denoising(best + d) - denoising(best - d), rel=1e-7)
    # A parabola of the same curvature that is least at 1/v has this difference at 1/(v + noise).
    moved = [denoising(best + (best - 1 / v) + side) for side in (d, -d)]
    assert_same(smoothed_least.twin, moved[0] - moved[1], rel=1e-7)


def test_the_sliced_loss_is_a_quadrature_over_points_and_the_four_pairs_of_signs():
    C, K = g32_score_losses.COVARIANCE, g32_score_losses.MATRIX
    L = np.linalg.cholesky(C)
    signs = [np.array([i, j]) for i in (-1.0, 1.0) for j in (-1.0, 1.0)]
    slices = [-v @ K @ v for v in signs]

    def half_square(x, y):
        points = L @ np.stack([x.ravel(), y.ravel()])
        return (np.sum((K @ points) ** 2, axis=0) / 2).reshape(x.shape)

    squares = normal_mean(half_square, 1.0, 1.0)
    sliced = rows_of("G32")[-1]
    assert_same(sliced.exact, squares + np.mean(slices))
    assert_same(sliced.twin, squares + np.mean(slices) / 2)
    assert np.std(slices) > 0.9  # one slice is not the trace
