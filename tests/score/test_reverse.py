"""Noise run backwards: the same points in the lanes and in NumPy, and data that come back."""

import math

import numpy as np
import pytest
from evidence import (
    assert_count,
    assert_law,
    assert_mean,
    assert_same_bits,
    must_reject,
    sample_size,
    seed,
)
from noise_targets import DATA, MIXTURE, SHORT, START

from stochcalc.score import (
    VE,
    VP,
    Circle,
    Empirical,
    GaussianMixture,
    ancestral,
    annealed_langevin,
    reverse_sde,
)

# Two ways of running a score: in the lanes, and in NumPy for all points at once.

RUNS = {
    "annealed": lambda score, **how: annealed_langevin(
        score, [5.0, 2.0, 0.5], START, step=0.05, n_steps=5, **how
    ),
    "denoised": lambda score, **how: annealed_langevin(
        score, [5.0, 0.5], START, step=0.05, n_steps=4, denoise=True, **how
    ),
    "reverse, VE": lambda score, **how: reverse_sde(score, VE(0.1, 9.0), START, n=15, **how),
    "corrected, VE": lambda score, **how: reverse_sde(
        score, VE(0.1, 9.0), START, n=9, corrections=2, **how
    ),
    "corrected, VP": lambda score, **how: reverse_sde(
        score, VP(), START, n=9, corrections=1, correction_step=0.3, **how
    ),
    "exponential, VP": lambda score, **how: reverse_sde(
        score, VP(), START, n=9, method="exponential", corrections=1, **how
    ),
    "ancestral, VP": lambda score, **how: ancestral(score, VP(), START, n=15, **how),
    "eta = 0.3, VE": lambda score, **how: ancestral(
        score, VE(0.1, 9.0), START, n=15, eta=0.3, **how
    ),
    "DDIM, VP": lambda score, **how: ancestral(score, VP(), START, n=15, eta=0.0, **how),
}


@pytest.mark.parametrize("name", RUNS)
def test_lanes_and_numpy_agree_to_rounding_and_on_any_number_of_workers_to_the_bit(name):
    run = RUNS[name]
    in_lanes = [run(MIXTURE, key=11, workers=workers) for workers in (1, 2, 3)]
    assert_same_bits(*in_lanes)
    np.testing.assert_allclose(run(MIXTURE.score, key=11), in_lanes[0], rtol=1e-9, atol=1e-10)
    if name != "DDIM, VP":
        assert not np.allclose(run(MIXTURE, key=12), in_lanes[0])


def test_the_steps_of_annealing_are_those_of_the_levels_over_the_last():
    """Without a score, the points are sums of sqrt(step) sigma_i/sigma_L z: two steps a level."""
    n = sample_size(40_000)
    x0 = np.zeros((n, 1))
    how = {"step": 0.3, "n_steps": 2, "rng": seed()}
    ends = annealed_langevin(lambda x, sigma: 0.0 * x, [3.0, 0.5], x0, **how)
    assert_mean(ends[:, 0] ** 2, 2 * 0.3 * (36.0 + 1.0))
    with must_reject("the last level doubled in the place of squared"):
        assert_mean(ends[:, 0] ** 2, 2 * 0.3 * (9.0 / 1.0 + 0.25 / 1.0))
    # The last denoising step adds sigma_L^2 times the score, and no noise.
    small = {**how, "key": 3}
    del small["rng"]
    plain = annealed_langevin(lambda x, sigma: 1.0 + 0.0 * x, [3.0, 0.5], x0[:5], **small)
    moved = annealed_langevin(
        lambda x, sigma: 1.0 + 0.0 * x, [3.0, 0.5], x0[:5], denoise=True, **small
    )
    np.testing.assert_allclose(moved - plain, 0.25, rtol=1e-12)


def test_corrections_of_any_positive_size_are_made():
    def corrected(step):
        return reverse_sde(
            MIXTURE, VE(0.1, 9.0), START, n=5, corrections=1, correction_step=step, key=3
        )

    # The noise of a correction has the size of the root of its step, and the key is the same.
    large, small, smallest = (corrected(step) for step in (4e-3, 1e-3, 1e-12))
    assert np.abs(small - smallest).max() < np.abs(large - smallest).max()


