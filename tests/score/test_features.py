"""Scores learned by random features: the equations they solve, the rate of their error, weights of
annealed samples.
"""

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_order, assert_same_bits, must_reject

from stochcalc.claims.chain_law import diagonal_of_square, weight_above
from stochcalc.score import GaussianMixture, annealed_langevin
from stochcalc.score.feature_score import RandomFeatureScore
from stochcalc.score.features import fit_random_features

WEIGHTS, SIGMAS, STEP, N_STEPS = [0.8, 0.2], np.geomspace(20.0, 1.0, 10), 0.1, 100
TOY = GaussianMixture(WEIGHTS, [[5.0, 5.0], [-5.0, -5.0]], 1.0)
GAUSS = GaussianMixture([1.0], [[0.0, 0.0]], 1.0)


def relative_error(model, target, x, sigma):
    exact = target.score(x, sigma)
    return math.sqrt(np.square(model.score(x, sigma) - exact).sum() / np.square(exact).sum())


def test_the_fit_is_the_ridge_regression_on_the_denoising_target_with_all_the_noise_there_is(
    rng_seed,
):
    data, sigma, ridge = np.random.default_rng(rng_seed).normal(size=(4, 2)) * 2, 0.7, 1e-3
    model = fit_random_features(data, [sigma], features=10, ridge=ridge, rng=rng_seed)
    nodes, weights = np.polynomial.hermite_e.hermegauss(100)  # the mean over z, to rounding
    z = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    root = np.sqrt(np.outer(weights, weights).ravel() / (2 * math.pi * len(data)))[:, None]
    rows, targets = [], []
    for point in data:
        away = point + sigma * z - data.mean(axis=0)
        waves = np.cos(away @ model.frequencies[0].T + model.phases[0])
        rows.append(root * np.hstack([np.ones((len(z), 1)), waves]))
        targets.append(root * (-z / sigma + away @ model.precisions[0]))
    rows.append(np.hstack([np.zeros((10, 1)), math.sqrt(ridge) * np.eye(10)]))
    targets.append(np.zeros((10, 2)))
    solved = np.linalg.lstsq(np.concatenate(rows), np.concatenate(targets), rcond=None)[0]
    np.testing.assert_allclose(
        np.vstack([model.constants[0], model.amplitudes[0]]), solved, rtol=1e-7, atol=1e-9
    )


@pytest.mark.parametrize(
    "data", [np.zeros((1, 3)), [[1.0], [2.0], [6.0]]], ids=["one point", "a line"]
)
def test_without_features_the_score_is_that_of_the_gaussian_with_the_data_s_moments(data):
    model, x = (
        fit_random_features(data, [2.0, 0.5], features=0),
        np.linspace(-9, 9, 12).reshape(-1, np.shape(data)[1]),
    )
    for sigma in (0.5, 2.0):
        fitted = GaussianMixture(
            [1.0],
            [np.mean(data, axis=0)],
            np.atleast_2d(np.cov(np.transpose(data), bias=True)) + 0.0 if len(data) > 1 else 0.0,
        )
        np.testing.assert_allclose(model.score(x, sigma), fitted.score(x, sigma), rtol=1e-12)


def test_the_linear_part_errs_on_gaussian_data_by_what_mean_and_covariance_err(rng_seed):
    n, d, sigma = 2000, 2, 0.5
    t, generator, errors = 1 + sigma**2, np.random.default_rng(rng_seed), []
    for _ in range(1500):
        model = fit_random_features(generator.standard_normal((n, d)), [sigma], features=0)
        values = model.score(
            [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], sigma
        )  # an affine map: these three values are all of it
        slopes = values[1:] - values[0] + np.eye(d) / t
        errors.append(t * np.square(slopes).sum() + np.square(values[0]).sum())
    # With T = t I: E|T^-1 (mean error)|^2 = d/(n t^2), E tr(T^-1 dC T^-1 dC T^-1) = d(d+1)/(n t^3);
    # the rest is O(1/n^2).
    assert_mean(errors, d / (n * t**2) + d * (d + 1) / (n * t**3), detects=1e-3)
    with must_reject("the covariance taken for known"):
        assert_mean(errors, d / (n * t**2))


def rate_of_error(generator, sign):
    """Slope of log(root mean square error) in log(number of Gaussian data), with its standard
    error.
    """
    x, sizes = GAUSS.sample(2000, rng=generator) * math.sqrt(2.0), []
    for n in np.repeat([1000, 4000, 16_000, 64_000], 8):
        model = fit_random_features(
            GAUSS.sample(int(n), rng=generator), [1.0], features=48, rng=generator
        )
        error = sign * model.score(x, 1.0) - GAUSS.score(x, 1.0)
        sizes.append((math.log(n), 0.5 * math.log(np.square(error).sum(axis=1).mean())))
    a, b = np.transpose(sizes)
    slope, covariance = np.polyfit(a, b, 1, cov=True)
    return slope[0], max(math.sqrt(covariance[0, 0]), 1e-3)


