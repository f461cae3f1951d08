"""Inverse hyperbolic functions: asinh, acosh, atanh, each as log(1 + w) with w a sum of two floats.

    asinh x = log(1 + x + x^2 / (1 + sqrt(1 + x^2)))     x >= 0, odd
    acosh x = log(1 + t + sqrt(t^2 + 2 t)),              t = x - 1
    atanh x = log(1 + 2 x / (1 - x)) / 2                 x >= 0, odd

Where x^2 could overflow the first two are log(2 x).

Source: the forms are fdlibm's (s_asinh.c, e_acosh.c, e_atanh.c; Sun Microsystems, 1993).
"""

from __future__ import annotations

import math

from stochcalc.engine.compiler.intrinsics import fma
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary.logarithm import log, log1p_of_sum
from stochcalc.engine.elementary.pairs import two_sum

_FAR = 268435456.0  # 2^28: beyond it, 1 + x^2 rounds to x^2
_LN2 = 0.6931471805599453


@leaf
def asinh(x):
    """Return the inverse hyperbolic sine of x."""
    x = float(x)
    size = abs(x)
    near = size if size < _FAR else 1.0
    square = near * near
    w, w_low = two_sum(near, square / (1.0 + math.sqrt(1.0 + square)))
    value = log1p_of_sum(w, w_low) if size < _FAR else log(size) + _LN2
    return x if size < 1e-8 else math.copysign(value, x)


@leaf
def acosh(x):
    """Return the inverse hyperbolic cosine of x, which is nan below 1."""
    x = float(x)
    t = (x if x < _FAR else 1.0) - 1.0
    w, w_low = two_sum(t, math.sqrt(fma(t, t, 2.0 * t)))
    value = log1p_of_sum(w, w_low) if x < _FAR else log(x) + _LN2
    return math.nan if x < 1.0 else value


@leaf
def atanh(x):
    """Return the inverse hyperbolic tangent of x, which is +-inf at +-1 and nan beyond."""
    x = float(x)
    size = abs(x)
    d, d_low = two_sum(1.0, -size)
    w = 2.0 * size / d
    w_low = (fma(-w, d, 2.0 * size) - w * d_low) / d
    value = 0.5 * log1p_of_sum(w, w_low if size < 1.0 else 0.0)
    return x if size < 1e-8 else math.copysign(value, x)
