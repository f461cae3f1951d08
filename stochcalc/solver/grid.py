"""The grid of a run, and which of its times are saved."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.loop.storage import count_records
from stochcalc.engine.statistics import FIELDS
from stochcalc.engine.time_range import snap, snap_to_ends
from stochcalc.engine.words import name_given
from stochcalc.motion.partition import Partition
from stochcalc.motion.pieces import count_grid
from stochcalc.motion.processes.joint import Driver
from stochcalc.typing import Integers

DEFAULT_T = 1.0
DEFAULT_STEPS = 1000  # as `brownian` has them


class Grid(NamedTuple):
    """The grid of a run, and what is saved on it.

    Attributes
    ----------
    base : Partition
        The grid that was asked for: n equal steps, or that of the motion.
    steps : Partition
        The grid with the times to save among its points: `base` itself, if they are there already.
    keep : ndarray of int
        The numbers of the points of `steps` to keep.
    """

    base: Partition
    steps: Partition
    keep: Integers

    @property
    def is_cut(self) -> bool:
        """Whether times to save cut steps of the base."""
        return self.steps is not self.base


def choose_grid(
    T: float | None,
    n: int | None,
    noise: Driver | None,
    t0: float,
    save: str | ArrayLike,
) -> Grid:
    """Return the grid of a run.

    The arguments are those of `solve`. Times to save that are not on the grid cut its steps.

    Raises
    ------
    TypeError, ValueError
        For both a motion and a grid; for times to save outside the run.
    """
    base = _find_grid(T, n, noise, t0)
    if isinstance(save, str):
        checks.choice("save", save, ("all", "last", "stats"))
        if save == "last":
            return Grid(base, base, np.array([base.n]))
        return Grid(base, base, np.arange(base.n + 1))
    times = checks.increasing("save", np.atleast_1d(checks.array("save", save)))
    start = base.times[0]
    end = base.times[-1]
    times = snap_to_ends("save", times, start, end, "save times within the run")
    times = checks.increasing("save", snap(times, base.times))
    union = np.union1d(base.times, times)
    steps = base
    if len(union) > len(base.times):
        steps = Partition(union)
    return Grid(base, steps, np.searchsorted(steps.times, times))


def announce_solution(
    n: int | None, noise: Driver | None, save: str | ArrayLike, x0: ArrayLike, paths: int
) -> None:
    """Tell an estimate about the solution before its grid, which may be too long to be made."""
    if not memory.is_estimating() or noise is not None:
        return
    steps = DEFAULT_STEPS if n is None else checks.integer("n", n)
    if isinstance(save, str):
        times = {"all": steps + 1, "last": 1}.get(save, 0)
    else:
        times = np.size(save)
    memory.announce(times * paths * np.size(x0), count_grid(steps))


def check_memory(grid: Grid, columns: int, paths: int, stats: bool, threads: int) -> None:
    """Refuse a solution beyond the memory budget; each path keeps so many numbers, or counts."""
    beside = count_grid(grid.steps.n)
    if stats:
        memory.budget_run(
            "the moments",
            FIELDS * columns,
            "save fewer times, or use fewer steps",
            beside=beside + count_records(columns, paths, threads),
        )
    else:
        remedy = 'use save="stats", save="last" or fewer times'
        memory.budget_run("the solution", columns * paths, remedy, beside=beside)


def _find_grid(T: float | None, n: int | None, noise: Driver | None, t0: float) -> Partition:
    """Return the grid of the motion, or that of n equal steps from t0 to T."""
    if noise is not None:
        if T is not None or n is not None:
            raise ValueError(f"noise= brings its own grid: leave {name_given(T=T, n=n)} out")
        return noise.partition
    if T is None:
        T = DEFAULT_T
    if n is None:
        n = DEFAULT_STEPS
    return Partition.uniform(T, n, t0=t0)