def test_on_gaussian_data_the_score_approaches_the_true_one_at_rate_one_half(rng_seed):
    generator = np.random.default_rng(rng_seed)
    assert_order(rate_of_error(generator, 1.0), -0.5, tolerance=0.03)
    with must_reject("the score with its sign flipped"):
        assert_order(rate_of_error(generator, -1.0), -0.5, tolerance=0.03)


def test_annealing_with_the_learned_score_recovers_the_weight_within_0_05(rng_seed):
    axis = GaussianMixture(WEIGHTS, [[5.0 * math.sqrt(2.0)], [-5.0 * math.sqrt(2.0)]], 1.0)
    exact = weight_above(axis, SIGMAS, STEP * SIGMAS**2, N_STEPS, diagonal_of_square(8.0))
    generator = np.random.default_rng(rng_seed)
    model = fit_random_features(TOY.sample(10_000, rng=generator), SIGMAS, rng=generator)
    x0 = generator.uniform(-8.0, 8.0, (1500, 2))

    def above(score, x0):
        ends = annealed_langevin(score, SIGMAS, x0, step=STEP, n_steps=N_STEPS, rng=rng_seed)
        return (ends.sum(axis=1) > 0).astype(float)

    # The same noise drives the exact score, whose weight is known by quadrature: most of the chance
    # cancels.
    change = above(model, x0) - above(TOY, x0)
    stderr = change.std() / math.sqrt(len(x0))
    assert_order(
        (exact + change.mean(), stderr), exact, tolerance=0.05 - 6 * stderr
    )  # passes up to 0.05, not beyond
    with must_reject("the score with its sign flipped", min_z=8):
        share = above(
            lambda x, sigma: -model.score(x, sigma), x0[:600]
        )  # flies off, to both sides alike
        assert_order((share.mean(), 0.5 / math.sqrt(600)), exact, tolerance=0.05)


def test_the_score_is_worst_where_there_are_no_data_and_good_where_noise_has_filled_the_gap(
    rng_seed,
):
    generator = np.random.default_rng(rng_seed)
    model = fit_random_features(TOY.sample(10_000, rng=generator), SIGMAS, rng=generator)
    disc = generator.standard_normal((500, 2))
    near, between = np.concatenate([disc + 5.0, disc - 5.0]), disc
    assert (
        relative_error(model, TOY, near, 1.0) < 0.1 < 0.3 < relative_error(model, TOY, between, 1.0)
    )
    assert (
        relative_error(model, TOY, near, 20.0) < 0.05
        and relative_error(model, TOY, between, 20.0) < 0.05
    )


def test_far_away_the_score_pulls_inwards_at_every_level(rng_seed):
    model = fit_random_features(TOY.sample(500, rng=rng_seed), SIGMAS, ridge=1e-8, rng=rng_seed)
    angle = np.linspace(0.0, 2 * math.pi, 60)
    for i, sigma in enumerate(SIGMAS):
        bound = (
            np.linalg.norm(model.constants[i]) + np.linalg.norm(model.amplitudes[i], axis=1).sum()
        )
        radius = (
            1.01 * bound / np.linalg.eigvalsh(model.precisions[i])[0]
        )  # beyond it the linear score outweighs the rest
        away = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        assert (np.sum(model.score(model.mean + away, sigma) * away, axis=1) < 0).all()


def test_the_fit_is_a_function_of_data_and_rng(rng_seed):
    data, x = (
        TOY.sample(9000, rng=rng_seed),
        np.linspace(-8.0, 8.0, 20).reshape(-1, 2),
    )  # more than one block of rows
    one, same, other = (
        fit_random_features(data, [3.0, 1.0], features=32, rng=rng_seed % 2**32 + i)
        for i in (0, 0, 1)
    )
    assert_same_bits(one.score(x, 1.0), same.score(x, 1.0), one(x, 1.0))
    assert not np.array_equal(one.score(x, 1.0), other.score(x, 1.0))
    moved = fit_random_features(
        7.0 * data + 30.0, [21.0, 7.0], features=32, rng=rng_seed % 2**32
    )  # units do not matter
    np.testing.assert_allclose(
        7.0 * moved.score(7.0 * x + 30.0, 7.0), one.score(x, 1.0), rtol=1e-6, atol=1e-8
    )
    assert (
        isinstance(one, RandomFeatureScore) and one.dim == 2 and one.sigmas.tolist() == [3.0, 1.0]
    )
    assert repr(one) == "RandomFeatureScore(dim=2, features=32, sigmas=[3, 1])"


