"""Functions that return integers move paths as their floats do, in every scheme, to the bit."""

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

SCHEMES = [
    name
    for name, method in sc.METHODS.items()
    if "diagonal" in method.strong_order and not method.is_exact
]


def moved(drift, diffusion, method):
    sde = sc.SDE(drift, diffusion, drift_dx="central", diffusion_dx="central")
    return sc.solve(sde, 1.0, 1.0, n=8, paths=300, method=method, key=3, save="last").x


@pytest.mark.parametrize("method", SCHEMES)
def test_a_noise_of_small_unsigned_integers_is_not_subtracted_as_such(method):
    drift = lambda t, x: -x
    small = moved(drift, lambda t, x: np.uint8(1) if x > 0.3 else np.uint8(2), method)
    assert_same_bits(small, moved(drift, lambda t, x: 1.0 if x > 0.3 else 2.0, method))
    assert np.abs(small).max() < 100.0


@pytest.mark.parametrize("method", SCHEMES)
def test_a_drift_of_large_integers_does_not_overflow(method):
    large = moved(lambda t, x: 5 * 10**18, lambda t, x: 1, method)
    assert_same_bits(large, moved(lambda t, x: 5e18, lambda t, x: 1.0, method))
    assert (large > 1.0).all()
