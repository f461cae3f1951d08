"""Between two barriers, steps may be wider than the strip: the side has its law at any width."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from passage_problems import moving, ruin

import stochcalc as sc

W = moving(0.0, 1.0)


@pytest.mark.parametrize("n", [1, 7])
def test_steps_may_be_much_wider_than_the_strip(rng_seed, n):
    """A step has a standard deviation of 10.5 widths, or of 4."""
    found = sc.first_passage(W, 0.0, (-1.0, 2.0), 1000.0, n=n, paths=200_000, rng=rng_seed)
    assert_mean(found.low_first, 2.0 / 3.0, sigmas=7)
    assert found.probability.value == 1.0 and found.nonfinite == 0
    pair = sc.SDE(lambda t, x: (0.0, 0.0), lambda t, x: ((0.6, 0.8), (0.0, 9.0)), noise="general")
    other = sc.first_passage(
        pair, (0.0, 0.0), (-1.0, 2.0), 1000.0, n=n, component=0, paths=200_000, rng=rng_seed
    )
    assert_mean(other.low_first, 2.0 / 3.0, sigmas=7)
    with must_reject("a coin"):
        assert_mean(other.low_first, 0.5)


def wide_drift(t, x, mu):
    return mu


def wide_noise(t, x, mu):
    return 12.0


def test_a_wide_step_with_a_drift_leaves_as_the_scale_function_says(rng_seed):
    """A step of 6 widths, of which the drift makes 3."""
    sde = sc.SDE(wide_drift, wide_noise, args=(6.0,))
    found = sc.first_passage(sde, 0.4, (-1.0, 1.0), 1.0, n=1, paths=400_000, rng=rng_seed)
    assert_mean(found.low_first, ruin(-1.0, 1.0, 0.4, 6.0, 12.0), sigmas=7)
    assert found.probability.value == 1.0 and found.nonfinite == 0
    with must_reject("without the drift"):
        assert_mean(found.low_first, 0.3)


@pytest.mark.parametrize("size", [20.0, 60.0, 1e6])
def test_a_volatility_that_grows_makes_wide_steps_whose_law_is_exact(rng_seed, size):
    """Nearly still for half of the time, then a step of many widths: everything leaves."""
    sde = sc.SDE(
        lambda t, x, size: 0.0, lambda t, x, size: 1e-3 if t < 0.25 else size, args=(size,)
    )
    for barrier in ((-1.0, 1.0), (lambda t: -1.0 - 0.5 * t, lambda t: 1.0 - 0.5 * t)):
        found = sc.first_passage(sde, -0.5, barrier, 1.0, n=2, paths=200_000, rng=rng_seed)
        low, high = (-1.0, 1.0) if barrier == (-1.0, 1.0) else (-1.25, 0.75)
        # A barrier that moves is a drift of 0.5 in the strip that does not.
        mu = 0.0 if barrier == (-1.0, 1.0) else 0.5
        due = (high + 0.5) / (high - low) if mu == 0.0 else ruin(low, high, -0.5, mu, size)
        assert_mean(found.low_first, due, sigmas=7)
        assert found.probability.value == 1.0
        assert np.isin(found.side, (-1, 1)).all() and (found.times >= 0.5).all()
        with must_reject("a coin"):
            assert_mean(found.low_first, 0.5)


def test_paths_that_a_drift_takes_too_far_out_in_a_wide_step_are_reported(rng_seed):
    """The distance is 500 widths, and V = 36: the times are nan, and nobody is left out."""
    sde = sc.SDE(wide_drift, wide_noise, args=(1000.0,))
    how = {"n": 1, "paths": 300, "rng": rng_seed}
    with pytest.warns(RuntimeWarning, match=r"300 of 300 paths left the finite range"):
        found = sc.first_passage(sde, 0.0, (-1.0, 1.0), 1.0, **how)
    assert np.isnan(found.times).all() and np.isnan(found.states).all()
    assert math.isnan(found.low_first.value) and math.isnan(found.probability.value)
    with pytest.warns(RuntimeWarning, match=r"300 of 300 paths left the finite range"):
        stats = sc.first_passage(sde, 0.0, (-1.0, 1.0), 1.0, save="stats", **how)
    assert stats.nonfinite == 300 and math.isnan(stats.low_first.value)
    pair = sc.SDE(lambda t, x: (1000.0, 0.0), lambda t, x: (12.0, 1.0))
    with pytest.warns(RuntimeWarning, match=r"300 of 300 paths left the finite range"):
        other = sc.first_passage(pair, (0.0, 0.0), (-1.0, 1.0), 1.0, component=0, **how)
    assert np.isnan(other.times).all()
