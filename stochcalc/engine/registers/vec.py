"""Small vectors and matrices in registers, a Vec and a Mat, so that a step reads as the book.

`vec` and `mat` make them, and `VecType` and `MatType` are their Numba types.

`x + a*dt + b*dW` is one line for a scalar problem (floats), for a system with diagonal noise (`Vec
* Vec` is elementwise) and for a system with matrix noise (`Mat * Vec` is the matrix-vector product,
summed left to right). Every operation unrolls into scalar instructions on registers; the loop over
lanes around it then turns each into a vector instruction.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic, make_attribute_wrapper, models, register_model

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

# ---- the types


class VecType(types.Type):
    """A vector of `n` float64 values."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__(name=f"Vec({n})")


class MatType(types.Type):
    """A matrix of `rows` x `columns` float64 values, row by row."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows = rows
        self.columns = columns
        self.n = rows * columns
        super().__init__(name=f"Mat({rows}x{columns})")


@register_model(VecType)
@register_model(MatType)
class _ItemsModel(models.StructModel):
    """Both are stored as one tuple of floats, `items`."""

    def __init__(self, manager: object, fe_type: Kind) -> None:
        super().__init__(manager, fe_type, [("items", types.UniTuple(types.float64, fe_type.n))])


make_attribute_wrapper(VecType, "items", "items")


def pack(context: Context, builder: Builder, target: Kind, values: list[Value]) -> Value:
    """Return the LLVM value of a Vec or Mat, which `target` is the type of, from its items."""
    out = cgutils.create_struct_proxy(target)(context, builder)
    out.items = cgutils.pack_array(builder, values, ty=ir.DoubleType())
    return out._getvalue()


def unpack(builder: Builder, value: Value, n: int) -> list[Value]:
    """Return the n items of a Vec or Mat as LLVM values."""
    inner = builder.extract_value(value, 0)
    return [builder.extract_value(inner, i) for i in range(n)]


def take_item(context: Context, builder: Builder, kind: Kind, value: Value, i: int) -> Value:
    """Return the i-th item of a Vec or Mat; a number is a vector of equal items.

    `kind` is the Numba type of `value`.
    """
    if isinstance(kind, VecType | MatType):
        return builder.extract_value(builder.extract_value(value, 0), i)
    return context.cast(builder, value, kind, types.float64)


def unpack_tuple(context: Context, builder: Builder, kinds: Kind, value: Value) -> list[Value]:
    """Return the numbers of a tuple as float64. `kinds` is the tuple's Numba type."""
    return [
        context.cast(builder, builder.extract_value(value, i), kind, types.float64)
        for i, kind in enumerate(kinds)
    ]


# ---- made from tuples


@intrinsic
def vec(typingctx: TypingContext, items: Kind) -> Lowering:
    """Return a Vec from a tuple of numbers; a Vec, or a number as float64, is returned as it is."""
    if isinstance(items, VecType):
        return items(items), lambda context, builder, signature, args: args[0]
    if isinstance(items, types.Number):
        number = items

        def convert(
            context: Context, builder: Builder, signature: Signature, args: Values
        ) -> Value:
            return context.cast(builder, args[0], number, types.float64)

        return types.float64(items), convert
    if not isinstance(items, types.BaseTuple):
        raise TypingError("an array is neither a number nor a tuple of numbers")
    target = VecType(len(items))

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        return pack(context, builder, target, unpack_tuple(context, builder, items, args[0]))

    return target(items), codegen


@intrinsic
def mat(typingctx: TypingContext, rows: Kind) -> Lowering:
    """Return a Mat from a tuple of rows, each a tuple of numbers; a Mat is returned as it is."""
    if isinstance(rows, MatType):
        return rows(rows), lambda context, builder, signature, args: args[0]
    target = MatType(len(rows), len(rows[0]))

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = []
        for i, row in enumerate(rows):
            values += unpack_tuple(context, builder, row, builder.extract_value(args[0], i))
        return pack(context, builder, target, values)

    return target(rows), codegen


# ---- arithmetic


def _elementwise(instruction: str) -> Callable[..., Any]:
    """Return the operation that applies an LLVM instruction to each pair of items."""

    @intrinsic
    def apply(typingctx: TypingContext, a: Kind, b: Kind) -> Lowering:
        target = a if isinstance(a, VecType | MatType) else b

        def codegen(
            context: Context, builder: Builder, signature: Signature, args: Values
        ) -> Value:
            values = []
            for i in range(target.n):
                left = take_item(context, builder, a, args[0], i)
                right = take_item(context, builder, b, args[1], i)
                values.append(getattr(builder, instruction)(left, right))
            return pack(context, builder, target, values)

        return target(a, b), codegen

    operation: Callable[..., Any] = apply
    return operation


def _inner_product(builder: Builder, left: list[Value], right: list[Value]) -> Value:
    """Return the sum of the products of two lists, added left to right."""
    total = builder.fmul(left[0], right[0])
    for a, b in zip(left[1:], right[1:]):
        total = builder.fadd(total, builder.fmul(a, b))
    return total


@intrinsic
def _matvec(typingctx: TypingContext, m: MatType, v: VecType) -> Lowering:
    target = VecType(m.rows)

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        matrix = unpack(builder, args[0], m.n)
        vector = unpack(builder, args[1], v.n)
        values = []
        for i in range(m.rows):
            row = matrix[i * m.columns : (i + 1) * m.columns]
            values.append(_inner_product(builder, row, vector))
        return pack(context, builder, target, values)

    return target(m, v), codegen


@intrinsic
def _matmat(typingctx: TypingContext, a: MatType, b: MatType) -> Lowering:
    target = MatType(a.rows, b.columns)

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        left = unpack(builder, args[0], a.n)
        right = unpack(builder, args[1], b.n)
        values = []
        for i in range(a.rows):
            row = left[i * a.columns : (i + 1) * a.columns]
            for j in range(b.columns):
                values.append(_inner_product(builder, row, right[j :: b.columns]))
        return pack(context, builder, target, values)

    return target(a, b), codegen


def _is_items(kind: Kind) -> bool:
    return isinstance(kind, VecType | MatType)


def _register(operation: Callable[..., Any], instruction: str) -> None:
    """Give an operator of Python its compiled bodies for Vec and Mat."""
    apply = _elementwise(instruction)

    @body_for(operation)
    def arithmetic(a, b):
        if isinstance(a, MatType) and isinstance(b, VecType) and operation is operator.mul:
            return lambda a, b: _matvec(a, b)
        if isinstance(a, MatType) and isinstance(b, MatType) and operation is operator.mul:
            return lambda a, b: _matmat(a, b)
        alike = type(a) is type(b) and _is_items(a) and a.name == b.name
        with_number = (_is_items(a) and isinstance(b, types.Number)) or (
            isinstance(a, types.Number) and _is_items(b)
        )
        if alike or with_number:
            return lambda a, b: apply(a, b)
        return None


for _operation, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _register(_operation, _instruction)


@body_for(operator.neg)
def _negate(v):
    if isinstance(v, VecType | MatType):
        return lambda v: -1.0 * v
    return None


@body_for(operator.getitem)
def _getitem(v, i):
    if isinstance(v, VecType) and isinstance(i, types.Integer):
        return lambda v, i: v.items[i]
    return None
