"""Exponentials: exp, exp2, expm1.

Write x = k log 2 + r with k an integer and |r| <= log(2)/2. Then exp(x) = 2^k exp(r), and a
polynomial of degree 12 gives exp(r) = 1 + r + r^2 P(r) to 2^-61. Three details make it exact enough
and free of branches:

* k is found by adding 1.5 * 2^52. The sum has no room for a fraction, so it is rounded to an
  integer, which is then in the low bits of the sum. No conversion between float and integer is
  needed (AVX2 has none for 64 bits).
* r = (x - k A) - k B with log 2 = A + B, where A has 33 bits: the first subtraction is exact (Cody
  and Waite).
* 2^k is applied as 2^(k/2) twice, so that the result overflows to inf and underflows gradually, and
  is rounded once.

The coefficients are minimax ones (Remez's algorithm in 60 digits, then rounded).

Source: Cody and Waite, Software Manual for the Elementary Functions (Prentice-Hall, 1980), chapter
6; the split of log 2 is that of fdlibm's e_exp.c (Sun Microsystems, 1993).
"""

from __future__ import annotations

import numpy as np

from stochcalc.engine.compiler.intrinsics import bits_of, float_of, fma
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary.pairs import LN2_HIGH, LN2_LOW

ROUND = 6755399441055744.0  # 1.5 * 2^52
_ROUND_BITS = np.uint64(0x4338000000000000)
_1 = np.uint64(1)
_52 = np.uint64(52)
_BIAS = np.uint64(1023)
_TWO_BIASES = np.uint64(2046)
_LOG2_E = 1.4426950408889634


@leaf
def scale_by_power(y, rounded):
    """Return y * 2^k, where `rounded` is k + ROUND and |k| < 2000.

    The product is rounded once, even if it is subnormal.
    """
    twice = bits_of(rounded) - _ROUND_BITS + _TWO_BIASES
    half = twice >> _1
    return y * float_of(half << _52) * float_of((twice - half) << _52)


@leaf
def _exp_tail(r):
    """Return P(r) = (exp(r) - 1 - r) / r^2 for |r| <= log(2)/2, to 2^-61 of exp(r)."""
    p = fma(r, 2.0921589370829142e-09, 2.510521838664829e-08)
    p = fma(r, fma(r, p, 2.7557252912472866e-07), 2.7557255396471e-06)
    p = fma(r, fma(r, p, 2.480158734733946e-05), 1.984126987482399e-04)
    p = fma(r, fma(r, p, 1.3888888888874398e-03), 8.333333333326134e-03)
    return fma(r, fma(r, fma(r, p, 4.1666666666666685e-02), 1.666666666666667e-01), 0.5)


@leaf
def exp2_of_sum(high, low):
    """Return 2^(high + low) for |low| much smaller than 1.

    The error is that of the sum plus 1 ulp.
    """
    high = 1100.0 if high > 1100.0 else high
    high = -1100.0 if high < -1100.0 else high
    rounded = high + ROUND
    f = (high - (rounded - ROUND)) + low
    p = fma(f, 4.4566799241111394e-10, 7.0725935588867845e-09)
    p = fma(f, fma(f, p, 1.0178051700635756e-07), 1.321544254953422e-06)
    p = fma(f, fma(f, p, 1.5252733853339906e-05), 1.540353044179974e-04)
    p = fma(f, fma(f, p, 1.3333558146395952e-03), 9.61812910760685e-03)
    p = fma(
        f, fma(f, fma(f, p, 5.550410866482166e-02), 2.4022650695910097e-01), 6.931471805599453e-01
    )
    return scale_by_power(fma(f, p, 1.0), rounded)


@leaf
def exp(x):
    """Return e^x: inf above 709.78, subnormal below -708.4, 0 below -745.13."""
    x = float(x)
    x = 710.0 if x > 710.0 else x
    x = -746.0 if x < -746.0 else x
    rounded = fma(x, _LOG2_E, ROUND)
    k = rounded - ROUND
    r = fma(-LN2_LOW, k, fma(-LN2_HIGH, k, x))
    return scale_by_power(1.0 + fma(r * r, _exp_tail(r), r), rounded)


@leaf
def exp2_of_negative(x):
    """Return 2^x for x <= 0 with a relative error of 5e-16, and 2^-1022 where 2^x would be less.

    This takes half the work of `exp`. It serves sums of exponentials divided by their largest term.
    """
    x = -1022.0 if x < -1022.0 else x
    rounded = x + ROUND
    f = x - (rounded - ROUND)
    p = fma(f, 7.111758687557852e-09, 1.0210506458816145e-07)
    p = fma(f, fma(f, p, 1.321523563477604e-06), 1.525264774769592e-05)
    p = fma(f, fma(f, p, 1.5403530800818256e-04), 1.333355824648072e-03)
    p = fma(f, fma(f, p, 9.618129107380715e-03), 5.550410866434658e-02)
    p = fma(f, fma(f, p, 2.4022650695910472e-01), 6.931471805599516e-01)
    return float_of(bits_of(fma(f, p, 1.0)) + (bits_of(rounded) << _52))


@leaf
def exp2(x):
    """Return 2^x, exactly at integers."""
    return exp2_of_sum(float(x), 0.0)


@leaf
def quarter_expm1(x):
    """Return (high, low) with high + low = (exp(x) - 1) / 4 to a relative error of about 2^-60.

    The quarter cannot overflow before cosh does. 2^k - 1 and 2^k r are added without loss (Knuth's
    sum of two floats). At tiny x only the value is accurate: below 2^-54 the caller takes x itself,
    which also keeps the sign of zero.
    """
    x = 710.6 if x > 710.6 else x
    x = -60.0 if x < -60.0 else x
    rounded = fma(x, _LOG2_E, ROUND)
    k = rounded - ROUND
    first = fma(-LN2_HIGH, k, x)
    r = fma(-LN2_LOW, k, first)
    rest = fma(r * r, _exp_tail(r), fma(-LN2_LOW, k, first - r))
    scale = float_of((bits_of(rounded) - _ROUND_BITS + _BIAS - np.uint64(2)) << _52)
    a = scale - 0.25
    b = scale * r
    high = a + b
    shift = high - a
    low = fma(scale, rest, (a - (high - shift)) + (b - shift))
    total = high + low
    return total, (high - total) + low


@leaf
def expm1(x):
    """Return e^x - 1 without cancellation near 0."""
    x = float(x)
    high, low = quarter_expm1(x)
    return x if abs(x) < 5.5e-17 else 4.0 * (high + low)
