"""Three operations Python cannot spell: the fused multiply-add and the two views of a float's bits.

`fma` is asked of LLVM by name. It rounds once whether or not the CPU has the instruction, so
results agree to the bit on every machine; LLVM is never allowed to contract a product and a sum on
its own.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def fma(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
    """a*b + c with one rounding."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        floats = [
            context.cast(builder, value, source, types.float64)
            for value, source in zip(args, signature.args)
        ]
        return builder.fma(*floats)

    return types.float64(types.float64, types.float64, types.float64), codegen


@intrinsic
def bits_of(typingctx: Any, x: Any) -> Any:
    """The 64 bits of a float64 as a uint64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.uint64(types.float64), codegen


@intrinsic
def float_of(typingctx: Any, bits: Any) -> Any:
    """The float64 whose bits are a given uint64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.uint64), codegen
