"""Score-matching losses: their identities and minimisers to the accuracy of quadrature."""

import itertools

import numpy as np
import pytest
from loss_quadrature import (
    COV,
    MEAN,
    SCORES,
    P,
    denoising,
    explicit,
    jacobian,
    line,
    normal_nodes,
    sign_turned,
)

from stochcalc.score.integrands import denoising_terms, explicit_terms, sliced_terms


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", SCORES)
def test_denoising_is_explicit_on_smoothed_data_plus_d_over_two_sigma_squared(name, sigma):
    score, derivative = SCORES[name]
    constant = denoising(score, P, sigma) - explicit(score, P, sigma, derivative)
    np.testing.assert_allclose(constant, 1 / (2 * sigma**2), rtol=1e-11)
    np.testing.assert_allclose(
        denoising(score, P, sigma) - explicit(score, P, sigma), constant, rtol=2e-10
    )
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            denoising(score, P, sigma, sign_turned) - explicit(score, P, sigma), constant, rtol=1e-6
        )


@pytest.mark.parametrize("sigma", [0.0, 0.7])
@pytest.mark.parametrize("name", SCORES)
def test_the_explicit_loss_exceeds_its_least_value_by_the_fisher_divergence(name, sigma):
    score, derivative = SCORES[name]
    x = line(0.01)
    mass = 0.01 * np.exp(P.log_density(x, sigma))
    divergence = 0.5 * mass @ (score(x, sigma) - P.score(x, sigma))[:, 0] ** 2
    least = -0.5 * mass @ P.score(x, sigma)[:, 0] ** 2
    np.testing.assert_allclose(explicit(P, P, sigma, jacobian(P)), least, rtol=1e-12)
    np.testing.assert_allclose(
        explicit(score, P, sigma, derivative) - least, divergence, rtol=1e-12
    )


def minimiser(loss, size):
    """Where a quadratic function is least, from differences with step 1: they are exact."""
    unit, start = np.eye(size), loss(np.zeros(size))
    steps = [loss(e) for e in unit]
    curvature = np.array(
        [
            [loss(a + b) - steps[i] - steps[j] + start for j, b in enumerate(unit)]
            for i, a in enumerate(unit)
        ]
    )
    return np.linalg.solve(curvature, 0.5 * np.diag(curvature) - (np.array(steps) - start))


def linear(parameters):
    a, B = parameters[:2], parameters[2:].reshape(2, 2)
    return lambda x, sigma: a + x @ B.T


@pytest.mark.parametrize("sigma", [0.5, 1.5])
def test_all_losses_have_the_gaussian_score_as_minimiser_over_linear_scores(sigma):
    noisy = COV + sigma**2 * np.eye(2)
    due = np.concatenate([np.linalg.solve(noisy, MEAN), -np.linalg.inv(noisy).ravel()])
    nodes, weights = normal_nodes(3, 2)
    y = MEAN + nodes @ np.linalg.cholesky(noisy).T
    pairs, pair_weights = normal_nodes(3, 4)
    x, z = MEAN + pairs[:, :2] @ np.linalg.cholesky(COV).T, pairs[:, 2:]
    signs = list(itertools.product([-1.0, 1.0], repeat=2))

    def derivative(parameters):
        return lambda x, sigma: np.broadcast_to(parameters[2:].reshape(2, 2), (len(x), 2, 2))

    candidates = {
        "explicit": lambda p: weights @ explicit_terms(linear(p), y, sigma, derivative(p)),
        "explicit by differences": lambda p: weights @ explicit_terms(linear(p), y, sigma),
        "sliced": lambda p: (
            weights
            @ np.mean([sliced_terms(linear(p), y, sigma, np.array(v)) for v in signs], axis=0)
        ),
        "denoising": lambda p: pair_weights @ denoising_terms(linear(p), x, sigma, z),
    }
    for name, loss in candidates.items():
        tolerance = 1e-12 if name in ("explicit", "denoising") else 1e-8
        np.testing.assert_allclose(minimiser(loss, 6), due, atol=tolerance, err_msg=name)
    twin = minimiser(lambda p: pair_weights @ sign_turned(linear(p), x, sigma, z), 6)
    np.testing.assert_allclose(twin, -due, atol=1e-12)  # uphill becomes downhill


