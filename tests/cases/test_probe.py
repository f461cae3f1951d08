"""An error of a user's function where it is tried names the call, the error and what to do."""

from __future__ import annotations

import math

import numpy as np
import pytest

import stochcalc as sc

W = sc.brownian(n=4, key=1)


def still(t, x):
    return 0.0


def one(t, x):
    return 1.0


def solve(drift, diffusion, x0=0.0, method="euler_maruyama", **options):
    return sc.solve(sc.SDE(drift, diffusion, **options), x0, 1.0, n=4, key=1, method=method)


def raises_its_own(t, x):
    raise RuntimeError("of my own")


AT_ZERO = "where W starts, at 0: ZeroDivisionError"
CASES = {
    "ito": (lambda: sc.ito(lambda t, w: 1.0 / w, W), f"f(0, 0) fails {AT_ZERO}"),
    "ito: log": (lambda: sc.ito(lambda t, w: math.log(w), W), "f(0, 0) fails where W starts"),
    "riemann_sum: observe": (
        lambda: sc.riemann_sum(lambda t, w: w, W, observe=lambda t, w, r: 1.0 / r, save="stats"),
        "observe(1, 0, 0) fails at w=0 and r=0",
    ),
    "riemann_limit": (
        lambda: sc.riemann_limit(lambda w: w, lambda w: 1.0 / w, W, 0.0),
        f"df(0) fails {AT_ZERO}",
    ),
    "integral_convergence": (
        lambda: sc.integral_convergence(lambda t, w: 1.0 / w, levels=(2, 3), paths=4096, key=1),
        f"f(0, 0) fails {AT_ZERO}",
    ),
    "paley_wiener_zygmund": (
        lambda: sc.paley_wiener_zygmund(lambda t: math.log(t), lambda t: 1.0 / t, W),
        "fails",
    ),
    "ito_residual": (
        lambda: sc.ito_residual(lambda w: math.log(w), lambda w: 1.0 / w, lambda w: -1.0 / w**2, W),
        "F(0) fails where W starts, at 0: ValueError: math domain error; give a function with",
    ),
    "expectation": (
        lambda: sc.expectation(lambda w: {}[0], W),
        "f=<lambda> fails on trial paths of shape (3, 5): KeyError: 0",
    ),
    "first_passage": (
        lambda: sc.first_passage(
            sc.SDE(lambda t, x: 1.0 / x, one), 0.0, barrier=1.0, T=1.0, n=8, paths=300, key=1
        ),
        "drift(0, 0) fails at the start: ZeroDivisionError",
    ),
    "log_density": (
        lambda: sc.langevin.sample(
            lambda x: -x, 0.0, step=0.1, n=4, method="mala", log_density=lambda x: 1.0 / x
        ),
        "log_density(0) fails at the start: ZeroDivisionError",
    ),
    "drift": (lambda: solve(lambda t, x: 1.0 / x, one), "drift(0, 0) fails at the start: Zero"),
    "drift: overflow": (
        lambda: solve(lambda t, x: math.exp(x), one, 1e4),
        "drift(0, 10000) fails at the start: OverflowError: math range error",
    ),
    "drift: key": (
        lambda: solve(lambda t, x: {1: 2.0}[int(t)], one),
        "drift(0, 0) fails at the start: KeyError: 0",
    ),
    "drift: own": (
        lambda: solve(raises_its_own, one),
        "drift(0, 0) fails at the start: RuntimeError: of my own",
    ),
    "drift: method": (
        lambda: solve(lambda t, x: x.sum(), one),
        "drift(0, 0) fails at the start: AttributeError: 'float' object has no attribute 'sum'",
    ),
    "diffusion": (
        lambda: solve(still, lambda t, x: 1.0 / t),
        "diffusion(0, 0) fails at the start: ZeroDivisionError",
    ),
    "diffusion_dx": (
        lambda: solve(
            still,
            lambda t, x: math.sqrt(x),
            method="milstein",
            diffusion_dx=lambda t, x: 0.5 / math.sqrt(x),
        ),
        "diffusion_dx(0, 0) fails at the start: ZeroDivisionError",
    ),
    "central": (
        lambda: solve(still, lambda t, x: math.sqrt(x), method="milstein", diffusion_dx="central"),
        "diffusion_dx(0, 0) fails near x0=0, where diffusion_dx='central' takes differences: "
        "ValueError: math domain error; give the derivative",
    ),
    "central, another reading": (
        lambda: solve(still, lambda t, x: math.sqrt(x), lam=0.5, diffusion_dx="central"),
        "drift(0, 0) fails near x0=0, where diffusion_dx='central' takes differences",
    ),
    "arrays": (
        lambda: solve(lambda t, x: {}[0], one, vectorized=True),
        "drift(0, 0) fails at the start: KeyError: 0",
    ),
    "arrays, beside the start": (
        lambda: solve(lambda t, x: x * [1.0][x.size - 1], one, vectorized=True),
        "drift(t, x) with t=0 and an array x of shape (3,) fails beside the start: list index",
    ),
    "score": (
        lambda: sc.langevin.sample(lambda x: -1.0 / x, 0.0, step=0.1, n=4),
        "target(0) fails at the start: ZeroDivisionError",
    ),
    "score of arrays": (
        lambda: sc.langevin.sample(lambda x: {}[0], [0.0], step=0.1, n=4, vectorized=True),
        "target(x) with an array x of shape (1, 3) fails at the start: KeyError: 0",
    ),
    "mlmc": (
        lambda: sc.mlmc(sc.SDE(still, one), 0.0, 1.0, test=lambda x: 1.0 / x, target=0.1),
        "test(0) fails at the start: ZeroDivisionError",
    ),
    "weak_convergence": (
        lambda: sc.weak_convergence(
            sc.SDE(still, one), 0.0, 1.0, test=lambda x: 1.0 / x, levels=(2, 3), paths=4096, key=1
        ),
        "test(0) fails at the start: ZeroDivisionError",
    ),
    "strong_convergence": (
        lambda: sc.strong_convergence(
            sc.SDE(lambda t, x: 1.0 / x, one), 0.0, 1.0, levels=(2, 3), paths=4096, key=1
        ),
        "drift(0, 0) fails at the start: ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_error_where_a_function_is_tried_names_the_call_and_the_error(name):
    call, said = CASES[name]
    with pytest.raises((ValueError, TypeError, IndexError)) as told:
        call()
    assert said in str(told.value)
    assert told.value.__cause__ is not None
    assert type(told.value).__name__ in ("ValueError", "TypeError", "IndexError")


def test_what_is_advised_where_w_starts_runs():
    def f(t, w):
        return 1.0 / w

    with pytest.raises(ValueError, match="lambda t, w: f") as told:
        sc.ito(f, W)
    assert str(told.value).endswith("lambda t, w: f(t, w) if w else 0.0")
    total = sc.ito(lambda t, w: f(t, w) if w else 0.0, W)
    inverse = np.append(0.0, 1.0 / W.values[:, 1:-1])
    np.testing.assert_allclose(total, (inverse * W.increments).sum(axis=1))


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda draw: sc.ito(lambda t, w: draw(), W), "f must be a pure function, without random"),
        (
            lambda draw: sc.riemann_sum(
                lambda t, w: w, W, observe=lambda t, w, r: draw(), save="stats"
            ),
            "observe must be a pure function, without random numbers in it",
        ),
        (lambda draw: solve(lambda t, x: draw(), one), "noise belongs to the diffusion"),
    ],
)
def test_random_numbers_are_refused_in_the_words_of_the_argument(call, said):
    draws = iter(range(10))
    with pytest.raises(ValueError, match="pure function") as told:
        call(lambda: float(next(draws)))
    assert said in str(told.value)
    assert ("diffusion" in said) == ("diffusion" in str(told.value))


def test_a_corrected_drift_is_named_by_the_functions_that_the_user_wrote():
    from scipy.special import erf  # a function that Numba cannot compile

    def my_diffusion(t, x):
        return 0.1 + 0.0 * erf(x)

    sde = sc.SDE(still, my_diffusion, lam=0.5, diffusion_dx="central")
    with pytest.warns(RuntimeWarning, match=r"cannot compile still \(line .*my_diffusion") as told:
        sc.solve(sde, 1.0, 1.0, n=4, key=1)
    assert "sde.py" not in str(told[0].message)
    assert "slopes.py" not in str(told[0].message)
