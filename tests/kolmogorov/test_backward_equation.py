"""The backward equation agrees with closed forms to six digits, and its error is no smaller."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

import stochcalc as sc

SIX_DIGITS = 1e-6
MOTION = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
OU = sc.models.ou(1.0, 0.0, 1.0)
STARTS = np.linspace(-2.0, 2.0, 41)


def agree(u: sc.BackwardSolution, x, exact, tolerance: float = SIX_DIGITS) -> bool:
    """Whether values are exact to a tolerance, and the errors that they come with cover that."""
    off = np.abs(u(x) - exact)
    return bool((off < tolerance).all() and (off <= u.error(x)).all())


def call_price(x, strike: float, rate: float, sigma: float, T: float):
    """The price of Black and Scholes."""
    spread = sigma * math.sqrt(T)
    d = (np.log(x / strike) + (rate + 0.5 * sigma**2) * T) / spread
    return x * stats.norm.cdf(d) - strike * math.exp(-rate * T) * stats.norm.cdf(d - spread)


def stay_probability(x, T: float):
    """The probability that Brownian motion stays in (-1, 1), as a series of cosines."""
    k = 2.0 * np.arange(60)[:, None] + 1.0
    signs = (-1.0) ** np.arange(60)[:, None]
    terms = signs * np.exp(-((k * np.pi) ** 2) * T / 8.0) * np.cos(0.5 * k * np.pi * x) / k
    return 4.0 / np.pi * terms.sum(axis=0)


def chebyshev(sde: sc.SDE, f, T: float, reach: float, n: int, x):
    """The mean of f(X_T) by another route: collocation at Chebyshev points, and expm.

    The generator a D + b^2 D^2/2 with Ito's drift is applied to the polynomial through the points,
    and the slope is 0 at both ends.
    """
    theta = np.pi * np.arange(n + 1) / n
    nodes = np.cos(theta)
    weights = np.concatenate([[2.0], np.ones(n - 1), [2.0]]) * (-1.0) ** np.arange(n + 1)
    gaps = nodes[:, None] - nodes[None, :] + np.eye(n + 1)
    D = np.outer(weights, 1.0 / weights) / gaps
    D -= np.diag(D.sum(axis=1))
    D /= reach
    at = reach * nodes
    ito = sde.to_ito()
    a = np.array([ito.drift(0.0, float(y), *sde.args) for y in at])
    b = np.array([sde.diffusion(0.0, float(y), *sde.args) for y in at])
    L = a[:, None] * D + 0.5 * (b * b)[:, None] * (D @ D)
    # The ends follow from the inner points by the slopes that are 0 there.
    inner = np.arange(1, n)
    ends = np.linalg.solve(D[np.ix_([0, n], [0, n])], -D[np.ix_([0, n], inner)])
    lift = np.zeros((n + 1, n - 1))
    lift[inner] = np.eye(n - 1)
    lift[[0, n]] = ends
    u = expm(T * (L @ lift)[inner]) @ np.array([f(float(y)) for y in at[inner]])
    whole = lift @ u
    barycentric = (-1.0) ** np.arange(n + 1) * np.concatenate([[0.5], np.ones(n - 1), [0.5]])
    shares = barycentric / (np.asarray(x)[:, None] - at[None, :])
    return (shares @ whole) / shares.sum(axis=1)


def test_the_second_moment_and_the_cosine_of_ornstein_and_uhlenbeck():
    spread = (1.0 - math.exp(-2.0)) / 2.0
    u = sc.backward_equation(OU, lambda x: x * x, 1.0, -8.0, 8.0)
    assert agree(u, STARTS, STARTS**2 * math.exp(-2.0) + spread)
    u = sc.backward_equation(OU, math.cos, 1.0, -8.0, 8.0)
    assert agree(u, STARTS, np.cos(STARTS * math.exp(-1.0)) * math.exp(-spread / 2.0))


@pytest.mark.parametrize("sigma", [0.5, 0.8])
@pytest.mark.parametrize("T", [0.5, 3.0])
def test_a_double_well_agrees_with_polynomials_of_high_degree(sigma, T):
    well = sc.models.double_well(sigma)
    x = np.linspace(-1.45, 1.45, 12)
    u = sc.backward_equation(well, lambda x: x, T, -2.5, 2.5)
    assert agree(u, x, chebyshev(well, lambda x: x, T, 2.5, 96, x))


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_a_well_with_noise_that_grows_is_solved_in_every_reading(lam):
    sde = sc.SDE(
        lambda t, x: x - x**3,
        lambda t, x: 0.5 * math.sqrt(1.0 + x * x),
        lam=lam,
        diffusion_dx=lambda t, x: 0.5 * x / math.sqrt(1.0 + x * x),
    )
    x = np.linspace(-1.45, 1.45, 12)
    u = sc.backward_equation(sde, lambda x: math.tanh(x), 1.0, -3.0, 3.0)
    assert agree(u, x, chebyshev(sde, math.tanh, 1.0, 3.0, 96, x))


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_the_mean_of_linear_noise_decays_at_the_rate_of_its_reading(lam):
    """dX = -a X dt + sqrt(1 + X^2) (lam) dW has E X_T = x exp(-(a - lam) T)."""
    sde = sc.SDE(lambda t, x: -1.5 * x, lambda t, x: math.sqrt(1.0 + x * x), lam=lam)
    u = sc.backward_equation(sde, lambda x: x, 1.0, -1000.0, 1000.0)
    assert agree(u, STARTS, STARTS * math.exp(lam - 1.5))
    # The twin: without the correction the rate is that of Ito's reading.
    if lam:
        assert not agree(u, STARTS, STARTS * math.exp(-1.5), 1e3 * SIX_DIGITS)


def test_a_call_has_the_price_of_black_and_scholes():
    stock = sc.models.gbm(0.05, 0.2)
    x = np.linspace(70.0, 140.0, 29)
    exact = call_price(x, 100.0, 0.05, 0.2, 1.0)
    u = sc.backward_equation(
        stock, lambda x: max(x - 100.0, 0.0), 1.0, 20.0, 600.0, killing=0.05, breaks=[100.0]
    )
    assert agree(u, x, exact)
    digital = sc.backward_equation(
        stock, lambda x: float(x > 100.0), 1.0, 20.0, 600.0, breaks=[100.0]
    )
    assert agree(digital, x, stats.norm.cdf((np.log(x / 100.0) + 0.03) / 0.2))


def test_without_its_kink_a_call_is_less_accurate_and_says_so():
    stock = sc.models.gbm(0.05, 0.2)
    x = np.linspace(70.0, 140.0, 29)
    exact = call_price(x, 100.0, 0.05, 0.2, 1.0)
    u = sc.backward_equation(stock, lambda x: max(x - 100.0, 0.0), 1.0, 20.0, 443.0, killing=0.05)
    off = np.abs(u(x) - exact).max()
    assert SIX_DIGITS < off < 1e-3 and off < u.error(x).max()


def test_killing_at_a_quadratic_rate_is_cameron_and_martin():
    """E exp(-(c^2/2) int_0^T W^2) = cosh(c T)^(-1/2)."""
    for c in (0.5, 1.0, 2.0):
        u = sc.backward_equation(
            MOTION, lambda x: 1.0, 1.0, -8.0, 8.0, killing=lambda x, c=c: 0.5 * c * c * x * x
        )
        assert agree(u, np.array([0.0]), math.cosh(c) ** -0.5)
        # The twin: the mean taken inside, exp(-c^2 T^2/4).
        assert not agree(u, np.array([0.0]), math.exp(-c * c / 4.0), 1e3 * SIX_DIGITS)


def test_a_negative_rate_is_growth():
    u = sc.backward_equation(OU, lambda x: 1.0, 2.0, -8.0, 8.0, killing=-20.0)
    assert np.abs(u(STARTS) / math.exp(40.0) - 1.0).max() < 1e-9


def test_killing_is_the_rate_that_paths_of_solve_are_killed_at():
    def rate(x):
        return 2.0 * x * x

    u = sc.backward_equation(MOTION, lambda x: 1.0, 1.0, -8.0, 8.0, killing=rate)
    sol = sc.solve(
        MOTION, 0.0, n=64, paths=20_000, save="stats", rng=1, killing=lambda t, x: 2.0 * x * x
    )
    assert abs(sol.weight_moments[-1].estimate().z(u(0.0))) < 6.0


def test_a_constant_rate_discounts():
    u = sc.backward_equation(OU, lambda x: 1.0, 2.0, -8.0, 8.0, killing=0.3)
    assert agree(u, STARTS, math.exp(-0.6), 1e-10)


@pytest.mark.parametrize("T", [0.05, 0.5, 1.0, 3.0])
def test_motion_stays_between_two_walls_as_the_series_says(T):
    u = sc.backward_equation(MOTION, lambda x: 1.0, T, -1.0, 1.0, walls="absorbing")
    x = np.linspace(-1.0, 1.0, 41)
    assert agree(u, x, stay_probability(x, T))
    # The twin: walls that reflect keep every path.
    kept = sc.backward_equation(MOTION, lambda x: 1.0, T, -1.0, 1.0)
    assert agree(kept, x, 1.0, 1e-11)


def test_one_wall_absorbs_and_the_other_reflects():
    """By reflection this is the way out of an interval twice as long."""
    u = sc.backward_equation(
        MOTION, lambda x: 1.0, 1.0, 0.0, 1.0, walls=("reflecting", "absorbing")
    )
    x = np.linspace(0.0, 1.0, 21)
    assert agree(u, x, stay_probability(x, 1.0))


def test_the_gambler_is_paid_at_the_wall():
    u = sc.backward_equation(
        MOTION, lambda x: 0.0, 60.0, -1.0, 2.0, walls="absorbing", wall_values=(1.0, 0.0)
    )
    x = np.linspace(-1.0, 2.0, 13)
    assert agree(u, x, (2.0 - x) / 3.0, 1e-9)
    # A payment at the wall, discounted at the rate r: cosh(sqrt(2 r) x)/cosh(sqrt(2 r)).
    paid = sc.backward_equation(
        MOTION, lambda x: 0.0, 60.0, -1.0, 1.0, walls="absorbing", wall_values=1.0, killing=0.5
    )
    assert agree(paid, np.array([0.0, 0.5]), np.cosh([0.0, 0.5]) / math.cosh(1.0))


def test_a_reflected_motion_has_the_series_of_cosines():
    u = sc.backward_equation(MOTION, lambda x: math.cos(math.pi * x), 0.4, 0.0, 1.0)
    x = np.linspace(0.0, 1.0, 21)
    assert agree(u, x, np.cos(math.pi * x) * math.exp(-0.2 * math.pi**2), 1e-8)


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_noise_with_a_jump_keeps_what_its_reading_keeps(lam):
    """Where b jumps, b^(2 lam) u' does not: so int dx/b^(2 lam) is a martingale."""

    def scale(x):
        return x if x < 0.3 else 0.3 + (x - 0.3) / 2.0 ** (2.0 * lam)

    sde = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0 + (x > 0.3), lam=lam)
    u = sc.backward_equation(sde, scale, 0.5, -10.0, 14.0, breaks=[0.3])
    x = np.linspace(-0.5, 1.0, 16)
    assert agree(u, x, np.array([scale(y) for y in x]))


