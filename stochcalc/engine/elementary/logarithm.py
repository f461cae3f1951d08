"""Logarithms: log, log1p, log2, log10, and log2 in double-double precision for pow.

Write x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), by integer arithmetic on the bits. With
s = f / (2 + f),

    log(1 + f) = log(1 + s) - log(1 - s) = 2 s + 2 s^3/3 + 2 s^5/5 + ...
               = f - f^2/2 + s (f^2/2 + R(s^2)).

The last form subtracts small corrections from f, which is exact: that is why its error stays below
one ulp near x = 1. The double-double form keeps the rounding error of every step in a second float,
found by fma, and is good to 2^-65.

Source: fdlibm's e_log.c and s_log1p.c (Sun Microsystems, 1993) for the reduction and R's
coefficients; Dekker, A floating-point technique for extending the available precision, Numerische
Mathematik 18 (1971) 224, for the pairs.
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.compiler.intrinsics import bits_of, float_of, fma
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary.pairs import LN2_HIGH, LN2_LOW

_52 = np.uint64(52)
_SQRT_HALF_BITS = np.uint64(0x3FE6A09E667F3BCD)
_TO_ONE = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
_FRACTION = np.uint64(0x000FFFFFFFFFFFFF)
# 2^52: adding an integer below 2^52 to these bits adds it to the float.
_INTEGER_BITS = np.uint64(0x4330000000000000)
_INTEGER = 4503599627370496.0 + 1023.0
_SMALLEST_NORMAL = 2.2250738585072014e-308
_TWO_54 = 18014398509481984.0


@leaf
def _split(x):
    """Return (k, f) as floats with x = 2^k (1 + f), for positive finite x, subnormal or not."""
    subnormal = x < _SMALLEST_NORMAL
    moved = bits_of(x * _TWO_54 if subnormal else x) + _TO_ONE
    k = float_of(_INTEGER_BITS + (moved >> _52)) - _INTEGER
    f = float_of((moved & _FRACTION) + _SQRT_HALF_BITS) - 1.0
    return (k - 54.0 if subnormal else k), f


@leaf
def _at_the_ends(x, value):
    """Return `value` where x is positive and finite, else what a logarithm of x is there.

    That is -inf at 0, nan below 0, and inf at inf.
    """
    value = value if x < math.inf else x
    value = -math.inf if x == 0.0 else value
    return math.nan if x < 0.0 else value


@leaf
def _log_of_split(k, f, correction):
    """Return k log 2 + log(1 + f) + correction."""
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01)
    odd = z * fma(w, fma(w, odd, 2.857142874366239149e-01), 6.666666666666735130e-01)
    even = fma(w, 1.531383769920937332e-01, 2.222219843214978396e-01)
    remainder = fma(w, fma(w, even, 3.999999999940941908e-01), odd)
    half = 0.5 * f * f
    return fma(k, LN2_HIGH, f - (half - fma(s, half + remainder, fma(k, LN2_LOW, correction))))


@leaf
def log(x):
    """Return the natural logarithm of x, which is -inf at 0 and nan below."""
    x = float(x)
    k, f = _split(x)
    return _at_the_ends(x, _log_of_split(k, f, 0.0))


@leaf
def log1p_of_sum(high, low):
    """Return log(1 + high + low) for |low| much smaller than |high|.

    What 1 + high loses by rounding is added to low. Their sum is small, so that the logarithm
    changes by this sum times its derivative, 1 / (1 + high).
    """
    u = 1.0 + high
    lost = (high - (u - 1.0)) if high < 1.0 else (1.0 - (u - high))
    k, f = _split(u)
    return _at_the_ends(u, _log_of_split(k, f, (lost + low) / u))


@leaf
def log1p(x):
    """Return log(1 + x) without cancellation near 0."""
    x = float(x)
    return x if abs(x) < 5.5e-17 else log1p_of_sum(x, 0.0)


@leaf
def log2_pair(x):
    """Return (high, low) with high + low = log2(x) for positive finite x.

    The relative error is about 2^-65. With z = s^2, log2(1 + f) = s (C0 + C1 z + z^2 Q(z)), where
    C0 = 2/log 2 and C1 = C0/3 are sums of two floats and Q is the minimax polynomial of degree 7.
    """
    k, f = _split(x)
    d = 2.0 + f
    inverse = 1.0 / d
    s = f * inverse
    s_low = (fma(-s, d, f) - s * (f - (d - 2.0))) * inverse
    z = s * s
    z_low = fma(s, s, -z) + 2.0 * s * s_low
    q = fma(z, 1.6914530283440393e-01, 1.6888368592082417e-01)
    q = fma(z, fma(z, q, 1.92380630972583e-01), 2.2195278728243678e-01)
    q = fma(z, fma(z, q, 2.6230819148156365e-01), 3.2059889796708896e-01)
    q = z * fma(z, fma(z, q, 4.12198583111144e-01), 5.770780163555853e-01)
    c = 9.617966939259756e-01 + q
    c_low = ((9.617966939259756e-01 - c) + q) + 5.0577616648125907e-17
    p = z * c
    p_low = fma(z, c, -p) + fma(z, c_low, z_low * c)
    e = 2.8853900817779268 + p
    e_low = ((2.8853900817779268 - e) + p) + (p_low + 4.0710547481862066e-17)
    t = s * e
    t_low = fma(s, e, -t) + fma(s, e_low, s_low * e)
    total = k + t
    rest = ((k - total) + t) + t_low
    high = total + rest
    return high, (total - high) + rest


@leaf
def log2(x):
    """Return the logarithm of x to base 2, exact at powers of 2."""
    x = float(x)
    high, low = log2_pair(x)
    return _at_the_ends(x, high + low)


@leaf
def log10(x):
    """Return the logarithm of x to base 10, exact at powers of 10."""
    x = float(x)
    high, low = log2_pair(x)
    t = high * 3.010299956639812e-01
    t_low = fma(high, 3.010299956639812e-01, -t) + fma(
        high, -2.8037281277851704e-18, low * 3.010299956639812e-01
    )
    return _at_the_ends(x, t + t_low)
