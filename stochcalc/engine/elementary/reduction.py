"""Reduction of an angle: x = k pi/2 + r + lost with |r| <= pi/4, by a fast way up to 2^45 and an
exact one beyond.

Fast (Cody and Waite): pi/2 is a sum of three floats A + B + C. k A is subtracted by fma without
error, since both x and k A are multiples of the last bit of A and the difference is below 1; then k
B and k C, each rounding once. A + B + C is pi/2 to 2^-164, and no float below 2^45 is nearer than
about 2^-60 to a multiple of pi/2 but 0 itself: r is good to rounding even there.

Exact (Payne and Hanek): x = m 2^e with m an integer of 53 bits. Only the bits of 2/pi whose product
with m 2^e is neither a multiple of 4 nor too small to matter are used: 256 of them, from bit e - 2
on. m times this window modulo 2^256, in 32-bit limbs, is x 2/pi modulo 4: two bits of quadrant and
a fraction good to 2^-200, more than the 2^-62 at which the nearest of all floats passes a multiple
of pi/2 requires.

Source: Payne and Hanek, Radian reduction for trigonometric functions, ACM SIGNUM Newsletter 18
(1983) 19; Muller et al., Handbook of Floating-Point Arithmetic (2nd ed., 2018), section 10.2.
"""

from __future__ import annotations

import numpy as np

from stochcalc.engine.compiler.intrinsics import bits_of, fma
from stochcalc.engine.compiler.jit import leaf, routine
from stochcalc.engine.elementary.exponential import ROUND
from stochcalc.engine.elementary.pairs import plus

FAR = 2.0**45
_TWO_OVER_PI = 0.6366197723675814
_HALF_PI_1, _HALF_PI_2, _HALF_PI_3 = (
    1.5707963267948966,
    6.123233995736766e-17,
    -1.4973849048591698e-33,
)

_BITS_OF_TWO_OVER_PI = (
    "A2F9836E4E441529FC2757D1F534DDC0DB6295993C439041FE5163ABDEBBC561B7246E3A424DD2E0"
    "06492EEA09D1921CFE1DEB1CB129A73EE88235F52EBB4484E99C7026B45F7E413991D639835339F4"
    "9C845F8BBDF9283B1FF897FFDE05980FEF2F118B5A0A6D1F6D367ECF27CB09B74F463F669E5FEA2D"
    "7527BAC7EBE5F17B3D0739F78A5292EA6BFB5FB11F8D5D0856033046FC7B6BABF0CFBC209AF4361D"
)
_LIMBS = np.array(
    [0] + [int(_BITS_OF_TWO_OVER_PI[i : i + 8], 16) for i in range(0, 320, 8)], dtype=np.uint64
)
_0, _1, _32, _52, _61, _62, _63 = (np.uint64(value) for value in (0, 1, 32, 52, 61, 62, 63))
_MASK32, _FRACTION, _EXPONENT = np.uint64(2**32 - 1), np.uint64(2**52 - 1), np.uint64(2047)


@leaf
def reduced(x):
    """(n, r, lost) for |x| <= 2^45; k stands in the low bits of n."""
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
    """(n, r) for |x| <= 2^45, without what the last rounding of r loses."""
    rounded = fma(x, _TWO_OVER_PI, ROUND)
    k = rounded - ROUND
    r = fma(-_HALF_PI_3, k, fma(-_HALF_PI_2, k, fma(-_HALF_PI_1, k, x)))
    return bits_of(rounded), r


@routine
def reduced_exactly(x):
    """(n, r, lost) for finite |x| >= 2^45."""
    bits = bits_of(x)
    m = (bits & _FRACTION) + (_1 << _52)
    low_m, high_m = m & _MASK32, m >> _32
    # e - 2, and the 32 zero bits in front of the table.
    start = np.int64((bits >> _52) & _EXPONENT) - 1075 + 30
    word, shift = start >> 5, np.uint64(32 - (start & 31))
    high, low, carry, before = _0, _0, _0, _0
    for i in range(7, -1, -1):
        limb = (((_LIMBS[word + i] << _32) | _LIMBS[word + i + 1]) >> shift) & _MASK32
        a, b = limb * low_m, before * high_m
        total = (a & _MASK32) + (b & _MASK32) + carry
        carry = (total >> _32) + (a >> _32) + (b >> _32)
        low = (low >> _32) | (high << _32)
        high = (high >> _32) | (total << _32)
        before = limb
    # (high, low) / 2^126 is x 2/pi modulo 4; take off the nearest integer and make the rest
    # positive
    n = ((high >> _61) + _1) >> _1
    high = high - (n << _62)
    minus = (high >> _63) != _0
    if minus:
        low = ~low + _1
        high = ~high + (_1 if low == _0 else _0)
    t, lost = plus(float(high >> _32) * 2.0**-30, float(high & _MASK32) * 2.0**-62)
    t, more = plus(t, float(low >> _32) * 2.0**-94)
    lost += more + float(low & _MASK32) * 2.0**-126
    product = t * _HALF_PI_1
    r, lost = plus(product, fma(t, _HALF_PI_1, -product) + fma(t, _HALF_PI_2, lost * _HALF_PI_1))
    if minus != (x < 0.0):
        r, lost = -r, -lost
    return (_0 - n if x < 0.0 else n), r, lost
