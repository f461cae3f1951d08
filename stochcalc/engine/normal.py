"""Standard normals by Box-Muller on 52-bit uniforms: a pure function of integers that fits in vector registers.

    N_even = R cos(2 pi V),  N_odd = R sin(2 pi V),  R = sqrt(-2 log(1 - U)),   U, V uniform on {j 2^-52}

One block of words makes two normals and no branch is taken, so 8 lanes (AVX-512) go through at once. 1 - U lies in
[2^-52, 1]: the logarithm is finite for every word, and the reach is sqrt(2 * 52 log 2) = 8.49 standard deviations
(probability 2e-17). Ziggurat is faster for one number and useless here: it takes a variable number of words.

Source: Box and Muller, Annals of Mathematical Statistics 29 (1958) 610; the logarithm's reduction and coefficients are
fdlibm's e_log.c, the sine's and cosine's k_sin.c and k_cos.c (Sun Microsystems, 1993).
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.intrinsics import bits_of, float_of, fma
from stochcalc.engine.jit import leaf
from stochcalc.engine.philox import words

_12, _32, _52 = np.uint64(12), np.uint64(32), np.uint64(52)
_ONE_BITS, _SQRT_HALF_BITS = np.uint64(0x3FF0000000000000), np.uint64(0x3FE6A09E667F3BCD)
_LN2, _TWO_PI = 0.6931471805599453, 6.283185307179586


@leaf
def uniform52(high, low):
    """j 2^-52 with j the upper 52 of 64 random bits: an exact float64 in [0, 1)."""
    bits = (high << _32) | low
    return float_of((bits >> _12) | _ONE_BITS) - 1.0


@leaf
def log_unit(x):
    """log(x) for a normal float64 x > 0: x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)), s = f / (2 + f).

    log(1 + f) = 2 s + s^3 P(s^2), with fdlibm's polynomial P split into even and odd powers. Two ulp at most, where
    fdlibm takes six more operations for one: the square root that follows halves the error.
    """
    bits = bits_of(x)
    k = np.int64(bits - _SQRT_HALF_BITS) >> np.int64(52)
    f = float_of(bits - (np.uint64(k) << _52)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01)
    odd = fma(w, fma(w, odd, 2.857142874366239149e-01), 6.666666666666735130e-01)
    even = fma(w, 1.531383769920937332e-01, 2.222219843214978396e-01)
    even = fma(w, even, 3.999999999940941908e-01)
    return fma(float(k), _LN2, s * fma(z, fma(z, even, odd), 2.0))


@leaf
def sincos_turns(u):
    """sin(2 pi u), cos(2 pi u) for 0 <= u < 1: exact at the quarters, symmetric in sign over each quadrant."""
    quarter = math.floor(fma(4.0, u, 0.5))
    r = fma(-0.25, quarter, u) * _TWO_PI
    q = r * r
    s = fma(q, 1.58969099521155010221e-10, -2.50507602534068634195e-08)
    s = fma(q, fma(q, s, 2.75573137070700676789e-06), -1.98412698298579493134e-04)
    s = r * fma(q, fma(q, fma(q, s, 8.33333333332248946124e-03), -1.66666666666666324348e-01), 1.0)
    c = fma(q, -1.13596475577881948265e-11, 2.08757232129817482790e-09)
    c = fma(q, fma(q, c, -2.75573143513906633035e-07), 2.48015872894767294178e-05)
    c = fma(q, fma(q, c, -1.38888888888741095749e-03), 4.16666666666666019037e-02)
    c = fma(q, fma(q, c, -0.5), 1.0)
    n = np.int64(quarter)
    odd = (n & 1) != 0
    sin, cos = (c if odd else s), (s if odd else c)
    return (-sin if (n & 2) != 0 else sin), (-cos if ((n + 1) & 2) != 0 else cos)


@leaf
def box_muller(a, b, c, d):
    """Two independent N(0, 1) from four random words: radius from (a, b), angle from (c, d)."""
    radius = math.sqrt(-2.0 * log_unit(1.0 - uniform52(a, b)))
    sin, cos = sincos_turns(uniform52(c, d))
    return radius * cos, radius * sin


@leaf
def normal_pair(path, pair, component, purpose, key):
    """The normals of index 2 pair and 2 pair + 1."""
    a, b, c, d = words(path, pair, component, purpose, key)
    return box_muller(a, b, c, d)


@leaf
def normal(path, index, component, purpose, key):
    """The normal of one index: half of its pair."""
    even, odd = normal_pair(path, np.uint64(index) >> np.uint64(1), component, purpose, key)
    return odd if (np.uint64(index) & np.uint64(1)) != np.uint64(0) else even
