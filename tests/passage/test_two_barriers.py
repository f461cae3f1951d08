"""Two barriers, barriers that move, and components of systems: the laws are exact at any n."""

from __future__ import annotations

import math
import pickle
from concurrent.futures import ProcessPoolExecutor

import matplotlib.pyplot as plt
import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from passage_problems import MU, OU, SIGMA, moving, ruin
from scipy import integrate
from scipy.special import ndtr

import stochcalc as sc
from stochcalc.passage.exact_laws import brownian_passage

W = moving(0.0, 1.0)


def exit_law(t, x, low, high, sigma=1.0):
    """P(tau <= t) of sigma W from x: 1 less a series of sines."""
    width = high - low
    k = np.arange(1, 400, 2)
    waves = 4.0 / (k * math.pi) * np.sin(k * math.pi * (x - low) / width)
    rates = 0.5 * (k * math.pi * sigma / width) ** 2
    return 1.0 - np.exp(-np.multiply.outer(np.asarray(t), rates)) @ waves


def low_first_by(t, x, low, high):
    """P(tau <= t, W leaves below): the limit less a series of sines."""
    width = high - low
    k = np.arange(1, 400)
    waves = 2.0 / (k * math.pi) * np.sin(k * math.pi * (x - low) / width)
    return (high - x) / width - np.sum(waves * np.exp(-0.5 * (k * math.pi / width) ** 2 * t))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_the_law_of_the_side_is_exact_at_any_number_of_steps(rng_seed, n):
    how = {"n": n, "paths": 200_000, "rng": rng_seed}
    found = sc.first_passage(W, 0.4, (-1.0, 2.0), 2.0, **how)
    due = low_first_by(2.0, 0.4, -1.0, 2.0), float(exit_law(2.0, 0.4, -1.0, 2.0))
    assert_mean(found.low_first, due[0], sigmas=7)
    assert_mean(found.high_first, due[1] - due[0], sigmas=7)
    assert_mean(found.probability, due[1], sigmas=7)
    stats = sc.first_passage(W, 0.4, (-1.0, 2.0), 2.0, save="stats", **how)
    assert stats.low_first == found.low_first and stats.high_first == found.high_first
    assert stats.probability == found.probability
    assert stats.mean_restricted == found.mean_restricted
    grid = sc.first_passage(W, 0.4, (-1.0, 2.0), 2.0, correction=False, **how)
    with must_reject("grid times alone"):
        assert_mean(grid.probability, due[1])
    with must_reject("grid times alone, below"):
        assert_mean(grid.low_first, due[0])


def test_the_gambler_with_a_drift_is_ruined_as_the_scale_function_says(rng_seed):
    found = sc.first_passage(moving(), 0.0, (-1.0, 1.5), 40.0, n=80, paths=200_000, rng=rng_seed)
    assert_mean(found.low_first, ruin(-1.0, 1.5, 0.0, MU, SIGMA), sigmas=7)
    assert found.probability.value == 1.0 and set(found.side) == {-1, 1}
    assert_same_bits(found.states, np.where(found.side < 0, -1.0, 1.5))
    with must_reject("without the drift"):
        assert_mean(found.low_first, 1.5 / 2.5)


def test_the_time_of_the_exit_has_its_law_and_the_mean_of_both_distances(rng_seed):
    found = sc.first_passage(W, 0.0, (-1.0, 2.0), 40.0, n=200, paths=50_000, rng=rng_seed)
    assert_mean(found.times, 1.0 * 2.0, sigmas=7)
    assert_law(found.times, lambda t: exit_law(t, 0.0, -1.0, 2.0), alpha=1e-11)
    grid = sc.first_passage(
        W, 0.0, (-1.0, 2.0), 40.0, n=200, paths=50_000, rng=rng_seed, correction=False
    )
    with must_reject("grid times alone"):
        assert_mean(grid.times, 2.0)
    with must_reject("grid times alone, the law"):
        assert_law(grid.times, lambda t: exit_law(t, 0.0, -1.0, 2.0))


def test_an_ornstein_uhlenbeck_process_leaves_as_its_scale_function_says(rng_seed):
    """With exact steps of length h the error is of order h^2."""
    found = sc.first_passage(
        OU, 0.3, (-0.2, 1.0), 20.0, n=1000, method="exact", paths=50_000, rng=rng_seed
    )
    speed = lambda y: math.exp(2.0 * (y - 0.5) ** 2)  # theta = 2, mu = 0.5, sigma = 1
    above, whole = (integrate.quad(speed, a, 1.0)[0] for a in (0.3, -0.2))
    assert_mean(found.low_first, above / whole, sigmas=7)
    with must_reject("without the pull to the mean"):
        assert_mean(found.low_first, 0.7 / 1.2)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("a, b, sign", [(1.0, 0.5, 1.0), (1.0, -0.4, 1.0), (0.8, 0.3, -1.0)])
