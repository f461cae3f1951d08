"""The law of the first passage that a scheme with n steps has, by quadrature.

A scheme is a Markov chain in the distance c to the barrier. Let f_k(c) be the density of the
distance after k steps on paths that have not touched the barrier. Then

    f_(k+1)(c) = int f_k(a) p(a, c) da

with p(a, c) the density of a step from a to c that misses the barrier: the transition density of
the scheme, times 1 - exp(-2 a c/(sigma^2 h)) if crossings between grid times count. The mass of f_n
is the probability of no passage. The integrals are computed by Gauss-Legendre quadrature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stochcalc.engine import checks
from stochcalc.passage.barrier import check_barrier
from stochcalc.typing import Array, Number

POINTS = 12  # nodes of a panel
PANEL = 1.5  # longest panel, in standard deviations of a step
FAR = 9.0  # how far the quadrature reaches, in standard deviations over the whole time


@dataclass(frozen=True)
class _Chain:
    """A step from distance a to a normal distance of mean decay a + shift.

    Attributes
    ----------
    decay, shift : float
        The mean after the step.
    spread : float
        Its standard deviation.
    bridge_variance : float or None
        sigma^2 h if crossings inside the step count.
    """

    decay: float
    shift: float
    spread: float
    bridge_variance: float | None

    def density(self, a: Number, c: Number) -> Array:
        """Return the density of a step from a to c that misses the barrier."""
        mean = self.decay * a + self.shift
        normal: Array = np.exp(-0.5 * ((c - mean) / self.spread) ** 2)
        normal = normal / (math.sqrt(2.0 * math.pi) * self.spread)
        if self.bridge_variance is None:
            return normal
        missed: Array = -np.expm1(-2.0 * a * c / self.bridge_variance)
        return normal * missed


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
    """Return P(tau <= T) as n steps of a scheme see it, to about 1e-12 while theta h <= 1.

    The equation is dX = theta (mu - X) dt + sigma dW, or dX = mu dt + sigma dW if theta = 0.

    Parameters
    ----------
    n : int
        Number of steps, at most 1024.
    T : float
        The time up to which paths are followed.
    x0, barrier : float
        Start, and a barrier above or below it.
    theta, mu, sigma : float
        The parameters of the equation.
    method : {"euler_maruyama", "exact"}
        The scheme.
    correction : bool
        Whether crossings between grid times count.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        For bad arguments.

    Examples
    --------
    >>> with_bridges = chain_passage(8, 1.0, 0.0, 1.0)
    >>> on_the_grid = chain_passage(8, 1.0, 0.0, 1.0, correction=False)
    >>> round(with_bridges, 6), round(on_the_grid, 3)
    (0.317311, 0.235)
    """
    n = checks.integer("n", n, 1, 1024)
    T = checks.number("T", T, above=0.0)
    x0, barrier = check_barrier(x0, barrier)
    theta = checks.number("theta", theta, least=0.0)
    mu = checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, above=0.0)
    exact = checks.choice("method", method, ("euler_maruyama", "exact")) == "exact"
    correction = checks.flag("correction", correction)
    h = T / n
    side = math.copysign(1.0, barrier - x0)
    start = side * (barrier - x0)
    # In a step c = side (barrier - X) becomes decay c + (1 - decay) side (barrier - mu) + noise.
    decay = math.exp(-theta * h) if exact else 1.0 - theta * h
    variance = h
    if exact and theta:
        variance = -math.expm1(-2.0 * theta * h) / (2.0 * theta)
    if theta:
        shift = (1.0 - decay) * side * (barrier - mu)
        reach = start + abs(barrier - mu) + abs(x0 - mu) + FAR * sigma * math.sqrt(T)
    else:
        shift = -side * mu * h
        reach = start + abs(mu) * T + FAR * sigma * math.sqrt(T)
    chain = _Chain(
        decay=decay,
        shift=shift,
        spread=sigma * math.sqrt(variance),
        bridge_variance=sigma * sigma * h if correction else None,
    )
    nodes, weights = _quadrature(reach, PANEL * chain.spread)
    alive = chain.density(start, nodes)
    if n > 1:
        transition = chain.density(nodes[:, None], nodes[None, :])
        for _ in range(n - 1):
            alive = (weights * alive) @ transition
    return 1.0 - float(weights @ alive)


def _quadrature(reach: float, longest: float) -> tuple[Array, Array]:
    """Return the nodes and weights of Gauss-Legendre quadrature on [0, reach].

    The interval is cut into equal panels, no longer than `longest`.
    """
    panels = max(4, math.ceil(reach / longest))
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    c = (reach / panels * (np.arange(panels)[:, None] + 0.5 * (nodes + 1.0))).ravel()
    weight = np.tile(0.5 * reach / panels * weights, panels)
    return c, weight