def test_a_long_time_forgets_the_start_and_ends_in_the_stationary_law():
    sde = sc.SDE(lambda t, x: -2.0 * x, lambda t, x: math.sqrt(1.0 + x * x), lam=0.5)
    p = sc.stationary_density(sde, -3.0, 3.0)
    u = sc.backward_equation(sde, math.cos, 60.0, -3.0, 3.0)
    assert agree(u, STARTS, p.expectation(math.cos), 1e-7)


def test_more_cells_are_of_order_six():
    exact = STARTS**2 * math.exp(-2.0) + (1.0 - math.exp(-2.0)) / 2.0
    off = []
    for cells in (64, 128, 256):
        u = sc.backward_equation(OU, lambda x: x * x, 1.0, -8.0, 8.0, cells=cells)
        off.append(np.abs(u(u.x) - u.x**2 * math.exp(-2.0) - exact[20])[abs(u.x) < 2].max())
    assert off[0] / off[1] > 30.0 and off[1] / off[2] > 30.0


def test_what_is_solved_in_steps_is_the_exponential_of_the_chain():
    from stochcalc.kolmogorov.volumes import Chain, list_steps

    rates = np.random.default_rng(1).uniform(1.0, 100.0, (2, 12))
    chain = Chain(
        up=np.append(rates[0, :-1], 0.0),
        down=np.append(0.0, rates[1, 1:]),
        killing=np.linspace(0.0, 2.0, 12),
    )
    A = np.diag(chain.up[:-1], 1) + np.diag(chain.down[1:], -1)
    A -= np.diag(chain.up + chain.down + chain.killing)
    u = np.sin(np.arange(12.0))
    for T in (1e-4, 0.3, 5.0):
        assert np.abs(chain.advance(u, T) - expm(T * A) @ u).max() < 1e-11
        assert math.isclose(sum(h * k for h, k in list_steps(T, chain.fastest)), T)


def test_a_solution_is_called_with_one_start_or_many():
    u = sc.backward_equation(OU, lambda x: x, 1.0, -6.0, 6.0)
    assert isinstance(u(0.5), float) and isinstance(u.error(0.5), float)
    assert u(np.zeros((2, 3))).shape == (2, 3)
    assert np.abs(u(u.x) - u.values).max() < 1e-12 and u.x.shape == u.values.shape
    arrays = sc.SDE(lambda t, x: -x, lambda t, x: np.ones_like(x), vectorized=True)
    assert abs(sc.backward_equation(arrays, lambda x: x, 1.0, -6.0, 6.0)(0.5) - u(0.5)) < 1e-12
