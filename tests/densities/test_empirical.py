"""Scores of data themselves: the smoothed empirical law and the smoothed circle, against closed
forms and each other.
"""

import mpmath
import numpy as np
import pytest
from evidence import assert_count, assert_law, assert_mean, assert_same_bits, must_reject

from stochcalc.densities import empirical
from stochcalc.densities.circle import Circle
from stochcalc.densities.empirical import Empirical
from stochcalc.score import GaussianMixture
from stochcalc.score.integrands import denoising_terms

DATA = np.array([[0.0, 0.0], [1.0, -0.5], [1.0, -0.5], [-2.0, 0.7], [0.3, 2.0]])
POINTS = np.random.default_rng(4).normal(size=(40, 2)) * 2.0
BY_HAND = GaussianMixture(
    np.full(5, 0.2), DATA, 0.0
)  # point masses: differences, where Empirical has products of matrices


def gradient(p, x, sigma, step):
    return np.stack(
        [
            (p.log_density(x + step * e, sigma) - p.log_density(x - step * e, sigma)) / (2 * step)
            for e in np.eye(2)
        ],
        axis=1,
    )


@pytest.mark.parametrize("sigma", [5.0, 1.0, 0.1, 0.01])
def test_the_empirical_law_is_the_mixture_of_its_data(sigma):
    p = Empirical(DATA)
    np.testing.assert_allclose(
        p.score(POINTS, sigma) * sigma**2,
        BY_HAND.score(POINTS, sigma) * sigma**2,
        rtol=0,
        atol=2e-13,
    )
    np.testing.assert_allclose(
        p.log_density(POINTS, sigma), BY_HAND.log_density(POINTS, sigma), rtol=1e-13
    )


def test_the_denoised_point_is_x_plus_sigma_squared_score_and_ends_on_the_nearest_datum():
    p = Empirical(DATA)
    for sigma in (2.0, 0.3):
        np.testing.assert_allclose(
            p.denoised(POINTS, sigma), POINTS + sigma**2 * p.score(POINTS, sigma), atol=1e-14
        )
    nearest = DATA[np.argmin(np.sum((POINTS[:, None] - DATA) ** 2, axis=2), axis=1)]
    np.testing.assert_allclose(p.denoised(POINTS, 1e-4), nearest, atol=1e-14)
    np.testing.assert_allclose(
        p.denoised(POINTS, 1e8), np.tile(DATA.mean(axis=0), (40, 1)), atol=1e-14
    )


def test_pieces_of_any_size_give_the_same_scores(monkeypatch):
    p = Empirical(np.random.default_rng(1).normal(size=(300, 3)))
    x = np.random.default_rng(2).normal(size=(50, 3))
    whole = p.score(x, 0.4), p.log_density(x, 0.4), p.denoised(x, 0.4)
    for cells in (1, 300 * 7, 300 * 49):
        monkeypatch.setattr(empirical, "CELLS", cells)
        for piecewise, due in zip(
            (p.score(x, 0.4), p.log_density(x, 0.4), p.denoised(x, 0.4)), whole
        ):
            np.testing.assert_allclose(piecewise, due, rtol=1e-12, atol=1e-13)


def test_far_offsets_and_far_points_keep_their_digits():
    """Data about 1e6 with spread 1: products of matrices lose 12 digits of squares unless the data
    are centred.
    """
    x = np.round(POINTS * 64) / 64  # exact after the shift
    shifted = Empirical(DATA + 2.0**20).score(x + 2.0**20, 0.25)
    np.testing.assert_allclose(
        shifted, Empirical(DATA + 2.0**20 - 2.0**20).score(x, 0.25), rtol=1e-8, atol=1e-8
    )
    far = np.array([[1e8, -1e8], [1e150, 0.0]])
    assert np.isfinite(Empirical(DATA).score(far, 0.5)).all()


def test_the_data_are_copied_and_sampled_with_replacement(rng_seed):
    table = DATA.copy()
    p = Empirical(table)
    table[:] = np.nan
    assert_same_bits(p.data, DATA)
    drawn = p.sample(200_000, rng=rng_seed)
    assert_count(np.sum((drawn == DATA[1]).all(axis=1)), 200_000, 0.4, detects=0.02)
    assert_count(np.sum((drawn == DATA[3]).all(axis=1)), 200_000, 0.2, detects=0.02)
    noisy = p.sample(400_000, rng=rng_seed, sigma=0.5)
    assert_mean((noisy - DATA.mean(axis=0)) ** 2, DATA.var(axis=0) + 0.25)
    with must_reject("smoothing by the variance instead of the standard deviation"):
        assert_mean((noisy - DATA.mean(axis=0)) ** 2, DATA.var(axis=0) + 0.5)


