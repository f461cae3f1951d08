"""Paths on the grid on which their increments are drawn: what a key determines, and how.

The increments come first: dW_k = sqrt(dt_k) z_k with a standard normal z_k, and W is their sum from
0, from left to right. Between two grid points the path is a Brownian bridge, made of the normals of
a tree inside each step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.functions.assemble import row_step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.bridge_tree import Interior, locate
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.motion.marching import march_along
from stochcalc.motion.partition import Partition
from stochcalc.typing import Array, Integers


@row_step
def add_increment(t: float, dt: float, x: Array, dW: Array, words: Integers) -> None:
    """Move 256 paths over one step: W(t + dt) = W(t) + dW."""
    for i in range(len(x)):
        for lane in range(LANES):
            x[i, lane] += dW[i, lane]


@row_step
def keep_increment(t: float, dt: float, x: Array, dW: Array, words: Integers) -> None:
    """Put the increment of this step in the place of the state, for 256 paths."""
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
        The integer that determines the whole sample.
    factor : ndarray, shape (dim, dim), or None
        The Cholesky factor of the correlation of the components.
    means : Means
        By which means the numbers are drawn.
    """

    partition: Partition
    paths: int
    dim: int
    key: int
    factor: Array | None = None
    means: runner.Means = field(default_factory=runner.Means)

    def noise(self, plain: bool = False) -> KeyedNoise:
        """Return the increments as a source; `plain` asks for a float instead of a vector."""
        size = self.dim
        if plain:
            size = 0
        return KeyedNoise(key=self.key, steps=self.partition.steps, size=size, factor=self.factor)

    def increments(self, first: int) -> Array:
        """Return the increments of all steps, flat over (steps, dim)."""
        return self._march(keep_increment, np.arange(1, self.partition.n + 1), first)

    def values(self, keep: Integers, first: int) -> Array:
        """Return W after the steps `keep`, which increase, flat over (steps, dim)."""
        return self._march(add_increment, keep, first)

    def at(self, times: Array, first: int, stored: Array | None = None) -> Array:
        """Return W at any times in the grid's interval, flat over (times, dim).

        Values at all grid times that are `stored`, shape (paths, n + 1[, dim]), are not made again.
        """
        cells, inside, rest = locate(times, self.partition.times, self.partition.steps)
        paths = self.paths - first
        if not inside.any() and not rest.any():
            points, values = self._at_grid_points(cells, first, stored)
            chosen = np.take(values.reshape(paths, -1, self.dim), points, axis=1)
            return chosen.reshape(paths, -1)
        ends = np.append(cells, np.minimum(cells + 1, self.partition.n))
        points, values = self._at_grid_points(ends, first, stored)
        job = Interior(
            key=self.key,
            paths=self.paths,
            dim=self.dim,
            factor=self.factor,
            steps=self.partition.steps,
            cells=cells,
            inside=inside,
            rest=rest,
            values=values,
            left=points[: len(cells)],
            right=points[len(cells) :],
            offset=first,
        )
        return self._rows(job, first)

    def _at_grid_points(
        self, indices: Integers, first: int, stored: Array | None
    ) -> tuple[Integers, Array]:
        """Return where to find W at the grid points of these numbers, and the values to look in.

        The values are flat over (points, dim), of all grid points if they are stored, else of those
        that are asked for.
        """
        if stored is not None:
            return indices, stored[first : self.paths].reshape(self.paths - first, -1)
        keep, where = np.unique(indices, return_inverse=True)
        return where, self.values(keep, first)

    def _march(self, step: Callable[[], Pointer], keep: Integers, first: int) -> Array:
        """Return the state of a block step after the steps `keep`, flat over (steps, dim)."""
        scalar = self.dim == 1
        dim = self.dim
        if scalar:
            dim = 0
        job = march_along(
            self,
            step,
            dim=dim,
            kept=self.dim,
            keep=keep,
            noise=self.noise(plain=scalar),
        )
        return self._rows(job, first)

    def _rows(self, job: March | Interior, first: int) -> Array:
        """Run a job for the paths from number `first` on and return its rows."""
        blocks = range(first // LANES, blocks_of(self.paths))
        return runner.rows(job, blocks=blocks, **self.means)
