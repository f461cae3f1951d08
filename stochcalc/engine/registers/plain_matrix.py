"""A matrix for each path, for steps that run on NumPy arrays.

M * v is the matrix-vector product, as for `Mat` in the lanes.
"""

from __future__ import annotations

import numpy as np

from stochcalc.typing import Array, Number, State


class Matrix:
    """A matrix for each path, whose arithmetic is that of matrices, path by path.

    Parameters
    ----------
    entries : array (rows, columns, paths) or (rows, columns)
        The entries; without the last axis, one matrix for all paths.
    """

    __array_ufunc__ = None  # array * Matrix asks the Matrix
    __slots__ = ("entries",)

    def __init__(self, entries: Array) -> None:
        self.entries = entries

    def __mul__(self, other: State) -> State:
        if isinstance(other, Matrix):
            return Matrix(np.einsum("ij...,jk...->ik...", self.entries, other.entries))
        if np.ndim(other) == 0:
            return Matrix(self.entries * other)
        return np.einsum("ij...,j...->i...", self.entries, other)

    def __rmul__(self, number: Number) -> Matrix:
        return Matrix(number * self.entries)

    def __truediv__(self, number: Number) -> Matrix:
        return Matrix(self.entries / number)

    def __add__(self, other: Matrix) -> Matrix:
        return Matrix(self.entries + other.entries)

    def __sub__(self, other: Matrix) -> Matrix:
        return Matrix(self.entries - other.entries)

    def __neg__(self) -> Matrix:
        return Matrix(-self.entries)
