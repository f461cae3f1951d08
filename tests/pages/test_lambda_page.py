"""The lambda page: its sums, limits and exact numbers are those of Python."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from sandbox_pages import KEYS, ShownPage, call
from scipy.integrate import quad

import stochcalc as sc
from stochcalc.claims.theorems import g10_general_integrands as g10
from stochcalc.laboratory.riemann_errors import error_factor

SIZES = (2, 16, 128, 1024)
READINGS = ("time", "value")
INTEGRANDS = {
    "w": lambda t, w: w,
    "w^2": lambda t, w: w**2,
    "w^3": lambda t, w: w**3,
    "e^w": lambda t, w: np.exp(w),
    "sin w": lambda t, w: np.sin(w),
}
SLOPES = {  # f'
    "w": lambda w: 1.0,
    "w^2": lambda w: 2 * w,
    "w^3": lambda w: 3 * w * w,
    "e^w": math.exp,
    "sin w": math.cos,
}
FILES = ["riemann.js"]
SUMS = """
const values = new Float64Array(1025);
fillMotion(readKey("KEY"), 0, values);
const path = new Path(readKey("KEY"), 0, values);
const sums = [];
for (const at of READINGS) for (const n of SIZES) for (let share = 0; share <= 16; share++)
  sums.push(riemannSum(INTEGRANDS["NAME"].f, path, share, n, at));
return sums;
"""


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", INTEGRANDS)
def test_sums_are_those_of_riemann_sum(browser, key, name):
    """17 evaluation points, 4 partitions and 2 readings of every integrand and key."""
    body = SUMS.replace("KEY", str(key)).replace("NAME", name)
    body = body.replace("READINGS", json.dumps(READINGS)).replace("SIZES", json.dumps(SIZES))
    names = ["INTEGRANDS", "Path", "fillMotion", "readKey", "riemannSum"]
    found = call(browser, FILES, names, body)
    W = sc.brownian(n=1024, key=key)
    expected = [
        sc.riemann_sum(INTEGRANDS[name], W.coarsen(1024 // n), share / 16, at=at)[0]
        for at in READINGS
        for n in SIZES
        for share in range(17)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", INTEGRANDS)
def test_means_are_those_of_the_claim(browser, name):
    """By value they are the numbers of claim G10; at the time point, those of Stein's identity."""
    body = f"""const one = INTEGRANDS["{name}"];
    return ["value", "time"].map(at => [0, 0.3125, 0.5, 1].map(
        lam => [1, 2, 8, 64].map(n => one.mean(lam, n, at))));"""
    found = np.array(call(browser, FILES, ["INTEGRANDS"], body))
    claims = {
        "w": lambda lam, n: lam - 0.5,
        "w^2": g10.square_mean,
        "w^3": g10.cube_mean,
        "e^w": g10.exponential_mean,
        "sin w": g10.sine_mean,
    }
    for i, lam in enumerate((0.0, 0.3125, 0.5, 1.0)):
        for j, n in enumerate((1, 2, 8, 64)):
            assert found[0, i, j] == pytest.approx(claims[name](lam, n), abs=1e-13)
            assert found[1, i, j] == pytest.approx(mean_at_time(name, lam, n), abs=1e-12)


def gaussian_mean(g, t):
    """Return E g(W_t), by Gauss and Hermite's rule with 60 points."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    return float(sum(w * g(math.sqrt(t) * x) for x, w in zip(nodes, weights)) / weights.sum())


def mean_at_time(name, lam, n):
    """Return E R - F(W_1) + F(0), or E W_1 times that for w^2, from quadratures over W(tau)."""
    h = 1.0 / n
    taus = [(k + lam) * h for k in range(n)]
    slope = SLOPES[name]
    if name == "w^2":
        # E W_1 W(tau)^2 dW_k: of dW_k = X + Y the part X before tau is correlated with W(tau).
        return sum(3 * tau * lam * h + tau * (1 - lam) * h for tau in taus) - 1.0
    antiderivative = {
        "w": lambda w: w * w / 2,
        "w^3": lambda w: w**4 / 4,
        "e^w": lambda w: math.exp(w) - 1,
        "sin w": lambda w: 1 - math.cos(w),
    }[name]
    sums = sum(lam * h * gaussian_mean(slope, tau) for tau in taus)
    return sums - gaussian_mean(antiderivative, 1.0)


@pytest.mark.parametrize("name", INTEGRANDS)
def test_sizes_of_errors_are_those_of_quadratures(browser, name):
    """The constants of the leading orders, as integrals over time of Gaussian means."""
    body = f"""const one = INTEGRANDS["{name}"];
    const sizes = [[0.25, "time"], [0.25, "value"], [0.5, "value"]].map(
        ([lam, at]) => errorSize(one, lam, 64, at));
    return [one.square, one.next, ...sizes, one.slope];"""
    square, following, time, value, middle, slope = call(
        browser, FILES, ["INTEGRANDS", "errorSize"], body
    )
    df = SLOPES[name]
    assert slope == pytest.approx(expected_slope(name), rel=1e-9)
    assert square == pytest.approx(
        quad(lambda t: gaussian_mean(lambda w: df(w) ** 2, t), 0, 1)[0], rel=1e-9
    )
    # The exact value has an error of order 1/n, and Richardson's extrapolation leaves 1/n^2.
    coarse, fine = TRAPEZOID_SQUARES[name](256), TRAPEZOID_SQUARES[name](512)
    assert following == pytest.approx(2 * fine - coarse, rel=1e-4, abs=1e-12)
    assert time == pytest.approx(math.sqrt(square * error_factor(0.25, "time") / 64))
    assert value == pytest.approx(math.sqrt(square * error_factor(0.25, "value") / 64))
    assert middle == pytest.approx(math.sqrt(following) / 64)


def expected_slope(name):
    """Return int E f'(W) dt, or E W_1 int f'(W) dt for w^2, where the former is 0."""
    if name == "w^2":
        return quad(lambda t: 2 * t, 0, 1)[0]
    return quad(lambda t: gaussian_mean(SLOPES[name], t), 0, 1)[0]


def product_of_errors(c, d, n):
    """Return n^2 E S S', where S and S' are the trapezoid rule's errors for e^(c w) and e^(d w).

    A step adds e^(c W_k) g(dW) to S, where g is the error of a step from 0. So the means of S S',
    S e^(d W), S' e^(c W) and e^((c + d) W) obey a linear recursion.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    dW = nodes / math.sqrt(n)
    errors = [(1 + np.exp(a * dW)) / 2 * dW - np.expm1(a * dW) / a for a in (c, d)]
    growth = [np.exp(a * dW) for a in (c, d)]
    product, first, second, size = 0.0, 0.0, 0.0, 1.0
    for _ in range(n):
        product += first * (weights @ errors[1]) + second * (weights @ errors[0])
        product += size * (weights @ (errors[0] * errors[1]))
        first = first * (weights @ growth[1]) + size * (weights @ (errors[0] * growth[1]))
        second = second * (weights @ growth[0]) + size * (weights @ (errors[1] * growth[0]))
        size = size * (weights @ (growth[0] * growth[1]))
    return product * n**2


