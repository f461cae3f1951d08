"""The exact laws of three schemes on dX = -X^3 dt + dW with steps of 1/2, by quadrature.

For Euler-Maruyama let u_n(x) = P(|X_n| > R) from x. A path beyond R = 10 does not return, since the
next state is beyond 480. From beyond 4 the mean of the next state is beyond 28, 25 standard
deviations outside [-R, R], so that u_n is 1 there. With one step Y, normal of mean x - h x^3 and
variance h,

    u_1(x) = P(|Y| > R)
    u_(n+1)(x) = P(|Y| > 4) + E [u_n(Y) 1(|Y| <= 4)]

The other two schemes are, with Z standard normal,

    tamed       X' = x - h x^3/(1 + h |x|^3) + sqrt(h) Z
    implicit    X' = F(x + sqrt(h) Z), where F is the inverse of y + h y^3

The second becomes a chain with normal noise for U = X + sqrt(h) Z, since then U' = F(U) + sqrt(h) Z
and X' = F(U). In both cases one step moves masses on a grid by a Gaussian kernel about a map. The
trapezoid rule on a uniform grid converges faster than any power of the spacing if the map is
smooth, and like the sixth power for the tamed map, which contains |x|^3. The inverse is known:

    F(u) = 2/sqrt(3h) sinh(arsinh(3 sqrt(3h) u/2)/3)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.special import ndtr

from stochcalc.typing import Array

H = 0.5  # the step
R = 10.0  # a path beyond R has escaped
SURE = 4.0  # and one beyond 4 does so in the next step


def tamed(x: Array) -> Array:
    """Return where a step of tamed Euler goes without noise."""
    return x - H * x**3 / (1.0 + H * np.abs(x) ** 3)


def implicit(u: Array) -> Array:
    """Return the y with y + h y^3 = u."""
    root = math.sqrt(3.0 * H)
    y: Array = 2.0 / root * np.sinh(np.arcsinh(1.5 * root * u) / 3.0)
    return y


def kernel(arrivals: Array, centres: Array) -> Array:
    """Return the densities of N(centre, h), one row for each arrival."""
    z = (arrivals[:, None] - centres[None, :]) / math.sqrt(H)
    density: Array = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi * H)
    return density


def law_of_chain(step: Callable[[Array], Array], centre: float, n: int) -> tuple[Array, Array]:
    """Return the points and masses of a chain after n steps.

    The first step ends at a normal point about `centre`; each other one is step(U) + sqrt(h) Z.
    """
    spacing = math.sqrt(H) / 16
    half = math.ceil((abs(centre) + 10.0 * math.sqrt(H)) / spacing)
    grid = spacing * np.arange(-half, half + 1, dtype=float)
    masses = spacing * kernel(grid, np.array([centre]))[:, 0]
    move = spacing * kernel(grid, step(grid))
    for _ in range(n - 1):
        masses = move @ masses
    return grid, masses


def escape(x: float, n: int) -> float:
    """Return P(|X_n| > R) of Euler-Maruyama from x, for n of 2 or more.

    The integral over [-4, 4] is taken by Gauss-Legendre quadrature.

    Examples
    --------
    >>> [round(escape(0.0, n), 4) for n in (6, 100, 400)]
    [0.0373, 0.7329, 0.9955]
    >>> [round(escape(x, 6), 4) for x in (2.0, 2.4)]
    [0.5195, 0.9998]
    """
    nodes, weights = legendre_rule(320)
    points = SURE * nodes
    leave = exit_probability(points, SURE)
    move = (SURE * weights)[:, None] * kernel(points, points - H * points**3)
    u = exit_probability(points, R)
    for _ in range(n - 2):
        u = leave + u @ move
    start = np.array([x])
    first_move = (SURE * weights)[:, None] * kernel(points, start - H * start**3)
    return float(exit_probability(start, SURE)[0] + (u @ first_move)[0])


@cache
def legendre_rule(order: int) -> tuple[Array, Array]:
    """Return the nodes and weights of Gauss-Legendre quadrature on [-1, 1], computed once."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return nodes, weights


def exit_probability(x: Array, bound: float) -> Array:
    """Return P(|Y| > bound) for one step of Euler-Maruyama from x."""
    centre = x - H * x**3
    below = ndtr((-bound - centre) / math.sqrt(H))
    above = ndtr((centre - bound) / math.sqrt(H))
    outside: Array = below + above
    return outside
