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
from stochcalc.engine.elementary.pairs import HALF_PI, HALF_PI_LOW, two_sum

FAR = 2.0**45
_TWO_OVER_PI = 0.6366197723675814
_HALF_PI_REST = -1.4973849048591698e-33  # pi/2 - HALF_PI - HALF_PI_LOW

_BITS_OF_TWO_OVER_PI = (
    "A2F9836E4E441529FC2757D1F534DDC0DB6295993C439041FE5163ABDEBBC561B7246E3A424DD2E0"
    "06492EEA09D1921CFE1DEB1CB129A73EE88235F52EBB4484E99C7026B45F7E413991D639835339F4"
    "9C845F8BBDF9283B1FF897FFDE05980FEF2F118B5A0A6D1F6D367ECF27CB09B74F463F669E5FEA2D"
    "7527BAC7EBE5F17B3D0739F78A5292EA6BFB5FB11F8D5D0856033046FC7B6BABF0CFBC209AF4361D"
)
_LIMBS = np.array(
    [0] + [int(_BITS_OF_TWO_OVER_PI[i : i + 8], 16) for i in range(0, 320, 8)], dtype=np.uint64
)
_0 = np.uint64(0)
_1 = np.uint64(1)
_32 = np.uint64(32)
_52 = np.uint64(52)
_61 = np.uint64(61)
_62 = np.uint64(62)
_63 = np.uint64(63)
_MASK32 = np.uint64(2**32 - 1)
_FRACTION = np.uint64(2**52 - 1)
_EXPONENT = np.uint64(2047)


@leaf
def reduce_angle(x):
    """Return (n, r, lost) with x = k pi/2 + r + lost for |x| <= 2^45, k in the low bits of n."""
    rounded = fma(x, _TWO_OVER_PI, ROUND)
    k = rounded - ROUND
    first = fma(-HALF_PI, k, x)
    product = -HALF_PI_LOW * k
    second, lost = two_sum(first, product)
    lost = fma(-_HALF_PI_REST, k, lost + fma(-HALF_PI_LOW, k, -product))
    r = second + lost
    return bits_of(rounded), r, (second - r) + lost


@leaf
def reduce_angle_once(x):
    """Return the (n, r) of `reduce_angle`, without what the last rounding of r loses."""
    rounded = fma(x, _TWO_OVER_PI, ROUND)
    k = rounded - ROUND
    r = fma(-_HALF_PI_REST, k, fma(-HALF_PI_LOW, k, fma(-HALF_PI, k, x)))
    return bits_of(rounded), r


@routine
def reduce_angle_exactly(x):
    """Return the (n, r, lost) of `reduce_angle` for finite |x| >= 2^45, by Payne and Hanek."""
    bits = bits_of(x)
    m = (bits & _FRACTION) + (_1 << _52)
    low_m = m & _MASK32
    high_m = m >> _32
    # e - 2, and the 32 zero bits in front of the table.
    start = np.int64((bits >> _52) & _EXPONENT) - 1075 + 30
    word = start >> 5
    shift = np.uint64(32 - (start & 31))
    high = _0
    low = _0
    carry = _0
    before = _0
    for i in range(7, -1, -1):
        limb = (((_LIMBS[word + i] << _32) | _LIMBS[word + i + 1]) >> shift) & _MASK32
        a = limb * low_m
        b = before * high_m
        total = (a & _MASK32) + (b & _MASK32) + carry
        carry = (total >> _32) + (a >> _32) + (b >> _32)
        low = (low >> _32) | (high << _32)
        high = (high >> _32) | (total << _32)
        before = limb
    # (high, low) / 2^126 is x 2/pi modulo 4. The nearest integer is taken off, and the rest is made
    # positive.
    n = ((high >> _61) + _1) >> _1
    high = high - (n << _62)
    minus = (high >> _63) != _0
    if minus:
        # The two's complement of a number of two words: the carry enters the upper word.
        low = ~low + _1
        high = ~high
        if low == _0:
            high = high + _1
    t, lost = two_sum(float(high >> _32) * 2.0**-30, float(high & _MASK32) * 2.0**-62)
    t, more = two_sum(t, float(low >> _32) * 2.0**-94)
    lost += more + float(low & _MASK32) * 2.0**-126
    product = t * HALF_PI
    r, lost = two_sum(product, fma(t, HALF_PI, -product) + fma(t, HALF_PI_LOW, lost * HALF_PI))
    if minus != (x < 0.0):
        r = -r
        lost = -lost
    if x < 0.0:
        n = _0 - n
    return n, r, lost
