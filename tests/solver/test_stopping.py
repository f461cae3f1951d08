"""solve(stop=): a path keeps its state from the first grid time at which the condition holds."""

from __future__ import annotations

import math
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from small_equations import pair, solve_number

import stochcalc as sc
from stochcalc.passage.chain_law import chain_passage

inf = math.inf


def minus(t, x):
    return -x


def nothing(t, x):
    return 0.0


def half(t, x):
    return 0.5


def far(t, x):
    return abs(x) > 0.6


def left(t, x):
    return x[0] < 0.5


def stop_by_hand(free: sc.Solution, holds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stop paths that were stored without a stop; `holds` says where and when the condition did."""
    first = np.where(holds.any(axis=1), holds.argmax(axis=1), len(free.t) - 1)
    time = np.where(holds.any(axis=1), free.t[first], inf)
    index = np.minimum(np.arange(len(free.t)), first[:, None])
    if free.x.ndim == 3:
        index = index[..., None]
    return np.take_along_axis(free.x, index, axis=1), time


SYSTEMS = {
    "diagonal, milstein": (pair, lambda t, x: (0.3 * x[0], 0.2), "diagonal", "milstein"),
    "scalar": (pair, lambda t, x: (0.3, 0.2 * x[1]), "scalar", "euler_maruyama"),
    "general, areas": (
        pair,
        lambda t, x: ((0.3, 0.2 * x[0]), (0.1 * x[1], 0.5)),
        "general",
        "sri2",
    ),
    "additive, three drivers": (pair, lambda t, x: (0.3, 0.4), "additive", "sra1"),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_stopped_path_is_the_path_of_the_same_noise_kept_where_it_was(rng_seed, name):
    a, b, noise, method = SYSTEMS[name]
    dx = "central" if method == "milstein" else None
    sde = sc.SDE(a, b, noise=noise, diffusion_dx=dx)
    how = {"T": 2.0, "n": 40, "paths": 600, "method": method, "rng": rng_seed}
    free = sc.solve(sde, (1.0, 0.5), **how)
    sol = sc.solve(sde, (1.0, 0.5), stop=left, **how)
    x, time = stop_by_hand(free, free.x[..., 0] < 0.5)
    assert_same_bits(sol.x, x)
    assert_same_bits(sol.stop_time, time)
    assert 0 < sol.stopped.sum() and not sol.stopped[np.isinf(time)].any()
    assert_same_bits(sol.stop_state[sol.stopped], x[sol.stopped, -1])
    assert np.isnan(sol.stop_state[~sol.stopped]).all()


MODELS = {
    "gbm": (sc.models.gbm(0.1, 0.5), 1.0, lambda t, x, mu, sigma: x > 1.0 + mu + sigma),
    "ou": (sc.models.ou(2.0, 0.5, 1.0), 0.3, lambda t, x, *args: abs(x - args[1]) > 0.6),
    "a table": (
        sc.SDE(lambda t, x, p: -p[0] * x, lambda t, x, p: p[1], args=(np.array([1.0, 0.5]),)),
        0.0,
        lambda t, x, p: abs(x) > p[1],
    ),
}


@pytest.mark.parametrize("method", ["euler_maruyama", "exact"])
@pytest.mark.parametrize("name", MODELS)
def test_an_equation_with_parameters_stops_where_its_condition_says(rng_seed, name, method):
    sde, x0, stop = MODELS[name]
    if method == "exact" and name not in sc.models.__all__:
        method = "tamed_euler"
    how = {"T": 1.0, "n": 30, "paths": 600, "method": method, "rng": rng_seed}
    free = sc.solve(sde, x0, **how)
    holds = np.vectorize(lambda x: stop(0.0, x, *sde.args))(free.x)
    x, time = stop_by_hand(free, holds)
    sol = sc.solve(sde, x0, stop=stop, **how)
    assert_same_bits(sol.x, x)
    assert_same_bits(sol.stop_time, time)
    assert 0 < sol.stopped.sum() < 600
    stats = sc.solve(sde, x0, stop=stop, save="stats", **how)
    assert stats.stop_probability == sol.stop_probability


def test_a_number_stops_on_any_grid_of_times_and_from_starts_of_its_own(rng_seed):
    starts = np.linspace(-1.0, 1.0, 300)
    W = sc.brownian(partition=sc.Partition.random(2.0, 33, rng=rng_seed), paths=300, rng=rng_seed)
    sde = sc.SDE(minus, half)
    free = sc.solve(sde, starts, noise=W, starts=True)
    sol = sc.solve(sde, starts, noise=W, starts=True, stop=far)
    x, time = stop_by_hand(free, np.abs(free.x) > 0.6)
    assert_same_bits(sol.x, x)
    assert_same_bits(sol.stop_time, time)
    assert_same_bits(sol.stop_time[0], np.float64(0.0))  # it starts beyond


def test_a_condition_on_time_alone_holds_on_the_very_grid_time(rng_seed):
    sol = sc.solve(
        sc.SDE(minus, half), 1.0, 1.0, t0=-0.4, n=7, rng=rng_seed, stop=lambda t, x: t >= 0.2
    )
    k = int(np.argmax(sol.t >= 0.2))
    assert_same_bits(sol.stop_time, sol.t[k : k + 1])
    last = sc.solve(sc.SDE(minus, half), 1.0, 0.7, n=3, rng=rng_seed, stop=lambda t, x: t >= 0.7)
    assert last.stop_time[0] == 0.7 and last.stopped[0]


def test_the_bits_do_not_depend_on_threads_processes_or_what_is_saved(rng_seed):
    how = {"T": 1.0, "n": 20, "paths": 3000, "rng": rng_seed, "stop": far}
    sde = sc.SDE(minus, half)
    sol = sc.solve(sde, 0.0, workers=1, **how)
    two = sc.solve(sde, 0.0, workers=2, **how)
    with ProcessPoolExecutor(1) as pool:
        elsewhere = sc.solve(sde, 0.0, executor=pool, **how)
    last = sc.solve(sde, 0.0, save="last", **how)
    some = sc.solve(sde, 0.0, save=[0.25, 0.5], **how)
    assert_same_bits(sol.x, two.x, elsewhere.x)
    assert_same_bits(sol.stop_time, two.stop_time, elsewhere.stop_time, last.stop_time)
    assert_same_bits(sol.stop_time, some.stop_time)
    assert_same_bits(sol.stop_state, last.stop_state, some.stop_state)
    assert_same_bits(sol.x[:, -1:], last.x)
    assert_same_bits(sol.x[:, [5, 10]], some.x)
    stats = sc.solve(sde, 0.0, save="stats", **how)
    assert_same_bits(stats.mean, sol.mean)
    assert_same_bits(stats.var, sol.var)
    assert stats.stop_probability == sol.stop_probability == some.stop_probability
    assert stats.mean_stop_time == sol.mean_stop_time == last.mean_stop_time
    assert sol.stop_probability.value == sol.stopped.mean()
    for other in (sol, last, some, stats):
        one = other.replay(2500)
        assert_same_bits(one.x[0], sol.x[2500])
        assert_same_bits(one.stop_time[0], sol.stop_time[2500])


def test_statistics_of_a_system_at_some_times_are_those_of_its_stopped_paths(rng_seed):
    how = {"T": 1.0, "n": 16, "paths": 1000, "rng": rng_seed, "stop": left}
    sde = sc.SDE(pair, lambda t, x: (0.4, 0.4))
    sol, stats = (sc.solve(sde, (1.0, 0.0), save=save, **how) for save in ("all", "stats"))
    assert stats.mean.shape == (17, 2)
    assert_same_bits(stats.mean, sol.mean)
    assert_same_bits(stats.stderr, sol.stderr)
    enough = sc.solve(sde, (1.0, 0.0), save="last", target_stderr=0.05, **how)
    assert (enough.stderr <= 0.05).all() and enough.info["looks"] >= 1


def test_the_routes_in_numpy_stop_the_same_paths(rng_seed):
    how = {"T": 2.0, "n": 20, "paths": 700, "rng": rng_seed}
    compiled = sc.solve(sc.SDE(pair, lambda t, x: (0.4, 0.3)), (1.0, 0.0), stop=left, **how)
    arrays = sc.SDE(
        lambda t, x: np.stack((x[1], -x[0])),
        lambda t, x: np.array([0.4, 0.3])[:, None] + 0.0 * x,
        vectorized=True,
    )
    in_numpy = sc.solve(arrays, (1.0, 0.0), stop=left, **how)

    def wordy(t, x):
        return float(x[0]).hex() != "" and x[0] < 0.5

    def wordy_number(t, x):
        return bool(np.any([float(x).hex(), x > 0.6])) and x > 0.6

    assert in_numpy.info["route"] == "numpy" and compiled.info["route"] == "compiled"
    for save in ("all", "stats"):
        options = {**how, "save": save}
        at_once = sc.solve(arrays, (1.0, 0.0), stop=left, **options)
        with pytest.warns(RuntimeWarning, match="cannot compile .*wordy"):
            by_path = sc.solve(
                sc.SDE(pair, lambda t, x: (0.4, 0.3)), (1.0, 0.0), stop=wordy, **options
            )
        for other in (at_once, by_path):
            assert other.info["route"] == "numpy"
            assert np.allclose(other.mean, compiled.mean, rtol=1e-12)
            assert other.stop_probability == compiled.stop_probability
    assert np.allclose(in_numpy.x, compiled.x, rtol=1e-12)
    assert_same_bits(in_numpy.stop_time, compiled.stop_time)
    one = in_numpy.replay(600)
    assert_same_bits(one.stop_time[0], in_numpy.stop_time[600])
    with pytest.warns(RuntimeWarning, match="cannot compile .*wordy_number"):
        number = solve_number(stop=wordy_number, x0=0.0, n=16, paths=300, rng=rng_seed)
    plain = solve_number(stop=lambda t, x: x > 0.6, x0=0.0, n=16, paths=300, rng=rng_seed)
    assert_same_bits(number.stop_time, plain.stop_time)


@pytest.mark.parametrize("n", [1, 4, 16])
def test_the_law_of_the_stop_is_that_of_a_chain_of_n_steps(rng_seed, n):
    """On a grid of n times, W stops above 1 with a probability that quadrature knows.

    And the stopped walk is a martingale, whose square less the time is one as well.
    """
    motion = sc.SDE(nothing, lambda t, x: 1.0)
    sol = sc.solve(
        motion, 0.0, 1.0, n=n, paths=400_000, save="last", rng=rng_seed, stop=lambda t, x: x >= 1.0
    )
    assert_mean(sol.stop_probability, chain_passage(n, 1.0, 0.0, 1.0, correction=False), sigmas=7)
    time = np.minimum(sol.stop_time, 1.0)
    assert_mean(sol.end, 0.0, sigmas=7)
    assert_mean(sol.end**2 - time, 0.0, sigmas=7)
    if n > 1:
        with must_reject("the continuous motion"):
            assert_mean(sol.stop_probability, chain_passage(n, 1.0, 0.0, 1.0))
    with must_reject("a walk that is put on the level where it stopped above"):
        assert_mean(np.minimum(sol.end, 1.0), 0.0)


def test_paths_that_leave_the_finite_range_have_no_time(rng_seed):
    wild = sc.SDE(lambda t, x: x**3, lambda t, x: 1.0)
    how = {"n": 20, "paths": 300, "rng": rng_seed, "stop": lambda t, x: x < -2.0}
    with pytest.warns(RuntimeWarning, match=r"of 300 paths left the finite range"):
        sol = sc.solve(wild, 0.0, 8.0, **how)
    assert 0 < sol.nonfinite < 300 and sol.stopped.any()
    assert np.isnan(sol.stop_time).sum() == sol.nonfinite
    assert math.isnan(sol.stop_probability.value) and math.isnan(sol.mean_stop_time.value)
    with pytest.warns(RuntimeWarning, match=r"of 300 paths left the finite range"):
        stats = sc.solve(wild, 0.0, 8.0, save="stats", **how)
    assert stats.nonfinite == sol.nonfinite and math.isnan(stats.stop_probability.value)


def test_a_stopped_solution_travels_through_pickle_and_prints_itself(rng_seed):
    for stop, sde in ((far, sc.SDE(minus, half)), (left, sc.SDE(pair, pair, noise="scalar"))):
        x0 = 0.0 if stop is far else (1.0, 0.0)
        sol = sc.solve(sde, x0, 1.0, n=8, paths=300, rng=rng_seed, stop=stop)
        again = pickle.loads(pickle.dumps(sol))
        assert_same_bits(again.stop_time, sol.stop_time)
        assert_same_bits(again.replay(299).x[0], sol.x[299])
        assert f"stopped with probability {sol.stop_probability}" in repr(sol)


def test_a_run_without_stops_says_what_is_missing():
    with pytest.raises(ValueError, match=r"stop_time needs a run with a condition: solve"):
        solve_number(rng=1).stop_time  # noqa: B018
    stats = solve_number(rng=1, save="stats", stop=lambda t, x: x > 2.0, paths=10)
    for name in ("stopped", "stop_time", "stop_state"):
        with pytest.raises(ValueError, match=f'{name} needs the paths, and save="stats"'):
            getattr(stats, name)