def test_a_line_is_reached_by_the_law_of_bachelier_and_levy_at_any_n(rng_seed, n, a, b, sign):
    found = sc.first_passage(
        W, 0.0, lambda t: sign * (a + b * t), 2.0, n=n, paths=200_000, rng=rng_seed
    )
    law = lambda t: (
        ndtr(-(a + b * t) / np.sqrt(t)) + math.exp(-2.0 * a * b) * ndtr((b * t - a) / np.sqrt(t))
    )
    assert_mean(found.probability, float(law(2.0)), sigmas=7)
    hit = np.isfinite(found.times)
    assert_law(found.times[hit], lambda t: law(t) / law(2.0), alpha=1e-11)
    assert set(found.side) == {0, int(sign)}
    assert np.allclose(found.states[hit], sign * (a + b * found.times[hit]), rtol=1e-12)
    with must_reject("a barrier that does not move"):
        assert_mean(found.probability, 2.0 * float(ndtr(-a / math.sqrt(2.0))))


def test_between_two_lines_that_open_a_path_stays_as_doob_says(rng_seed):
    """P(|W_t| >= a + b t for some t) = 2 sum (-1)^(k+1) exp(-2 k^2 a b), Doob 1949, (4.3)."""
    a, b = 0.6, 0.5
    found = sc.first_passage(
        W,
        0.0,
        (lambda t: -a - b * t, lambda t: a + b * t),
        200.0,
        n=40,
        paths=200_000,
        rng=rng_seed,
    )
    k = np.arange(1, 20)
    due = 2.0 * float(np.sum((-1.0) ** (k + 1) * np.exp(-2.0 * k**2 * a * b)))
    assert_mean(found.probability, due, sigmas=7)
    assert_mean(found.low_first, 0.5 * due, sigmas=7)
    with must_reject("twice the passage through one line"):
        assert_mean(found.probability, 2.0 * math.exp(-2.0 * a * b))


def test_without_noise_the_exit_is_where_the_lines_cross():
    still = moving(2.0, 0.0)
    found = sc.first_passage(still, 0.0, (-1.0, lambda t: 1.0 + t), 2.0, n=4, paths=3, rng=1)
    assert np.allclose(found.times, 1.0, rtol=1e-12) and set(found.side) == {1}
    down = sc.first_passage(moving(-2.0, 0.0), 0.0, (-1.0, 1.0), 2.0, n=3, paths=3, rng=1)
    assert np.allclose(down.times, 0.5, rtol=1e-12) and set(down.side) == {-1}


# ---- components of systems


def test_a_component_of_its_own_has_the_times_of_its_own_equation(rng_seed):
    alone = sc.first_passage(moving(), 0.0, 1.0, 1.0, n=5, paths=3000, rng=rng_seed)
    drift = lambda t, x: (0.5, -x[1])
    kinds = {
        "diagonal": lambda t, x: (0.8, 1.0),
        "scalar": lambda t, x: (0.8, x[0]),
        "general": lambda t, x: ((0.8, 0.0), (x[0], 0.5)),
        "additive": lambda t, x: ((0.8, 0.0, 0.0), (0.1, 0.2, 0.3)),
    }
    for noise, diffusion in kinds.items():
        sde = sc.SDE(drift, diffusion, noise=noise)
        found = sc.first_passage(
            sde, (0.0, 1.0), 1.0, 1.0, n=5, component=0, paths=3000, rng=rng_seed
        )
        assert np.allclose(found.times, alone.times, rtol=1e-12)
        assert_same_bits(found.side, alone.side)
        assert_same_bits(found.states[found.side > 0, 0], np.ones((found.side > 0).sum()))
    swapped = sc.SDE(lambda t, x: (-x[0], 0.5), lambda t, x: (1.0, 0.8))
    second = sc.first_passage(
        swapped, (1.0, 0.0), 1.0, 1.0, n=64, component=1, paths=100_000, rng=rng_seed
    )
    assert_mean(second.probability, brownian_passage(1.0, 1.0, MU, SIGMA), sigmas=7)


