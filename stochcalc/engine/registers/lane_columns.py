"""How states and noise get from the lanes' arrays into registers, and back.

An array (rows, lanes) holds one lane in each column. A column is read as a `Vec`, or as a float if
it is one number.
"""

from __future__ import annotations

from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
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
from stochcalc.engine.registers.vec import MatType, VecType, pack, take_item


def _pointer(
    context: Context,
    builder: Builder,
    kind: Kind,
    value: Value,
    row: int,
    lane: Value,
) -> Value:
    """Return the address of array[row, lane]."""
    array = make_array(kind)(context, builder, value)
    index = [context.get_constant(types.intp, row), lane]
    return cgutils.get_item_pointer(context, builder, kind, array, index, wraparound=False)


def read_column(
    context: Context,
    builder: Builder,
    kind: Kind,
    value: Value,
    lane: Value,
    first: int,
    n: int,
) -> Value:
    """Return rows first .. first + n - 1 of a column as a Vec, or for n = 0 a float.

    Parameters
    ----------
    context, builder
        What Numba hands to an operation.
    kind, value
        The Numba type and the LLVM value of the array (rows, lanes).
    lane
        The LLVM value of the column.
    first : int
        The first row that is read.
    n : int
        How many rows are read; for n = 0 the float in row `first`.
    """
    values = []
    for row in range(first, first + max(n, 1)):
        values.append(builder.load(_pointer(context, builder, kind, value, row, lane)))
    if n == 0:
        return values[0]
    return pack(context, builder, VecType(n), values)


@intrinsic(prefer_literal=True)
def load(typingctx: TypingContext, array: Kind, lane: Kind, n: Kind) -> Lowering:
    """Return the first n rows of column `lane` of an array as a Vec, or for n = 0 a float."""
    size = n.literal_value
    kind = types.float64 if size == 0 else VecType(size)

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        return read_column(context, builder, signature.args[0], args[0], args[1], 0, size)

    return kind(array, types.intp, n), codegen


def _write_column(
    context: Context, builder: Builder, kinds: tuple[Kind, Kind], args: Values, n: int
) -> Value:
    """Write the first n items of args[2], a Vec or a float, into column args[1] of args[0].

    `kinds` are the Numba types of the array and of what is written.
    """
    array, kind = kinds
    for i in range(n):
        item = take_item(context, builder, kind, args[2], i)
        builder.store(item, _pointer(context, builder, array, args[0], i, args[1]))
    return context.get_dummy_value()


def _size_of(kind: Kind) -> int:
    """Return the number of items of a Vec, or 0 for a number."""
    return kind.n if isinstance(kind, VecType) else 0


def _describe(size: int) -> str:
    if size == 0:
        return "a number"
    return f"{size} numbers"


@intrinsic
def store_state(
    typingctx: TypingContext, array: Kind, lane: Kind, value: Kind, before: Kind
) -> Lowering:
    """Write a new state into column `lane`; it must be of the type of the state before.

    Raises
    ------
    TypingError
        For a state of another size, when this is compiled: it would be written past the column.
    """
    size = _size_of(value)
    size_before = _size_of(before)
    if size != size_before or isinstance(value, MatType):
        raise TypingError(
            f"the step returns {_describe(size)}, and the state has {_describe(size_before)}"
        )

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        return _write_column(context, builder, (signature.args[0], value), args, max(size, 1))

    return types.void(array, types.intp, value, before), codegen


@intrinsic
def store(typingctx: TypingContext, array: Kind, lane: Kind, value: Kind) -> Lowering:
    """Write a Vec (or a float) into column `lane` of an array (rows, lanes)."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        size = getattr(value, "n", 1)
        return _write_column(context, builder, (signature.args[0], value), args, size)

    return types.void(array, types.intp, value), codegen
