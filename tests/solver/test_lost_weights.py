"""Weights that are 0, too large, unknown or of few paths; what is said of a path that is lost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits
from small_equations import one

import stochcalc as sc

MOTION = sc.SDE(lambda t, x: 0.0, one)


@pytest.mark.parametrize("on_arrays", [False, True])
def test_a_path_that_is_surely_dead_has_the_weight_0_and_is_no_accident(rng_seed, on_arrays):
    """A rate that is infinite beyond 1 is a wall that absorbs, seen at grid times."""
    sde = MOTION
    rate = wall
    if on_arrays:
        sde = sc.SDE(lambda t, x: 0.0 * x, lambda t, x: 1.0 + 0.0 * x, vectorized=True)
        rate = wall_of_arrays
    how = {"n": 8, "paths": 500, "rng": rng_seed, "killing": rate}
    sol = sc.solve(sde, 0.0, **how)
    dead = (sol.x > 1.0).any(axis=1)
    assert_same_bits(sol.log_weight[:, -1] == -math.inf, dead)
    assert sol.nonfinite == 0 and not np.isnan(sol.log_weight).any()
    assert sol.weighted_mean(np.ones_like).value == 1.0 - dead.mean()
    first = int(np.argmax(dead))
    assert sol.replay(first).nonfinite == 0
    stats = sc.solve(sde, 0.0, save="stats", **how)
    assert stats.weight_moments[-1].mean == pytest.approx(1.0 - dead.mean(), rel=1e-12)


def wall(t, x):
    return math.inf if x > 1.0 else 0.0


def wall_of_arrays(t, x):
    return np.where(x > 1.0, np.inf, 0.0)


def test_a_path_without_a_weight_is_reported_and_not_dropped(rng_seed):
    said = r"paths have a weight that is not finite, first path \d+ at step .*: let the functions"
    with pytest.warns(RuntimeWarning, match=said):
        sol = sc.solve(
            MOTION,
            0.0,
            n=4,
            paths=500,
            rng=rng_seed,
            killing=lambda t, x: 0.0 if x < 1.0 else math.nan,
        )
    lost = np.isnan(sol.log_weight[:, -1])
    assert sol.nonfinite == lost.sum() > 0
    assert sol.replay(int(np.argmax(lost))).nonfinite == 1


@pytest.mark.parametrize("save", ["last", "stats"])
def test_weights_beyond_floats_are_reported(rng_seed, save):
    how = {"n": 8, "paths": 300, "rng": rng_seed, "killing": lambda t, x: -2000.0 * x * x}
    with pytest.warns(RuntimeWarning, match=r"a weight is beyond the largest float.*log_weight"):
        sc.solve(MOTION, 0.0, save=save, **how)
    with pytest.raises(FloatingPointError, match="a weight is beyond the largest float"):
        sc.solve(MOTION, 0.0, save=save, on_nonfinite="raise", **how)


@pytest.mark.parametrize("rate", [0.5, 400.0, 1000.0])
def test_equal_weights_are_worth_all_paths_however_small_they_are(rng_seed, rate):
    sol = sc.solve(MOTION, 0.0, n=4, paths=1000, rng=rng_seed, killing=rate, save="last")
    assert sol.effective_sample_size == pytest.approx(1000.0)
    mean = sol.weighted_mean(normalized=True)
    assert mean.value == pytest.approx(sol.end.mean(), rel=1e-9)
    assert_mean(mean, 0.0)
    assert "effective sample size" in repr(sol)
    stats = sc.solve(MOTION, 0.0, n=4, paths=1000, rng=rng_seed, killing=rate, save="stats")
    size = stats.effective_sample_size  # from moments, whose squares may be below floats
    assert math.isnan(size) or size == pytest.approx(1000.0)
    assert repr(stats)


def test_one_path_has_no_standard_error_and_few_of_many_are_warned_of(rng_seed):
    one_path = sc.solve(MOTION, 0.0, n=4, paths=1, rng=rng_seed, killing=1.0)
    assert math.isnan(one_path.weighted_mean(normalized=True).stderr)
    assert one_path.effective_sample_size == 1.0
    how = {"n": 64, "paths": 1000, "rng": rng_seed, "girsanov": 8.0}
    sol = sc.solve(MOTION, 0.0, save="last", **how)
    said = r"the mean of 1000 weighted paths rests on .* of them: neither"
    for normalized in (False, True):
        with pytest.warns(RuntimeWarning, match=said):
            sol.weighted_mean(normalized=normalized)
    equal = sc.solve(MOTION, 0.0, n=1, paths=1000, rng=rng_seed, killing=1.0, save="last")
    with pytest.warns(RuntimeWarning, match=r"rests on 0 of them"):
        equal.weighted_mean(lambda x: x > 20.0)
    equal.weighted_mean(lambda x: x > 1.0)  # some 160 paths, and no warning


def test_a_function_of_the_states_cannot_change_them(rng_seed):
    sol = sc.solve(MOTION, 0.0, n=4, paths=100, rng=rng_seed, killing=1.0, save="last")
    with pytest.raises(ValueError, match=r"f\(x\) with x of shape \(100,\) fails: .*read-only"):
        sol.weighted_mean(lambda x: np.maximum(x, 0.0, out=x))


COMPANIONS = {
    "stop": {"stop": lambda t, x: x > 50.0},
    "killing": {"killing": lambda t, x: x * x},
    "girsanov": {"girsanov": lambda t, x: -x},
    "reflect": {"reflect": (-9.0, 9.0)},
}


@pytest.mark.parametrize("name", COMPANIONS)
def test_a_lost_path_is_reported_beside_a_companion_with_starts_of_their_own(rng_seed, name):
    sde = sc.SDE(lambda t, x: 0.0, lambda t, x: math.sqrt(x))
    with pytest.warns(RuntimeWarning, match="left the finite range"):
        sol = sc.solve(
            sde,
            np.full(40, 0.1),
            1.0,
            n=64,
            paths=40,
            starts=True,
            rng=rng_seed,
            **COMPANIONS[name],
        )
    assert sol.nonfinite > 0


def test_functions_are_tried_where_a_reflected_path_was_and_nowhere_else(rng_seed):
    """Without its wall the path would read beyond the table, which is not what went wrong."""

    def drift(t, x, m):
        return m[int(2.0 * x)] * 0.0

    sde = sc.SDE(drift, lambda t, x, m: math.sqrt(x), args=(np.array([0.1, 0.2, 0.3]),))
    with pytest.warns(RuntimeWarning, match="left the finite range"):
        sc.solve(sde, 0.95, 4.0, n=64, paths=64, rng=rng_seed, reflect=(None, 1.0))


def test_a_number_is_a_constant_function(rng_seed):
    how = {"n": 8, "paths": 300, "rng": rng_seed}
    number = sc.solve(MOTION, 0.0, girsanov=0.5, killing=2, **how)
    function = sc.solve(MOTION, 0.0, girsanov=lambda t, x: 0.5, killing=lambda t, x: 2.0, **how)
    assert_same_bits(number.log_weight, function.log_weight)
    two = sc.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0))
    tuple_of_them = sc.solve(two, (0.0, 0.0), girsanov=(0.5, -1), **how)
    function = sc.solve(two, (0.0, 0.0), girsanov=lambda t, x: (0.5, -1.0), **how)
    assert_same_bits(tuple_of_them.log_weight, function.log_weight)


def test_a_wall_too_near_for_the_steps_is_warned_of_and_large_moves_end_at_the_right_one(rng_seed):
    said = r"steps of standard deviation 1: a path may meet both walls.*shorter than 0\.0625"
    with pytest.warns(RuntimeWarning, match=said):
        sc.solve(MOTION, 0.5, n=1, paths=9, rng=rng_seed, reflect=(0.0, 1.0))
    pushed = sc.SDE(lambda t, x: 1e17, lambda t, x: 0.1)
    sol = sc.solve(pushed, 0.6, n=4, paths=9, rng=rng_seed, reflect=(0.0, 1.0))
    assert (sol.x[:, 1:] == 1.0).all()
