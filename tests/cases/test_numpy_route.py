"""Functions that run in plain Python report what compiled ones report, path by path."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy.special import erf

import stochcalc as sc

N = 20
PATHS = 300


def relax(t, x):
    return 0.5 - x


def in_python(function):
    """The same function with a term that Numba cannot compile, so that it runs in Python."""
    return lambda t, x: function(t, x) + 0.0 * erf(t)


def solved(drift, diffusion, x0=0.1, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sde = sc.SDE(drift, diffusion)
        sol = sc.solve(sde, x0, 1.0, n=N, paths=PATHS, key=1, save="last", **options)
    return sol, [str(one.message) for one in caught]


@pytest.mark.parametrize(
    "diffusion",
    [
        lambda t, x: math.sqrt(x),
        lambda t, x: math.sqrt(abs(x)) + 0.0 * math.log(x),
        lambda t, x: math.pow(x, 0.5),
        lambda t, x: x**0.5,
        lambda t, x: 0.3 / max(x, 0.0),
        lambda t, x: 0.3 + math.exp(-1e4 * x),
    ],
)
def test_a_path_outside_the_domain_is_nan_and_the_others_go_on(diffusion):
    compiled, told = solved(relax, diffusion)
    python, told_in_python = solved(in_python(relax), in_python(diffusion))
    assert compiled.info["route"] == "compiled"
    assert python.info["route"] == "numpy"
    assert 0 < compiled.nonfinite < PATHS
    assert python.nonfinite == compiled.nonfinite
    good = np.isfinite(compiled.x)
    assert np.array_equal(np.isfinite(python.x), good)
    np.testing.assert_allclose(python.x[good], compiled.x[good], rtol=1e-9)
    [report] = [text for text in told if "finite" in text]
    assert report in told_in_python


def test_on_nonfinite_has_its_say():
    root = in_python(lambda t, x: math.sqrt(x))
    with pytest.raises(FloatingPointError, match="left the finite range"):
        solved(in_python(relax), root, on_nonfinite="raise")


def test_a_division_by_zero_at_one_time_makes_all_paths_nan():
    sol, told = solved(in_python(relax), lambda t, x: 0.1 / (0.5 - t) + 0.0 * erf(t))
    assert sol.nonfinite == PATHS
    assert any("finite" in text for text in told)


def test_rows_of_noise_that_fail_for_all_paths_are_nan():
    def rows(t, x):
        return ((0.1, 0.2 / (0.5 - t)), (0.0 * erf(t), 0.1))

    sde = sc.SDE(lambda t, x: (0.0, 0.0), rows, noise="general")
    with pytest.warns(RuntimeWarning):
        sol = sc.solve(sde, (0.1, 1.0), 1.0, n=N, paths=5, key=1)
    assert sol.nonfinite == 5
    assert np.isfinite(sol.x[:, : N // 2 + 1]).all()


@pytest.mark.parametrize(
    "fault, kind",
    [
        (lambda x: [1.0, 2.0][int(abs(x))], IndexError),
        (lambda x: {0: 1.0}[int(abs(x))], ValueError),
        (lambda x: "text" + 1 if abs(x) > 1.0 else 1.0, TypeError),
    ],
)
def test_other_errors_name_the_function_the_time_and_the_state(fault, kind):
    def drift(t, x):
        return 3.0 * fault(x) + 0.0 * erf(x)

    with pytest.raises(
        kind, match=r"^drift \(line \d+ of .*\) at t=0\.\d+, x=-?\d.* fails: "
    ) as told:
        solved(drift, lambda t, x: 1.0)
    assert told.value.__cause__ is not None


def test_a_system_keeps_its_healthy_paths():
    def diffusion(t, x):
        return (math.sqrt(x[0]) + 0.0 * erf(t), 0.1)

    sde = sc.SDE(lambda t, x: (0.5 - x[0], -x[1]), diffusion)
    with pytest.warns(RuntimeWarning):
        sol = sc.solve(sde, (0.1, 1.0), 1.0, n=N, paths=PATHS, key=1, save="last")
    compiled = sc.SDE(lambda t, x: (0.5 - x[0], -x[1]), lambda t, x: (math.sqrt(x[0]), 0.1))
    with pytest.warns(RuntimeWarning):
        expected = sc.solve(compiled, (0.1, 1.0), 1.0, n=N, paths=PATHS, key=1, save="last")
    assert 0 < sol.nonfinite == expected.nonfinite < PATHS
    good = np.isfinite(expected.x).all(axis=2)
    np.testing.assert_allclose(sol.x[good], expected.x[good], rtol=1e-9)


def test_functions_of_arrays_lose_only_the_columns_that_fail():
    def root(t, x):
        return np.array([math.sqrt(value) for value in x])

    sde = sc.SDE(lambda t, x: 0.5 - x, root, vectorized=True)
    with pytest.warns(RuntimeWarning):
        sol = sc.solve(sde, 0.1, 1.0, n=N, paths=PATHS, key=1, save="last")
    expected, _ = solved(relax, lambda t, x: math.sqrt(x))
    assert sol.nonfinite == expected.nonfinite
