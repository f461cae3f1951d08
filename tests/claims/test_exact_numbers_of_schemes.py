"""Exact numbers and twins of G19 to G28 by a second route: quadrature, and letter by letter."""

import functools
import math

import mpmath
import numpy as np
import pytest
from scipy import linalg

from stochcalc.claims.cubic_chains import H, R, escape
from stochcalc.claims.theorems import g19_smooth_noise, g25_stability, g28_langevin_bias


def assert_same(found, due, rel=1e-12):
    assert found == pytest.approx(due, rel=rel, abs=1e-14)


# ---- G19: along polygons


def test_distances_along_polygons_are_quadratures_over_one_piece():
    z, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    n = g19_smooth_noise.PIECES
    y = g19_smooth_noise.SIGMA * z / math.sqrt(n)
    for m in (1, 2, 8):
        step = (1 + y / m) ** m
        assert_same(g19_smooth_noise.mean_along_polygon(m), (weights @ step) ** n, rel=1e-10)
        for found, solution in zip(
            g19_smooth_noise.distances_along_polygon(m), (np.exp(y), np.exp(y - 0.5 / n))
        ):
            parts = [(weights @ value) ** n for value in (step**2, solution**2, step * solution)]
            assert_same(found, parts[0] + parts[1] - 2 * parts[2], rel=1e-9)
    first = g19_smooth_noise.distances_along_polygon(1)[0]
    assert_same(first, g19_smooth_noise.distance_of_euler(n), rel=1e-10)


# ---- G25: growth along paths


def rate_by_noncentral_chi_squared(h):
    """E ln |m + s Z| = ln s + (ln 2 + sum_j Pois_j(m^2/(2 s^2)) psi(1/2 + j))/2."""
    m = 1 - 3 * mpmath.mpf(h)
    s = mpmath.sqrt(3 * h)
    L = m * m / (s * s) / 2
    terms = mpmath.mpf(0)
    poisson = mpmath.exp(-L)
    psi = mpmath.psi(0, 0.5)
    for j in range(60):
        terms += poisson * psi
        poisson *= L / (j + 1)
        psi += 1 / (j + mpmath.mpf(0.5))
    return mpmath.log(s) + (mpmath.log(2) + terms) / 2


def test_growth_rates_are_those_of_the_noncentral_chi_squared_law():
    for h, due in ((1.0, 0.455623), (0.5, -0.351380), (0.25, -0.737928)):
        rate = float(rate_by_noncentral_chi_squared(h))
        assert rate == pytest.approx(due, abs=5e-7)
        assert_same(g25_stability.growth_rate(h), rate, rel=1e-10)


def test_growth_along_paths_vanishes_at_the_step_of_the_text():
    root = mpmath.findroot(rate_by_noncentral_chi_squared, (0.6, 0.8), solver="anderson")
    assert float(root) == pytest.approx(0.70106481, abs=5e-9)


# ---- G27: paths that leave


find_nodes = functools.cache(np.polynomial.legendre.leggauss)


def escape_forwards(x, n):
    """P(left by step n): masses that have not left are carried along, by Simpson's rule."""
    half = 400
    grid = np.linspace(-R, R, 2 * half + 1)
    weight = np.full(2 * half + 1, 4.0)
    weight[::2] = 2.0
    weight[[0, -1]] = 1.0
    weight *= R / half / 3

    def density(centre):
        return np.exp(-((grid - centre) ** 2) / (2 * H)) / math.sqrt(2 * math.pi * H)

    move = np.array([density(u - H * u**3) for u in grid])
    p = density(x - H * x**3)
    for _ in range(n - 1):
        p = (p * weight) @ move
    return 1 - float(p @ weight)


@pytest.mark.parametrize("x, n", [(0.0, 6), (2.0, 6), (2.4, 6), (0.0, 400)])
def test_the_probability_to_leave_is_that_of_masses_carried_forwards(x, n, monkeypatch):
    monkeypatch.setattr(np.polynomial.legendre, "leggauss", find_nodes)  # a second for 320 nodes
    assert escape(x, n) == pytest.approx(escape_forwards(x, n), abs=1e-7)


# ---- G28: moments after n steps


def letters(k, h, decay):
    """The maps of the covariance of (q, p) under the letters with a share of the step."""

    def linear(M):
        return lambda S: M @ S @ M.T

    def forget(share):
        d = decay**share
        M = np.diag([1.0, d])
        return lambda S: M @ S @ M.T + np.diag([0.0, 1 - d * d])

    return {
        "A": lambda share: linear(np.array([[1.0, share * h], [0.0, 1.0]])),
        "B": lambda share: linear(np.array([[1.0, 0.0], [-share * h * k, 1.0]])),
        "O": forget,
    }


@pytest.mark.parametrize("method", ["baoab", "aboba", "obabo", "oabao", "baoa"])
@pytest.mark.parametrize("k, h", [(1.0, 0.2), (1.0, 0.4), (4.0, 0.4)])
def test_moments_after_forty_steps_are_those_of_the_letters_one_by_one(method, k, h):
    parts = letters(k, h, math.exp(-h))
    word = method.upper()
    S = np.diag([0.0, 1.0])
    for _ in range(40):
        for letter in word:
            S = parts[letter](1 / word.count(letter))(S)
    found = g28_langevin_bias.moments_after(method, k, h, 40)
    assert_same(found["q"], k * S[0, 0], rel=1e-11)
    assert_same(found["p"], S[1, 1], rel=1e-11)


@pytest.mark.parametrize("k, h", [(1.0, 0.2), (4.0, 0.4)])
def test_moments_of_overdamped_chains_are_sums_over_their_normals(k, h):
    """q_n is a linear combination of the normals; LM's first normal is 0."""
    n, r = 40, 1 - k * h / 2
    powers = r ** np.arange(n - 1, -1, -1)
    ula = g28_langevin_bias.moments_after("ula", k, h, n)["q"]
    assert_same(ula, k * h * np.sum(powers**2), rel=1e-11)
    each = np.zeros(n + 1)  # the coefficient of every normal in q_n
    each[1:] += powers / 2
    each[:-1] += powers / 2
    lm = g28_langevin_bias.moments_after("lm", k, h, n)["q"]
    assert_same(lm, k * h * np.sum(each[1:] ** 2), rel=1e-11)


# ---- G26: the twin of the trapezoid


def test_noise_outside_the_implicit_equation_has_the_variance_of_the_twin():
    kappa, sigma, h = 10.0, 2.0, 0.15
    r = (1 - kappa * h / 2) / (1 + kappa * h / 2)
    V = linalg.solve_discrete_lyapunov(np.array([[r]]), np.array([[sigma**2 * h]]))
    assert V.item() == pytest.approx(0.6125, abs=1e-12)
