"""Parameters that are arrays, read into registers: a row as a Vec, a square matrix as a Mat, and the inner product."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from stochcalc.engine.vec import MatType, VecType, pack


def _read(context: Any, builder: Any, kind: Any, value: Any, index: list[Any]) -> Any:
    array = make_array(kind)(context, builder, value)
    return builder.load(cgutils.get_item_pointer(context, builder, kind, array, index, wraparound=False))


@intrinsic
def row(typingctx: Any, array: Any, k: Any, like: Any) -> Any:
    """array[k, :] as a Vec of the size of `like`; array is two-dimensional."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = [_read(context, builder, signature.args[0], args[0], [args[1], context.get_constant(types.intp, i)])
                  for i in range(like.n)]
        return pack(context, builder, like, values)

    return VecType(like.n)(array, types.intp, like), codegen


@intrinsic
def square(typingctx: Any, array: Any, i: Any, k: Any, like: Any) -> Any:
    """array[i, k, :, :] as a Mat of the size of `like` in both directions; array is four-dimensional."""
    target = MatType(like.n, like.n)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        constant = [context.get_constant(types.intp, j) for j in range(like.n)]
        values = [_read(context, builder, signature.args[0], args[0], [args[1], args[2], a, b])
                  for a in constant for b in constant]
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
