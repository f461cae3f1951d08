"""Exact numbers of the claims on integrators and noise, from G33 on, by a second route."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
from scipy import integrate, linalg, stats

import stochcalc as sc
from stochcalc.claims.theorems import (
    g33_any_integrator,
    g34_settling,
    g35_delayed_noise,
    g36_circle,
)


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


@pytest.mark.parametrize("a", [1.5, 6.0])
@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_the_stationary_law_makes_the_flow_of_probability_vanish(lam, a):
    """The density is solved for from (b^2 p)'/2 = drift p, and integrated."""

    def slope(x, p):
        drift = -a * x + lam * x
        return (2 * drift * p - 2 * x * p) / (1 + x * x)

    options = {"rtol": 1e-11, "atol": 1e-14, "dense_output": True}
    density = integrate.solve_ivp(slope, (0.0, 60.0), [1.0], **options).sol

    def integral(f, end):
        return integrate.quad(lambda x: f(x) * density(x)[0], 0.0, end, limit=400)[0]

    mass = integral(lambda x: 1.0, 60.0)
    for x in (0.3, 1.0, 3.0):
        found = float(g34_settling.tail(lam, a, np.array(x)))
        assert found == pytest.approx(1.0 - integral(lambda x: 1.0, x) / mass, abs=3e-4)
    if a == 6.0:
        square = integral(lambda x: x * x, 60.0) / mass
        assert square == pytest.approx(g34_settling.stationary_moment(lam), rel=1e-5)


# ---- G35: noise with a memory, and a response with a delay


def mean_by_histories(ratio, tau, n):
    """E x after n steps of Euler's scheme on [0, 1], over all 2^n histories of the sign."""
    h = 1.0 / n
    size = 1.0 / math.sqrt(2 * tau)
    change = (1 - math.exp(-h / tau)) / 2
    total = 0.0
    for signs in itertools.product((1, -1), repeat=n):
        chance = 0.5
        for one, other in itertools.pairwise(signs):
            chance *= change if one != other else 1 - change
        x = y = 1.0
        for sign in signs:
            slope = sign * size * (x if ratio == 0 else y)
            y = y + (x - y) * h / (ratio * tau) if ratio else y
            x = x + slope * h
        total += chance * x
    return total


@pytest.mark.parametrize("ratio", [0.0, 1.0, 3.0])
def test_the_mean_after_a_few_steps_is_that_of_all_histories_of_the_sign(ratio):
    for tau, n in ((0.2, 9), (1 / 32, 10)):
        found = g35_delayed_noise.mean_after(ratio, tau, n, n)
        assert_same(found, mean_by_histories(ratio, tau, n), rel=1e-11)
    row = rows_of("G35")[g35_delayed_noise.RATIOS.index(ratio)]
    assert_same(row.exact, g35_delayed_noise.mean_after(ratio, 1 / 32, 128, 128))


@pytest.mark.parametrize("ratio", [0.25, 1.0, 3.0])
def test_short_steps_lead_to_a_matrix_exponential_and_short_memories_to_lambda(ratio):
    def of_equation(tau):
        """E x_1 from the generator for x and y on both signs: a 4 x 4 matrix exponential."""
        size, rate, delay = 1 / math.sqrt(2 * tau), 0.5 / tau, 1 / (ratio * tau)
        generator = [
            [-rate, size, rate, 0.0],
            [delay, -delay - rate, 0.0, rate],
            [rate, 0.0, -rate, -size],
            [0.0, rate, delay, -delay - rate],
        ]
        u = linalg.expm(np.array(generator)) @ np.full(4, 0.5)
        return u[0] + u[2]

    tau = 0.1
    errors = [
        g35_delayed_noise.mean_after(ratio, tau, n, n) - of_equation(tau) for n in (2000, 4000)
    ]
    assert abs(errors[0]) < 0.01 and errors[0] / errors[1] == pytest.approx(2, abs=0.02)
    limit = math.exp(g35_delayed_noise.reading(ratio))
    misses = [of_equation(tau) - limit for tau in (1 / 512, 1 / 1024)]
    assert abs(misses[1]) < 2e-3 and misses[0] / misses[1] == pytest.approx(2, abs=0.05)
    assert rows_of("G35")[1].limit == math.exp(0.25)


# ---- G36: on a circle and a sphere


def mean_factor(step, dim):
    """E |step(x, dW)|^2 by a product of Gauss-Hermite rules, for |x| = 1 and normals dW."""
    z, weights = np.polynomial.hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    total = 0.0
    for places in itertools.product(range(8), repeat=dim):
        moved = step(z[list(places)])
        total += weights[list(places)].prod() * float(moved @ moved)
    return total


def test_the_radius_after_a_step_is_a_quadrature_over_the_increments():
    h = 1 / 8
    J = np.array([[0.0, -1.0], [1.0, 0.0]])
    flat = np.array([1.0, 0.0])
    round_ = np.array([0.0, 0.6, 0.8])

    def turn(z, x):
        """sqrt(h) z x X in space."""
        return np.cross(math.sqrt(h) * z, x)

    def heun(b, x):
        guess = x + b(x)
        return x + (b(x) + b(guess)) / 2

    root = math.sqrt(h)
    factors = [
        mean_factor(lambda z: flat + root * z[0] * (J @ flat), 1),
        mean_factor(lambda z: flat + J @ J @ flat * h / 2 + root * z[0] * (J @ flat), 1),
        mean_factor(lambda z: heun(lambda x: root * z[0] * (J @ x), flat), 1),
        mean_factor(
            lambda z: (
                flat
                + J @ J @ flat * h / 2
                + root * z[0] * (J @ flat)
                + J @ J @ flat * (h * z[0] ** 2 - h) / 2
            ),
            1,
        ),
        mean_factor(lambda z: round_ + turn(z, round_), 3),
        mean_factor(lambda z: heun(lambda x: turn(z, x), round_), 3),
    ]
    for row, factor in zip(rows_of("G36"), factors, strict=True):
        assert_same(row.exact, factor**8, rel=1e-10)


def test_the_midpoint_rule_solves_its_equation_and_turns():
    J = np.array([[0.0, -1.0], [1.0, 0.0]])
    for dW in (0.3, -1.7, 8.0):
        x = np.array([0.6, 0.8])
        found = g36_circle.midpoint(None, lambda t, x: J @ x, 0.0, x, 0.1, dW, ())
        np.testing.assert_allclose(found, x + J @ (x + found) / 2 * dW, atol=1e-14)
        angle = 2 * math.atan(dW / 2)
        turned = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        np.testing.assert_allclose(found, turned @ x, atol=1e-14)
