"""Parameters that are arrays, read into registers, and products with them.

A row becomes a `Vec`, a square matrix a `Mat`. The products add to a number or a vector by fused
multiply-adds, each of which rounds once.
"""

from __future__ import annotations

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

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
from stochcalc.engine.registers.vec import MatType, VecType, pack, unpack


def _read(
    context: Context,
    builder: Builder,
    kind: Kind,
    value: Value,
    index: list[Value],
) -> Value:
    """Return the entry at this index of an array."""
    array = make_array(kind)(context, builder, value)
    place = cgutils.get_item_pointer(context, builder, kind, array, index, wraparound=False)
    return builder.load(place)


@intrinsic
def read_row(typingctx: TypingContext, array: Kind, k: Kind, like: VecType) -> Lowering:
    """Return array[k, :] as a Vec of the size of `like`, for a two-dimensional array."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = []
        for i in range(like.n):
            index = [args[1], context.get_constant(types.intp, i)]
            values.append(_read(context, builder, signature.args[0], args[0], index))
        return pack(context, builder, like, values)

    return VecType(like.n)(array, types.intp, like), codegen


@intrinsic
def read_square(typingctx: TypingContext, array: Kind, i: Kind, k: Kind, like: VecType) -> Lowering:
    """Return array[i, k, :, :] as a Mat, for a four-dimensional array.

    The matrix has as many rows and columns as `like` has items.
    """
    target = MatType(like.n, like.n)

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        constant = [context.get_constant(types.intp, j) for j in range(like.n)]
        values = [
            _read(context, builder, signature.args[0], args[0], [args[1], args[2], a, b])
            for a in constant
            for b in constant
        ]
        return pack(context, builder, target, values)

    return target(array, types.intp, types.intp, like), codegen


@intrinsic
def dot(typingctx: TypingContext, a: VecType, b: VecType) -> Lowering:
    """Return the inner product of two Vecs, summed left to right."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        left = unpack(builder, args[0], a.n)
        right = unpack(builder, args[1], a.n)
        total = builder.fmul(left[0], right[0])
        for i in range(1, a.n):
            total = builder.fadd(total, builder.fmul(left[i], right[i]))
        return total

    return types.float64(a, b), codegen


@intrinsic
def subtract_product(typingctx: TypingContext, a: VecType, m: MatType, v: VecType) -> Lowering:
    """Return a - m v for a Mat m and Vecs a and v, each item by fused multiply-adds."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = unpack(builder, args[0], a.n)
        matrix = unpack(builder, args[1], m.n)
        minus = [builder.fneg(value) for value in unpack(builder, args[2], v.n)]
        for i in range(m.rows):
            for j in range(m.columns):
                values[i] = builder.fma(matrix[i * m.columns + j], minus[j], values[i])
        return pack(context, builder, a, values)

    return a(a, m, v), codegen


@intrinsic
def add_transposed(
    typingctx: TypingContext, a: VecType, w: Kind, m: MatType, v: VecType
) -> Lowering:
    """Return a + w m' v for a number w, a Mat m and Vecs a and v, by fused multiply-adds."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = unpack(builder, args[0], a.n)
        matrix = unpack(builder, args[2], m.n)
        scaled = [builder.fmul(args[1], value) for value in unpack(builder, args[3], v.n)]
        for i in range(m.rows):
            for j in range(m.columns):
                values[j] = builder.fma(matrix[i * m.columns + j], scaled[i], values[j])
        return pack(context, builder, a, values)

    return a(a, types.float64, m, v), codegen


@intrinsic
def subtract_squares(typingctx: TypingContext, a: Kind, v: VecType) -> Lowering:
    """Return a - |v|^2 for a number a and a Vec v, by fused multiply-adds."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        total = args[0]
        for value in unpack(builder, args[1], v.n):
            total = builder.fma(builder.fneg(value), value, total)
        return total

    return types.float64(types.float64, v), codegen


@intrinsic
def add_dot(typingctx: TypingContext, a: Kind, u: VecType, v: VecType) -> Lowering:
    """Return a + u'v for a number a and Vecs u and v, by fused multiply-adds."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        total = args[0]
        for left, right in zip(unpack(builder, args[1], u.n), unpack(builder, args[2], v.n)):
            total = builder.fma(left, right, total)
        return total

    return types.float64(types.float64, u, v), codegen


@intrinsic
def add_scaled(typingctx: TypingContext, a: VecType, w: Kind, v: VecType) -> Lowering:
    """Return a + w v for a number w and Vecs a and v, by fused multiply-adds."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        pairs = zip(unpack(builder, args[0], a.n), unpack(builder, args[2], v.n))
        values = [builder.fma(args[1], right, left) for left, right in pairs]
        return pack(context, builder, a, values)

    return a(a, types.float64, v), codegen
