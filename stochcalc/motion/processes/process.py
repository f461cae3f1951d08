"""What all processes have: a grid, a key, and values that are stored or made when they are needed.

A process makes its values in blocks of paths; increments are differences of values, unless a
process knows them better. `noise` hands the increments to the time loop, so that a process can be
the integrator of a sum, or drive an equation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from stochcalc.display.description import Description, Displayed
from stochcalc.engine import checks, memory
from stochcalc.engine.random.sources import Source
from stochcalc.motion.derived import DerivedNoise, check_block, sum_increments
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.partition import Partition
from stochcalc.motion.pieces import count_grid
from stochcalc.motion.processes.shown_process import describe_process
from stochcalc.typing import Array, Axes

MOST_DRAWN = 50  # paths of a picture


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Process(Displayed, ABC):
    """Paths of one component on a grid, stored or streamed: what `poisson` and others return.

    A process is taken wherever sampled paths are taken: by sums, variations, expectations, and by
    `solve` as what drives an equation.

    Attributes
    ----------
    partition : Partition
        The grid; `.t` are its points, shape (n + 1,).
    paths : int
        The number of independent paths.
    key : int
        The integer that determines the whole sample: the same call with `key=` gives it again.
    store : bool
        Whether the array `values` may be made; a streamed process refuses it.

    Examples
    --------
    >>> from stochcalc.motion.processes.poisson import poisson
    >>> N = poisson(2.0, T=3.0, n=12, paths=5, rng=1)
    >>> isinstance(N, Process), N.values.shape, N.increments.shape
    (True, (5, 13), (5, 12))
    >>> bool((N.coarsen(4).values == N.values[:, ::4]).all())
    True
    """

    partition: Partition
    paths: int
    key: int
    store: bool

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""
        return self.partition.times

    @property
    def dim(self) -> int:
        """The number of components, which is 1."""
        return 1

    @property
    def numbers(self) -> int:
        """How many numbers one path has: n + 1."""
        return self.partition.n + 1

    @property
    @abstractmethod
    def called(self) -> str:
        """What the process is called, with its parameters."""

    @property
    def start(self) -> float:
        """The value at the first grid time, or the middle of its law if it is random."""
        return 0.0

    @property
    def starts_at_start(self) -> bool:
        """Whether all paths start at `start`."""
        return True

    @abstractmethod
    def _make_values(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1, shape (last - first, n + 1)."""

    def _make_starts(self, first: int, last: int) -> Array:
        """Return the first values of paths first .. last - 1, shape (last - first,)."""
        return np.full(last - first, self.start)

    def _make_increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1, shape (last - first, n)."""
        return np.diff(self.block(first, last), axis=1)

    @cached_property
    def values(self) -> Array:
        """The values at the grid times, shape (paths, n + 1), read-only."""
        return self._draw({})

    @cached_property
    def increments(self) -> Array:
        """The increments over the steps, shape (paths, n), read-only."""
        self._check_stored("increments")
        increments: Array = self.block_increments(0, self.paths)[..., 0]
        increments.flags.writeable = False
        return increments

    def block(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1, stored or made; 256 divides first.

        The shape is (last - first, n + 1).

        Raises
        ------
        TypeError, ValueError
            If there are no such paths, or 256 does not divide first.
        """
        first, last = check_block(first, last, self.paths)
        if "values" in self.__dict__:
            stored: Array = self.__dict__["values"]
            return stored[first:last]
        return self._make_values(first, last)

    def block_increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1; 256 divides first.

        The shape is (last - first, n, 1).
        """
        first, last = check_block(first, last, self.paths)
        if last == first:
            return np.empty((1, 1, 1))
        return self._make_increments(first, last)[..., None]

    def block_starts(self, first: int, last: int) -> Array:
        """Return the first values of paths first .. last - 1; 256 divides first."""
        first, last = check_block(first, last, self.paths)
        return self._make_starts(first, last)

    def noise(self, plain: bool = False) -> Source:
        """Return the increments as a source; `plain` asks for floats, not vectors of length 1."""
        return DerivedNoise(self, 0 if checks.flag("plain", plain) else 1)

    def coarsen(self, k: int) -> Coarsened:
        """Return the same paths at every k-th grid time; it is a ValueError if k does not divide n.

        Parameters
        ----------
        k : int
            How many steps are joined to one.
        """
        return Coarsened(
            partition=self.partition.coarsen(k),
            paths=self.paths,
            key=self.key,
            store=self.store,
            parent=self,
            joined=checks.integer("k", k),
        )

    def integral(self) -> Integrated:
        """Return the integral of the paths over time, from 0: sums of X(t_k) dt_k.

        It is the integrator with which noise of finite size, such as `telegraph_noise`, drives an
        equation: dX = b X(t) dt.

        Examples
        --------
        >>> from stochcalc.motion.processes.telegraph import telegraph_noise
        >>> X = telegraph_noise(0.5, T=2.0, n=4, paths=3, rng=1)
        >>> bool((X.integral().increments == 0.5 * X.values[:, :-1]).all())
        True
        """
        return Integrated(
            partition=self.partition, paths=self.paths, key=self.key, store=self.store, parent=self
        )

    def plot(self, ax: Axes | None = None, *, component: int | None = None, **line: object) -> Axes:
        """Draw up to 50 paths.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; new axes by default.
        component : int, optional
            A process has one component, number 0.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.
        """
        from stochcalc.plot import plot_paths

        drawn = self.block(0, min(self.paths, MOST_DRAWN))
        return plot_paths(self.t, drawn, ax=ax, component=component, **line)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.array(self.values, dtype=dtype, copy=copy)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields without the arrays, which are made again where they are needed."""
        arrays = ("values", "increments")
        return {name: value for name, value in self.__dict__.items() if name not in arrays}

    def _draw(self, means: Any) -> Array:
        """Return the values of all paths, made by these means."""
        self._check_stored("values")
        needed = self.paths * self.numbers
        memory.budget("values", needed, "use store=False", beside=count_grid(self.partition.n))
        values = rows_of(np.asarray, self, self.numbers, **means)
        values.flags.writeable = False
        return values

    def _check_stored(self, what: str) -> None:
        """Refuse an array of all paths of a streamed process."""
        if not self.store:
            needed = memory.NUMBER * self.paths * self.numbers
            raise ValueError(
                f"{what} need {needed:,} bytes and this process streams: make it with store=True"
            )

    def _describe(self) -> Description:
        return describe_process(self)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Coarsened(Process):
    """A process at every k-th time of its grid.

    Attributes
    ----------
    parent : Process
        The process on its own grid.
    joined : int
        How many of its steps are one.
    """

    parent: Process
    joined: int

    @property
    def called(self) -> str:
        """What the process is called, with its parameters."""
        return self.parent.called

    @property
    def start(self) -> float:
        """The value at the first grid time, or the middle of its law if it is random."""
        return self.parent.start

    @property
    def starts_at_start(self) -> bool:
        """Whether all paths start at `start`."""
        return self.parent.starts_at_start

    def _make_values(self, first: int, last: int) -> Array:
        return np.ascontiguousarray(self.parent.block(first, last)[:, :: self.joined])

    def _make_starts(self, first: int, last: int) -> Array:
        return self.parent.block_starts(first, last)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Integrated(Process):
    """The integral of a process over time, with the values at the left ends of the steps.

    Attributes
    ----------
    parent : Process
        The process.
    """

    parent: Process

    @property
    def called(self) -> str:
        """What the process is called, with its parameters."""
        return f"integral of {self.parent.called}"

    def _make_values(self, first: int, last: int) -> Array:
        if last == first:
            return np.empty((0, self.numbers))
        return sum_increments(self.block_increments(first, last))[..., 0]

    def _make_increments(self, first: int, last: int) -> Array:
        values = self.parent.block(first, last)
        return np.asarray(values[:, :-1] * self.partition.steps)
