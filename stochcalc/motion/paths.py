"""Brownian paths, stored or streamed: the record that everything else goes along.

The path between grid points is a Brownian bridge that is already there (see `BrownianPaths.at`):
refining, coarsening and asking for a time never change it, in whatever order they come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.random.fills import Fill
from stochcalc.engine.random.sources import Source, StoredNoise
from stochcalc.motion.drawn import DrawnPaths
from stochcalc.motion.partition import Partition


@dataclass(frozen=True, eq=False)
class DerivedNoise:
    """The increments of a refined or coarsened motion, made for the blocks that are wanted."""

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
        """The paths whose increments were drawn, which this object refines or coarsens."""
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
        """The increments dW_k = W(t_{k+1}) - W(t_k), shape (paths, n[, dim]).

        For drawn paths they are sqrt(dt_k) z_k to the bit.
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
        """Return the same paths, seen k times more often.

        Stored values stay, and new ones come from inside the steps.
        """
        return self._derived(self.partition.refine(k), 0)

    def coarsen(self, k: int) -> BrownianPaths:
        """Return the same paths, seen at every k-th grid time; k divides n.

        Increments are summed left to right.
        """
        return self._derived(self.partition.coarsen(k), checks.integer("k", k))

    def at(self, times: ArrayLike) -> NDArray[np.float64]:
        """Return W at any times in [t_0, T].

        The shape is (paths, len(times)[, dim]), or (paths[, dim]) for one number. The values are a
        pure function of the key, the drawn grid and the time: asking again, or for more, changes
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
        if self.dim == 1:
            found = found[..., 0]
        return found if asked.ndim else found[:, 0]

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """Draw up to 50 paths on `ax` (or new axes) and return the axes."""
        from stochcalc.plot import plot_paths

        shown = min(self.paths, 50)
        values = self._values(0, shown).reshape(shown, -1, self.dim)
        return plot_paths(self.t, values, ax=ax, **style)

    def block(self, first: int, last: int) -> NDArray[np.float64]:
        """Return the values of paths first .. last - 1, stored or made; 256 divides first.

        The shape is (last - first, n + 1[, dim]).
        """
        if "values" in self.__dict__:
            return self.values[first:last]
        made: NDArray[np.float64] = self._alone()._values(first, last)
        return made if self.dim == 1 else made.reshape(last - first, -1, self.dim)

    def block_increments(self, first: int, last: int) -> NDArray[np.float64]:
        """Return the increments of paths first .. last - 1, stored or made; 256 divides first.

        The shape is (last - first, n, dim).
        """
        shape = (-1, self.partition.n, self.dim)
        if last <= first:
            return np.empty((1, 1, self.dim))
        if "increments" in self.__dict__:
            return self.increments[first:last].reshape(shape)
        return self._alone()._increments(first, last).reshape(shape)

    def noise(self, plain: bool = False) -> Source:
        """Return the increments as a source for the time loop.

        `plain` asks for floats instead of vectors of length 1.
        """
        if self.parent is None:
            return self._drawn(self.paths).noise(plain)
        return DerivedNoise(self, 0 if plain else self.dim)

    def __getstate__(self) -> dict[str, Any]:
        """A motion travels as its few integers; the arrays are made again where they are wanted."""
        arrays = ("values", "increments")
        return {name: value for name, value in self.__dict__.items() if name not in arrays}

    def _alone(self) -> BrownianPaths:
        """Return the same motion on one thread, for use inside a thread of a run."""
        parent = None if self.parent is None else self.parent._alone()
        return replace(self, workers=1, parent=parent)

    def _derived(self, partition: Partition, joined: int) -> BrownianPaths:
        return replace(self, partition=partition, parent=self, joined=joined)

    def _freeze(self, array: NDArray[np.float64]) -> NDArray[np.float64]:
        shape = (self.paths, -1) if self.dim == 1 else (self.paths, -1, self.dim)
        shaped = array.reshape(shape)
        shaped.flags.writeable = False
        return shaped

    def _drawn(self, last: int) -> DrawnPaths:
        """Return the paths below number `last` of the motion whose increments were drawn."""
        return DrawnPaths(
            partition=self.root.partition,
            paths=last,
            dim=self.dim,
            key=self.key,
            factor=self.factor,
            workers=self.workers,
        )

    def _at(self, times: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
        """Return W at any times for paths first .. last - 1, flat over (times, dim)."""
        return self._drawn(last).at(times, first, self.root.__dict__.get("values"))

    def _values(self, first: int, last: int) -> NDArray[np.float64]:
        """Return W at the grid times for paths first .. last - 1, flat over (times, dim)."""
        if self.parent is None:
            return self._drawn(last).values(np.arange(self.partition.n + 1), first)
        return self._at(self.t, first, last)

    def _increments(self, first: int, last: int) -> NDArray[np.float64]:
        """Return the increments of paths first .. last - 1, flat over (steps, dim)."""
        if self.parent is None:
            return self._drawn(last).increments(first)
        paths = last - first
        if self.joined:
            fine = self.parent._increments(first, last)
            fine = fine.reshape(paths, self.partition.n, self.joined, self.dim)
            total = fine[:, :, 0].copy()
            for j in range(1, self.joined):
                total += fine[:, :, j]
            return total.reshape(paths, -1)
        values = self._values(first, last).reshape(paths, -1, self.dim)
        return np.diff(values, axis=1).reshape(paths, -1)

    def __repr__(self) -> str:
        how = "stored" if self.store else "streamed"
        return (
            f"BrownianPaths(paths={self.paths}, dim={self.dim}, {self.partition!r}, "
            f"key={self.key}, {how})"
        )
