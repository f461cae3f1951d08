"""The laws of first passage that a simulation is held against: in closed form, by an integral
equation, by quadrature.

Brownian motion with drift reaches a level at an inverse Gaussian time. An Ornstein-Uhlenbeck
process, in units of its standard deviation sigma/sqrt(2 theta), is a Brownian motion on the clock s
= e^(2 theta t) - 1, and its barrier the curve c(s) = A sqrt(1 + s) - B with A = barrier - mu and B
= x0 - mu. The first passage of a Brownian motion through a curve has the density f that solves

    f(s) = p(c(s), s) (c(s)/s - c'(s)) + int_0^s f(u) p(c(s) - c(u), s - u) (c'(s) - (c(s) -
    c(u))/(s - u)) du

with p(x, s) the density of N(0, s). With R = sqrt(1 + s) and Q = sqrt(1 + u) the last bracket is -A
(s - u)/(2 R (R + Q)^2), so nothing cancels; the kernel vanishes with sqrt(s - u), and all of it for
a barrier at the mean, where the law is closed.

A scheme on n steps has a law of its own: `chain_passage`.

Sources: Buonocore, Nobile and Ricciardi, Adv. Appl. Probab. 19 (1987) 784; Karatzas and Shreve,
Brownian Motion and Stochastic Calculus (1991), section 3.5.C.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import quad
from scipy.special import log_ndtr, ndtr

from stochcalc.engine import checks

ACCURACY = 1e-9  # of the integral equation: the change from N to 2 N polynomials
LONGEST = 50.0  # relaxation times: the clock runs as e^(2 theta t)
EARLY = 80.0  # c^2/s above which a passage has probability below e^-40


def brownian_passage(t: ArrayLike, distance: float, mu: float = 0.0, sigma: float = 1.0) -> Any:
    """P(tau <= t) for mu t + sigma W_t to reach `distance`, which may be negative.

    Phi((mu t - d)/(sigma sqrt(t))) + exp(2 mu d/sigma^2) Phi((-mu t - d)/(sigma sqrt(t))), d the
    distance and mu towards it.

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
    times = _times(t)
    distance, mu = checks.number("distance", distance), checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, above=0.0)
    if distance == 0.0:
        raise ValueError("distance=0.0 is no distance: the barrier must differ from the start")
    d, ahead = abs(distance) / sigma, math.copysign(mu, mu * distance) / sigma
    with np.errstate(divide="ignore"):
        root = np.sqrt(times)
        found = ndtr(ahead * root - d / root) + np.exp(
            2.0 * ahead * d + log_ndtr(-ahead * root - d / root)
        )
    return _shaped(found)


def brownian_mean(T: float, distance: float, mu: float = 0.0, sigma: float = 1.0) -> float:
    """E min(tau, T) for the same: the integral of P(tau > t) over [0, T].

    Examples
    --------
    >>> round(brownian_mean(1.0, 1.0), 6)
    0.84932
    """
    T = checks.number("T", T, above=0.0)
    brownian_passage(T, distance, mu, sigma)
    return (
        T
        - quad(
            lambda t: brownian_passage(t, distance, mu, sigma),
            0.0,
            T,
            epsabs=1e-13,
            epsrel=1e-12,
            limit=200,
        )[0]
    )


def ou_passage(
    t: ArrayLike, x0: float, barrier: float, theta: float, mu: float, sigma: float
) -> Any:
    """P(tau <= t) for dX = theta (mu - X) dt + sigma dW from x0 to reach `barrier`, to 1e-9.

    The integral equation above, for s f(s) as a polynomial in log s: Chebyshev points, twice as
    many until nothing changes.

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
    >>> round(ou_passage(1.0, 1.0, 0.0, 1.0, 0.0, 1.0), 6)      # to the mean: 2 P(N > 1/sqrt((e^2 - 1)/2))
    0.575824
    """
    times = _times(t)
    x0, barrier = _apart(x0, barrier)
    theta, sigma = (
        checks.number("theta", theta, above=0.0),
        checks.number("sigma", sigma, above=0.0),
    )
    unit = math.copysign(math.sqrt(2.0 * theta) / sigma, barrier - x0)
    A, B = (barrier - checks.number("mu", mu)) * unit, (x0 - mu) * unit
    if theta * times.max() > LONGEST:
        raise ValueError(
            f"t={times.max():g} is over {LONGEST:g} relaxation times 1/theta={1 / theta:g}: ask "
            f"for an earlier t"
        )
    s = np.expm1(2.0 * theta * times)
    if A == 0.0:
        with np.errstate(divide="ignore"):
            return _shaped(2.0 * ndtr(B / np.sqrt(s)))
    low, high = _earliest(A, B), float(s.max())
    if high <= low:
        return _shaped(np.zeros_like(s))
    before = None
    for degree in (64, 128, 256, 512):
        found = np.where(s > low, _curve_passage(np.maximum(s, low), A, B, low, high, degree), 0.0)
        if before is not None and np.abs(found - before).max() < ACCURACY:
            return _shaped(found)
        before = found
    raise RuntimeError(
        f"the law of the passage from x0={x0:g} to barrier={barrier:g} did not settle with 512 "
        f"polynomials"
    )


