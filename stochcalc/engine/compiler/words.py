"""How arguments travel to machine code behind a pointer: as a list of 64-bit words.

Everything that is compiled once and called through a pointer has the same C type,

    int32_t entry(const int64_t *words)

whatever its arguments are. An integer is one word, a float the word of its bits, and a C-contiguous
array the address of its first number followed by its shape; a tuple is the words of its items.
The signature, in Numba's types, says how the words are read. Python packs them with `pack`, a
compiled loop calls with `caller`, and what is called reads them with `read_words`. So a pointer is
an integer, parameters are a vector of words, and a loop that takes both knows no equation.

The result is 0, or 1 if the code stopped with an error.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import numpy_support
from numba.np.arrayobj import make_array, populate_array
from numpy.typing import NDArray

_I64 = ir.IntType(64)
_I32 = ir.IntType(32)
ENTRY = ir.FunctionType(_I32, [_I64.as_pointer()])


def count_words(kind: Any) -> int:
    """Return how many words a value of this Numba type takes."""
    if isinstance(kind, types.BaseTuple):
        return sum(count_words(item) for item in kind)
    if isinstance(kind, types.Array):
        return 1 + kind.ndim
    return 1


# ---- in Python


def pack(kinds: Sequence[Any], values: Sequence[Any]) -> NDArray[np.int64]:
    """Return the words of these values. The arrays among them must outlive the words.

    Raises
    ------
    TypeError
        If an array has another type, another number of axes or another layout than its kind.
    """
    words: list[int] = []
    for kind, value in zip(kinds, values, strict=True):
        _converter(kind)(value, words)
    return np.array(words, dtype=np.int64)


@functools.lru_cache(maxsize=1024)
def _converter(kind: Any) -> Any:
    """Return what appends the words of a value of this type to a list."""
    if isinstance(kind, types.BaseTuple):
        converters = [_converter(item) for item in kind]

        def append_items(value: Any, words: list[int]) -> None:
            for convert, item in zip(converters, value, strict=True):
                convert(item, words)

        return append_items
    if isinstance(kind, types.Array):
        return functools.partial(_append_array, numpy_support.as_dtype(kind.dtype), kind.ndim)
    return _append_float if isinstance(kind, types.Float) else _append_integer


def _append_array(dtype: Any, ndim: int, value: Any, words: list[int]) -> None:
    if value.dtype != dtype or value.ndim != ndim or not value.flags.c_contiguous:
        raise TypeError(
            f"an array of shape {value.shape}, dtype {value.dtype} and strides {value.strides} "
            f"must be a C-contiguous array of {dtype} with {ndim} axes"
        )
    words.append(value.__array_interface__["data"][0])
    words.extend(value.shape)


def _append_float(value: Any, words: list[int]) -> None:
    words.extend(struct.unpack("q", struct.pack("d", value)))


def _append_integer(value: Any, words: list[int]) -> None:
    words.extend(struct.unpack("q", struct.pack("Q", int(value) & 0xFFFF_FFFF_FFFF_FFFF)))


def kind_of(value: Any) -> Any:
    """Return the Numba type of a parameter that travels: a float, an array or a tuple of them."""
    if isinstance(value, tuple):
        return types.BaseTuple.from_types([kind_of(item) for item in value])
    if isinstance(value, np.ndarray):
        return types.Array(numpy_support.from_dtype(value.dtype), value.ndim, "C")
    return types.float64


# ---- in compiled code


def _read(context: Any, builder: Any, kind: Any, words: Any, place: int) -> tuple[Any, int]:
    """Return the LLVM value of this type at a place of the words, and the place after it."""
    if isinstance(kind, types.BaseTuple):
        items = []
        for item in kind:
            value, place = _read(context, builder, item, words, place)
            items.append(value)
        return context.make_tuple(builder, kind, items), place
    if isinstance(kind, types.Array):
        return _read_array(context, builder, kind, words, place)
    word = _load(builder, words, place)
    if isinstance(kind, types.Float):
        return builder.bitcast(word, ir.DoubleType()), place + 1
    target = context.get_value_type(kind)
    value = word if target.width == 64 else builder.trunc(word, target)
    return value, place + 1


def _load(builder: Any, words: Any, place: int) -> Any:
    return builder.load(builder.gep(words, [_I64(place)]))


def _read_array(context: Any, builder: Any, kind: Any, words: Any, place: int) -> tuple[Any, int]:
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


def _write(context: Any, builder: Any, kind: Any, value: Any, words: Any, place: int) -> int:
    """Write a value of this type at a place of the words; return the place after it."""
    if isinstance(kind, types.BaseTuple):
        for i, item in enumerate(kind):
            one = builder.extract_value(value, i)
            place = _write(context, builder, item, one, words, place)
        return place
    if isinstance(kind, types.Array):
        array = make_array(kind)(context, builder, value)
        shape = cgutils.unpack_tuple(builder, array.shape, kind.ndim)
        found = [builder.ptrtoint(array.data, _I64), *shape]
    elif isinstance(kind, types.Float):
        found = [builder.bitcast(value, _I64)]
    else:
        found = [builder.zext(value, _I64) if value.type.width < 64 else value]
    for word in found:
        builder.store(word, builder.gep(words, [_I64(place)]))
        place += 1
    return place


@functools.lru_cache(maxsize=256)
def caller(signature: Any) -> Any:
    """Return an intrinsic call(address, arguments), which raises if what was called raised.

    The arguments are one tuple; its items are converted to the types of the signature.
    """
    total = sum(count_words(kind) for kind in signature.args)

    @intrinsic
    def call(typingctx: Any, address: Any, arguments: Any) -> Any:
        for given, wanted in zip(arguments, signature.args, strict=True):
            if isinstance(wanted, types.Array):
                if (given.layout, given.ndim, given.dtype) != ("C", wanted.ndim, wanted.dtype):
                    return None

        def codegen(context: Any, builder: Any, own: Any, args: Any) -> Any:
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
def reader(kind: Any) -> Any:
    """Return an intrinsic read(words) -> value of this type, words being an array of int64."""

    @intrinsic
    def read(typingctx: Any, words: Any) -> Any:
        def codegen(context: Any, builder: Any, own: Any, args: Any) -> Any:
            array = make_array(own.args[0])(context, builder, args[0])
            return _read(context, builder, kind, array.data, 0)[0]

        return kind(words), codegen

    return read


def build_entry(context: Any, module: Any, symbol: str, description: Any) -> None:
    """Write the function `symbol`, of type ENTRY: it reads its words and calls what was compiled.

    `description` is Numba's descriptor of the function that is called; it returns nothing.
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
    callee = ir.Function(module, own_type, description.llvm_func_name)
    status, _ = convention.call_function(
        builder, callee, description.restype, description.argtypes, values
    )
    builder.ret(builder.select(status.is_error, _I32(1), _I32(0)))
