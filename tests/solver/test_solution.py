"""What solve hands back: the saved times, the moments, one path again, and no silence about paths
that explode.
"""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from evidence import assert_same_bits
from scipy import special

import stochcalc as sc

GBM = sc.models.gbm(0.1, 0.4)
PAIR = sc.SDE(lambda t, x: (x[1], -x[0]), lambda t, x: (0.3 * x[0], 0.2))
PATHS, N = 600, 20


def solve(sde=GBM, x0=1.0, **options):
    return sc.solve(sde, x0, 2.0, n=N, paths=PATHS, **options)


@pytest.mark.parametrize(
    "sde, x0, tail", [(GBM, 1.0, ()), (PAIR, [1.0, 0.5], (2,)), (PAIR, np.array([1.0, 0.5]), (2,))]
)
def test_every_way_of_saving_shows_the_same_paths(rng_seed, sde, x0, tail):
    full = solve(sde, x0, rng=rng_seed)
    assert full.x.shape == (PATHS, N + 1, *tail) and full.t.shape == (N + 1,)
    assert np.all(full.x[:, 0] == x0)
    last = solve(sde, x0, rng=rng_seed, save="last")
    assert last.x.shape == (PATHS, 1, *tail) and last.t.tolist() == [2.0]
    assert_same_bits(last.x[:, 0], full.x[:, -1])
    some = solve(sde, x0, rng=rng_seed, save=full.t[[0, 3, 11]])
    assert some.t.tolist() == full.t[[0, 3, 11]].tolist()
    assert_same_bits(some.x, full.x[:, [0, 3, 11]])
    stats = solve(sde, x0, rng=rng_seed, save="stats")
    assert stats.x is None and stats.mean.shape == (N + 1, *tail)
    for name in ("mean", "var", "stderr"):
        assert_same_bits(getattr(full, name), getattr(stats, name))
        np.testing.assert_allclose(getattr(some, name), getattr(full, name)[[0, 3, 11]], rtol=1e-12)
    np.testing.assert_allclose(full.mean, full.x.mean(axis=0), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(full.var, full.x.var(axis=0, ddof=1), rtol=1e-11)
    np.testing.assert_allclose(full.stderr, np.sqrt(full.var / PATHS), rtol=1e-14)


def test_a_saved_time_within_rounding_of_a_grid_point_is_that_grid_point(rng_seed):
    full = solve(rng=rng_seed)
    assert full.t[3] != 0.3 and full.t[3] == pytest.approx(0.3, rel=1e-15)  # 3 * 0.1
    some = solve(rng=rng_seed, save=[0.3, 0.6, 2.0])
    assert some.info["n"] == N
    assert_same_bits(some.x, full.x[:, [3, 6, 20]])


def test_the_clock_may_start_anywhere(rng_seed):
    clock = sc.SDE(lambda t, x: t, lambda t, x: 0.0)
    sol = sc.solve(clock, 0.0, 3.0, t0=1.0, n=200, rng=rng_seed)
    assert sol.t[0] == 1.0 and sol.t[-1] == 3.0
    assert sol.x[0, -1] == pytest.approx(np.sum(sol.t[:-1]) * 0.01, rel=1e-12)


@pytest.mark.parametrize("save", ["all", "last", "stats"])
def test_any_path_can_be_had_again(rng_seed, save):
    full = solve(PAIR, (1.0, 0.5), rng=rng_seed)
    sol = solve(PAIR, (1.0, 0.5), rng=rng_seed, save=save)
    for path in (0, 255, 256, PATHS - 1):
        again = sol.replay(path)
        assert again.x.shape == (1, N + 1, 2) and again.info["path"] == path
        assert_same_bits(again.x[0], full.x[path])


def test_replay_knows_the_starts_and_the_motion(rng_seed):
    W = sc.brownian(1.0, 8, paths=300, rng=rng_seed).refine(2)
    starts = np.linspace(1.0, 2.0, 300)
    sol = sc.solve(GBM, starts, noise=W, starts=True)
    assert_same_bits(sol.replay(299).x[0], sol.x[299])
    assert_same_bits(sol.replay(7).x[0], sol.x[7])


def test_info_says_what_was_done(rng_seed):
    sol = solve(rng=rng_seed)
    due = {
        "method": "euler_maruyama",
        "noise": "diagonal",
        "lam": 0.0,
        "n": N,
        "paths": PATHS,
        "dim": 0,
        "numba_names": [],
        "route": "compiled",
        "looks": 0,
        "stream_version": 1,
    }
    assert {name: list(v) if name == "numba_names" else v for name, v in sol.info.items()} == due
    assert sol.nonfinite == 0


def explosion(t, x):
    return 1e150 * x * x * x


BLOWS_UP = sc.SDE(explosion, lambda t, x: 0.0)


def some_starts(bad: tuple[int, ...]) -> np.ndarray:
    starts = np.zeros(PATHS)
    starts[list(bad)] = 1e10
    return starts


def test_paths_that_explode_are_counted_named_and_left_in_the_means():
    with pytest.warns(
        RuntimeWarning, match=r"2 of 600 paths .*first path 300 at step 2 .*t=0\.2.* from state \["
    ) as caught:
        sol = solve(BLOWS_UP, some_starts((300, 599)), starts=True)
    assert len(caught) == 1
    assert sol.nonfinite == 2
    assert np.isnan(sol.mean[-1]) and np.isnan(sol.var[-1])
    assert np.isfinite(sol.mean[:2]).all()
    assert np.all(sol.x[np.delete(np.arange(PATHS), [300, 599])] == 0.0)
    assert not np.isfinite(sol.x[[300, 599], -1]).any()


def test_streamed_means_of_paths_that_explode_are_nan_too():
    with pytest.warns(RuntimeWarning, match=r"1 of 600 paths .*first path 5"):
        sol = solve(BLOWS_UP, some_starts((5,)), starts=True, save="stats")
    assert sol.nonfinite == 1 and np.isnan(sol.mean[-1]) and np.isfinite(sol.mean[0])


def test_paths_that_explode_can_stop_the_run():
    with pytest.raises(FloatingPointError, match=r"1 of 600 paths .*first path 5 at step 2"):
        solve(BLOWS_UP, some_starts((5,)), starts=True, on_nonfinite="raise")


def test_paths_that_stay_finite_give_no_warning(rng_seed):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solve(rng=rng_seed, on_nonfinite="raise")


def test_after_k_looks_an_interval_takes_the_share_1_over_k_k_plus_1_of_the_error_allowed(rng_seed):
    sol = solve(rng=rng_seed, save="stats")
    for looks, share in ((0, 1.0), (1, 0.5), (2, 1 / 6), (5, 1 / 30)):
        found = dataclasses.replace(sol, info=sol.info | {"looks": looks}).estimate(0.9)
        assert special.ndtr((found.value - found.low) / found.stderr) == pytest.approx(
            1 - 0.1 * share / 2, rel=1e-12
        )
        assert (
            found.high - found.value == pytest.approx(found.value - found.low, rel=1e-12)
            and found.confidence == 0.9
        )


def test_the_end_is_the_last_saved_state_of_each_path(rng_seed):
    options = {"n": 8, "paths": 300, "rng": rng_seed}
    whole = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, **options)
    last = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, save="last", **options)
    assert_same_bits(whole.end, whole.x[:, -1])
    assert_same_bits(last.end, whole.end)
    system = sc.solve(sc.models.lorenz(), (1.0, 1.0, 1.0), 0.1, **options)
    assert system.end.shape == (300, 3)
    streamed = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, save="stats", **options)
    with pytest.raises(ValueError, match='end needs the paths, and save="stats" keeps none'):
        _ = streamed.end
