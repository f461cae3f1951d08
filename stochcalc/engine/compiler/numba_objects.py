"""The names that annotations in this package give to objects of Numba and LLVM.

Numba compiles a function in three stages. It finds the *kind* of every value, which is what this
package calls a Numba type such as float64 or a two-dimensional array; it *lowers* the function,
that is, writes it in LLVM's language; and LLVM optimises that text and turns it into machine code.
Each stage has objects of its own. Their classes are imported here and nowhere else for the sake of
annotations, each under a name that says what it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from llvmlite import ir
from llvmlite.binding import ModuleRef, TargetMachine
from numba import types
from numba.core.codegen import CodeLibrary, JITCPUCodegen
from numba.core.compiler import StateDict
from numba.core.compiler_machinery import PassManager
from numba.core.cpu import CPUContext
from numba.core.environment import Environment
from numba.core.funcdesc import PythonFunctionDescriptor
from numba.core.registry import CPUDispatcher
from numba.core.typing import context, templates

# ---- functions, before and after Numba has seen them

Function: TypeAlias = Callable[..., Any]  # written in Python, by a user or in this package
CompiledFunction: TypeAlias = Callable[..., Any]  # a leaf, a routine or an intrinsic
Decorator: TypeAlias = Callable[[Function], CompiledFunction]
Dispatcher: TypeAlias = CPUDispatcher  # what numba.njit returns; it compiles for each signature

# ---- kinds of values

Kind: TypeAlias = types.Type  # the Numba type of a value
Signature: TypeAlias = templates.Signature  # the kinds of a function's arguments and of its result
TypingContext: TypeAlias = (
    context.BaseContext
)  # the first argument of an intrinsic, which none of ours uses

# ---- lowering: LLVM's language as it is written

Context: TypeAlias = CPUContext  # knows how values of each kind are represented
Builder: TypeAlias = ir.IRBuilder  # writes one instruction after another
Value: TypeAlias = ir.Value  # a value in the text that is written: an argument, a result
Values: TypeAlias = Sequence[ir.Value]
WrittenModule: TypeAlias = ir.Module  # the text of one module
Descriptor: TypeAlias = PythonFunctionDescriptor  # a lowered function's name, kinds and result

# What an intrinsic returns: its signature, and the function that writes its instructions.
Lowering: TypeAlias = tuple[Signature, Callable[[Context, Builder, Signature, Values], Value]]

# ---- LLVM's language as it is parsed, optimised and compiled

ParsedModule: TypeAlias = ModuleRef
Machine: TypeAlias = TargetMachine  # the CPU that is compiled for
Library: TypeAlias = CodeLibrary  # the modules of a function and of what it calls
CodeGenerator: TypeAlias = JITCPUCodegen
FunctionEnvironment: TypeAlias = Environment  # the Python objects that a function needs

# ---- Numba's own passes

CompilerState: TypeAlias = StateDict  # what the passes over one function share
Pipeline: TypeAlias = PassManager  # the passes in their order
