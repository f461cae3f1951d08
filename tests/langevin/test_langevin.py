"""Langevin samplers and scores: laws of the discrete chains, signs, smoothings, and the two ways of
running a score.
"""

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject

import stochcalc as sc
from stochcalc.score import GaussianMixture, annealed_langevin

MIXTURE = GaussianMixture(
    [0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], [[[1.0, 0.4], [0.4, 2.0]], [[0.5, 0.0], [0.0, 0.5]]]
)


def test_ula_on_a_gaussian_has_the_mean_and_variance_of_its_autoregression(rng_seed):
    k, h, n, x0 = 2.0, 0.3, 5, 1.0
    chains = sc.langevin.sample(
        lambda x, k: -k * x, x0, step=h, n=n, chains=400_000, args=(k,), save="stats", rng=rng_seed
    )
    rho = 1 - k * h / 2
    assert_mean(chains.moments[-1], rho**n * x0)
    variance = h * (1 - rho ** (2 * n)) / (1 - rho**2)
    options = {"step": h, "n": n, "chains": 400_000, "args": (k,), "save": "last", "rng": rng_seed}
    last = sc.langevin.sample(lambda x, k: -k * x, 0.0, **options).x[:, 0]
    assert_mean(last**2, variance)
    with must_reject("the other unit of the step, x + h s + sqrt(2h) z"):
        assert_mean(last**2, 2 * h * (1 - (1 - k * h) ** (2 * n)) / (1 - (1 - k * h) ** 2))


def test_a_minus_sign_before_the_score_diverges(rng_seed):
    squares = {}
    for sign in (1.0, -1.0):
        chains = sc.langevin.sample(
            lambda x, sign: -sign * x,
            0.1,
            step=0.5,
            n=60,
            chains=2000,
            args=(sign,),
            save="last",
            rng=rng_seed,
        )
        rho = 1 - sign * 0.25
        exact = rho**120 * 0.01 + 0.5 * (1 - rho**120) / (1 - rho**2)
        squares[sign] = chains.x[:, 0] ** 2
        assert_mean(squares[sign], exact, sigmas=7, detects=0.5 * exact)
    with must_reject("a minus sign before the score", min_z=15):
        assert_mean(squares[-1.0], 1 / (1 - 0.125))


def test_temperature_zero_is_gradient_ascent():
    end = sc.langevin.sample(
        lambda x: -(x - 3.0), 0.0, step=0.5, n=200, chains=2, temperature=0.0, save="last", rng=1
    )
    np.testing.assert_allclose(end.x, 3.0, rtol=1e-12)


def test_chains_keep_every_thinth_state_and_the_same_bits_on_any_number_of_workers(rng_seed):
    options = {"step": 0.1, "n": 12, "chains": 1000, "rng": rng_seed}
    full = sc.langevin.sample(MIXTURE, [0.0, 0.0], **options)
    assert full.x.shape == (1000, 13, 2)
    assert_same_bits(
        full.x[:, ::4], sc.langevin.sample(MIXTURE, [0.0, 0.0], thin=4, workers=3, **options).x
    )
    assert_same_bits(
        full.x[:, -1:], sc.langevin.sample(MIXTURE, [0.0, 0.0], save="last", workers=1, **options).x
    )


def test_the_score_is_the_gradient_of_the_log_density_at_every_smoothing(rng_seed):
    x = np.random.default_rng(rng_seed).normal(size=(50, 2)) * 2
    for sigma in (0.0, 0.5, 3.0):
        step = 1e-6
        numeric = np.stack(
            [
                (
                    MIXTURE.log_density(x + step * e, sigma)
                    - MIXTURE.log_density(x - step * e, sigma)
                )
                / (2 * step)
                for e in np.eye(2)
            ],
            axis=1,
        )
        np.testing.assert_allclose(MIXTURE.score(x, sigma), numeric, rtol=1e-6, atol=1e-7)


def test_the_compiled_score_is_the_numpy_score(rng_seed):
    """One step at temperature 0 moves by half the step times the score: the lane form against the
    batched one.
    """
    x = np.random.default_rng(rng_seed).normal(size=(300, 2)) * 4
    moved = sc.langevin.sample(
        MIXTURE, x, step=2.0, n=1, chains=300, starts=True, temperature=0.0, save="last", rng=1
    ).x[:, 0]
    np.testing.assert_allclose(moved - x, MIXTURE.score(x), rtol=1e-11, atol=1e-12)


def test_far_from_every_mode_the_score_stays_finite():
    far = np.array([[1e6, -1e6], [3e4, 2e4]])
    assert np.isfinite(MIXTURE.score(far)).all()
    moved = sc.langevin.sample(
        MIXTURE, far, step=1e-3, n=1, chains=2, starts=True, save="last", rng=1
    )
    assert np.isfinite(moved.x).all()


def test_smoothing_adds_sigma_squared_to_every_covariance():
    smoothed = GaussianMixture(MIXTURE.weights, MIXTURE.means, MIXTURE.covs + 4.0 * np.eye(2))
    x = np.array([[0.3, -0.7], [2.0, 1.0]])
    np.testing.assert_allclose(MIXTURE.score(x, 2.0), smoothed.score(x), rtol=1e-13)
    np.testing.assert_allclose(MIXTURE.log_density(x, 2.0), smoothed.log_density(x), rtol=1e-13)


def test_samples_of_a_mixture_have_its_mean_and_covariance(rng_seed):
    x = MIXTURE.sample(200_000, rng=rng_seed)
    mean = MIXTURE.weights @ MIXTURE.means
    centred = MIXTURE.means - mean
    second = np.einsum(
        "k,kij->ij", MIXTURE.weights, MIXTURE.covs + np.einsum("ki,kj->kij", centred, centred)
    )
    assert_mean(x, mean)
    assert_mean(np.prod(x - mean, axis=1), second[0, 1])
    assert_mean((x - mean) ** 2, np.diag(second))


