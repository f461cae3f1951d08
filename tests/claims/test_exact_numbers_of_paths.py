"""Exact numbers and twins of G01 to G14 by a second route: forms, quadrature, brute force."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.theorems import (
    g01_random_walk,
    g05_signature,
    g08_arcsine,
    g10_general_integrands,
    g12_by_parts,
    g14_martingale,
)


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


# ---- G01: the maximum of a walk


def maximum_by_tosses(n):
    """E max S_k/sqrt(n) over all 2^n tosses."""
    total = 0
    for tosses in itertools.product((-1, 1), repeat=n):
        total += max(itertools.accumulate(tosses, initial=0))
    return Fraction(total, 2**n) / Fraction(math.isqrt(n * 10**40), 10**20)


def maximum_by_absorption(n):
    """E max S_k/sqrt(n) as sum P(max >= r), each by a walk that stops at r."""
    total = Fraction(0)
    for r in range(1, n + 1):
        law = {0: Fraction(1)}
        for _ in range(n):
            after = {}
            for place, mass in law.items():
                for to in (place,) if place == r else (place - 1, place + 1):
                    after[to] = after.get(to, 0) + mass / (1 if place == r else 2)
            law = after
        total += law.get(r, 0)
    return float(total) / math.sqrt(n)


def test_the_maximum_of_a_walk_is_that_of_all_tosses():
    for n in (2, 4, 8, 12):
        assert_same(g01_random_walk.mean_maximum(n), float(maximum_by_tosses(n)))
    assert_same(g01_random_walk.mean_maximum(64), maximum_by_absorption(64))
    expansion = math.sqrt(2 / math.pi) - 0.5 / math.sqrt(1000)
    assert g01_random_walk.mean_maximum(1000) == pytest.approx(expansion, abs=3e-4)


# ---- G05: means of quadratic forms in the returns


def form(estimator, n):
    """The matrix of an estimator, read off the estimator on unit vectors of returns."""
    unit = np.concatenate([np.zeros((n, 1)), np.cumsum(np.eye(n), axis=1)], axis=1)
    pairs = unit[:, None, :] + unit[None, :, :]

    def value(paths):
        return sc.quadratic_variation(paths, estimator=estimator, workers=1).value

    diagonal = value(unit)
    together = value(pairs.reshape(n * n, -1)).reshape(n, n)
    return (together - diagonal[:, None] - diagonal[None, :]) / 2


def covariance(n, eta):
    return np.eye(n) / n + eta**2 * (2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1))


@pytest.mark.parametrize("estimator", g05_signature.ROBUST)
def test_the_robust_estimators_are_unbiased_as_quadratic_forms(estimator):
    n, eta = g05_signature.STEPS, g05_signature.ETA
    assert_same(np.trace(form(estimator, n) @ covariance(n, eta)), 1.0, rel=1e-10)


def windows(g, n):
    """The matrix of sum_i (sum_j g_j r_{i+j})^2."""
    rows = np.array(
        [np.r_[np.zeros(i), g, np.zeros(n - i - len(g))] for i in range(n - len(g) + 1)]
    )
    return rows.T @ rows


def test_the_twins_of_the_robust_estimators_are_the_means_of_their_forms():
    n, eta = 64, 0.05
    S = covariance(n, eta)
    K, k, lags = (sc.ESTIMATORS[name].bandwidth(n) for name in g05_signature.ROBUST)
    grids = windows(np.ones(K), n) / K
    first = grids - (n - K + 1) / K / n * np.eye(n)
    assert_same(g05_signature.find_twin("two_scale", n, eta).mean, np.trace(first @ S))
    weights = np.minimum(np.arange(1, k), k - np.arange(1, k)) / k
    limiting = 12 / k * windows(weights, n) - 6 / k**2 * np.eye(n)
    assert_same(g05_signature.find_twin("preaveraged", n, eta).mean, np.trace(limiting @ S))
    kernel = np.eye(n)
    for lag in range(1, lags + 1):
        both = np.eye(n, k=lag) + np.eye(n, k=-lag)
        kernel = kernel + n / (n - 1) * (1 - lag / (lags + 1)) * both
    assert_same(g05_signature.find_twin("realized_kernel", n, eta).mean, np.trace(kernel @ S))


# ---- G08: the number of positive values


def test_the_arcsine_law_is_that_of_all_signs_and_orders_of_five_steps():
    steps = (1.0, 1.37, 2.11, 3.03, 4.9)  # no two signed sums of them agree
    count = np.zeros(6)
    for order in itertools.permutations(steps):
        for signs in itertools.product((-1, 1), repeat=5):
            count[int((np.cumsum(np.multiply(order, signs)) > 0).sum())] += 1
    np.testing.assert_allclose(count / count.sum(), g08_arcsine.probabilities(5), rtol=1e-14)


def test_the_extreme_shares_have_the_mass_of_a_mixture_of_binomials():
    n = g08_arcsine.STEPS

    def mass(k):
        """C(n, k) times the integral of p^k (1-p)^(n-k) with p = sin^2."""
        value, _ = integrate.quad(
            lambda a: np.sin(a) ** (2 * k) * np.cos(a) ** (2 * n - 2 * k),
            0,
            np.pi / 2,
            epsabs=1e-14,
        )
        return math.comb(n, k) * value * 2 / math.pi

    extreme = [k for k in range(n + 1) if k / n < 0.1 or k / n > 0.9]
    assert extreme == [0, 1, 15, 16]
    found = g08_arcsine.probabilities(n)[g08_arcsine.EXTREME].sum()
    assert_same(found, sum(mass(k) for k in extreme), rel=1e-10)


# ---- G10: the twin's integral


def test_the_slopes_of_the_limits_are_integrals_of_the_mean_derivative():
    x, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    derivatives = {"w^3": lambda w: 3 * w * w, "exp w": np.exp, "sin w": np.cos}
    for case in g10_general_integrands.INTEGRANDS:
        if case.weighted:
            continue
        df = derivatives[case.name]
        due, _ = integrate.quad(lambda t: float(weights @ df(math.sqrt(t) * x)), 0, 1)  # noqa: B023
        assert_same(case.slope, due, rel=1e-8)


# ---- G12: by parts


def test_the_integral_by_parts_and_the_sum_have_the_variances_of_a_gaussian_vector():
    n = g12_by_parts.STEPS
    t = np.arange(n + 1) / n
    cover = np.minimum(t[:, None], t[None, :])
    slope = np.pi * np.cos(np.pi * t)
    weight = np.full(n + 1, 1 / n)
    weight[[0, -1]] /= 2
    parts = -weight * slope
    sums = np.zeros(n + 1)
    sums[1:] += np.sin(np.pi * t[:-1])
    sums[:-1] -= np.sin(np.pi * t[:-1])
    variance, distance = g12_by_parts.exact_moments(t)
    assert_same(variance, parts @ cover @ parts, rel=1e-10)
    assert_same(distance, (parts - sums) @ cover @ (parts - sums), rel=1e-9)
    r = (np.pi / n / 2) / np.sin(np.pi / n / 2)
    assert_same(variance, r * r / 2, rel=1e-10)
    assert_same(distance, (1 - 2 * r * np.cos(np.pi / n / 2) + r * r) / 2, rel=1e-9)


def test_the_twin_of_the_distance_is_nearly_that_of_the_integral_itself(rng_seed):
    n = g12_by_parts.STEPS
    rows = sc.CLAIMS["G12"].run(paths=2048, rng=rng_seed).rows
    square, _ = integrate.quad(lambda t: (np.pi * np.cos(np.pi * t)) ** 2, 0, 1)
    assert_same(rows[1].twin, square / n**2 / 12)
    t = np.arange(n + 1) / n
    later = np.cumsum(g12_by_parts.weights_by_parts(t)[:0:-1])[::-1]
    apart = sum(
        integrate.quad(lambda s: (later[k] - math.sin(math.pi * s)) ** 2, k / n, (k + 1) / n)[0]  # noqa: B023
        for k in range(n)
    )
    assert rows[1].twin == pytest.approx(apart, rel=2e-3)


# ---- G14: the sign of Ito's sum


def test_the_mean_sign_of_ito_s_sum_is_that_of_a_ratio_of_chi_squares():
    """I_s is a form with the eigenvalues (m - 1)/2 once and -1/2 for all the others."""
    for m in (2, 3, 8, 50):
        below = stats.f.cdf(1.0, 1, m - 1)
        assert_same(g14_martingale.mean_sign(m), 1 - 2 * below, rel=1e-9)
    assert g14_martingale.mean_sign(10**6) == pytest.approx(
        1 - 2 * (1 - 2 * stats.norm.sf(1)), abs=1e-5
    )
