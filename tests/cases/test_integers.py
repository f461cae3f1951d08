"""Integers in compiled functions are Python's: the right number, or an error, never another one.

The values on the right are computed by hand, or by Python's own integers.
"""

from __future__ import annotations

import numpy as np
import pytest
from evidence import seed

import stochcalc as sc

i = 5
K = 10
N = 3000000000
FIVES = (1, 5)


def zero(t, x):
    return 0.0


def one(t, x):
    return 1.0


def shifted(x):
    """Leave 64 bits: 2^70 (1 + int |x|)."""
    return (int(abs(x)) + 1) << 70


def run(drift, x0=0.0, T=1.0, n=1, **options):
    """Return the states of one path without noise."""
    sol = sc.solve(sc.SDE(drift, zero), x0, T, n=n, rng=1, **options)
    assert sol.info["route"] == "compiled"
    return sol.x[0]


@pytest.mark.parametrize(
    ("drift", "x0", "right"),
    [
        (lambda t, x: x * i**-1, 1.0, 1.2),
        (lambda t, x: x * FIVES[1] ** -1, 1.0, 1.2),
        (lambda t, x, j=5: x * j**-1, 1.0, 1.2),
        (lambda t, x: x * int(x + 4.0) ** -1, 1.0, 1.2),
        (lambda t, x: K**25, 0.0, 1e25),
        (lambda t, x: x + N * N * 4, 1.0, 3.6e19),
        (lambda t, x: (1 << 70) * x, 1.0, 1.0 + 2.0**70),
        (lambda t, x: (1 << K) * x, 1.0, 1025.0),
        (lambda t, x: x * (K // 3 + K % 3 + -K // 3), 1.0, 1.0),
        (lambda t, x: x * (int(x) * 7 - 2), 1.0, 6.0),
        (lambda t, x: divmod(int(x) - 8, 3)[1], 1.0, 3.0),
        (lambda t, x: round(2.5 * x) + round(3.5 * x), 1.0, 7.0),
    ],
)
def test_arithmetic_of_integers_is_pythons(drift, x0, right):
    assert run(drift, x0)[-1] == pytest.approx(right, rel=1e-14)


def test_a_diffusion_of_an_integer_power_has_its_size():
    sde = sc.SDE(zero, lambda t, x: i**-1)
    x = sc.solve(sde, 0.0, 1.0, n=1, paths=100, save="last", key=7).x
    ones = sc.solve(sc.SDE(zero, one), 0.0, 1.0, n=1, paths=100, save="last", key=7).x
    np.testing.assert_allclose(x, 0.2 * ones, rtol=1e-14)


def test_an_integrand_of_an_integer_power_has_its_size():
    W = sc.brownian(n=4, paths=3, rng=1)
    np.testing.assert_allclose(sc.ito(lambda t, w: i**-1, W), 0.2 * W.values[:, -1], rtol=1e-12)


def test_a_score_of_an_integer_power_pulls_back():
    how = {"step": 0.1, "n": 50, "chains": 8, "key": 7}
    found = sc.langevin.sample(lambda x: -x * i**-1, 0.0, **how).x
    right = sc.langevin.sample(lambda x: -x * 0.2, 0.0, **how).x
    np.testing.assert_allclose(found, right, rtol=1e-12)


def test_a_test_function_of_an_integer_power_has_its_mean():
    sde = sc.SDE(zero, one)
    found = sc.mlmc(sde, 1.0, 1.0, test=lambda x: x * i**-1, target=0.02, rng=seed())
    right = sc.mlmc(sde, 1.0, 1.0, test=lambda x: x * 0.2, target=0.02, rng=seed())
    assert found.estimate.value == pytest.approx(right.estimate.value, rel=1e-12)


@pytest.mark.parametrize(
    "drift", [lambda t, x: 5 % int(3 - 3 * t), lambda t, x: 5 // int(3 - 3 * t)]
)
def test_a_division_of_integers_by_zero_is_reported(drift):
    with pytest.warns(RuntimeWarning, match="left the finite range"):
        x = run(drift, T=2.0, n=2)
    assert np.isfinite(x[:2]).all() and np.isnan(x[2])


def test_an_integer_that_leaves_64_bits_on_the_way_is_an_error():
    drift = lambda t, x: max(0.0, int(x) * int(x)) - x * x + 1e9
    with pytest.raises(ValueError, match=r"at \(3, 4e\+09\) .*nan compiled.*write floats"):
        run(drift, x0=1e9, T=10.0, n=10)


START = [
    lambda: run(lambda t, x: 1.0 * shifted(x), 0.5),
    lambda: sc.ito(lambda t, w: 1.0 * shifted(w), sc.brownian(n=4, rng=1)),
    lambda: sc.langevin.sample(lambda x: -x * shifted(x), 0.5, step=0.1, n=4),
    lambda: sc.langevin.sample(
        lambda x: (-x[0], -x[1] * shifted(x[1])), (0.1, 0.2), step=0.1, n=4, method="baoab"
    ),
    lambda: sc.mlmc(sc.SDE(zero, one), 0.5, 1.0, test=lambda x: x * shifted(x), target=0.1),
    lambda: sc.first_passage(sc.SDE(lambda t, x: x * shifted(x), one), 0.5, 1.0, 1.0, n=4, paths=4),
    lambda: sc.weak_convergence(
        sc.models.gbm(0.1, 0.2),
        1.0,
        1.0,
        test=lambda x: x * shifted(x),
        methods=("euler_maruyama",),
        levels=range(3, 6),
        paths=2048,
    ),
    lambda: sc.strong_convergence(
        sc.SDE(lambda t, x: x * shifted(x), one),
        1.0,
        1.0,
        methods=("euler_maruyama",),
        levels=range(3, 6),
        paths=2048,
    ),
]


@pytest.mark.parametrize("call", START)
def test_a_compiled_value_that_is_not_pythons_at_the_start_is_refused(call):
    with pytest.raises(ValueError, match=r"in Python and .*nan.* compiled.*write floats"):
        call()


def test_the_remedy_of_that_refusal_runs():
    sol = sc.solve(sc.SDE(lambda t, x: x * 2.0**70, zero), 0.5, 1.0, n=1)
    assert sol.x[0, 1] == 0.5 + 2.0**69


def test_a_function_of_arrays_stops_where_an_integer_leaves_64_bits():
    drift = lambda t, x: 0.0 * x + (int(1 + 4.0 * t) << 62)
    with pytest.raises(ValueError, match="raised an error along a path"):
        sc.solve(sc.SDE(drift, zero, vectorized=True), 0.0, 1.0, n=4)
