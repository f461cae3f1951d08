"""The tables of all samplers on a Gaussian target, in law.

Every table is linear in x there, so that the mean and covariance after any number of steps are
known exactly."""

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from noise_targets import GAUSSIAN, MU, ONE, C

from stochcalc.score import VE, VP, ancestral, reverse_sde
from stochcalc.score.denoising_steps import ancestral_moves
from stochcalc.score.moves import Moves
from stochcalc.score.reverse import euler
from stochcalc.score.reverse_exponential import exponential_moves


def law_of(noising, t, cov=C):
    m, sigma = noising.mean_factor(t), noising.sigma(t)
    return m * MU, m * m * cov + sigma**2 * ONE


def carried(moves, mean, cov, target=C):
    for keep, push, kick, sigma, scale in zip(
        moves.keep, moves.push, moves.kick, moves.sigma, moves.scale, strict=True
    ):
        pull = push * scale * np.linalg.inv(target + sigma**2 * ONE)
        matrix = keep * ONE - scale * pull
        mean, cov = matrix @ mean + pull @ MU, matrix @ cov @ matrix.T + kick**2 * ONE
    return mean, cov


def error(moves, noising, cov=C):
    """Of the mean and of the covariance at the end, from the exact law of x_T."""
    found, due = carried(moves, *law_of(noising, noising.T, cov), cov), law_of(noising, 0.0, cov)
    return np.abs(found[0] - due[0]).max(), np.abs(found[1] - due[1]).max()


TABLES = {
    "Euler": euler,
    "exponential": exponential_moves,
    "ancestral": lambda noising, n: ancestral_moves(noising, n, 1.0),
    "eta = 1/2": lambda noising, n: ancestral_moves(noising, n, 0.5),
    "DDIM": lambda noising, n: ancestral_moves(noising, n, 0.0),
}


@pytest.mark.parametrize("noising", [VE(0.1, 20.0), VP()], ids=["VE", "VP"])
@pytest.mark.parametrize("table", TABLES)
def test_the_law_of_every_table_tends_to_that_of_the_data_with_order_one(table, noising):
    coarse = error(TABLES[table](noising, 1600), noising)
    fine = error(TABLES[table](noising, 3200), noising)
    assert 1.93 < coarse[1] / fine[1] < 2.08 and fine[1] < 3e-3
    if table == "Euler" and isinstance(noising, VP):
        assert 1.93 < coarse[0] / fine[0] < 2.08 and fine[0] < 1e-3
    else:
        assert fine[0] < 1e-12  # the denoised mean is the mean: no error at all


def test_broken_tables_do_not_tend_to_the_law_of_the_data():
    """Half the score, noise too large by 1 %, and the score of x for that of x_t.

    Half the score is the flow's, here with the noise of the equation."""
    for noising in (VE(0.1, 20.0), VP()):
        for good in (euler(noising, 3200), ancestral_moves(noising, 3200, 1.0)):
            ones = np.ones(3200)
            twins = [
                Moves(good.keep, 0.5 * good.push, good.kick, good.sigma, good.scale),
                Moves(good.keep, good.push, 1.01 * good.kick, good.sigma, good.scale),
            ]
            twins += [
                Moves(good.keep, good.push, good.kick, good.sigma / good.scale, ones)
            ] * isinstance(noising, VP)
            assert all(
                max(error(broken, noising)) > 2 * error(good, noising)[1] for broken in twins
            )
            assert all(max(error(broken, noising)) > 5e-3 for broken in twins)


def test_the_variance_of_the_forward_step_is_not_that_of_the_posterior():
    noising, point = VE(0.1, 20.0), np.zeros((2, 2))
    good = ancestral_moves(noising, 10, 1.0)
    added = np.sqrt(-np.diff(noising.sigma(1 - np.arange(11) / 10) ** 2))
    assert error(good, noising, point)[1] < 1e-12
    assert (
        error(Moves(good.keep, good.push, added, good.sigma, good.scale), noising, point)[1] > 1e-2
    )


@pytest.mark.parametrize("noising", [VE(0.1, 20.0), VP()], ids=["VE", "VP"])
@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
def test_ancestral_sampling_of_a_single_point_is_exact_in_any_number_of_steps(noising, eta):
    for n in (1, 2, 7):
        assert max(error(ancestral_moves(noising, n, eta), noising, np.zeros((2, 2)))) < 1e-12


@pytest.mark.parametrize("noising", [VE(0.5, 20.0), VP()], ids=["VE", "VP"])
def test_each_correction_brings_a_coarse_predictor_nearer_to_the_law(noising):
    errors = [
        error(euler(noising, 10, corrections, 0.1), noising)[1] for corrections in (0, 1, 2, 4, 8)
    ]
    assert (np.diff(errors) < 0).all() and errors[-1] < 0.65 * errors[0]


COARSE = VE(0.5, 20.0)
SAMPLED = {
    "Euler, VP": (
        VP(),
        lambda x, key: reverse_sde(GAUSSIAN, VP(), x, n=10, key=key),
        euler(VP(), 10),
    ),
    "ancestral, VE": (
        COARSE,
        lambda x, key: ancestral(GAUSSIAN, COARSE, x, n=10, key=key),
        ancestral_moves(COARSE, 10, 1.0),
    ),
    "corrected, VE": (
        COARSE,
        lambda x, key: reverse_sde(GAUSSIAN, COARSE, x, n=10, corrections=2, key=key),
        euler(COARSE, 10, 2),
    ),
}


@pytest.mark.parametrize("name", SAMPLED)
def test_simulated_points_have_the_mean_and_covariance_of_the_recursion(name, rng_seed):
    noising, run, table = SAMPLED[name]
    ends = run(noising.prior(100_000, 2, rng=rng_seed), rng_seed)
    mean, cov = carried(table, np.zeros(2), noising.sigma(noising.T) ** 2 * ONE)
    away, (i, j) = ends - mean, ([0, 1, 0], [0, 1, 1])
    assert_mean(ends, mean, sigmas=7)
    assert_mean(away[:, i] * away[:, j], cov[i, j], sigmas=7)
    with must_reject("the law of the data, which ten steps do not reach"):
        assert_mean((away**2).sum(axis=1), np.trace(law_of(noising, 0.0)[1]))
