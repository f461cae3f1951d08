"""The grid of a run, and which of its times are saved."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Integers


def choose_grid(
    T: float | None,
    n: int | None,
    noise: BrownianPaths | None,
    t0: float,
    save: str | ArrayLike,
) -> tuple[Partition, Integers]:
    """Return the partition of a run, and the numbers of its points to keep.

    The arguments are those of `solve`. Times to save that are not on the grid become grid points.

    Raises
    ------
    TypeError, ValueError
        For both a motion and a grid, or neither; for times to save outside the run, or off the grid
        of the motion.
    """
    grid = _find_grid(T, n, noise, t0)
    if isinstance(save, str):
        checks.choice("save", save, ("all", "last", "stats"))
        if save == "last":
            return grid, np.array([grid.n])
        return grid, np.arange(grid.n + 1)
    times = checks.increasing("save", np.atleast_1d(checks.array("save", save)))
    wrong = times[(times < grid.times[0]) | (times > grid.times[-1])]
    if wrong.size:
        raise ValueError(
            f"save={wrong[0]:g} is outside [{grid.times[0]:g}, {grid.times[-1]:g}]: save times "
            f"within the run"
        )
    times = checks.increasing("save", _snap(times, grid.times))
    union = np.union1d(grid.times, times)
    if len(union) > len(grid.times):
        if noise is not None:
            missing = np.setdiff1d(times, grid.times)[0]
            raise ValueError(
                f"save={missing:g} is no grid time of noise=: choose among noise.t, or draw it on "
                f"that grid"
            )
        grid = Partition(union)
    return grid, np.searchsorted(grid.times, times)


def _find_grid(T: float | None, n: int | None, noise: BrownianPaths | None, t0: float) -> Partition:
    """Return the grid of the motion, or that of n equal steps from t0 to T."""
    if noise is not None:
        check_motion("noise", noise)
        if T is not None or n is not None:
            raise ValueError(f"noise= brings its own grid: leave T={T} and n={n} out")
        return noise.partition
    if T is None or n is None:
        raise ValueError(
            f"T={T}, n={n}: give both an end time T and a number of steps n, or noise="
        )
    return Partition.uniform(T, n, t0=t0)


def _snap(times: Array, grid: Array) -> Array:
    """Return times, with those that equal a grid time up to rounding replaced by it.

    So 0.3 and 3 * 0.1 are one point, not two.
    """
    right = np.searchsorted(grid, times).clip(1, len(grid) - 1)
    nearest = np.where(times - grid[right - 1] < grid[right] - times, grid[right - 1], grid[right])
    rounding = 4.0 * np.spacing(np.maximum(np.abs(times), np.abs(grid[-1])))
    return np.where(np.abs(times - nearest) <= rounding, nearest, times)
