"""Exact numbers of the claims on rates, of growth and of learning, from G47 on, by two routes."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from claim_numbers import exponent_over_angles, growth_over_cosines
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.angle_chains import Case, growth, step_matrices
from stochcalc.claims.theorems import g47_lyapunov, g48_drift_or_volatility


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G47: growth along paths


def test_growth_along_paths_is_a_quadrature_over_the_cosine_of_the_angle():
    weak, strong, euler, angle = rows_of("G47")
    n = 256
    h = 1 / 32
    assert_same(weak.exact, growth_over_cosines(0.5, h, n)[0], rel=1e-10)
    assert_same(weak.twin, growth_over_cosines(0.5, h, n, ito=True)[0], rel=1e-10)
    assert_same(strong.exact, growth_over_cosines(1.5, h, n)[0], rel=1e-10)
    assert_same(strong.twin, growth_over_cosines(1.5, h, n, ito=True)[0], rel=1e-10)
    due, cosine = growth_over_cosines(1.5, h, n, euler=True)
    assert_same(euler.exact, due, rel=1e-10)
    assert_same(angle.exact, cosine, rel=1e-10)
    twin = growth_over_cosines(1.5, h, n, euler=True, ito=True)[0]
    assert_same(euler.twin, twin, rel=1e-10)


def test_growth_of_euler_s_scheme_is_that_of_densities_carried_forwards():
    """Each direction is reached by one increment: X + M X is a line in it, and J X is not 0."""
    sigma = 1.5
    h = 1 / 32
    angles = 401  # odd, so that no two of them are at a right angle
    phi = (np.arange(angles) + 0.5) * np.pi / angles
    x = np.array([np.cos(phi), np.sin(phi)])
    drift = np.array([0.5, -1.5]) - sigma**2 / 2
    mean = x * (1 + h * drift[:, None])
    turned = sigma * np.array([-x[1], x[0]])

    def cross(u, v):
        return u[0][:, None] * v[1] - u[1][:, None] * v[0]

    def density(mean, turned):
        dW = -cross(mean, x) / cross(turned, x)
        slope = np.abs(mean[0] * turned[1] - mean[1] * turned[0])[:, None] / cross(turned, x) ** 2
        return np.exp(-(dW**2) / (2 * h)) / math.sqrt(2 * np.pi * h) * slope

    z, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    end = mean[:, :, None] + turned[:, :, None] * math.sqrt(h) * z
    g = np.log(np.sum(end**2, axis=0)) @ weights / 2
    start = np.array([[1 + h * drift[0]], [0.0]])
    p = density(start, np.array([[0.0], [sigma]]))[0] * np.pi / angles
    kernel = density(mean, turned) * np.pi / angles
    total = 0.0
    for k in range(1, 256):
        assert p.sum() == pytest.approx(1.0, abs=1e-9)
        if k >= 128:
            total += p @ g
        p = p @ kernel
    assert_same(rows_of("G47")[2].exact, total / 4.0, rel=1e-8)
    assert_same(rows_of("G47")[3].exact, p @ np.cos(2 * phi), rel=1e-8)


def growth_of_moments(sigma, p, waves=60):
    """The rate of E |X_t|^p, the top eigenvalue of its generator on cos 2 k phi.

    It is f -> (sigma^2/2) f'' - (a - b)/2 sin 2 phi f' + p ((a + b)/2 + (a - b)/2 cos 2 phi) f.
    """
    k = np.arange(waves)
    matrix = np.diag(-2 * sigma**2 * k**2 - p / 2.0)
    # the products with the sine and the cosine reach the neighbouring waves; a - b = 2
    matrix += np.diag((p / 2 - k)[:-1], -1) + np.diag((p / 2 + k)[1:], 1)
    matrix[1, 0] *= 2
    return np.max(np.linalg.eigvals(matrix).real)


@pytest.mark.parametrize("sigma", [0.5, 0.9, 1.5, 3.0])
def test_the_top_exponent_is_the_slope_of_the_growth_of_moments(sigma):
    assert growth_of_moments(sigma, 0.0) == pytest.approx(0.0, abs=1e-12)
    slope = (growth_of_moments(sigma, 1e-4) - growth_of_moments(sigma, -1e-4)) / 2e-4
    assert_same(g47_lyapunov.exponent(sigma), slope, rel=1e-6)
    assert_same(g47_lyapunov.exponent(sigma), exponent_over_angles(sigma), rel=1e-9)


def test_the_rate_of_the_mean_square_is_that_of_its_linear_equation():
    """It is 2 ab - sigma^2 (a + b) that decides: with it the generator above is checked."""
    for sigma in (0.7, 1.1, 1.5):
        s = sigma**2
        rate = max(np.linalg.eigvals([[1.0 - s, s], [s, -3.0 - s]]).real)
        assert_same(growth_of_moments(sigma, 2.0), rate, rel=1e-10)
        assert (rate > 0) == (s < 1.5)


def test_limits_of_the_rows_are_those_of_short_steps():
    for row in rows_of("G47")[:2]:
        sigma = float(row.statement.split("sigma = ")[1].split(",")[0])
        fine, finer = (growth(Case(sigma=sigma, steps=n)) for n in (1024, 2048))
        assert_same(2 * finer - fine, row.limit, rel=5e-4)
        assert_same(row.limit, exponent_over_angles(sigma), rel=1e-9)


def test_the_twin_of_g47_is_what_the_solver_gives_for_the_equation_of_ito():
    for method in ("heun", "euler_maruyama"):
        case = Case(sigma=1.5, method=method, lam=0.0)
        W = sc.brownian(8.0, 256, paths=3, key=5)
        sol = sc.solve(g47_lyapunov.equation(1.5, 0.0), (1.0, 0.0), noise=W, method=method)
        for path in range(3):
            x = np.array([1.0, 0.0])
            for G in step_matrices(case, W.increments[path]):
                x = G @ x
            np.testing.assert_allclose(sol.x[path, -1], x, rtol=1e-9)


# ---- G48: estimators of drift and volatility


def moments_of_form(A, mean, covariance):
    """Mean and variance of x'Ax for a normal x, by traces."""
    first = np.trace(A @ covariance) + mean @ A @ mean
    AC = A @ covariance
    return first, 2 * np.trace(AC @ AC) + 4 * mean @ A @ covariance @ A @ mean


