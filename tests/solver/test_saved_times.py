"""Times to save that lie between grid points, and the grid that nobody asked for."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

GBM = sc.models.gbm(0.1, 0.4)
MOTION = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
PAIR = sc.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 2.0))
PATHS, N = 600, 20
TIMES = [0.0, 1 / 3, 1.0, 1.23456, 2.0]
ROUNDING = 1e-14


def draw_again(rng_seed: int) -> sc.BrownianPaths:
    """A motion that is drawn on the grid whose steps are cut: another path, of the same law."""
    grid = sc.Partition(np.union1d(sc.Partition.uniform(2.0, N).times, TIMES))
    return sc.brownian(partition=grid, paths=PATHS, rng=rng_seed)


def test_saved_times_cut_the_steps_and_keep_the_motion(rng_seed):
    W = sc.brownian(2.0, N, paths=PATHS, rng=rng_seed)
    sol = sc.solve(MOTION, 0.0, 2.0, n=N, paths=PATHS, rng=rng_seed, save=TIMES)
    assert sol.t.tolist() == TIMES and sol.x.shape == (PATHS, 5)
    assert np.abs(sol.x - W.at(TIMES)).max() < ROUNDING
    assert_same_bits(sol.x, sc.solve(MOTION, 0.0, noise=W, save=TIMES).x)
    other = sc.solve(MOTION, 0.0, noise=draw_again(rng_seed), save=TIMES)
    assert np.abs(other.x - W.at(TIMES)).max() > 1.0  # the motion changed, as it did before


def test_the_components_of_a_system_keep_their_motion(rng_seed):
    W = sc.brownian(2.0, N, paths=PATHS, dim=2, rng=rng_seed)
    sol = sc.solve(PAIR, (0.0, 0.0), 2.0, n=N, paths=PATHS, rng=rng_seed, save=TIMES)
    assert np.abs(sol.x - W.at(TIMES) * [1.0, 2.0]).max() < ROUNDING


def test_one_more_saved_time_changes_the_others_by_the_error_of_the_scheme_alone(rng_seed):
    """Of a step h in two, (1 + a)(1 + b) takes the place of 1 + a + b, where a = 0.1 h + 0.4 dW."""
    options = {"n": 1000, "paths": PATHS, "rng": rng_seed}
    few = sc.solve(GBM, 1.0, 1.0, save=[0.1, 1.0], **options).x
    more = sc.solve(GBM, 1.0, 1.0, save=[0.0501, 0.1, 1.0], **options).x
    cut = [0.05, 0.0501, 0.051]

    def find_due(W):
        a, b = (0.1 * np.diff(cut) + 0.4 * np.diff(W.at(cut), axis=1)).T
        return few * ((1.0 + a) * (1.0 + b) / (1.0 + a + b))[:, None]

    due = find_due(sc.brownian(1.0, 1000, paths=PATHS, rng=rng_seed))
    np.testing.assert_allclose(more[:, 1:], due, rtol=1e-12)
    other = find_due(sc.brownian(1.0, 1000, paths=PATHS, rng=rng_seed + 1))
    assert np.abs(more[:, 1:] / other - 1.0).max() > 1e-6


@pytest.mark.parametrize("more", [{"paths": 256, "target_stderr": 0.05}, {"paths": 600}])
def test_cut_steps_are_the_same_on_any_number_of_threads_and_in_a_replay(rng_seed, more):
    options = {"n": N, "rng": rng_seed, "save": TIMES, **more}
    one = sc.solve(GBM, 1.0, 2.0, workers=1, **options)
    two = sc.solve(GBM, 1.0, 2.0, workers=2, **options)
    assert_same_bits(one.x, two.x)
    path = one.replay(200)
    assert_same_bits(path.x[0][np.isin(path.t, TIMES)], one.x[200])


def test_a_scheme_that_takes_more_than_increments_gets_a_motion_of_the_cut_grid(rng_seed):
    sol = sc.solve(GBM, 1.0, 2.0, n=N, paths=PATHS, rng=rng_seed, save=TIMES, method="sriw1")
    W = draw_again(rng_seed)
    assert_same_bits(sol.job.times, W.t)
    assert_same_bits(sol.x, sc.solve(GBM, 1.0, noise=W, save=TIMES, method="sriw1").x)


def test_a_time_off_the_grid_is_saved_alone(rng_seed):
    assert sc.solve(GBM, 1.0, 2.0, n=N, rng=rng_seed, save=1.55).t.tolist() == [1.55]


def test_the_grid_is_that_of_brownian_by_default(rng_seed):
    assert_same_bits(sc.solve(MOTION, 0.0, rng=rng_seed).x, sc.brownian(rng=rng_seed).values)
