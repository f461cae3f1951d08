"""The grid of a run, and which of its times are saved."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.partition import Partition


def choose_grid(
    T: Any, n: Any, noise: Any, t0: Any, save: Any
) -> tuple[Partition, NDArray[np.int64]]:
    """Return the partition, and the numbers of its points to keep.

    The arguments are those of `solve`.

    Raises
    ------
    TypeError, ValueError
        For both a motion and a grid, or neither; for times to save outside the run, or off the grid
        of the motion.
    """
    if noise is not None:
        check_motion("noise", noise)
        if T is not None or n is not None:
            raise ValueError(f"noise= brings its own grid: leave T={T} and n={n} out")
        grid = noise.partition
    else:
        if T is None or n is None:
            raise ValueError(
                f"T={T}, n={n}: give both an end time T and a number of steps n, or noise="
            )
        grid = Partition.uniform(T, n, t0=t0)
    if isinstance(save, str):
        checks.choice("save", save, ("all", "last", "stats"))
        keep = np.array([grid.n]) if save == "last" else np.arange(grid.n + 1)
        return grid, keep
    times = checks.increasing("save", np.atleast_1d(checks.array("save", save)))
    for wrong in times[(times < grid.times[0]) | (times > grid.times[-1])]:
        raise ValueError(
            f"save={wrong:g} is outside [{grid.times[0]:g}, {grid.times[-1]:g}]: save times within "
            f"the run"
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


def _snap(times: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the times; one that equals a grid time up to rounding becomes that grid time.

    So 0.3 and 3 * 0.1 are one point, not two.
    """
    right = np.searchsorted(grid, times).clip(1, len(grid) - 1)
    nearest = np.where(times - grid[right - 1] < grid[right] - times, grid[right - 1], grid[right])
    rounding = 4.0 * np.spacing(np.maximum(np.abs(times), np.abs(grid[-1])))
    return np.where(np.abs(times - nearest) <= rounding, nearest, times)
