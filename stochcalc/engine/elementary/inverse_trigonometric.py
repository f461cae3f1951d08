"""Inverse trigonometric functions: atan, atan2, asin, acos.

atan of y/x >= 0 is taken relative to the nearest of the angles whose tangents c are 0, 1/2, 1, 3/2
and infinity:

    atan(y/x) = atan(c) + atan(t),    t = (y - c x) / (x + c y),    |t| <= 7/16,

with atan(c) as a sum of two floats, one division whatever c is, and no quotient y/x rounded on the
way. asin and acos use a rational approximation of (asin(s) - s) / s^3 for s <= 1/2 and, above, the
half angle: acos(x) = 2 asin(sqrt((1 - x)/2)), where 1 - x is exact and the square root's own
rounding is found by fma.

Source: reductions and coefficients of fdlibm's s_atan.c, e_asin.c and e_acos.c (Sun Microsystems,
1993).
"""

from __future__ import annotations

import math

from stochcalc.engine.compiler.intrinsics import fma
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary.pairs import HALF_PI, HALF_PI_LOW

_PI = 3.141592653589793
_PI_LOW = 1.2246467991473532e-16
_QUARTER_PI = 0.7853981633974483


@leaf
def _atan_of_ratio(y, x):
    """Return atan(y/x) for y, x >= 0, not both 0, neither infinite nor near the range's ends."""
    # The tangent c of the nearest angle, and the angle atan(c) = angle + low.
    past = y > 0.4375 * x
    c = 0.5 if past else 0.0
    angle = 0.4636476090008061 if past else 0.0
    low = 2.26987774529616870924e-17 if past else 0.0
    past = y > 0.6875 * x
    c = 1.0 if past else c
    angle = _QUARTER_PI if past else angle
    low = 3.06161699786838301793e-17 if past else low
    past = y > 1.1875 * x
    c = 1.5 if past else c
    angle = 0.982793723247329 if past else angle
    low = 1.39033110312309984516e-17 if past else low
    past = y > 2.4375 * x
    angle = HALF_PI if past else angle
    low = HALF_PI_LOW if past else low
    t = (-x if past else fma(-c, x, y)) / (y if past else fma(c, y, x))
    z = t * t
    p = fma(
        z,
        fma(z, 1.62858201153657823623e-02, -3.65315727442169155270e-02),
        4.97687799461593236017e-02,
    )
    p = fma(z, fma(z, p, -5.83357013379057348645e-02), 6.66107313738753120669e-02)
    p = fma(z, fma(z, p, -7.69187620504482999495e-02), 9.09088713343650656196e-02)
    p = fma(z, fma(z, p, -1.11111104054623557880e-01), 1.42857142725034663711e-01)
    p = fma(z, fma(z, p, -1.99999999998764832476e-01), 3.33333333333329318027e-01)
    return angle - (fma(t, z * p, -low) - t)


@leaf
def atan(x):
    """Return the inverse tangent of x, in [-pi/2, pi/2]."""
    x = float(x)
    return math.copysign(_atan_of_ratio(abs(x), 1.0), x)


@leaf
def atan2(y, x):
    """Return the angle of the point (x, y), in [-pi, pi].

    The special values are C99's (annex F.9.1.4).
    """
    y = float(y)
    x = float(x)
    a = abs(y)
    b = abs(x)
    # If a coordinate is infinite, the angle depends only on which of them are: an infinite one is
    # replaced by 1, a finite one by 0.
    far = (a == math.inf) | (b == math.inf)
    a_far = 1.0 if a == math.inf else 0.0
    b_far = 1.0 if b == math.inf else 0.0
    a = a_far if far else a
    b = b_far if far else b
    # The origin has the angle 0.
    b = 1.0 if (a == 0.0) & (b == 0.0) else b
    larger = a if a > b else b
    scale = 0.0625 if larger > 1e300 else 1.0
    scale = 1.329227995784916e36 if larger < 1e-270 else scale
    angle = _atan_of_ratio(a * scale, b * scale)
    angle = _PI - (angle - _PI_LOW) if math.copysign(1.0, x) < 0.0 else angle
    angle = angle if (x == x) & (y == y) else math.nan
    return math.copysign(angle, y)


@leaf
def _asin_tail(z):
    """Return (asin(s) - s) / s at z = s^2 <= 1/4."""
    p = fma(
        z,
        fma(z, 3.47933107596021167570e-05, 7.91534994289814532176e-04),
        -4.00555345006794114027e-02,
    )
    p = fma(
        z,
        fma(z, fma(z, p, 2.01212532134862925881e-01), -3.25565818622400915405e-01),
        1.66666666666666657415e-01,
    )
    q = fma(
        z,
        fma(z, 7.70381505559019352791e-02, -6.88283971605453293030e-01),
        2.02094576023350569471e00,
    )
    return z * p / fma(z, fma(z, q, -2.40339491173441421878e00), 1.0)


@leaf
def _half_angle(size):
    """Return (near, z, s, s_low) for size = |x|: whether |x| < 1/2, and s + s_low = sqrt(z).

    z is x^2 if |x| < 1/2, else (1 - |x|)/2.
    """
    near = size < 0.5
    z = size * size if near else 0.5 * (1.0 - size)
    s = math.sqrt(z)
    return near, z, s, 0.5 * fma(-s, s, z) / (s if s != 0.0 else 1.0)


@leaf
def asin(x):
    """Return the inverse sine of x, in [-pi/2, pi/2], which is nan beyond [-1, 1]."""
    x = float(x)
    size = abs(x)
    near, z, s, s_low = _half_angle(size)
    tail = _asin_tail(z)
    small = fma(size, tail, size)
    p = fma(2.0 * s, tail, -(HALF_PI_LOW - 2.0 * s_low))
    large = _QUARTER_PI - (p - (_QUARTER_PI - 2.0 * s))
    return math.copysign(small if near else large, x)


@leaf
def acos(x):
    """Return the inverse cosine of x, in [0, pi], which is nan beyond [-1, 1]."""
    x = float(x)
    near, z, s, s_low = _half_angle(abs(x))
    tail = _asin_tail(z)
    middle = HALF_PI - (x - fma(-x, tail, HALF_PI_LOW))
    right = 2.0 * (s + fma(s, tail, s_low))
    left = _PI - 2.0 * (s + (fma(s, tail, s_low) - HALF_PI_LOW))
    outer = left if x < 0.0 else right
    return middle if near else outer
