"""The limit of Riemann sums is made from the integrand alone, and is what calculus by hand gives.

The routes are SymPy's antiderivatives and derivatives, path by path, and moments known exactly.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from evidence import (
    assert_mean,
    assert_order,
    assert_same_bits,
    must_reject,
    sample_size,
    seed,
    seed_of,
)

import stochcalc as sc
from stochcalc.integrals.path_calculus import curvature, mean_between, slope

t_, w_ = sympy.symbols("t w")
RATE = 1.25
INTEGRANDS = {
    "t": (lambda t, w: t, t_),
    "t w": (lambda t, w: t * w, t_ * w_),
    "t^2 w^4": (lambda t, w: t * t * w**4, t_**2 * w_**4),
    "exp": (
        lambda t, w: np.exp(1.25 * w - 0.78125 * t),
        sympy.exp(sympy.Rational(5, 4) * w_ - sympy.Rational(25, 32) * t_),
    ),
    "sin": (lambda t, w: math.sin(w + t), sympy.sin(w_ + t_)),
}
GRID = sc.Partition.graded(2.0, 300, 1.25)
W = sc.brownian(partition=GRID, paths=300, rng=seed_of(__name__))
LAMBDAS = (0.0, 0.3, 0.5, 1.0)


def limit_by_sympy(f, lam):
    """Return the limit on the grid, with SymPy's antiderivative F(t, w) and derivative f_w."""
    F = sympy.lambdify((t_, w_), sympy.integrate(f, (w_, 0, w_)), "numpy")
    f_w = sympy.lambdify((t_, w_), sympy.diff(f, w_), "numpy")
    start, end = GRID.times[:-1], GRID.times[1:]
    left, right = W.values[:, :-1], W.values[:, 1:]
    chords = (F(start, right) - F(start, left) + F(end, right) - F(end, left)) / 2
    slopes = (f_w(start, left) + f_w(end, right)) / 2 * GRID.steps
    return np.sum(chords + (lam - 0.5) * slopes, axis=1)


@pytest.mark.parametrize("lam", LAMBDAS)
@pytest.mark.parametrize("which", INTEGRANDS)
def test_the_limit_is_that_of_calculus_by_hand(which, lam):
    f, formula = INTEGRANDS[which]
    due = limit_by_sympy(formula, lam)
    np.testing.assert_allclose(sc.riemann_limit(f, W, lam), due, rtol=1e-7, atol=1e-7)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(sc.riemann_limit(f, W, lam), due + 1e-5, rtol=1e-7, atol=1e-7)


def test_the_formula_of_the_limit_is_itos_formula():
    """With F = int f dw, F_t + f_w/2 is what Ito's formula takes off F for the integral of f dW."""
    for _, f in INTEGRANDS.values():
        F = sympy.integrate(f, (w_, 0, w_))
        # dF = F_t dt + f dW + f_w/2 dt: the drift of F - int F_t dt - 1/2 int f_w dt is 0
        drift = sympy.diff(F, t_) + sympy.diff(F, w_, 2) / 2
        taken_off = sympy.diff(F, t_) + sympy.diff(f, w_) / 2
        assert sympy.simplify(drift - taken_off) == 0


@pytest.mark.parametrize("lam", LAMBDAS)
def test_one_function_gives_what_antiderivative_and_derivative_give(lam):
    one = sc.riemann_limit(lambda t, w: np.sin(w), W, lam=lam)
    both = sc.riemann_limit(lambda w: -np.cos(w), lambda w: np.cos(w), W, lam)
    np.testing.assert_allclose(one, both, rtol=1e-8, atol=1e-8)
    assert_same_bits(one, sc.riemann_limit(lambda t, w: np.sin(w), W=W, lam=lam))
    streamed = sc.brownian(partition=GRID, paths=300, store=False, rng=seed_of(__name__))
    assert_same_bits(one, sc.riemann_limit(lambda t, w: np.sin(w), streamed, lam))


def test_the_limit_of_t_w_has_the_moments_of_the_integral():
    """E int t W dW = lam T^2/2, and E of the square is T^4/4 for lam = 0."""
    T = 2.0
    V = sc.brownian(T, 400, paths=sample_size(40_000), store=False, rng=seed())
    for lam in (0.0, 0.5, 1.0):
        found = sc.riemann_limit(lambda t, w: t * w, V, lam)
        assert_mean(found, lam * T * T / 2, detects=0.2, sigmas=7)
        with must_reject("(lambda + 1/2), the sign that some notes print"):
            assert_mean(found, (lam + 1.0) * T * T / 2)
        if lam == 0.0:
            # given the grid, the limit has the variance T^2/24 dt^2 more: 1e-5 here
            assert_mean(found**2, T**4 / 4, detects=1.0, sigmas=7)


