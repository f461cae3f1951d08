"""Scalar equations that are affine in x: geometric Brownian motion, Ornstein-Uhlenbeck."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.models.model import Model


def gbm(mu: float, sigma: float, *, lam: float = 0.0) -> Model:
    """Geometric Brownian motion dX = mu X dt + sigma X (lam) dW; X = x0 exp((mu + (lam - 1/2)
    sigma^2) t + sigma W).

    Its mean is x0 exp((mu + lam sigma^2) t), its median x0 exp((mu + (lam - 1/2) sigma^2) t).

    Examples
    --------
    >>> round(gbm(0.1, 0.2).mean(1.0), 6)
    1.105171
    """
    mu, sigma = checks.number("mu", mu), checks.number("sigma", sigma, least=0.0)
    lam = checks.number("lam", lam, least=0.0, most=1.0)

    def exact_step(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
        mu, sigma = args
        return x * np.exp((mu + (lam - 0.5) * sigma * sigma) * dt + sigma * dW)

    def law(t: Any, x0: float) -> tuple[Any, Any]:
        mean = x0 * np.exp((mu + lam * sigma * sigma) * t)
        return mean, mean * mean * np.expm1(sigma * sigma * t)

    return Model(
        "gbm",
        lambda t, x, mu, sigma: mu * x,
        lambda t, x, mu, sigma: sigma * x,
        exact_step,
        law,
        affine=True,
        lam=lam,
        args=(mu, sigma),
        drift_dx=lambda t, x, mu, sigma: mu,
        diffusion_dx=lambda t, x, mu, sigma: sigma,
    )


def ou(theta: float, mu: float, sigma: float) -> Model:
    """Ornstein-Uhlenbeck dX = theta (mu - X) dt + sigma dW, theta > 0.

    Over a step h the exact solution is mu + (x - mu) e^(-q) + sigma I with q = theta h and I = int
    e^(-theta (h - s)) dW_s. In shifted Legendre polynomials the weight is p0 + p1 P1 + rest, so
    that I = p0 dW + p1 (dW - 2 I10/h) + r z with a normal z of its own: p0 = (1 - e^(-q))/q, p1 = 3
    (2 (1 - p0)/q - p0), r^2 = h ((1 - e^(-2q))/(2q) - p0^2 - p1^2/3). Where these cancel, p1 = 3
    e^(-q/2) i_1(q/2) and r^2 = h e^(-q) sum_(n >= 2) (2n + 1) i_n(q/2)^2, modified spherical Bessel
    functions.

    Examples
    --------
    >>> ou(2.0, 0.0, 1.0).var(100.0)
    0.25
    """
    theta, mu = checks.number("theta", theta, above=0.0), checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: Any, dt: float, dW: Any, I10: Any, z: Any, args: Any) -> Any:
        theta, mu, sigma = args
        p0, p1, rest = smoothing(theta * dt)
        return (
            mu
            + (x - mu) * np.exp(-theta * dt)
            + sigma * ((p0 + p1) * dW - 2.0 * p1 / dt * I10 + math.sqrt(rest * dt) * z)
        )

    def law(t: Any, x0: float) -> tuple[Any, Any]:
        return mu + (x0 - mu) * np.exp(-theta * t), -sigma * sigma * np.expm1(-2.0 * theta * t) / (
            2.0 * theta
        )

    return Model(
        "ou",
        lambda t, x, theta, mu, sigma: theta * (mu - x),
        lambda t, x, theta, mu, sigma: sigma,
        exact_step,
        law,
        drivers=("dW", "I10", "rest"),
        affine=True,
        noise="additive",
        args=(theta, mu, sigma),
        drift_dx=lambda t, x, theta, mu, sigma: -theta,
        diffusion_dx=lambda t, x, theta, mu, sigma: 0.0,
    )


def smoothing(q: float) -> tuple[float, float, float]:
    """(p0, p1, r^2/h) of the weight e^(-q (1 - u)) on [0, 1], as `ou` explains."""
    decay = math.exp(-q)
    p0 = -math.expm1(-q) / q
    if q > 0.5:
        p1 = 3.0 * (2.0 * (1.0 - p0) / q - p0)
        return p0, p1, -math.expm1(-2.0 * q) / (2.0 * q) - p0 * p0 - p1 * p1 / 3.0
    x, s = 0.5 * q, 0.25 * q * q
    i1 = x / 3.0 * (1.0 + s / 10.0 * (1.0 + s / 28.0 * (1.0 + s / 54.0 * (1.0 + s / 88.0))))
    i2 = s / 15.0 * (1.0 + s / 14.0 * (1.0 + s / 36.0 * (1.0 + s / 66.0)))
    i3 = x * s / 105.0 * (1.0 + s / 18.0 * (1.0 + s / 44.0))
    i4 = s * s / 945.0 * (1.0 + s / 22.0)
    return (
        p0,
        3.0 * math.exp(-0.5 * q) * i1,
        decay * (5.0 * i2 * i2 + 7.0 * i3 * i3 + 9.0 * i4 * i4),
    )
