"""How arguments travel to machine code behind a pointer: as a list of 64-bit words.

Everything that is compiled once and called through a pointer has the same C type,

    int32_t entry(const int64_t *words)

whatever its arguments are. An integer is one word, a float the word of its bits, and a C-contiguous
array the address of its first number followed by its shape; a tuple is the words of its items.
The signature, in Numba's types, says how the words are read. Python packs them with `pack`; how
compiled code writes and reads them is in `calls`. So a pointer is an integer, parameters are a
vector of words, and a loop that takes both knows no equation.

The result is 0, or 1 if the code stopped with an error.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numba.np import numpy_support

from stochcalc.engine.compiler.numba_objects import Kind
from stochcalc.typing import Integers

Converter: TypeAlias = Callable[[Any, list[int]], None]  # appends the words of a value to a list


def count_words(kind: Kind) -> int:
    """Return how many words a value of this Numba type takes."""
    if isinstance(kind, types.BaseTuple):
        return sum(count_words(item) for item in kind)
    if isinstance(kind, types.Array):
        return 1 + kind.ndim
    return 1


def pack(kinds: Sequence[Kind], values: Sequence[Any]) -> Integers:
    """Return the words of these values. The arrays among them must outlive the words.

    Parameters
    ----------
    kinds : sequence of Numba types
        One for each value.
    values : sequence
        Numbers, C-contiguous arrays, and tuples of them.

    Raises
    ------
    TypeError
        If an array has another type, another number of axes or another layout than its kind.
    """
    return convert(choose_converters(kinds), values)


def choose_converters(kinds: Sequence[Kind]) -> tuple[Converter, ...]:
    """Return the functions that append the words of values of these kinds to a list."""
    return tuple(_choose_converter(kind) for kind in kinds)


def convert(converters: Sequence[Converter], values: Sequence[Any]) -> Integers:
    """Return the words of these values, one converter for each; otherwise as `pack`."""
    words: list[int] = []
    for converter, value in zip(converters, values, strict=True):
        converter(value, words)
    return np.array(words, dtype=np.int64)


@functools.lru_cache(maxsize=1024)
def _choose_converter(kind: Kind) -> Converter:
    """Return the function that appends the words of a value of this kind to a list."""
    if isinstance(kind, types.BaseTuple):
        return functools.partial(_append_items, choose_converters(kind))
    if isinstance(kind, types.Array):
        return functools.partial(_append_array, numpy_support.as_dtype(kind.dtype), kind.ndim)
    if isinstance(kind, types.Float):
        return _append_float
    return _append_integer


def _append_items(
    converters: tuple[Converter, ...], value: tuple[Any, ...], words: list[int]
) -> None:
    for converter, item in zip(converters, value, strict=True):
        converter(item, words)


def _append_array(
    dtype: np.dtype[Any], ndim: int, value: np.ndarray[Any, Any], words: list[int]
) -> None:
    if value.dtype != dtype or value.ndim != ndim or not value.flags.c_contiguous:
        raise TypeError(
            f"an array of shape {value.shape}, dtype {value.dtype} and strides {value.strides} "
            f"must be a C-contiguous array of {dtype} with {ndim} axes"
        )
    words.append(value.__array_interface__["data"][0])
    words.extend(value.shape)


def _append_float(value: float, words: list[int]) -> None:
    """Append the 64 bits of a float."""
    words.extend(struct.unpack("q", struct.pack("d", value)))


def _append_integer(value: int, words: list[int]) -> None:
    """Append an integer as its 64 bits, in two's complement."""
    words.extend(struct.unpack("q", struct.pack("Q", int(value) & 0xFFFF_FFFF_FFFF_FFFF)))


def pack_parameters(value: object) -> Integers:
    """Return the words of parameters: floats, arrays, and tuples of them.

    They are the words that `pack` makes with `kind_of(value)`, found without Numba's types, which
    are slow to make.
    """
    words: list[int] = []
    _append_parameter(value, words)
    return np.array(words, dtype=np.int64)


def _append_parameter(value: Any, words: list[int]) -> None:
    if isinstance(value, tuple):
        for item in value:
            _append_parameter(item, words)
    elif isinstance(value, np.ndarray):
        _append_array(value.dtype, value.ndim, value, words)
    else:
        _append_float(value, words)


def kind_of(value: object) -> Kind:
    """Return the Numba type of a parameter that travels: a float, an array or a tuple of them."""
    if isinstance(value, tuple):
        return types.BaseTuple.from_types([kind_of(item) for item in value])
    if isinstance(value, np.ndarray):
        return types.Array(numpy_support.from_dtype(value.dtype), value.ndim, "C")
    return types.float64
