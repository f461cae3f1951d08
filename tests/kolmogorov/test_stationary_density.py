"""Stationary densities agree with closed forms, for every lambda, to far more than six digits."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from scipy import stats

import stochcalc as sc

SIX_DIGITS = 1e-6
GROWING = sc.SDE(lambda t, x, a: -a * x, lambda t, x, a: math.sqrt(1.0 + x * x), args=(1.5,))


def read_with(lam: float, a: float) -> sc.SDE:
    """The equation of claim G34, whose noise grows with the distance."""
    return sc.SDE(GROWING.drift, GROWING.diffusion, lam=lam, args=(a,))


def students(x, k: float):
    """The density (1 + x^2)^-k, normalised: Student's law on a scale of its own."""
    degrees = 2.0 * k - 1.0
    root = math.sqrt(degrees)
    return stats.t(degrees).pdf(np.asarray(x) * root) * root


def shape(b, lam: float):
    """What the three densities of one potential differ by: noise b in -V' = -x^3 + x."""
    return sc.SDE(lambda t, x: x - x**3, b, lam=lam)


@functools.cache
def integral(lam: float) -> float:
    """The integral of an unnormalised density by SciPy's adaptive rule, for a well with noise b."""
    from scipy.integrate import quad

    return quad(lambda x: well(x, lam), -np.inf, np.inf, epsabs=0.0, epsrel=1e-12, limit=500)[0]


def well(x, lam: float):
    """A double well with the noise sqrt(1 + x^2)/2, by hand.

    2 a/b^2 = 8 (x - x^3)/(1 + x^2), of which the integral is 8 log(1 + x^2) - 4 x^2.
    """
    return (1.0 + x * x) ** (lam - 1.0) * np.exp(8.0 * np.log1p(x * x) - 4.0 * x * x)


@pytest.mark.parametrize("theta, mu, sigma", [(1.0, 0.0, 1.0), (0.5, 2.0, 0.1), (3.0, -40.0, 5.0)])
def test_an_ornstein_uhlenbeck_process_settles_in_its_normal_law(theta, mu, sigma):
    p = sc.stationary_density(sc.models.ou(theta, mu, sigma))
    law = stats.norm(mu, sigma / math.sqrt(2.0 * theta))
    x = law.ppf(np.linspace(0.001, 0.999, 51))
    assert np.abs(p.pdf(x) / law.pdf(x) - 1.0).max() < 1e-11
    assert np.abs(p.cdf(x) - law.cdf(x)).max() < 1e-12
    assert abs(p.mean - mu) < 1e-11 * (1.0 + abs(mu)) and abs(p.var / law.var() - 1.0) < 1e-11
    assert p.error < 1e-12


def test_a_narrow_law_far_from_0_is_found():
    p = sc.stationary_density(sc.models.ou(1.0, 1000.0, 0.01))
    law = stats.norm(1000.0, 0.01 / math.sqrt(2.0))
    assert abs(p.mean - 1000.0) < 1e-8 and abs(p.pdf(1000.0) / law.pdf(1000.0) - 1.0) < SIX_DIGITS


@pytest.mark.parametrize("sigma", [0.3, 0.5, 1.0])
def test_a_double_well_has_the_density_of_boltzmann(sigma):
    model = sc.models.double_well(sigma)
    p = sc.stationary_density(model)
    x = np.linspace(-2.0, 2.0, 81)
    assert np.abs(p.pdf(x) - model.invariant(x)).max() < 1e-11 * model.invariant(1.0)
    assert abs(p.cdf(0.0) - 0.5) < 1e-12 and abs(p.mean) < 1e-12


