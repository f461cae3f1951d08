"""Paths on the grid on which their increments are drawn: what a key determines, and how.

Increments are primary: dW_k = sqrt(dt_k) z_k, and W is their left-to-right sum from 0. Between two
grid points the path is a Brownian bridge, made of the normals of a tree inside each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.functions.assemble import row_step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.bridge_tree import Interior, locate
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.motion.marching import march_along
from stochcalc.motion.partition import Partition


@row_step
def walk(t, dt, x, dW, words):
    """Move by the increment: W is the sum of its increments."""
    for i in range(len(x)):
        for lane in range(LANES):
            x[i, lane] += dW[i, lane]


@row_step
def increment(t, dt, x, dW, words):
    """Become the increment."""
    for i in range(len(x)):
        for lane in range(LANES):
            x[i, lane] = dW[i, lane]


@dataclass(frozen=True, eq=False)
class DrawnPaths:
    """Brownian paths as a pure function of (key, path, step): a few integers and a grid.

    The methods take the number of the first path that is wanted, a multiple of 256, and return rows
    of numbers for the paths from there on.

    Attributes
    ----------
    partition : Partition
        The grid on which the increments are drawn.
    paths, dim : int
        Number of paths, number of components.
    key : int
        Names the whole sample.
    factor : ndarray, shape (dim, dim), or None
        The Cholesky factor of the correlation of the components.
    workers : int or None
        Threads; None for all CPUs.
    """

    partition: Partition
    paths: int
    dim: int
    key: int
    factor: NDArray[np.float64] | None = None
    workers: int | None = None

    def noise(self, plain: bool = False) -> KeyedNoise:
        """Return the increments as a source; `plain` asks for a float instead of a vector."""
        size = 0 if plain else self.dim
        return KeyedNoise(self.key, self.partition.steps, size, self.factor)

    def increments(self, first: int) -> NDArray[np.float64]:
        """Return the increments of all steps, flat over (steps, dim)."""
        return self._march(increment, np.arange(1, self.partition.n + 1), first)

    def values(self, keep: NDArray[np.int64], first: int) -> NDArray[np.float64]:
        """Return W after the steps `keep`, which increase, flat over (steps, dim)."""
        return self._march(walk, keep, first)

    def at(
        self, times: NDArray[np.float64], first: int, stored: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return W at any times in the grid's interval, flat over (times, dim).

        Values at all grid times that are `stored`, shape (paths, n + 1[, dim]), are not made again.
        """
        cells, inside, rest = locate(times, self.partition.times, self.partition.steps)
        left = self._at_grid_points(cells, first, stored)
        if not inside.any() and not rest.any():
            return left
        next_cells = np.minimum(cells + 1, self.partition.n)
        right = self._at_grid_points(next_cells, first, stored)
        job = Interior(
            key=self.key,
            paths=self.paths,
            dim=self.dim,
            factor=self.factor,
            steps=self.partition.steps,
            cells=cells,
            inside=inside,
            rest=rest,
            left=np.ascontiguousarray(left),
            right=np.ascontiguousarray(right),
            offset=first,
        )
        return self._rows(job, first)

    def _at_grid_points(
        self, indices: NDArray[np.int64], first: int, stored: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        """Return W at the grid points of these numbers, in any order, flat over (points, dim)."""
        paths = self.paths - first
        if stored is not None:
            return stored[first : self.paths, indices].reshape(paths, -1)
        keep, where = np.unique(indices, return_inverse=True)
        found = self.values(keep, first).reshape(paths, len(keep), self.dim)
        return found[:, where].reshape(paths, -1)

    def _march(self, step: Any, keep: NDArray[np.int64], first: int) -> NDArray[np.float64]:
        scalar = self.dim == 1
        job = march_along(
            self,
            step,
            dim=0 if scalar else self.dim,
            kept=self.dim,
            keep=keep,
            noise=self.noise(plain=scalar),
        )
        return self._rows(job, first)

    def _rows(self, job: Any, first: int) -> NDArray[np.float64]:
        blocks = range(first // LANES, blocks_of(self.paths))
        return runner.rows(job, blocks=blocks, workers=self.workers)