def test_the_exponential_martingale_is_the_limit_of_its_own_sums_with_order_two():
    """The integral of M dW, with M = e^(aW - a^2 t/2), is (M_T - 1)/a.

    With x = a^2 dt/2 a step of the limit is, times a,
    M_(k+1) (1 + e^x - x)/2 - M_k (1 + e^-x + x)/2: it is off by x^2/4 (M_(k+1) - M_k) and by terms
    in x^3, and so is the sum by order dt^2.
    """
    f = INTEGRANDS["exp"][0]
    batches, size = 25, 40
    V = sc.brownian(1.0, 256, paths=batches * size, rng=seed())
    exact = (np.exp(RATE * V.values[:, -1] - RATE**2 / 2) - 1) / RATE
    joined = np.array([1, 2, 4, 8])

    def slopes(estimate):
        errors = [estimate(V.coarsen(int(k))) - exact for k in joined]
        squares = np.array([(e.reshape(batches, size) ** 2).mean(axis=1) for e in errors])
        return np.polyfit(np.log(joined), np.log(squares) / 2, 1)[0]

    for estimate, order in (
        (lambda v: sc.riemann_limit(f, v, 0.0), 2.0),
        (lambda v: sc.ito(f, v), 0.5),
    ):
        found = slopes(estimate)
        mean, stderr = found.mean(), found.std(ddof=1) / np.sqrt(batches)
        assert_order((mean, stderr), order, tolerance=0.1, sigmas=7)
        with must_reject("order one", min_z=5):
            assert_order((mean, stderr), 1.0)


def test_the_grid_leaves_open_what_the_documentation_says():
    """Given the grid the limit has the variance sum dt^3/12 (f_t - (lam - 1/2) f_ww)^2.

    For t, and for w^2 at lam = 0 and 1, this is sum dt^3/12 exactly, and the limits on a grid and
    on every k-th of its times differ by 1 - 1/k^2 of it.
    """
    T, n, k = 2.0, 32, 4
    V = sc.brownian(T, n, paths=sample_size(20_000), rng=seed())
    dt = T / n * k
    for f, lam in (
        (lambda t, w: t, 0.5),
        (lambda t, w: t, 1.0),
        (lambda t, w: w * w, 0.0),
        (lambda t, w: w * w, 1.0),
    ):
        difference = sc.riemann_limit(f, V.coarsen(k), lam) - sc.riemann_limit(f, V, lam)
        exact = T * dt**2 / 12 * (1 - 1 / k**2)
        assert_mean(difference**2, exact, detects=0.15 * exact, sigmas=7)
        with must_reject("dt^3/6"):
            assert_mean(difference**2, 2 * exact)


def test_quotients_and_the_five_points_are_as_accurate_as_they_say():
    f = lambda t, u: t * u**9 - u**8
    assert math.isclose(
        mean_between(f, 2.0, -0.5, 1.5),
        (2 / 10 * (1.5**10 - 0.5**10) - (1.5**9 + 0.5**9) / 9) / 2.0,
        rel_tol=1e-13,
    )
    quartic = lambda t, u: t * u**4 + u**3
    assert math.isclose(slope(quartic, 2.0, 0.7, 0.1), 8 * 0.7**3 + 3 * 0.49, rel_tol=1e-12)
    quintic = lambda t, u: t * u**5
    assert math.isclose(curvature(quintic, 2.0, 0.7, 0.1), 40 * 0.7**3, rel_tol=1e-11)
    h = 0.05
    error = slope(lambda t, u: math.exp(u), 0.0, 0.0, h) - 1.0
    assert math.isclose(error, -(h**4) / 30, rel_tol=0.01)
    error = curvature(lambda t, u: math.exp(u), 0.0, 0.0, h) - 1.0
    assert math.isclose(error, -(h**4) / 90, rel_tol=0.01)


def test_what_is_missing_is_named():
    sine = lambda t, w: math.sin(w)
    plane = sc.brownian(n=4, dim=2, rng=1)
    for call, error, message in (
        (lambda: sc.riemann_limit(sine, W), TypeError, r"lam is missing: .*\(f, W, lam\)"),
        (lambda: sc.riemann_limit(sine, sine, W), TypeError, r"lam is missing: .*\(F, df, W, lam"),
        (lambda: sc.riemann_limit(sine, W, 2.0), ValueError, "lam=2.0"),
        (lambda: sc.riemann_limit(sine, [0.0], 0.5), TypeError, r"W=\[0\.0\] must be Brownian"),
        (lambda: sc.riemann_limit(sine, plane, 0.5), ValueError, r"W has dim=2: .* W\[0\]"),
        (lambda: sc.riemann_limit(lambda w: w, W, 0.5), TypeError, r"f\(w\) is called as f\(t, w"),
        (lambda: sc.riemann_limit(1.0, W, 0.5), TypeError, r"f=1\.0 must be a Python function"),
    ):
        with pytest.raises(error, match=message):
            call()
