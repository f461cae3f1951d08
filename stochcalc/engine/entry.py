"""One entry of a small matrix in registers: A[i, j] for an exact step that needs a single Levy area."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from stochcalc.engine.jit import body_for
from stochcalc.engine.matrix import Matrix
from stochcalc.engine.vec import MatType, items_of


def entry(A: Matrix, i: int, j: int) -> Any:
    """A_ij of a matrix; i and j are written as integers, from 0."""
    return A.entries[i, j]


@intrinsic(prefer_literal=True)
def _entry(typingctx: Any, A: Any, i: Any, j: Any) -> Any:
    at = i.literal_value * A.columns + j.literal_value

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return items_of(builder, args[0], A.n)[at]

    return types.float64(A, i, j), codegen


@body_for(entry, prefer_literal=True)
def _of_registers(A, i, j):
    inside = all(isinstance(k, types.IntegerLiteral) for k in (i, j)) and isinstance(A, MatType)
    if inside and 0 <= i.literal_value < A.rows and 0 <= j.literal_value < A.columns:
        return lambda A, i, j: _entry(A, i, j)
    return None


OPERATIONS = (entry,)
