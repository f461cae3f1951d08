"""Choices in registers: one of two states, or a state with one component replaced.

A path that has stopped keeps its state while the paths beside it move on. So both states are
computed, and a select without a branch takes one of them, which keeps the lanes packed. As in
`linear`, each operation has a plain body for NumPy arrays and a compiled one for registers.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
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
from stochcalc.engine.registers.vec import VecType, pack, unpack
from stochcalc.typing import Number, State


def choose(flag: Number, a: State, b: State) -> State:
    """Return a where the flag is true, and b elsewhere; both are states of one size."""
    return np.where(flag, a, b)


@intrinsic
def _select(typingctx: TypingContext, flag: Kind, a: Kind, b: Kind) -> Lowering:
    """Return a Vec or a float, of which every item is selected by the flag."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        condition = context.cast(builder, args[0], flag, types.boolean)
        condition = builder.icmp_unsigned("!=", condition, ir.Constant(condition.type, 0))
        if not isinstance(a, VecType):
            return builder.select(condition, args[1], args[2])
        first = unpack(builder, args[1], a.n)
        second = unpack(builder, args[2], a.n)
        values = [builder.select(condition, x, y) for x, y in zip(first, second)]
        return pack(context, builder, a, values)

    return a(flag, a, b), codegen


@body_for(choose)
def _choose(flag, a, b):
    if isinstance(a, VecType) and isinstance(b, VecType) and a.n == b.n:
        return lambda flag, a, b: _select(flag, a, b)
    if isinstance(a, types.Float) and isinstance(b, types.Float):
        return lambda flag, a, b: _select(flag, a, b)
    return None


def replace_item(x: State, i: int, value: Number) -> State:
    """Return a state with component i replaced; i is written out where this is compiled."""
    moved = np.array(x)
    moved[i] = value
    return moved


@intrinsic(prefer_literal=True)
def _put(typingctx: TypingContext, x: VecType, i: Kind, value: Kind) -> Lowering:
    """Return a Vec with one item replaced."""
    place = i.literal_value

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = unpack(builder, args[0], x.n)
        values[place] = context.cast(builder, args[2], value, types.float64)
        return pack(context, builder, x, values)

    return x(x, i, value), codegen


@body_for(replace_item, prefer_literal=True)
def _replace_item(x, i, value):
    if isinstance(x, VecType) and isinstance(i, types.IntegerLiteral):
        return lambda x, i, value: _put(x, i, value)
    return None
