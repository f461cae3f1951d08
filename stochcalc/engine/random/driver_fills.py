"""Fills of the drivers beside dW: I(1,0), Levy areas, and normals; `engine.random.drivers` says
what they are.
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.random.fills import FILL, correlate
from stochcalc.engine.random.normal import fill_pairs
from stochcalc.engine.random.philox import COMPONENTS, LEVY_AREA, SPACE_TIME_AREA
from stochcalc.engine.statistics import LANES


@pointer(FILL)
def space_time(ids, roots, table, first, k, count, buffer, row):
    """Fill rows with I10, beside the increments in the first dim rows.

    ids = (key, dim, whether `table` correlates the components).
    """
    key, dim = ids[0], np.int64(ids[1])
    third = 1.0 / math.sqrt(3.0)
    for j in range(0, count, 2):
        for i in range(dim):
            fill_pairs(
                first,
                (k + j) >> 1,
                i,
                SPACE_TIME_AREA,
                key,
                1.0,
                1.0,
                buffer[j, row + i],
                buffer[j + 1, row + i],
            )
    for j in range(count):
        root = roots[k + j]
        if ids[2] != 0:
            correlate(table[0], 1.0, buffer[j], row)
        for i in range(dim):
            for lane in range(buffer.shape[2]):
                joint = buffer[j, i, lane] + third * root * buffer[j, row + i, lane]
                buffer[j, row + i, lane] = 0.5 * root * root * joint


@routine
def _cross(out, scale, one, two, dw_one, dw_two, u, v, shift):
    """Add scale (u_1 (v_2 - shift w_2) - u_2 (v_1 - shift w_1)), rows one and two, w = dW."""
    for lane in range(LANES):
        out[lane] += scale * (
            u[one, lane] * (v[two, lane] - shift * dw_two[lane])
            - u[two, lane] * (v[one, lane] - shift * dw_one[lane])
        )


@pointer(FILL, allocates=True)
def levy_areas(ids, roots, table, first, k, count, buffer, row):
    """Fill rows with Levy areas, beside the independent increments in the first dim rows.

    ids = (key, dim, terms).
    """
    key, dim, terms = ids[0], np.int64(ids[1]), np.int64(ids[2])
    u, v = np.empty((2, dim, LANES)), np.empty((2, dim, LANES))
    pairs = dim * (dim - 1) // 2
    left = math.pi * math.pi / 6.0
    for r in range(1, terms + 1):
        left -= 1.0 / (r * r)
    tail, zero = math.sqrt(2.0 * left), np.zeros((dim, LANES))
    for j in range(0, count, 2):
        index = (k + j) >> 1
        for p in range(pairs):
            fill_pairs(
                first,
                index,
                p,
                LEVY_AREA,
                key,
                tail,
                tail,
                buffer[j, row + p],
                buffer[j + 1, row + p],
            )
        for term in range(terms + 1):  # term 0 is the tail
            start = pairs + (0 if term == 0 else dim + 2 * dim * (term - 1))
            for i in range(dim):
                fill_pairs(first, index, start + i, LEVY_AREA, key, 1.0, 1.0, u[0, i], u[1, i])
                if term > 0:
                    fill_pairs(
                        first, index, start + dim + i, LEVY_AREA, key, 1.0, 1.0, v[0, i], v[1, i]
                    )
            for half in range(min(2, count - j)):
                p, now, root = 0, buffer[j + half], roots[k + j + half]
                for one in range(dim):
                    for two in range(one + 1, dim):
                        if term == 0:
                            _cross(
                                now[row + p],
                                tail,
                                one,
                                two,
                                now[one],
                                now[two],
                                u[half],
                                zero,
                                1.0 / root,
                            )
                        else:
                            _cross(
                                now[row + p],
                                1.0 / term,
                                one,
                                two,
                                now[one],
                                now[two],
                                u[half],
                                v[half],
                                math.sqrt(2.0) / root,
                            )
                        p += 1
        for half in range(min(2, count - j)):
            for p in range(pairs):
                for lane in range(LANES):
                    buffer[j + half, row + p, lane] *= roots[k + j + half] ** 2 / (2.0 * math.pi)


@pointer(FILL)
def loose_areas(ids, roots, table, first, k, count, buffer, row):
    """Normals of the areas' variance h^2/4, independent of dW; ids = (key, pairs)."""
    for j in range(0, count, 2):
        even, odd = 0.5 * roots[k + j] ** 2, 0.5 * roots[k + j + 1] ** 2
        for p in range(np.int64(ids[1])):
            # components from the last one down: those of the areas count up from the first
            fill_pairs(
                first,
                (k + j) >> 1,
                COMPONENTS - 1 - p,
                LEVY_AREA,
                ids[0],
                even,
                odd,
                buffer[j, row + p],
                buffer[j + 1, row + p],
            )


@pointer(FILL)
def rest_normals(ids, roots, table, first, k, count, buffer, row):
    """Further normals of the space-time expansion; ids = (key, first component, rows)."""
    for j in range(0, count, 2):
        for i in range(np.int64(ids[2])):
            fill_pairs(
                first,
                (k + j) >> 1,
                np.int64(ids[1]) + i,
                SPACE_TIME_AREA,
                ids[0],
                1.0,
                1.0,
                buffer[j, row + i],
                buffer[j + 1, row + i],
            )
