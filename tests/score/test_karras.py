"""Levels of noise and Heun's steps along them: the paper's algorithm, its order, and its law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from refusals import refused, wrong_type, wrong_value

from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import CHAIN_NOISE
from stochcalc.score import GaussianMixture, karras_sampler, rho_schedule

MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)
POINTS = np.random.default_rng(3).normal(size=(20, 2)) * 9.0
LEVELS = rho_schedule(0.1, 9.0, 6)
NORMAL = GaussianMixture([1.0], [[0.0]], 1.0)


# ---- the levels


def test_the_levels_are_equally_spaced_in_a_root_and_end_exactly():
    for rho in (1.0, 2.5, 7.0):
        levels = rho_schedule(0.03, 50.0, 9, rho=rho)
        np.testing.assert_allclose(np.diff(levels ** (1 / rho), 2), 0.0, atol=1e-12)
        assert (levels[0], levels[-1]) == (50.0, 0.03)


def test_a_large_rho_makes_equal_steps_of_the_logarithm():
    geometric = np.geomspace(50.0, 0.03, 9)
    np.testing.assert_allclose(rho_schedule(0.03, 50.0, 9, rho=1e12), geometric, rtol=1e-9)
    assert np.abs(rho_schedule(0.03, 50.0, 9) / geometric - 1.0).max() > 0.3


def test_two_levels_are_the_ends():
    assert rho_schedule(0.5, 2.0, 2).tolist() == [2.0, 0.5]


# ---- the steps


def algorithm(score, sigmas, x, s_churn, s_min, s_max, s_noise, key):
    """Algorithm 2 as the paper prints it, with the denoiser D = x + sigma^2 s."""

    def denoise(y, sigma):
        return y + sigma**2 * score(y, sigma)

    t = [*sigmas, 0.0]
    n = len(sigmas)
    for i in range(n):
        gamma = min(s_churn / n, math.sqrt(2) - 1) if s_min <= t[i] <= s_max else 0.0
        lifted = t[i] + gamma * t[i]
        epsilon = s_noise * block_normals(key, CHAIN_NOISE, i, x.shape)
        x = x + math.sqrt(lifted**2 - t[i] ** 2) * epsilon
        d = (x - denoise(x, lifted)) / lifted
        after = x + (t[i + 1] - lifted) * d
        if t[i + 1] != 0:
            d_after = (after - denoise(after, t[i + 1])) / t[i + 1]
            after = x + (t[i + 1] - lifted) * (d / 2 + d_after / 2)
        x = after
    return x


@pytest.mark.parametrize(
    "churn, ends, factor",
    [
        (0.0, (0.0, math.inf), 1.0),
        (0.5, (0.0, math.inf), 1.0),
        (40.0, (0.0, math.inf), 1.003),
        (1.5, (0.3, 4.0), 1.1),
        (1.5, (100.0, 200.0), 1.1),
    ],
)
def test_the_sampler_is_algorithm_two_of_the_paper(churn, ends, factor):
    due = algorithm(MIXTURE.score, LEVELS, POINTS, churn, *ends, factor, 11)
    for score in (MIXTURE, MIXTURE.score):
        ours = karras_sampler(
            score, LEVELS, POINTS, churn=churn, churn_range=ends, noise_factor=factor, key=11
        )
        np.testing.assert_allclose(ours, due, rtol=1e-11, atol=1e-12)


def test_the_scores_are_two_a_level_and_one_at_the_last():
    seen = []

    def score(x, sigma):
        seen.append(sigma)
        return MIXTURE.score(x, sigma)

    karras_sampler(score, LEVELS, POINTS)
    assert len(seen) == 2 * len(LEVELS) - 1
    assert min(seen) == LEVELS[-1] and seen.count(LEVELS[-1]) == 2


def test_one_level_returns_the_mean_of_the_data_given_the_point():
    ends = karras_sampler(NORMAL, [3.0], [[5.0]])
    np.testing.assert_allclose(ends, [[5.0 / 10.0]], rtol=1e-14)


def test_without_churn_no_noise_is_drawn_and_with_it_the_key_decides():
    assert_same_bits(
        karras_sampler(MIXTURE, LEVELS, POINTS, key=1), karras_sampler(MIXTURE, LEVELS, POINTS)
    )
    first = karras_sampler(MIXTURE, LEVELS, POINTS, churn=1.0, key=1)
    assert_same_bits(first, karras_sampler(MIXTURE, LEVELS, POINTS, churn=1.0, key=1))
    assert np.abs(first - karras_sampler(MIXTURE, LEVELS, POINTS, churn=1.0, key=2)).max() > 0.01


def test_the_steps_tend_to_the_flow_with_order_two():
    """The flow of one Gaussian multiplies by the ratio of standard deviations."""

    def error(n):
        levels = rho_schedule(0.05, 9.0, n)
        x = karras_sampler(NORMAL, levels, [[7.0]])[0, 0]
        to_last = 7.0 * math.sqrt((1 + 0.05**2) / (1 + 81.0))
        return x - to_last / (1 + 0.05**2)

    assert abs(math.log2(error(101) / error(201)) - 2.0) < 0.05


def test_the_points_that_were_given_stay_as_they_are():
    x = POINTS.copy()
    karras_sampler(MIXTURE, LEVELS, x, churn=2.0, rng=1)
    np.testing.assert_array_equal(x, POINTS)


def test_the_law_with_churn_is_a_recursion_and_half_the_fresh_noise_is_found_out(rng_seed):
    levels = rho_schedule(0.01, 30.0, 200)
    start = np.random.default_rng(rng_seed).normal(size=(20_000, 1)) * math.sqrt(901.0)
    ends = karras_sampler(NORMAL, levels, start, churn=20.0, rng=rng_seed)
    variance = 901.0
    for sigma, after in zip(levels, [*levels[1:], 0.0], strict=True):
        lifted = 1.1 * sigma
        variance += lifted**2 - sigma**2
        slope = lifted / (1 + lifted**2)
        factor = 1 + (after - lifted) * slope
        if after:
            factor = 1 + (after - lifted) / 2 * (slope + after / (1 + after**2) * factor)
        variance *= factor**2
    assert abs(variance - 1.0) < 0.01
    assert_mean(ends[:, 0] ** 2, variance)
    broken = karras_sampler(NORMAL, levels, start, churn=20.0, noise_factor=0.5, rng=rng_seed)
    with must_reject():
        assert_mean(broken[:, 0] ** 2, variance)


def test_progress_counts_the_steps():
    seen = []
    karras_sampler(MIXTURE, LEVELS, POINTS, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)


def sample(score=MIXTURE, sigmas=LEVELS, x=POINTS, **how):
    return karras_sampler(score, sigmas, x, **how)


def levels(sigma_min=0.1, sigma_max=9.0, n=5, **how):
    return rho_schedule(sigma_min, sigma_max, n, **how)


CASES = {
    "levels: none left": wrong_value(
        lambda: levels(0.0), r"^sigma_min=0\.0 must be greater than 0"
    ),
    "levels: upside down": wrong_value(
        lambda: levels(9.0, 0.1), r"^sigma_max=0\.1 must exceed sigma_min=9"
    ),
    "levels: beyond squares": wrong_value(
        lambda: levels(0.1, 1e200), r"^sigma_max=1e\+200 must be between"
    ),
    "levels: one": wrong_value(lambda: levels(n=1), r"^n=1 must be at least 2"),
    "levels: a fraction": wrong_type(lambda: levels(n=5.0), r"^n=5\.0 must be an integer"),
    "levels: rho": wrong_value(lambda: levels(rho=0.5), r"^rho=0\.5 must be at least 1"),
    "levels: rho a text": wrong_type(lambda: levels(rho="7"), r"^rho='7' must be"),
    "levels: rho infinite": wrong_value(lambda: levels(rho=math.inf), r"^rho=inf must be"),
    "levels: too close": wrong_value(
        lambda: levels(1.0, 1.0 + 1e-14, 1000), r"^n=1000 levels from sigma_max=1 .*use fewer"
    ),
    "no score": wrong_type(lambda: sample(score=3.0), r"^score=3\.0 must be a distribution"),
    "a class": wrong_type(lambda: sample(score=GaussianMixture), r"^score=GaussianMixture is a c"),
    "a score of another shape": wrong_value(
        lambda: sample(score=lambda x, sigma: x[:, :1]), r"returned shape \(20, 1\).*\(20, 2\)"
    ),
    "a score that is not finite": wrong_value(
        lambda: sample(score=lambda x, sigma: np.where(sigma < 3.0, np.nan, -x)),
        r"is not finite for point 0, x=\[.*\], at step 1",
    ),
    "levels that grow": wrong_value(
        lambda: sample(sigmas=[1.0, 2.0]), r"^sigmas=\[1\.0, 2\.0\] must be positive and decrease"
    ),
    "levels with the end": wrong_value(
        lambda: sample(sigmas=[2.0, 1.0, 0.0]), r"^sigmas=\[2\.0, 1\.0, 0\.0\] must be positive"
    ),
    "points of another dimension": wrong_value(
        lambda: sample(x=np.zeros((3, 3))), r"^x has shape \(3, 3\) and the distribution has dim=2"
    ),
    "one point": wrong_value(lambda: sample(x=[0.0, 0.0]), r"^x has shape \(2,\)"),
    "negative churn": wrong_value(lambda: sample(churn=-1.0), r"^churn=-1\.0 must be at least 0"),
    "churn a flag": wrong_type(lambda: sample(churn=True), r"^churn=True must be"),
    "a range of one": wrong_value(
        lambda: sample(churn_range=[1.0]), r"^churn_range has 1 entries: give two"
    ),
    "a range upside down": wrong_value(
        lambda: sample(churn_range=(2.0, 1.0)), r"^churn_range=\(2, 1\) must be two levels"
    ),
    "a range below 0": wrong_value(
        lambda: sample(churn_range=(-1.0, 1.0)), r"^churn_range=\(-1, 1\) must be two levels"
    ),
    "a range that is no number": wrong_value(
        lambda: sample(churn_range=(math.nan, 1.0)), r"^churn_range=\(nan, 1\) must be two levels"
    ),
    "noise factor": wrong_value(
        lambda: sample(noise_factor=-0.1), r"^noise_factor=-0\.1 must be at least 0"
    ),
    "seed and key": wrong_value(lambda: sample(rng=1, key=2), r"^give rng= or key=, not both"),
    "progress": wrong_type(lambda: sample(progress="bar"), r"^progress='bar' must be True, False"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
    assert compilations() == before
