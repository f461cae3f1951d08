"""Brownian motion, the NOISE of everything else: a pure function of (key, path, step).

Increments are primary: dW_k = sqrt(dt_k) z_k, and W is their left-to-right sum from 0. The path
between grid points is a Brownian bridge that is already there (see `BrownianPaths.at`): refining,
coarsening and asking for a time never change it, in whatever order they come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import row_step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.bridge_tree import Interior, locate
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.fills import Fill
from stochcalc.engine.random.philox import COMPONENTS, PATHS, make_key
from stochcalc.engine.random.sources import KeyedNoise, StoredNoise
from stochcalc.engine.statistics import LANES, blocks_of
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
class DerivedNoise:
    """Increments of a refined or coarsened motion, made for the blocks that are wanted."""

    motion: BrownianPaths
    size: int

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """The fill that reads the increments of paths first .. last - 1."""
        made = self.motion.block_increments(first, last)
        return StoredNoise(made, self.size, first).open(first, last)


@dataclass(frozen=True, eq=False)
class BrownianPaths:
    """Brownian paths on a partition, stored or streamed; made by `brownian`, never by hand.

    Attributes
    ----------
    partition : Partition
        The grid; `.t` are its points, shape (n + 1,).
    paths, dim : int
        Number of independent paths, number of components.
    key : int
        Names the whole sample: `brownian(..., key=W.key)` is the same object again.
    store : bool
        Whether `values` may be asked for.
    """

    partition: Partition
    paths: int
    dim: int
    key: int
    store: bool
    factor: NDArray[np.float64] | None = None
    workers: int | None = None
    parent: BrownianPaths | None = None
    joined: int = 0

    @property
    def t(self) -> NDArray[np.float64]:
        """Grid times, shape (n + 1,)."""
        return self.partition.times

    @property
    def numbers(self) -> int:
        """Numbers in one path: (n + 1) dim."""
        return (self.partition.n + 1) * self.dim

    @property
    def root(self) -> BrownianPaths:
        """The paths whose increments were drawn, of which this object is a refinement or a
        coarsening.
        """
        return self if self.parent is None else self.parent.root

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """W at the grid times, shape (paths, n + 1[, dim]), from 0.

        Raises
        ------
        ValueError
            If made with `store=False`, or if the array would exceed the memory budget.
        """
        needed = self.paths * (self.partition.n + 1) * self.dim
        if not self.store:
            raise ValueError(
                f"values need {8 * needed:,} bytes and this motion streams: make it with store=True"
            )
        checks.budget("values", needed, "use store=False")
        return self._freeze(self._values(0, self.paths))

    @cached_property
    def increments(self) -> NDArray[np.float64]:
        """dW_k = W(t_{k+1}) - W(t_k), shape (paths, n[, dim]); for drawn paths to the bit
        sqrt(dt_k) z_k.
        """
        needed = self.paths * self.partition.n * self.dim
        if not self.store:
            raise ValueError(
                f"increments need {8 * needed:,} bytes and this motion streams: make it with "
                f"store=True"
            )
        checks.budget("increments", needed, "use store=False")
        return self._freeze(self._increments(0, self.paths))

    def refine(self, k: int) -> BrownianPaths:
        """The same paths, seen k times more often: stored values stay, new ones come from inside
        the steps.
        """
        return self._derived(self.partition.refine(k), 0)

    def coarsen(self, k: int) -> BrownianPaths:
        """The same paths, seen at every k-th grid time; k divides n.

        Increments are summed left to right.
        """
        return self._derived(self.partition.coarsen(k), checks.integer("k", k))

    def at(self, times: ArrayLike) -> NDArray[np.float64]:
        """W at any times in [t_0, T], shape (paths, len(times)[, dim]), or (paths[, dim]) for one
        number.

        A pure function of the key, the drawn grid and the time: asking again, or for more, changes
        nothing.

        Raises
        ------
        ValueError
            If a time lies outside the partition.
        """
        asked = checks.array("times", times)
        flat = np.atleast_1d(asked)
        if flat.ndim > 1:
            raise ValueError(
                f"times has shape {flat.shape}: give one number or a one-dimensional array"
            )
        for wrong in flat[(flat < self.t[0]) | (flat > self.t[-1])]:
            raise ValueError(
                f"times={wrong:g} is outside [{self.t[0]:g}, {self.t[-1]:g}]: extend the partition"
            )
        checks.budget(
            "at(times)", self.paths * len(flat) * self.dim, "ask for fewer times or paths"
        )
        found = self._at(flat, 0, self.paths).reshape(self.paths, len(flat), self.dim)
        found = found[..., 0] if self.dim == 1 else found
        return found if asked.ndim else found[:, 0]

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """Draw up to 50 paths on `ax` (or new axes) and return the axes."""
        from stochcalc.plot import plot_paths

        shown = min(self.paths, 50)
        values = self._values(0, shown).reshape(shown, -1, self.dim)
        return plot_paths(self.t, values, ax=ax, **style)

    def block(self, first: int, last: int) -> NDArray[np.float64]:
        """Values of paths first ..

        last - 1 (first a multiple of 256), shape (last - first, n + 1[, dim]), stored or made.
        """
        if "values" in self.__dict__:
            return self.values[first:last]
        made: NDArray[np.float64] = self._alone()._values(first, last)
        return made if self.dim == 1 else made.reshape(last - first, -1, self.dim)

    def block_increments(self, first: int, last: int) -> NDArray[np.float64]:
        """Increments of paths first .. last - 1 (first a multiple of 256), shape (last - first, n, dim),
        stored or made.
        """
        shape = (-1, self.partition.n, self.dim)
        if last <= first:
            return np.empty((1, 1, self.dim))
        if "increments" in self.__dict__:
            return self.increments[first:last].reshape(shape)
        return self._alone()._increments(first, last).reshape(shape)

    def noise(self, plain: bool = False) -> Any:
        """The increments as a source for the time loop; `plain` asks for floats instead of vectors
        of length 1.
        """
        size = 0 if plain else self.dim
        if self.parent is None:
            return KeyedNoise(self.key, self.partition.steps, size, self.factor)
        return DerivedNoise(self, size)

    def __getstate__(self) -> dict[str, Any]:
        """A motion travels as its few integers; the arrays are made again where they are wanted."""
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in ("values", "increments")
        }

    def _alone(self) -> BrownianPaths:
        """The same motion on one thread: for use inside a thread of a run that has its own."""
        return replace(
            self, workers=1, parent=None if self.parent is None else self.parent._alone()
        )

    def _derived(self, partition: Partition, joined: int) -> BrownianPaths:
        return BrownianPaths(
            partition,
            self.paths,
            self.dim,
            self.key,
            self.store,
            self.factor,
            self.workers,
            self,
            joined,
        )

    def _freeze(self, array: NDArray[np.float64]) -> NDArray[np.float64]:
        shaped = (
            array.reshape(self.paths, -1)
            if self.dim == 1
            else array.reshape(self.paths, -1, self.dim)
        )
        shaped.flags.writeable = False
        return shaped

    def _values(self, first: int, last: int) -> NDArray[np.float64]:
        if self.parent is None:
            return self._march(walk, np.arange(self.partition.n + 1), first, last)
        return self._at(self.t, first, last)

    def _increments(self, first: int, last: int) -> NDArray[np.float64]:
        """Increments of paths first ..

        last - 1 (first a multiple of 256), flat over (steps, dim).
        """
        if self.parent is None:
            return self._march(increment, np.arange(1, self.partition.n + 1), first, last)
        if self.joined:
            fine = self.parent._increments(first, last).reshape(
                last - first, self.partition.n, self.joined, self.dim
            )
            total = fine[:, :, 0].copy()
            for j in range(1, self.joined):
                total += fine[:, :, j]
            return total.reshape(last - first, -1)
        values = self._values(first, last).reshape(last - first, -1, self.dim)
        return np.diff(values, axis=1).reshape(last - first, -1)

    def _march(
        self, step: Any, keep: NDArray[np.int64], first: int, last: int
    ) -> NDArray[np.float64]:
        dim = 0 if self.dim == 1 else self.dim
        job = March(
            step,
            self.noise(plain=self.dim == 1),
            last,
            dim,
            self.dim,
            self.t,
            self.partition.steps,
            np.zeros((1, self.dim)),
            keep,
        )
        rows, _ = runner.run(
            job, blocks=range(first // LANES, blocks_of(last)), workers=self.workers
        )
        assert rows is not None
        return rows

    def _grid_values(
        self, indices: NDArray[np.int64], first: int, last: int
    ) -> NDArray[np.float64]:
        """W at the given grid points (any order), flat over (indices, dim)."""
        if self.store and "values" in self.__dict__:
            return self.values[first:last, indices].reshape(last - first, -1)
        keep, where = np.unique(indices, return_inverse=True)
        found = self._march(walk, keep, first, last).reshape(last - first, len(keep), self.dim)
        return found[:, where].reshape(last - first, -1)

    def _at(self, times: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
        root = self.root
        cells, inside, rest = locate(times, root.t, root.partition.steps)
        left = root._grid_values(cells, first, last)
        if not inside.any() and not rest.any():
            return left
        right = root._grid_values(np.minimum(cells + 1, root.partition.n), first, last)
        job = Interior(
            self.key,
            last,
            self.dim,
            self.factor,
            root.partition.steps,
            cells,
            inside,
            rest,
            np.ascontiguousarray(left),
            np.ascontiguousarray(right),
            first,
        )
        rows, _ = runner.run(
            job, blocks=range(first // LANES, blocks_of(last)), workers=self.workers
        )
        assert rows is not None
        return rows

    def __repr__(self) -> str:
        how = "stored" if self.store else "streamed"
        return f"BrownianPaths(paths={self.paths}, dim={self.dim}, {self.partition!r}, key={self.key}, {how})"


def check_motion(name: str, W: Any, dim: int | None = None) -> None:
    """Refuse what is no BrownianPaths, or has another number of components than `dim`."""
    if not isinstance(W, BrownianPaths):
        raise TypeError(f"{name}={W!r:.80} must be Brownian paths: make them with brownian(...)")
    if dim == 1 and W.dim != 1:
        raise ValueError(
            f"{name} has dim={W.dim}: one component is needed; draw the others by their own "
            f"brownian()"
        )
    if dim is not None and W.dim < dim:
        raise ValueError(
            f"{name} has dim={W.dim}: {dim} components are needed, brownian(dim={dim})"
        )


def brownian(
    T: float = 1.0,
    n: int = 1000,
    *,
    paths: int = 1,
    dim: int = 1,
    correlation: ArrayLike | None = None,
    partition: Partition | None = None,
    store: bool = True,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
) -> BrownianPaths:
    """Standard Brownian motion from 0, in `dim` components.

    Parameters
    ----------
    T, n : float, int
        End time and number of equal steps; ignored if `partition` is given.
    paths, dim : int
        Number of independent paths, number of components.
    correlation : array_like, shape (dim, dim), optional
        Correlation matrix of the components: dW = sqrt(dt) L z with L its lower Cholesky factor.
    partition : Partition, optional
        Any grid instead of the uniform one.
    store : bool
        False: keep no arrays; sums, variation and `solve` then stream, with the same numbers.
    rng, key
        Seed as NumPy takes it (None, int, SeedSequence, Generator), or the `.key` of an earlier
        result.
    workers : int, optional
        Threads; all CPUs by default. The numbers do not depend on it.

    Returns
    -------
    BrownianPaths
        With `.values` of shape (paths, n + 1), or (paths, n + 1, dim) if dim > 1.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, a matrix that is no correlation, or arrays beyond the
        memory budget.

    Examples
    --------
    >>> W = brownian(T=1.0, n=4, paths=2, rng=7)
    >>> W.values.shape
    (2, 5)
    >>> bool((W.refine(8).values[:, ::8] == W.values).all())
    True
    """
    paths, dim = checks.integer("paths", paths, 1, PATHS), checks.integer("dim", dim, 1, COMPONENTS)
    checks.flag("store", store)
    count_workers(workers)
    if partition is None:
        partition = Partition.uniform(T, n)
    elif not isinstance(partition, Partition):
        raise TypeError(
            f"partition={partition!r} must be a Partition: wrap the times, Partition(times)"
        )
    factor = None if correlation is None else checks.cholesky("correlation", correlation, dim)
    motion = BrownianPaths(partition, paths, dim, make_key(rng, key), store, factor, workers)
    if store:
        _ = motion.values  # now, so that a request beyond memory fails here
    return motion
