"""Mergeable statistics: what a million paths leave behind.

A *record* is a (7, S) array: count, mean, M2, M3, M4 (sums of powers of the deviation from the
mean), smallest, largest, for S quantities at once. Blocks make records, `merge` combines two, and
`Tree` combines them in an order fixed by the block ids alone, so neither threads nor chunks nor
shards nor restarts can change a bit. Never E[x^2] - E[x]^2.

Source: Pebay, "Formulas for robust, one-pass parallel computation of covariances and
arbitrary-order statistical moments", Sandia report SAND2008-6212, equations (2.1), (3.1).
"""

from __future__ import annotations

import numpy as np
from numba import boolean, float64, int64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import pointer

LANES = 256
FIELDS = 7
Record = NDArray[np.float64]


@routine
def _fold(buffer):
    """Sum of the lanes by halving: vector adds in a fixed order."""
    width = LANES // 2
    while width > 0:
        for lane in range(width):
            buffer[lane] += buffer[lane + width]
        width //= 2
    return buffer[0]


@routine
def _largest(buffer):
    width = LANES // 2
    while width > 0:
        for lane in range(width):
            a = buffer[lane]
            b = buffer[lane + width]
            buffer[lane] = b if (b > a) | (b != b) else a  # nan wins, as in np.maximum
        width //= 2
    return buffer[0]


@routine
def block_moments(values, count, buffer, record):
    """Write the record of values[:count], one number per lane, into record (7,); two passes, so
    nothing cancels.
    """
    for lane in range(LANES):
        buffer[lane] = values[lane] if lane < count else 0.0
    mean = _fold(buffer) / count
    record[0], record[1] = count, mean
    for field in range(5, 7):
        sign = -1.0 if field == 5 else 1.0  # the smallest is minus the largest of minus the values
        for lane in range(LANES):
            buffer[lane] = sign * (values[lane] if lane < count else values[0])
        record[field] = sign * _largest(buffer)
    for power in range(2, 5):
        for lane in range(LANES):
            d = values[lane] - mean if lane < count else 0.0
            square = d * d
            buffer[lane] = square if power == 2 else (square * d if power == 3 else square * square)
        record[power] = _fold(buffer)


def merge(a: Record, b: Record) -> Record:
    """The record of two samples together; `a` and `b` have shape (..., 7, S).

    Samples that overflow merge to inf and nan.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return _merged(a, b)


def _merged(a: Record, b: Record) -> Record:
    na, ma, a2, a3, a4 = (a[..., i, :] for i in range(5))
    nb, mb, b2, b3, b4 = (b[..., i, :] for i in range(5))
    n = na + nb
    d = mb - ma
    dn = d / n
    square = dn * dn
    cross = d * dn * na * nb
    out = np.empty_like(a)
    out[..., 0, :], out[..., 1, :] = n, ma + nb * dn
    out[..., 2, :] = a2 + b2 + cross
    out[..., 3, :] = a3 + b3 + cross * dn * (na - nb) + 3.0 * dn * (na * b2 - nb * a2)
    out[..., 4, :] = (
        a4
        + b4
        + cross * square * (na * na - na * nb + nb * nb)
        + 6.0 * square * (na * na * b2 + nb * nb * a2)
        + 4.0 * dn * (na * b3 - nb * a3)
    )
    out[..., 5, :] = np.minimum(a[..., 5, :], b[..., 5, :])
    out[..., 6, :] = np.maximum(a[..., 6, :], b[..., 6, :])
    return out


class Tree:
    """Records merged by block id: node (level, i) is the merge of (level - 1, 2i) and (level - 1,
    2i + 1).

    Blocks may arrive in any order and in any grouping; what is pending stays logarithmic while they
    come nearly in order, and `total` depends on the number of blocks only.
    """

    def __init__(self) -> None:
        self.pending: dict[tuple[int, int], Record] = {}

    def add(self, first: int, records: Record) -> None:
        """Add the records of blocks first, first + 1, ...: shape (blocks, 7, S).

        Whole levels merge at once.
        """
        level = 0
        while len(records):
            if first & 1:
                self._carry(level, first, records[0])
                first, records = first + 1, records[1:]
            if len(records) & 1:
                self._carry(level, first + len(records) - 1, records[-1])
                records = records[:-1]
            if len(records):
                records = merge(records[0::2], records[1::2])
            first, level = first >> 1, level + 1

    def _carry(self, level: int, i: int, record: Record) -> None:
        while (level, i ^ 1) in self.pending:
            sibling = self.pending.pop((level, i ^ 1))
            record = merge(sibling, record) if i & 1 else merge(record, sibling)
            level, i = level + 1, i >> 1
        self.pending[level, i] = record

    def union(self, other: Tree) -> None:
        """Add the nodes of a tree over other blocks: a shard computed elsewhere."""
        for (level, i), record in other.pending.items():
            self._carry(level, i, record)

    def total(self) -> Record:
        """The record of all blocks: the right edge folded from small subtrees to large ones."""
        nodes = sorted(self.pending.items())
        total = nodes[0][1]
        for _, record in nodes[1:]:
            total = merge(record, total)
        return total


def blocks_of(paths: int) -> int:
    """Number of blocks of 256 that hold `paths` paths."""
    return -(-paths // LANES)


# sink(seen, sheet to work on, number of the save, whether it is the last, lanes in use, out, number
# of the first path in out)
SINK = void(
    float64[:, ::1],
    float64[:, ::1],
    int64,
    boolean,
    int64,
    float64[:, :, ::1],
    int64,
)


@pointer(SINK)
def keep_records(seen, sheet, saved, last, count, out, row):
    """Keep statistics of whole blocks: out (blocks, 7, times * kept)."""
    for i in range(len(seen)):
        record = out[row // LANES, :, saved * len(seen) + i]
        block_moments(seen[i], count, sheet[0], record)


def block_records(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Records (blocks, 7, S) of stored numbers (paths, S), 256 paths each."""
    blocks, columns = blocks_of(len(rows)), rows.shape[1]
    out = np.empty((blocks, FIELDS, columns))
    seen = np.zeros((columns, LANES))
    sheet = np.empty((1, LANES))
    for first in range(0, len(rows), LANES):
        some = rows[first : first + LANES]
        seen[:, : len(some)] = some.T
        keep_records()(seen, sheet, 0, True, len(some), out, first)
    return out


def record_of_rows(rows: NDArray[np.float64]) -> Record:
    """The record of stored numbers (paths, S): the bits a streamed run would have given."""
    tree, chunk = Tree(), 64 * LANES
    for first in range(0, len(rows), chunk):
        tree.add(first // LANES, block_records(rows[first : first + chunk]))
    return tree.total()
