"""Iterated integrals, exponential martingale and Levy's area: identities path by path, exact
moments at finite n.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from numpy.polynomial import hermite_e

import stochcalc as sc
from stochcalc.claims.theorems.g20_area import characteristic


def test_iterated_sums_are_the_elementary_symmetric_polynomials_of_the_increments(rng_seed):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 6, 1.5), paths=4, rng=rng_seed)
    sums = sc.iterated_integrals(W, 4)
    for k in range(1, 5):
        due = [
            sum(math.prod(row[list(pick)]) for pick in combinations(range(6), k))
            for row in W.increments
        ]
        np.testing.assert_allclose(sums[:, k - 1], due, rtol=1e-10, atol=1e-14)
    run = sc.iterated_integrals(W, 4, running=True)
    assert run.shape == (4, 7, 4) and np.all(run[:, 0] == 0)
    assert_same_bits(np.ascontiguousarray(run[:, -1]), sums)
    half = sc.iterated_integrals(
        sc.brownian(partition=sc.Partition(W.t[:4]), paths=4, key=W.key), 4
    )
    np.testing.assert_allclose(run[:, 3], half, rtol=1e-12, atol=1e-15)


def test_the_second_integral_follows_from_the_quadratic_variation(rng_seed):
    W = sc.brownian(1.0, 50, paths=10, rng=rng_seed)
    end, Q = W.values[:, -1], sc.quadratic_variation(W).value
    np.testing.assert_allclose(sc.iterated_integrals(W, 2)[:, 1], (end**2 - Q) / 2, rtol=1e-11)
    np.testing.assert_allclose(
        sc.iterated_integrals(W, 2)[:, 1], sc.ito(lambda t, w: w, W), rtol=1e-11
    )


def test_iterated_sums_are_orthogonal_with_binomial_second_moments(rng_seed):
    n = 12
    W = sc.brownian(1.0, n, paths=400_000, store=False, rng=rng_seed)
    sums = sc.iterated_integrals(W, 3)
    exact = np.array([math.comb(n, k) / n**k for k in (1, 2)])
    assert_mean(sums[:, :2] ** 2, exact, sigmas=7, detects=0.04)
    assert_mean(sums[:, 0] * sums[:, 1], 0.0, sigmas=7, detects=0.04)
    assert_mean(sums[:, 0] * sums[:, 2], 0.0, sigmas=7, detects=0.05)
    with must_reject("the moments of continuous time", min_z=10):
        assert_mean(sums[:, 1] ** 2, 0.5)


def test_hermite_is_the_polynomial_of_numpy_scaled():
    t, w = np.array([0.0, 0.5, 2.0]), np.array([[0.3], [-1.2]])
    for k in range(7):
        due = np.zeros((2, 3))
        for j in (1, 2):
            due[:, j] = (
                t[j] ** (k / 2)
                * hermite_e.hermeval(w[:, 0] / math.sqrt(t[j]), [0] * k + [1])
                / math.factorial(k)
            )
        due[:, 0] = w[:, 0] ** k / math.factorial(k)  # at t = 0 the monomials of ordinary calculus
        np.testing.assert_allclose(sc.hermite(k, t, w), due, rtol=1e-12, atol=1e-15)
    assert sc.hermite(2, 1.0, 3.0) == 4.0


def test_hermite_polynomials_sum_to_the_exponential_martingale(rng_seed):
    W = sc.brownian(1.0, 4, paths=5, rng=rng_seed)
    a = 0.8
    series = sum(a**k * sc.hermite(k, W.t, W.values) for k in range(40))
    np.testing.assert_allclose(sc.exponential_martingale(W, a), series, rtol=1e-9)
    assert np.all(sc.exponential_martingale(W, a)[:, 0] == 1.0)


def test_the_exponential_martingale_has_mean_one_at_all_times(rng_seed):
    W = sc.brownian(partition=sc.Partition([1.0, 1.5, 2.0, 3.0]), paths=200_000, rng=rng_seed)
    E = sc.exponential_martingale(W, 0.5)
    assert_mean(E[:, 1:], 1.0, sigmas=7, detects=0.03)
    with must_reject("without -a^2 t/2"):
        assert_mean(E[:, -1] * math.exp(0.25), 1.0)


def test_the_area_is_antisymmetric_and_turns_with_the_plane(rng_seed):
    W = sc.brownian(1.0, 30, dim=3, paths=6, rng=rng_seed)
    A = np.array([[sc.levy_area(W, i, j) for j in range(3)] for i in range(3)])
    np.testing.assert_allclose(A, -A.transpose(1, 0, 2), atol=1e-15)
    x, y = W.values[..., 0], W.values[..., 1]
    polygon = 0.5 * np.sum(
        x[:, :-1] * y[:, 1:] - y[:, :-1] * x[:, 1:], axis=1
    )  # the shoelace formula
    np.testing.assert_allclose(sc.levy_area(W), polygon, rtol=1e-10, atol=1e-14)
    run = sc.levy_area(W, running=True)
    assert run.shape == (6, 31) and np.all(run[:, 0] == 0)
    assert_same_bits(run[:, -1].copy(), sc.levy_area(W))
    S = sc.brownian(1.0, 30, dim=3, paths=6, rng=rng_seed, store=False)
    assert_same_bits(sc.levy_area(W), sc.levy_area(S))


def test_the_area_has_its_finite_variance_and_characteristic_function(rng_seed):
    n, T = 10, 2.0
    W = sc.brownian(T, n, dim=2, paths=200_000, store=False, rng=rng_seed)
    A = sc.levy_area(W)
    assert_mean(A**2, T**2 / 4 * (1 - 1 / n), detects=0.05)
    assert_mean(np.cos(1.5 * A), characteristic(1.5 * T, n), detects=0.02)
    with must_reject("T^2/12, given dW = 0"):
        assert_mean(A**2, T**2 / 12)
    with must_reject("a normal characteristic function"):
        assert_mean(np.cos(1.5 * A), math.exp(-(1.5**2) * T**2 / 8 * (1 - 1 / n)))


def test_the_characteristic_function_is_the_determinant_and_tends_to_sech():
    n, u = 7, 2.5
    i = np.arange(n)
    S = np.sign(i[:, None] - i[None, :])
    due = np.linalg.det(np.eye(n) + (0.5 * u / n) ** 2 * S @ S.T) ** -0.5
    assert characteristic(u, n) == pytest.approx(due, rel=1e-12)
    assert characteristic(u, 10**5) == pytest.approx(1 / math.cosh(u / 2), rel=1e-4)


def test_the_area_of_many_steps_has_levy_s_density(rng_seed):
    A = sc.levy_area(sc.brownian(1.0, 400, dim=2, paths=20_000, store=False, rng=rng_seed))
    law = lambda x: (
        2 / math.pi * np.arctan(np.exp(math.pi * np.asarray(x)))
    )  # integral of sech(pi x)
    assert_law(A, law, detects=0.045)
    with must_reject("a normal law", min_z=10):
        from scipy import stats

        assert_law(A, stats.norm(0, 0.5))
