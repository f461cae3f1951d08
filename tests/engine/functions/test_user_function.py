"""From a user's function to a leaf of the lane loop: whose exp it runs, and what falls back."""

from __future__ import annotations

import functools
import math
import math as mathematics
from math import exp
from math import sin as sine

import numba
import numpy
import numpy as np
import pytest
from assembly import of_job
from evidence import Rejected, assert_same_bits, seed_of
from leaf_calls import kernel
from numpy import cos, tanh

import stochcalc as sc
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.user_function import compile_on_numbers, find_fallbacks

X = np.random.default_rng(seed_of(__name__)).uniform(-6.0, 6.0, 20_000)
POSITIVE = np.abs(X) + 0.01


def evaluate(function, x):
    @kernel
    def run(x, out):
        for i in range(len(x)):
            out[i] = function(x[i])

    out = np.empty_like(x)
    run(x, out)
    return out


@functools.cache
def our_own(expression, positive=False):
    """An expression in our own leaves, evaluated at X or POSITIVE."""
    names = {
        "exp": OWN["exp"],
        "sin": OWN["sin"],
        "cos": OWN["cos"],
        "tanh": OWN["tanh"],
        "power": OWN["pow"],
    }
    return evaluate(leaf(eval(f"lambda x: {expression}", names)), POSITIVE if positive else X)


def helper(x):
    return math.exp(x) * 2.0


def helper_of_a_helper(x):
    return helper(x) + numpy.sin(x)


def with_closure(function):
    return lambda x: function(x)


def with_module(module):
    return lambda x: module.exp(x)


def nested(x):
    def inner(y):
        return math.exp(y)

    return inner(x)


