"""Equations whose first passage is known, for the tests of first passage."""

from __future__ import annotations

import math

import stochcalc as sc

MU = 0.5
SIGMA = 0.8


def moving(mu=MU, sigma=SIGMA, noise="diagonal"):
    return sc.SDE(
        lambda t, x, mu, sigma: mu,
        lambda t, x, mu, sigma: sigma,
        noise=noise,
        args=(mu, sigma),
        drift_dx=lambda t, x, mu, sigma: 0.0,
        diffusion_dx=lambda t, x, mu, sigma: 0.0,
    )


BM = moving()
OU = sc.models.ou(2.0, 0.5, 1.0)


def ruin(low, high, x, mu, sigma):
    """P(low first) of mu t + sigma W, by the scale function."""
    scale = lambda y: math.exp(-2.0 * mu * y / sigma**2)
    return (scale(x) - scale(high)) / (scale(low) - scale(high))
