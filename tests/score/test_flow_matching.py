"""The velocity of a noising and its loss: the identity with the score, and the straight lines."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from refusals import refused, wrong_type, wrong_value
from scipy import integrate

from stochcalc.engine.compiler.pointers import compilations
from stochcalc.score import (
    VE,
    VP,
    Empirical,
    GaussianMixture,
    Straight,
    ancestral,
    flow_matching_loss,
    flow_velocity,
    probability_flow,
)
from stochcalc.score.denoising_steps import ancestral_moves
from stochcalc.score.reverse_exponential import exponential_moves

MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)
LINE = GaussianMixture([0.6, 0.4], [[1.5], [-2.0]], [0.3, 0.8])
POINTS = np.random.default_rng(3).normal(size=(20, 2)) * 1.5
DATA = MIXTURE.sample(50, rng=1)
every_noising = pytest.mark.parametrize(
    "noising", [VE(0.2, 9.0), VP(0.1, 12.0, T=1.5), Straight()], ids=["VE", "VP", "Straight"]
)


def slope(f, t, h=1e-5):
    return (8 * (f(t + h) - f(t - h)) - (f(t + 2 * h) - f(t - 2 * h))) / (12 * h)


# ---- the velocity


@every_noising
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_velocity_is_the_mean_of_the_pairs_velocities_given_the_point(noising, share):
    """By quadrature over x_0 on the line, with m' and sigma' as difference quotients."""
    t = share * noising.T
    m, sigma = noising.mean_factor(t), noising.sigma(t)
    fall, growth = slope(noising.mean_factor, t), slope(noising.sigma, t)
    velocity = flow_velocity(LINE, noising)

    def weight(x_0, x):
        z = (x - m * x_0) / sigma
        return float(np.exp(LINE.log_density([[x_0]])[0] - 0.5 * z * z))

    for x in (-1.0, 0.3, 2.0):
        at = {"points": [x / m], "limit": 400, "epsabs": 1e-13}
        below = integrate.quad(weight, -9.0, 9.0, args=(x,), **at)[0]
        above = integrate.quad(
            lambda x_0, x=x: (fall * x_0 + growth * (x - m * x_0) / sigma) * weight(x_0, x),
            *(-9.0, 9.0),
            **at,
        )[0]
        assert velocity([[x]], t)[0, 0] == pytest.approx(above / below, rel=1e-7, abs=1e-8)


@every_noising
def test_the_velocity_is_that_of_the_probability_flow(noising):
    """One Euler step of the flow is one velocity."""
    step = 0.25 * noising.T
    ends = probability_flow(
        MIXTURE, noising, POINTS, t0=0.5 * noising.T, t1=0.25 * noising.T, method="euler", n=1
    )
    due = POINTS - step * flow_velocity(MIXTURE, noising)(POINTS, 0.5 * noising.T)
    np.testing.assert_allclose(ends, due, rtol=1e-12, atol=1e-13)


def test_on_straight_lines_the_score_is_had_from_the_velocity():
    noising, velocity = Straight(), flow_velocity(MIXTURE, Straight())
    for t in (0.1, 0.5, 0.99):
        s = -(POINTS + (1 - t) * velocity(POINTS, t)) / t
        m = noising.mean_factor(t)
        np.testing.assert_allclose(s, MIXTURE.score(POINTS / m, t / m) / m, rtol=1e-9, atol=1e-10)


def test_without_noise_the_straight_velocity_needs_no_score():
    velocity = flow_velocity(Empirical(POINTS), Straight())
    np.testing.assert_array_equal(velocity(POINTS, 0.0), -POINTS)


def test_near_the_end_the_velocity_is_the_noise_less_the_mean_of_the_data():
    mean = MIXTURE.weights @ MIXTURE.means
    velocity = flow_velocity(MIXTURE, Straight(1.0 - 1e-6))
    np.testing.assert_allclose(velocity(POINTS, 1.0 - 1e-6), POINTS - mean, atol=2e-5)


# ---- straight lines in the samplers


def test_eulers_steps_along_straight_lines_are_those_of_ddim():
    for n in (1, 2, 7):
        by_flow = probability_flow(MIXTURE, Straight(), POINTS, method="euler", n=n)
        by_ddim = ancestral(MIXTURE, Straight(), POINTS, n=n, eta=0.0)
        np.testing.assert_allclose(by_flow, by_ddim, rtol=1e-9, atol=1e-10)
    wide = VP()
    by_flow = probability_flow(MIXTURE, wide, POINTS, method="euler", n=7)
    assert np.abs(by_flow - ancestral(MIXTURE, wide, POINTS, n=7, eta=0.0)).max() > 0.1


def test_the_flow_along_straight_lines_ends_with_the_data(rng_seed):
    start = Straight().prior(20_000, 2, rng=rng_seed)
    ends = probability_flow(MIXTURE, Straight(), start, method="rk4", n=64)
    assert_mean(ends, MIXTURE.weights @ MIXTURE.means)
    due = MIXTURE.weights @ (
        MIXTURE.means**2 + np.diagonal(np.asarray(MIXTURE.covs), axis1=1, axis2=2)
    )
    assert_mean(ends**2, due)
    with must_reject("one Euler step, which ends at the mean"):
        coarse = probability_flow(MIXTURE, Straight(), start, method="euler", n=2)
        assert_mean(coarse[:, 0] ** 2, due[0])


@pytest.mark.parametrize("eta", [None, 0.0, 1.0])
def test_tables_on_straight_lines_tend_to_the_data_with_order_one(eta):
    """The exponential integrator, DDIM and DDPM, as recursions of the variance for N(0, 4)."""

    def error(n):
        moves = exponential_moves(Straight(), n)
        if eta is not None:
            moves = ancestral_moves(Straight(), n, eta)
        variance = 4.0 * 0.001**2 + 0.999**2
        columns = (moves.keep, moves.push, moves.kick, moves.sigma, moves.scale)
        for keep, push, kick, sigma, scale in zip(*columns, strict=True):
            variance = (keep - push * scale**2 / (4.0 + sigma**2)) ** 2 * variance + kick**2
        return variance - 4.0

    assert abs(math.log2(error(1000) / error(2000)) - 1.0) < 0.05


# ---- the loss


@every_noising
def test_the_loss_is_written_out_with_the_noise_that_it_draws(noising):
    t = 0.4 * noising.T
    z = np.random.default_rng(7).standard_normal(DATA.shape)
    x = noising.mean_factor(t) * DATA + noising.sigma(t) * z
    pairs = slope(noising.mean_factor, t) * DATA + slope(noising.sigma, t) * z
    terms = 0.5 * ((np.sin(x) - pairs) ** 2).sum(axis=1)
    found = flow_matching_loss(lambda x, t: np.sin(x), DATA, noising, t, rng=7)
    assert found.value == pytest.approx(terms.mean(), rel=1e-8)
    assert found.stderr == pytest.approx(terms.std(ddof=1) / math.sqrt(len(DATA)), rel=1e-8)


def test_draws_are_averaged_within_a_point():
    once = flow_matching_loss(lambda x, t: 0 * x, DATA, Straight(), 0.5, rng=1)
    often = flow_matching_loss(lambda x, t: 0 * x, DATA, Straight(), 0.5, draws=50, rng=1)
    assert often.stderr < once.stderr


def test_the_data_and_the_points_of_a_velocity_that_works_in_place_stay_as_they_are():
    def velocity(x, t):
        x *= 0.0
        return x

    kept = DATA.copy()
    found = flow_matching_loss(velocity, kept, Straight(), 0.5, rng=1)
    np.testing.assert_array_equal(kept, DATA)
    assert_same_bits(
        np.array(found.value),
        np.array(flow_matching_loss(lambda x, t: 0 * x, DATA, Straight(), 0.5, rng=1).value),
    )


def loss(velocity=lambda x, t: -x, data=DATA, noising=Straight(), t=0.5, **how):  # noqa: B008
    return flow_matching_loss(velocity, data, noising, t, **how)


CASES = {
    "straight to 1": wrong_value(lambda: Straight(1.0), r"^T=1 must be below 1 by 1e-06 or more"),
    "straight to 0": wrong_value(lambda: Straight(0.0), r"^T=0\.0 must be greater than 0"),
    "straight beyond": wrong_value(lambda: Straight(3.0), r"^T=3 must be below 1"),
    "straight to a text": wrong_type(lambda: Straight("1"), r"^T='1' must be"),
    "a time after the end": wrong_value(lambda: Straight(0.5).sigma(0.7), r"^t"),
    "velocity of no score": wrong_type(
        lambda: flow_velocity(2.0, Straight()), r"^score=2\.0 must be a distribution"
    ),
    "velocity of no noising": wrong_type(
        lambda: flow_velocity(MIXTURE, Straight), r"^noising=<class .*must be VE.*or Straight\(\)$"
    ),
    "velocity elsewhere": wrong_value(
        lambda: flow_velocity(MIXTURE, Straight())([[1.0]], 0.5), r"^x has shape \(1, 1\) and the"
    ),
    "velocity after the end": wrong_value(
        lambda: flow_velocity(MIXTURE, Straight())(POINTS, 1.0), r"^t"
    ),
    "velocity of a score that is not finite": wrong_value(
        lambda: flow_velocity(lambda x, sigma: x / 0.0 * np.nan, Straight())(POINTS, 0.5),
        r"is not finite for point 0, x=\[.*\], at t=0\.5",
    ),
    "loss of no velocity": wrong_type(
        lambda: loss(velocity=0.0), r"^velocity=0\.0 must be a callable velocity\(x, t\)"
    ),
    "loss of a distribution": wrong_type(
        lambda: loss(velocity=MIXTURE), r"^velocity=.* must be a callable"
    ),
    "loss of a function of x alone": wrong_type(
        lambda: loss(velocity=lambda x: x), r"^velocity\(x, t=0\.5\) fails for x of shape \(50, 2\)"
    ),
    "loss of another shape": wrong_value(
        lambda: loss(velocity=lambda x, t: x[:, 0]),
        r"^velocity\(x, t=0\.5\) returned shape \(50,\).*it must return \(50, 2\)",
    ),
    "loss of what is not finite": wrong_value(
        lambda: loss(velocity=lambda x, t: np.full(x.shape, np.inf)),
        r"^velocity\(x, t=0\.5\) is not finite for point 0",
    ),
    "loss on a row": wrong_value(lambda: loss(data=[1.0, 2.0]), r"^data has shape \(2,\)"),
    "loss on no data": wrong_value(lambda: loss(data=np.zeros((0, 2))), r"^data is empty"),
    "loss of no noising": wrong_type(lambda: loss(noising="straight"), r"^noising='straight' must"),
    "loss without noise": wrong_value(lambda: loss(t=0.0), r"^t=0 has no noise.*a later time"),
    "loss after the end": wrong_value(lambda: loss(t=1.0), r"^t"),
    "loss of no draws": wrong_value(lambda: loss(draws=0), r"^draws=0 must be at least 1"),
    "loss at a text": wrong_type(lambda: loss(t="0.5"), r"^t='0\.5' must be"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
    assert compilations() == before
