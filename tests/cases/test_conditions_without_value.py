"""A condition without a value at a state makes the path nan on every route, and it is counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

MOTION = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
PLANE = sc.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 0.5))


def is_low(x):
    return math.log(x) < -3.0


def by_branches(t, x):
    if math.log(x) < -3.0:
        return True
    return False


def in_words(t, x):
    return float(x).hex() != "" and math.log(x) < -3.0  # Numba compiles no hex


CONDITIONS = {
    "below": lambda t, x: math.log(x) < -3.0,
    "above": lambda t, x: -3.0 > math.log(x),
    "or equal": lambda t, x: math.log(x) <= -3.0,
    "not above": lambda t, x: not math.log(x) >= -3.0,
    "a helper": lambda t, x: is_low(x),
    "a helper, and more": lambda t, x: is_low(x) or math.sqrt(x) > 99.0,
    "branches": by_branches,
    "between": lambda t, x: -99.0 < math.log(x) < -3.0,
    "a root": lambda t, x: math.sqrt(x) < math.exp(-1.5),
    "in Python": in_words,
}
GUARDED = {
    "or": lambda t, x: x < 0.0 or math.log(x) < -3.0,
    "a helper": lambda t, x: x < 0.0 or is_low(x),
    "where": lambda t, x: np.log(np.where(x > 0.0, x, 1e-9)) < -3.0,
}


@pytest.mark.filterwarnings("ignore:.*cannot compile")
@pytest.mark.parametrize("save", ["all", "stats"])
@pytest.mark.parametrize("name", CONDITIONS)
def test_a_path_without_an_answer_is_lost_and_counted(rng_seed, name, save):
    """By hand: a path is lost if it is at 0 or below before it is below exp(-3)."""
    how = {"n": 40, "paths": 400, "rng": rng_seed}
    free = sc.solve(MOTION, 1.0, 1.0, **how)
    low = free.x < math.exp(-3.0)
    first = np.where(low.any(axis=1), low.argmax(axis=1), 40)
    at = free.x[np.arange(400), first]
    lost = at < 0.0
    early = lost & (first < 40)  # at the last time the compiled route makes the numbers nan alone
    with pytest.warns(RuntimeWarning, match="paths left the finite range"):
        sol = sc.solve(MOTION, 1.0, 1.0, stop=CONDITIONS[name], save=save, **how)
    assert early.sum() <= sol.nonfinite <= lost.sum() and early.sum() > 0
    assert np.isnan(sol.mean[-1]) and np.isnan(sol.stop_probability.value)
    if save == "all":
        assert_same_bits(np.isnan(sol.stop_time), lost)
        assert_same_bits(np.isnan(sol.end), lost)
        assert_same_bits(sol.stopped, low.any(axis=1) & ~lost)


@pytest.mark.parametrize("name", GUARDED)
def test_a_condition_that_looks_before_it_takes_a_logarithm_has_an_answer(rng_seed, name):
    how = {"n": 40, "paths": 400, "rng": rng_seed}
    free = sc.solve(MOTION, 1.0, 1.0, **how)
    sol = sc.solve(MOTION, 1.0, 1.0, stop=GUARDED[name], **how)
    assert sol.nonfinite == 0 and sol.info["route"] == "compiled"
    assert_same_bits(sol.stopped, (free.x < math.exp(-3.0)).any(axis=1))


def test_a_component_without_an_answer_loses_the_path(rng_seed):
    how = {"n": 40, "paths": 400, "rng": rng_seed, "stop": lambda t, x: is_low(x[1])}
    with pytest.warns(RuntimeWarning, match="paths left the finite range"):
        sol = sc.solve(PLANE, (0.0, 0.4), 1.0, **how)
    assert 0 < sol.nonfinite <= np.isnan(sol.stop_time).sum() < 400
    assert_same_bits(np.isnan(sol.end).all(axis=1), np.isnan(sol.stop_time))


def test_a_comparison_in_the_drift_goes_on_as_numpy_does(rng_seed):
    """Only answers are lost: a drift may compare nan, as NumPy lets it."""
    sde = sc.SDE(lambda t, x: 1.0 if np.log(x) < -3.0 else 0.0, lambda t, x: 1.0)
    sol = sc.solve(sde, 1.0, 1.0, n=40, paths=400, rng=rng_seed)
    assert sol.nonfinite == 0
