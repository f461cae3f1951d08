"""Calls through pointers in compiled code: how words are written, read, and handed over.

What travels are 64-bit words (see `words`). A compiled loop calls an address with what
`build_caller` returns; what is called reads its words with what `build_reader` returns, or in the
entry that `build_entry` writes. The functions here write LLVM instructions: `words` is the LLVM
pointer to the first word, and `place` counts from it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from stochcalc.engine.compiler.intrinsics import Codegen
from stochcalc.engine.compiler.numba_objects import (
    Builder,
    CompiledFunction,
    Context,
    Descriptor,
    Kind,
    Signature,
    TypingContext,
    Value,
    WrittenModule,
)
from stochcalc.engine.compiler.words import count_words

_I64 = ir.IntType(64)
_I32 = ir.IntType(32)
TOO_MANY = 2  # what an entry returns if its function has another number of values than asked for
ENTRY = ir.FunctionType(_I32, [_I64.as_pointer()])


def _read(
    context: Context, builder: Builder, kind: Kind, words: Value, place: int
) -> tuple[Value, int]:
    """Return the LLVM value of this kind at a place of the words, and the place after it."""
    if isinstance(kind, types.BaseTuple):
        items = []
        for item in kind:
            value, place = _read(context, builder, item, words, place)
            items.append(value)
        return context.make_tuple(builder, kind, items), place
    if isinstance(kind, types.Array):
        return _read_array(context, builder, kind, words, place)
    if isinstance(kind, types.Omitted):
        return context.get_dummy_value(), place  # a default takes no words
    word = _load(builder, words, place)
    if isinstance(kind, types.Float):
        return builder.bitcast(word, ir.DoubleType()), place + 1
    target = context.get_value_type(kind)
    if target.width < 64:
        word = builder.trunc(word, target)
    return word, place + 1


def _load(builder: Builder, words: Value, place: int) -> Value:
    """Return the word at a place."""
    return builder.load(builder.gep(words, [_I64(place)]))


def _read_array(
    context: Context, builder: Builder, kind: Kind, words: Value, place: int
) -> tuple[Value, int]:
    """Return the array whose address and shape begin at a place, and the place after them."""
    shape = [_load(builder, words, place + 1 + axis) for axis in range(kind.ndim)]
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    strides = [_I64(size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = make_array(kind)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(_load(builder, words, place), array.data.type),
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=_I64(size),
        meminfo=None,
    )
    return array._getvalue(), place + 1 + kind.ndim


def _write(
    context: Context,
    builder: Builder,
    kind: Kind,
    value: Value,
    words: Value,
    place: int,
) -> int:
    """Write a value of this kind at a place of the words; return the place after it."""
    if isinstance(kind, types.BaseTuple):
        for i, item in enumerate(kind):
            one = builder.extract_value(value, i)
            place = _write(context, builder, item, one, words, place)
        return place
    for word in _split(context, builder, kind, value):
        builder.store(word, builder.gep(words, [_I64(place)]))
        place += 1
    return place


def _split(context: Context, builder: Builder, kind: Kind, value: Value) -> list[Value]:
    """Return the words of a number or an array."""
    if isinstance(kind, types.Array):
        array = make_array(kind)(context, builder, value)
        shape = cgutils.unpack_tuple(builder, array.shape, kind.ndim)
        return [builder.ptrtoint(array.data, _I64), *shape]
    if isinstance(kind, types.Float):
        return [builder.bitcast(value, _I64)]
    if value.type.width < 64:
        return [builder.zext(value, _I64)]
    return [value]


@functools.lru_cache(maxsize=256)
def build_caller(signature: Signature) -> CompiledFunction:
    """Return an intrinsic call(address, arguments), which raises if what was called raised.

    The arguments are one tuple; its items are converted to the kinds of the signature.
    """
    total = sum(count_words(kind) for kind in signature.args)

    @intrinsic
    def call(
        typingctx: TypingContext, address: Kind, arguments: Kind
    ) -> tuple[Signature, Codegen] | None:
        for given, wanted in zip(arguments, signature.args, strict=True):
            if isinstance(wanted, types.Array):
                if (given.layout, given.ndim, given.dtype) != ("C", wanted.ndim, wanted.dtype):
                    return None

        def codegen(
            context: Context,
            builder: Builder,
            own: Signature,
            args: Sequence[Value],
        ) -> Value:
            words = cgutils.alloca_once(builder, _I64, size=_I64(total))
            place = 0
            for i, (given, wanted) in enumerate(zip(arguments, signature.args)):
                value = builder.extract_value(args[1], i)
                if not isinstance(wanted, types.Array):
                    value = context.cast(builder, value, given, wanted)
                place = _write(context, builder, wanted, value, words, place)
            entry = builder.inttoptr(args[0], ENTRY.as_pointer())
            failed = builder.icmp_signed("!=", builder.call(entry, [words]), _I32(0))
            with builder.if_then(failed, likely=False):
                message = ("what was called through a pointer raised an error",)
                context.call_conv.return_user_exc(builder, RuntimeError, message)
            return context.get_dummy_value()

        return types.void(types.int64, arguments), codegen

    return call


@functools.lru_cache(maxsize=256)
def build_reader(kind: Kind) -> CompiledFunction:
    """Return an intrinsic read(words) -> value of this kind, words being an array of int64."""

    @intrinsic
    def read(typingctx: TypingContext, words: Kind) -> tuple[Signature, Codegen]:
        def codegen(
            context: Context,
            builder: Builder,
            own: Signature,
            args: Sequence[Value],
        ) -> Value:
            array = make_array(own.args[0])(context, builder, args[0])
            return _read(context, builder, kind, array.data, 0)[0]

        return kind(words), codegen

    return read


def build_entry(
    context: Context, module: WrittenModule, symbol: str, description: Descriptor
) -> None:
    """Write the function `symbol`, of type ENTRY, which reads its words and calls a routine.

    Parameters
    ----------
    context : Numba target context
        Knows how values of each kind are represented.
    module : LLVM module
        Where the function is written.
    symbol : str
        Its name.
    description : Numba function descriptor
        The routine that is called; it returns nothing.
    """
    builder, _, _, status = _begin_entry(context, module, symbol, description)
    builder.ret(builder.select(status.is_error, _I32(1), _I32(0)))


def build_value_entry(
    context: Context, module: WrittenModule, symbol: str, description: Descriptor
) -> None:
    """Write the function `symbol`, of type ENTRY, which hands on the numbers a leaf returns.

    After the words of the arguments it reads how many numbers are expected, and writes them as
    floats into the words that follow. It returns TOO_MANY if the leaf returns another number.
    """
    builder, place, value, status = _begin_entry(context, module, symbol, description)
    for attribute in ("minsize", "optsize", "noinline"):  # it is called once: speed does not matter
        builder.function.attributes.add(attribute)
    words = builder.function.args[0]
    with builder.if_then(status.is_error):
        builder.ret(_I32(1))
    numbers = _take_numbers(context, builder, description.restype, value)
    expected = builder.icmp_signed("==", _load(builder, words, place), _I64(len(numbers)))
    with builder.if_then(builder.not_(expected)):
        builder.ret(_I32(TOO_MANY))
    for i, number in enumerate(numbers):
        word = builder.bitcast(number, _I64)
        builder.store(word, builder.gep(words, [_I64(place + 1 + i)]))
    builder.ret(_I32(0))


def returns_numbers(kind: Kind) -> bool:
    """Say whether a kind is a number, or a tuple of such kinds."""
    if isinstance(kind, types.BaseTuple):
        return all(returns_numbers(item) for item in kind)
    return isinstance(kind, types.Number | types.Boolean) and not isinstance(kind, types.Complex)


def _take_numbers(context: Context, builder: Builder, kind: Kind, value: Value) -> list[Value]:
    """Return the numbers of a value as LLVM floats, those of the items of tuples in their order."""
    if isinstance(kind, types.BaseTuple):
        numbers = []
        for i, item in enumerate(kind):
            one = builder.extract_value(value, i)
            numbers.extend(_take_numbers(context, builder, item, one))
        return numbers
    return [context.cast(builder, value, kind, types.float64)]


def _begin_entry(
    context: Context, module: WrittenModule, symbol: str, description: Descriptor
) -> tuple[Builder, int, Value, Any]:
    """Write an entry as far as the call; return where it goes on.

    Returns
    -------
    builder
        Writes what follows.
    place : int
        The place of the word after the arguments.
    value, status
        What the function returned.
    """
    entry = ir.Function(module, ENTRY, symbol)
    builder = ir.IRBuilder(entry.append_basic_block())
    values = []
    place = 0
    for kind in description.argtypes:
        value, place = _read(context, builder, kind, entry.args[0], place)
        values.append(value)
    convention = context.call_conv
    own_type = convention.get_function_type(description.restype, description.argtypes)
    callee = module.globals.get(description.llvm_func_name)
    if callee is None:
        callee = ir.Function(module, own_type, description.llvm_func_name)
    status, value = convention.call_function(
        builder, callee, description.restype, description.argtypes, values
    )
    return builder, place, value, status