def best_constant(score, sigma, bump):
    """The c at which the denoising loss of score + c bump on three data is least, by the
    trapezoidal rule over the noise.
    """
    data, z = np.array([[-1.0], [0.2], [1.5]]), np.arange(-12.0, 12.0, 0.02)[:, None]
    x, noise = np.repeat(data, len(z), axis=0), np.tile(z, (3, 1))
    weights = np.exp(-0.5 * noise[:, 0] ** 2) / np.sqrt(2 * np.pi) * 0.02 / 3

    def loss(c):
        return weights @ denoising_terms(lambda x, s: score(x, s) + c * bump(x), x, sigma, noise)

    low, middle, high = map(loss, (-1, 0, 1))
    return (low - high) / (2 * (low - 2 * middle + high)), middle  # the loss is a parabola in c


BUMPS = [
    np.ones_like,
    lambda x: x,
    np.tanh,
    lambda x: np.exp(-((x - 0.5) ** 2)),
    lambda x: np.sin(3 * x),
]


@pytest.mark.parametrize("bump", BUMPS)
@pytest.mark.parametrize("sigma", [0.3, 1.0])
def test_no_change_of_the_empirical_score_lowers_the_denoising_loss_on_its_data(bump, sigma):
    p = Empirical([[-1.0], [0.2], [1.5]])
    assert abs(best_constant(p.score, sigma, bump)[0]) < 1e-12
    wrong = Empirical([[-1.0], [0.2], [1.4]])
    assert abs(best_constant(wrong.score, sigma, bump)[0]) > 1e-4
    y = np.arange(-16.0, 16.0, 0.005)[:, None]  # what is left of the loss: (1/2)(1/sigma^2 - E s^2)
    fisher = np.sum(np.exp(p.log_density(y, sigma)) * p.score(y, sigma)[:, 0] ** 2) * 0.005
    np.testing.assert_allclose(
        best_constant(p.score, sigma, bump)[1], 0.5 * (1 / sigma**2 - fisher), rtol=1e-12
    )


def ring(n, radius):
    angle = 2 * np.pi * np.arange(n) / n
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


@pytest.mark.parametrize("sigma", [3.0, 1.0, 0.4])
def test_the_circle_is_the_limit_of_many_data_on_it(sigma):
    """The trapezoidal rule on a circle converges faster than any power: 200 data leave rounding
    alone.
    """
    many, circle = Empirical(ring(200, 1.5)), Circle(1.5)
    np.testing.assert_allclose(
        circle.score(POINTS, sigma), many.score(POINTS, sigma), atol=1e-12 / sigma**2
    )
    np.testing.assert_allclose(
        circle.log_density(POINTS, sigma), many.log_density(POINTS, sigma), rtol=1e-13
    )


def test_the_circle_agrees_with_fifty_digits_from_the_centre_to_the_sharpest_smoothing():
    for sigma in (10.0, 0.3, 1e-2, 1e-4):  # r R / sigma^2 up to 1e8
        for r in (1e-300, 1e-9, 0.5, 1.0, 1.25):
            with mpmath.workdps(50):
                R, s = mpmath.mpf(1), mpmath.mpf(sigma)
                k = r * R / s**2
                bessel = [
                    mpmath.besseli(i, k)
                    if k < 1e4
                    else mpmath.hyp2f0(0.5 + i, 0.5 - i, 1 / (2 * k))
                    for i in (0, 1)
                ]
                due = float((-r + R * bessel[1] / bessel[0]) / s**2)
            measured = Circle().score([[r, 0.0]], sigma)[0]
            assert abs(measured[0] - due) <= 1e-15 / sigma**2 + 1e-15 * abs(due), (sigma, r)
            assert measured[1] == 0.0


