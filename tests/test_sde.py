"""An equation keeps what was said of it, whatever else the process has seen."""

from __future__ import annotations

import math

import pytest
from evidence import assert_same_bits

import stochcalc as sc
from stochcalc.engine.registers.slopes import make_central_slope


def stratonovich(rate=1.0):
    return sc.SDE(
        lambda t, x: -rate * x,
        lambda t, x: 0.5 + 0.25 * math.sin(x),
        lam=0.5,
        drift_dx="central",
        diffusion_dx="central",
    )


def test_central_is_kept_after_hundreds_of_other_equations_were_changed():
    sde = stratonovich()
    others = [stratonovich(float(number)) for number in range(400)]
    for other in others:
        for name in ("drift_dx", "diffusion_dx"):
            assert callable(other.function(name))
        assert other.to_ito().drift_dx == "central"
    changed = sde.to_ito()
    assert (changed.drift_dx, changed.diffusion_dx) == ("central", "central")
    assert changed.to_stratonovich().drift_dx == "central"
    assert sc.solve(sde, 1.0, 1.0, n=4, paths=3, rng=1, method="theta").nonfinite == 0


def test_central_differences_are_those_of_the_corrected_drift():
    changed = stratonovich().to_ito()
    slope = changed.function("drift_dx")
    correction = lambda x: (0.5 + 0.25 * math.sin(x)) * 0.25 * math.cos(x)
    exact = -1.0 + 0.5 * (0.25**2 * math.cos(2.0) - 0.5 * 0.25 * math.sin(1.0))
    assert changed.drift(0.0, 1.0) == pytest.approx(-1.0 + 0.5 * correction(1.0), rel=1e-8)
    assert slope(0.0, 1.0) == pytest.approx(exact, rel=1e-4)
    assert slope is not make_central_slope(stratonovich().drift, "scalar")


def test_a_derivative_that_was_given_is_not_kept_for_another_drift():
    sde = sc.SDE(
        lambda t, x: -x,
        lambda t, x: 0.5 * x,
        lam=0.5,
        drift_dx=lambda t, x: -1.0,
        diffusion_dx=lambda t, x: 0.5,
    )
    assert sde.to_ito().drift_dx is None
    assert sde.to(0.5).drift_dx is sde.drift_dx
    assert sde.to_ito().diffusion_dx is sde.diffusion_dx


def test_the_same_equation_written_again_gives_the_same_bits():
    first, second = (
        sc.solve(stratonovich(), 1.0, 1.0, n=4, paths=3, rng=1, method="theta").x for _ in range(2)
    )
    assert_same_bits(first, second)
