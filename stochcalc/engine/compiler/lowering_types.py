"""The types of what Numba hands to an operation that writes its own LLVM code, for annotations.

An operation of this kind (an *intrinsic*) is written in two parts. The outer function sees the
Numba types of the arguments; it returns the signature and the inner function. The inner function
sees the LLVM values of the arguments; it appends instructions and returns the result's LLVM value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import base
from numba.core.typing import context as typing_context
from numba.core.typing import templates

TypingContext: TypeAlias = typing_context.BaseContext  # knows the types of all functions
NumbaType: TypeAlias = Any  # the type of an argument: float64, a Vec, a tuple of types, ...
Signature: TypeAlias = templates.Signature  # the types of the result and of the arguments

Context: TypeAlias = base.BaseContext  # knows how a Numba type is stored in LLVM
Builder: TypeAlias = ir.IRBuilder  # appends instructions
Value: TypeAlias = ir.Value  # a number, a pointer or a structure in LLVM
Values: TypeAlias = Sequence[ir.Value]

Lowering: TypeAlias = tuple[Signature, Callable[[Context, Builder, Signature, Values], Value]]