@pytest.mark.parametrize("noise", ["additive", "general"])
def test_a_plane_motion_leaves_a_strip_and_its_other_component_moves_with_it(rng_seed, noise):
    """X1 and X0 X1 - rho t are martingales, also where they are stopped inside a step."""
    sde = sc.SDE(lambda t, x: (0.0, 0.0), lambda t, x: ((1.0, 0.0), (0.6, 0.8)), noise=noise)
    found = sc.first_passage(
        sde, (0.0, 0.0), (-1.0, 2.0), 40.0, n=200, component=0, paths=50_000, rng=rng_seed
    )
    assert_mean(found.times, 2.0, sigmas=7)
    assert_mean(found.states[:, 1], 0.0, sigmas=7)
    product = found.states[:, 0] * found.states[:, 1]
    assert_mean(product, 0.6 * 2.0, sigmas=7)
    coarse = sc.first_passage(
        sde, (0.0, 0.0), 1.0, 1.0, n=2, component=0, paths=200_000, rng=rng_seed
    )
    time = np.minimum(coarse.times, 1.0)
    product = coarse.states[:, 0] * coarse.states[:, 1]
    assert_mean(product - 0.6 * time, 0.0, sigmas=7)
    with must_reject("independent components"):
        assert_mean(product, 0.0)


def test_a_component_without_noise_crosses_where_its_line_does(rng_seed):
    kinetic = sc.SDE(lambda t, x: (x[1], 0.0), lambda t, x: (0.0, 1.0), noise="scalar")
    found = sc.first_passage(
        kinetic, (0.0, 1.0), 0.5, 4.0, n=400, component=0, paths=2000, rng=rng_seed
    )
    grid = sc.first_passage(
        kinetic,
        (0.0, 1.0),
        0.5,
        4.0,
        n=400,
        component=0,
        paths=2000,
        rng=rng_seed,
        correction=False,
    )
    hit = found.side > 0
    assert_same_bits(hit, grid.side > 0)
    assert found.nonfinite == 0 and np.isfinite(found.states).all()
    early = grid.times[hit] - found.times[hit]
    assert (early >= -1e-12).all() and (early <= 0.01 + 1e-12).all()


def test_on_grid_times_alone_it_is_the_run_that_a_condition_stops(rng_seed):
    sde = sc.SDE(lambda t, x: (x[1], -x[0]), lambda t, x: (0.3, 0.4))
    how = {"n": 30, "paths": 1000, "rng": rng_seed}
    found = sc.first_passage(
        sde, (0.0, 1.0), (-0.5, 0.7), 3.0, component=0, correction=False, **how
    )
    sol = sc.solve(
        sde, (0.0, 1.0), 3.0, save="last", stop=lambda t, x: (x[0] <= -0.5) | (x[0] >= 0.7), **how
    )
    assert_same_bits(found.times, sol.stop_time)
    assert_same_bits(found.states, sol.end)


def rising(t):
    return 1.0 + t


def turn(t, x):
    return x[1], -x[0]


def mix_noises(t, x):
    return (0.3, 0.1), (0.2, 0.4)


def test_the_bits_do_not_depend_on_threads_or_processes_and_results_pickle(rng_seed):
    how = {"n": 20, "paths": 3000, "rng": rng_seed, "component": 0}
    sde = sc.SDE(turn, mix_noises, noise="general")
    one, two = (
        sc.first_passage(sde, (0.0, 1.0), (-0.5, rising), 3.0, workers=workers, **how)
        for workers in (1, 2)
    )
    with ProcessPoolExecutor(1) as pool:
        elsewhere = sc.first_passage(sde, (0.0, 1.0), (-0.5, rising), 3.0, executor=pool, **how)
    again = pickle.loads(pickle.dumps(one))
    for other in (two, elsewhere, again):
        assert_same_bits(one.times, other.times)
        assert_same_bits(one.side, other.side)
        assert_same_bits(one.states, other.states)
    assert again.low_first == one.low_first and repr(again) == repr(one)
    assert "x0=0 in component 0 to -0.5 or rising(t)" in repr(one)


def test_the_laws_of_the_sides_add_up_and_are_drawn(rng_seed):
    found = sc.first_passage(W, 0.0, (-1.0, 2.0), 3.0, n=30, paths=1000, rng=rng_seed)
    t = np.linspace(0.0, 3.0, 7)
    both = found.law(t, side="low").value + found.law(t, side="high").value
    assert np.allclose(both, found.law(t).value, rtol=1e-12)
    ax = found.plot(side="low")
    found.plot(ax, side="high", i=1)
    labels = [line.get_label() for line in ax.lines]
    assert labels[0].startswith("low first") and labels[1].startswith("high first")
    assert ax.get_title() == "First passage from 0 to -1 or 2"
    plt.close("all")
