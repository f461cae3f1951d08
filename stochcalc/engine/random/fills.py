"""Fills: what writes the noise of a few steps into a buffer of (steps, rows, lanes).

A *fill* writes the noise of steps k .. k + count - 1 (k even) of consecutive paths, one in each
lane, into buffer[:, row:, :]. Integers, one scale for each step (roots of the step sizes, mostly)
and one table are all that a fill may need. Fills run one after the other, so that one may work on
what another wrote: correlated increments are normals first. The fills of a run travel to the time
loop as a table of words, one row for each (see `engine.compiler.words`).

Every fill has the same arguments:

    ids      (any,) integers, such as the key and the purpose
    roots    (any,) one scale for each step
    table    (any, any, any) what else it needs: stored increments, a matrix, or a workspace
    first    the path of the first lane
    k        the first step
    count    how many steps
    buffer   (steps, rows, lanes) where the noise is written
    row      the first row of the buffer that is this fill's
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numba import float64, int64, types, uint64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.calls import build_caller, build_reader
from stochcalc.engine.compiler.jit import leaf, routine
from stochcalc.engine.compiler.pointers import Pointer, pointer
from stochcalc.engine.compiler.words import choose_converters, convert
from stochcalc.engine.random.normal import fill_pairs
from stochcalc.engine.random.philox import BRIDGE_NODES
from stochcalc.typing import Array, Integers

Ids: TypeAlias = NDArray[np.uint64]

TREE_LEVELS = 24
TREE_SIZE = 1 << TREE_LEVELS
_BRIDGE_NODES = np.uint64(BRIDGE_NODES)

_DATA = (uint64[::1], float64[::1], float64[:, :, ::1])  # ids, roots, table
_ROW = types.Tuple((int64, int64, *_DATA))  # the first row of the buffer, the fill's address, data
_CONVERTERS = choose_converters(_ROW)
FILL = void(*_DATA, int64, int64, int64, float64[:, :, ::1], int64)

# (first row, fill, its ids, roots and table); the ids are uint64
Fill = tuple[int, Pointer, Ids, Array, Array]

_call_fill = build_caller(FILL)
_read_row = build_reader(_ROW)


def pack_fills(fills: Sequence[Fill]) -> Integers:
    """Return the table of words of these fills, whose arrays must outlive it."""
    rows = [convert(_CONVERTERS, (row, fill.address, *data)) for row, fill, *data in fills]
    return np.stack(rows)


@routine
def draw(fills, first, k, count, buffer):
    """Let every fill write its rows for steps k .. k + count - 1 of the paths from `first` on."""
    for i in range(len(fills)):
        row, address, ids, roots, table = _read_row(fills[i])
        _call_fill(address, (ids, roots, table, first, k, count, buffer, row))


@leaf
def midpoint(left, right, width, z):
    """Return a Brownian bridge at the middle of an interval of length `width`, from a normal z.

    Its law is N((left + right) / 2, width / 4).
    """
    return 0.5 * (left + right) + 0.5 * math.sqrt(width) * z


@pointer(FILL)
def fill_normals(ids, roots, table, first, k, count, buffer, row):
    """Write rows of independent normals, of which those of step k are multiplied by roots[k].

    ids is (key, purpose, first component, rows). `roots` has one entry more than there are steps,
    because an odd number of steps is filled in pairs too. If it has a single entry, the normals are
    left as they are.
    """
    component = np.int64(ids[2])
    scaled = len(roots) > 1
    even = 1.0
    odd = 1.0
    for j in range(0, count, 2):
        if scaled:
            even = roots[k + j]
            odd = roots[k + j + 1]
        for i in range(np.int64(ids[3])):
            fill_pairs(
                first,
                (k + j) >> 1,
                component + i,
                ids[1],
                ids[0],
                even,
                odd,
                buffer[j, row + i],
                buffer[j + 1, row + i],
            )


@pointer(FILL)
def fill_correlated(ids, roots, table, first, k, count, buffer, row):
    """Replace the rows z_k of step k, which another fill wrote, by roots[k] L z_k.

    L is table[0], a lower triangular matrix. If `roots` has a single entry, z_k becomes L z_k.
    """
    scale = 1.0
    for j in range(count):
        if len(roots) > 1:
            scale = roots[k + j]
        correlate(table[0], scale, buffer[j], row)


@routine
def correlate(factor, scale, z, row):
    """Replace rows z[row], z[row + 1], ... by scale * (L z) for a lower triangular `factor` L.

    This is done from the last row up, so that no row is overwritten before it is read.
    """
    dim = len(factor)
    for back in range(dim):
        i = dim - 1 - back
        for lane in range(z.shape[1]):
            total = factor[i, 0] * z[row, lane]
            for j in range(1, i + 1):
                total += factor[i, j] * z[row + j, lane]
            z[row + i, lane] = scale * total


@pointer(FILL)
def fill_component(ids, roots, table, first, k, count, buffer, row):
    """Write one component roots[k] (L z_k)_i of correlated increments, from its row of L alone.

    ids is (key, purpose). table (3, i + 1, lanes) has the row of L, each number in all lanes, and
    room for the normals z of two steps. The products are added in the order of `correlate`.
    """
    lanes = buffer.shape[2]
    for j in range(0, count, 2):
        for i in range(table.shape[1]):
            even = table[1, i, :lanes]
            odd = table[2, i, :lanes]
            fill_pairs(first, (k + j) >> 1, i, ids[1], ids[0], 1.0, 1.0, even, odd)
        for half in range(min(2, count - j)):
            scale = roots[k + j + half]
            for lane in range(lanes):
                total = table[0, 0, lane] * table[1 + half, 0, lane]
                for i in range(1, table.shape[1]):
                    total += table[0, i, lane] * table[1 + half, i, lane]
                buffer[j + half, row, lane] = scale * total


@pointer(FILL)
def fill_stored(ids, roots, table, first, k, count, buffer, row):
    """Write increments read from table (paths, n, dim), whose first row is path ids[0].

    Lanes beyond the last path get the increments of the last path.
    """
    last = len(table) - 1
    for j in range(count):
        for i in range(table.shape[2]):
            for lane in range(buffer.shape[2]):
                path = min(first - np.int64(ids[0]) + lane, last)
                buffer[j, row + i, lane] = table[path, k + j, i]


@pointer(FILL)
def fill_bridge_nodes(ids, roots, table, first, k, count, buffer, row):
    """Write the normals of nodes of the bridge tree inside each step, one row per node.

    ids is (key, node, node, ...), with nodes in heap order. table (1, 1, lanes) is a workspace for
    the other normal of each pair.
    """
    other = table[0, 0, : buffer.shape[2]]
    for j in range(count):
        for i in range(1, len(ids)):
            node = np.int64(np.uint64((k + j) * TREE_SIZE) + ids[i])
            even = buffer[j, row + i - 1]
            odd = other
            if node & 1 != 0:
                even, odd = odd, even
            fill_pairs(first, node >> 1, 0, _BRIDGE_NODES, ids[0], 1.0, 1.0, even, odd)
