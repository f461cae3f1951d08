"""Exact numbers of the claims on integrators and noise, from G33 on, by a second route."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.theorems import g33_any_integrator, g34_settling


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G33: integrators


def squares_of(covariance):
    """E sum dX^2 of a process with this covariance on its grid, as a quadratic form."""
    n = len(covariance) - 1
    differences = np.eye(n + 1)[1:] - np.eye(n + 1)[:-1]
    return float(np.trace(differences @ covariance @ differences.T))


def test_the_shifts_of_sums_are_those_of_laws_and_covariances():
    n = g33_any_integrator.STEPS
    t = np.arange(n + 1) / n
    low, high, rough, smooth, noise = rows_of("G33")
    jumps = n * float(stats.poisson(4.0 / n).expect(lambda k: k**2))
    assert_same(low.exact, -0.5 * jumps, rel=1e-9)
    assert_same(high.exact, 0.5 * jumps, rel=1e-9)
    for row, H in ((rough, 0.25), (smooth, 0.75)):
        powers = t ** (2 * H)
        distances = np.abs(t[:, None] - t) ** (2 * H)
        covariance = (powers[:, None] + powers - distances) / 2
        assert_same(row.exact, -0.5 * squares_of(covariance))
    memory = 0.05 * np.exp(-np.abs(t[:, None] - t) / 0.1)
    # E R is a quadratic form too: row k is X_k against the increment of step k.
    R = sum(memory[k, k + 1] - memory[k, k] for k in range(n))
    assert_same(noise.exact, R)
    assert_same(noise.exact, -0.5 * squares_of(memory))
    twins = [row.twin for row in (low, high, rough, smooth, noise)]
    assert twins == [-0.5, 0.5, -0.5, -0.5, 0.0]  # E [W] is 1 at any n


@pytest.mark.parametrize("lam", [0.0, 0.25, 0.5, 1.0])
def test_the_identity_holds_on_every_path_of_any_integrator(lam):
    W = sc.brownian(n=40, paths=300, key=1)
    gbm = sc.solve(sc.models.gbm(0.1, 0.5), 1.0, noise=W)
    ou = sc.solve(sc.models.ou(1.0, 0.0, 0.5), 2.0, noise=W)
    arrays = (W.t, np.cumsum(np.random.default_rng(1).random((300, 41)), axis=1))
    processes = [sc.fractional_brownian(H, n=40, paths=300, key=1) for H in (0.25, 0.75)]
    processes += [
        sc.poisson(3.0, n=40, paths=300, key=1),
        sc.poisson(3.0, n=40, jump=0.5, deviation=0.2, paths=300, key=1),
        sc.coloured_noise(0.1, n=40, paths=300, key=1),
        sc.telegraph_noise(0.1, n=40, paths=300, key=1),
    ]
    for X in (W, gbm, ou, arrays, *processes):
        x = X[1] if isinstance(X, tuple) else getattr(X, "x", None)
        if x is None:
            x = X.values
        squares = np.sum(np.diff(x, axis=1) ** 2, axis=1)
        due = (x[:, -1] ** 2 - x[:, 0] ** 2) / 2 + (lam - 0.5) * squares
        found = sc.riemann_sum(lambda t, x: x, X, lam, at="value")
        np.testing.assert_allclose(found, due, rtol=1e-12, atol=1e-12)
        # lambda adds lambda [H, X] to Ito's sum, here for the integrand H = X
        left = sc.riemann_sum(lambda t, x: x, X, 0.0)
        both = sc.covariation(X, X).value
        np.testing.assert_allclose(left + lam * both, found, rtol=1e-12, atol=1e-12)


# ---- G34: where a system settles


def moment_by_steps(k, n):
    """E X_n^2 of Euler's scheme: each step by a Gauss-Hermite rule on two states, then iterated."""
    z, weights = np.polynomial.hermite_e.hermegauss(4)
    weights = weights / weights.sum()
    h = 1.0 / n

    def after(x):
        return float(weights @ (x - k * x * h + np.sqrt((1 + x * x) * h) * z) ** 2)

    # a quadratic function of x without a linear term, known from its values at 0 and 1
    constant = after(0.0)
    factor = after(1.0) - constant
    assert_same(after(2.0), constant + 4 * factor)
    moment = 0.0
    for _ in range(n):
        moment = constant + factor * moment
    return moment


def test_the_moments_of_readings_are_those_of_single_steps():
    due = {lam: moment_by_steps(6.0 - lam, 20) for lam in (0.0, 0.5, 1.0)}
    for row, lam in zip(rows_of("G34"), due):
        assert_same(row.exact, due[lam])
        assert_same(row.twin, due[1.0 if lam < 1.0 else 0.0])


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_the_stationary_law_makes_the_flow_of_probability_vanish(lam):
    """The density is solved for from (b^2 p)'/2 = drift p, and integrated."""
    for a in (1.5, 6.0):

        def slope(x, p):
            drift = -a * x + lam * x
            return (2 * drift * p - 2 * x * p) / (1 + x * x)

        right = integrate.solve_ivp(
            slope, (0.0, 60.0), [1.0], rtol=1e-11, atol=1e-14, dense_output=True
        )
        mass, _ = integrate.quad(lambda x: right.sol(x)[0], 0.0, 60.0, limit=400, epsabs=1e-12)
        for x in (0.3, 1.0, 3.0):
            below, _ = integrate.quad(lambda y: right.sol(y)[0], 0.0, x, epsabs=1e-12)
            found = float(g34_settling.tail(lam, a, np.array(x)))
            assert found == pytest.approx(1.0 - below / mass, abs=3e-4)
        if a == 6.0:
            square, _ = integrate.quad(lambda x: x * x * right.sol(x)[0], 0.0, 60.0, limit=400)
            assert square / mass == pytest.approx(g34_settling.stationary_moment(lam), rel=1e-5)
