"""Hyperbolic functions: sinh, cosh, tanh.

All three are rational in g = (exp(|x|) - 1) / 4, which is known as a sum of two floats. Each is
formed with one division whose remainder is divided again (the quotient then has no error of its
own), so nothing cancels near 0 and the result is rounded once:

    tanh x = G / (G + 1/2),            G = g at 2|x|
    sinh x = 2 (g + g / (4 g + 1))
    cosh x = 2 (w + 1 / (16 w)),       w = g + 1/4

Source: the rational forms are fdlibm's (e_sinh.c, s_tanh.c; Sun Microsystems, 1993).
"""

from __future__ import annotations

import math

from stochcalc.engine.compiler.intrinsics import fma
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary.exponential import quarter_expm1
from stochcalc.engine.elementary.pairs import two_sum


@leaf
def sinh(x):
    """Return the hyperbolic sine of x."""
    x = float(x)
    size = abs(x)
    g, low = quarter_expm1(size)
    d, d_low = two_sum(4.0 * g, 1.0)
    inverse = 1.0 / d
    q = g * inverse
    q_low = inverse * (fma(-q, d, g) + (low - q * fma(4.0, low, d_low)))
    far = size > 40.0  # there the second term is 1/4, and the division may overflow
    q = 0.25 if far else q
    q_low = 0.0 if far else q_low
    total = g + q
    value = 2.0 * (total + (((g - total) + q) + (low + q_low)))
    return x if size < 1e-8 else math.copysign(value, x)


@leaf
def cosh(x):
    """Return the hyperbolic cosine of x."""
    g, low = quarter_expm1(abs(float(x)))
    w, w_low = two_sum(g, 0.25)
    w_low += low
    q = 0.0625 / w
    total = w + q
    return 2.0 * (total + (((w - total) + q) + w_low))


@leaf
def tanh(x):
    """Return the hyperbolic tangent of x, which is exactly +-1 beyond 22."""
    x = float(x)
    size = abs(x)
    size = 25.0 if size > 25.0 else size
    g, low = quarter_expm1(2.0 * size)
    d, d_low = two_sum(g, 0.5)
    inverse = 1.0 / d
    q = g * inverse
    q = q + inverse * (fma(-q, d, g) + (low - q * (d_low + low)))
    return x if size < 1e-8 else math.copysign(q, x)