nan = math.nan
DATA = [[0.0, 1.0], [2.0, -1.0], [1.0, 4.0]]
MODEL = fit_random_features(DATA, [2.0, 1.0], features=4, rng=0)


def fit(data=DATA, sigmas=(2.0, 1.0), **options):
    return lambda: fit_random_features(data, sigmas, **{"features": 4, "rng": 0, **options})


CASES = {
    "data: one-dimensional": (
        fit([1.0, 2.0]),
        ValueError,
        r"data has shape \(2,\): give an array with 2 dimensions",
    ),
    "data: empty": (fit(np.zeros((0, 2))), ValueError, r"data is empty"),
    "data: nan": (
        fit([[0.0, 1.0], [nan, 2.0]]),
        ValueError,
        r"data\[1, 0\]=nan must be finite: fix or drop it",
    ),
    "data: text": (fit([["a", "b"]]), TypeError, r"data has dtype"),
    "data: ragged": (fit([[1.0], [1.0, 2.0]]), ValueError, r"data is ragged"),
    "data: huge": (
        fit([[1e200, 0.0]]),
        ValueError,
        r"reach 1e\+200, whose squares overflow: rescale",
    ),
    "sigmas: a number": (fit(sigmas=1.0), ValueError, r"sigmas has shape \(\)"),
    "sigmas: empty": (fit(sigmas=[]), ValueError, r"sigmas is empty"),
    "sigmas: zero": (fit(sigmas=[1.0, 0.0]), ValueError, r"sigmas=\[1\.0, 0\.0\] must be positive"),
    "sigmas: negative": (fit(sigmas=[-1.0]), ValueError, r"sigmas=\[-1\.0\] must be positive"),
    "sigmas: repeated": (fit(sigmas=[1.0, 1.0]), ValueError, r"all different: drop"),
    "sigmas: nan": (fit(sigmas=[nan]), ValueError, r"sigmas\[0\]=nan"),
    "sigmas: too narrow": (
        fit(sigmas=[1.0, 1e-9]),
        ValueError,
        r"sigma=1e-09 is less than 1e-06 of .*take a larger sigma",
    ),
    "features: float": (
        fit(features=4.0),
        TypeError,
        r"features=4\.0 must be an integer: write features=4",
    ),
    "features: negative": (fit(features=-1), ValueError, r"features=-1 must be at least 0"),
    "features: True": (fit(features=True), TypeError, r"features=True"),
    "features: memory": (
        fit(features=10**6),
        ValueError,
        r"features=1000000 would need .*take fewer features",
    ),
    "ridge: zero": (fit(ridge=0.0), ValueError, r"ridge=0\.0 must be greater than 0"),
    "ridge: text": (fit(ridge="small"), TypeError, r"ridge='small' must be a real number"),
    "ridge: infinite": (fit(ridge=math.inf), ValueError, r"ridge=inf must be finite"),
    "ridge: no help": (
        fit(features=200, ridge=1e-300),
        ValueError,
        r"ridge=1e-300 leaves .*sigma=2 singular: take a larger ridge",
    ),
    "rng: text": (fit(rng="seed"), TypeError, r"rng='seed'"),
    "rng: negative": (fit(rng=-1), ValueError, r"rng=-1 is not a seed"),
    "score: one point flat": (
        lambda: MODEL.score([0.0, 1.0], 1.0),
        ValueError,
        r"x has shape \(2,\): give \(n, 2\)",
    ),
    "score: dimension": (
        lambda: MODEL.score([[0.0, 1.0, 2.0]], 1.0),
        ValueError,
        r"x has shape \(1, 3\): give \(n, 2\)",
    ),
    "score: nan": (lambda: MODEL.score([[0.0, nan]], 1.0), ValueError, r"x\[0, 1\]=nan"),
    "score: sigma between": (
        lambda: MODEL.score(DATA, 1.5),
        ValueError,
        r"sigma=1\.5 was not fitted: take one of 2, 1, or fit it",
    ),
    "score: sigma zero": (
        lambda: MODEL.score(DATA, 0.0),
        ValueError,
        r"sigma=0\.0 must be greater than 0",
    ),
    "score: sigma text": (lambda: MODEL(DATA, "1"), TypeError, r"sigma='1' must be a real number"),
    "annealed: levels": (
        lambda: annealed_langevin(MODEL, [3.0, 1.0], DATA, step=0.1, n_steps=1),
        ValueError,
        r"sigma=3\.0 was not",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value(case):
    call, kind, pattern = CASES[case]
    with pytest.raises(kind, match=pattern):
        call()
