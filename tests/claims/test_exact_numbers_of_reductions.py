"""Exact numbers of the claims on variance reduction, white noise and bridges, by a second route."""

from __future__ import annotations

import functools
import math

import mpmath
import numpy as np
import pytest
from claim_numbers import (
    mean_of_lognormals,
    ratio_of_pairs_by_quadrature,
    share_left_by_geometric_mean,
)
from scipy import integrate, stats

import stochcalc as sc
from stochcalc.claims.theorems import g53_variance_reduction, g54_white_noise, g55_bridge


def assert_same(found, exact, rel=1e-11):
    assert found == pytest.approx(exact, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G53: variance reduction

SIGMA = 0.4
n = 12


@functools.cache
def covariance_of_means(mirrored):
    """Cov of A along W with A along W or along -W, term by term over the increments."""
    one = np.eye(n)
    down = [math.exp(-(SIGMA**2) * (k + 1) / (2 * n)) for k in range(n)]
    sign = -1 if mirrored else 1
    second = sum(
        down[k] * down[j] * mean_of_lognormals(one[k] + sign * one[j], SIGMA, n)
        for k in range(n)
        for j in range(n)
    )
    return second / n**2 - 1.0


def test_the_ratio_of_pairs_for_the_mean_is_one_more_than_a_correlation():
    ratio = 1 + covariance_of_means(mirrored=True) / covariance_of_means(mirrored=False)
    assert_same(rows_of("G53")[0].exact, ratio, rel=1e-9)
    variance = g53_variance_reduction.mean_variance(SIGMA, n)
    assert_same(variance, covariance_of_means(mirrored=False), rel=1e-10)


def test_the_ratio_of_pairs_at_the_end_is_an_integral():
    by_formula = 1 - math.exp(-0.49)
    assert_same(g53_variance_reduction.ratio_of_pairs(0.7, 1), by_formula)
    found = ratio_of_pairs_by_quadrature(lambda x: math.exp(0.7 * x), reach=14.0)
    assert_same(found, by_formula, rel=1e-9)


@pytest.mark.parametrize("c", [0.25, 0.5, 1.0, 2.0])
def test_the_ratio_of_pairs_for_a_distance_is_an_integral(c):
    found = ratio_of_pairs_by_quadrature(lambda x: abs(x - c), breaks=(-c, c))
    assert_same(g53_variance_reduction.ratio_of_distances(c), found, rel=1e-9)
    if c == 0.5:
        assert_same(rows_of("G53")[2].exact, found, rel=1e-9)


def test_an_even_functional_gains_nothing_and_its_variance_is_that_of_a_quadratic_form():
    assert rows_of("G53")[1].exact == 2.0
    steps = np.tril(np.ones((n, n)))
    eigenvalues = np.linalg.eigvalsh(steps.T @ steps) / n**2  # of the mean of W^2 in normals
    assert_same(g53_variance_reduction.square_variance(n), 2 * np.sum(eigenvalues**2))


def test_what_the_end_leaves_is_all_chaoses_but_the_first():
    chaos = [SIGMA ** (2 * k) / math.factorial(k) for k in range(1, 30)]
    row = rows_of("G53")[3]
    assert_same(row.exact, sum(chaos[1:]) / sum(chaos))
    assert_same(row.twin, 1 - math.sqrt(chaos[0] / sum(chaos)))


def test_what_the_geometric_mean_leaves_is_a_determinant():
    _, _, _, _, share, mean = rows_of("G53")
    assert_same(share.exact, share_left_by_geometric_mean(SIGMA, n), rel=1e-9)
    unit = g53_variance_reduction.ratio_of_control(SIGMA, n, b=1.0)
    assert_same(unit, share_left_by_geometric_mean(SIGMA, n, b=1.0), rel=1e-9)
    each = np.full(n, 1 / n)
    down = math.exp(-(SIGMA**2) * (n + 1) / (4 * n))
    first = down * mean_of_lognormals(each, SIGMA, n)
    second = down**2 * mean_of_lognormals(2 * each, SIGMA, n)
    deviation = math.sqrt(covariance_of_means(mirrored=False))
    assert_same(share.twin, 1 - (second - first**2) / deviation**2, rel=1e-9)
    single = [math.exp(-(SIGMA**2) * (k + 1) / (2 * n)) for k in range(n)]
    one = [mean_of_lognormals(row, SIGMA, n) for row in np.eye(n)]
    assert_same(mean.exact, float(np.dot(single, one)) / n, rel=1e-12)
    assert_same(mean.twin, first, rel=1e-10)


def test_no_other_coefficient_leaves_less():
    known = g53_variance_reduction.control(SIGMA, n)
    best = known.covariance / known.variance
    ratio = functools.partial(g53_variance_reduction.ratio_of_control, SIGMA, n)
    assert ratio() < min(ratio(b=0.99 * best), ratio(b=1.01 * best))


# ---- G54: white noise

T = 2.0


def law_of_transform(covariance, j, scale=1.0):
    """The 2 x 2 covariance of the real and imaginary part of a transform of normal numbers."""
    size = len(covariance)
    angle = 2 * math.pi * j * np.arange(size) / size
    rows = scale * np.stack([np.cos(angle), -np.sin(angle)])
    return rows @ covariance @ rows.T


def path_covariance(size, bridge=False):
    """The covariance min(s, t) of a path at its first grid times, less s t/T for a bridge."""
    t = T * np.arange(size) / size
    covariance = np.minimum.outer(t, t)
    if bridge:
        covariance = covariance - np.outer(t, t) / T
    return covariance


@pytest.mark.parametrize("size", [8, 64])
def test_the_spectra_are_traces_of_covariances_at_every_frequency(size):
    h = T / size
    for j in range(1, size // 2 + 1):
        noise = law_of_transform(h * np.eye(size), j)
        assert_same(np.trace(noise), T)
        for bridge in (False, True):
            law = law_of_transform(path_covariance(size, bridge), j, h)
            power = g54_white_noise.path_power(j, size, jump=not bridge)
            assert_same(np.trace(law), float(power), rel=1e-9)


def test_the_rows_on_noise_are_those_of_two_equal_normals():
    low, top, above, spread = rows_of("G54")[:4]
    noise = law_of_transform(T / 64 * np.eye(64), 1)
    np.testing.assert_allclose(noise, T / 2 * np.eye(2), atol=1e-12)
    assert_same(low.exact, np.trace(noise))
    assert_same(low.twin, T / 64)
    assert_same(top.exact, np.trace(law_of_transform(T / 64 * np.eye(64), 32)))
    half = integrate.quad(lambda s: math.cos(math.pi * s), -0.5, 0.5)[0]  # a step held, at n/2
    assert_same(top.twin, T * half**2)
    assert_same(above.exact, stats.chi2.sf(2.0, 2))
    assert_same(above.twin, stats.chi2.sf(1.0, 1))
    assert_same(spread.exact, 2 * np.trace(noise @ noise))
    assert_same(spread.twin, stats.chi2(64, scale=T / 64).var())  # of the sum of squares


def test_the_rows_on_the_path_are_those_of_two_unequal_normals():
    low, high, spread = rows_of("G54")[4:]
    laws = {j: law_of_transform(path_covariance(64), j, T / 64) for j in (1, 16)}
    assert_same(low.exact, np.trace(laws[1]), rel=1e-10)
    assert_same(low.twin, np.trace(law_of_transform(path_covariance(64, True), 1, T / 64)), 1e-9)
    assert_same(high.exact, np.trace(laws[16]), rel=1e-10)
    assert_same(high.exact / high.twin, math.pi**2 / 8)
    ratio = 2 * np.trace(laws[1] @ laws[1]) / np.trace(laws[1]) ** 2
    assert_same(spread.exact, ratio, rel=1e-9)


def test_the_limit_is_the_double_integral_of_the_covariance():
    """E |int W exp(-i omega t) dt|^2, with the inner integral of min(s, t) cos done by hand."""
    omega = 2 * math.pi / T

    def inner(s):
        """The integral of min(s, t) cos(omega (t - s)) over t in [0, T]."""
        return (1 - math.cos(omega * s)) / omega**2 - s * math.sin(omega * s) / omega

    total = integrate.quad(inner, 0, T, epsabs=1e-13)[0]
    whole = integrate.dblquad(
        lambda t, s: min(s, t) * math.cos(omega * (t - s)), 0, T, 0, T, epsabs=1e-7
    )[0]
    assert whole == pytest.approx(total, abs=1e-5)
    assert_same(rows_of("G54")[4].limit, total, rel=1e-9)


def test_the_drawn_law_of_the_path_is_an_integral_over_one_of_its_normals():
    for x in (0.1, 1.0, 3.0, 5.0):
        tail = (
            2
            * (
                integrate.quad(
                    lambda z, x=x: stats.norm.pdf(z) * stats.chi2.sf((x - z * z / 4) / 0.75, 1),
                    0,
                    10,
                    points=[2 * math.sqrt(x)],
                    epsabs=1e-12,
                    limit=200,
                )[0]
            )
        )
        assert_same(float(g54_white_noise.path_tail(np.array([x]))[0]), tail, rel=1e-7)


# ---- G55: the bridge by Euler's scheme


def variances(size, widths=1.0):
    """Var X_k by the recursion of one step, with the variance widths h of its noise."""
    widths = np.broadcast_to(widths, size)
    found = [0.0]
    for k in range(size):
        left = size - k
        found.append((1 - 1 / left) ** 2 * found[-1] + widths[k] / size)
    return found


@pytest.mark.parametrize("size", [1, 2, 8, 64])
def test_the_variances_of_the_scheme_are_a_recursion(size):
    exact = [g55_bridge.euler_variance(k, size) for k in range(size + 1)]
    np.testing.assert_allclose(exact, variances(size), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("size", [2, 8, 64])
def test_one_factor_in_the_noise_gives_the_variances_of_the_bridge(size):
    left = size - np.arange(size)
    bridge = [sc.models.bridge().var(k / size) for k in range(size + 1)]
    np.testing.assert_allclose(variances(size, (left - 1) / left), bridge, rtol=1e-12, atol=1e-15)
    exact = [g55_bridge.bridge_variance(k, size) for k in range(size + 1)]
    np.testing.assert_allclose(exact, bridge, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("k, size", [(1, 8), (4, 8), (7, 8), (15, 16)])
def test_the_strong_error_is_an_integral_over_each_step(k, size):
    t = np.arange(size + 1) / size
    total = sum(
        integrate.quad(
            lambda s, j=j: (1 / (1 - t[j + 1]) - 1 / (1 - s)) ** 2, t[j], t[j + 1], epsabs=1e-14
        )[0]
        for j in range(k)
    )
    assert_same(g55_bridge.strong_square(k, size), (1 - t[k]) ** 2 * total, rel=1e-9)


def test_the_rows_of_the_bridge_are_those_of_the_recursion():
    middle, before, end, strong = rows_of("G55")
    few, many = variances(8), variances(64)
    bridge = sc.models.bridge()
    assert_same(middle.exact, few[4])
    assert middle.twin == middle.limit == bridge.var(0.5)
    assert_same(before.exact, 64 * many[63])
    assert_same(before.twin, 64 * bridge.var(63 / 64))
    assert_same(before.limit, float(mpmath.nsum(lambda i: 1 / i**2, [1, mpmath.inf])))
    assert_same(end.exact, 64 * many[64])
    assert end.twin == 0.0
    assert_same(strong.twin, 8 * (few[7] - bridge.var(7 / 8)))


def test_the_limit_of_the_strong_error_is_a_series():
    with mpmath.workdps(30):
        part = mpmath.nsum(lambda i: mpmath.log1p(1 / i) / i, [1, mpmath.inf])
        limit = float(mpmath.pi**2 / 6 + 1 - 2 * part)
    assert_same(rows_of("G55")[3].limit, limit, rel=1e-14)
    far = 4096 * g55_bridge.strong_square(4095, 4096)
    assert far == pytest.approx(rows_of("G55")[3].limit, abs=1e-9)
