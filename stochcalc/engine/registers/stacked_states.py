"""States of several vectors in one: positions and momenta, a chain and what it remembers.

In plain Python these work on arrays (items, paths); in the lanes the same names work on registers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.registers.parameter_arrays import dot
from stochcalc.engine.registers.vec import VecType, items_of, pack


def take_part(state: Any, first: int, n: int) -> Any:
    """Items first .. first + n - 1 as a vector; both numbers are known when this is compiled."""
    return state[first : first + n]


def join(a: Any, b: Any) -> Any:
    """The items of a, then those of b; a number is one item."""
    return np.concatenate([np.atleast_2d(a), np.atleast_2d(b)])


def inner_product(a: Any, b: Any) -> Any:
    """Inner product of two vectors, summed left to right."""
    total = a[0] * b[0]
    for i in range(1, len(a)):
        total = total + a[i] * b[i]
    return total


def choose(condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else b; for vectors and numbers."""
    return np.where(condition, a, b)


@intrinsic(prefer_literal=True)
def _part(typingctx: Any, state: Any, first: Any, n: Any) -> Any:
    start, size = first.literal_value, n.literal_value
    target = VecType(size)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return pack(
            context, builder, target, items_of(builder, args[0], state.n)[start : start + size]
        )

    return target(state, first, n), codegen


@body_for(take_part, prefer_literal=True)
def _compile_take_part(state, first, n):
    return lambda state, first, n: _part(state, first, n)


@intrinsic
def _join(typingctx: Any, a: Any, b: Any) -> Any:
    sizes = [kind.n if isinstance(kind, VecType) else 0 for kind in (a, b)]
    target = VecType(sum(max(size, 1) for size in sizes))

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = []
        for value, kind, size in zip(args, (a, b), sizes):
            values += (
                items_of(builder, value, size)
                if size
                else [context.cast(builder, value, kind, types.float64)]
            )
        return pack(context, builder, target, values)

    return target(a, b), codegen


@body_for(join)
def _compile_join(a, b):
    return lambda a, b: _join(a, b)


@body_for(inner_product)
def _compile_inner_product(a, b):
    return lambda a, b: dot(a, b)


@intrinsic
def _select(typingctx: Any, condition: Any, a: Any, b: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        flag = context.cast(builder, args[0], condition, types.boolean)
        if not isinstance(a, VecType):
            return builder.select(flag, args[1], args[2])
        pairs = zip(items_of(builder, args[1], a.n), items_of(builder, args[2], a.n))
        return pack(
            context, builder, a, [builder.select(flag, left, right) for left, right in pairs]
        )

    return a(condition, a, b), codegen


@body_for(choose)
def _compile_choose(condition, a, b):
    return lambda condition, a, b: _select(condition, a, b)
