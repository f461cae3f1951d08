"""Lengths of vectors and small linear equations in registers, for tamed and implicit schemes."""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.compiler.numba_objects import (
    Builder,
    Context,
    Lowering,
    Signature,
    TypingContext,
    Value,
    Values,
)
from stochcalc.engine.registers.linear import sum_left_to_right
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.registers.vec import MatType, VecType, pack, unpack
from stochcalc.typing import Number, State

# ---- lengths


def norm(v: State) -> Number:
    """Return the Euclidean length of a vector, or |v| of a number.

    For a system of arrays the first axis is the vector's.
    """
    if np.ndim(v) > 1:
        return np.sqrt(np.sum(v * v, axis=0))
    return np.abs(v)


@intrinsic
def _sum_squares(typingctx: TypingContext, v: VecType) -> Lowering:
    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        squares = [builder.fmul(value, value) for value in unpack(builder, args[0], v.n)]
        return sum_left_to_right(builder, squares)

    return types.float64(v), codegen


@body_for(norm)
def _norm(v):
    if isinstance(v, VecType):
        return lambda v: math.sqrt(_sum_squares(v))
    if isinstance(v, types.Array) and v.ndim > 1:
        return lambda v: np.sqrt(np.sum(v * v, axis=0))
    if isinstance(v, types.Array):
        return lambda v: np.abs(v)
    return lambda v: abs(v)


# ---- linear equations


def solve_one_minus(M: State, r: State) -> State:
    """Return the solution y of (1 - M) y = r.

    M and r are numbers, or a vector r with a vector M (each component by itself) or a matrix M. In
    the lanes a matrix is eliminated with pivots, which are chosen without a branch.
    """
    if not isinstance(M, Matrix):
        return r / (1.0 - M)
    unit = np.eye(M.entries.shape[0])
    for_each_path = np.broadcast_to(M.entries, M.entries.shape[:2] + np.shape(r)[1:])
    system = unit - np.moveaxis(for_each_path, (0, 1), (-2, -1))
    right = np.moveaxis(r, 0, -1)[..., None]
    return np.moveaxis(np.linalg.solve(system, right)[..., 0], -1, 0)


def _absolute(builder: Builder, value: Value) -> Value:
    """Return |value|."""
    below = builder.fcmp_ordered("<", value, value.type(0.0))
    return builder.select(below, builder.fneg(value), value)


def _swap_if(builder: Builder, condition: Value, a: Value, b: Value) -> tuple[Value, Value]:
    """Return (b, a) where the condition holds, else (a, b)."""
    return builder.select(condition, b, a), builder.select(condition, a, b)


def _one_minus(context: Context, builder: Builder, flat: list[Value], d: int) -> list[list[Value]]:
    """Return the rows of 1 - M from the d^2 entries of M, row by row."""
    one = context.get_constant(types.float64, 1.0)
    rows = []
    for i in range(d):
        row = [builder.fneg(value) for value in flat[i * d : i * d + d]]
        row[i] = builder.fsub(one, flat[i * d + i])
        rows.append(row)
    return rows


@intrinsic
def _eliminate(typingctx: TypingContext, M: MatType, r: VecType) -> Lowering:
    d = M.rows

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        a = _one_minus(context, builder, unpack(builder, args[0], d * d), d)
        y = unpack(builder, args[1], d)
        for k in range(d):
            # The largest entry of column k comes to the diagonal, one comparison at a time.
            for i in range(k + 1, d):
                larger = builder.fcmp_ordered(
                    ">", _absolute(builder, a[i][k]), _absolute(builder, a[k][k])
                )
                for j in range(k, d):
                    a[k][j], a[i][j] = _swap_if(builder, larger, a[k][j], a[i][j])
                y[k], y[i] = _swap_if(builder, larger, y[k], y[i])
            for i in range(k + 1, d):
                factor = builder.fdiv(a[i][k], a[k][k])
                for j in range(k + 1, d):
                    a[i][j] = builder.fsub(a[i][j], builder.fmul(factor, a[k][j]))
                y[i] = builder.fsub(y[i], builder.fmul(factor, y[k]))
        for i in reversed(range(d)):
            for j in range(i + 1, d):
                y[i] = builder.fsub(y[i], builder.fmul(a[i][j], y[j]))
            y[i] = builder.fdiv(y[i], a[i][i])
        return pack(context, builder, r, y)

    return r(M, r), codegen


@body_for(solve_one_minus)
def _solve_one_minus(M, r):
    if isinstance(M, MatType):
        return lambda M, r: _eliminate(M, r)
    return lambda M, r: r / (1.0 - M)
