"""Levy's construction constructs: normals make the corners, and those of W make W."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from scipy import stats

import stochcalc as sc
from stochcalc.motion.halving import build_corners, recover_normals

GRIDS = {
    "uniform": sc.Partition.uniform(2.0, 32),
    "graded": sc.Partition.graded(2.0, 32, 1.5),
    "late": sc.Partition.uniform(1001.0, 32, t0=1000.0),
    "steps of all lengths": sc.Partition(np.concatenate([[-1.0], np.geomspace(1e-9, 1.0, 32)])),
}


def normals_of(shape, levels, rng_seed):
    generator = np.random.default_rng(rng_seed)
    return [generator.standard_normal((shape[0], 2**level, *shape[1:])) for level in range(levels)]


@pytest.mark.parametrize("dim", [1, 3])
@pytest.mark.parametrize("grid", GRIDS)
def test_the_result_is_the_polygon_to_the_bit(grid, dim, rng_seed):
    W = sc.brownian(partition=GRIDS[grid], paths=300, dim=dim, rng=rng_seed)
    for level in range(6):
        assert_same_bits(sc.levy_construction(W, level), sc.polygon(W, 2**level))
    assert_same_bits(sc.levy_construction(W, 5), W.values)


@pytest.mark.parametrize("grid", GRIDS)
def test_the_normals_of_a_path_rebuild_its_corners(grid, rng_seed):
    W = sc.brownian(partition=GRIDS[grid], paths=300, rng=rng_seed)
    normals = recover_normals(W.values, W.t)
    assert [z.shape for z in normals] == [(300, 2**level) for level in range(5)]
    built = build_corners(W.values[:, [0, -1]], normals, W.t)
    np.testing.assert_allclose(built, W.values, rtol=0.0, atol=1e-12)
    broken = build_corners(W.values[:, [0, -1]], [1.01 * z for z in normals], W.t)
    assert np.abs(broken - W.values).max() > 1e-3


def test_a_middle_is_the_average_of_its_neighbours_and_half_a_root_of_the_step_times_a_normal():
    ends = np.array([[0.0, 3.0]])
    built = build_corners(ends, [np.array([[2.0]]), np.array([[1.0, -1.0]])], np.linspace(0, 4, 5))
    middle = 1.5 + 0.5 * math.sqrt(4.0) * 2.0
    quarters = [0.5 * middle + 0.5 * math.sqrt(2.0), 0.5 * (middle + 3.0) - 0.5 * math.sqrt(2.0)]
    np.testing.assert_allclose(built, [[0.0, quarters[0], middle, quarters[1], 3.0]], rtol=1e-15)


@pytest.mark.parametrize("grid", ["uniform", "graded"])
def test_the_normals_of_a_drawn_motion_are_standard_and_independent(grid, rng_seed):
    W = sc.brownian(partition=GRIDS[grid].coarsen(4), paths=100_000, rng=rng_seed)
    T = W.t[-1] - W.t[0]
    end = W.values[:, -1:] / math.sqrt(T)
    z = np.concatenate([end, *recover_normals(W.values, W.t)], axis=1)
    assert z.shape == (100_000, 8)
    for j in range(8):
        assert_law(z[:, j], stats.norm, detects=0.02)
    i, j = np.triu_indices(8)
    assert_mean(z[:, i] * z[:, j], (i == j).astype(float), sigmas=7, detects=0.06)
    with must_reject("normals taken from the path itself instead of its distance to the line"):
        assert_mean(z[:, 0] * W.values[:, 4] / math.sqrt(W.t[4]), 0.0)


def test_independent_normals_make_brownian_motion(rng_seed):
    t = sc.Partition.graded(2.0, 8, 1.5).times
    generator = np.random.default_rng(rng_seed ^ 1)
    ends = np.zeros((100_000, 2))
    ends[:, 1] = math.sqrt(2.0) * generator.standard_normal(100_000)
    w = build_corners(ends, normals_of((100_000,), 3, rng_seed), t)
    i, j = np.triu_indices(8)
    products = w[:, 1 + i] * w[:, 1 + j]
    assert_mean(products, np.minimum(t[1 + i], t[1 + j]), sigmas=7, detects=0.12)
    with must_reject("the middle of the steps in the place of their times"):
        halves = build_corners(ends, normals_of((100_000,), 3, rng_seed), np.linspace(0.0, 2.0, 9))
        assert_mean(halves[:, 1] ** 2, t[1])
