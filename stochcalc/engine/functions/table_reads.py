"""Reads of tables in a user's function: `table[i]`, with Python's negative indices and its limits.

Compiled code would read whatever lies beyond a table. Here an index outside it is a fault, and the
first item is read in its place (see `faults`). Tables are arrays from the user's code or its args,
tuples with an index that is computed, and lists. The bodies below an operation are what Numba
compiles for it, as in `integers`.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

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
from stochcalc.engine.functions.integers import Checked
from stochcalc.typing import Array

LONGEST_CHOICE = 32  # items of a tuple that are chosen from by selects

_I64 = ir.IntType(64)
_FALSE = ir.IntType(1)(0)


def _limit(
    context: Context, builder: Builder, kind: Kind, index: Value, length: Value
) -> tuple[Value, Value]:
    """Return an index as a place in 0 .. length - 1, and whether it was outside."""
    place = context.cast(builder, index, kind, types.int64)
    from_end = builder.icmp_signed("<", place, _I64(0))
    place = builder.select(from_end, builder.add(place, length), place)
    outside = builder.icmp_unsigned(">=", place, length)
    return builder.select(outside, _I64(0), place), outside


def _items(index: Kind) -> list[Kind]:
    """Return the kinds of the items of an index: one for each axis."""
    if isinstance(index, types.BaseTuple):
        return list(index)
    return [index]


@intrinsic
def limit_index(typingctx: TypingContext, array: Kind, index: Kind) -> Lowering:
    """Return (an index of an array that lies inside it, whether the given one was outside).

    Raises
    ------
    TypingError
        For an index that holds something else than integers and slices.
    """
    items = _items(index)
    for item in items:
        if not isinstance(item, types.Integer | types.SliceType):
            raise TypingError(f"an index of {item} is not checked: use integers and slices")
    inside = [types.uint64 if isinstance(item, types.Integer) else item for item in items]
    whole: Kind = inside[0]
    if isinstance(index, types.BaseTuple):
        whole = types.BaseTuple.from_types(inside)
    result = types.Tuple([whole, types.boolean])

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        table = make_array(array)(context, builder, args[0])
        lengths = cgutils.unpack_tuple(builder, table.shape, array.ndim)
        values = [args[1]]
        if isinstance(index, types.BaseTuple):
            values = cgutils.unpack_tuple(builder, args[1], len(items))
        places = []
        fault: Value = _FALSE
        for kind, value, length in zip(items, values, lengths):
            place = value
            if isinstance(kind, types.Integer):
                place, outside = _limit(context, builder, kind, value, length)
                fault = builder.or_(fault, outside)
            places.append(place)
        limited = places[0]
        if isinstance(index, types.BaseTuple):
            limited = context.make_tuple(builder, whole, places)
        return context.make_tuple(builder, result, [limited, fault])

    return result(array, index), codegen


@intrinsic
def choose_item(typingctx: TypingContext, items: Kind, index: Kind) -> Lowering:
    """Return (the item of a tuple at an index that is computed, whether it was outside)."""
    result = types.Tuple([items.dtype, types.boolean])

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        place, outside = _limit(context, builder, index, args[1], _I64(items.count))
        chosen = builder.extract_value(args[0], 0)
        for i in range(1, items.count):
            here = builder.icmp_signed("==", place, _I64(i))
            chosen = builder.select(here, builder.extract_value(args[0], i), chosen)
        return context.make_tuple(builder, result, [chosen, outside])

    return result(items, index), codegen


def read_item(table: Array, index: int) -> Checked:
    """Return table[index]."""
    return table[index], False


@body_for(read_item)
def _read_item(table, index):
    if isinstance(table, types.Array):

        def read_array(table, index):
            place, fault = limit_index(table, index)
            return table[place], fault

        return read_array
    if not isinstance(index, types.Integer):
        return None
    if isinstance(table, types.UniTuple):
        if table.count <= LONGEST_CHOICE and isinstance(table.dtype, types.Number | types.Boolean):
            return lambda table, index: choose_item(table, index)

    def read_sequence(table, index):
        n = len(table)
        place = index + n if index < 0 else index
        fault = (place < 0) | (place >= n)
        return table[0 if fault else place], fault

    return read_sequence


def write_item(table: Array, index: int, value: float) -> bool:
    """Assign table[index] = value, and return whether the index was outside: then do nothing."""
    table[index] = value
    return False


@body_for(write_item)
def _write_item(table, index, value):
    if isinstance(table, types.Array):

        def write_array(table, index, value):
            place, fault = limit_index(table, index)
            if not fault:
                table[place] = value
            return fault

        return write_array
    return None
