"""Trigonometric functions: sin, cos, tan."""

from __future__ import annotations

import numpy as np

from stochcalc.engine.elementary.exponential import ROUND
from stochcalc.engine.elementary.hyperbolic import plus
from stochcalc.engine.intrinsics import bits_of, fma
from stochcalc.engine.jit import leaf

_ZERO, _1, _2 = np.uint64(0), np.uint64(1), np.uint64(2)
_TWO_OVER_PI = 0.6366197723675814
_HALF_PI_1, _HALF_PI_2, _HALF_PI_3 = 1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33


@leaf
def reduced(x):
    """(n, r, lost) with x = k pi/2 + r + lost, |r| <= pi/4, and k in the low bits of n."""
    rounded = fma(x, _TWO_OVER_PI, ROUND)
    k = rounded - ROUND
    first = fma(-_HALF_PI_1, k, x)
    product = -_HALF_PI_2 * k
    second, lost = plus(first, product)
    lost = fma(-_HALF_PI_3, k, lost + fma(-_HALF_PI_2, k, -product))
    r = second + lost
    return bits_of(rounded), r, (second - r) + lost


@leaf
def reduced_once(x):
    """(n, r) as in `reduced`, without what the last rounding of r loses."""
    rounded = fma(x, _TWO_OVER_PI, ROUND)
    k = rounded - ROUND
    r = fma(-_HALF_PI_3, k, fma(-_HALF_PI_2, k, fma(-_HALF_PI_1, k, x)))
    return bits_of(rounded), r


@leaf
def sin_tail(q):
    """(sin(r) - r) / r^3 at q = r^2, |r| <= pi/4."""
    s = fma(q, fma(q, 1.58969099521155010221e-10, -2.50507602534068634195e-08), 2.75573137070700676789e-06)
    return fma(q, fma(q, fma(q, s, -1.98412698298579493134e-04), 8.33333333332248946124e-03), -1.66666666666666324348e-01)


@leaf
def cos_tail(q):
    """(cos(r) - 1 + r^2/2) / r^4 at q = r^2, |r| <= pi/4."""
    c = fma(q, fma(q, -1.13596475577881948265e-11, 2.08757232129817482790e-09), -2.75573143513906633035e-07)
    return fma(q, fma(q, fma(q, c, 2.48015872894767294178e-05), -1.38888888888741095749e-03), 4.16666666666666019037e-02)


@leaf
def _turned(n, r):
    """sin(r + n pi/2)."""
    q = r * r
    s = fma(r * q, sin_tail(q), r)
    c = fma(q * q, cos_tail(q), fma(-0.5, q, 1.0))
    value = c if (n & _1) != _ZERO else s
    return -value if (n & _2) != _ZERO else value


@leaf
def sin(x):
    """Sine."""
    x = float(x)
    n, r = reduced_once(x)
    return _turned(n, r) if x != 0.0 else x


@leaf
def cos(x):
    """Cosine."""
    n, r = reduced_once(float(x))
    return _turned(n + _1, r)


@leaf
def tan(x):
    """Tangent."""
    x = float(x)
    n, r, lost = reduced(x)
    q = r * r
    s_tail = fma(r * q, sin_tail(q), lost)
    s = r + s_tail
    s_low = (r - s) + s_tail
    half = 0.5 * q
    first = 1.0 - half
    c_tail = fma(q * q, cos_tail(q), ((1.0 - first) - half) - fma(0.5, fma(r, r, -q), r * lost))
    c = first + c_tail
    c_low = (first - c) + c_tail
    odd = (n & _1) != _ZERO
    a, a_low, b, b_low = (c if odd else s), (c_low if odd else s_low), (-s if odd else c), (-s_low if odd else c_low)
    inverse = 1.0 / b
    t = a * inverse
    t = t + inverse * (fma(-t, b, a) + (a_low - t * b_low))
    return t if x != 0.0 else x
