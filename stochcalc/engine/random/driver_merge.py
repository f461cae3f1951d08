"""How the drivers of two adjoining steps become those of the step that covers both.

The rules are those of `engine.random.drivers`.
"""

from __future__ import annotations

import math

from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.statistics import LANES


@routine
def merge(left, now, h, shape):
    """Write the drivers of two adjoining steps of length h into `now`, which holds the right ones.

    `left` holds the drivers of the step before. `shape` is that of the layout. The increments come
    last, because the other rules need those of both steps.
    """
    width = shape[0]
    second = shape[1]
    areas = shape[2]
    loose = shape[3]
    first_area = shape[4]
    first_loose = shape[5]
    root = math.sqrt(2.0)
    # V = sqrt(2) (V_l + V_r)
    for p in range(first_loose, first_loose + loose):
        for lane in range(LANES):
            now[p, lane] = root * (left[p, lane] + now[p, lane])
    # A_ij = A_ij,l + A_ij,r + (dW_i,l dW_j,r - dW_j,l dW_i,r)/2
    if areas > 0:
        p = first_area
        for i in range(width):
            for j in range(i + 1, width):
                for lane in range(LANES):
                    chord = left[i, lane] * now[j, lane] - left[j, lane] * now[i, lane]
                    now[p, lane] = left[p, lane] + now[p, lane] + 0.5 * chord
                p += 1
    # I10 = I10_l + I10_r + h dW_l
    for i in range(second):
        for lane in range(LANES):
            total = left[width + i, lane] + now[width + i, lane]
            now[width + i, lane] = total + h * left[i, lane]
    # dW = dW_l + dW_r
    for i in range(width):
        for lane in range(LANES):
            now[i, lane] = left[i, lane] + now[i, lane]