def test_annealed_langevin_runs_algorithm_one_step_by_step(rng_seed):
    """Against the algorithm written as the paper prints it, with the noise the chains saw."""
    from stochcalc.engine.random.normal_arrays import block_normals
    from stochcalc.engine.random.philox import CHAIN_NOISE, make_key

    sigmas, step, n_steps = np.array([3.0, 1.5, 1.0]), 0.1, 4
    x0 = np.random.default_rng(rng_seed).normal(size=(20, 2))
    key, x, index = make_key(rng_seed), x0.copy(), 0
    for sigma in sigmas:
        alpha = step * sigma**2 / sigmas[-1] ** 2
        for _ in range(n_steps):
            z = block_normals(key, CHAIN_NOISE, index, x.shape)
            x = x + alpha / 2 * MIXTURE.score(x, sigma) + np.sqrt(alpha) * z
            index += 1
    for score in (MIXTURE, MIXTURE.score):
        ours = annealed_langevin(score, sigmas, x0, step=step, n_steps=n_steps, rng=rng_seed)
        np.testing.assert_allclose(ours, x, rtol=1e-11, atol=1e-12)
    denoised = annealed_langevin(
        MIXTURE, sigmas, x0, step=step, n_steps=n_steps, denoise=True, rng=rng_seed
    )
    np.testing.assert_allclose(denoised, x + MIXTURE.score(x, 1.0), rtol=1e-11, atol=1e-12)


POINT = GaussianMixture([1.0], [[0.0, 0.0]], 0.0)
BAD = [
    (lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.0, n=1), ValueError, "step=0.0"),
    (lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=0), ValueError, "n=0"),
    (
        lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=1, method="hmc"),
        ValueError,
        "method='hmc'",
    ),
    (lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=4, thin=5), ValueError, "thin=5"),
    (
        lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=4, temperature=-1.0),
        ValueError,
        "temperature=-1",
    ),
    (lambda: sc.langevin.sample(lambda x: [-x[0]], [0.0], step=0.1, n=4), ValueError, "target"),
    (lambda: sc.langevin.sample(lambda x: float("nan"), 0.0, step=0.1, n=4), ValueError, "target"),
    (lambda: sc.langevin.sample(MIXTURE, [0.0], step=0.1, n=4), ValueError, "dim=2"),
    (
        lambda: sc.langevin.sample(MIXTURE, [0.0, 0.0], step=0.1, n=4, args=(1.0,)),
        ValueError,
        "args",
    ),
    (lambda: sc.langevin.sample(POINT, [0.0, 0.0], step=0.1, n=4), ValueError, "sigma=0"),
    (lambda: sc.langevin.sample(3.0, 0.0, step=0.1, n=4), TypeError, "target=3.0"),
    (lambda: GaussianMixture([0.5, 0.6], [[0.0], [1.0]], 1.0), ValueError, "weights="),
    (lambda: GaussianMixture([0.5, 0.5], [[0.0]], 1.0), ValueError, "means"),
    (lambda: GaussianMixture([1.0], [[0.0, 0.0]], [[1.0, 2.0], [2.0, 1.0]]), ValueError, "covs"),
    (lambda: MIXTURE.score([0.0, 0.0]), ValueError, r"x has shape \(2,\)"),
    (lambda: MIXTURE.score([[0.0, 0.0]], sigma=-1.0), ValueError, "sigma=-1"),
    (lambda: POINT.score([[0.0, 0.0]]), ValueError, "sigma=0"),
    (
        lambda: annealed_langevin(MIXTURE, [1.0, 2.0], np.zeros((2, 2)), step=0.1, n_steps=1),
        ValueError,
        "sigmas=",
    ),
    (
        lambda: annealed_langevin(MIXTURE, [1.0, 0.0], np.zeros((2, 2)), step=0.1, n_steps=1),
        ValueError,
        "sigmas=",
    ),
    (
        lambda: annealed_langevin(MIXTURE, [1.0], np.zeros((2, 3)), step=0.1, n_steps=1),
        ValueError,
        r"x0 has shape \(2, 3\)",
    ),
    (
        lambda: annealed_langevin(MIXTURE, [1.0], np.zeros(2), step=0.1, n_steps=1),
        ValueError,
        "x0 has shape",
    ),
    (
        lambda: annealed_langevin(lambda x, s: x[0], [1.0], np.zeros((2, 2)), step=0.1, n_steps=1),
        ValueError,
        "score",
    ),
    (
        lambda: annealed_langevin(
            lambda x, s: x / 0.0 * 0 + np.nan, [1.0], np.ones((2, 2)), step=0.1, n_steps=1
        ),
        ValueError,
        "not finite",
    ),
    (
        lambda: annealed_langevin(7, [1.0], np.zeros((2, 2)), step=0.1, n_steps=1),
        TypeError,
        "score=7",
    ),
]


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("call, kind, message", BAD)
def test_bad_input_names_the_argument_and_the_value(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_the_end_is_the_last_kept_position_of_each_chain(rng_seed):
    options = {"step": 0.1, "n": 6, "chains": 300, "rng": rng_seed}
    whole = sc.langevin.sample(lambda x: -x, 0.0, **options)
    assert_same_bits(whole.end, whole.x[:, -1])
    assert_same_bits(sc.langevin.sample(lambda x: -x, 0.0, save="last", **options).end, whole.end)
    streamed = sc.langevin.sample(lambda x: -x, 0.0, save="stats", **options)
    with pytest.raises(ValueError, match='end needs the chains, and save="stats" keeps none'):
        _ = streamed.end
