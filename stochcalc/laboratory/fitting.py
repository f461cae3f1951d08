"""From the records of a study to its errors, and the weights of a slope through them."""

from __future__ import annotations

import numpy as np

from stochcalc.typing import Array


def find_error(pooled: Array, root: bool) -> tuple[Array, Array]:
    """Return the error and its standard error from the record of all paths, shape (7, levels)."""
    spread = np.sqrt(pooled[2] / (pooled[0] - 1.0) / pooled[0])
    if not root:
        return np.abs(pooled[1]), spread
    error = np.sqrt(pooled[1])
    # An error of exactly 0 has no standard error of its own: nan says so.
    with np.errstate(divide="ignore", invalid="ignore"):
        return error, spread / (2.0 * error)


def take_logs(means: Array, pooled_mean: Array, error: Array, root: bool, signed: bool) -> Array:
    """Return the log errors of the batches, shape (batches, levels), from their means."""
    # An error of exactly 0 has no slope: nan says so.
    with np.errstate(divide="ignore", invalid="ignore"):
        if signed:
            return np.log(error) + means / pooled_mean - 1.0
        if root:
            return np.log(np.sqrt(means))
        return np.log(means)


def weigh_levels(x: Array, relative: Array) -> Array:
    """Return weights c such that the slope is sum c_i log error_i.

    The slope is that of least squares with variances relative^2. A floor keeps one level that
    happens to be measured very well from deciding the slope alone.
    """
    w = 1.0 / np.maximum(relative, 0.25 * np.median(relative) + 1e-300) ** 2
    centred = x - np.average(x, weights=w)
    weights: Array = w * centred / np.sum(w * centred * centred)
    return weights
