"""Exact numbers of the claims on samplers, G49 and G50, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from sampler_steps import ancestral, carry, euler, exponential, flow, left_at, noised, of_data, quad
from scipy import integrate

import stochcalc as sc
from stochcalc.claims import gaussian_samplers as laws
from stochcalc.claims.theorems import g49_samplers, g50_guidance

SHORT = ("VE", 0.2, 4.0)  # of G49
WIDE = ("VE", 0.1, 10.0)  # of G50
VP = ("VP", 0.1, 20.0)


def assert_same(found, right, rel=1e-10):
    assert found == pytest.approx(right, rel=rel, abs=1e-14)


@functools.cache
def rows_of(claim):
    """The rows of a small run: their exact numbers and twins do not depend on its size."""
    return sc.CLAIMS[claim].run(paths=2048, rng=0).rows


# ---- G49: samplers of Gaussian data

CASES = [  # in the order of the rows
    (euler, VP, 8, 0.25, False),
    (exponential, SHORT, 8, 4.0, False),
    (ancestral(1.0), VP, 8, 4.0, False),
    (ancestral(0.5), SHORT, 8, 0.25, False),
    (ancestral(0.0), VP, 8, 4.0, False),
    (flow("euler"), SHORT, 8, 4.0, False),
    (flow("heun"), SHORT, 4, 0.25, False),
    (flow("rk4"), SHORT, 2, 0.25, False),
    (euler, SHORT, 16, 4.0, True),
    (flow("heun"), SHORT, 16, 4.0, True),
]


def end(step, kind, n, variance, prior=False):
    start = left_at(kind, 1.0)[1] if prior else noised(kind, variance, 1.0)
    return carry(step, kind, of_data(variance), n, start)


@pytest.mark.parametrize("i", range(len(CASES)))
def test_the_variance_of_a_sampler_is_a_sum_over_its_steps_by_quadrature(i):
    assert_same(rows_of("G49")[i].exact, end(*CASES[i]))


def test_the_twins_are_the_laws_that_they_are_said_to_be():
    twins = [row.twin for row in rows_of("G49")]
    left = SHORT[1] ** 2
    assert_same(twins[0], 0.25)
    assert_same(twins[1], end(euler, SHORT, 8, 4.0))
    assert_same(twins[2], end(ancestral(0.0), VP, 8, 4.0))
    assert_same(twins[3], 0.25 + left)
    assert_same(twins[4], 4.0)
    assert_same(twins[5], end(ancestral(0.0), SHORT, 8, 4.0))
    assert_same(twins[6], 0.25 + left)
    assert_same(twins[7], 0.25 + left)
    assert_same(twins[8], rows_of("G49")[9].exact)
    assert_same(twins[9], 4.0 + left)


@pytest.mark.parametrize("kind", [SHORT, VP], ids=["VE", "VP"])
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("variance", [4.0, 0.25])
def test_the_limit_from_the_prior_solves_the_equation_of_the_variance(kind, eta, variance):
    """dV/du = 2 (rate - (1 + eta^2) g^2/(2 S)) V + eta^2 g^2, from sigma_T^2 backwards."""
    _, schedule = g49_samplers.NOISINGS[kind[0]]

    def slope(u, v):
        t = max(1.0 - u, 0.0)
        level = schedule.at(t)
        pull = 1.0 / laws.noised(variance, level)
        drift = level.rate - 0.5 * (1.0 + eta**2) * level.square * pull
        return 2.0 * drift * v + eta**2 * level.square

    start = left_at(kind, 1.0)[1]
    way = integrate.solve_ivp(slope, (0.0, 1.0), [start], method="DOP853", rtol=1e-12, atol=1e-13)
    found = laws.limit_variance(eta, schedule, variance, start)
    assert found == pytest.approx(way.y[0, -1], rel=1e-9)


SAMPLERS = (
    g49_samplers.EULER,
    g49_samplers.EXPONENTIAL,
    g49_samplers.DDPM,
    g49_samplers.HALF,
    g49_samplers.DDIM,
    g49_samplers.EULER_FLOW,
    g49_samplers.HEUN,
    g49_samplers.RK4,
)


@pytest.mark.parametrize("kind", [SHORT, VP], ids=["VE", "VP"])
@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.name)
def test_many_steps_tend_to_the_limit_with_the_order_of_the_scheme(sampler, kind):
    order = {"Heun, flow": 2, "RK4, flow": 4}.get(sampler.name, 1)
    limit = g49_samplers.settled(sampler, kind[0], 0.25, prior=True)
    # doubling n from N on; RK4 is exact to rounding beyond
    n = 256 if order == 4 else 2048
    coarse = g49_samplers.exact(sampler, kind[0], n, 0.25, prior=True) - limit
    fine = g49_samplers.exact(sampler, kind[0], 2 * n, 0.25, prior=True) - limit
    assert abs(math.log2(coarse / fine) - order) < 0.1


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.name)
def test_the_three_parts_add_up_to_the_distance_along_an_axis(sampler):
    parts = g49_samplers.split(sampler, "VE", 8, 4.0)
    end_deviation = math.sqrt(g49_samplers.exact(sampler, "VE", 8, 4.0, prior=True))
    assert_same(sum(parts), end_deviation - 2.0)
    assert_same(parts[0], math.sqrt(4.0 + SHORT[1] ** 2) - 2.0)


def test_the_flow_cannot_come_closer_than_the_equation_with_sixteen_steps():
    equation, flow_end = rows_of("G49")[8:]
    floor = math.sqrt(flow_end.limit) - 2.0
    assert abs(math.sqrt(equation.exact) - 2.0) < 0.1 * abs(floor)
    # its law in the limit maps N(0, sigma_T^2) by the ratio of the standard deviations
    ratio = (4.0 + SHORT[1] ** 2) / (4.0 + SHORT[2] ** 2)
    assert_same(flow_end.limit, ratio * SHORT[2] ** 2)
    assert_same(equation.limit, 4.0 + SHORT[1] ** 2 - ratio**2 * 4.0)


# ---- G50: guidance

TILTED = 0.5  # by completing the square: the precisions 3 (1/1) - 2 (1/2) = 2


def of_guidance(kind, t):
    return 3.0 / noised(kind, 1.0, t) - 2.0 / noised(kind, 2.0, t)


def guided_end(step, kind, n):
    return carry(step, kind, of_guidance, n, left_at(kind, 1.0)[1])


def test_the_variances_with_guidance_are_sums_over_the_steps_by_quadrature():
    by_flow, by_vp, by_ve, ddpm, _ = rows_of("G50")
    assert_same(by_flow.exact, guided_end(flow("heun"), VP, 16))
    assert_same(by_vp.exact, guided_end(euler, VP, 32))
    assert_same(by_ve.exact, guided_end(euler, WIDE, 32))
    assert_same(ddpm.exact, guided_end(ancestral(1.0), VP, 64))
    assert_same(ddpm.twin, guided_end(ancestral(0.0), VP, 64))
    for row in (by_flow, by_vp, by_ve):
        assert_same(row.twin, TILTED)


def test_the_limits_with_guidance_solve_the_equations_of_the_variance():
    """dV/du = 2 (rate - (1 + eta^2) g^2 K/2) V + eta^2 g^2 in t, for VP and VE alike."""
    rows = rows_of("G50")
    for row, kind, eta in ((rows[0], VP, 0.0), (rows[1], VP, 1.0), (rows[2], WIDE, 1.0)):
        _, schedule = g50_guidance.NOISINGS[kind[0]]

        def slope(u, v, schedule=schedule, eta=eta):
            level = schedule.at(max(1.0 - u, 0.0))
            k = 3.0 / laws.noised(1.0, level) - 2.0 / laws.noised(2.0, level)
            drift = level.rate - 0.5 * (1.0 + eta**2) * level.square * k
            return 2.0 * drift * v + eta**2 * level.square

        start = left_at(kind, 1.0)[1]
        way = integrate.solve_ivp(
            slope, (0.0, 1.0), [start], method="DOP853", rtol=1e-12, atol=1e-13
        )
        assert row.limit == pytest.approx(way.y[0, -1], rel=1e-9)


@pytest.mark.parametrize("gamma", [1.0, 2.0, 3.0, 4.5])
def test_the_limits_of_long_noising_are_those_of_the_title(gamma):
    """By quadrature in tau over the half-line."""

    def pull(tau):
        return gamma / (1.0 + tau) + (1.0 - gamma) / (2.0 + tau)

    def mu(tau):
        """exp of the integral of the pull from 0 on, which is mu(tau)/mu(0)."""
        return (1.0 + tau) * math.exp((gamma - 1.0) * (math.log1p(tau) - math.log1p(tau / 2.0)))

    for tau in (0.3, 2.0):
        assert_same(math.log(mu(tau)), quad(pull, 0.0, tau))
    by_equation = quad(lambda tau: mu(tau) ** -2, 0.0, np.inf)
    assert_same(by_equation, (2.0 - 2.0 ** (2.0 - 2.0 * gamma)) / (2.0 * gamma - 1.0), rel=1e-9)
    assert_same(g50_guidance.equation_limit(gamma), by_equation, rel=1e-9)
    assert_same(g50_guidance.flow_limit(gamma), 2.0 ** (1.0 - gamma))
    far = 1e9
    assert_same(far / mu(far), 2.0 ** (1.0 - gamma), rel=1e-7)
    assert_same(g50_guidance.tilted(gamma), 1.0 / (gamma - (gamma - 1.0) / 2.0))


def test_the_limits_at_three_are_the_fractions_that_are_quoted():
    assert_same(g50_guidance.flow_limit(3.0), 1 / 4)
    assert_same(g50_guidance.equation_limit(3.0), 31 / 80)
    assert_same(g50_guidance.tilted(3.0), TILTED)


def test_langevin_steps_at_one_level_are_a_recursion():
    row = rows_of("G50")[-1]
    k = 3.0 / (1.0 + 0.1**2) - 2.0 / (2.0 + 0.1**2)
    variance = guided_end(flow("heun"), VP, 16)
    assert_same(row.twin, variance)
    for _ in range(30):
        variance = (1.0 - 0.1 * k) ** 2 * variance + 0.2
    assert_same(row.exact, variance)
    assert abs(1.0 / k - TILTED) < 0.01
