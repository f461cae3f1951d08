r"""Calculus on functions of time and of a path, written for the steps of the time loop.

A step of the path from w to `after` calls for the integral of f(t, u) over u between the two, and
for derivatives with respect to w. The integral is Gauss and Legendre's rule with five points: exact
for polynomials of degree 9, and off by 4e-13 d^11 f^(10) on a step of length d. The derivatives are
central difference quotients of fourth order, at distances h and 2 h; with h = sqrt(dt)/8, an eighth
of a typical step of the path, they are off by h^4/30 f^(5) and h^4/90 f^(6), and by rounding. No
antiderivative and no derivative has to be given.
"""

from __future__ import annotations

import math

from stochcalc.typing import FunctionOfPath, Number

# The rule on [-1, 1]: the nodes are the roots of Legendre's polynomial P_5. The weights here are
# halved, so that they add up to 1 and the rule gives a mean.
_INNER = math.sqrt(5.0 - 2.0 * math.sqrt(10.0 / 7.0)) / 3.0
_OUTER = math.sqrt(5.0 + 2.0 * math.sqrt(10.0 / 7.0)) / 3.0
_HEAVY = (322.0 + 13.0 * math.sqrt(70.0)) / 1800.0
_LIGHT = (322.0 - 13.0 * math.sqrt(70.0)) / 1800.0
_CENTRE = 64.0 / 225.0

SHARE_OF_STEP = 0.125  # the distance h of the difference quotients, in units of sqrt(dt)


def mean_between(f: FunctionOfPath, t: float, w: Number, after: Number) -> Number:
    """Return the mean of f(t, u) over u between w and `after`, by five points."""
    middle = 0.5 * (w + after)
    half = 0.5 * (after - w)
    inner = f(t, middle - _INNER * half) + f(t, middle + _INNER * half)
    outer = f(t, middle - _OUTER * half) + f(t, middle + _OUTER * half)
    return _CENTRE * f(t, middle) + _HEAVY * inner + _LIGHT * outer


def slope(f: FunctionOfPath, t: float, w: Number, h: float) -> Number:
    """Return the derivative of f(t, w) with respect to w, from four values at w +- h, w +- 2 h."""
    near = f(t, w + h) - f(t, w - h)
    far = f(t, w + 2.0 * h) - f(t, w - 2.0 * h)
    return (8.0 * near - far) / (12.0 * h)


def curvature(f: FunctionOfPath, t: float, w: Number, h: float) -> Number:
    """Return the second derivative of f(t, w) with respect to w, from five values."""
    near = f(t, w + h) + f(t, w - h)
    far = f(t, w + 2.0 * h) + f(t, w - 2.0 * h)
    return (16.0 * near - far - 30.0 * f(t, w)) / (12.0 * h * h)
