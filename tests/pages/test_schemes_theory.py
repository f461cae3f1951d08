"""The theory on the schemes page: exact errors of one equation, leading orders of the other."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss
from sandbox_pages import call

import stochcalc as sc
from stochcalc.claims.theorems import g21_strong_order as g21
from stochcalc.laboratory.exact_errors import strong_error

SCHEMES = ("euler_maruyama", "milstein", "sriw1")
FILES = ["equations.js"]
NAMES = ["ARCTAN", "geometricMoment"]

START = math.tan(0.5)  # of Y = tan X, which is START + W_t
NORMALS = np.arange(-9.0, 9.01, 0.15)  # the rule of equal steps is exact up to rounding
WEIGHTS = np.exp(-(NORMALS**2) / 2) * 0.15 / math.sqrt(2 * math.pi)
TIMES = (leggauss(20)[0] + 1) / 2
TIME_WEIGHTS = leggauss(20)[1] / 2


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mu, sigma", [(0.5, 0.5), (-1.0, 0.75)])
def test_exact_errors_are_those_of_quadratures(browser, scheme, mu, sigma):
    """The mean square is that of the laboratory, which integrates the scheme's own step."""
    sizes = (1, 2, 16, 1024)
    body = f"""return {json.dumps(sizes)}.map(
        n => geometricMoment({mu}, {sigma}, "{scheme}", n, 2));"""
    found = call(browser, FILES, NAMES, body)
    model, method = sc.models.gbm(mu, sigma), sc.METHODS[scheme]
    for n, square in zip(sizes, found):
        assert square == pytest.approx(strong_error(model, method, 1.0, 1.0, n), rel=1e-7)
        if scheme in g21.METHODS and mu == g21.A and sigma == g21.B:
            assert square == pytest.approx(g21.exact_error(scheme, n), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("p", [2, 4])
def test_moments_over_two_steps_are_those_of_a_product_rule(browser, scheme, p):
    """E e^p on two steps, by Gauss and Hermite's rule over both increments, for any I10."""
    found = call(browser, FILES, NAMES, f'return geometricMoment(0.5, 0.5, "{scheme}", 2, {p});')
    nodes, weights = hermegauss(40)
    weights = weights / weights.sum()
    first, second = np.meshgrid(math.sqrt(0.5) * nodes, math.sqrt(0.5) * nodes, indexing="ij")
    model = sc.models.gbm(0.5, 0.5)
    state = 1.0
    for dW, I10 in ((first, 0.3), (second, -0.2)):
        state = step_of(model, scheme, state, dW, I10)
    error = state - np.exp(0.375 + 0.5 * (first + second))
    expected = float(weights @ error**p @ weights)
    assert found == pytest.approx(expected, rel=1e-10)


def step_of(model, scheme, x, dW, I10):
    """Return the package's step of length 1/2 with given drivers."""
    a, b, db = model.drift, model.diffusion, model.diffusion_dx
    method = sc.METHODS[scheme]
    if scheme == "milstein":
        return method.step(a, b, db, 0.0, x, 0.5, dW, 0.0, model.args, 0.0)
    more = (I10,) if scheme == "sriw1" else ()
    return method.step(a, b, 0.0, x, 0.5, dW, *more, model.args)


def test_leading_orders_for_arctan_are_those_of_quadratures(browser):
    """C^2 = E u'(Y_1)^2 ((int P dW + int Q dt)^2 + int R dt), with what the steps leave."""
    found = call(browser, FILES, NAMES, "return ARCTAN;")
    euler = mean_over_time(lambda y: 2 * (y / (1 + y * y)) ** 2)  # R = (u''/u')^2/2
    milstein = square_of_integrals(cubes, drift_of_cubes)
    milstein += mean_over_time(lambda y: 6 * ((6 * y * y - 2) / (6 * (1 + y * y) ** 2)) ** 2)
    sriw1 = square_of_integrals(areas, drift_of_areas)
    sriw1 += mean_over_time(lambda y: left_by_sriw1(y) - slope_left_by_sriw1(y) ** 2)
    assert found["euler_maruyama"] == [pytest.approx(math.sqrt(euler), rel=1e-6), 0.5]
    assert found["milstein"] == [pytest.approx(math.sqrt(milstein), rel=1e-6), 1.0]
    assert found["sriw1"] == [pytest.approx(math.sqrt(sriw1), rel=1e-6), 1.5]


def later(f, y, t):
    """Return E f(y + W_t) for every y."""
    return f(y[..., None] + math.sqrt(t) * NORMALS) @ WEIGHTS


def flow(y):
    """Return u'(y)^2 for u = arctan."""
    return 1 / (1 + y * y) ** 2


def mean_over_time(R):
    """Return int E u'(Y_1)^2 R(Y_s) ds over [0, 1]."""
    total = 0.0
    for s, weight in zip(TIMES, TIME_WEIGHTS):
        y = START + math.sqrt(s) * NORMALS
        total += weight * float(WEIGHTS @ (R(y) * later(flow, y, 1 - s)))
    return total


def square_of_integrals(F, D):
    """Return E u'(Y_1)^2 (int P dW + int Q dt)^2.

    By Ito's formula the sum of the integrals is F(Y_1) - F(Y_0) + int D dt, with F' = P and
    D = Q - P'/2.
    """

    def at_end(y):
        return flow(y) * (F(y) - F(START))

    y = START + NORMALS
    total = float(WEIGHTS @ (at_end(y) ** 2 / flow(y)))
    for t, weight in zip(TIMES, TIME_WEIGHTS):
        y = START + math.sqrt(t) * NORMALS
        total += 2 * weight * float(WEIGHTS @ (D(y) * later(at_end, y, 1 - t)))
        for share, inner in zip(TIMES, TIME_WEIGHTS):
            first = START + math.sqrt(t * share) * NORMALS
            second = first[:, None] + math.sqrt(t - t * share) * NORMALS
            rest = (D(second) * later(flow, second, 1 - t)) @ WEIGHTS
            total += 2 * weight * t * inner * float(WEIGHTS @ (D(first) * rest))
    return total


def cubes(y):
    """Return F for Milstein, where P = 3 A and A = u'''/6u'."""
    return np.arctan(y) - 2 * y / (1 + y * y)


def drift_of_cubes(y):
    """Return D for Milstein, 3 B - 3 A'/2 = -u''''/8u' - u''' u''/4u'^2."""
    fourth = 24 * y * (1 - y * y) / (1 + y * y) ** 3
    third = (6 * y * y - 2) * -2 * y / (1 + y * y) ** 3
    return -fourth / 8 - third / 4


def areas(y):
    """Return F for sriw1, where P = K."""
    return (1 - 3 * y * y) / (12 * (1 + y * y) ** 2)


def drift_of_areas(y):
    """Return D for sriw1, -K u''/u' - K'/2."""
    return (21 * y**4 - 54 * y**2 + 5) / (12 * (1 + y * y) ** 4)


def left_by_sriw1(y):
    """Return V, the mean square of what a step of sriw1 leaves, over h^4."""
    return y**2 * (4725 * y**4 - 7806 * y**2 + 4157) / (72 * (1 + y * y) ** 6)


def slope_left_by_sriw1(y):
    """Return K, the mean of what a step of sriw1 leaves times dW, over h^(5/2)."""
    return y * (3 * y * y - 5) / (6 * (1 + y * y) ** 3)


def test_drifts_are_those_of_ito():
    """The slopes of F and D, by differences."""
    y = np.linspace(-3.0, 3.0, 13)
    d = 1e-4
    P = (cubes(y + d) - cubes(y - d)) / (2 * d)
    np.testing.assert_allclose(P, 3 * (6 * y * y - 2) / (6 * (1 + y * y) ** 2), atol=1e-6)
    P = (areas(y + d) - areas(y - d)) / (2 * d)
    np.testing.assert_allclose(P, slope_left_by_sriw1(y), atol=1e-6)
    slope = (slope_left_by_sriw1(y + d) - slope_left_by_sriw1(y - d)) / (2 * d)
    Q = slope_left_by_sriw1(y) * 2 * y / (1 + y * y)
    np.testing.assert_allclose(drift_of_areas(y), Q - slope / 2, atol=1e-6)


def test_what_a_step_of_sriw1_leaves_is_that_of_the_comment():
    """The moments of what its step leaves, by a product rule over dW and I10, as h tends to 0."""
    y = np.array([0.2, -0.7, 1.0, 2.5])
    coarse = one_step(y, 1e-4)
    fine = one_step(y, 2.5e-5)
    mean, slope, square = 2 * fine - coarse  # the next terms have a factor sqrt(h)
    np.testing.assert_allclose(mean, slope_left_by_sriw1(y) * 2 * y / (1 + y * y), atol=1e-3)
    np.testing.assert_allclose(slope, slope_left_by_sriw1(y), atol=1e-3)
    np.testing.assert_allclose(square, left_by_sriw1(y), rtol=2e-3)


def one_step(y, h):
    """Return the means of r/h^(5/2), r dW/h^(5/2) and r^2/h^4 for a step of sriw1."""
    nodes, weights = hermegauss(16)
    weights = weights / weights.sum()
    dW = math.sqrt(h) * nodes[:, None, None]
    I10 = 0.5 * h * (dW + math.sqrt(h / 3) * nodes[None, :, None])
    model = sc.models.arctan(1.0)
    x = np.arctan(y) + 0 * dW
    end = sc.METHODS["sriw1"].step(model.drift, model.diffusion, 0.0, x, h, dW, I10, model.args)
    r = (end - np.arctan(y + dW)) * (1 + (y + dW) ** 2)
    numbers = np.array([r / h**2.5, r * dW / h**2.5, r**2 / h**4])
    return np.einsum("i,j,mijk->mk", weights, weights, numbers)


def test_leading_orders_for_arctan_are_reached(browser):
    """On 1024 steps the errors of a study are C h^p up to 6 standard errors and 2 per cent."""
    found = call(browser, FILES, NAMES, "return ARCTAN;")
    model = sc.models.arctan(1.0)
    study = sc.strong_convergence(
        model, 0.5, 1.0, methods=SCHEMES, steps=(512, 1024), paths=8192, key=1
    )
    for scheme, (constant, order) in found.items():
        scale = 1024**order
        measured = study.error[scheme][1] * scale
        stderr = study.stderr[scheme][1] * scale
        assert abs(measured - constant) < 6 * stderr + 0.02 * constant
