"""Central differences of functions of arrays are those of the compiled equations in numbers."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from nights import mostly_at_night
from numba.core.errors import TypingError

import stochcalc as sc
from stochcalc.engine.functions import array_slopes
from stochcalc.engine.loop import march

X0 = (1.0, 2.0)
CLOSE = 1e-7  # relative: difference quotients are right to about 1e-9


@dataclass(frozen=True)
class Case:
    """A kind of noise, its diffusion as nested tuples, and the derivative found by hand."""

    noise: str
    diffusion: Any
    derivative: Any


def drift(t, x):
    return (x[1] - x[0] * x[0], -x[1])


def drift_dx(t, x):
    return ((-2.0 * x[0], 1.0), (0.0, -1.0))


CASES = {
    "scalar": Case(
        noise="scalar",
        diffusion=lambda t, x: (0.5 * x[1], 0.8 * x[0]),
        derivative=lambda t, x: ((0.0, 0.5), (0.8, 0.0)),
    ),
    "diagonal": Case(
        noise="diagonal",
        diffusion=lambda t, x: (0.5 * x[0] * x[0], 0.8 * x[1]),
        derivative=lambda t, x: (x[0], 0.8),
    ),
    "additive, one noise each": Case(
        noise="additive",
        diffusion=lambda t, x: (0.5, 0.2),
        derivative=None,
    ),
    "additive, rows": Case(
        noise="additive",
        diffusion=lambda t, x: ((0.5, 0.1), (0.2, 0.3)),
        derivative=None,
    ),
    "commuting": Case(
        noise="commuting",
        diffusion=lambda t, x: ((0.5 * x[0], 0.1 * x[0]), (0.2 * x[1], 0.3 * x[1])),
        derivative=lambda t, x: (((0.5, 0.0), (0.1, 0.0)), ((0.0, 0.2), (0.0, 0.3))),
    ),
    "general": Case(
        noise="general",
        diffusion=lambda t, x: ((0.5 * x[1], 0.1 * x[0]), (0.2, 0.3 * x[0] * x[1])),
        derivative=lambda t, x: (
            ((0.0, 0.5), (0.1, 0.0)),
            ((0.0, 0.0), (0.3 * x[1], 0.3 * x[0])),
        ),
    ),
}
# Schemes with an interpretation that changes the drift, so that it takes slopes of the diffusion;
# theta and milstein take slopes themselves.
LAMBDAS = {"euler_maruyama": 0.5, "sri2": 0.5, "heun": 0.0, "milstein": 0.5, "theta": 0.0}

# With functions of tuples these two are compiled: one has the slopes in its drift, one takes them.
COMPILED = ("euler_maruyama", "milstein")


def stack(value, paths):
    """Nested tuples of numbers and rows as one array with the paths along its last axis."""
    if isinstance(value, tuple):
        return np.stack([stack(item, paths) for item in value])
    return np.broadcast_to(np.asarray(value, dtype=float), (paths,))


def in_arrays(function):
    """The same function with one array as its value."""
    if function is None:
        return None
    return lambda t, x: stack(function(t, x), x.shape[-1])


def in_tuples(function):
    return function


def refuse_stack(*step):
    """Leave a step to NumPy at once, as Numba does after seconds: it does not compile `stack`."""
    raise TypingError("stack calls itself")


def solved(sde, method):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # Numba does not compile `stack`
        return sc.solve(sde, X0, 0.1, n=5, paths=7, key=1, method=method, save="last").x


def equation(case, lam):
    return sc.SDE(
        drift,
        case.diffusion,
        noise=case.noise,
        lam=lam,
        drift_dx=drift_dx,
        diffusion_dx=case.derivative,
    )


@pytest.mark.parametrize(
    "kind, method",
    mostly_at_night(product(CASES, LAMBDAS), lambda case: case[0] in ("diagonal", "general")),
)
def test_central_differences_of_arrays_agree_with_the_derivative_that_is_given(
    kind, method, monkeypatch
):
    case = CASES[kind]
    lam = LAMBDAS[method]
    if case.noise not in sc.METHODS[method].strong_order:
        with pytest.raises(ValueError, match="no theorem"):
            solved(equation(case, lam), method)
        return
    expected = solved(equation(case, lam), method)
    for form in (in_tuples, in_arrays):
        if form is in_arrays or method not in COMPILED:
            monkeypatch.setattr(march, "compile_array_step", refuse_stack)
        sde = sc.SDE(
            form(drift),
            form(case.diffusion),
            noise=case.noise,
            lam=lam,
            drift_dx="central",
            diffusion_dx="central",
            vectorized=True,
        )
        np.testing.assert_allclose(solved(sde, method), expected, rtol=CLOSE)


@pytest.mark.parametrize("kind", ["scalar", "diagonal", "commuting", "general"])
def test_derivatives_that_return_arrays_correct_the_drift(kind):
    case = CASES[kind]
    sde = sc.SDE(
        in_arrays(drift),
        in_arrays(case.diffusion),
        noise=case.noise,
        lam=0.5,
        diffusion_dx=in_arrays(case.derivative),
        vectorized=True,
    )
    expected = solved(equation(case, 0.5), "euler_maruyama")
    np.testing.assert_allclose(solved(sde, "euler_maruyama"), expected, rtol=1e-13)


@pytest.mark.parametrize("kind", ["scalar", "commuting", "general"])
def test_slopes_of_components_that_move_at_once_would_be_seen(kind, monkeypatch):
    case = CASES[kind]

    def move_all(b, t, x, args, axes):
        h = 2.0**-17
        after = array_slopes.stack_value(b(t, x + h, *args), x, axes)
        before = array_slopes.stack_value(b(t, x - h, *args), x, axes)
        return np.stack([(after - before) / (2.0 * h)] * len(x), axis=-2)

    monkeypatch.setattr(array_slopes, "_differentiate_all", move_all)
    sde = sc.SDE(
        drift,
        case.diffusion,
        noise=case.noise,
        lam=0.5,
        diffusion_dx="central",
        vectorized=True,
    )
    expected = solved(equation(case, 0.5), "euler_maruyama")
    wrong = solved(sde, "euler_maruyama")
    assert np.abs(wrong / expected - 1.0).max() > 1e4 * CLOSE


@pytest.mark.parametrize(
    "noise, method",
    [
        ("scalar", "euler_maruyama"),
        ("scalar", "milstein"),
        ("diagonal", "euler_maruyama"),
        ("diagonal", "heun"),
    ],
)
def test_a_scalar_problem_compiles_with_central_differences(noise, method):
    def b(t, x):
        return 0.5 * x * x

    given = sc.SDE(lambda t, x: -x, b, noise=noise, lam=0.25, diffusion_dx=lambda t, x: x)
    central = sc.SDE(
        lambda t, x: -x, b, noise=noise, lam=0.25, diffusion_dx="central", vectorized=True
    )
    options = {"n": 5, "paths": 300, "key": 1, "method": method, "save": "last"}
    sol = sc.solve(central, 1.0, 0.1, **options)
    assert sol.info["route"] == "compiled"
    np.testing.assert_allclose(sol.x, sc.solve(given, 1.0, 0.1, **options).x, rtol=CLOSE)


def test_diagonal_noise_compiles_with_central_differences_of_tuples():
    case = CASES["diagonal"]
    sde = sc.SDE(drift, case.diffusion, lam=0.5, diffusion_dx="central", vectorized=True)
    sol = sc.solve(sde, X0, 0.1, n=5, paths=7, key=1, save="last")
    assert sol.info["route"] == "compiled"
    np.testing.assert_allclose(sol.x, solved(equation(case, 0.5), "euler_maruyama"), rtol=CLOSE)


def test_the_drift_of_another_reading_is_the_one_found_by_hand():
    """At (1, 2) b = (1, 0.8), and half of the sum of b_k d_k b_i is (0.2, 0.4)."""
    sde = sc.SDE(
        lambda t, x: (-x[0], -x[1]),
        CASES["scalar"].diffusion,
        noise="scalar",
        vectorized=True,
        diffusion_dx="central",
    )
    value = sde.to_stratonovich().drift(0.0, np.array([[1.0], [2.0]]))
    np.testing.assert_allclose(value, [[-1.2], [-2.4]], rtol=1e-8)
