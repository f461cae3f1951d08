"""Statistics that can be merged: a million paths are summed up in a few numbers.

A *record* is an array (7, S) for S quantities at once. Its rows are the count n, the mean m, the
sums M2, M3, M4 of the second to fourth powers of the deviations x - m, the smallest and the largest
value. Every block makes a record, `merge` combines two, and `Tree` combines many in an order that
is fixed by the block numbers alone. So neither threads nor the sizes of tasks nor restarts change a
bit. The variance is M2/(n - 1), never E[x^2] - E[x]^2, which cancels.

Two samples a and b with d = m_b - m_a and n = n_a + n_b have together

    m  = m_a + n_b d/n
    M2 = M2_a + M2_b + d^2 n_a n_b/n
    M3 = M3_a + M3_b + d^3 n_a n_b (n_a - n_b)/n^2 + 3 (d/n) (n_a M2_b - n_b M2_a)
    M4 = M4_a + M4_b + d^4 n_a n_b (n_a^2 - n_a n_b + n_b^2)/n^3
         + 6 (d/n)^2 (n_a^2 M2_b + n_b^2 M2_a) + 4 (d/n) (n_a M3_b - n_b M3_a).

Source: Pebay, "Formulas for robust, one-pass parallel computation of covariances and
arbitrary-order statistical moments", Sandia report SAND2008-6212, equations (2.1), (3.1).
"""

from __future__ import annotations

import numpy as np
from numba import boolean, float64, int64, void

from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.typing import Array, Integers

LANES = 256  # paths of a block
FIELDS = 7  # rows of a record
CHUNK = 64 * LANES  # stored paths whose blocks are summed up at once
Record = Array  # shape (7, S)


@routine
def _fold(buffer):
    """Return the sum of the lanes: halves are added to each other, in a fixed order."""
    width = LANES // 2
    while width > 0:
        for lane in range(width):
            buffer[lane] += buffer[lane + width]
        width //= 2
    return buffer[0]


@routine
def _largest(buffer):
    """Return the largest of the lanes, or nan if one of them is nan."""
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
    """Write the record of values[:count], one number for each lane, into record (7,).

    The mean comes first and the powers of the deviations from it after, so that nothing cancels.
    """
    for lane in range(LANES):
        buffer[lane] = values[lane] if lane < count else 0.0
    mean = _fold(buffer) / count
    record[0] = count
    record[1] = mean
    for field in range(5, 7):
        sign = -1.0 if field == 5 else 1.0  # the smallest is minus the largest of minus the values
        for lane in range(LANES):
            buffer[lane] = sign * (values[lane] if lane < count else values[0])
        record[field] = sign * _largest(buffer)
    for power in range(2, 5):
        for lane in range(LANES):
            d = values[lane] - mean if lane < count else 0.0
            square = d * d
            term = square
            if power == 3:
                term = square * d
            if power == 4:
                term = square * square
            buffer[lane] = term
        record[power] = _fold(buffer)


def merge(a: Record, b: Record) -> Record:
    """Return the record of two samples together; `a` and `b` have shape (..., 7, S).

    Samples that overflow merge to inf and nan, without a warning.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return _merge(a, b)


def _merge(a: Record, b: Record) -> Record:
    """Return the record of two samples by the formulas above."""
    na, ma, a2, a3, a4 = (a[..., i, :] for i in range(5))
    nb, mb, b2, b3, b4 = (b[..., i, :] for i in range(5))
    n = na + nb
    d = mb - ma
    dn = d / n
    square = dn * dn
    cross = d * dn * na * nb
    out = np.empty_like(a)
    out[..., 0, :] = n
    out[..., 1, :] = ma + nb * dn
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
    """Records merged by block number, as the nodes of one fixed binary tree.

    Node (0, b) is the record of block b, and node (level, i) is the merge of its children
    (level - 1, 2i) and (level - 1, 2i + 1). A node whose sibling is missing waits. Blocks may come
    in any order and in any groups: few nodes wait while they come nearly in order, and `total`
    depends on the number of blocks only.
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
                first += 1
                records = records[1:]
            if len(records) & 1:
                self._carry(level, first + len(records) - 1, records[-1])
                records = records[:-1]
            if len(records):
                records = merge(records[0::2], records[1::2])
            first >>= 1
            level += 1

    def _carry(self, level: int, i: int, record: Record) -> None:
        """Add node (level, i); merge it with its sibling if that waits, and so on upwards."""
        while (level, i ^ 1) in self.pending:
            sibling = self.pending.pop((level, i ^ 1))
            if i & 1:
                record = merge(sibling, record)
            else:
                record = merge(record, sibling)
            level += 1
            i >>= 1
        self.pending[level, i] = record

    def union(self, other: Tree) -> None:
        """Add the nodes of a tree over other blocks, which may come from another process."""
        for (level, i), record in other.pending.items():
            self._carry(level, i, record)

    def total(self) -> Record:
        """Return the record of all blocks: waiting nodes merge from small subtrees to large."""
        nodes = sorted(self.pending.items())
        total = nodes[0][1]
        for _, record in nodes[1:]:
            total = merge(record, total)
        return total


def blocks_of(paths: int) -> int:
    """Return the number of blocks of 256 that hold `paths` paths."""
    return -(-paths // LANES)  # rounded up


# The signature of a sink: what is called for every saved time of every block.
SINK = void(
    float64[:, ::1],  # seen: the observed numbers (kept, lanes)
    float64[:, ::1],  # a sheet to work on
    int64,  # saved: the number of the saved time
    boolean,  # whether it is the last
    int64,  # lanes in use
    float64[:, :, ::1],  # out
    int64,  # number of the first path in out
)


@pointer(SINK)
def keep_records(seen, sheet, saved, last, count, out, row):
    """Keep the statistics of whole blocks in out (blocks, 7, times * kept)."""
    for i in range(len(seen)):
        record = out[row // LANES, :, saved * len(seen) + i]
        block_moments(seen[i], count, sheet[0], record)


def count_nonfinite(rows: Array, blocks: int, start: int) -> Integers:
    """Return for each block how many of its rows are not finite, and the first of these paths.

    Parameters
    ----------
    rows : ndarray, shape (paths, numbers)
        Numbers of consecutive paths.
    blocks : int
        How many blocks they fill.
    start : int
        The number of the path in the first row.
    """
    health = np.zeros((blocks, 2), np.int64)
    bad = ~np.isfinite(rows).all(axis=1)
    for path in np.flatnonzero(bad)[::-1]:  # backwards: the first comes last, and stays
        block = path // LANES
        health[block, 0] += 1
        health[block, 1] = start + path
    return health


def block_records(rows: Array) -> Array:
    """Return the records (blocks, 7, S) of stored numbers (paths, S), 256 paths each."""
    columns = rows.shape[1]
    out = np.empty((blocks_of(len(rows)), FIELDS, columns))
    seen = np.zeros((columns, LANES))
    sheet = np.empty((1, LANES))
    for first in range(0, len(rows), LANES):
        block = rows[first : first + LANES]
        seen[:, : len(block)] = block.T
        keep_records()(seen, sheet, 0, True, len(block), out, first)
    return out


def record_of_rows(rows: Array) -> Record:
    """Return the record of stored numbers (paths, S), with the bits of a streamed run."""
    tree = Tree()
    for first in range(0, len(rows), CHUNK):
        tree.add(first // LANES, block_records(rows[first : first + CHUNK]))
    return tree.total()
