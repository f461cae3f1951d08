"""Where Python raises an error no `max`, comparison or branch of compiled code hides the nan."""

from __future__ import annotations

import math
from math import sqrt

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

HOW = {"n": 40, "paths": 300}
LEVEL = 0.7  # a path that is below it is where the functions here have no value


def one(t, x):
    return 1.0


def clamp(y):
    return max(0.0, y)


def root(x):
    return math.sqrt(x - LEVEL)


HIDING = {
    "max": lambda t, x: 0.0 * max(0.0, math.log(x - LEVEL)),
    "min": lambda t, x: 0.0 * min(1.0, math.sqrt(x - LEVEL)),
    "max first": lambda t, x: 0.0 * max(math.sqrt(x - LEVEL), 0.0),
    "np.maximum": lambda t, x: 0.0 * np.maximum(math.sqrt(x - LEVEL), 0.0),
    "a name of its own": lambda t, x: 0.0 * max(0.0, sqrt(x - LEVEL)),
    "a helper hides": lambda t, x: 0.0 * clamp(math.sqrt(x - LEVEL)),
    "a helper has none": lambda t, x: 0.0 * max(0.0, root(x)),
    "a comparison": lambda t, x: 0.0 * (math.sqrt(x - LEVEL) < 0.5),
    "a branch": lambda t, x: 0.0 if math.sqrt(x - LEVEL) < 0.5 else -0.0,
    "where": lambda t, x: 0.0 * np.where(x > LEVEL, math.sqrt(x - LEVEL), 0.0),
    "a power": lambda t, x: 0.0 * max(0.0, (x - LEVEL) ** 0.5),
    "pow": lambda t, x: 0.0 * max(0.0, pow(x - LEVEL, 0.5)),
    "math.pow": lambda t, x: 0.0 * max(0.0, math.pow(x - LEVEL, 1.5)),
    "log1p": lambda t, x: 0.0 * max(0.0, math.log1p(x - LEVEL - 1.0)),
    "log2": lambda t, x: 0.0 * max(0.0, math.log2(x - LEVEL)),
    "log10": lambda t, x: 0.0 * max(0.0, math.log10(x - LEVEL)),
    "acosh": lambda t, x: 0.0 * max(0.0, math.acosh(x - LEVEL + 1.0)),
    "acos": lambda t, x: 0.0 * max(0.0, math.acos(1.0 - max(x - LEVEL, -1.0) / 99.0)),
    "exp": lambda t, x: 0.0 * min(5.0, math.exp(1e15 * (LEVEL - x))),
    "cosh": lambda t, x: 0.0 * min(5.0, math.cosh(1e15 * min(x - LEVEL, 0.0))),
    "isnan": lambda t, x: 1.0 if math.isnan(math.sqrt(x - LEVEL)) else 0.0,
}
GUARDED = {
    "a branch": lambda t, x: math.sqrt(x - LEVEL) if x > LEVEL else 0.0,
    "max inside": lambda t, x: math.sqrt(max(x - LEVEL, 0.0)),
    "and": lambda t, x: 1.0 if x > LEVEL and math.sqrt(x - LEVEL) > 0.1 else 0.0,
}
AS_NUMPY = {
    "max": lambda t, x: 0.0 * max(0.0, np.sqrt(x - LEVEL)),
    "min": lambda t, x: 0.0 * min(5.0, np.exp(1e15 * (LEVEL - x))),
    "where": lambda t, x: 0.0 * np.where(x > LEVEL, np.sqrt(x - LEVEL), 0.0),
}


@pytest.mark.parametrize("name", HIDING)
def test_a_path_is_lost_where_python_raises_an_error(rng_seed, name):
    """The drift is 0 where it has a value, so the paths are x0 + W until one is below the level."""
    W = sc.brownian(paths=HOW["paths"], n=HOW["n"], rng=rng_seed)
    low = 1.0 + W.values[:, :-1] < LEVEL
    with pytest.warns(RuntimeWarning, match="left the finite range"):
        sol = sc.solve(sc.SDE(HIDING[name], one), 1.0, 1.0, rng=rng_seed, **HOW)
    assert sol.info["route"] == "compiled"
    assert_same_bits(np.isnan(sol.end), low.any(axis=1))
    assert sol.nonfinite == low.any(axis=1).sum() > 0


@pytest.mark.parametrize("functions", [GUARDED, AS_NUMPY], ids=["guarded", "as NumPy"])
def test_a_function_that_looks_first_and_one_of_numpy_go_on(rng_seed, functions):
    for function in functions.values():
        sol = sc.solve(sc.SDE(function, one), 1.0, 1.0, rng=rng_seed, **HOW)
        assert sol.nonfinite == 0 and sol.info["route"] == "compiled"
        assert (sol.x.min(axis=1) < LEVEL).any()


@pytest.mark.parametrize("name", ["max", "a helper has none", "a power"])
def test_every_other_function_of_the_user_is_lost_as_well(rng_seed, name):
    """A diffusion, an integrand and a test of a study, whose values are not finite then."""
    bad = HIDING[name]
    with pytest.warns(RuntimeWarning, match="left the finite range"):
        sol = sc.solve(sc.SDE(one, lambda t, x: 1.0 + bad(t, x)), 1.0, 1.0, rng=rng_seed, **HOW)
    assert sol.nonfinite > 0
    W = sc.brownian(paths=HOW["paths"], n=HOW["n"], rng=rng_seed)
    low = (1.0 + W.values[:, :-1] < LEVEL).any(axis=1)
    with pytest.warns(RuntimeWarning):
        sums = sc.riemann_sum(lambda t, w: bad(t, 1.0 + w), W, 0.0)
    assert_same_bits(np.isnan(sums), low)


def test_a_complex_power_is_no_value_on_the_way_through_python(rng_seed):
    """A path that runs in Python is lost where the power is complex, as in compiled code."""

    def in_words(t, x):
        hidden = max(0.0, (x - LEVEL) ** 0.5)
        return 0.0 * len(float(hidden).hex())  # Numba compiles no hex

    W = sc.brownian(paths=20, n=10, rng=rng_seed)
    low = (1.0 + W.values[:, :-1] < LEVEL).any(axis=1)
    with pytest.warns(RuntimeWarning):
        sol = sc.solve(sc.SDE(in_words, one), 1.0, 1.0, n=10, paths=20, rng=rng_seed)
    assert sol.info["route"] == "numpy"
    assert_same_bits(np.isnan(sol.end), low)