def test_spreads_of_estimators_are_those_of_linear_and_quadratic_forms():
    rows = rows_of("G48")
    mu = 0.5
    for n, deviation, around_mean, around_drift in (
        (4, rows[0], rows[2], rows[4]),
        (64, rows[1], rows[3], rows[5]),
    ):
        mean = np.full(n, mu / n)
        covariance = np.eye(n) / n
        ones = np.ones(n)
        assert_same(deviation.exact, math.sqrt(ones @ covariance @ ones))
        assert_same(deviation.twin, math.sqrt(ones @ covariance @ ones / n))
        centred = (np.eye(n) - np.outer(ones, ones) / n) * n / (n - 1)
        value, variance = moments_of_form(centred, mean, covariance)
        assert_same(value, 1.0)
        assert_same(around_mean.exact, variance, rel=1e-11)
        value, variance = moments_of_form(np.eye(n), 0 * mean, covariance)
        assert_same(value, 1.0)
        assert_same(around_drift.exact, variance, rel=1e-11)
    value, _ = moments_of_form(np.eye(4), np.full(4, mu / 4), np.eye(4) / 4)
    assert_same(rows[6].exact, value)
    assert_same(rows[2].twin, rows[4].exact)
    assert_same(rows[3].twin, rows[2].exact)
    assert (rows[4].twin, rows[5].twin, rows[6].twin) == (2.0, 2.0, 1.0)


def test_variances_are_quadratures_over_the_laws_of_chi_squared():
    for n, row in ((4, rows_of("G48")[2]), (64, rows_of("G48")[3])):
        law = stats.chi2(n - 1)
        square, _ = integrate.quad(
            lambda x, n=n, law=law: (x / (n - 1) - 1) ** 2 * law.pdf(x), 0, 400, limit=400
        )
        assert_same(row.exact, square, rel=1e-8)


def test_estimators_of_a_path_are_those_of_numpy_and_the_drift_has_its_ends_alone():
    w = sc.brownian(n=64, paths=5, key=2).values
    x = 0.5 * np.linspace(0, 1, 65) + w
    drift, around_mean, around_drift, around_zero = g48_drift_or_volatility.estimate(w)
    np.testing.assert_allclose(drift, x[:, -1], rtol=1e-12)
    few = g48_drift_or_volatility.estimate(w[:, ::16])[0]
    np.testing.assert_allclose(drift, few, rtol=1e-12)
    dX = np.diff(x, axis=1)
    np.testing.assert_allclose(around_mean, 64 * np.var(dX, axis=1, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(
        around_drift, 64 * np.var(dX - 0.5 / 64, axis=1) + w[:, -1] ** 2 / 64
    )
    np.testing.assert_allclose(around_zero, sc.quadratic_variation(x).value, rtol=1e-12)


def test_no_unbiased_estimator_of_the_drift_has_a_smaller_variance():
    """Fisher's information of n increments, from the likelihood by differences, is T/sigma^2."""
    for n in (4, 64):
        dX = sc.brownian(n=n, key=1).increments[0]

        def log_likelihood(mu, dX=dX, n=n):
            return np.sum(stats.norm.logpdf(dX, mu / n, math.sqrt(1 / n)))

        bend = log_likelihood(0.5) - 2 * log_likelihood(0.0) + log_likelihood(-0.5)
        assert_same(rows_of("G48")[0].exact, 1 / math.sqrt(-bend / 0.25), rel=1e-9)
