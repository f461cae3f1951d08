"""Noise for the lane loop: callbacks that fill a buffer of (steps, rows, lanes) from integers, or
from a stored array.

A *fill* writes the noise of steps k .. k + count - 1 (k even) of 256 consecutive paths into
buffer[:, row:, :]. The time loop knows nothing else about randomness, so a streamed path, a stored
path, a bridge node and a chain's noise all reach a scheme in the same way. A *source* says which
fills a problem needs, for a range of paths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numba import float64, int64, uint64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.jit import callback, kernel, leaf, routine
from stochcalc.engine.random.normal import fill_pairs, fill_single, normal_pair
from stochcalc.engine.random.philox import (
    BRIDGE_NODES,
    COMPONENTS,
    INCREMENTS,
    INDICES,
    PATHS,
    check_index,
)
from stochcalc.engine.statistics import LANES

TREE_LEVELS = 24
TREE_SIZE = 1 << TREE_LEVELS

# fill(ids, roots, table, first_path, k, count, buffer, row): integers, sqrt(dt_k) and one table are
# all a fill may need
FILL = void(
    uint64[::1], float64[::1], float64[:, :, ::1], int64, int64, int64, float64[:, :, ::1], int64
)
_NO_FLOATS, _NO_TABLE = np.zeros(1), np.zeros((1, 1, 1))

# (first row, fill, its ids, roots and table). The row comes first: Numba warns of tuples that begin
# with a function.
Fill = tuple[int, Any, NDArray[np.uint64], NDArray[np.float64], NDArray[np.float64]]


@callback(FILL)
def independent(ids, roots, table, first, k, count, buffer, row):
    """Increments sqrt(dt_k) z_k; ids = (key, purpose, dim); `roots` is padded by one entry for an
    odd number of steps.
    """
    key, purpose, dim = ids[0], ids[1], np.int64(ids[2])
    for j in range(0, count, 2):
        r0, r1 = roots[k + j], roots[k + j + 1]
        for i in range(dim):
            fill_pairs(
                first,
                (k + j) >> 1,
                i,
                purpose,
                key,
                r0,
                r1,
                buffer[j, row + i],
                buffer[j + 1, row + i],
            )


@callback(FILL)
def correlated(ids, roots, table, first, k, count, buffer, row):
    """Increments sqrt(dt_k) L z_k with L = table[0]; ids = (key, purpose, dim)."""
    key, purpose, dim = ids[0], ids[1], np.int64(ids[2])
    for j in range(0, count, 2):
        for i in range(dim):
            fill_pairs(
                first,
                (k + j) >> 1,
                i,
                purpose,
                key,
                1.0,
                1.0,
                buffer[j, row + i],
                buffer[j + 1, row + i],
            )
    for j in range(count):
        correlate(table[0], roots[k + j], buffer[j], row)


@routine
def correlate(factor, scale, z, row):
    """Replace the rows z by scale * (L z), L lower triangular: from the last row up, so it can be
    done in place.
    """
    dim = len(factor)
    for back in range(dim):
        i = dim - 1 - back
        for lane in range(LANES):
            total = factor[i, 0] * z[row, lane]
            for j in range(1, i + 1):
                total += factor[i, j] * z[row + j, lane]
            z[row + i, lane] = scale * total


@callback(FILL)
def stored(ids, roots, table, first, k, count, buffer, row):
    """Increments read from table (paths, n, dim), whose first row is path ids[0]."""
    last = len(table) - 1
    for j in range(count):
        for i in range(table.shape[2]):
            for lane in range(LANES):
                buffer[j, row + i, lane] = table[
                    min(first - np.int64(ids[0]) + lane, last), k + j, i
                ]


@callback(FILL)
def plain_normals(ids, roots, table, first, k, count, buffer, row):
    """One row of standard normals; ids = (key, purpose, component)."""
    for j in range(0, count, 2):
        fill_pairs(
            first,
            (k + j) >> 1,
            ids[2],
            ids[1],
            ids[0],
            1.0,
            1.0,
            buffer[j, row],
            buffer[j + 1, row],
        )


@callback(FILL)
def bridge_nodes(ids, roots, table, first, k, count, buffer, row):
    """The normals of tree nodes inside each step, one row per node; ids = (key, node, node, ...) in
    heap order.
    """
    scratch = np.empty(LANES)
    for j in range(count):
        for i in range(1, len(ids)):
            index = np.uint64((k + j) * TREE_SIZE) + ids[i]
            fill_single(first, index, 0, BRIDGE_NODES, ids[0], buffer[j, row + i - 1], scratch)


@leaf
def midpoint(left, right, width, z):
    """Brownian bridge at the middle of an interval of length `width`: N((left + right) / 2, width /
    4).
    """
    return 0.5 * (left + right) + 0.5 * math.sqrt(width) * z


class Source(Protocol):
    """Where a march gets its noise."""

    @property
    def size(self) -> int:
        """Rows of noise a step sees; 0 for a plain float."""

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """The fills for paths first .. last - 1, each with its data and its first row."""


def _ids(*integers: int) -> NDArray[np.uint64]:
    return np.array(integers, dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class KeyedNoise:
    """Increments made on the spot from a key: the noise of a streamed path, bit for bit that of the
    stored one.
    """

    key: int
    steps: NDArray[np.float64]
    size: int = 0
    factor: NDArray[np.float64] | None = None
    purpose: int = INCREMENTS

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", len(self.steps), INDICES)
        check_index("component", max(self.size, 1) - 1, COMPONENTS)
        roots, ids = (
            np.append(np.sqrt(self.steps), 0.0),
            _ids(self.key, self.purpose, max(self.size, 1)),
        )
        if self.factor is None:
            return ((0, independent(), ids, roots, _NO_TABLE),)
        return ((0, correlated(), ids, roots, self.factor[None]),)


@dataclass(frozen=True, eq=False)
class StoredNoise:
    """Increments read from an array (paths, n, dim) whose first row is path `offset`."""

    increments: NDArray[np.float64]
    size: int = 0
    offset: int = 0

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        table = np.ascontiguousarray(self.increments).view()
        try:
            table.flags.writeable = True  # a type for Numba; nothing writes to it
        except ValueError:  # an array that owns its read-only data, as one that has travelled does
            table = table.copy()
        return ((0, stored(), _ids(self.offset), _NO_FLOATS, table),)


@dataclass(frozen=True, eq=False)
class DerivedNoise:
    """Increments of a refined or coarsened motion, made for the blocks that are wanted."""

    motion: Any
    size: int

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        motion, shape = self.motion, (-1, self.motion.partition.n, self.motion.dim)
        if last <= first:
            made = np.empty((1, 1, motion.dim))
        else:
            cached = motion.__dict__.get("increments")
            made = (
                motion._alone()._increments(first, last) if cached is None else cached[first:last]
            ).reshape(shape)
        return StoredNoise(made, self.size, first).open(first, last)


@dataclass(frozen=True, eq=False)
class Nodes:
    """Normals of bridge-tree nodes, the same heap indices inside each of n steps."""

    key: int
    n: int
    nodes: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.nodes)

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        check_index("step", self.n, INDICES // TREE_SIZE)
        return ((0, bridge_nodes(), _ids(self.key, *self.nodes), _NO_FLOATS, _NO_TABLE),)


@dataclass(frozen=True, eq=False)
class Extra:
    """One row of standard normals of another purpose, beside the increments."""

    key: int
    purpose: int
    component: int = 0
    size: int = 1

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        return (
            (
                0,
                plain_normals(),
                _ids(self.key, self.purpose, self.component),
                _NO_FLOATS,
                _NO_TABLE,
            ),
        )


@dataclass(frozen=True, eq=False)
class Beside:
    """Two sources at once: the rows of the second follow those of the first."""

    first: Source
    second: Source

    @property
    def size(self) -> int:
        return max(self.first.size, 1) + max(self.second.size, 1)

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        shift = max(self.first.size, 1)
        moved = tuple((row + shift, *fill) for row, *fill in self.second.open(first, last))
        return self.first.open(first, last) + moved


@kernel
def _fill_normals(key, purpose, index, out):
    odd = index & 1 != 0
    for path in range(out.shape[0]):
        for component in range(out.shape[1]):
            even_normal, odd_normal = normal_pair(path, index >> 1, component, purpose, key)
            out[path, component] = odd_normal if odd else even_normal


def block_normals(
    key: int, purpose: int, index: int, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Standard normals (paths, components) of one index, for loops that run in NumPy: the same ones
    a lane loop sees.
    """
    out = np.empty(shape)
    _fill_normals(np.uint64(key), np.uint64(purpose), index, out)
    return out


@kernel
def _fill_paths(key, purpose, first, out):
    for row in range(out.shape[0]):
        for pair in range((out.shape[1] + 1) // 2):
            even, odd = normal_pair(first + row, pair, 0, purpose, key)
            out[row, 2 * pair] = even
            if 2 * pair + 1 < out.shape[1]:
                out[row, 2 * pair + 1] = odd


def path_normals(key: int, purpose: int, first: int, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Standard normals (paths, indices) of paths first, first + 1, ..., component 0."""
    out = np.empty(shape)
    _fill_paths(np.uint64(key), np.uint64(purpose), first, out)
    return out