@pytest.mark.parametrize("lam", [0.0, 0.25, 0.5, 1.0])
def test_a_double_well_with_noise_that_grows_has_a_law_for_every_reading(lam):
    sde = shape(lambda t, x: 0.5 * math.sqrt(1.0 + x * x), lam)
    p = sc.stationary_density(sde)
    x = np.linspace(-4.0, 4.0, 41)
    exact = well(x, lam) / integral(lam)
    assert np.abs(p.pdf(x) - exact).max() < 1e-10 and p.error < 1e-11


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("a", [1.5, 6.0])
def test_the_reading_decides_the_tail_as_g34_says(lam, a):
    p = sc.stationary_density(read_with(lam, a))
    x = np.array([-30.0, -2.0, 0.0, 0.5, 7.0, 100.0])
    k = a + 1.0 - lam
    assert np.abs(p.pdf(x) / students(x, k) - 1.0).max() < 1e-9
    assert abs(p.cdf(-3.0) / stats.t(2 * k - 1).cdf(-3.0 * math.sqrt(2 * k - 1)) - 1.0) < 1e-9
    if 2.0 * (a - lam) > 1.0:
        assert abs(p.var * (2.0 * (a - lam) - 1.0) - 1.0) < 1e-10
    else:
        assert p.var == math.inf


def test_the_correction_for_lambda_is_the_one_that_to_ito_makes():
    for lam in (0.25, 0.5, 1.0):
        sde = sc.SDE(
            GROWING.drift,
            GROWING.diffusion,
            lam=lam,
            args=(2.5,),
            diffusion_dx=lambda t, x, a: x / math.sqrt(1.0 + x * x),
        )
        given = sc.stationary_density(sde)
        ito = sc.stationary_density(sde.to_ito())
        x = np.linspace(-5.0, 5.0, 21)
        assert np.abs(given.pdf(x) - ito.pdf(x)).max() < 1e-11


def test_a_missing_correction_is_found():
    """The twins: no correction for lambda, Stratonovich's for every lambda, and its wrong sign."""
    x = np.linspace(-2.0, 2.0, 9)
    exact = students(x, 1.5 + 1.0 - 1.0)
    for wrong in (0.0, 0.5):
        twin = sc.stationary_density(read_with(wrong, 1.5))
        assert np.abs(twin.pdf(x) - exact).max() > 1e4 * SIX_DIGITS
    turned = sc.stationary_density(read_with(0.0, 2.5))  # a + 1 + lam, as with the other sign
    assert np.abs(turned.pdf(x) - exact).max() > 1e4 * SIX_DIGITS


@pytest.mark.parametrize("kappa, theta, sigma", [(2.0, 1.0, 1.0), (1.0, 0.1, 1.0)])
def test_a_square_root_process_settles_in_a_gamma_law(kappa, theta, sigma):
    p = sc.stationary_density(sc.models.cir(kappa, theta, sigma), 0.0)
    shape_of_gamma = 2.0 * kappa * theta / sigma**2
    law = stats.gamma(shape_of_gamma, scale=sigma**2 / (2.0 * kappa))
    x = law.ppf(np.linspace(0.01, 0.99, 25))
    assert np.abs(p.cdf(x) - law.cdf(x)).max() < 1e-11
    assert np.abs(p.pdf(x) / law.pdf(x) - 1.0).max() < 1e-10
    assert abs(p.mean - theta) < 1e-11 and abs(p.var - law.var()) < 1e-11


@pytest.mark.parametrize("rate", [0.1, 1.0, 3.0])
def test_a_share_of_genes_settles_in_a_beta_law(rate):
    sde = sc.SDE(
        lambda t, x, r: r * (0.5 - x), lambda t, x, r: math.sqrt(x * (1.0 - x)), args=(rate,)
    )
    p = sc.stationary_density(sde, 0.0, 1.0)
    law = stats.beta(rate, rate)
    x = np.array([0.01, 0.25, 0.5, 0.9])
    assert np.abs(p.cdf(x) - law.cdf(x)).max() < SIX_DIGITS
    assert np.abs(p.pdf(x) - law.pdf(x)).max() < SIX_DIGITS