def test_losses_and_their_gradients_in_the_parameters_have_the_closed_form_of_a_gaussian():
    """For s = -(x - m) / v under N(mu, C) in the plane: (tr C + |mu - m|^2) / (2 v^2) - 2 / v.

    Denoising adds 1 / sigma^2."""
    sigma, (z, w) = 0.8, normal_nodes(4, 4)
    x, noise = MEAN + z[:, :2] @ np.linalg.cholesky(COV).T, z[:, 2:]

    def loss(terms, m, v, *where):
        return w @ terms(lambda x, s: -(x - np.array([m, 0.2])) / v, *where)

    def curved(score, x, sigma):
        return explicit_terms(
            score, x, sigma, lambda x, s: np.broadcast_to(-np.eye(2) / V, (len(x), 2, 2))
        )

    m, V = 0.9, 1.7
    gap = MEAN - np.array([m, 0.2])
    spread = np.trace(COV) + 2 * sigma**2 + gap @ gap
    due = spread / (2 * V**2) - 2 / V
    np.testing.assert_allclose(loss(curved, m, V, x + sigma * noise, sigma), due, rtol=1e-13)
    np.testing.assert_allclose(
        loss(denoising_terms, m, V, x, sigma, noise), due + 1 / sigma**2, rtol=1e-13
    )
    h = 1e-4
    for terms, where in (
        (denoising_terms, (x, sigma, noise)),
        (explicit_terms, (x + sigma * noise, sigma)),
    ):
        in_m = (loss(terms, m + h, V, *where) - loss(terms, m - h, V, *where)) / (2 * h)
        in_v = (loss(terms, m, V + h, *where) - loss(terms, m, V - h, *where)) / (2 * h)
        np.testing.assert_allclose(
            [in_m, in_v], [-gap[0] / V**2, -spread / V**3 + 2 / V**2], rtol=1e-6
        )


def test_sliced_is_explicit_when_all_signs_are_counted():
    def crooked(x, sigma):  # with a Jacobian that is not symmetric
        return np.stack(
            [np.sin(x[:, 0] * x[:, 1]), x[:, 0] - x[:, 2] ** 2, np.cos(x[:, 1]) * x[:, 2]], axis=1
        )

    def derivative(x, sigma):
        a, b, c = x.T
        zero, one = 0 * a, 1 + 0 * a
        rows = [
            [b * np.cos(a * b), a * np.cos(a * b), zero],
            [one, zero, -2 * c],
            [zero, -c * np.sin(b), np.cos(b)],
        ]
        return np.moveaxis(np.array(rows), 2, 0)

    x = np.random.default_rng(3).normal(size=(60, 3))
    due = explicit_terms(crooked, x, 1.0, derivative)
    np.testing.assert_allclose(explicit_terms(crooked, x, 1.0), due, atol=1e-9)
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=3)))
    sliced = [sliced_terms(crooked, x, 1.0, v) for v in signs]
    exact = 0.5 * np.sum(crooked(x, 1.0) ** 2, axis=1) + np.einsum(
        "vi,nij,vj->vn", signs, derivative(x, 1.0), signs
    )
    # (v . s)^2 / 2 has the same mean, and more variance.
    np.testing.assert_allclose(sliced, exact, atol=1e-9)
    np.testing.assert_allclose(np.mean(sliced, axis=0), due, atol=1e-9)
    for sign in (-1.0, 1.0):  # in one dimension a single sign is enough
        np.testing.assert_allclose(
            sliced_terms(P, line(0.5, 5.0), 0.0, np.array([sign])),
            explicit_terms(P, line(0.5, 5.0), 0.0, jacobian(P)),
            atol=1e-7,
        )
