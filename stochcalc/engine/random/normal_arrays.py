"""Arrays of the same normals that a lane loop sees, for loops that run in NumPy."""

from __future__ import annotations

import numpy as np
from numba import float64, int64, uint64, void

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.random.normal import normal_pair
from stochcalc.typing import Array


@pointer(void(uint64, uint64, int64, float64[:, ::1]))
def _fill_normals(key, purpose, index, out):
    """Write the normals of one index into out[path, component]."""
    odd = index & 1 != 0
    for path in range(out.shape[0]):
        for component in range(out.shape[1]):
            even_normal, odd_normal = normal_pair(path, index >> 1, component, purpose, key)
            if odd:
                out[path, component] = odd_normal
            else:
                out[path, component] = even_normal


def block_normals(key: int, purpose: int, index: int, shape: tuple[int, int]) -> Array:
    """Return the standard normals of one index, for paths 0, 1, ... and components 0, 1, ...

    Parameters
    ----------
    key, purpose, index : int
        The name that the normals share (see `engine.random.philox`).
    shape : (paths, components)
        The shape of the array that is returned.
    """
    out = np.empty(shape)
    _fill_normals()(key, purpose, index, out)
    return out


@pointer(void(uint64, uint64, int64, int64, float64[:, ::1]))
def _fill_paths(key, purpose, first, component, out):
    """Write the normals of path first + row and all indices into out[row]."""
    pairs = out.shape[1] // 2
    for row in range(out.shape[0]):
        normals = out[row]
        for pair in range(pairs):  # without a branch, so that it is packed
            even, odd = normal_pair(first + row, pair, component, purpose, key)
            normals[2 * pair] = even
            normals[2 * pair + 1] = odd
        if 2 * pairs < out.shape[1]:
            last, _ = normal_pair(first + row, pairs, component, purpose, key)
            normals[2 * pairs] = last


def path_normals(
    key: int, purpose: int, first: int, shape: tuple[int, int], component: int = 0
) -> Array:
    """Return the standard normals of one component, for paths from `first` on and all indices.

    Parameters
    ----------
    key, purpose : int
        The name that the normals share (see `engine.random.philox`).
    first : int
        The path of the first row.
    shape : (paths, indices)
        The shape of the array that is returned.
    component : int
        The component.
    """
    out = np.empty(shape)
    _fill_paths()(key, purpose, first, component, out)
    return out
