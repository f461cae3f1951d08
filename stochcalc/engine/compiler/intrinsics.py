"""Three operations Python cannot spell: the fused multiply-add and the two views of a float's bits.

`fma` is asked of LLVM by name. It rounds once whether or not the CPU has the instruction, so
results agree to the bit on every machine; LLVM is never allowed to contract a product and a sum on
its own.

An *intrinsic* is a function that writes its own LLVM instructions. It is called with the kinds of
its arguments, and returns the signature and a function that writes the instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.numba_objects import (
    Builder,
    Context,
    Kind,
    Signature,
    TypingContext,
    Value,
)

Codegen: TypeAlias = Callable[[Context, Builder, Signature, Sequence[Value]], Value]


@intrinsic
def fma(typingctx: TypingContext, a: Kind, b: Kind, c: Kind) -> tuple[Signature, Codegen]:
    """Return a*b + c with one rounding."""

    def codegen(
        context: Context,
        builder: Builder,
        signature: Signature,
        args: Sequence[Value],
    ) -> Value:
        floats = [
            context.cast(builder, value, source, types.float64)
            for value, source in zip(args, signature.args)
        ]
        return builder.fma(*floats)

    return types.float64(types.float64, types.float64, types.float64), codegen


@intrinsic
def bits_of(typingctx: TypingContext, x: Kind) -> tuple[Signature, Codegen]:
    """Return the 64 bits of a float64 as a uint64."""

    def codegen(
        context: Context,
        builder: Builder,
        signature: Signature,
        args: Sequence[Value],
    ) -> Value:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.uint64(types.float64), codegen


@intrinsic
def float_of(typingctx: TypingContext, bits: Kind) -> tuple[Signature, Codegen]:
    """Return the float64 whose bits are a given uint64."""

    def codegen(
        context: Context,
        builder: Builder,
        signature: Signature,
        args: Sequence[Value],
    ) -> Value:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.uint64), codegen
