"""A matrix per path, for steps that run on NumPy arrays: M * v is the matrix-vector product, as for
`Mat` in the lanes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Matrix:
    """Entries of shape (rows, columns, paths) or (rows, columns); arithmetic as matrices have it,
    path by path.
    """

    __array_ufunc__ = None  # array * Matrix asks the Matrix
    __slots__ = ("entries",)

    def __init__(self, entries: NDArray[np.float64]) -> None:
        self.entries = entries

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Matrix):
            return Matrix(np.einsum("ij...,jk...->ik...", self.entries, other.entries))
        if np.ndim(other) == 0:
            return Matrix(self.entries * other)
        return np.einsum("ij...,j...->i...", self.entries, other)

    def __rmul__(self, number: Any) -> Matrix:
        return Matrix(number * self.entries)

    def __truediv__(self, number: Any) -> Matrix:
        return Matrix(self.entries / number)

    def __add__(self, other: Matrix) -> Matrix:
        return Matrix(self.entries + other.entries)

    def __sub__(self, other: Matrix) -> Matrix:
        return Matrix(self.entries - other.entries)

    def __neg__(self) -> Matrix:
        return Matrix(-self.entries)
