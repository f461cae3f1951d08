"""Arrays of the same normals that a lane loop sees, for loops that run in NumPy."""

from __future__ import annotations

import numpy as np
from numba import float64, int64, uint64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.random.normal import normal_pair


@pointer(void(uint64, uint64, int64, float64[:, ::1]))
def _fill_normals(key, purpose, index, out):
    odd = index & 1 != 0
    for path in range(out.shape[0]):
        for component in range(out.shape[1]):
            even_normal, odd_normal = normal_pair(path, index >> 1, component, purpose, key)
            out[path, component] = odd_normal if odd else even_normal


def block_normals(
    key: int, purpose: int, index: int, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Standard normals (paths, components) of one index, shape (paths, components)."""
    out = np.empty(shape)
    _fill_normals()(key, purpose, index, out)
    return out


@pointer(void(uint64, uint64, int64, float64[:, ::1]))
def _fill_paths(key, purpose, first, out):
    for row in range(out.shape[0]):
        for pair in range((out.shape[1] + 1) // 2):
            even, odd = normal_pair(first + row, pair, 0, purpose, key)
            out[row, 2 * pair] = even
            if 2 * pair + 1 < out.shape[1]:
                out[row, 2 * pair + 1] = odd


def path_normals(key: int, purpose: int, first: int, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Standard normals (paths, indices) of paths first, first + 1, ..., component 0."""
    out = np.empty(shape)
    _fill_paths()(key, purpose, first, out)
    return out
