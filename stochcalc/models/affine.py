r"""Scalar equations that are affine in x: geometric Brownian motion, Ornstein-Uhlenbeck."""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.portable import portable
from stochcalc.models.model import Model
from stochcalc.typing import Noise, Number, Parameters, State


@portable
def gbm(mu: float, sigma: float, *, lam: float = 0.0) -> Model:
    r"""Return geometric Brownian motion.

    Parameters
    ----------
    mu : float
        The growth rate, per unit of time.
    sigma : float
        The noise, not negative, per root of time.
    lam : float in [0, 1]
        The interpretation: 0 Ito, 1/2 Stratonovich, 1 backward.

    Returns
    -------
    Model
        With exact path, mean and variance.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not finite numbers, a sigma below 0, lam outside [0, 1].

    Notes
    -----
    .. math:: \dd X = \mu X \, \dd t + \sigma X \, (\lambda) \, \dd W, \qquad
        X_t = x_0 \exp((\mu + (\lambda - \tfrac12) \sigma^2) t + \sigma W_t)

    The mean is x0 exp((mu + lam sigma^2) t), and the median x0 exp((mu + (lam - 1/2) sigma^2) t).

    References
    ----------
    Kloeden and Platen (1992), section 4.4. [kloedenplaten1992]

    Examples
    --------
    >>> round(gbm(0.1, 0.2).mean(1.0), 6)
    1.105171
    """
    mu = checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, least=0.0)
    lam = checks.number("lam", lam, least=0.0, most=1.0)

    def exact_step(t: float, x: State, dt: float, dW: Noise, args: Parameters) -> State:
        mu, sigma = args
        return x * np.exp((mu + (lam - 0.5) * sigma * sigma) * dt + sigma * dW)

    def law(t: Number, x0: float) -> tuple[Number, Number]:
        mean = x0 * np.exp((mu + lam * sigma * sigma) * t)
        variance = mean * mean * np.expm1(sigma * sigma * t)
        return mean, variance

    return Model(
        name="gbm",
        drift=lambda t, x, mu, sigma: mu * x,
        diffusion=lambda t, x, mu, sigma: sigma * x,
        exact_step=exact_step,
        law=law,
        affine=True,
        lam=lam,
        args=(mu, sigma),
        drift_dx=lambda t, x, mu, sigma: mu,
        diffusion_dx=lambda t, x, mu, sigma: sigma,
    )


@portable
def ou(theta: float, mu: float, sigma: float) -> Model:
    r"""Return the Ornstein-Uhlenbeck process.

    Parameters
    ----------
    theta : float
        The speed of reversion, positive, per unit of time.
    mu : float
        The mean that the process returns to.
    sigma : float
        The noise, not negative, per root of time.

    Returns
    -------
    Model
        With exact path, mean and variance.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not finite numbers, a theta that is not positive, a sigma below 0.

    Notes
    -----
    .. math:: \dd X = \theta (\mu - X) \, \dd t + \sigma \, \dd W

    Over a step h, with q = theta h, the exact solution is

    .. math:: \mu + (x - \mu) e^{-q} + \sigma I, \qquad
        I = \int_t^{t + h} e^{-\theta (t + h - s)} \dd W_s

    In shifted Legendre polynomials the weight is p0 + p1 P1 + rest, so that I = p0 dW + p1 (dW - 2
    I10/h) + r z with a normal z of its own, where

    .. math:: p_0 = \frac{1 - e^{-q}}{q}, \qquad
        p_1 = 3 \left( \frac{2 (1 - p_0)}{q} - p_0 \right), \qquad
        r^2 = h \left( \frac{1 - e^{-2q}}{2q} - p_0^2 - \frac{p_1^2}{3} \right)

    For small q these differences cancel. There

    .. math:: p_1 = 3 e^{-q/2} \, i_1(q/2), \qquad
        r^2 = h e^{-q} \sum_{n \ge 2} (2n + 1) \, i_n(q/2)^2

    with the modified spherical Bessel functions i_n.

    References
    ----------
    Uhlenbeck and Ornstein, Phys. Rev. 36 (1930) 823. [uhlenbeckornstein1930]

    Examples
    --------
    >>> ou(2.0, 0.0, 1.0).var(100.0)
    0.25
    """
    theta = checks.number("theta", theta, above=0.0)
    mu = checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(
        t: float, x: State, dt: float, dW: Noise, I10: Noise, z: Noise, args: Parameters
    ) -> State:
        theta, mu, sigma = args
        p0, p1, rest = decay_coefficients(theta * dt)
        return (
            mu
            + (x - mu) * np.exp(-theta * dt)
            + sigma * ((p0 + p1) * dW - 2.0 * p1 / dt * I10 + math.sqrt(rest * dt) * z)
        )

    def law(t: Number, x0: float) -> tuple[Number, Number]:
        mean = mu + (x0 - mu) * np.exp(-theta * t)
        variance = -sigma * sigma * np.expm1(-2.0 * theta * t) / (2.0 * theta)
        return mean, variance

    return Model(
        name="ou",
        drift=lambda t, x, theta, mu, sigma: theta * (mu - x),
        diffusion=lambda t, x, theta, mu, sigma: sigma,
        exact_step=exact_step,
        law=law,
        drivers=("dW", "I10", "rest"),
        affine=True,
        noise="additive",
        args=(theta, mu, sigma),
        drift_dx=lambda t, x, theta, mu, sigma: -theta,
        diffusion_dx=lambda t, x, theta, mu, sigma: 0.0,
    )


def decay_coefficients(q: float) -> tuple[float, float, float]:
    """Return (p0, p1, r^2/h) of the weight e^(-q (1 - u)) on [0, 1], as `ou` explains."""
    decay = math.exp(-q)
    p0 = -math.expm1(-q) / q
    if q > 0.5:
        p1 = 3.0 * (2.0 * (1.0 - p0) / q - p0)
        return p0, p1, -math.expm1(-2.0 * q) / (2.0 * q) - p0 * p0 - p1 * p1 / 3.0
    # the series of the Bessel functions i_n(x)
    x = 0.5 * q
    s = 0.25 * q * q
    i1 = x / 3.0 * (1.0 + s / 10.0 * (1.0 + s / 28.0 * (1.0 + s / 54.0 * (1.0 + s / 88.0))))
    i2 = s / 15.0 * (1.0 + s / 14.0 * (1.0 + s / 36.0 * (1.0 + s / 66.0)))
    i3 = x * s / 105.0 * (1.0 + s / 18.0 * (1.0 + s / 44.0))
    i4 = s * s / 945.0 * (1.0 + s / 22.0)
    return (
        p0,
        3.0 * math.exp(-0.5 * q) * i1,
        decay * (5.0 * i2 * i2 + 7.0 * i3 * i3 + 9.0 * i4 * i4),
    )
