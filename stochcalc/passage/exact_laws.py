"""The exact laws of first passage that a simulation is compared with.

Brownian motion with drift reaches a level at an inverse Gaussian time. An Ornstein-Uhlenbeck
process, in units of its standard deviation sigma/sqrt(2 theta), is a Brownian motion on the clock
s = e^(2 theta t) - 1, and its barrier becomes the curve c(s) = A sqrt(1 + s) - B with A = barrier -
mu and B = x0 - mu in those units. For a barrier at the mean, A = 0, the law has a closed form;
otherwise `integral_equation` solves for it.

A scheme on n steps has a law of its own, which `chain_passage` computes by quadrature.

Sources: Buonocore, Nobile and Ricciardi, Adv. Appl. Probab. 19 (1987) 784; Karatzas and Shreve,
Brownian Motion and Stochastic Calculus (1991), section 3.5.C.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.passage.integral_equation import curve_passage

LONGEST = 50.0  # relaxation times: the clock runs as e^(2 theta t)


def brownian_passage(t: ArrayLike, distance: float, mu: float = 0.0, sigma: float = 1.0) -> Any:
    """Return P(tau <= t) for mu t + sigma W_t to reach `distance`, which may be negative.

    With d the absolute distance, and mu counted positive towards it, the probability is
    Phi((mu t - d)/(sigma sqrt(t))) + exp(2 mu d/sigma^2) Phi((-mu t - d)/(sigma sqrt(t))).

    Parameters
    ----------
    t : array_like
        Times, not negative.
    distance, mu, sigma : float
        barrier - x0, drift and volatility.

    Returns
    -------
    float or ndarray, of the shape of t

    Raises
    ------
    TypeError, ValueError
        For a negative time, a distance of 0, a volatility that is not positive.

    Examples
    --------
    >>> round(brownian_passage(1.0, 1.0), 6)        # 2 P(W_1 >= 1)
    0.317311
    """
    with interrupts_held_back():
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
    return _shaped(found)


def brownian_mean(T: float, distance: float, mu: float = 0.0, sigma: float = 1.0) -> float:
    """Return E min(tau, T) of the same passage: the integral of P(tau > t) over [0, T].

    Examples
    --------
    >>> round(brownian_mean(1.0, 1.0), 6)
    0.84932
    """
    with interrupts_held_back():
        from scipy.integrate import quad

    T = checks.number("T", T, above=0.0)
    brownian_passage(T, distance, mu, sigma)
    integral = quad(
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
) -> Any:
    """Return P(tau <= t) for dX = theta (mu - X) dt + sigma dW to reach `barrier` from x0.

    The probability is exact to 1e-9.

    Parameters
    ----------
    t : array_like
        Times, not negative.
    x0, barrier, theta, mu, sigma : float
        Start, barrier on either side of it, and the parameters of `models.ou`.

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

    Examples
    --------
    The passage to the mean has the probability 2 P(N > 1/sqrt((e^2 - 1)/2)):

    >>> round(ou_passage(1.0, 1.0, 0.0, 1.0, 0.0, 1.0), 6)
    0.575824
    """
    with interrupts_held_back():
        from scipy.special import ndtr

    times = _times(t)
    x0, barrier = _apart(x0, barrier)
    theta = checks.number("theta", theta, above=0.0)
    sigma = checks.number("sigma", sigma, above=0.0)
    unit = math.copysign(math.sqrt(2.0 * theta) / sigma, barrier - x0)
    A = (barrier - checks.number("mu", mu)) * unit
    B = (x0 - mu) * unit
    if theta * times.max() > LONGEST:
        raise ValueError(
            f"t={times.max():g} is over {LONGEST:g} relaxation times 1/theta={1 / theta:g}: ask "
            f"for an earlier t"
        )
    s = np.expm1(2.0 * theta * times)
    if A == 0.0:
        with np.errstate(divide="ignore"):
            return _shaped(2.0 * ndtr(B / np.sqrt(s)))
    found = curve_passage(s, A, B)
    if found is None:
        raise RuntimeError(
            f"the law of the passage from x0={x0:g} to barrier={barrier:g} did not settle with 512 "
            f"polynomials"
        )
    return _shaped(found)


def chain_passage(
    n: int,
    T: float,
    x0: float,
    barrier: float,
    *,
    theta: float = 0.0,
    mu: float = 0.0,
    sigma: float = 1.0,
    method: str = "euler_maruyama",
    correction: bool = True,
) -> float:
    """Return P(tau <= T) as n steps of a scheme see it, to about 1e-12.

    The equation is dX = theta (mu - X) dt + sigma dW, or dX = mu dt + sigma dW if theta = 0. The
    density of what has not touched the barrier is carried from step to step by Gauss-Legendre
    quadrature. Its kernel is the transition density, times 1 - exp(-2 a c/(sigma^2 h)) if crossings
    between grid times count, with a and c the distances to the barrier before and after the step.

    Parameters
    ----------
    n, T, x0, barrier : int, float
        Number of steps, final time, start, and barrier on either side of the start.
    theta, mu, sigma : float
    method : {"euler_maruyama", "exact"}
    correction : bool
        Whether crossings between grid times count.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        For bad arguments; n is at most 1024.

    Examples
    --------
    >>> with_bridges = chain_passage(8, 1.0, 0.0, 1.0)
    >>> on_the_grid = chain_passage(8, 1.0, 0.0, 1.0, correction=False)
    >>> round(with_bridges, 6), round(on_the_grid, 3)
    (0.317311, 0.235)
    """
    n = checks.integer("n", n, 1, 1024)
    T = checks.number("T", T, above=0.0)
    x0, barrier = _apart(x0, barrier)
    theta = checks.number("theta", theta, least=0.0)
    mu = checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, above=0.0)
    exact = checks.choice("method", method, ("euler_maruyama", "exact")) == "exact"
    correction = checks.flag("correction", correction)
    h = T / n
    side = math.copysign(1.0, barrier - x0)
    decay = math.exp(-theta * h) if exact else 1.0 - theta * h
    variance = h
    if exact and theta:
        variance = -math.expm1(-2.0 * theta * h) / (2.0 * theta)
    spread = sigma * math.sqrt(variance)

    def alive_after(a: Any, c: Any) -> Any:
        """Return the density of a step from distance a to distance c that misses the barrier."""
        if theta:
            mean = decay * a + (1.0 - decay) * side * (barrier - mu)
        else:
            mean = a - side * mu * h
        density = np.exp(-0.5 * ((c - mean) / spread) ** 2) / (math.sqrt(2.0 * math.pi) * spread)
        if correction:
            return density * -np.expm1(-2.0 * a * c / (sigma * sigma * h))
        return density

    start = side * (barrier - x0)
    if theta:
        reach = start + abs(barrier - mu) + abs(x0 - mu) + 9.0 * sigma * math.sqrt(T)
    else:
        reach = start + abs(mu) * T + 9.0 * sigma * math.sqrt(T)
    panels = max(4, math.ceil(reach / (1.5 * spread)))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    c = (reach / panels * (np.arange(panels)[:, None] + 0.5 * (nodes + 1.0))).ravel()
    weight = np.tile(0.5 * reach / panels * weights, panels)
    alive = alive_after(start, c)
    if n > 1:
        transition = alive_after(c[:, None], c[None, :])
        for _ in range(n - 1):
            alive = (weight * alive) @ transition
    return 1.0 - float(weight @ alive)


def _times(t: ArrayLike) -> NDArray[np.float64]:
    """Return times as an array, after a check that none is negative."""
    times = checks.array("t", t)
    if (times < 0).any():
        raise ValueError(f"t={float(times.min()):g} must not be negative: the process starts at 0")
    return times


def _apart(x0: Any, barrier: Any) -> tuple[float, float]:
    """Return the start and the barrier, after a check that they differ."""
    x0 = checks.number("x0", x0)
    barrier = checks.number("barrier", barrier)
    if barrier == x0:
        raise ValueError(
            f"barrier={barrier:g} is at the start x0={x0:g}, where the passage time is 0: move one "
            f"of them"
        )
    return x0, barrier


def _shaped(found: Any) -> Any:
    """Return a float if the array has no axis, else the array."""
    if np.ndim(found) == 0:
        return float(found)
    return found
