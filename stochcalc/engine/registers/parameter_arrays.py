"""Parameters that are arrays, read into registers: a row as a Vec, a square matrix as a Mat, and
the inner product.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from stochcalc.engine.registers.vec import MatType, VecType, items_of, pack


def _read(context: Any, builder: Any, kind: Any, value: Any, index: list[Any]) -> Any:
    array = make_array(kind)(context, builder, value)
    return builder.load(
        cgutils.get_item_pointer(context, builder, kind, array, index, wraparound=False)
    )


@intrinsic
def row(typingctx: Any, array: Any, k: Any, like: Any) -> Any:
    """array[k, :] as a Vec of the size of `like`; array is two-dimensional."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = [
            _read(
                context,
                builder,
                signature.args[0],
                args[0],
                [args[1], context.get_constant(types.intp, i)],
            )
            for i in range(like.n)
        ]
        return pack(context, builder, like, values)

    return VecType(like.n)(array, types.intp, like), codegen


@intrinsic
def square(typingctx: Any, array: Any, i: Any, k: Any, like: Any) -> Any:
    """array[i, k, :, :] as a Mat of the size of `like` in both directions; array is
    four-dimensional.
    """
    target = MatType(like.n, like.n)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        constant = [context.get_constant(types.intp, j) for j in range(like.n)]
        values = [
            _read(context, builder, signature.args[0], args[0], [args[1], args[2], a, b])
            for a in constant
            for b in constant
        ]
        return pack(context, builder, target, values)

    return target(array, types.intp, types.intp, like), codegen


@intrinsic
def dot(typingctx: Any, a: Any, b: Any) -> Any:
    """Inner product of two Vecs, summed left to right."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        left, right = (builder.extract_value(value, 0) for value in args)
        total = None
        for i in range(a.n):
            product = builder.fmul(builder.extract_value(left, i), builder.extract_value(right, i))
            total = product if total is None else builder.fadd(total, product)
        return total

    return types.float64(a, b), codegen


@intrinsic
def less_product(typingctx: Any, a: Any, m: Any, v: Any) -> Any:
    """a - m v for a Mat m and Vecs, each entry by fused multiply-adds."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values, matrix = items_of(builder, args[0], a.n), items_of(builder, args[1], m.n)
        minus = [builder.fneg(value) for value in items_of(builder, args[2], v.n)]
        for i in range(m.rows):
            for j in range(m.columns):
                values[i] = builder.fma(matrix[i * m.columns + j], minus[j], values[i])
        return pack(context, builder, a, values)

    return a(a, m, v), codegen


@intrinsic
def plus_turned(typingctx: Any, a: Any, w: Any, m: Any, v: Any) -> Any:
    """a + w m' v for a number w, by fused multiply-adds."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values, matrix = items_of(builder, args[0], a.n), items_of(builder, args[2], m.n)
        share = [builder.fmul(args[1], value) for value in items_of(builder, args[3], v.n)]
        for i in range(m.rows):
            for j in range(m.columns):
                values[j] = builder.fma(matrix[i * m.columns + j], share[i], values[j])
        return pack(context, builder, a, values)

    return a(a, types.float64, m, v), codegen


@intrinsic
def less_squares(typingctx: Any, a: Any, v: Any) -> Any:
    """a - |v|^2 for a number a, by fused multiply-adds."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        total = args[0]
        for value in items_of(builder, args[1], v.n):
            total = builder.fma(builder.fneg(value), value, total)
        return total

    return types.float64(types.float64, v), codegen


@intrinsic
def plus_dot(typingctx: Any, a: Any, u: Any, v: Any) -> Any:
    """a + u'v for a number a, by fused multiply-adds."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        total = args[0]
        for left, right in zip(items_of(builder, args[1], u.n), items_of(builder, args[2], v.n)):
            total = builder.fma(left, right, total)
        return total

    return types.float64(types.float64, u, v), codegen


@intrinsic
def plus_scaled(typingctx: Any, a: Any, w: Any, v: Any) -> Any:
    """a + w v for a number w, by fused multiply-adds."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pairs = zip(items_of(builder, args[0], a.n), items_of(builder, args[2], v.n))
        return pack(
            context, builder, a, [builder.fma(args[1], right, left) for left, right in pairs]
        )

    return a(a, types.float64, v), codegen