def test_the_circle_has_no_pull_at_its_centre_and_stays_finite():
    circle = Circle(2.0)
    assert_same_bits(np.abs(circle.score([[0.0, 0.0]], 0.3)), np.zeros((1, 2)))
    for sigma in (1e-4, 1.0, 1e3):
        assert np.isfinite(circle.score([[1e-320, 0.0], [3.0, -4.0], [1e150, 1.0]], sigma)).all()
        assert np.isfinite(
            circle.log_density([[1e-320, 0.0], [3.0, -4.0], [1e100, 1.0]], sigma)
        ).all()


def test_the_scores_are_gradients_of_the_log_densities():
    for p in (Circle(1.5), Empirical(DATA)):
        for sigma in (0.5, 2.0):
            np.testing.assert_allclose(
                p.score(POINTS, sigma), gradient(p, POINTS, sigma, 1e-5), rtol=1e-8, atol=1e-8
            )


def test_the_densities_integrate_to_one():
    grid = np.arange(-9.0, 9.0, 0.05)
    x = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    for p in (Circle(1.5), Empirical(DATA)):
        np.testing.assert_allclose(np.exp(p.log_density(x, 0.5)).sum() * 0.05**2, 1.0, rtol=1e-12)


def test_samples_of_the_circle_are_uniform_in_angle(rng_seed):
    x = Circle(1.5).sample(500_000, rng=rng_seed)
    np.testing.assert_allclose(np.hypot(*x.T), 1.5, rtol=1e-15)
    turn = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi) + 0.5
    assert_law(turn, lambda u: u, detects=0.02)
    with must_reject("angles over half the circle"):
        assert_law(turn / 2, lambda u: u)
    noisy = Circle(1.5).sample(400_000, rng=rng_seed, sigma=0.5)
    assert_mean(np.sum(noisy**2, axis=1), 1.5**2 + 2 * 0.25)


BAD = [
    (lambda: Empirical([1.0, 2.0]), ValueError, r"data has shape \(2,\)"),
    (lambda: Empirical([[1.0], [np.nan]]), ValueError, r"data\[1, 0\]=nan"),
    (lambda: Empirical([["a"]]), TypeError, "data has dtype"),
    (lambda: Empirical(np.zeros((0, 2))), ValueError, "data is empty"),
    (
        lambda: Empirical(DATA).score(POINTS),
        ValueError,
        "sigma=0 has no score: the data alone are point masses",
    ),
    (lambda: Empirical(DATA).log_density(POINTS, 0.0), ValueError, "sigma=0"),
    (lambda: Empirical(DATA).denoised(POINTS, -1.0), ValueError, "sigma=-1.0 must be at least 0"),
    (lambda: Empirical(DATA).score(POINTS, np.inf), ValueError, "sigma=inf must be finite"),
    (lambda: Empirical(DATA).score(POINTS, "1"), TypeError, "sigma='1' must be a real number"),
    (
        lambda: Empirical(DATA).score([0.0, 0.0], 1.0),
        ValueError,
        r"x has shape \(2,\): give \(n, 2\)",
    ),
    (
        lambda: Empirical(DATA).score(np.zeros((3, 3)), 1.0),
        ValueError,
        r"x has shape \(3, 3\): give \(n, 2\)",
    ),
    (lambda: Empirical(DATA).score([[0.0, np.inf]], 1.0), ValueError, r"x\[0, 1\]=inf"),
    (lambda: Empirical(DATA).sample(0), ValueError, "n=0"),
    (lambda: Empirical(DATA).sample(1, sigma=-0.5), ValueError, "sigma=-0.5"),
    (lambda: Empirical(DATA).sample(1, rng="x"), TypeError, "rng='x'"),
    (lambda: Circle(0.0), ValueError, "radius=0.0 must be greater than 0"),
    (lambda: Circle("1"), TypeError, "radius='1'"),
    (
        lambda: Circle().score(POINTS),
        ValueError,
        "sigma=0 has no score: a circle is a curve, without a density in the plane",
    ),
    (lambda: Circle().log_density(POINTS, -1.0), ValueError, "sigma=-1.0"),
    (lambda: Circle().score([[1.0]], 1.0), ValueError, r"x has shape \(1, 1\): give \(n, 2\)"),
    (lambda: Circle().sample(1.0), TypeError, "n=1.0 must be an integer"),
    (lambda: Circle().sample(1, sigma=np.nan), ValueError, "sigma=nan"),
]


@pytest.mark.parametrize("call, kind, message", BAD)
def test_bad_input_names_the_argument_and_the_value(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
