"""Brownian motion: a pure function of its key, with the law of Brownian motion."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject, seed
from leaf_calls import callable_leaf
from scipy import stats

import stochcalc as sc
from stochcalc.engine.random.normal import normal

ONE_NORMAL = callable_leaf(normal)
GRIDS = {
    "uniform": sc.Partition.uniform(2.0, 13),
    "graded": sc.Partition.graded(2.0, 13, 2.0),
    "random": sc.Partition.random(2.0, 13, rng=1),
    "late": sc.Partition([1.0, 1.5, 4.0]),
}
ROTATED = np.array([[1.0, 0.5, -0.3], [0.5, 1.0, 0.2], [-0.3, 0.2, 1.0]])


def normals(W: sc.BrownianPaths) -> np.ndarray:
    """The standard normals of purpose 0 behind a motion, shape (paths, n, dim)."""
    one = [
        ONE_NORMAL(p, k, i, np.uint64(0), np.uint64(W.key))
        for p in range(W.paths)
        for k in range(W.partition.n)
        for i in range(W.dim)
    ]
    return np.array(one).reshape(W.paths, W.partition.n, W.dim)


@pytest.mark.parametrize("grid", GRIDS)
def test_increments_are_root_dt_times_the_keyed_normals_to_the_bit(rng_seed, grid):
    W = sc.brownian(partition=GRIDS[grid], paths=3, rng=rng_seed)
    assert_same_bits(W.increments, np.sqrt(W.partition.steps) * normals(W)[..., 0])
    W = sc.brownian(partition=GRIDS[grid], paths=2, dim=3, rng=rng_seed)
    assert_same_bits(W.increments, np.sqrt(W.partition.steps)[:, None] * normals(W))


def test_correlated_increments_are_root_dt_times_the_lower_factor_times_the_normals(rng_seed):
    W = sc.brownian(partition=GRIDS["graded"], paths=4, dim=3, correlation=ROTATED, rng=rng_seed)
    mixed = np.einsum("ij,pkj->pki", np.linalg.cholesky(ROTATED), normals(W))
    np.testing.assert_allclose(
        W.increments, np.sqrt(W.partition.steps)[:, None] * mixed, rtol=1e-13, atol=1e-15
    )


@pytest.mark.parametrize("dim, correlation", [(1, None), (3, None), (3, ROTATED)])
def test_values_are_the_left_to_right_sums_of_increments_from_zero(rng_seed, dim, correlation):
    W = sc.brownian(2.0, 50, paths=300, dim=dim, correlation=correlation, rng=rng_seed)
    assert W.values.shape == (300, 51) + ((dim,) if dim > 1 else ())
    assert np.all(W.values[:, 0] == 0.0)
    assert_same_bits(W.values[:, 1:], np.cumsum(W.increments, axis=1))


def test_the_covariance_is_the_smaller_time(rng_seed):
    W = sc.brownian(partition=sc.Partition([0.0, 0.3, 1.0, 1.1, 2.5]), paths=200_000, rng=rng_seed)
    t, X = W.t[1:], W.values[:, 1:]
    i, j = np.triu_indices(4)
    assert_mean(X, 0.0, sigmas=7)
    assert_mean(X[:, i] * X[:, j], np.minimum(t[i], t[j]), sigmas=7, detects=0.2)
    with must_reject("the covariance of a bridge"):
        assert_mean(X[:, i] * X[:, j], np.minimum(t[i], t[j]) - t[i] * t[j] / 2.5)
    with must_reject("dt for its root", min_z=15):
        D = W.partition.steps
        assert_mean((W.increments * np.sqrt(D)) ** 2, D)


def test_increments_are_exactly_normal(rng_seed):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 8, 1.5), paths=50_000, rng=rng_seed)
    z = (W.increments / np.sqrt(W.partition.steps)).ravel()
    assert_law(z, stats.norm, detects=0.02)
    assert_law(W.values[:, -1], stats.norm, detects=0.05)
    with must_reject("standard deviation x 1.05", min_z=10):
        assert_law(1.05 * z, stats.norm)


def test_correlated_components_have_their_correlation(rng_seed):
    W = sc.brownian(1.0, 2, paths=300_000, dim=3, correlation=ROTATED, rng=rng_seed)
    i, j = np.triu_indices(3)
    end, first = W.values[:, -1], W.increments[:, 0]
    assert_mean(end[:, i] * end[:, j], ROTATED[i, j], sigmas=7, detects=0.05)
    assert_mean(first[:, i] * first[:, j], ROTATED[i, j] / 2, sigmas=7)
    with must_reject("the upper factor"):
        wrong = end @ np.linalg.inv(np.linalg.cholesky(ROTATED)).T @ np.linalg.cholesky(ROTATED)
        assert_mean(wrong[:, i] * wrong[:, j], ROTATED[i, j])


def test_paths_components_and_steps_are_independent(rng_seed):
    W = sc.brownian(4.0, 4, paths=100_000, dim=2, rng=rng_seed)
    dW = W.increments
    assert np.unique(dW).size == dW.size
    assert_mean(dW[1:] * dW[:-1], 0.0, sigmas=7, detects=0.05)  # neighbouring paths
    assert_mean(dW[256:] * dW[:-256], 0.0, sigmas=7)  # neighbouring blocks
    assert_mean(dW[..., 0] * dW[..., 1], 0.0, sigmas=7)  # components
    assert_mean(dW[:, 1:] * dW[:, :-1], 0.0, sigmas=7)  # steps: pairs share their words
    assert_mean((dW[:, 1:] ** 2 - 1) * (dW[:, :-1] ** 2 - 1), 0.0, sigmas=7)
    with must_reject("every path used twice"):
        twice = np.repeat(dW[::2, 0, 0], 2)
        assert_mean(twice[1:] * twice[:-1], 0.0)


def test_neighbouring_seeds_share_no_number():
    s = seed() >> 1
    first, second = (sc.brownian(1.0, 100, paths=1000, rng=r).increments for r in (s, s + 1))
    assert not np.isin(first, second).any()


def test_rng_follows_numpy_and_the_key_replays_the_paths(rng_seed):
    W = sc.brownian(n=5, paths=3, rng=rng_seed)
    assert W.key == int(np.random.default_rng(rng_seed).integers(2**64, dtype=np.uint64))
    seeds = np.random.default_rng(rng_seed), np.random.SeedSequence(rng_seed)
    same = [sc.brownian(n=5, paths=3, rng=r) for r in seeds]
    assert_same_bits(
        W.values, *(other.values for other in same), sc.brownian(n=5, paths=3, key=W.key).values
    )
    generator = np.random.default_rng(rng_seed)
    used = [sc.brownian(n=5, rng=generator).key for _ in range(2)]
    assert used[0] == W.key != used[1]
    assert sc.brownian(n=5).key != sc.brownian(n=5).key
    for key in (0, 2**63, 2**64 - 1):
        assert sc.brownian(n=2, key=key).key == key


def test_a_path_does_not_depend_on_the_number_of_paths_steps_or_workers(rng_seed):
    W = sc.brownian(partition=sc.Partition.dyadic(1.0, 5), paths=700, rng=rng_seed)
    assert_same_bits(W.values[:3], sc.brownian(n=32, paths=3, rng=rng_seed).values)
    assert_same_bits(W.values[:, :17], sc.brownian(T=0.5, n=16, paths=700, rng=rng_seed).values)
    assert_same_bits(
        W.values, *(sc.brownian(n=32, paths=700, rng=rng_seed, workers=w).values for w in (1, 2, 3))
    )
    assert_same_bits(
        W.values[..., None][..., 0],
        sc.brownian(n=32, paths=700, dim=2, rng=rng_seed).values[..., 0],
    )


def test_a_streamed_motion_keeps_nothing_and_says_what_storing_would_cost(rng_seed):
    W = sc.brownian(n=1000, paths=5000, store=False, rng=rng_seed)
    with pytest.raises(ValueError, match=r"values need 40,040,000 bytes.*store=True"):
        _ = W.values
    with pytest.raises(ValueError, match=r"increments need 40,000,000 bytes.*store=True"):
        _ = W.increments
    assert "streamed" in repr(W) and "store" not in repr(W)
    for derived in (W.refine(2), W.coarsen(2)):
        with pytest.raises(ValueError, match="store=True"):
            _ = derived.values


def test_a_motion_beyond_memory_is_refused_with_its_bytes_and_the_remedy():
    with pytest.raises(
        ValueError, match=r"values would need 8,000,008,000,000,000 bytes.*store=False"
    ):
        sc.brownian(n=10**6, paths=10**9, rng=1)
    W = sc.brownian(n=10**6, paths=10**9, store=False, rng=1)
    with pytest.raises(ValueError, match=r"would need 16,000,000,000,000 bytes.*fewer"):
        W.at(np.linspace(0.0, 1.0, 2000))
    with pytest.raises(ValueError, match=r"correlation=.*positive definite"):
        sc.brownian(n=4, dim=2, correlation=[[1.0, 1.0], [1.0, 1.0]])


def test_values_cannot_be_changed_from_outside(rng_seed):
    W = sc.brownian(n=4, paths=2, rng=rng_seed)
    for array in (W.values, W.increments, W.refine(2).values, W.coarsen(2).increments):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1.0
