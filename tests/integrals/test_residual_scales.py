"""Ito's formula along a path does not depend on the unit in which the path is measured."""

from __future__ import annotations

import math

import numpy as np
import pytest

import stochcalc as sc

GBM = sc.models.gbm(0.1, 0.3)


def residual_of(x0: float, unit: float, rng_seed: int) -> np.ndarray:
    """What Ito's formula for log leaves over, along paths from x0; the step depends on `unit`."""
    X = sc.solve(GBM, x0, 1.0, n=200, paths=200, rng=rng_seed)
    return sc.ito_residual(lambda t, x: math.log(x / unit), X, sde=GBM)


@pytest.mark.parametrize("unit", [1e-6, 1e-2, 1e3, 1e6])
def test_the_residual_of_a_path_in_another_unit_is_the_same(rng_seed, unit):
    here = residual_of(1.0, 1.0, rng_seed)
    there = residual_of(unit, unit, rng_seed)
    assert np.isfinite(there).all()
    # The difference quotients have errors of rounding, far below what the formula leaves over.
    assert np.abs(there - here).max() < 1e-3 * here.std()
