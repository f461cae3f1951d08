"""Score-matching losses under a known density, by quadrature."""

import itertools

import numpy as np

from stochcalc.score import GaussianMixture
from stochcalc.score.integrands import denoising_terms, explicit_terms

P = GaussianMixture([0.3, 0.7], [[-1.0], [1.5]], [0.25, 0.5])
MEAN = np.array([0.5, -1.0])
COV = np.array([[2.0, 0.6], [0.6, 0.5]])


def normal_nodes(n, d):
    """Gauss-Hermite nodes (n^d, d) and weights of N(0, I).

    They are exact for polynomials of degree 2n - 1 in each variable."""
    z, w = np.polynomial.hermite_e.hermegauss(n)
    return np.array(list(itertools.product(z, repeat=d))), np.prod(
        list(itertools.product(w / w.sum(), repeat=d)), axis=1
    )


def line(h, reach=24.0):
    """Nodes of the trapezoidal rule: for smooth densities its error is exponentially small."""
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
