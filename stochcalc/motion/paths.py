"""Brownian paths, stored or streamed: the record that all other chapters take.

Between grid points the path is a Brownian bridge that is determined by the key as well (see
`BrownianPaths.at`): refining, coarsening and asking for a time never change it, in whatever order
they come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.random.sources import Source
from stochcalc.motion.derived import DerivedNoise, join_increments
from stochcalc.motion.drawn import DrawnPaths
from stochcalc.motion.partition import Partition
from stochcalc.typing import Array, Axes


@dataclass(frozen=True, eq=False)
class BrownianPaths:
    """Brownian paths on a partition, stored or streamed; `brownian` makes them.

    Attributes
    ----------
    partition : Partition
        The grid; `.t` are its points, shape (n + 1,).
    paths, dim : int
        Number of independent paths, number of components.
    key : int
        The integer that determines the whole sample: `brownian(..., key=W.key)` gives the same
        paths again.
    store : bool
        Whether the arrays `values` and `increments` may be made; a streamed motion refuses them.
    factor : ndarray, shape (dim, dim), or None
        The lower Cholesky factor of the correlation matrix; None for independent components.
    workers : int or None
        Number of threads; None for all CPUs.
    parent : BrownianPaths or None
        The paths that these refine or coarsen; None for paths that were drawn on their grid.
    joined : int
        How many steps of the parent make one step; 0 for paths that are not coarsened.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(T=1.0, n=4, paths=2, rng=7)
    >>> W.coarsen(2).t
    array([0. , 0.5, 1. ])
    >>> bool((W.coarsen(2).values == W.values[:, ::2]).all())
    True
    """

    partition: Partition
    paths: int
    dim: int
    key: int
    store: bool
    factor: Array | None = None
    workers: int | None = None
    parent: BrownianPaths | None = None
    joined: int = 0

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""
        return self.partition.times

    @property
    def numbers(self) -> int:
        """How many numbers one path has: (n + 1) dim."""
        return (self.partition.n + 1) * self.dim

    @property
    def root(self) -> BrownianPaths:
        """The paths whose increments were drawn, which this object refines or coarsens."""
        if self.parent is None:
            return self
        return self.parent.root

    @cached_property
    def values(self) -> Array:
        """W at the grid times, shape (paths, n + 1[, dim]); it starts at 0.

        Raises
        ------
        ValueError
            If the motion was made with `store=False`, or if the array would exceed the memory
            budget.
        """
        self._check_stored("values", self.paths * self.numbers)
        return self._freeze(self._values(0, self.paths))

    @cached_property
    def increments(self) -> Array:
        """The increments dW_k = W(t_{k+1}) - W(t_k), shape (paths, n[, dim]).

        For drawn paths they are sqrt(dt_k) z_k to the bit.

        Raises
        ------
        ValueError
            If the motion was made with `store=False`, or if the array would exceed the memory
            budget.
        """
        self._check_stored("increments", self.paths * self.partition.n * self.dim)
        return self._freeze(self._increments(0, self.paths))

    def refine(self, k: int) -> BrownianPaths:
        """Return the same paths on a grid that cuts every step into k equal ones.

        The values at the old grid times stay as they are, to the bit. The new ones are those of the
        bridge inside each step, as `at` gives them.
        """
        return self._derive(self.partition.refine(k), 0)

    def coarsen(self, k: int) -> BrownianPaths:
        """Return the same paths at every k-th grid time.

        An increment of the new grid is the sum of k increments of the old one, from left to right.
        It is a ValueError if k does not divide n.
        """
        return self._derive(self.partition.coarsen(k), checks.integer("k", k))

    def at(self, times: ArrayLike) -> Array:
        """Return W at any times in [t_0, T].

        The values are a pure function of the key, the drawn grid and the time: asking again, or for
        more times, changes nothing.

        Parameters
        ----------
        times : float, or array_like of shape (m,)
            One time or several, in any order.

        Returns
        -------
        ndarray, shape (paths, m[, dim]), or (paths[, dim]) for one number

        Raises
        ------
        ValueError
            If a time lies outside the partition.

        Notes
        -----
        In the middle of an interval of length h the bridge is normal, given its two ends:
        W_mid = (W_left + W_right)/2 + sqrt(h)/2 z. A tree of 24 such halvings inside every step
        leads to any time (`engine.loop.bridge_tree`).
        """
        asked = self.partition.check_inside(times)
        flat = np.atleast_1d(asked)
        needed = self.paths * len(flat) * self.dim
        checks.budget("at(times)", needed, "ask for fewer times or paths")
        values = self._at(flat, 0, self.paths).reshape(self.paths, len(flat), self.dim)
        if self.dim == 1:
            values = values[..., 0]
        if asked.ndim == 0:
            return values[:, 0]
        return values

    def plot(
        self,
        ax: Axes | None = None,
        *,
        component: int | None = None,
        envelope: bool = True,
        **line: object,
    ) -> Axes:
        """Draw up to 50 paths of one component between -2 sqrt(t) and 2 sqrt(t).

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; new axes by default.
        component : int, optional
            The component that is drawn, 0 by default.
        envelope : bool
            Whether the curves of two standard deviations are drawn.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.
        """
        from stochcalc.plot import plot_brownian

        return plot_brownian(self, ax=ax, component=component, envelope=envelope, **line)

    def block(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1, stored or made; 256 divides first.

        The shape is (last - first, n + 1[, dim]).
        """
        if "values" in self.__dict__:
            return self.values[first:last]
        values: Array = self._alone()._values(first, last)
        if self.dim == 1:
            return values
        return values.reshape(last - first, -1, self.dim)

    def block_increments(self, first: int, last: int) -> Array:
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
            return self._take_drawn(self.paths).noise(plain)
        return DerivedNoise(self, 0 if plain else self.dim)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields without the arrays, which are made again where they are needed."""
        arrays = ("values", "increments")
        return {name: value for name, value in self.__dict__.items() if name not in arrays}

    def _alone(self) -> BrownianPaths:
        """Return the same motion on one thread, for use inside a thread of a run."""
        parent = self.parent
        if parent is not None:
            parent = parent._alone()
        return replace(self, workers=1, parent=parent)

    def _derive(self, partition: Partition, joined: int) -> BrownianPaths:
        """Return the same paths on another partition, made of `joined` steps of these or none."""
        return replace(self, partition=partition, parent=self, joined=joined)

    def _check_stored(self, what: str, needed: int) -> None:
        """Refuse an array of so many numbers if the motion streams, or memory cannot hold it."""
        if not self.store:
            raise ValueError(
                f"{what} need {8 * needed:,} bytes and this motion streams: make it with store=True"
            )
        checks.budget(what, needed, "use store=False")

    def _freeze(self, array: Array) -> Array:
        """Return rows of numbers as read-only paths, shape (paths, times[, dim])."""
        shape: tuple[int, ...] = (self.paths, -1)
        if self.dim > 1:
            shape = (self.paths, -1, self.dim)
        shaped = array.reshape(shape)
        shaped.flags.writeable = False
        return shaped

    def _take_drawn(self, last: int) -> DrawnPaths:
        """Return the first `last` paths of the motion whose increments were drawn."""
        return DrawnPaths(
            partition=self.root.partition,
            paths=last,
            dim=self.dim,
            key=self.key,
            factor=self.factor,
            workers=self.workers,
        )

    def _at(self, times: Array, first: int, last: int) -> Array:
        """Return W at any times for paths first .. last - 1, flat over (times, dim)."""
        return self._take_drawn(last).at(times, first, self.root.__dict__.get("values"))

    def _values(self, first: int, last: int) -> Array:
        """Return W at the grid times for paths first .. last - 1, flat over (times, dim)."""
        if self.parent is None:
            return self._take_drawn(last).values(np.arange(self.partition.n + 1), first)
        return self._at(self.t, first, last)

    def _increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1, flat over (steps, dim)."""
        if self.parent is None:
            return self._take_drawn(last).increments(first)
        paths = last - first
        if self.joined:
            fine = self.parent._increments(first, last)
            fine = fine.reshape(paths, self.partition.n, self.joined, self.dim)
            return join_increments(fine).reshape(paths, -1)
        values = self._values(first, last).reshape(paths, -1, self.dim)
        return np.diff(values, axis=1).reshape(paths, -1)

    def __repr__(self) -> str:
        how = "stored" if self.store else "streamed"
        return (
            f"BrownianPaths(paths={self.paths}, dim={self.dim}, {self.partition!r}, "
            f"key={self.key}, {how})"
        )
