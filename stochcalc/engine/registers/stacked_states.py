"""States of several vectors in one: positions and momenta, a chain and what it remembers.

In plain Python these functions work on arrays (items, paths); in the lanes the same names work on
registers.
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
from stochcalc.engine.registers.parameter_arrays import dot
from stochcalc.engine.registers.vec import VecType, pack, unpack
from stochcalc.typing import Number, State

# ---- a part of a state


def take_part(state: State, first: int, n: int) -> State:
    """Return items first .. first + n - 1 of a state as a vector.

    Compiled code must know `first` and `n` when it is compiled.
    """
    return state[first : first + n]


@intrinsic(prefer_literal=True)
def _slice_vec(typingctx: TypingContext, state: VecType, first: Kind, n: Kind) -> Lowering:
    start = first.literal_value
    end = start + n.literal_value
    target = VecType(n.literal_value)

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        items = unpack(builder, args[0], state.n)
        return pack(context, builder, target, items[start:end])

    return target(state, first, n), codegen


@body_for(take_part, prefer_literal=True)
def _take_part(state, first, n):
    return lambda state, first, n: _slice_vec(state, first, n)


# ---- two states in one


def join(a: State, b: State) -> State:
    """Return the items of a followed by those of b; a number is one item."""
    return np.concatenate([np.atleast_2d(a), np.atleast_2d(b)])


@intrinsic
def _concatenate(typingctx: TypingContext, a: Kind, b: Kind) -> Lowering:
    target = VecType(_count_items(a) + _count_items(b))

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = []
        for value, kind in zip(args, (a, b)):
            if isinstance(kind, VecType):
                values += unpack(builder, value, kind.n)
            else:
                values.append(context.cast(builder, value, kind, types.float64))
        return pack(context, builder, target, values)

    return target(a, b), codegen


def _count_items(kind: Kind) -> int:
    """Return the number of items of a Vec; a number is one item."""
    if isinstance(kind, VecType):
        return max(kind.n, 1)
    return 1


@body_for(join)
def _join(a, b):
    return lambda a, b: _concatenate(a, b)


# ---- the inner product of two states


def inner_product(a: State, b: State) -> Number:
    """Return the inner product of two vectors, summed left to right."""
    total = a[0] * b[0]
    for i in range(1, len(a)):
        total = total + a[i] * b[i]
    return total


@body_for(inner_product)
def _inner_product(a, b):
    return lambda a, b: dot(a, b)
