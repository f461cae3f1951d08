"""The exact laws of three schemes on dX = -X^3 dt + dW with steps of 1/2, by quadrature.

For Euler-Maruyama let u_n(x) = P(|X_n| > R) from x. A path beyond R = 10 does not return (with
h = 1/2 the next state is beyond 480), and with one step Y, normal of mean x - h x^3 and variance h,

    u_1(x) = P(|Y| > R)
    u_(n+1)(x) = P(|Y| > R) + E [u_n(Y) 1(|Y| <= R)]

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

import numpy as np
from scipy.special import ndtr

from stochcalc.typing import Array

H = 0.5  # the step
R = 10.0  # a path beyond R has escaped


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
    """Return P(|X_n| > R) of Euler-Maruyama from x, by Gauss-Legendre quadrature on [-R, R].

    Examples
    --------
    >>> [round(escape(0.0, n), 4) for n in (6, 100, 400)]
    [0.0373, 0.7329, 0.9955]
    >>> [round(escape(x, 6), 4) for x in (2.0, 2.4)]
    [0.5195, 0.9998]
    """
    nodes, weights = np.polynomial.legendre.leggauss(800)
    points = R * nodes
    start = np.array([x])
    leave_now = exit_probability(points)
    move = (R * weights)[:, None] * kernel(points, points - H * points**3)
    u = leave_now
    for _ in range(n - 2):
        u = leave_now + u @ move
    first_move = (R * weights)[:, None] * kernel(points, start - H * start**3)
    return float(exit_probability(start)[0] + (u @ first_move)[0])


def exit_probability(x: Array) -> Array:
    """Return P(|Y| > R) for one step of Euler-Maruyama from x."""
    centre = x - H * x**3
    below = ndtr((-R - centre) / math.sqrt(H))
    above = ndtr((centre - R) / math.sqrt(H))
    outside: Array = below + above
    return outside