# n^2 E (the error)^2 of the trapezoid rule on n steps, exactly. For w^2 a step leaves dW^3/6, and
# for w^3 it leaves W_k dW^3/2 + dW^4/4. The sine is the imaginary part of e^(i w).
TRAPEZOID_SQUARES = {
    "w": lambda n: 0.0,
    "w^2": lambda n: 15 / 36,
    "w^3": lambda n: (15 / 8 + 9 / 16) * (1 - 1 / n) + 105 / (16 * n),
    "e^w": lambda n: product_of_errors(1.0, 1.0, n),
    "sin w": lambda n: (product_of_errors(1j, -1j, n) - product_of_errors(1j, 1j, n)).real / 2,
}


def test_the_page_shows_the_sum_its_limit_and_400_paths(browser, tmp_path):
    shown = ShownPage(browser, tmp_path, "lambda", "#v=1&key=11&lam=4/16&n=64&f=w&at=time")
    shown.page.wait_for_function(
        "document.querySelector('[data-cell=\"paths value\"]').dataset.value === '400'"
    )
    numbers = shown.numbers()
    W = sc.brownian(n=1024, paths=400, key=11)
    R = sc.riemann_sum(lambda t, w: w, W.coarsen(16), 0.25, at="time")
    limit = sc.riemann_limit(lambda w: w * w / 2, lambda w: 1.0, W, 0.25)
    shifts = R - W.values[:, -1] ** 2 / 2
    mean = sc.Estimate.mean(shifts)
    assert numbers["sum value"] == pytest.approx(R[0], abs=1e-12)
    assert numbers["limit value"] == pytest.approx(limit[0], abs=1e-12)
    assert numbers["error value"] == pytest.approx(R[0] - limit[0], abs=1e-12)
    assert numbers["mean value"] == pytest.approx(mean.value, abs=1e-12)
    assert numbers["stderr value"] == pytest.approx(mean.stderr, rel=1e-9)
    assert numbers["exact value"] == -0.25
    assert abs(numbers["z value"]) < 6
    assert abs(numbers["mean value"] - numbers["twin value"]) > 20 * numbers["stderr value"]
    assert shown.reports == []
    shown.close()


def test_the_picture_says_that_shifts_of_the_square_are_multiplied(browser, tmp_path):
    """The mean of the shift is 0 for w^2, so that the page shows E W_1 times the shift."""
    shown = ShownPage(browser, tmp_path, "lambda", "#v=1&key=11&lam=0/16&n=64&f=w^2&at=value")
    shown.page.wait_for_function(
        "document.querySelector('[data-cell=\"paths value\"]').dataset.value === '400'"
    )
    numbers = shown.numbers()
    W = sc.brownian(n=1024, paths=400, key=11)
    R = sc.riemann_sum(lambda t, w: w**2, W.coarsen(16), 0.0, at="value")
    end = W.values[:, -1]
    mean = sc.Estimate.mean((R - end**3 / 3) * end)
    assert numbers["mean value"] == pytest.approx(mean.value, abs=1e-12)
    assert abs(numbers["z value"]) < 6
    captions = shown.page.locator("figcaption").all_inner_texts()
    assert "400 paths decide the sign, times W₁" in captions
    shown.set(f="w")
    captions = shown.page.locator("figcaption").all_inner_texts()
    assert "400 paths decide the sign" in captions
    shown.close()
