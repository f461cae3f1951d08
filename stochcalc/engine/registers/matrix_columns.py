"""The columns, the diagonal and the entries of a matrix: what schemes without derivatives need.

As in `linear`, each operation has a plain body for NumPy arrays and a compiled one for registers.
For one noise, or diagonal noise, there is no matrix: a vector or a number takes its place.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for, leaf
from stochcalc.engine.compiler.numba_objects import (
    Builder,
    Context,
    Kind,
    Lowering,
    Signature,
    TypingContext,
    Value,
    Values,
)
from stochcalc.engine.registers.linear import sum_left_to_right
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.registers.vec import MatType, VecType, pack, unpack
from stochcalc.typing import DiffusionFunction, Noise, Number, Parameters, State

# ---- the noise at another state for each column


def evaluate_columns(
    b: DiffusionFunction, t: Number, x: State, D: State, args: Parameters
) -> State:
    """Return the matrix whose k-th column is the k-th column of b(t, x + D_k).

    D_k is the k-th column of D. For one noise, or diagonal noise, D is a vector and this is
    b(t, x + D).
    """
    if not isinstance(D, Matrix):
        return b(t, x + D, *args)
    columns = []
    for k in range(D.entries.shape[1]):
        there = b(t, x + D.entries[:, k], *args)
        columns.append(there.entries[:, k])
    return Matrix(np.stack(columns, axis=1))


@functools.lru_cache(maxsize=64)
def _column(k: int) -> Callable[..., Any]:
    """Return the operation that takes column k out of a matrix."""

    @intrinsic
    def take(typingctx: TypingContext, matrix: MatType) -> Lowering:
        def codegen(
            context: Context, builder: Builder, signature: Signature, args: Values
        ) -> Value:
            values = unpack(builder, args[0], matrix.n)[k :: matrix.columns]
            return pack(context, builder, VecType(matrix.rows), values)

        return VecType(matrix.rows)(matrix), codegen

    taker: Callable[..., Any] = take
    return taker


@functools.lru_cache(maxsize=64)
def _with_column(k: int) -> Callable[..., Any]:
    """Return the operation that replaces column k of a matrix by that of another matrix."""

    @intrinsic
    def put(typingctx: TypingContext, matrix: MatType, source: MatType) -> Lowering:
        def codegen(
            context: Context, builder: Builder, signature: Signature, args: Values
        ) -> Value:
            values = unpack(builder, args[0], matrix.n)
            new = unpack(builder, args[1], matrix.n)
            values[k :: matrix.columns] = new[k :: matrix.columns]
            return pack(context, builder, matrix, values)

        return matrix(matrix, source), codegen

    putter: Callable[..., Any] = put
    return putter


@functools.lru_cache(maxsize=64)
def _columns_from(k: int, m: int) -> Callable[..., Any]:
    """Return the leaf that fills columns k .. m - 1 of `out`, one by one by recursion."""
    take = _column(k)
    put = _with_column(k)
    if k == m - 1:
        last: Callable[..., Any] = leaf(
            lambda b, t, x, D, args, out: put(out, b(t, x + take(D), *args))
        )
        return last
    rest = _columns_from(k + 1, m)
    fill: Callable[..., Any] = leaf(
        lambda b, t, x, D, args, out: rest(b, t, x, D, args, put(out, b(t, x + take(D), *args)))
    )
    return fill


@body_for(evaluate_columns)
def _evaluate_columns(b, t, x, D, args):
    if isinstance(D, MatType):
        fill = _columns_from(0, D.columns)
        return lambda b, t, x, D, args: fill(b, t, x, D, args, D)
    return lambda b, t, x, D, args: b(t, x + D, *args)


# ---- the sum of the columns


def sum_columns(B: State) -> State:
    """Return the sum of the columns of a matrix; a vector or a number is returned as it is."""
    if isinstance(B, Matrix):
        return B.entries.sum(axis=1)
    return B


@intrinsic
def _sum_rows(typingctx: TypingContext, B: MatType) -> Lowering:
    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = unpack(builder, args[0], B.n)
        m = B.columns
        rows = [values[i * m : (i + 1) * m] for i in range(B.rows)]
        sums = [sum_left_to_right(builder, row) for row in rows]
        return pack(context, builder, VecType(B.rows), sums)

    return VecType(B.rows)(B), codegen


@body_for(sum_columns)
def _sum_columns(B):
    if isinstance(B, MatType):
        return lambda B: _sum_rows(B)
    return lambda B: B


# ---- the diagonal, and the matrix without it


def take_diagonal(integrals: Noise) -> Noise:
    """Return the diagonal of a matrix of double integrals as a vector.

    Without a matrix there are only the I_jj, which are returned as they are.
    """
    if isinstance(integrals, Matrix):
        return np.stack([integrals.entries[k, k] for k in range(len(integrals.entries))])
    return integrals


@intrinsic
def _diagonal_of(typingctx: TypingContext, matrix: MatType) -> Lowering:
    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = unpack(builder, args[0], matrix.n)[:: matrix.columns + 1]
        return pack(context, builder, VecType(matrix.rows), values)

    return VecType(matrix.rows)(matrix), codegen


@body_for(take_diagonal)
def _take_diagonal(integrals):
    if isinstance(integrals, MatType):
        return lambda integrals: _diagonal_of(integrals)
    return lambda integrals: integrals


def remove_diagonal(integrals: Noise) -> Noise:
    """Return the matrix of double integrals with zeros on its diagonal; 0 without a matrix."""
    if not isinstance(integrals, Matrix):
        return 0.0
    entries = integrals.entries.copy()
    for k in range(len(entries)):
        entries[k, k] = 0.0
    return Matrix(entries)


@intrinsic
def _without_diagonal(typingctx: TypingContext, matrix: MatType) -> Lowering:
    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = unpack(builder, args[0], matrix.n)
        values[:: matrix.columns + 1] = [context.get_constant(types.float64, 0.0)] * matrix.rows
        return pack(context, builder, matrix, values)

    return matrix(matrix), codegen


@body_for(remove_diagonal)
def _remove_diagonal(integrals):
    if isinstance(integrals, MatType):
        return lambda integrals: _without_diagonal(integrals)
    return lambda integrals: 0.0


# ---- one entry


def read_entry(A: Matrix, i: int, j: int) -> Number:
    """Return A_ij of a matrix. Compiled code must have i and j as literal integers, from 0."""
    return A.entries[i, j]


@intrinsic(prefer_literal=True)
def _entry(typingctx: TypingContext, A: MatType, i: Kind, j: Kind) -> Lowering:
    at = i.literal_value * A.columns + j.literal_value

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        return unpack(builder, args[0], A.n)[at]

    return types.float64(A, i, j), codegen


@body_for(read_entry, prefer_literal=True)
def _read_entry(A, i, j):
    literal = isinstance(i, types.IntegerLiteral) and isinstance(j, types.IntegerLiteral)
    if not (literal and isinstance(A, MatType)):
        return None
    if 0 <= i.literal_value < A.rows and 0 <= j.literal_value < A.columns:
        return lambda A, i, j: _entry(A, i, j)
    return None
