"""Equal steps through the probability flow: their factors on a Gaussian, and their orders."""

import math

import numpy as np
import pytest
from evidence import assert_same_bits
from refusals import refused, wrong_type, wrong_value
from scipy.linalg import expm

from stochcalc.engine.compiler.pointers import compilations
from stochcalc.score import VE, VP, Empirical, GaussianMixture, probability_flow
from stochcalc.score.flow_steps import TABLEAUS, take_steps

MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)
POINTS = np.random.default_rng(3).normal(size=(20, 2)) * 2.5
ORDERS = {"euler": 1, "heun": 2, "rk4": 4}
every_noising = pytest.mark.parametrize("noising", [VE(0.2, 9.0), VP(0.1, 12.0, T=1.5)])


def flow(x=POINTS, noising=VE(0.2, 9.0), **how):  # noqa: B008
    return probability_flow(MIXTURE, noising, x, **how)


@pytest.mark.parametrize("method", ORDERS)
def test_a_step_of_a_linear_equation_is_the_exponential_series_up_to_the_order(method):
    matrix = np.array([[-0.3, 1.0], [-1.0, 0.2]])
    x = np.array([1.0, -2.0])
    ours = take_steps(lambda t, y: matrix @ y, x, 0.0, 0.4, 1, TABLEAUS[method])
    powers = [np.linalg.matrix_power(0.4 * matrix, k) for k in range(ORDERS[method] + 1)]
    series = sum(power / math.factorial(k) for k, power in enumerate(powers))
    np.testing.assert_allclose(ours, series @ x, rtol=1e-14)
    assert np.abs(series - expm(0.4 * matrix)).max() > 1e-5


@pytest.mark.parametrize("method", ORDERS)
def test_a_slope_in_time_alone_is_integrated_by_the_rule_of_the_weights(method):
    """The left sum, the trapezoid rule and Simpson's rule."""
    ours = take_steps(lambda t, y: t**3 + 0 * y, np.zeros(1), 2.0, 1.0, 3, TABLEAUS[method])
    ends = np.linspace(2.0, 1.0, 4)
    left, right, middle = ends[:-1], ends[1:], 0.5 * (ends[:-1] + ends[1:])
    rules = {
        "euler": left**3,
        "heun": 0.5 * (left**3 + right**3),
        "rk4": (left**3 + 4 * middle**3 + right**3) / 6,
    }
    np.testing.assert_allclose(ours, -rules[method].sum() / 3, rtol=1e-14)


@every_noising
@pytest.mark.parametrize("method", ORDERS)
def test_equal_steps_tend_to_the_flow_with_their_order_in_both_directions(method, noising):
    for way in ({}, {"t0": 0.1, "t1": 0.9}):
        exact = flow(noising=noising, rtol=1e-12, atol=1e-13, **way)
        coarse, fine = (
            np.abs(flow(noising=noising, method=method, n=n, **way) - exact).max()
            for n in (100, 200)
        )
        assert abs(math.log2(coarse / fine) - ORDERS[method]) < 0.15


@every_noising
def test_a_callable_is_stepped_as_the_distribution_is_and_points_are_independent(noising):
    ends = flow(noising=noising, method="heun", n=7)
    bare = probability_flow(MIXTURE.score, noising, POINTS, method="heun", n=7)
    assert_same_bits(ends, bare)
    few = flow(POINTS[:5], noising, method="heun", n=7)
    np.testing.assert_allclose(few, ends[:5], rtol=1e-13)


def test_two_halves_of_equal_steps_are_the_whole():
    half = flow(method="rk4", n=8, t1=0.5)
    np.testing.assert_allclose(flow(half, method="rk4", n=8, t0=0.5), flow(method="rk4", n=16))


def test_the_scores_of_a_step_are_as_many_as_its_stages():
    for method, stages in (("euler", 1), ("heun", 2), ("rk4", 4)):
        seen = []

        def score(x, sigma, seen=seen):
            seen.append(sigma)
            return MIXTURE.score(x, sigma)

        probability_flow(score, VE(0.2, 9.0), POINTS, method=method, n=5)
        assert len(seen) == 5 * stages
        assert (min(seen) == pytest.approx(0.2)) == (method != "euler")


def test_the_name_of_a_method_has_small_or_capital_letters():
    assert_same_bits(flow(method="DOP853"), flow())
    assert_same_bits(flow(method="Heun", n=3), flow(method="heun", n=3))


def test_the_tolerances_that_are_left_out_are_the_ones_that_are_documented():
    assert_same_bits(flow(rtol=1e-6, atol=1e-8), flow())


def test_eulers_steps_from_points_that_have_no_density_do_without_the_last_score():
    """No score is taken at t = 0: the last one is that at 1/100."""
    points = Empirical([[0.0], [1.0], [3.0]])
    x = np.array([[1.0], [0.3]])
    ends = probability_flow(points, VP(), x, method="euler", n=100)
    assert_same_bits(ends, probability_flow(points.score, VP(), x, method="euler", n=100))
    assert np.abs(ends[:, :, None] - [0.0, 1.0, 3.0]).min(axis=2).max() < 0.05


CASES = {
    "method unknown": wrong_value(
        lambda: flow(method="rk45", n=3), r"^method='rk45' must be one of 'dop853', 'euler', 'heun'"
    ),
    "method a number": wrong_value(lambda: flow(method=4), r"^method=4 must be one of"),
    "equal steps without their number": wrong_value(
        lambda: flow(method="heun"), r"^method='heun' takes equal steps: give n="
    ),
    "a number of steps for those that are chosen": wrong_value(
        lambda: flow(n=20), r"^n=20 goes with equal steps.*use method='euler', 'heun' or 'rk4'"
    ),
    "no steps": wrong_value(lambda: flow(method="rk4", n=0), r"^n=0 must be at least 1"),
    "half a step": wrong_type(lambda: flow(method="rk4", n=2.5), r"^n=2\.5 must be an integer"),
    "steps of no noising": wrong_type(
        lambda: probability_flow(MIXTURE, "VE", POINTS, method="heun", n=3), r"^noising='VE' must"
    ),
    "steps to where the data have no density": wrong_value(
        lambda: probability_flow(
            GaussianMixture([1.0], [[0.0]], 0.0), VP(), [[1.0]], method="heun", n=3
        ),
        r"^the flow takes the score at t=0.*end or begin",
    ),
    "steps from where the data have no density": wrong_value(
        lambda: probability_flow(
            Empirical([[0.0], [1.0]]), VP(), [[1.0]], method="euler", n=3, t0=0.0, t1=1.0
        ),
        r"^the flow takes the score at t=0.*end or begin",
    ),
    "a tolerance of equal steps": wrong_value(
        lambda: flow(method="heun", n=3, rtol=1e-6),
        r"^rtol=1e-06 goes with method='dop853', and method='heun' takes equal steps: leave rtol",
    ),
    "an absolute tolerance of equal steps": wrong_value(
        lambda: flow(method="RK4", n=3, atol=1e-8), r"^atol=1e-08 goes with method='dop853'"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
    assert compilations() == before


def test_a_score_that_is_not_finite_is_named_with_its_point_and_time():
    def score(x, sigma):
        return np.where(sigma < 3.0, np.nan, -x)

    with pytest.raises(ValueError, match=r"is not finite for point 0, x=\[.*\], at t=0\."):
        probability_flow(score, VE(0.2, 9.0), POINTS, method="heun", n=9)
