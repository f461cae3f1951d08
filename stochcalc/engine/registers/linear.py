"""Linear algebra on `Vec` and `Mat` in registers: what schemes for several noises need beyond + - *
/.

Each operation is one name with two bodies: the plain one reads as the formula and works on NumPy
arrays whose last axis runs over paths, the compiled one unrolls into scalar instructions on
registers.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for, leaf
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.registers.vec import MatType, VecType, items_of, pack


def sum_of(builder: Any, values: list[Any]) -> Any:
    """Left to right."""
    total = values[0]
    for value in values[1:]:
        total = builder.fadd(total, value)
    return total


# ---- double integrals


def double_integrals(dW: Any, A: Any, dt: Any, lam: float = 0.0) -> Any:
    """I_jk = int int dW_j dW_k over a step, read with lambda: (dW_j dW_k - (1 - 2 lam) delta_jk
    dt)/2 + A_jk.

    A is the matrix of Levy areas (zero for commuting noise); or a number, and then only I_jj is
    meant.
    """
    if isinstance(A, Matrix):
        outer = np.einsum("i...,j...->ij...", np.asarray(dW), np.asarray(dW))
        unit = np.eye(len(outer)).reshape(outer.shape[:2] + (1,) * (outer.ndim - 2))
        return Matrix(0.5 * (outer - (1.0 - 2.0 * lam) * dt * unit)) + A
    return 0.5 * (dW * dW - (1.0 - 2.0 * lam) * dt)


@intrinsic
def _outer_integrals(typingctx: Any, dW: Any, A: Any, diagonal: Any) -> Any:
    m = dW.n

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        w, areas = items_of(builder, args[0], m), items_of(builder, args[1], m * m)
        half, values = context.get_constant(types.float64, 0.5), []
        for i in range(m):
            for j in range(m):
                product = builder.fmul(w[i], w[j])
                if i == j:
                    values.append(builder.fmul(half, builder.fsub(product, args[2])))
                else:
                    values.append(builder.fadd(builder.fmul(half, product), areas[i * m + j]))
        return pack(context, builder, A, values)

    return A(dW, A, types.float64), codegen


@body_for(double_integrals)
def _double_integrals(dW, A, dt, lam=0.0):
    if isinstance(A, MatType):
        return lambda dW, A, dt, lam=0.0: _outer_integrals(dW, A, (1.0 - 2.0 * lam) * dt)
    return lambda dW, A, dt, lam=0.0: 0.5 * (dW * dW - (1.0 - 2.0 * lam) * dt)


# ---- contraction with a derivative


def contract(db: Any, D: Any) -> Any:
    """sum_kj (d b_ij / dx_k) D_kj: the derivative of the noise along D, as a vector.

    For one noise, or diagonal noise, D is a vector and this is db * D.
    """
    if isinstance(D, Matrix):
        d, m = D.entries.shape[:2]
        tensor = db.entries.reshape((d, m, d) + db.entries.shape[2:])
        return np.einsum("ijk...,kj...->i...", tensor, D.entries)
    return db * D


@intrinsic
def _contracted(typingctx: Any, db: Any, D: Any) -> Any:
    d, m = D.rows, D.columns

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        slopes, along = items_of(builder, args[0], d * m * d), items_of(builder, args[1], d * m)
        values = [
            sum_of(
                builder,
                [
                    builder.fmul(slopes[(i * m + j) * d + k], along[k * m + j])
                    for j in range(m)
                    for k in range(d)
                ],
            )
            for i in range(d)
        ]
        return pack(context, builder, VecType(d), values)

    return VecType(d)(db, D), codegen


@body_for(contract)
def _contract(db, D):
    if isinstance(D, MatType):
        return lambda db, D: _contracted(db, D)
    return lambda db, D: db * D


# ---- columns


def each_column(b: Any, t: Any, x: Any, D: Any, args: Any) -> Any:
    """The matrix whose k-th column is the k-th column of b(t, x + D_k), D_k the k-th column of D.

    For one noise, or diagonal noise, D is a vector and this is b(t, x + D).
    """
    if isinstance(D, Matrix):
        columns = [
            b(t, x + D.entries[:, k], *args).entries[:, k] for k in range(D.entries.shape[1])
        ]
        return Matrix(np.stack(columns, axis=1))
    return b(t, x + D, *args)


@functools.lru_cache(maxsize=64)
def _column(k: int) -> Any:
    @intrinsic
    def taken(typingctx: Any, matrix: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = items_of(builder, args[0], matrix.n)[k :: matrix.columns]
            return pack(context, builder, VecType(matrix.rows), values)

        return VecType(matrix.rows)(matrix), codegen

    return taken


@functools.lru_cache(maxsize=64)
def _with_column(k: int) -> Any:
    @intrinsic
    def put(typingctx: Any, matrix: Any, source: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values, new = items_of(builder, args[0], matrix.n), items_of(builder, args[1], matrix.n)
            values[k :: matrix.columns] = new[k :: matrix.columns]
            return pack(context, builder, matrix, values)

        return matrix(matrix, source), codegen

    return put


@functools.lru_cache(maxsize=64)
def _columns_from(k: int, m: int) -> Any:
    """A leaf that fills columns k .. m - 1 of `out`."""
    taken, put = _column(k), _with_column(k)
    if k == m - 1:
        return leaf(lambda b, t, x, D, args, out: put(out, b(t, x + taken(D), *args)))
    rest = _columns_from(k + 1, m)
    return leaf(
        lambda b, t, x, D, args, out: rest(b, t, x, D, args, put(out, b(t, x + taken(D), *args)))
    )


@body_for(each_column)
def _each_column(b, t, x, D, args):
    if isinstance(D, MatType):
        fill = _columns_from(0, D.columns)
        return lambda b, t, x, D, args: fill(b, t, x, D, args, D)
    return lambda b, t, x, D, args: b(t, x + D, *args)


def summed(B: Any) -> Any:
    """The sum of the columns of a matrix; of one noise, or diagonal noise, the vector itself."""
    return B.entries.sum(axis=1) if isinstance(B, Matrix) else B


@intrinsic
def _row_sums(typingctx: Any, B: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values, m = items_of(builder, args[0], B.n), B.columns
        return pack(
            context,
            builder,
            VecType(B.rows),
            [sum_of(builder, values[i * m : (i + 1) * m]) for i in range(B.rows)],
        )

    return VecType(B.rows)(B), codegen


@body_for(summed)
def _summed(B):
    if isinstance(B, MatType):
        return lambda B: _row_sums(B)
    return lambda B: B


def diagonal_of(integrals: Any) -> Any:
    """The diagonal of a matrix of double integrals as a vector; without a matrix there is nothing
    else.
    """
    if isinstance(integrals, Matrix):
        return np.stack([integrals.entries[k, k] for k in range(len(integrals.entries))])
    return integrals


def off_diagonal(integrals: Any) -> Any:
    """The matrix with zeros on its diagonal; 0 where there is no matrix."""
    if isinstance(integrals, Matrix):
        entries = integrals.entries.copy()
        for k in range(len(entries)):
            entries[k, k] = 0.0
        return Matrix(entries)
    return 0.0


@intrinsic
def _diagonal(typingctx: Any, matrix: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = items_of(builder, args[0], matrix.n)[:: matrix.columns + 1]
        return pack(context, builder, VecType(matrix.rows), values)

    return VecType(matrix.rows)(matrix), codegen


@intrinsic
def _hollow(typingctx: Any, matrix: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = items_of(builder, args[0], matrix.n)
        values[:: matrix.columns + 1] = [context.get_constant(types.float64, 0.0)] * matrix.rows
        return pack(context, builder, matrix, values)

    return matrix(matrix), codegen


@body_for(diagonal_of)
def _diagonal_of(integrals):
    if isinstance(integrals, MatType):
        return lambda integrals: _diagonal(integrals)
    return lambda integrals: integrals


@body_for(off_diagonal)
def _off_diagonal(integrals):
    if isinstance(integrals, MatType):
        return lambda integrals: _hollow(integrals)
    return lambda integrals: 0.0


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
