"""Riemann sums as jobs for the time loop, along Brownian paths or paths that lie in an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from stochcalc.engine import memory
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.fills import Fill
from stochcalc.engine.random.philox import SPACE_TIME_AREA
from stochcalc.engine.random.sources import Beside, Extra, Nodes, Source, StoredNoise
from stochcalc.integrals.riemann_limits import add_limit
from stochcalc.integrals.riemann_steps import (
    add_increment,
    add_trapezoid,
    find_way,
    make_sum,
    read_value,
    value_at_left,
    value_at_right,
    value_at_time,
    value_between,
    value_inside,
)
from stochcalc.motion.marching import march_on_grid
from stochcalc.motion.partition import Partition
from stochcalc.motion.path_numbers import PathNumbers
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.process import Process
from stochcalc.motion.sampled import PathsOnGrid, Sampled
from stochcalc.typing import (
    Array,
    FunctionOfPath,
    FunctionOfValue,
    Integers,
    Observer,
    Parameters,
    StepFunction,
)


@dataclass(frozen=True, eq=False)
class InsideSteps:
    """A motion at one point inside each step, as a row of noise.

    Attributes
    ----------
    W : PathNumbers
        The motion, in one component.
    times : ndarray, shape (n,)
        The point of each step.
    """

    W: PathNumbers
    times: Array

    @property
    def size(self) -> int:
        """The rows of noise: one."""
        return 1

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill that reads the values of paths first .. last - 1."""
        values = np.zeros((1, len(self.times)))
        if last > first:
            values = self.W.block_at(self.times, first, last)
        return StoredNoise(values[..., None], 1, first).open(first, last)