def test_reflected_brownian_motion_is_uniform_and_with_a_drift_exponential():
    motion = sc.SDE(lambda t, x, m: m, lambda t, x, m: 1.0, args=(0.0,))
    p = sc.stationary_density(motion, -1.0, 3.0)
    assert np.abs(p.pdf([-0.999, 0.0, 2.999]) - 0.25).max() < 1e-12
    assert np.abs(p.pdf([-1.0, 3.0]) - 0.25).max() < 1e-12 and p.cdf(3.0) == 1.0
    assert p.cdf(-1.0) < 1e-15
    assert p.pdf([-2.0, 4.0]).tolist() == [0.0, 0.0] and p.cdf([-2.0, 4.0]).tolist() == [0.0, 1.0]
    assert abs(p.var - 16.0 / 12.0) < 1e-12
    falling = sc.stationary_density(sc.SDE(motion.drift, motion.diffusion, args=(-1.0,)), 0.0)
    assert abs(falling.mean - 0.5) < 1e-12
    assert abs(falling.pdf(0.0) - 2.0) < 1e-11 and falling.pdf(math.inf) == 0.0
    assert abs(falling.pdf(1.0) - 2.0 * math.exp(-2.0)) < 1e-11
    rising = sc.stationary_density(
        sc.SDE(motion.drift, motion.diffusion, args=(1.0,)), -math.inf, 0.0
    )
    assert abs(rising.mean + 0.5) < 1e-12


def test_coefficients_with_jumps_have_their_density():
    """dX = -sign(X) dt + b dW with b = 1 below 0.3 and 2 above, by hand."""
    sde = sc.SDE(lambda t, x: -math.copysign(1.0, x), lambda t, x: 1.0 + (x > 0.3))
    p = sc.stationary_density(sde)
    above = math.exp(-0.6) / 4.0 * 2.0  # int of exp(-0.6 - (x - 0.3)/2)/4 from 0.3 on
    total = 0.5 + (1.0 - math.exp(-0.6)) / 2.0 + above
    assert abs(p.cdf(0.0) - 0.5 / total) < 1e-10
    assert abs(p.cdf(0.3) - 1.0 + above / total) < 1e-10


def test_expectations_are_those_of_the_law():
    p = sc.stationary_density(sc.models.ou(1.0, 0.0, 1.0))
    assert abs(p.expectation(math.cos) - math.exp(-0.25)) < 1e-12
    assert abs(p.expectation(np.cos) - math.exp(-0.25)) < 1e-12
    assert abs(p.expectation(lambda x: float(x > 0.4)) - 1.0 + p.cdf(0.4)) < 1e-9
    heavy = sc.stationary_density(read_with(0.0, 0.7))  # Student with 2.4 degrees of freedom
    assert heavy.expectation(lambda x: abs(x) ** 2.5) == math.inf
    assert abs(heavy.var - 1.0 / 0.4) < 1e-9
    assert math.isnan(sc.stationary_density(read_with(1.0, 1.0)).mean)  # that of Cauchy


def test_a_narrow_peak_of_a_function_is_seen_with_its_breaks():
    p = sc.stationary_density(sc.models.ou(1.0, 0.0, 1.0))
    ends = [0.3001, 0.3005]
    found = p.expectation(lambda x: float(ends[0] < x < ends[1]), breaks=ends)
    assert abs(found - (p.cdf(ends[1]) - p.cdf(ends[0]))) < 1e-14


def test_a_jump_is_integrated_to_many_digits_and_a_logarithm_as_well():
    p = sc.stationary_density(sc.models.ou(1.0, 0.0, 1.0))
    assert abs(p.expectation(lambda x: float(x > 0.4)) - 1.0 + p.cdf(0.4)) < 1e-12
    exact = -0.5 * (np.euler_gamma + math.log(4.0))  # E log|X| of a normal with variance 1/2
    assert abs(p.expectation(lambda x: math.log(abs(x))) - exact) < 1e-10


def test_arrays_and_negative_noise_are_the_same_equation():
    exact = sc.stationary_density(sc.models.ou(1.0, 0.0, 1.0)).pdf(0.3)
    arrays = sc.SDE(lambda t, x: -x, lambda t, x: np.ones_like(x), vectorized=True)
    turned = sc.SDE(lambda t, x: -x, lambda t, x: -1.0)
    for sde in (arrays, turned):
        assert abs(sc.stationary_density(sde).pdf(0.3) - exact) < 1e-13


def test_the_grid_follows_the_density():
    p = sc.stationary_density(sc.models.double_well(0.5))
    assert (np.diff(p.x) > 0.0).all() and p.density.shape == p.x.shape
    assert abs(np.trapezoid(p.density, p.x) - 1.0) < 1e-3
    assert p.pdf(np.zeros((2, 3))).shape == (2, 3) and isinstance(p.pdf(0.0), float)
