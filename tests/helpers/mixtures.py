"""Gaussian mixtures that tests of bad input start from."""

from __future__ import annotations

from stochcalc.score import GaussianMixture


def one(covs, weights=(1.0,), means=((0.0, 0.0),)):
    """A mixture of one component in the plane."""
    return GaussianMixture(weights, means, covs)