@dataclass(frozen=True, eq=False)
class NextValues:
    """The values of a process at the ends of the steps, as a row of noise.

    Attributes
    ----------
    process : Process
        The process.
    """

    process: Process

    @property
    def size(self) -> int:
        """The rows of noise: one."""
        return 1

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill that reads the values of paths first .. last - 1."""
        values = np.zeros((1, self.process.partition.n))
        if last > first:
            values = self.process.block(first, last)[:, 1:]
        return StoredNoise(values[..., None], 1, first).open(first, last)


@dataclass(frozen=True, eq=False)
class RiemannSum:
    """A Riemann sum as a job for the time loop, with any observer of its state.

    Attributes
    ----------
    f : callable f(t, w)
        The integrand.
    W : BrownianPaths, Process or PathsOnGrid
        The path in the integrand, of one component.
    lam : float
        The evaluation point.
    at : {"time", "value"}
        Whether f is taken at the time between, or its value is interpolated.
    against : BrownianPaths, Process or PathsOnGrid, optional
        The integrator, on the same grid; W itself by default.
    df : callable df(w), optional
        A function whose integral over time is made as well, by the trapezoid rule.
    limit : bool
        Whether the limit of the sum is made as well, for a motion as its own integrator.
    """

    f: FunctionOfPath
    W: Sampled
    lam: float
    at: str
    against: Sampled | None = None
    df: FunctionOfValue | None = None
    limit: bool = False

    def job(self, observe: Observer, kept: int, keep: Integers, *, save_rows: bool) -> March:
        """Return the march that makes the sum and observes it.

        Parameters
        ----------
        observe : callable observe(t, x, args)
            It gets x = (w, r), or (w, r, integral of df) if there is a `df`, or (w, r, limit), and
            args, whose first entry is lambda.
        kept : int
            How many numbers it returns.
        keep : ndarray of int
            Numbers of the steps after which to observe.
        save_rows : bool
            Whether to store what is observed; otherwise its statistics are kept.
        """
        partition = grid_of(self.W)
        noise, move, row = self._choose_noise()
        value, args, more = self._choose_value(partition, max(noise.size, 1))
        if more is not None:
            noise = Beside(noise, more)
        step = make_sum(value, move, row)
        dim = 2
        functions: tuple[Any, ...] = ((self.f, "function of t and w"),)
        if self.df is not None:
            dim = 3
            step = add_trapezoid(step)
            functions = (*functions, (self.df, "function of w"))
        if self.limit:
            dim = 3
            step = add_limit(step, max(noise.size, 1), slopes=self.lam != 0.5)
            noise = Beside(noise, self._draw_areas())
            args = (*args, float(partition.times[-1]))
        return march_on_grid(
            partition,
            noise,
            Step(step, functions),
            paths=self.W.paths,
            dim=dim,
            kept=kept,
            keep=keep,
            starts=start_of(self.W, dim),
            args=args,
            observe=observe,
            save_rows=save_rows,
        )

    def _draw_areas(self) -> Source:
        """Return the normals of the integrals of W over the steps, one for each."""
        assert isinstance(self.W, BrownianPaths)
        key = self.W.find_key("the limit inside the steps")
        return Extra(key, SPACE_TIME_AREA, self.W.place)

    def _choose_noise(self) -> tuple[Source, StepFunction, int]:
        """Return what drives the path and the sum, how the path moves, and the row of dY."""
        row = 0
        if isinstance(self.W, BrownianPaths):
            noise = self.W.noise()
            move: StepFunction = add_increment
        elif self.against is None:
            noise = read_noise(self.W, increments=True)
            move = read_value
            row = 1
        else:
            noise = read_noise(self.W)
            move = read_value
        if self.against is not None:
            row = max(noise.size, 1)
            noise = Beside(noise, integrator_noise(self.against))
        return noise, move, row

    def _choose_value(
        self, partition: Partition, rows: int
    ) -> tuple[StepFunction, Parameters, Source | None]:
        """Return how f is evaluated, the parameters of that, and the noise that it needs besides.

        `rows` is the number of rows of noise before that.
        """
        lam = self.lam
        # t + dt may miss T by a rounding, and f may end there.
        T = float(partition.times[-1])
        if lam == 0.0:
            return value_at_left, (lam, T), None
        if lam == 1.0:
            return value_at_right, (lam, T), None
        if self.at == "value":
            return value_between, (lam, T), None
        W = self.W
        if not isinstance(W, BrownianPaths) or not W.has_interior:
            raise ValueError(
                f"at='time' with lam={lam:g} needs the path inside the steps, and what f reads is "
                "known at its grid times alone: use at='value', whose sums have the same limit"
            )
        if W.is_drawn:
            rest, turns, nodes = find_way(lam)
            more = Nodes(W.find_key("a point inside a step"), partition.n, nodes)
            return value_at_time(rows), (lam, rest, turns), more
        times = partition.times[:-1] + lam * partition.steps
        return value_inside(rows), (lam, T), InsideSteps(W, times)


def grid_of(paths: Sampled) -> Partition:
    """Return the grid of paths as a partition."""
    if isinstance(paths, BrownianPaths | Process):
        return paths.partition
    return Partition.of(paths.t)


def start_of(paths: Sampled, dim: int) -> Array:
    """Return the states (first value, 0, ...) of `dim` numbers from which sums start."""
    if isinstance(paths, BrownianPaths):
        return np.zeros((1, dim))
    if isinstance(paths, Process) and paths.starts_at_start:
        return np.array([[paths.start] + [0.0] * (dim - 1)])
    starts = np.zeros((paths.paths, dim))
    if isinstance(paths, Process):
        starts[:, 0] = paths.block_starts(0, paths.paths)
    else:
        starts[:, 0] = paths.values[:, 0]
    return starts


def stop_times_of(paths: Sampled, rows: int) -> Array:
    """Return the times at which paths were stopped, NEVER for none, for so many rows of starts."""
    if not isinstance(paths, PathsOnGrid) or paths.stop_times is None:
        return np.full(rows, NEVER)
    return np.minimum(paths.stop_times, NEVER)


def read_noise(paths: PathsOnGrid | Process, *, increments: bool = False) -> Source:
    """Return rows of noise that hold the next value of each path, and its increment if asked."""
    if isinstance(paths, Process):
        values = NextValues(paths)
        return Beside(values, paths.noise()) if increments else values
    rows = 2 if increments else 1
    n = len(paths.t) - 1
    memory.budget_part("the steps of the paths", rows * paths.paths * n, "use fewer paths or times")
    table = np.empty((paths.paths, n, rows))
    table[..., 0] = paths.values[:, 1:]
    if increments:
        table[..., 1] = _differences(paths)
    return StoredNoise(table, rows)


def count_noise(paths: Sampled, integrator: Sampled | None) -> int:
    """Return how many numbers the steps of stored paths take: values, increments, and differences.

    Brownian paths and processes take none, because they are made some at a time.
    """
    needed = 0
    if isinstance(paths, PathsOnGrid):
        needed += 3 * paths.values.size
    if isinstance(integrator, PathsOnGrid):
        needed += 2 * integrator.values.size
    return needed


def integrator_noise(paths: Sampled) -> Source:
    """Return the increments of an integrator of one component as a row of noise."""
    if isinstance(paths, BrownianPaths | Process):
        return paths.noise()
    n = len(paths.t) - 1
    memory.budget_part("the increments of the paths", paths.paths * n, "use fewer paths or times")
    return StoredNoise(_differences(paths)[..., None], 1)


def _differences(paths: PathsOnGrid) -> Array:
    """Return the increments of paths; those of a path that is not finite are reported later."""
    with np.errstate(invalid="ignore"):
        return np.diff(paths.values, axis=1)
