"""Bridges, polygons, expansions and maxima: exact identities path by path, and exact laws at finite
n.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from scipy import stats

import stochcalc as sc
from stochcalc.motion.constructions import karhunen_loeve_variances


def test_a_bridge_is_pinned_at_both_ends_and_independent_of_the_path_s_end(rng_seed):
    W = sc.brownian(partition=sc.Partition([1.0, 1.5, 2.0, 4.0]), paths=100_000, rng=rng_seed)
    B = sc.bridge(W, 0.3, -0.7)
    assert np.all(B[:, 0] == 0.3) and np.all(B[:, -1] == -0.7)
    s = (W.t - 1.0) / 3.0
    inner = B[:, 1:3] - (0.3 * (1 - s) - 0.7 * s)[1:3]
    i, j = np.triu_indices(2)
    covariance = 3.0 * s[1:3][i] * (1 - s[1:3][j])
    assert_mean(inner, 0.0, sigmas=7)
    assert_mean(inner[:, i] * inner[:, j], covariance, sigmas=7, detects=0.1)
    assert_mean(inner * W.values[:, -1:], 0.0, sigmas=7)
    with must_reject("the covariance min(s, t) of an unpinned path"):
        assert_mean(inner[:, i] * inner[:, j], 3.0 * s[1:3][i])
    many = sc.bridge(sc.brownian(n=6, dim=3, paths=4, rng=rng_seed))
    assert many.shape == (4, 7, 3) and np.all(many[:, [0, -1]] == 0.0)


def test_a_polygon_keeps_its_corners_and_is_straight_between_them(rng_seed):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 12, 1.5), paths=5, rng=rng_seed)
    P = sc.polygon(W, 4)
    assert_same_bits(P[:, ::3], W.values[:, ::3])
    for row in range(5):
        np.testing.assert_allclose(
            P[row], np.interp(W.t, W.t[::3], W.values[row, ::3]), rtol=1e-12, atol=1e-15
        )
    assert_same_bits(sc.polygon(W, 12), W.values)
    assert_same_bits(sc.levy_construction(W, 2), P)
    assert sc.polygon(sc.brownian(n=4, dim=2, paths=3, rng=rng_seed), 2).shape == (3, 5, 2)


def test_levy_s_next_level_moves_the_middles_by_independent_normals(rng_seed):
    W = sc.brownian(1.0, 8, paths=50_000, rng=rng_seed)
    coarse, fine = sc.levy_construction(W, 1), sc.levy_construction(W, 2)
    assert_same_bits(coarse[:, ::4], fine[:, ::4])
    moved = (fine - coarse)[:, [2, 6]]
    assert_law(
        moved[:, 0] / math.sqrt(0.125), stats.norm, detects=0.03
    )  # half a step's root over two
    assert_mean(moved[:, 0] * moved[:, 1], 0.0, sigmas=7)
    with must_reject("normals of twice the variance"):
        assert_law(moved[:, 0] / math.sqrt(0.25), stats.norm)


def test_all_terms_of_the_expansion_give_the_path_back_and_fewer_are_a_projection(rng_seed):
    W = sc.brownian(2.0, 24, paths=7, rng=rng_seed)
    np.testing.assert_allclose(sc.karhunen_loeve(W, 24), W.values, atol=1e-13)
    K = sc.karhunen_loeve(W, 5)
    weights = np.full(25, 2.0 / 24)
    weights[[0, -1]] /= 2
    k = np.arange(5)
    phi = np.sin((k[:, None] + 0.5) * math.pi * W.t / 2.0)  # sqrt(2/T) = 1 for T = 2
    np.testing.assert_allclose(K, (W.values * weights) @ phi.T @ phi, atol=1e-13)
    assert sc.karhunen_loeve(sc.brownian(n=8, dim=2, paths=3, rng=rng_seed), 3).shape == (3, 9, 2)


def test_the_coefficients_are_independent_with_their_variances(rng_seed):
    T, n = 2.0, 16
    W = sc.brownian(T, n, paths=50_000, rng=rng_seed)
    weights = np.full(n + 1, T / n)
    weights[[0, -1]] /= 2
    phi = np.sqrt(2 / T) * np.sin((np.arange(4)[:, None] + 0.5) * math.pi * W.t / T)
    c = (W.values * weights) @ phi.T
    variances = karhunen_loeve_variances(T, n)
    i, j = np.triu_indices(4)
    assert_mean(c[:, i] * c[:, j], np.where(i == j, variances[i], 0.0), sigmas=7, detects=0.2)
    with must_reject("a sine of the wrong frequency, k for k - 1/2"):
        assert_mean(c[:, 3] ** 2, (T / (4.0 * math.pi)) ** 2)
    np.testing.assert_allclose(
        variances.sum(), T * T / 2, rtol=1e-12
    )  # trace: sum t_j h, half at the end
    assert karhunen_loeve_variances(1.0, 10**5)[2] == pytest.approx(
        1 / (2.5 * math.pi) ** 2, rel=1e-8
    )


def test_sixteen_pieces_and_sixteen_terms_miss_what_the_catalogue_says():
    """The limits printed in the catalogue of claims: 0.010417 and 0.006330."""
    from stochcalc.claims.theorems.g02_path_expansions import expansion_error, polygon_error

    assert polygon_error(16) == pytest.approx(1 / 96, rel=0.016)
    assert karhunen_loeve_variances(1.0, 2**14)[16:].sum() == pytest.approx(0.00633, abs=1e-6)
    assert expansion_error(16) < 0.006330


def test_the_continuous_maximum_has_the_law_of_a_half_normal_at_any_n(rng_seed):
    T = 2.0
    for n in (1, 5):
        M = sc.maximum(sc.brownian(T, n, paths=50_000, store=False, rng=rng_seed))
        assert_law(M / math.sqrt(T), stats.halfnorm, detects=0.03)
    grid = sc.maximum(sc.brownian(T, 5, paths=50_000, store=False, rng=rng_seed), continuous=False)
    with must_reject("the grid's maximum"):
        assert_law(np.maximum(grid, 1e-12) / math.sqrt(T), stats.halfnorm)


def test_maximum_and_end_have_their_joint_law(rng_seed):
    """P(M >= m | W_T = b) = exp(-2 m (m - b)/T): uniform once inserted, independent of b."""
    W = sc.brownian(1.0, 7, paths=50_000, rng=rng_seed)
    M, b = sc.maximum(W), W.values[:, -1]
    u = np.exp(-2 * M * (M - b))
    assert_law(u, stats.uniform, detects=0.03)
    assert_mean((u - 0.5) * b, 0.0, sigmas=7)
    with must_reject("a reach without the square of the increment"):
        assert_law(np.exp(-2 * M * M), stats.uniform)


def test_the_running_maximum_climbs_to_the_maximum_and_stays_above_the_path(rng_seed):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 20, 2.0), paths=300, rng=rng_seed)
    S = sc.brownian(partition=W.partition, paths=300, rng=rng_seed, store=False)
    run = sc.maximum(W, running=True)
    assert (
        run.shape == (300, 21)
        and np.all(np.diff(run, axis=1) >= 0)
        and np.all(run >= W.values)
        and np.all(run[:, 0] == 0)
    )
    assert_same_bits(run[:, -1].copy(), sc.maximum(W), sc.maximum(S), sc.maximum(S, workers=1))
    grid = sc.maximum(W, continuous=False, running=True)
    assert_same_bits(grid, np.maximum.accumulate(W.values, axis=1))
    assert_same_bits(grid[:, -1].copy(), sc.maximum(S, continuous=False))
    fine = sc.maximum(W.refine(2))
    assert fine.shape == (300,) and np.all(fine >= W.refine(2).values.max(axis=1))
