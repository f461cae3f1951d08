"""`Vec` and `Mat`: small vectors and matrices held in registers, so that a step reads as in the
book.

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
from numba.np.arrayobj import make_array

from stochcalc.engine.compiler.jit import body_for


class VecType(types.Type):
    """A vector of `n` float64 values."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__(name=f"Vec({n})")


class MatType(types.Type):
    """A matrix of `rows` x `columns` float64 values, row by row."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns, self.n = rows, columns, rows * columns
        super().__init__(name=f"Mat({rows}x{columns})")


@register_model(VecType)
@register_model(MatType)
class _ItemsModel(models.StructModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, [("items", types.UniTuple(types.float64, fe_type.n))])


make_attribute_wrapper(VecType, "items", "items")


def pack(context: Any, builder: Any, target: Any, values: list[Any]) -> Any:
    """LLVM value of a Vec or Mat from its items."""
    out = cgutils.create_struct_proxy(target)(context, builder)
    out.items = cgutils.pack_array(builder, values, ty=ir.DoubleType())
    return out._getvalue()


def items_of(builder: Any, value: Any, n: int) -> list[Any]:
    """The n floats of a Vec or Mat."""
    inner = builder.extract_value(value, 0)
    return [builder.extract_value(inner, i) for i in range(n)]


def _item(context: Any, builder: Any, kind: Any, value: Any, i: int) -> Any:
    """The i-th float of a Vec or Mat; a number stands for a vector of equal items."""
    if isinstance(kind, VecType | MatType):
        return builder.extract_value(builder.extract_value(value, 0), i)
    return context.cast(builder, value, kind, types.float64)


@intrinsic
def vec(typingctx: Any, items: Any) -> Any:
    """A Vec from a tuple of numbers; a Vec or a number is returned as it is (as float64)."""
    if isinstance(items, VecType):
        return items(items), lambda context, builder, signature, args: args[0]
    if isinstance(items, types.Number):
        number = items

        def convert(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return context.cast(builder, args[0], number, types.float64)

        return types.float64(items), convert
    target = VecType(len(items))

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = [
            context.cast(builder, builder.extract_value(args[0], i), kind, types.float64)
            for i, kind in enumerate(items)
        ]
        return pack(context, builder, target, values)

    return target(items), codegen


@intrinsic
def mat(typingctx: Any, rows: Any) -> Any:
    """A Mat from a tuple of rows, each a tuple of numbers; a Mat is returned as it is."""
    if isinstance(rows, MatType):
        return rows(rows), lambda context, builder, signature, args: args[0]
    target = MatType(len(rows), len(rows[0]))

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = []
        for i, row in enumerate(rows):
            items = builder.extract_value(args[0], i)
            values += [
                context.cast(builder, builder.extract_value(items, j), kind, types.float64)
                for j, kind in enumerate(row)
            ]
        return pack(context, builder, target, values)

    return target(rows), codegen


def _elementwise(instruction: str) -> Any:
    @intrinsic
    def apply(typingctx: Any, a: Any, b: Any) -> Any:
        target = a if isinstance(a, VecType | MatType) else b

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = []
            for i in range(target.n):
                left, right = (
                    _item(context, builder, kind, value, i) for kind, value in zip((a, b), args)
                )
                values.append(getattr(builder, instruction)(left, right))
            return pack(context, builder, target, values)

        return target(a, b), codegen

    return apply


@intrinsic
def _matvec(typingctx: Any, m: Any, v: Any) -> Any:
    target = VecType(m.rows)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = []
        for i in range(m.rows):
            total = None
            for j in range(m.columns):
                entry = _item(context, builder, m, args[0], i * m.columns + j)
                product = builder.fmul(entry, _item(context, builder, v, args[1], j))
                total = product if total is None else builder.fadd(total, product)
            values.append(total)
        return pack(context, builder, target, values)

    return target(m, v), codegen


@intrinsic
def _matmat(typingctx: Any, a: Any, b: Any) -> Any:
    target = MatType(a.rows, b.columns)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = []
        for i in range(a.rows):
            for j in range(b.columns):
                total = None
                for k in range(a.columns):
                    product = builder.fmul(
                        _item(context, builder, a, args[0], i * a.columns + k),
                        _item(context, builder, b, args[1], k * b.columns + j),
                    )
                    total = product if total is None else builder.fadd(total, product)
                values.append(total)
        return pack(context, builder, target, values)

    return target(a, b), codegen


def _register(operation: Callable[..., Any], instruction: str) -> None:
    apply = _elementwise(instruction)

    @body_for(operation)
    def arithmetic(a, b):
        if isinstance(a, MatType) and isinstance(b, VecType) and operation is operator.mul:
            return lambda a, b: _matvec(a, b)
        if isinstance(a, MatType) and isinstance(b, MatType) and operation is operator.mul:
            return lambda a, b: _matmat(a, b)
        if type(a) is type(b) and isinstance(a, VecType | MatType) and a.name == b.name:
            return lambda a, b: apply(a, b)
        mixed = isinstance(a, VecType | MatType) != isinstance(b, VecType | MatType)
        if (
            mixed
            and isinstance(a, types.Number | VecType | MatType)
            and isinstance(b, types.Number | VecType | MatType)
        ):
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


def _pointer(context: Any, builder: Any, kind: Any, value: Any, row: int, lane: Any) -> Any:
    array = make_array(kind)(context, builder, value)
    index = [context.get_constant(types.intp, row), lane]
    return cgutils.get_item_pointer(context, builder, kind, array, index, wraparound=False)


def read_column(
    context: Any, builder: Any, kind: Any, value: Any, lane: Any, first: int, n: int
) -> Any:
    """Rows first .. first + n - 1 of a column as a Vec, or for n = 0 the float in row `first`."""
    values = []
    for row in range(first, first + max(n, 1)):
        values.append(builder.load(_pointer(context, builder, kind, value, row, lane)))
    return pack(context, builder, VecType(n), values) if n else values[0]


@intrinsic(prefer_literal=True)
def load(typingctx: Any, array: Any, lane: Any, n: Any) -> Any:
    """Column `lane` of a (dim, lanes) array: its first n rows, a Vec, or for n = 0 a float."""
    size = n.literal_value

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return read_column(context, builder, signature.args[0], args[0], args[1], 0, size)

    return (VecType(size) if size else types.float64)(array, types.intp, n), codegen


@intrinsic
def store_state(typingctx: Any, array: Any, lane: Any, value: Any, before: Any) -> Any:
    """Write a new state into column `lane`; it must be of the type of the state before.

    A state of another size is refused when this is compiled: it would be written past the column.
    """
    sizes = [kind.n if isinstance(kind, VecType) else 0 for kind in (value, before)]
    if sizes[0] != sizes[1] or isinstance(value, MatType):
        words = [f"{size} numbers" if size else "a number" for size in sizes]
        raise TypingError(f"the step returns {words[0]}, and the state has {words[1]}")
    size = sizes[0]

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for i in range(max(size, 1)):
            item = _item(context, builder, value, args[2], i)
            builder.store(item, _pointer(context, builder, signature.args[0], args[0], i, args[1]))
        return context.get_dummy_value()

    return types.void(array, types.intp, value, before), codegen


@intrinsic
def store(typingctx: Any, array: Any, lane: Any, value: Any) -> Any:
    """Write a Vec (or a float) into column `lane` of a (dim, lanes) array."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for i in range(getattr(value, "n", 1)):
            item = _item(context, builder, value, args[2], i)
            builder.store(item, _pointer(context, builder, signature.args[0], args[0], i, args[1]))
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen
