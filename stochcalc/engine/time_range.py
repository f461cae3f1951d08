"""Times within a range, up to rounding: 3 * 0.1 is a time of [0, 0.3]."""

from __future__ import annotations

import numpy as np

from stochcalc.typing import Array


def snap_to_ends(name: str, times: Array, low: float, high: float, remedy: str) -> Array:
    """Return times in [low, high]; those that equal an end up to rounding become that end.

    Parameters
    ----------
    name : str
        The argument's name, for the error.
    times : ndarray
        The times, of any shape.
    low, high : float
        The ends.
    remedy : str
        What to do, for the error.

    Raises
    ------
    ValueError
        If a time lies outside; it is shown with all its digits.
    """
    snapped = snap(times, np.array([low, high]))
    wrong = snapped[(snapped < low) | (snapped > high)]
    if wrong.size:
        raise ValueError(
            f"{name}={float(wrong.flat[0])!r} is outside [{float(low)!r}, {float(high)!r}]: "
            f"{remedy}"
        )
    return snapped


def snap(times: Array, grid: Array) -> Array:
    """Return times, with those that equal a grid time up to rounding replaced by it.

    The rounding allowed is four spacings of floats at the largest of the time and the grid's ends.
    """
    right = np.searchsorted(grid, times).clip(1, len(grid) - 1)
    nearest = np.where(times - grid[right - 1] < grid[right] - times, grid[right - 1], grid[right])
    largest = np.abs(grid[[0, -1]]).max()
    rounding = 4.0 * np.spacing(np.maximum(np.abs(times), largest))
    return np.where(np.abs(times - nearest) <= rounding, nearest, times)
