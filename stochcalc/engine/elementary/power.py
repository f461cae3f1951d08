"""Powers: pow, hypot, and the square root that the CPU already rounds correctly.

    x^y = 2^(y log2 |x|), with a sign if x is negative and y odd.

The exponent reaches 1024, and an error of 2^-53 in it is an error of 2^-53 in the result; so log2
|x| is needed to about 2^-65 of itself, in two floats, and its product with y too. Integer results
that fit in 53 bits are then exact.

The special cases are C99's (annex F.9.4.4), each one select: a branch would end vectorisation.
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.compiler.intrinsics import bits_of, fma
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary.exponential import exp2_of_sum
from stochcalc.engine.elementary.logarithm import log2_pair

_63 = np.uint64(63)
_TWO_52 = 4503599627370496.0


@leaf
def _is_integer(y):
    """Return whether y >= 0 is an integer: 2^52 + y keeps no fraction, no y >= 2^52 has one."""
    return (y >= _TWO_52) | ((y + _TWO_52) - _TWO_52 == y)


@leaf
def pow(x, y):
    """Return x^y, with C99's special values.

    Among them are pow(x, 0) = pow(1, y) = 1 for every x and y, and nan for x < 0 and a y that is
    no integer.
    """
    x = float(x)
    y = float(y)
    size = abs(x)
    order = abs(y)
    high, low = log2_pair(size)
    p = y * high
    p_low = fma(y, high, -p) + y * low
    value = exp2_of_sum(p, p_low if abs(p) < 1100.0 else 0.0)
    large = math.inf if y > 0.0 else 0.0  # |x|^y at |x| = inf
    small = 0.0 if y > 0.0 else math.inf  # |x|^y at x = 0
    value = small if size == 0.0 else value
    value = large if size == math.inf else value
    value = 1.0 if size == 1.0 else value
    integer = _is_integer(order)
    odd = integer & (not _is_integer(0.5 * order))
    negative = (bits_of(x) >> _63) != np.uint64(0)
    value = -value if odd & negative else value
    value = math.nan if (not integer) & (x < 0.0) & (x > -math.inf) else value
    value = value if (x == x) & (y == y) else math.nan
    return 1.0 if (y == 0.0) | (x == 1.0) else value


@leaf
def hypot(x, y):
    """Return sqrt(x^2 + y^2) without overflow or underflow on the way.

    The squares and the root are sums of two floats, of numbers scaled by 2^600 or 2^-600.
    """
    a = abs(float(x))
    b = abs(float(y))
    large = a if a > b else b
    small = b if a > b else a
    scale = 2.409919865102884e-181 if large > 1e150 else 1.0  # 2^-600
    scale = 4.149515568880993e180 if large < 1e-150 else scale
    large = large * scale
    small = small * scale
    p = large * large
    q = small * small
    total = p + q
    lost = ((p - total) + q) + (fma(large, large, -p) + fma(small, small, -q))
    s = math.sqrt(total)
    s = s + (fma(-s, s, total) + lost) / (2.0 * s if s != 0.0 else 1.0)
    value = s / scale
    value = value if (x == x) & (y == y) else math.nan
    return math.inf if (a == math.inf) | (b == math.inf) else value


@leaf
def sqrt(x):
    """Return the square root of x, correctly rounded: one instruction."""
    return math.sqrt(x)


@leaf
def fabs(x):
    """Return the absolute value of x: one bit is cleared."""
    return abs(x)
