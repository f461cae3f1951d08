"""Standard normals by Box-Muller: a pure function of integers that fits in vector registers.

    N_even = R cos(2 pi V),  N_odd = R sin(2 pi V),  R = sqrt(-2 log(1 - U))

with U and V uniform on {j 2^-52}. One block of words makes two normals and no branch is taken, so 8
lanes (AVX-512) are computed at once. 1 - U lies in [2^-52, 1]: the logarithm is finite for every
word, and the largest normal is sqrt(2 * 52 log 2) = 8.49 standard deviations, beyond which a normal
lies with probability 2e-17. The ziggurat method is faster for one number, but is of no use here
because it takes a variable number of words.

Source: Box and Muller, Annals of Mathematical Statistics 29 (1958) 610; the logarithm's reduction
and coefficients are fdlibm's e_log.c, the sine's and cosine's k_sin.c and k_cos.c (Sun
Microsystems, 1993).
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.compiler.intrinsics import bits_of, float_of, fma
from stochcalc.engine.compiler.jit import leaf, routine
from stochcalc.engine.random.philox import words

_0 = np.uint64(0)
_1 = np.uint64(1)
_10 = np.uint64(10)
_12 = np.uint64(12)
_32 = np.uint64(32)
_52 = np.uint64(52)
_SIGN = np.uint64(1 << 63)
_ONE_BITS = np.uint64(0x3FF0000000000000)  # of the float 1
_SQRT_HALF_BITS = np.uint64(0x3FE6A09E667F3BCD)  # of the float sqrt(1/2)
_EIGHTH = np.uint64(1 << 61)  # of a turn, which is 2^64
_QUARTER = np.uint64(1 << 62)
_FRACTION = np.uint64((1 << 52) - 4)
_LN4 = 1.3862943611198906
_HALF_PI = 1.5707963267948966


@leaf
def radius(word):
    """Return sqrt(-2 log(1 - U)), where U is the upper 52 bits of `word` as a fraction.

    Let 1 - U = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)) and s = f / (2 + f). Then
    log(1 + f) = 2 s + s^3 P(s^2). P is fdlibm's polynomial, split into even and odd powers; here
    everything is multiplied by -2. The logarithm's error is at most 2 ulp, and the square root
    halves it. (fdlibm takes six more operations for an error of 1 ulp.)
    """
    x = 2.0 - float_of((word >> _12) | _ONE_BITS)
    bits = bits_of(x)
    k = np.int64(bits - _SQRT_HALF_BITS) >> np.int64(52)
    f = float_of(bits - (np.uint64(k) << _52)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = fma(w, -2.959639721023317190e-01, -3.636714432323610024e-01)
    odd = fma(w, fma(w, odd, -5.714285748732478298e-01), -1.333333333333347026e00)
    even = fma(w, -3.062767539841874664e-01, -4.444439686429956792e-01)
    even = fma(w, even, -7.999999999881883816e-01)
    return math.sqrt(fma(float(k), -_LN4, fma(s * z, fma(z, even, odd), -4.0 * s)))


@leaf
def sincos(word):
    """Return (sin(2 pi V), cos(2 pi V)), where V is the upper 52 bits of `word` as a fraction.

    Both are exact at the quarters of a turn and symmetric in sign. An eighth of a turn is added to
    the integer: its top two bits are then the quadrant, and the rest, less the eighth, is the
    distance to the nearest quarter, exactly.
    """
    turned = word + _EIGHTH
    r = (float_of(((turned >> _10) & _FRACTION) | _ONE_BITS) - 1.5) * _HALF_PI
    q = r * r
    s = fma(q, 1.58969099521155010221e-10, -2.50507602534068634195e-08)
    s = fma(q, fma(q, s, 2.75573137070700676789e-06), -1.98412698298579493134e-04)
    s = fma(r * q, fma(q, fma(q, s, 8.33333333332248946124e-03), -1.66666666666666324348e-01), r)
    c = fma(q, -1.13596475577881948265e-11, 2.08757232129817482790e-09)
    c = fma(q, fma(q, c, -2.75573143513906633035e-07), 2.48015872894767294178e-05)
    c = fma(q, fma(q, c, -1.38888888888741095749e-03), 4.16666666666666019037e-02)
    c = fma(q, fma(q, c, -0.5), 1.0)
    odd = (turned & _QUARTER) != _0
    sin = bits_of(c if odd else s) ^ (turned & _SIGN)
    cos = bits_of(s if odd else c) ^ ((turned ^ (turned << _1)) & _SIGN)
    return float_of(sin), float_of(cos)


@leaf
def join_halves(high, low):
    """Return 64 random bits from two words of 32."""
    return (high << _32) | low


@leaf
def transform(first, second):
    """Return two independent normals from 64 random bits for the radius and 64 for the angle.

    The first is the cosine's, the second the sine's.
    """
    r = radius(first)
    sin, cos = sincos(second)
    return r * cos, r * sin


@leaf
def box_muller(a, b, c, d):
    """Return two independent normals from four random words of 32 bits.

    The radius comes from (a, b), the angle from (c, d).
    """
    return transform(join_halves(a, b), join_halves(c, d))


@leaf
def normal_pair(path, pair, component, purpose, key):
    """Return the normals of index 2 pair and of index 2 pair + 1."""
    a, b, c, d = words(path, pair, component, purpose, key)
    return box_muller(a, b, c, d)


@leaf
def normal(path, index, component, purpose, key):
    """Return the normal of one index, which is half of its pair."""
    index = np.uint64(index)
    even, odd = normal_pair(path, index >> _1, component, purpose, key)
    return odd if (index & _1) != _0 else even


@routine
def fill_random_bits(first_path, pair, component, purpose, key, one, two):
    """Write the random bits of consecutive paths into `one` and `two`, as the bits of floats."""
    for lane in range(len(one)):
        a, b, c, d = words(first_path + lane, pair, component, purpose, key)
        one[lane] = float_of(join_halves(a, b))
        two[lane] = float_of(join_halves(c, d))


@routine
def fill_pairs(first_path, pair, component, purpose, key, scale_even, scale_odd, even, odd):
    """Write the normals of one pair of indices for consecutive paths into `even` and `odd`, scaled.

    There are two loops, because a processor looks a hundred instructions ahead: in the short loops
    that is several iterations, whose divisions and square roots then overlap; in one long loop it
    is less than one.
    """
    fill_random_bits(first_path, pair, component, purpose, key, even, odd)
    for lane in range(len(even)):
        a, b = transform(bits_of(even[lane]), bits_of(odd[lane]))
        even[lane] = scale_even * a
        odd[lane] = scale_odd * b
