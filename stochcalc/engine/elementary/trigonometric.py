"""Trigonometric functions: sin, cos, tan.

x = k pi/2 + r + lost (see `reduction`); on |r| <= pi/4 sine and cosine are odd and even polynomials
in r, and k modulo 4 says which of them it is and with what sign. Both are evaluated and one is
selected: no branch. Beyond 2^45, where a float's neighbours are 1/128 apart, the exact reduction is
behind a call that vectorises (see `rare`).

Source: the polynomials are fdlibm's k_sin.c and k_cos.c (Sun Microsystems, 1993).
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.compiler.intrinsics import fma
from stochcalc.engine.compiler.jit import leaf, routine
from stochcalc.engine.elementary.rare import make_settle
from stochcalc.engine.elementary.reduction import (
    FAR,
    reduce_angle,
    reduce_angle_exactly,
    reduce_angle_once,
)

_0 = np.uint64(0)
_1 = np.uint64(1)
_2 = np.uint64(2)


@leaf
def _sin_tail(q):
    """Return (sin(r) - r) / r^3 at q = r^2, |r| <= pi/4."""
    s = fma(
        q,
        fma(q, 1.58969099521155010221e-10, -2.50507602534068634195e-08),
        2.75573137070700676789e-06,
    )
    return fma(
        q,
        fma(q, fma(q, s, -1.98412698298579493134e-04), 8.33333333332248946124e-03),
        -1.66666666666666324348e-01,
    )


@leaf
def _cos_tail(q):
    """Return (cos(r) - 1 + r^2/2) / r^4 at q = r^2, |r| <= pi/4."""
    c = fma(
        q,
        fma(q, -1.13596475577881948265e-11, 2.08757232129817482790e-09),
        -2.75573143513906633035e-07,
    )
    return fma(
        q,
        fma(q, fma(q, c, 2.48015872894767294178e-05), -1.38888888888741095749e-03),
        4.16666666666666019037e-02,
    )


@leaf
def _sin_of(n, r):
    """Return sin(r + n pi/2)."""
    q = r * r
    s = fma(r * q, _sin_tail(q), r)
    c = fma(q * q, _cos_tail(q), fma(-0.5, q, 1.0))
    value = c if (n & _1) != _0 else s
    return -value if (n & _2) != _0 else value


@leaf
def _tan_of(n, r, lost):
    """Return tan(r + lost + n pi/2).

    It is sine over cosine for even n, minus cosine over sine for odd n. The remainder of the
    division is divided once more.
    """
    q = r * r
    s_tail = fma(r * q, _sin_tail(q), lost)
    s = r + s_tail
    s_low = (r - s) + s_tail
    half = 0.5 * q
    first = 1.0 - half
    c_tail = fma(q * q, _cos_tail(q), ((1.0 - first) - half) - fma(0.5, fma(r, r, -q), r * lost))
    c = first + c_tail
    c_low = (first - c) + c_tail
    odd = (n & _1) != _0
    a = c if odd else s
    a_low = c_low if odd else s_low
    b = -s if odd else c
    b_low = -s_low if odd else c_low
    inverse = 1.0 / b
    t = a * inverse
    return t + inverse * (fma(-t, b, a) + (a_low - t * b_low))


@routine
def _sin_far(x):
    """Return sin(x) for |x| >= 2^45."""
    n, r, _ = reduce_angle_exactly(x)
    return _sin_of(n, r) if abs(x) < math.inf else math.nan


@routine
def _cos_far(x):
    """Return cos(x) for |x| >= 2^45."""
    n, r, _ = reduce_angle_exactly(x)
    return _sin_of(n + _1, r) if abs(x) < math.inf else math.nan


@routine
def _tan_far(x):
    """Return tan(x) for |x| >= 2^45."""
    n, r, lost = reduce_angle_exactly(x)
    return _tan_of(n, r, lost) if abs(x) < math.inf else math.nan


_settle_sin = make_settle("sin", lambda x: _sin_far(x), FAR)
_settle_cos = make_settle("cos", lambda x: _cos_far(x), FAR)
_settle_tan = make_settle("tan", lambda x: _tan_far(x), FAR)


@leaf
def sin(x):
    """Return the sine of an angle in radians."""
    x = float(x)
    n, r = reduce_angle_once(x)
    return _settle_sin(x, _sin_of(n, r) if x != 0.0 else x)


@leaf
def cos(x):
    """Return the cosine of an angle in radians."""
    x = float(x)
    n, r = reduce_angle_once(x)
    return _settle_cos(x, _sin_of(n + _1, r))


@leaf
def tan(x):
    """Return the tangent of an angle in radians."""
    x = float(x)
    n, r, lost = reduce_angle(x)
    return _settle_tan(x, _tan_of(n, r, lost) if x != 0.0 else x)
