"""Equations whose first passage is known, for the tests of first passage."""

from __future__ import annotations

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
