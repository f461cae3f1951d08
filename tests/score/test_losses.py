"""Estimates of score-matching losses: their values, their standard errors and their bits."""

import numpy as np
from evidence import assert_mean, assert_same_bits, must_reject
from loss_quadrature import OTHER, SCORES, P, denoising, explicit, jacobian, line, sign_turned

from stochcalc.score import (
    GaussianMixture,
    denoising_loss,
    denoising_losses,
    explicit_loss,
    ncsn_loss,
    sliced_loss,
)
from stochcalc.score.integrands import explicit_terms, sliced_terms


def test_signs_have_the_variance_of_the_off_diagonal_and_gaussian_vectors_more(rng_seed):
    """On s = A x at x = 0, v'Av has variance 2 sum_{i != j} A_ij^2.

    With Gaussian v it is twice the sum over all i and j."""
    A = np.array([[-2.0, 0.5, 0.0], [0.5, -1.0, 0.25], [0.0, 0.25, -3.0]])
    x, generator = np.zeros((200_000, 3)), np.random.default_rng(rng_seed)
    off = 2 * (np.sum(A**2) - np.sum(np.diag(A) ** 2))
    signs = sliced_terms(lambda x, s: x @ A, x, 1.0, generator.choice([-1.0, 1.0], size=x.shape))
    assert_mean((signs - np.trace(A)) ** 2, off)
    gaussian = sliced_terms(lambda x, s: x @ A, x, 1.0, generator.standard_normal(x.shape))
    assert_mean((gaussian - np.trace(A)) ** 2, 2 * np.sum(A**2))
    estimate = sliced_loss(lambda x, s: x @ A, x, 1.0, rng=rng_seed)
    np.testing.assert_allclose(estimate.stderr, np.sqrt(off / 200_000), rtol=0.01)


def test_differences_are_as_accurate_as_promised_in_single_and_double_precision():
    x = line(0.05, 5.0)
    for sigma, double, single in ((0.5, 1e-9, 1e-4), (2.0, 1e-10, 1e-4)):
        due = explicit_terms(P, x, sigma, jacobian(P))
        size = np.abs(jacobian(P)(x, sigma)).max()
        assert np.abs(explicit_terms(P, x, sigma) - due).max() < double * size
        coarse = explicit_terms(
            lambda x, s: P.score(x.astype(np.float32), s).astype(np.float32), x, sigma
        )
        assert np.abs(coarse - due).max() < single * size
    outlier = np.append(x, [[1e6]], axis=0)  # no one point sets the step of the others
    due = explicit_terms(OTHER, x, 0.0, jacobian(OTHER))
    np.testing.assert_allclose(explicit_terms(OTHER, outlier, 0.0)[:-1], due, atol=1e-6)


def test_estimates_of_every_loss_agree_with_quadrature(rng_seed, monkeypatch):
    data, sigma = P.sample(100_000, rng=rng_seed), 0.8
    score, derivative = SCORES["tanh"]
    noisy = data + sigma * np.random.default_rng([rng_seed, 1]).standard_normal(data.shape)
    due = explicit(score, P, sigma, derivative)
    assert_mean(explicit_loss(score, noisy, sigma), due, detects=0.1)
    assert_mean(explicit_loss(score, noisy, sigma, jacobian=derivative), due, detects=0.1)
    assert_mean(sliced_loss(score, noisy, sigma, projections=2, rng=rng_seed), due, detects=0.1)
    assert_mean(
        denoising_loss(score, data, sigma, draws=3, rng=rng_seed), due + 0.5 / sigma**2, detects=0.1
    )
    levels, weights = [2.0, 1.0, 0.5], [1.0, 0.0, 3.0]
    each = np.array([denoising(score, P, s) for s in levels])
    assert_mean(
        ncsn_loss(score, data, levels, rng=rng_seed), np.mean(np.square(levels) * each), detects=0.1
    )
    assert_mean(
        ncsn_loss(score, data, levels, weights=weights, rng=rng_seed),
        np.mean(weights * each),
        detects=0.1,
    )
    with must_reject("smoothed twice: explicit on the clean data"):
        assert_mean(explicit_loss(score, data, sigma), due)
    monkeypatch.setattr(denoising_losses, "denoising_terms", sign_turned)
    with must_reject("the target with its sign turned, s - z / sigma"):
        assert_mean(denoising_loss(score, data, sigma, rng=rng_seed), due + 0.5 / sigma**2)
    with must_reject("the target with its sign turned, at all levels"):
        assert_mean(ncsn_loss(score, data, levels, rng=rng_seed), np.mean(np.square(levels) * each))


def test_the_standard_error_counts_points_and_not_draws(rng_seed):
    """E (value - exact)^2 = E stderr^2, exactly, for independent points.

    Draws that share a point are one observation."""
    score, sigma, (n, draws, runs) = (lambda x, s: -x - 2.0), 2.0, (60, 4, 1500)
    spread = 3.0**2 + 1.0  # the loss of -(x - m) / v with m = -2, v = 1 under N(1, 1)
    due = (spread + sigma**2) / 2 - 1 + 1 / (2 * sigma**2)
    p, generator = GaussianMixture([1.0], [[1.0]], 1.0), np.random.default_rng(rng_seed)
    estimates = [
        denoising_loss(score, p.sample(n, rng=generator), sigma, draws=draws, rng=generator)
        for _ in range(runs)
    ]
    value, stderr = np.array([(e.value, e.stderr) for e in estimates]).T
    assert_mean(value, due)
    assert_mean((value - due) ** 2 - stderr**2, 0.0, detects=0.6 * np.var(value))
    with must_reject("a standard error over points and draws together", min_z=10.0):
        assert_mean((value - due) ** 2 - stderr**2 / draws, 0.0)


def test_the_same_rng_gives_the_same_bits_and_the_data_are_left_alone():
    data = P.sample(50, rng=1)
    kept = data.copy()

    def in_place(x, sigma):
        x *= -0.5
        return x

    for loss in (
        lambda: explicit_loss(in_place, data),
        lambda: sliced_loss(in_place, data, rng=2, projections=2),
        lambda: denoising_loss(in_place, data, 0.5, rng=2),
        lambda: ncsn_loss(in_place, data, [1.0, 0.5], rng=2),
    ):
        assert_same_bits(np.array(loss().value), np.array(loss().value))
        assert_same_bits(data, kept)
    a = denoising_loss(P, data, 0.5, rng=3)
    assert_same_bits(np.array(a.value), np.array(denoising_loss(P.score, data, 0.5, rng=3).value))
    np.testing.assert_allclose(
        ncsn_loss(P, data, [0.5], weights=[2.0], rng=3).value, 2 * a.value, rtol=1e-14
    )
    assert np.isnan(denoising_loss(P, [[0.0]], 0.5, rng=3).stderr)


def test_points_without_spread_are_moved_by_the_root_of_the_precision_alone():
    asked = []

    def score(x, sigma):
        asked.append(x.copy())
        return -x

    sliced_loss(score, np.zeros((3, 1)), rng=1)
    moved = np.unique(np.abs(np.concatenate(asked)))
    np.testing.assert_allclose(moved, [0.0, np.cbrt(np.finfo(float).eps)], rtol=1e-12)
