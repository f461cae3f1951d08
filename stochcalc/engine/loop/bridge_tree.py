"""The path between its grid points: a dyadic tree of Brownian bridges inside every step.

Given the path at both ends of an interval of length h, its value in the middle is normal: the mean
is that of the two ends, the variance h/4. Node 1 of the tree is the middle of the step, nodes 2 and
3 are the middles of its halves, and so on for 24 levels, so that node i has the children 2 i and
2 i + 1. The normal of node i inside step k has the index k 2^24 + i and a purpose of its own. So
the path at any time is a pure function of the key, the grid and the time, and times may be asked
for in any order and in any number. Below the last level the path is taken to be a straight line,
which is off by a standard deviation of at most 2^-13 sqrt(dt).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import float64, int64, uint8, uint64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.random.fills import TREE_LEVELS, TREE_SIZE, correlate, midpoint
from stochcalc.engine.random.normal import normal
from stochcalc.engine.random.philox import BRIDGE_NODES, INDICES, check_index
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, Integers

_PURPOSE = np.uint64(BRIDGE_NODES)
# Every refinement of a grid adds about one rounding error of the time.
ROUNDINGS = 8.0


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
    float64[:, ::1],  # values (paths, points * dim)
    int64[::1],  # left (queries)
    int64[::1],  # right
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
    values,
    left,
    right,
    scratch,
    out,
    stop,
):
    """Write the path at every time that is asked for into `out`.

    Two ends close in on the time, bridge by bridge: the middle between them is drawn and becomes
    the end on its side, until the time is a node or the tree ends.
    """
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
                source = row + min(lane, count - 1)
                for i in range(dim):
                    low[i, lane] = values[source, left[query] * dim + i]
                    high[i, lane] = values[source, right[query] * dim + i]
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
                heap = 2 * heap
                if rightwards:
                    heap += 1
                width *= 0.5
            for lane in range(count):
                for i in range(dim):
                    a = low[i, lane]
                    out[row + lane, query * dim + i] = a + rest[query] * (high[i, lane] - a)


def locate(times: Array, grid: Array, steps: Array) -> tuple[Integers, Integers, Array]:
    """Return where times lie in the trees: time = grid[cell] + (inside + rest) 2^-24 step.

    A time within a few of its own rounding errors of a node is taken to be the node, so that 0.1 *
    (k + 1/2) finds the middle of a step of 0.1, and a grid that was refined several times finds the
    nodes of the first one. Where several nodes are so near, the one of the highest level is taken.

    Parameters
    ----------
    times : ndarray, shape (queries,)
        Times between the first and the last of the grid.
    grid, steps : ndarray, shapes (n + 1,) and (n,)
        The grid and the lengths of its steps.

    Returns
    -------
    cells, inside : ndarray of int, shape (queries,)
        The number of the step, and of the smallest subinterval within it.
    rest : ndarray, shape (queries,)
        The place within the subinterval, 0 <= rest < 1.
    """
    cells = np.clip(np.searchsorted(grid, times, side="right") - 1, 0, len(steps) - 1)
    position = (times - grid[cells]) / steps[cells] * TREE_SIZE
    rounding = np.spacing(np.maximum(np.abs(times), np.abs(grid[cells])))
    slack = ROUNDINGS * rounding / steps[cells] * TREE_SIZE
    position = _snap(position, slack)
    at_the_end = position >= TREE_SIZE  # which is the start of the next step
    cells = cells + at_the_end
    position = np.where(at_the_end, 0.0, np.maximum(position, 0.0))
    inside = np.floor(position)
    return cells.astype(np.int64), inside.astype(np.int64), position - inside


def _snap(position: Array, slack: Array) -> Array:
    """Move positions to the nearest node of the highest level within the slack of each, if any."""
    snapped = position
    spacing = 1.0
    while spacing <= TREE_SIZE:
        node = np.rint(position / spacing) * spacing
        near = np.abs(position - node) <= slack
        snapped = np.where(near, node, snapped)
        spacing *= 2.0
        if spacing > 2.0 * slack.max(initial=0.0):
            break  # a node of a higher level within the slack is the one that was found
    return snapped


@dataclass(frozen=True, eq=False)
class Interior:
    """A job: the path at times inside its steps, from its stored values at the ends of the steps.

    Attributes
    ----------
    key, paths, dim : int
        The key of the motion, the number of its paths and of its components.
    factor : ndarray, shape (dim, dim), or None
        The lower Cholesky factor of the correlation; None for independent components.
    steps : ndarray, shape (n,)
        The lengths of the steps.
    cells, inside, rest : ndarray, shape (queries,)
        Where the times lie, as `locate` returns it.
    values : ndarray, shape (paths, points * dim)
        The path at some grid points.
    left, right : ndarray of int, shape (queries,)
        Which of these points are the ends of the step of each time.
    offset : int
        The number of the path in the first row of `values`.
    """

    key: int
    paths: int
    dim: int
    factor: Array | None
    steps: Array
    cells: Integers
    inside: Integers
    rest: Array
    values: Array
    left: Integers
    right: Integers
    offset: int = 0

    @property
    def work(self) -> float:
        """The path-steps in all; a walk down the tree costs about six."""
        return 6.0 * self.paths * len(self.cells) * self.dim

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path."""
        return len(self.cells) * self.dim

    def prepare(self) -> None:
        """Compile the walk, by computing no block."""
        self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(
        self, first: int, last: int, rows: Array | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Return the path of blocks first .. last - 1 at all times."""
        check_index("step", len(self.steps), INDICES // TREE_SIZE)
        start = first * LANES
        end = min(last * LANES, self.paths)
        if rows is None:
            rows = np.empty((max(end - start, 0), self.columns))
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
            self.values[max(start - self.offset, 0) :],
            self.left,
            self.right,
            np.empty((3, self.dim, LANES)),
            rows,
            stop,
        )
        health = np.zeros((last - first, 2), np.int64)
        return Partial(first=first, rows=rows, records=None, health=health)
