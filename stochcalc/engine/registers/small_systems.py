"""Lengths of vectors, and small linear equations, in registers: what tamed and implicit schemes
need, and errors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.registers.linear import sum_of
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.registers.vec import MatType, VecType, items_of, pack


def norm(v: Any) -> Any:
    """Euclidean length of a vector; |v| of a number.

    For a system of arrays the first axis is the vector's.
    """
    return np.sqrt(np.sum(v * v, axis=0)) if np.ndim(v) > 1 else np.abs(v)


def square(v: Any) -> Any:
    """Squared Euclidean length of a vector; v^2 of a number."""
    return np.sum(v * v, axis=0) if np.ndim(v) > 1 else v * v


@intrinsic
def _square_sum(typingctx: Any, v: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return sum_of(
            builder, [builder.fmul(value, value) for value in items_of(builder, args[0], v.n)]
        )

    return types.float64(v), codegen


@body_for(norm)
def _norm(v):
    if isinstance(v, VecType):
        return lambda v: math.sqrt(_square_sum(v))
    if isinstance(v, types.Array) and v.ndim > 1:
        return lambda v: np.sqrt(np.sum(v * v, axis=0))
    if isinstance(v, types.Array):
        return lambda v: np.abs(v)
    return lambda v: abs(v)


def solved(M: Any, r: Any) -> Any:
    """The solution y of (1 - M) y = r: numbers, or a small matrix by elimination with pivots,
    chosen without a branch.
    """
    if isinstance(M, Matrix):
        unit = np.eye(M.entries.shape[0])
        system = np.moveaxis(
            np.broadcast_to(M.entries, M.entries.shape[:2] + np.shape(r)[1:]), (0, 1), (-2, -1)
        )
        return np.moveaxis(
            np.linalg.solve(unit - system, np.moveaxis(r, 0, -1)[..., None])[..., 0], -1, 0
        )
    return r / (1.0 - M)


@body_for(square)
def _square(v):
    if isinstance(v, VecType):
        return lambda v: _square_sum(v)
    if isinstance(v, types.Array) and v.ndim > 1:
        return lambda v: np.sum(v * v, axis=0)
    return lambda v: v * v


def _absolute(builder: Any, value: Any) -> Any:
    return builder.select(
        builder.fcmp_ordered("<", value, value.type(0.0)), builder.fneg(value), value
    )


def _swapped(builder: Any, condition: Any, a: Any, b: Any) -> tuple[Any, Any]:
    return builder.select(condition, b, a), builder.select(condition, a, b)


@intrinsic
def _eliminated(typingctx: Any, M: Any, r: Any) -> Any:
    d = M.rows

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        flat, y = items_of(builder, args[0], d * d), items_of(builder, args[1], d)
        one = context.get_constant(types.float64, 1.0)
        a = [
            [
                builder.fsub(one, flat[i * d + j]) if i == j else builder.fneg(flat[i * d + j])
                for j in range(d)
            ]
            for i in range(d)
        ]
        for k in range(d):
            for i in range(k + 1, d):
                larger = builder.fcmp_ordered(
                    ">", _absolute(builder, a[i][k]), _absolute(builder, a[k][k])
                )
                for j in range(k, d):
                    a[k][j], a[i][j] = _swapped(builder, larger, a[k][j], a[i][j])
                y[k], y[i] = _swapped(builder, larger, y[k], y[i])
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


@body_for(solved)
def _solved(M, r):
    if isinstance(M, MatType):
        return lambda M, r: _eliminated(M, r)
    return lambda M, r: r / (1.0 - M)
