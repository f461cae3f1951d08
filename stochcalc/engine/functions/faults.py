"""What goes wrong inside a user's compiled function: noted where it happens, seen in its value.

Python raises an error for an index beyond a table, and its integers know no largest number. A
branch for each of these cases would end vectorisation, so compiled code goes on with some number
and notes the *fault*, one bit that stays set until the function returns. The value of a function
with a fault is nan, so no `max`, no comparison and no later step can hide it.

A helper that a user's function calls returns a pair, its value and whether it had a fault. Every
checked operation (see `integers` and `table_reads`) returns such a pair too.
"""

from __future__ import annotations

import math

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

_DOUBLE = ir.DoubleType()


@intrinsic
def mark_faulty(typingctx: TypingContext, value: Kind, fault: Kind) -> Lowering:
    """Return a value in which every number is nan if there was a fault.

    Integers and truth values become floats: 1.0 for true, 0.0 for false.
    """
    marked = _make_floats(value)

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        return _mark(context, builder, value, args[0], args[1])

    return marked(value, types.boolean), codegen


def _make_floats(kind: Kind) -> Kind:
    """Return the kind of a value whose integers and truth values have become floats."""
    if isinstance(kind, types.BaseTuple):
        return types.BaseTuple.from_types([_make_floats(item) for item in kind])
    if isinstance(kind, types.Integer | types.Boolean):
        return types.float64
    return kind


def _mark(context: Context, builder: Builder, kind: Kind, value: Value, fault: Value) -> Value:
    """Return the LLVM value of this kind, with nan for its numbers if there was a fault."""
    if isinstance(kind, types.BaseTuple):
        items = [
            _mark(context, builder, item, builder.extract_value(value, i), fault)
            for i, item in enumerate(kind)
        ]
        return context.make_tuple(builder, _make_floats(kind), items)
    if isinstance(kind, types.Integer | types.Boolean):
        number = context.cast(builder, value, kind, types.float64)
        return builder.select(fault, _DOUBLE(math.nan), number)
    if isinstance(kind, types.Float):
        return builder.select(fault, value.type(math.nan), value)
    return value


def stop_at_fault(fault: bool) -> None:
    """Raise an error if there was a fault: what a function of arrays does."""
    if fault:
        raise OverflowError("an integer leaves 64 bits, or is divided by zero")


@body_for(stop_at_fault)
def _stop_at_fault(fault):
    def body(fault):
        if fault:
            raise OverflowError("an integer leaves 64 bits, or is divided by zero")

    return body
