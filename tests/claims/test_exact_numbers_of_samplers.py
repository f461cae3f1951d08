"""Exact numbers of the claims on samplers, from G49 on, by a second route."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from sampler_steps import ancestral, carry, euler, exponential, flow, left_at, noised, of_data, quad
from scipy import integrate

import stochcalc as sc
from stochcalc.claims import gaussian_samplers as laws
from stochcalc.claims.theorems import g49_samplers

SHORT = ("VE", 0.2, 4.0)  # of G49
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
