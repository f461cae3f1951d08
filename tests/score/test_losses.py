"""Score-matching losses: their identities to the accuracy of quadrature, their standard errors, and
what they refuse.
"""

import itertools

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject

from stochcalc.densities.circle import Circle
from stochcalc.score import GaussianMixture, losses
from stochcalc.score.losses import (
    denoising_loss,
    denoising_terms,
    explicit_loss,
    explicit_terms,
    ncsn_loss,
    sliced_loss,
)

P = GaussianMixture([0.3, 0.7], [[-1.0], [1.5]], [0.25, 0.5])
MEAN, COV = np.array([0.5, -1.0]), np.array([[2.0, 0.6], [0.6, 0.5]])


def normal_nodes(n, d):
    """Gauss-Hermite nodes (n^d, d) and weights of N(0, I): exact for polynomials of degree 2n - 1
    in each variable.
    """
    z, w = np.polynomial.hermite_e.hermegauss(n)
    return np.array(list(itertools.product(z, repeat=d))), np.prod(
        list(itertools.product(w / w.sum(), repeat=d)), axis=1
    )


def line(h, reach=24.0):
    """Nodes of the trapezoidal rule, whose error for smooth densities is exponentially small in 1 /
    h.
    """
    return np.arange(-reach, reach, h)[:, None]


def jacobian(p):
    """Second derivative of the log density of a mixture on the line."""

    def value(x, sigma):
        v = p.covs[:, 0, 0] + sigma**2
        pull = (p.means[:, 0] - x) / v
        mass = p.weights / np.sqrt(v) * np.exp(-0.5 * pull**2 * v)
        mass /= mass.sum(axis=1, keepdims=True)
        return (np.sum(mass * (pull**2 - 1 / v), axis=1) - np.sum(mass * pull, axis=1) ** 2)[
            :, None, None
        ]

    return value


# Scores on the line that are nobody's, as callables, with their derivatives.
SCORES = {
    "tanh": (
        lambda x, s: np.tanh(x) - x / (1 + s),
        lambda x, s: (1 / np.cosh(x) ** 2 - 1 / (1 + s))[:, :, None],
    ),
    "sine": (lambda x, s: np.sin(2 * x) + 0.3, lambda x, s: 2 * np.cos(2 * x)[:, :, None]),
    "another mixture": (lambda x, s: OTHER.score(x, s), lambda x, s: jacobian(OTHER)(x, s)),
}
OTHER = GaussianMixture([0.5, 0.5], [[-1.2], [1.0]], [0.6, 0.3])


def explicit(score, p, sigma, derivative=None):
    """The explicit loss under the density p smoothed by sigma, by quadrature."""
    x = line(0.01)
    return 0.01 * np.exp(p.log_density(x, sigma)) @ explicit_terms(score, x, sigma, derivative)


def denoising(score, p, sigma, terms=denoising_terms):
    """The denoising loss under p, by quadrature over point and noise."""
    x, z = line(0.04, 7.0), line(0.08, 9.0)
    weights = (
        np.outer(np.exp(p.log_density(x)), np.exp(-0.5 * z[:, 0] ** 2) / np.sqrt(2 * np.pi)).ravel()
        * 0.04
        * 0.08
    )
    return weights @ terms(score, np.repeat(x, len(z), axis=0), sigma, np.tile(z, (len(x), 1)))


def sign_turned(score, x, sigma, z, terms=denoising_terms):
    """The broken twin, |s(x + sigma z) - z / sigma|^2 / 2."""
    return terms(lambda y, s: score(y, s) - 2 * z / s, x, sigma, z)


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
            @ np.mean(
                [losses.sliced_terms(linear(p), y, sigma, np.array(v)) for v in signs], axis=0
            )
        ),
        "denoising": lambda p: pair_weights @ denoising_terms(linear(p), x, sigma, z),
    }
    for name, loss in candidates.items():
        tolerance = 1e-12 if name in ("explicit", "denoising") else 1e-8
        np.testing.assert_allclose(minimiser(loss, 6), due, atol=tolerance, err_msg=name)
    twin = minimiser(lambda p: pair_weights @ sign_turned(linear(p), x, sigma, z), 6)
    np.testing.assert_allclose(twin, -due, atol=1e-12)  # uphill becomes downhill


def test_losses_and_their_gradients_in_the_parameters_have_the_closed_form_of_a_gaussian():
    """s = -(x - m) / v under N(mu, C) in the plane: (tr C + |mu - m|^2) / (2 v^2) - 2 / v, plus 1 /
    sigma^2 if denoising.
    """
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
    sliced = [losses.sliced_terms(crooked, x, 1.0, v) for v in signs]
    exact = 0.5 * np.sum(crooked(x, 1.0) ** 2, axis=1) + np.einsum(
        "vi,nij,vj->vn", signs, derivative(x, 1.0), signs
    )
    np.testing.assert_allclose(
        sliced, exact, atol=1e-9
    )  # (v . s)^2 / 2 has the same mean, and more variance
    np.testing.assert_allclose(np.mean(sliced, axis=0), due, atol=1e-9)
    for sign in (-1.0, 1.0):  # in one dimension a single sign is enough
        np.testing.assert_allclose(
            losses.sliced_terms(P, line(0.5, 5.0), 0.0, np.array([sign])),
            explicit_terms(P, line(0.5, 5.0), 0.0, jacobian(P)),
            atol=1e-7,
        )


