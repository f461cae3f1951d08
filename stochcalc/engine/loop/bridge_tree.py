"""The path between its grid points: a dyadic tree of keyed bridge nodes inside every step.

Node 1 is the middle of the step, nodes 2 and 3 its quarters, and so on for 24 levels (heap order);
the normal of node h inside step k has index k 2^24 + h and purpose 1. So the path at any time is a
pure function of the key, the grid and the time: queries may come in any order and in any number.
Below the last level the path is the straight line, off by a standard deviation of at most 2^-13
sqrt(dt).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, uint8, uint64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.loop.runner import Partial
from stochcalc.engine.random.fills import TREE_LEVELS, TREE_SIZE, correlate, midpoint
from stochcalc.engine.random.normal import normal
from stochcalc.engine.random.philox import BRIDGE_NODES, INDICES, check_index
from stochcalc.engine.statistics import LANES

_PURPOSE = np.uint64(BRIDGE_NODES)


_WALK_DOWN = void(
    int64,  # first block
    int64,  # last block
    int64,  # paths
    uint64,  # key
    float64[:, ::1],  # lower Cholesky factor, or nothing for independent components
    float64[::1],  # steps
    int64[::1],  # cells
    int64[::1],  # inside
    float64[::1],  # rest
    float64[:, ::1],  # left (paths, queries * dim)
    float64[:, ::1],  # right
    float64[:, :, ::1],  # scratch (3, dim, lanes)
    float64[:, ::1],  # out (paths, queries * dim)
    uint8[::1],  # stop
)


@pointer(_WALK_DOWN)
def walk_down(
    first_block,
    last_block,
    paths,
    key,
    factor,
    steps,
    cells,
    inside,
    rest,
    left,
    right,
    scratch,
    out,
    stop,
):
    """Walk down the tree of every query: the two ends close in on its time, bridge by bridge."""
    low = scratch[0]
    high = scratch[1]
    z = scratch[2]
    dim = len(z)
    for block in range(first_block, last_block):
        first = block * LANES
        row = first - first_block * LANES
        count = paths - first
        if count > LANES:
            count = LANES
        for query in range(len(cells)):
            if stop[0] != 0:
                return
            for lane in range(LANES):
                source = row + (lane if lane < count else count - 1)
                for i in range(dim):
                    low[i, lane] = left[source, query * dim + i]
                    high[i, lane] = right[source, query * dim + i]
            width = steps[cells[query]]
            heap = 1
            p = inside[query]
            for level in range(TREE_LEVELS):
                half = TREE_SIZE >> (level + 1)
                if p & (2 * half - 1) == 0 and rest[query] == 0.0:
                    break
                for i in range(dim):
                    index = cells[query] * TREE_SIZE + heap
                    for lane in range(LANES):
                        z[i, lane] = normal(first + lane, index, i, _PURPOSE, key)
                if len(factor) > 0:
                    correlate(factor, 1.0, z, 0)
                rightwards = p & half != 0
                ends = low if rightwards else high
                for i in range(dim):
                    for lane in range(LANES):
                        ends[i, lane] = midpoint(low[i, lane], high[i, lane], width, z[i, lane])
                heap = 2 * heap + (1 if rightwards else 0)
                width *= 0.5
            for lane in range(count):
                for i in range(dim):
                    a = low[i, lane]
                    out[row + lane, query * dim + i] = a + rest[query] * (high[i, lane] - a)


def locate(
    times: NDArray[np.float64], grid: NDArray[np.float64], steps: NDArray[np.float64]
) -> tuple[NDArray[Any], ...]:
    """(cells, inside, rest): time = grid[cell] + (inside + rest) 2^-24 step, with 0 <= rest < 1.

    A time within its own rounding error of a node is taken to be the node, so that 0.1 * (k + 1/2)
    finds the middle of a step of 0.1.
    """
    cells = np.clip(np.searchsorted(grid, times, side="right") - 1, 0, len(steps) - 1)
    position = (times - grid[cells]) / steps[cells] * TREE_SIZE
    nearest = np.rint(position)
    slack = (
        2.0 * np.spacing(np.maximum(np.abs(times), np.abs(grid[cells]))) / steps[cells] * TREE_SIZE
    )
    position = np.where(np.abs(position - nearest) <= slack, nearest, position)
    next_cell = position >= TREE_SIZE
    cells, position = cells + next_cell, np.where(next_cell, 0.0, np.maximum(position, 0.0))
    inside = np.floor(position)
    return cells.astype(np.int64), inside.astype(np.int64), position - inside


@dataclass(frozen=True, eq=False)
class Interior:
    """A job: the path at given places inside its steps, from the stored values at the ends of those
    steps.

    `left` and `right` have shape (paths, queries * dim); `offset` is the number of their first
    path.
    """

    key: int
    paths: int
    dim: int
    factor: NDArray[np.float64] | None
    steps: NDArray[np.float64]
    cells: NDArray[np.int64]
    inside: NDArray[np.int64]
    rest: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    offset: int = 0

    @property
    def work(self) -> float:
        return 6.0 * self.paths * len(self.cells) * self.dim

    @property
    def columns(self) -> int:
        return len(self.cells) * self.dim

    def prepare(self) -> None:
        """Compile, by computing nothing."""
        self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        check_index("step", len(self.steps), INDICES // TREE_SIZE)
        start, end = first * LANES, min(last * LANES, self.paths)
        out = rows if rows is not None else np.empty((max(end - start, 0), self.columns))
        factor = np.empty((0, 0)) if self.factor is None else self.factor
        # The last grid point is asked for as the start of a step.
        cells = np.minimum(self.cells, len(self.steps) - 1)
        walk_down()(
            first,
            last,
            self.paths,
            self.key,
            factor,
            self.steps,
            cells,
            self.inside,
            self.rest,
            self.left[max(start - self.offset, 0) :],
            self.right[max(start - self.offset, 0) :],
            np.empty((3, self.dim, LANES)),
            out,
            stop,
        )
        return Partial(first, out, None, np.zeros((last - first, 2), np.int64))