# A user's function, and the same in our own leaves.
CASES = {
    "math": (lambda x: math.exp(x), "exp(x)"),
    "np": (lambda x: np.exp(x), "exp(x)"),
    "numpy by its name": (lambda x: numpy.sin(x), "sin(x)"),
    "an alias": (lambda x: mathematics.sin(x), "sin(x)"),
    "a name imported from math": (lambda x: exp(x), "exp(x)"),
    "a name imported under another": (lambda x: sine(x), "sin(x)"),
    "names imported from numpy": (lambda x: cos(x) + tanh(x), "cos(x) + tanh(x)"),
    "a closure over a function": (with_closure(math.exp), "exp(x)"),
    "a closure over a ufunc": (with_closure(np.exp), "exp(x)"),
    "a closure over a module": (with_module(np), "exp(x)"),
    "a closure over a helper": (with_closure(helper), "exp(x) * 2.0"),
    "a helper": (lambda x: helper(x), "exp(x) * 2.0"),
    "a helper of a helper": (helper_of_a_helper, "exp(x) * 2.0 + sin(x)"),
    "a function inside": (nested, "exp(x)"),
    "constants of the modules": (
        lambda x: math.sin(x) * math.pi + np.e,
        f"sin(x) * {math.pi} + {math.e}",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_users_function_runs_our_own_elementary_functions(case):
    theirs, ours = CASES[case]
    got = evaluate(compile_on_numbers(theirs), X)
    assert_same_bits(got, our_own(ours))
    np.testing.assert_allclose(got, [theirs(float(v)) for v in X], rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("case", ["math", "an alias", "names imported from numpy"])
def test_the_compilers_own_functions_would_give_other_bits(case):
    theirs, ours = CASES[case]
    with pytest.raises(Rejected):
        assert_same_bits(our_own(ours), evaluate(leaf(theirs), X))


exponent = 1.7
POWERS = {
    "a float literal": (lambda x: x**1.7, "power(x, 1.7)"),
    "a float literal that is whole": (lambda x: x**3.0, "power(x, 3.0)"),
    "a negative float": (lambda x: x**-0.3, "power(x, -0.3)"),
    "a global": (lambda x: x**exponent, "power(x, 1.7)"),
    "an expression": (lambda x: x ** (0.5 * x), "power(x, 0.5 * x)"),
    "a number to the x": (lambda x: 2.0**x, "power(2.0, x)"),
    "math.pow": (lambda x: math.pow(x, 1.7), "power(x, 1.7)"),
    "np.power": (lambda x: np.power(x, 1.7), "power(x, 1.7)"),
    "the builtin pow": (lambda x: pow(x, 1.7), "power(x, 1.7)"),
    "a square": (lambda x: x**2, "x * x"),
    "a cube": (lambda x: x**3, "x * x * x"),
    "an inverse": (lambda x: x**-1, "1.0 / x"),
}


@pytest.mark.parametrize("case", POWERS)
def test_a_power_is_our_own_unless_its_exponent_is_an_integer_literal(case):
    theirs, ours = POWERS[case]
    got = evaluate(compile_on_numbers(theirs), POSITIVE)
    assert_same_bits(got, our_own(ours, positive=True))
    np.testing.assert_allclose(got, [theirs(float(v)) for v in POSITIVE], rtol=1e-14, atol=1e-14)


def test_a_power_in_place_is_our_own():
    def theirs(x):
        x **= 1.7
        return x

    assert_same_bits(
        evaluate(compile_on_numbers(theirs), POSITIVE), our_own("power(x, 1.7)", positive=True)
    )


def solve(drift, diffusion=lambda t, x: 0.1, args=(), **options):
    return sc.solve(
        sc.SDE(drift, diffusion, args=args), 1.0, 1.0, n=4, paths=3, rng=7, workers=1, **options
    )


# ---- what falls back, and what is accepted


@pytest.mark.parametrize(
    "drift, names",
    [
        (lambda t, x: math.erf(x), ("erf",)),
        (lambda t, x: math.lgamma(2.0 + x * x) + math.exp(-x), ("lgamma",)),
        (lambda t, x: math.exp(x) + math.sin(math.pi * x) - abs(x), ()),
        (lambda t, x: math.gamma(1.0 + 0.1 * math.cos(x)) + math.erf(x), ("erf", "gamma")),
        (lambda t, x: helper_with_erf(x), ("erf",)),
        (lambda t, x: error_function(x), ("error_function",)),
    ],
)
def test_a_name_that_we_lack_falls_back_and_is_reported(drift, names):
    sol = solve(drift)
    assert sol.info["numba_names"] == names == find_fallbacks(drift)
    assert np.isfinite(sol.x).all()


error_function = math.erf


def helper_with_erf(x):
    return math.erf(x) + math.cos(x)


def test_a_function_that_is_jitted_already_is_accepted_and_runs_our_own():
    plain = solve(lambda t, x: -math.exp(x) * 0.01, lambda t, x: 0.1 * np.sin(x))
    jitted = solve(
        numba.njit(lambda t, x: -math.exp(x) * 0.01), numba.njit(lambda t, x: 0.1 * np.sin(x))
    )
    assert_same_bits(plain.x, jitted.x)


# ---- the compiled loop


def test_a_loop_with_sin_and_exp_is_packed_and_one_with_a_fallback_is_not():
    good = solve(lambda t, x: math.sin(x), lambda t, x: np.exp(-x * x))
    found = of_job(good.job)
    assert found.packed >= 30, found
    libm = solve(lambda t, x: math.erf(x), lambda t, x: math.lgamma(2.0 + x * x))
    assert of_job(libm.job).packed == 0


def test_a_system_is_packed_too():
    sde = sc.SDE(
        lambda t, x: (
            10.0 * (x[1] - x[0]),
            x[0] * (28.0 - x[2]) - x[1],
            x[0] * x[1] - x[2] * 8.0 / 3.0,
        ),
        lambda t, x: (0.1, 0.2, 0.3),
    )
    found = of_job(sc.solve(sde, (1.0, 1.0, 1.0), 1.0, n=4, rng=7).job)
    assert found.packed >= 15, found
