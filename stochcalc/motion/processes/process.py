"""What can be done with any process: it is a driver, an integrator, a path to draw.

`noise` hands the increments to the time loop, so that a process can be the integrator of a sum, or
drive an equation. A process can be read at every k-th time, and be integrated over time.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from stochcalc.display.description import Description, Displayed
from stochcalc.engine import checks
from stochcalc.engine.loop.job import Job
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import LANES
from stochcalc.motion.derived import DerivedNoise
from stochcalc.motion.processes.process_values import ProcessValues
from stochcalc.motion.processes.shown_process import describe_process
from stochcalc.motion.processes.values_job import ValuesJob
from stochcalc.typing import Array, Axes

MOST_DRAWN = 50  # paths of a picture


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Process(Displayed, ProcessValues):
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

    @property
    @abstractmethod
    def called(self) -> str:
        """What the process is called, with its parameters."""

    @property
    def moves_by_jumps(self) -> bool:
        """Whether a path keeps its value until it jumps to another."""
        return False

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
        """Draw up to 50 paths: a path that moves by jumps, as steps.

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

        if self.moves_by_jumps and not {"drawstyle", "ds"} & line.keys():
            line["drawstyle"] = "steps-post"
        drawn = self.block(0, min(self.paths, MOST_DRAWN))
        return plot_paths(self.t, drawn, ax=ax, component=component, **line)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.array(self.values, dtype=dtype, copy=copy)

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
        return f"{type(self.parent).__name__}({self.parent.called})"

    @property
    def moves_by_jumps(self) -> bool:
        """Whether a path keeps its value until it jumps to another."""
        return self.parent.moves_by_jumps

    @property
    def start(self) -> float:
        """The value at the first grid time, or the middle of its law if it is random."""
        return self.parent.start

    @property
    def starts_at_start(self) -> bool:
        """Whether all paths start at `start`."""
        return self.parent.starts_at_start

    def prepare(self) -> None:
        """Compile and make what the parent needs."""
        self.parent._job(self.paths).prepare()

    def write_values(self, first: int, last: int, rows: Array, stop: NDArray[np.uint8]) -> None:
        """Write the values of paths first .. last - 1 to rows; 256 divides first."""
        rows[:] = self.parent.block(first, last)[:, :: self.joined]

    def _job(self, paths: int) -> Job:
        return ValuesJob(self, paths)

    def _count_beside(self, threads: int) -> int:
        return self.parent._count_block(threads)

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
        return f"{type(self.parent).__name__}({self.parent.called})"

    def prepare(self) -> None:
        """Compile and make what the parent needs."""
        self.parent._job(self.paths).prepare()

    def write_values(self, first: int, last: int, rows: Array, stop: NDArray[np.uint8]) -> None:
        """Write the values of paths first .. last - 1 to rows; 256 divides first."""
        rows[:, 0] = 0.0
        np.cumsum(self._make_increments(first, last), axis=1, out=rows[:, 1:])

    def _job(self, paths: int) -> Job:
        return ValuesJob(self, paths)

    def _count_beside(self, threads: int) -> int:
        increments = threads * min(LANES, self.paths) * self.numbers
        return increments + self.parent._count_block(threads)

    def _make_increments(self, first: int, last: int) -> Array:
        values = self.parent.block(first, last)
        return np.asarray(values[:, :-1] * self.partition.steps)


def find_drawn(process: Process) -> Process:
    """Return the process whose random numbers a view shows: itself if it is no view."""
    while isinstance(process, Coarsened | Integrated):
        process = process.parent
    return process
