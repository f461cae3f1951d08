"""Linear algebra that schemes for several noises need beyond + - * /, on registers and arrays.

Each operation is one name with two bodies: the plain one reads as the formula and works on NumPy
arrays whose last axis runs over paths, the compiled one unrolls into scalar instructions on
registers. `matrix_columns` has the operations on the columns of a matrix.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for
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
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.registers.vec import MatType, VecType, pack, unpack
from stochcalc.typing import Noise, Number, State


def sum_left_to_right(builder: Builder, values: list[Value]) -> Value:
    """Return the sum of LLVM values, added left to right."""
    total = values[0]
    for value in values[1:]:
        total = builder.fadd(total, value)
    return total


# ---- double integrals


def compute_double_integrals(dW: Noise, A: Noise, dt: Number, lam: float = 0.0) -> Noise:
    """Return the double integrals I_jk = int int dW_j dW_k over a step, interpreted with lambda.

    They are (dW_j dW_k - (1 - 2 lam) delta_jk dt)/2 + A_jk.

    Parameters
    ----------
    dW
        The increments of the motion.
    A
        The matrix of Levy areas. For commuting noise they drop out, and zeros are passed. If it is
        a number, only the I_jj are returned, as a vector or a number.
    dt
        The length of the step.
    lam : float
        The interpretation: 0 Ito, 1/2 Stratonovich, 1 backward.
    """
    if isinstance(A, Matrix):
        outer = np.einsum("i...,j...->ij...", np.asarray(dW), np.asarray(dW))
        unit = np.eye(len(outer)).reshape(outer.shape[:2] + (1,) * (outer.ndim - 2))
        return Matrix(0.5 * (outer - (1.0 - 2.0 * lam) * dt * unit)) + A
    return 0.5 * (dW * dW - (1.0 - 2.0 * lam) * dt)


@intrinsic
def _outer_integrals(typingctx: TypingContext, dW: VecType, A: MatType, diagonal: Kind) -> Lowering:
    m = dW.n

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        w = unpack(builder, args[0], m)
        areas = unpack(builder, args[1], m * m)
        half = context.get_constant(types.float64, 0.5)
        values = []
        for i in range(m):
            for j in range(m):
                product = builder.fmul(w[i], w[j])
                if i == j:
                    values.append(builder.fmul(half, builder.fsub(product, args[2])))
                else:
                    values.append(builder.fadd(builder.fmul(half, product), areas[i * m + j]))
        return pack(context, builder, A, values)

    return A(dW, A, types.float64), codegen


@body_for(compute_double_integrals)
def _compute_double_integrals(dW, A, dt, lam=0.0):
    if isinstance(A, MatType):
        return lambda dW, A, dt, lam=0.0: _outer_integrals(dW, A, (1.0 - 2.0 * lam) * dt)
    return lambda dW, A, dt, lam=0.0: 0.5 * (dW * dW - (1.0 - 2.0 * lam) * dt)


# ---- contraction with a derivative


def contract(db: State, D: State) -> State:
    """Return the derivative of the noise along D, the vector sum_kj (d b_ij / dx_k) D_kj.

    For one noise, or diagonal noise, D is a vector and this is db * D.

    Parameters
    ----------
    db
        The slopes: d b_ij / d x_k at row i and column j d + k of a matrix (d, m d), or a vector.
    D
        The directions: a matrix (d, m), or a vector.
    """
    if isinstance(D, Matrix):
        d, m = D.entries.shape[:2]
        tensor = db.entries.reshape((d, m, d) + db.entries.shape[2:])
        return np.einsum("ijk...,kj...->i...", tensor, D.entries)
    return db * D


@intrinsic
def _contract_registers(typingctx: TypingContext, db: MatType, D: MatType) -> Lowering:
    d = D.rows
    m = D.columns

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        slopes = unpack(builder, args[0], d * m * d)
        along = unpack(builder, args[1], d * m)
        values = []
        for i in range(d):
            products = [
                builder.fmul(slopes[(i * m + j) * d + k], along[k * m + j])
                for j in range(m)
                for k in range(d)
            ]
            values.append(sum_left_to_right(builder, products))
        return pack(context, builder, VecType(d), values)

    return VecType(d)(db, D), codegen


@body_for(contract)
def _contract(db, D):
    if isinstance(D, MatType):
        return lambda db, D: _contract_registers(db, D)
    return lambda db, D: db * D
