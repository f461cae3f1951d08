"""Normal noise whose covariance lies on a circle: its random spectrum, and sums of its numbers.

The covariance of two numbers depends on their distance on a circle of 2 n places alone, with the
eigenvalues g_0, ..., g_(2n-1). The Fourier transform of sqrt(g_k/(2 n)) v_k has this covariance if
the v_k are independent complex normals of E |v_k|^2 = 1, with v_(2n-k) the conjugate of v_k: then
it is real, and the frequencies 0, ..., n say all.
"""

from __future__ import annotations

import math

from numba import float64, int64, uint64, void

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.random.normal import normal_pair
from stochcalc.engine.random.philox import SPECTRUM


@pointer(void(uint64, int64, float64[::1], float64[:, ::1]))
def write_spectrum(key, first, roots, out):
    """Write sqrt(g_k/(2 n)) v_k of path first + row, for k = 0, ..., n, into out[row].

    `roots` are sqrt(g_k/(2 n)), and real and imaginary parts stand in turn. The frequencies 0 and n
    are real, and take the two normals of the first pair; the parts of all others have the variance
    1/2.
    """
    n = len(roots) - 1
    half = math.sqrt(0.5)
    for row in range(len(out)):
        parts = out[row]
        for k in range(n):  # without a branch, so that it is packed
            even, odd = normal_pair(first + row, k, 0, SPECTRUM, key)
            parts[2 * k] = even * (half * roots[k])
            parts[2 * k + 1] = odd * (half * roots[k])
        even, odd = normal_pair(first + row, 0, 0, SPECTRUM, key)
        parts[0] = even * roots[0]
        parts[1] = 0.0
        parts[2 * n] = odd * roots[n]
        parts[2 * n + 1] = 0.0


@pointer(void(float64[:, ::1], float64[:, ::1]))
def add_up(increments, values):
    """Write the sums of the first increments of each row into a row of values, from 0."""
    for row in range(len(values)):
        total = 0.0
        values[row, 0] = total
        for k in range(values.shape[1] - 1):
            total += increments[row, k]
            values[row, k + 1] = total