def _earliest(A: float, B: float) -> float:
    """A time before which the curve is far out of reach."""
    s = (A - B) ** 2 / EARLY
    while A * math.sqrt(1.0 + s) - B < math.sqrt(EARLY * s):
        s *= 0.5
    return s


def _curve_passage(
    s: NDArray[np.float64], A: float, B: float, low: float, high: float, degree: int
) -> NDArray[np.float64]:
    """P(passage by s), low <= s <= high."""
    middle, half = 0.5 * math.log(low * high), 0.5 * math.log(high / low)
    x = np.cos(math.pi * (np.arange(degree) + 0.5) / degree)
    y, weight = np.polynomial.legendre.leggauss(degree)
    y, weight = 0.5 * (y + 1.0), 0.5 * weight
    at = np.exp(middle + half * x)
    R = np.sqrt(1.0 + at)
    free = (
        np.exp(-0.5 * (A * R - B) ** 2 / at)
        / np.sqrt(2.0 * math.pi * at)
        * (0.5 * A * (R + 1.0 / R) - B)
    )
    equations = chebyshev.chebvander(x, degree - 1)
    for i in range(degree):
        length = half * (
            1.0 + x[i]
        )  # log u = log s - length y^2: the root at u = s becomes a polynomial
        gap = -at[i] * np.expm1(-length * y * y)
        two = R[i] + np.sqrt(1.0 + at[i] - gap)
        kernel = (
            -A
            * np.sqrt(gap / (2.0 * math.pi))
            / (2.0 * R[i] * two**2)
            * np.exp(-0.5 * A * A * gap / two**2)
        )
        equations[i] -= (at[i] * kernel * weight * 2.0 * length * y) @ chebyshev.chebvander(
            x[i] - length / half * y * y, degree - 1
        )
    total = chebyshev.chebint(np.linalg.solve(equations, free), lbnd=-1.0)
    return np.asarray(
        half * chebyshev.chebval((np.log(s) - middle) / half, total), dtype=np.float64
    )


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
    """P(tau <= T) as n steps of a scheme see it, with the crossings between grid times or without,
    to about 1e-12.

    For dX = theta (mu - X) dt + sigma dW, and for dX = mu dt + sigma dW where theta = 0. What is
    left below the barrier is carried from step to step by Gauss-Legendre quadrature: the transition
    density times 1 - exp(-2 a c/(sigma^2 h)), with a and c the distances to the barrier.

    Parameters
    ----------
    n, T, x0, barrier : int, float
    theta, mu, sigma : float
    method : {"euler_maruyama", "exact"}
    correction : bool

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        For bad arguments; n is at most 1024.

    Examples
    --------
    >>> round(chain_passage(8, 1.0, 0.0, 1.0), 6), round(chain_passage(8, 1.0, 0.0, 1.0, correction=False), 3)
    (0.317311, 0.235)
    """
    n, T = checks.integer("n", n, 1, 1024), checks.number("T", T, above=0.0)
    x0, barrier = _apart(x0, barrier)
    theta, mu = checks.number("theta", theta, least=0.0), checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, above=0.0)
    exact = checks.choice("method", method, ("euler_maruyama", "exact")) == "exact"
    correction = checks.flag("correction", correction)
    h, side = T / n, math.copysign(1.0, barrier - x0)
    decay = math.exp(-theta * h) if exact else 1.0 - theta * h
    spread = sigma * math.sqrt(
        -math.expm1(-2.0 * theta * h) / (2.0 * theta) if exact and theta else h
    )

    def killed(a: Any, c: Any) -> Any:
        """Density of a step from distance a to distance c, both below the barrier, without the
        paths that touch it.
        """
        mean = decay * a + (1.0 - decay) * side * (barrier - mu) if theta else a - side * mu * h
        density = np.exp(-0.5 * ((c - mean) / spread) ** 2) / (math.sqrt(2.0 * math.pi) * spread)
        return density * -np.expm1(-2.0 * a * c / (sigma * sigma * h)) if correction else density

    start = side * (barrier - x0)
    reach = (
        start + abs(mu) * T + 9.0 * sigma * math.sqrt(T)
        if not theta
        else (start + abs(barrier - mu) + abs(x0 - mu) + 9.0 * sigma * math.sqrt(T))
    )
    panels = max(4, math.ceil(reach / (1.5 * spread)))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    c = (reach / panels * (np.arange(panels)[:, None] + 0.5 * (nodes + 1.0))).ravel()
    weight = np.tile(0.5 * reach / panels * weights, panels)
    alive = killed(start, c)
    if n > 1:
        transition = killed(c[:, None], c[None, :])
        for _ in range(n - 1):
            alive = (weight * alive) @ transition
    return 1.0 - float(weight @ alive)


def _times(t: ArrayLike) -> NDArray[np.float64]:
    times = checks.array("t", t)
    if (times < 0).any():
        raise ValueError(f"t={float(times.min()):g} must not be negative: the process starts at 0")
    return times


def _apart(x0: Any, barrier: Any) -> tuple[float, float]:
    """The start and a barrier elsewhere."""
    x0, barrier = checks.number("x0", x0), checks.number("barrier", barrier)
    if barrier == x0:
        raise ValueError(
            f"barrier={barrier:g} is at the start x0={x0:g}, where the passage time is 0: move one "
            f"of them"
        )
    return x0, barrier


def _shaped(found: Any) -> Any:
    return float(found) if np.ndim(found) == 0 else found
