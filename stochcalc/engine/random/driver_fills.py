"""Fills of the drivers beside dW: I(1,0) and Levy areas, made of normals that another fill wrote.

`engine.random.drivers` says what these drivers are, and `engine.random.fills` what the arguments of
a fill are. For j < k the series of an area given the increments w of one step is, with independent
normals u_r and v_r,

    A_jk = h/(2 pi) sum_r (1/r) (u_rj (v_rk - sqrt(2/h) w_k) - u_rk (v_rj - sqrt(2/h) w_j))

Its terms beyond the last are replaced by normals of the right conditional variance.
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.random.fills import FILL
from stochcalc.engine.random.normal import fill_pairs
from stochcalc.engine.random.philox import LEVY_AREA
from stochcalc.engine.statistics import LANES

_LEVY_AREA = np.uint64(LEVY_AREA)


@pointer(FILL)
def fill_space_time(ids, roots, table, first, k, count, buffer, row):
    """Replace rows z, which another fill wrote, by I10 = h/2 (dW + sqrt(h/3) z).

    The increments dW are in the first dim rows of the buffer, and ids is (dim,).
    """
    third = 1.0 / math.sqrt(3.0)
    for j in range(count):
        root = roots[k + j]
        for i in range(np.int64(ids[0])):
            for lane in range(buffer.shape[2]):
                joint = buffer[j, i, lane] + third * root * buffer[j, row + i, lane]
                buffer[j, row + i, lane] = 0.5 * root * root * joint


@routine
def _cross(out, scale, one, two, dim, dw, uv, shift):
    """Add scale (u_1 (v_2 - shift w_2) - u_2 (v_1 - shift w_1)) to `out`, lane by lane.

    The indices 1 and 2 are the rows `one` and `two`. w is dw, the first dim rows of uv are u, and
    the next are v.
    """
    for lane in range(LANES):
        v_one = uv[dim + one, lane] - shift * dw[one, lane]
        v_two = uv[dim + two, lane] - shift * dw[two, lane]
        out[lane] += scale * (uv[one, lane] * v_two - uv[two, lane] * v_one)


def compute_tail_scale(terms: int) -> float:
    """Return sqrt(2 sum_(r > terms) 1/r^2), which scales the normals that replace the tail."""
    left = math.pi * math.pi / 6.0
    for r in range(1, terms + 1):
        left -= 1.0 / (r * r)
    return math.sqrt(2.0 * left)


@pointer(FILL)
def fill_levy_areas(ids, roots, table, first, k, count, buffer, row):
    """Add the series of Levy areas to rows that hold normals for its tail, and scale the sum.

    The increments are in the first dim rows of the buffer, and they are independent. ids is (key,
    dim, terms). The last entry of `roots` is the scale of the tail. `table` (2, 2 dim, lanes) is a
    workspace for the normals of one term in two steps.
    """
    dim = np.int64(ids[1])
    pairs = dim * (dim - 1) // 2
    terms = np.int64(ids[2])
    tail = roots[len(roots) - 1]
    for j in range(0, count, 2):
        index = (k + j) >> 1
        for term in range(terms + 1):  # term 0 is the tail, which has no v
            start = pairs
            drawn = dim
            scale = tail
            shift = 1.0
            if term > 0:
                start = pairs + dim + 2 * dim * (term - 1)
                drawn = 2 * dim
                scale = 1.0 / term
                shift = math.sqrt(2.0)
            for i in range(drawn):
                fill_pairs(
                    first,
                    index,
                    start + i,
                    _LEVY_AREA,
                    ids[0],
                    1.0,
                    1.0,
                    table[0, i],
                    table[1, i],
                )
            for half in range(2):
                if j + half == count:
                    break
                for i in range(drawn, 2 * dim):
                    for lane in range(LANES):
                        table[half, i, lane] = 0.0
                now = buffer[j + half]
                p = row
                for one in range(dim):
                    for two in range(one + 1, dim):
                        slope = shift / roots[k + j + half]
                        _cross(now[p], scale, one, two, dim, now, table[half], slope)
                        p += 1
    for j in range(count):
        for p in range(row, row + pairs):
            for lane in range(LANES):
                buffer[j, p, lane] *= roots[k + j] ** 2 / (2.0 * math.pi)
