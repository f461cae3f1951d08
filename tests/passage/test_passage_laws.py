"""The exact laws of first passage agree with each other, without a random number."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from passage_problems import MU, SIGMA
from scipy import integrate, stats
from scipy.special import ndtr

from stochcalc.passage.chain_law import chain_passage
from stochcalc.passage.exact_laws import brownian_mean, brownian_passage, ou_passage


def inverse_gaussian(t, d, mu, sigma, power):
    """t^power times the density of the first passage of mu t + sigma W through d."""
    return (
        t**power
        * d
        / (sigma * math.sqrt(2 * math.pi * t**3))
        * math.exp(-((d - mu * t) ** 2) / (2 * sigma**2 * t))
    )


def test_the_law_of_brownian_motion_is_the_integral_of_the_inverse_gaussian_density():
    for d, mu, sigma in ((1.0, 0.5, 0.8), (1.0, -0.5, 0.8), (0.3, 0.0, 2.0)):
        due, mean = (
            integrate.quad(inverse_gaussian, 0, 2.0, (d, mu, sigma, power), epsabs=1e-13)[0]
            for power in (0, 1)
        )
        assert brownian_passage(2.0, d, mu, sigma) == pytest.approx(due, abs=1e-12)
        assert brownian_mean(2.0, d, mu, sigma) == pytest.approx(
            mean + 2.0 * (1.0 - due), abs=1e-12
        )
        assert brownian_passage(2.0, -d, -mu, sigma) == brownian_passage(2.0, d, mu, sigma)
    assert brownian_passage([0.0, 1e-300], 1.0).tolist() == [0.0, 0.0]
    assert brownian_passage(1.0, 1.0, 1e4) == 1.0 and brownian_passage(1.0, 1.0, -1e4) == 0.0


@pytest.mark.parametrize(
    "x0, barrier, theta, mu, sigma",
    [
        (0.0, 0.5, 1.0, 0.0, 1.0),
        (0.0, 1.0, 2.0, 0.5, 1.0),
        (1.0, -0.3, 1.5, 0.2, 0.8),
        (0.0, 0.01, 1.0, 0.0, 1.0),
    ],
)
def test_the_law_of_ornstein_uhlenbeck_has_the_laplace_transform_of_parabolic_cylinder_functions(
    x0, barrier, theta, mu, sigma
):
    rate, unit = 4.0, math.copysign(math.sqrt(2 * theta) / sigma, barrier - x0)
    x, y, order = (x0 - mu) * unit, (barrier - mu) * unit, -rate / theta
    due = mpmath.exp((x * x - y * y) / 4) * mpmath.pcfd(order, -x) / mpmath.pcfd(order, -y)
    node, weight = np.polynomial.legendre.leggauss(200)
    node = 0.5 * (node + 1.0)
    t = 10.0 * node**4  # e^-40 is left beyond
    transform = np.sum(
        0.5
        * weight
        * 40.0
        * node**3
        * rate
        * np.exp(-rate * t)
        * ou_passage(t, x0, barrier, theta, mu, sigma)
    )
    assert transform == pytest.approx(float(due), abs=1e-11)


def test_at_its_mean_the_law_is_closed_and_the_integral_equation_leads_there():
    due = 2 * ndtr(-1.0 / math.sqrt((math.e**2 - 1) / 2))
    assert ou_passage(1.0, 1.0, 0.0, 1.0, 0.0, 1.0) == pytest.approx(due, abs=1e-15)
    assert ou_passage(1.0, 1.0, 1e-9, 1.0, 0.0, 1.0) == pytest.approx(due, abs=1e-8)
    assert ou_passage([0.0, 1e-6], 1.0, 0.0, 1.0, 0.5, 1.0).tolist() == [0.0, 0.0]


def test_the_law_on_n_steps_is_exact_for_brownian_motion_and_tends_to_the_law_for_ornstein_uhlenbeck():  # noqa: E501
    for n in (1, 2, 8):
        assert chain_passage(n, 1.0, 0.0, -1.0, mu=MU, sigma=SIGMA) == pytest.approx(
            brownian_passage(1.0, -1.0, MU, SIGMA), abs=1e-13
        )
    assert chain_passage(1, 1.0, 0.0, 1.0, correction=False) == pytest.approx(ndtr(-1.0), abs=1e-13)
    due = ou_passage(1.0, 0.0, 1.0, 2.0, 0.5, 1.0)
    for method, order in (("exact", 2.0), ("euler_maruyama", 1.0)):
        coarse, fine = (
            chain_passage(n, 1.0, 0.0, 1.0, theta=2.0, mu=0.5, sigma=1.0, method=method) - due
            for n in (32, 128)
        )
        assert math.log(coarse / fine) / math.log(4.0) == pytest.approx(order, abs=0.15)


def test_a_bridge_that_crosses_does_so_at_an_inverse_gaussian_ratio_of_times():
    a, c, s2h = 0.7, 0.4, 1.3
    density = lambda u: (
        u**-1.5
        * math.exp(-a * a / (2 * s2h * u))
        / math.sqrt(1 - u)
        * math.exp(-c * c / (2 * s2h * (1 - u)))
    )
    whole = integrate.quad(density, 0, 1)[0]
    mean, shape = a / c, a * a / s2h
    for u in (0.1, 0.3, 0.6, 0.9):
        due = stats.invgauss(mean / shape, scale=shape).cdf(u / (1 - u))
        assert integrate.quad(density, 0, u)[0] / whole == pytest.approx(due, abs=1e-8)