def test_signs_have_the_variance_of_the_off_diagonal_and_gaussian_vectors_more(rng_seed):
    """On s = A x, at x = 0, v'Av has variance 2 sum_{i != j} A_ij^2, with Gaussian v twice the sum
    over all i, j.
    """
    A = np.array([[-2.0, 0.5, 0.0], [0.5, -1.0, 0.25], [0.0, 0.25, -3.0]])
    x, generator = np.zeros((200_000, 3)), np.random.default_rng(rng_seed)
    off = 2 * (np.sum(A**2) - np.sum(np.diag(A) ** 2))
    signs = losses.sliced_terms(
        lambda x, s: x @ A, x, 1.0, generator.choice([-1.0, 1.0], size=x.shape)
    )
    assert_mean((signs - np.trace(A)) ** 2, off)
    gaussian = losses.sliced_terms(lambda x, s: x @ A, x, 1.0, generator.standard_normal(x.shape))
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
    monkeypatch.setattr(losses, "denoising_terms", sign_turned)
    with must_reject("the target with its sign turned, s - z / sigma"):
        assert_mean(denoising_loss(score, data, sigma, rng=rng_seed), due + 0.5 / sigma**2)
    with must_reject("the target with its sign turned, at all levels"):
        assert_mean(ncsn_loss(score, data, levels, rng=rng_seed), np.mean(np.square(levels) * each))


def test_the_standard_error_counts_points_and_not_draws(rng_seed):
    """E (value - exact)^2 = E stderr^2, exactly, for independent points; draws that share a point
    are one observation.
    """
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


D, linear_score = np.array([[0.0, 1.0], [2.0, 3.0], [-1.0, 0.5]]), lambda x, sigma: -x


def nan_at_two(x, sigma):
    return np.where(np.abs(x - 2.0) < 0.01, np.nan, -x)


BAD = [
    (lambda: explicit_loss(3.0, D), TypeError, "score=3.0 must be a distribution or a callable"),
    (lambda: ncsn_loss("score", D, [1.0]), TypeError, "score='score'"),
    (lambda: denoising_loss(linear_score, [0.0, 1.0], 1.0), ValueError, r"data has shape \(2,\)"),
    (lambda: sliced_loss(linear_score, [[0.0, np.nan]]), ValueError, r"data\[0, 1\]=nan"),
    (
        lambda: explicit_loss(P, D),
        ValueError,
        r"data has shape \(3, 2\) and the distribution has dim=1: give \(n, 1\)",
    ),
    (lambda: explicit_loss(linear_score, D, -1.0), ValueError, "sigma=-1.0 must be at least 0"),
    (lambda: denoising_loss(linear_score, D, 0.0), ValueError, "sigma=0.0 must be greater than 0"),
    (
        lambda: denoising_loss(linear_score, D, [1.0]),
        TypeError,
        r"sigma=\[1.0\] must be a real number",
    ),
    (lambda: explicit_loss(Circle(), D), ValueError, "sigma=0 has no score"),
    (
        lambda: denoising_loss(linear_score, D, 1.0, draws=0),
        ValueError,
        "draws=0 must be at least 1",
    ),
    (
        lambda: ncsn_loss(linear_score, D, [1.0], draws=1.5),
        TypeError,
        "draws=1.5 must be an integer",
    ),
    (lambda: sliced_loss(linear_score, D, projections=0), ValueError, "projections=0"),
    (lambda: denoising_loss(linear_score, D, 1.0, rng="seven"), TypeError, "rng='seven'"),
    (
        lambda: ncsn_loss(linear_score, D, [0.5, 1.0]),
        ValueError,
        r"sigmas=\[0.5, 1.0\] must be positive and decrease",
    ),
    (lambda: ncsn_loss(linear_score, D, 1.0), ValueError, r"sigmas has shape \(\)"),
    (
        lambda: ncsn_loss(linear_score, D, [2.0, 1.0], weights=[1.0]),
        ValueError,
        "weights has 1 entries and sigmas 2",
    ),
    (
        lambda: ncsn_loss(linear_score, D, [2.0, 1.0], weights=[1.0, -1.0]),
        ValueError,
        r"weights=\[1.0, -1.0\] must be",
    ),
    (lambda: ncsn_loss(linear_score, D, [2.0, 1.0], weights=[0.0, 0.0]), ValueError, "not all 0"),
    (
        lambda: explicit_loss(nan_at_two, D),
        ValueError,
        r"score\(x, sigma=0\) is not finite for point 1, x=\[2.0, 3.0\]",
    ),
    (
        lambda: sliced_loss(nan_at_two, D, 1.0),
        ValueError,
        r"score\(x, sigma=1\) is not finite for point 1",
    ),
    (
        lambda: denoising_loss(lambda x, s: x[0], D, 1.0),
        ValueError,
        r"score\(x, sigma=1\) returned shape \(2,\)",
    ),
    (
        lambda: sliced_loss(lambda x, s: x[:, :1], D),
        ValueError,
        r"returned shape \(3, 1\) for x of shape \(3, 2\)",
    ),
    (lambda: explicit_loss(lambda x, s: 1j * x, D), TypeError, "returned dtype complex128"),
    (lambda: explicit_loss(lambda x, s: None, D), TypeError, "returned dtype object"),
    (
        lambda: explicit_loss(linear_score, D, jacobian=7),
        TypeError,
        "jacobian=7 must be a callable",
    ),
    (
        lambda: explicit_loss(linear_score, D, jacobian=lambda x, s: -np.eye(2)),
        ValueError,
        r"jacobian\(.* returned shape",
    ),
    (
        lambda: explicit_loss(linear_score, D, jacobian=lambda x, s: np.full((3, 2, 2), np.inf)),
        ValueError,
        "not finite",
    ),
]


@pytest.mark.parametrize("call, kind, message", BAD)
def test_bad_input_names_the_argument_and_the_value(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
