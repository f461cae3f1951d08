"""What Ito's formula leaves over, for functions of time and of any path."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from evidence import assert_mean, assert_same_bits, must_reject, sample_size, seed, seed_of

import stochcalc as sc

t_, w_ = sympy.symbols("t w")
FUNCTIONS = {
    "t w^2": (lambda t, w: t * w * w, t_ * w_**2),
    "exp": (
        lambda t, w: math.exp(0.5 * w - 0.125 * t),
        sympy.exp(w_ / 2 - t_ / 8),
    ),
    "t w": (lambda t, w: t * w, t_ * w_),
    "w^3 of w alone": (lambda w: w**3, w_**3),
}
GRID = sc.Partition.graded(2.0, 200, 1.25)
W = sc.brownian(partition=GRID, paths=300, rng=seed_of(__name__))
MODEL = sc.models.gbm(0.1, 0.5)
X = sc.solve(MODEL, 2.0, noise=W)


def residual_by_sympy(formula, values, variation):
    """Return the residual on the grid with SymPy's derivatives, for given d[X] of every step."""
    F, F_w, F_ww = (
        sympy.lambdify((t_, w_), g + 0 * w_, "numpy")
        for g in (formula, sympy.diff(formula, w_), sympy.diff(formula, w_, 2))
    )
    start, end = GRID.times[:-1], GRID.times[1:]
    left, right = values[:, :-1], values[:, 1:]
    terms = F(end, left) - F(start, left) + F_w(start, left) * (right - left)
    terms = terms + F_ww(start, left) * variation / 2
    return F(end[-1], values[:, -1]) - F(start[0], values[:, 0]) - np.sum(terms, axis=1)


@pytest.mark.parametrize("which", FUNCTIONS)
def test_the_residual_is_that_of_derivatives_by_hand(which):
    F, formula = FUNCTIONS[which]
    squares = np.diff(X.x, axis=1) ** 2
    diffusion = (0.5 * X.x[:, :-1]) ** 2 * GRID.steps
    for found, due in (
        (sc.ito_residual(F, W), residual_by_sympy(formula, W.values, GRID.steps)),
        (sc.ito_residual(F, X), residual_by_sympy(formula, X.x, squares)),
        (sc.ito_residual(F, X.component(0)), residual_by_sympy(formula, X.x, squares)),
        (sc.ito_residual(F, (X.t, X.x)), residual_by_sympy(formula, X.x, squares)),
        (sc.ito_residual(F, X, sde=MODEL), residual_by_sympy(formula, X.x, diffusion)),
    ):
        np.testing.assert_allclose(found, due, rtol=1e-6, atol=1e-7)
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(found, due + 1e-5, rtol=1e-6, atol=1e-7)


def test_statistics_and_streamed_paths_give_the_same_residuals():
    F = FUNCTIONS["t w^2"][0]
    found = sc.ito_residual(F, W)
    streamed = sc.brownian(partition=GRID, paths=300, store=False, rng=seed_of(__name__))
    assert_same_bits(found, sc.ito_residual(F, streamed))
    moments = sc.ito_residual(F, streamed, save="stats")
    np.testing.assert_allclose([moments.mean, moments.var], [found.mean(), found.var(ddof=1)])


def test_the_functions_of_a_first_course_satisfy_itos_formula():
    """The moments of the residuals are exact.

    One step of t w^2 leaves 2 dt W dW + (t + dt) dW^2 - t dt, whose mean is dt^2, and the steps are
    uncorrelated around their means. One step of t w leaves dt dW.
    """
    n = 50
    dt = 1.0 / n
    V = sc.brownian(1.0, n, paths=sample_size(40_000), store=False, rng=seed())
    t = np.arange(n) * dt
    square = sc.ito_residual(lambda t, w: t * w * w, V)
    variance = np.sum(4 * dt**2 * t * dt + 2 * (t + dt) ** 2 * dt**2)
    assert_mean(square, n * dt**2, detects=0.01, sigmas=7)
    assert_mean((square - n * dt**2) ** 2, variance, detects=0.1 * variance, sigmas=7)
    product = sc.ito_residual(lambda t, w: t * w, V)
    assert_mean(product**2, n * dt**3, detects=0.1 * n * dt**3, sigmas=7)
    with must_reject("the sums without 1/2 F_ww dt"):
        assert_mean(square + np.sum(t * dt), n * dt**2)


def test_a_residual_along_an_equation_asks_for_the_equation():
    F = FUNCTIONS["t w^2"][0]
    plane = sc.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0))
    for call, error, message in (
        (lambda: sc.ito_residual(F, X, sde=3.0), TypeError, r"sde=3\.0 must be an SDE"),
        (lambda: sc.ito_residual(F, X, sde=plane), ValueError, "diffusion.*must return one number"),
        (
            lambda: sc.ito_residual(math.sin, math.cos, math.sin, W, sde=MODEL),
            ValueError,
            "sde= goes with F alone",
        ),
        (lambda: sc.ito_residual(F, lambda w: w, W), TypeError, "df is missing"),
        (lambda: sc.ito_residual(F, 3.0), TypeError, "W=3 must be Brownian paths"),
        (lambda: sc.ito_residual(F), TypeError, "W=None must be Brownian paths"),
        (lambda: sc.ito_residual(lambda t, w, z: w, W), TypeError, r"F\(t, w, z\) is called as"),
        (lambda: sc.ito_residual(3.0, W), TypeError, r"F=3\.0 must be a Python function"),
    ):
        with pytest.raises(error, match=message):
            call()


def test_the_variation_of_a_stopped_path_ends_with_it():
    """For F = x^2 and dX = dW, what is left over is sum dX^2 - dt up to the stop, by hand."""
    motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    square = lambda t, x: x * x
    stop = lambda t, x: x > 0.3
    key = seed()
    how = {"n": 200, "paths": 2000, "rng": key, "stop": stop}
    sol = sc.solve(motion, 0.0, 1.0, **how)
    assert 0 < sol.stopped.sum() < 2000
    due = np.sum(np.diff(sol.x, axis=1) ** 2, axis=1) - np.minimum(sol.stop_time, 1.0)
    on_forever = due + np.minimum(sol.stop_time, 1.0) - 1.0
    at_start = sc.solve(motion, np.full(2000, 0.5), 1.0, starts=True, **how)
    for path in (sol, sol.component(0)):
        found = sc.ito_residual(square, path, sde=motion)
        np.testing.assert_allclose(found, due, atol=1e-9)
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(found, on_forever, atol=1e-9)
    statistics = sc.ito_residual(square, sol, sde=motion, save="stats")
    np.testing.assert_allclose(statistics.mean, due.mean(), atol=1e-9)
    assert (np.abs(sc.ito_residual(square, at_start, sde=motion)) == 0.0).all()
    some = sc.solve(motion, 0.0, 1.0, save=[0.0, 0.1, 0.55, 1.0], **how)
    due = np.sum(np.diff(some.x, axis=1) ** 2, axis=1) - np.minimum(some.stop_time, 1.0)
    np.testing.assert_allclose(sc.ito_residual(square, some, sde=motion), due, atol=1e-9)
