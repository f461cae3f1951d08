"""The error of the backward equation covers what its answer is off by, or the cells are refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import stochcalc as sc

MOTION = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)


def refused_or_covered(solve, x, exact) -> bool:
    """Whether an answer is refused, after a check that one that is not is as right as it says."""
    try:
        u = solve()
    except ValueError as error:
        if "is too few" not in str(error):
            raise
        return True
    assert (np.abs(u(x) - exact) <= u.error(x)).all()
    return False


@pytest.mark.parametrize("T", [1e-6, 1e-4, 1e-3, 8.2e-3, 1e-2, 0.1, 1.0])
def test_a_short_time_is_refused_or_its_error_covers_what_is_off(T):
    """The mean of max(W_T - 0.01, 0) and the probability that W_T > 0.01, for cells of 0.0225."""
    x = np.linspace(-0.5, 0.5, 401)
    spread = math.sqrt(T)
    d = (x - 0.01) / spread
    call = spread * (d * stats.norm.cdf(d) + stats.norm.pdf(d))
    cases = (
        (lambda y: max(y - 0.01, 0.0), call),
        (lambda y: float(y > 0.01), stats.norm.cdf(d)),
    )
    for f, exact in cases:

        def solve(f=f):
            return sc.backward_equation(MOTION, f, T, -9.0, 9.0, breaks=[0.01])

        assert refused_or_covered(solve, x, exact) == (T < 8e-3)


@pytest.mark.parametrize("T", [1e-6, 1e-5, 1.01e-4, 1e-3])
def test_a_short_time_at_a_wall_is_refused_or_its_error_covers_what_is_off(T):
    x = np.linspace(-1.0, 1.0, 1603)
    spread = math.sqrt(T)
    exact = stats.norm.cdf((1.0 - x) / spread) - stats.norm.cdf((-1.0 - x) / spread)
    exact -= stats.norm.sf((1.0 - x) / spread) + stats.norm.sf((1.0 + x) / spread)

    def solve():
        return sc.backward_equation(MOTION, lambda y: 1.0, T, -1.0, 1.0, walls="absorbing")

    assert refused_or_covered(solve, x, exact) == (T < 1e-4)


@pytest.mark.parametrize("V", [1.0, 1e2, 1e4, 1e6])
def test_a_payment_at_a_wall_under_strong_discount_is_refused_or_covered(V):
    """It is worth cosh(c x)/cosh(c) with c^2 = 2 V."""
    c = math.sqrt(2.0 * V)
    x = np.linspace(-1.0, 1.0, 1603)
    exact = np.exp(c * (np.abs(x) - 1.0)) * (1.0 + np.exp(-2.0 * c * np.abs(x)))
    exact /= 1.0 + math.exp(-2.0 * c)
    paid = {"walls": "absorbing", "wall_values": 1.0, "killing": V}

    def solve():
        return sc.backward_equation(MOTION, lambda y: 0.0, 60.0, -1.0, 1.0, **paid)

    assert refused_or_covered(solve, x, exact) == (V > 1e5)


@pytest.mark.parametrize("V", [1e2, 1e3, 1e4, 1e6])
def test_killing_on_one_side_is_refused_or_covered(V):
    """The mean falls within 1/sqrt(2 V); it is held against that on many more cells."""
    x = np.linspace(-0.5, 0.5, 401)

    def solve(cells=400):
        return sc.backward_equation(
            MOTION,
            lambda y: 1.0,
            1.0,
            -3.0,
            3.0,
            killing=lambda y: V * (y > 0.0),
            breaks=[0.0],
            cells=cells,
        )

    exact = solve(30_000)(x)
    assert refused_or_covered(solve, x, exact) == (V > 5e3)


@pytest.mark.parametrize("a", [10.0, 50.0, 200.0, 800.0])
def test_between_nodes_of_a_layer_of_drift_the_error_covers_the_spline(a):
    """Paths that drift away from a wall at 0 hit it with the probability exp(-2 a x)."""
    away = sc.SDE(lambda t, x: a, lambda t, x: 1.0)
    x = np.linspace(0.0, 1.0, 3203)
    exact = (np.exp(-2.0 * a * x) - math.exp(-2.0 * a)) / -math.expm1(-2.0 * a)

    def solve():
        return sc.backward_equation(
            away, lambda y: 0.0, 20.0, 0.0, 1.0, walls="absorbing", wall_values=(1.0, 0.0)
        )

    assert not refused_or_covered(solve, x, exact)
