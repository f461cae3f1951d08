"""The exact laws of first passage that a simulation is compared with.

Brownian motion with drift reaches a level at an inverse Gaussian time. For an Ornstein-Uhlenbeck
process X let Z = X - mu, in units of the standard deviation sigma/sqrt(2 theta). Then
e^(theta t) Z_t - Z_0 is a Brownian motion in the time s = e^(2 theta t) - 1, and X reaches the
barrier when it reaches the curve c(s) = A sqrt(1 + s) - B, where A and B are the values of Z at the
barrier and at the start. Signs are turned so that the barrier is above the start. For a barrier at
the mean, A = 0, the law has a closed form; otherwise `integral_equation` solves for it.

A scheme with n steps has a law of its own, which `chain_law` computes.

Sources: Buonocore, Nobile and Ricciardi, Adv. Appl. Probab. 19 (1987) 784; Karatzas and Shreve,
Brownian Motion and Stochastic Calculus (1991), section 3.5.C.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.passage.barrier import check_barrier
from stochcalc.passage.integral_equation import curve_passage
from stochcalc.typing import Array, Number

LONGEST = 50.0  # relaxation times: the clock runs as e^(2 theta t)


def brownian_passage(t: ArrayLike, distance: float, mu: float = 0.0, sigma: float = 1.0) -> Number:
    r"""Return P(tau <= t) for mu t + sigma W_t to reach `distance`, which may be negative.

    Parameters
    ----------
    t : array_like
        Times, not negative.
    distance : float
        The barrier minus the start, not 0.
    mu, sigma : float
        Drift and volatility.

    Returns
    -------
    float or ndarray, of the shape of t

    Raises
    ------
    TypeError, ValueError
        For a negative time, a distance of 0, a volatility that is not positive.

    Notes
    -----
    With d the absolute distance, and mu counted positive towards it,

    .. math:: P(\tau \le t) = \Phi\Big(\frac{\mu t - d}{\sigma\sqrt t}\Big)
              + e^{2\mu d/\sigma^2}\,\Phi\Big(\frac{-\mu t - d}{\sigma\sqrt t}\Big).

    References
    ----------
    I. Karatzas and S. Shreve, Brownian Motion and Stochastic Calculus (1991), section 3.5.C.
    [karatzasshreve1991]

    Examples
    --------
    >>> round(brownian_passage(1.0, 1.0), 6)        # 2 P(W_1 >= 1)
    0.317311
    """
    with hold_interrupts_back():
        from scipy.special import log_ndtr, ndtr

    times = _times(t)
    distance = checks.number("distance", distance)
    mu = checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, above=0.0)
    if distance == 0.0:
        raise ValueError("distance=0.0 is no distance: the barrier must differ from the start")
    d = abs(distance) / sigma
    ahead = math.copysign(mu, mu * distance) / sigma
    with np.errstate(divide="ignore"):
        root = np.sqrt(times)
        found = ndtr(ahead * root - d / root) + np.exp(
            2.0 * ahead * d + log_ndtr(-ahead * root - d / root)
        )
    return _as_float(found)


def brownian_mean(T: float, distance: float, mu: float = 0.0, sigma: float = 1.0) -> float:
    r"""Return E min(tau, T) for mu t + sigma W_t to reach `distance`.

    Parameters
    ----------
    T : float
        The time at which paths that have not been there are stopped.
    distance : float
        The barrier minus the start, not 0; it may be negative.
    mu, sigma : float
        Drift and volatility.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        For a T or a volatility that is not positive, and for a distance of 0.

    Notes
    -----
    The mean is an integral, which is computed by quadrature:

    .. math:: E \min(\tau, T) = \int_0^T P(\tau > t)\,\dd t.

    Examples
    --------
    >>> round(brownian_mean(1.0, 1.0), 6)
    0.84932
    """
    with hold_interrupts_back():
        from scipy.integrate import quad

    T = checks.number("T", T, above=0.0)
    brownian_passage(T, distance, mu, sigma)  # refuses bad arguments before the quadrature
    integral: float = quad(
        lambda t: brownian_passage(t, distance, mu, sigma),
        0.0,
        T,
        epsabs=1e-13,
        epsrel=1e-12,
        limit=200,
    )[0]
    return T - integral


def ou_passage(
    t: ArrayLike, x0: float, barrier: float, theta: float, mu: float, sigma: float
) -> Number:
    """Return P(tau <= t) for dX = theta (mu - X) dt + sigma dW to reach `barrier` from x0.

    The probability is right to 1e-9.

    Parameters
    ----------
    t : array_like
        Times, not negative.
    x0, barrier : float
        Start, and a barrier above or below it.
    theta, mu, sigma : float
        Speed of reversion, mean and volatility, as in `models.ou`.

    Returns
    -------
    float or ndarray, of the shape of t

    Raises
    ------
    TypeError, ValueError
        For a negative time, a barrier at the start, theta or sigma that are not positive, theta t
        above 50.
    RuntimeError
        If 512 polynomials are not enough, as for a barrier that the drift crosses almost at once.

    References
    ----------
    A. Buonocore, A. G. Nobile and L. M. Ricciardi, Advances in Applied Probability 19 (1987) 784.
    [buonocore1987]

    Examples
    --------
    The passage to the mean has the probability 2 P(N > 1/sqrt((e^2 - 1)/2)):

    >>> round(ou_passage(1.0, 1.0, 0.0, 1.0, 0.0, 1.0), 6)
    0.575824
    """
    with hold_interrupts_back():
        from scipy.special import ndtr

    times = _times(t)
    x0, barrier = check_barrier(x0, barrier)
    theta = checks.number("theta", theta, above=0.0)
    sigma = checks.number("sigma", sigma, above=0.0)
    unit = math.copysign(math.sqrt(2.0 * theta) / sigma, barrier - x0)
    mu = checks.number("mu", mu)
    A = (barrier - mu) * unit
    B = (x0 - mu) * unit
    if theta * times.max() > LONGEST:
        raise ValueError(
            f"t={times.max():g} is over {LONGEST:g} relaxation times 1/theta={1 / theta:g}: ask "
            f"for an earlier t"
        )
    s = np.expm1(2.0 * theta * times)
    if A == 0.0:
        with np.errstate(divide="ignore"):
            return _as_float(2.0 * ndtr(B / np.sqrt(s)))
    found = curve_passage(s, A, B)
    if found is None:
        raise RuntimeError(
            f"the law of the passage from x0={x0:g} to barrier={barrier:g} did not settle with 512 "
            f"polynomials"
        )
    return _as_float(found)


def _times(t: ArrayLike) -> Array:
    """Return times as an array, after a check that none is negative."""
    times = checks.array("t", t)
    if (times < 0).any():
        raise ValueError(f"t={float(times.min()):g} must not be negative: the process starts at 0")
    return times


def _as_float(values: Array) -> Number:
    """Return an array without axes as a float, and any other as it is."""
    if np.ndim(values) == 0:
        return float(values)
    return values