def test_points_do_not_depend_on_those_beside_them():
    for method in ("euler_maruyama", "exponential", "heun"):
        all_of_them = reverse_sde(MIXTURE, SHORT, START, n=5, method=method, key=2)
        assert_same_bits(
            reverse_sde(MIXTURE, SHORT, START[:7], n=5, method=method, key=2), all_of_them[:7]
        )


def test_data_are_the_mixture_of_their_points():
    """One runs in NumPy, the other in the lanes."""
    points = GaussianMixture(np.full(5, 0.2), DATA, 0.0)
    for run in (
        lambda score: ancestral(score, VE(0.3, 9.0), START, n=20, key=4),
        lambda score: ancestral(score, VP(), START, n=20, key=4),
        lambda score: reverse_sde(score, VE(0.3, 9.0), START, n=20, corrections=1, key=4),
        lambda score: reverse_sde(score, VP(), START, n=40, key=4),
        lambda score: annealed_langevin(score, [5.0, 1.0, 0.3], START, step=0.01, n_steps=6, key=4),
    ):
        np.testing.assert_allclose(run(Empirical(DATA)), run(points), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    "score", [Empirical(DATA), Circle(), GaussianMixture(np.full(5, 0.2), DATA, 0.0)]
)
def test_a_correction_of_no_length_asks_for_no_score(score):
    assert np.isfinite(reverse_sde(score, VP(), START, n=5, corrections=1, key=1)).all()


def test_data_come_back_as_often_as_they_are_there(rng_seed):
    noising, data, n = VE(0.01, 10.0), Empirical(DATA), 20_000
    ends = ancestral(
        data,
        noising,
        noising.noised(data.sample(n, rng=rng_seed), 1.0, rng=rng_seed + 1),
        n=200,
        key=rng_seed,
    )
    distance = np.linalg.norm(ends[:, None] - DATA[[0, 1, 3, 4]], axis=2)
    assert (distance.min(axis=1) < 8 * 0.01).all()  # P(chi_2 > 8) = 1e-14 for each
    assert_count(
        np.bincount(distance.argmin(axis=1)), n, [0.2, 0.4, 0.2, 0.2], alpha=2.6e-12, detects=0.05
    )


def test_a_circle_comes_back_with_the_law_of_its_radius_and_angle(rng_seed):
    noising, circle, n = VE(0.3, 10.0), Circle(2.0), 20_000
    ends = reverse_sde(
        circle, noising, circle.sample(n, rng=rng_seed, sigma=10.0), n=300, key=rng_seed
    )
    r = np.linspace(0.0, 5.0, 5001)
    density = 2 * np.pi * r * np.exp(circle.log_density(np.stack([r, 0 * r], axis=1), 0.3))
    assert_law(
        np.hypot(*ends.T),
        lambda x: np.interp(x, r, np.cumsum(density) * (r[1] - r[0])),
        1e-11,
        detects=0.06,
    )
    assert_law(
        np.arctan2(ends[:, 1], ends[:, 0]) / (2 * np.pi) + 0.5, lambda u: u, 1e-11, detects=0.06
    )


BREAKS = {
    "annealed": lambda score: annealed_langevin(
        score, [3.0, 1.0], START, step=0.1, n_steps=3, key=1
    ),
    "reverse": lambda score: reverse_sde(score, VE(0.5, 9.0), START, n=10, key=1),
    "ancestral": lambda score: ancestral(score, VE(0.5, 9.0), START, n=10, key=1),
}


@pytest.mark.parametrize("name", BREAKS)
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_score_that_is_not_finite_is_named_with_its_point_and_step(name, bad):
    calls = []

    def score(x, sigma):
        calls.append(sigma)
        s = MIXTURE.score(x, sigma)
        if len(calls) == 5:
            s[[4, 9], 1] = bad
        return s

    with pytest.raises(
        ValueError,
        match=r"^score\(x, sigma=.*\) is not finite for point 4, x=\[.*\], at step 4: use smaller",
    ):
        BREAKS[name](score)
    assert len(calls) == 5
