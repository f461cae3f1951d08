"""The mean exit time of Euler's scheme: of order h with bridges, sqrt(h) on grid times alone."""

from __future__ import annotations

import math

import numpy as np
from evidence import assert_order, must_reject, sample_size
from scipy.integrate import quad

import stochcalc as sc

T = 15.0  # hardly a path is left inside by then
STEPS = (120, 240, 480)
PULLED = sc.SDE(lambda t, x: -x, lambda t, x: 1.0)


def mean_exit_time():
    """E tau of dX = -X dt + dW from 0 to -1 or 1: u''/2 - x u' = -1, u(-1) = u(1) = 0."""
    return quad(lambda y: math.sqrt(math.pi) * math.exp(y * y) * math.erf(y), 0.0, 1.0)[0]


def fit_order(seed, correction):
    """The slope of log |bias| against log h, with its standard error."""
    logs, errors = [], []
    for n in STEPS:
        found = sc.first_passage(
            PULLED,
            0.0,
            (-1.0, 1.0),
            T,
            n=n,
            paths=sample_size(200_000),
            save="stats",
            rng=seed + n,
            correction=correction,
        )
        bias = found.mean_restricted.value - mean_exit_time()
        logs.append(math.log(abs(bias)))
        errors.append(found.mean_restricted.stderr / abs(bias))
    x = np.log(T / np.array(STEPS))
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    return float(weights @ logs), float(np.sqrt(np.sum((weights * errors) ** 2)))


def test_the_bias_of_the_exit_time_is_of_order_h_with_bridges_and_sqrt_h_without(rng_seed):
    """At these steps the slope with bridges is 0.85, and rises to 1."""
    assert_order(fit_order(rng_seed, True), 1.0, tolerance=0.2)
    grid = fit_order(rng_seed, False)
    assert_order(grid, 0.5, tolerance=0.1)
    with must_reject("grid times alone"):
        assert_order(grid, 1.0, tolerance=0.2)
