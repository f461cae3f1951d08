"""A slow path for rare arguments that leaves the loop over lanes packed.

A branch, or a call of a function LLVM cannot see through, would make the loop scalar; evaluating
the slow path for every lane would cost more than the function itself. So the choice is a call which
LLVM is told how to widen: next to the scalar function stand versions for 2, 4, 8 and 16 lanes,
listed in the attribute `vector-function-abi-variant` (what `#pragma omp declare simd` makes in C).
When the loop is vectorised, the call becomes one call of the version for that width. This compares
all its lanes with the limit at once, and nearly always returns what the fast path had found:

    settle(x, fast) = fast              if |x| <= limit, or x is nan
                      slow(x)           otherwise

The cost is one compare, one branch and one call for a whole vector. Its calling convention keeps
the upper half of the vector registers, so the caller need not spill what it holds. A compiler that
ignores the attribute makes the loop slower, never wrong: the scalar function says the same.

Source: the LLVM Language Reference, `vector-function-abi-variant`, and the vector function ABI's
mangling `_ZGV`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_WIDTHS = (2, 4, 8, 16)
_DOUBLE, _INT, _POINTER = ir.DoubleType(), ir.IntType(32), ir.IntType(8).as_pointer()
_SIGNATURE = types.float64(types.float64)


def _convention() -> str:
    """The calling convention that preserves most vector registers, by architecture; "" for C's.

    Older vectorisers may call a variant by C's convention whatever it declares, which would be
    undefined behaviour.
    """
    if llvmlite.binding.llvm_version_info < (22,):
        return ""
    architecture = llvmlite.binding.get_process_triple().split("-")[0]
    return {
        "x86_64": "intel_ocl_bicc",
        "aarch64": "aarch64_vector_pcs",
        "arm64": "aarch64_vector_pcs",
    }.get(architecture, "")


def _declare(module: ir.Module, name: str, kind: ir.Type, convention: str) -> ir.Function:
    function = ir.Function(module, ir.FunctionType(kind, [kind, kind]), name)
    function.linkage = "linkonce_odr"  # the same function in every module that has it
    function.calling_convention = convention
    for attribute in ("nounwind", "readnone"):
        function.attributes.add(attribute)
    return function


def _beyond(
    builder: ir.IRBuilder, x: ir.Value, limit: ir.Constant, minus_limit: ir.Constant
) -> ir.Value:
    return builder.or_(
        builder.fcmp_ordered(">", x, limit), builder.fcmp_ordered("<", x, minus_limit)
    )


def _define_scalar(
    scalar: ir.Function, limit: float, slow: Callable[[ir.IRBuilder, ir.Value], ir.Value]
) -> None:
    x, fast = scalar.args
    entry, beyond, within = (
        scalar.append_basic_block(name) for name in ("entry", "beyond", "within")
    )
    builder = ir.IRBuilder(entry)
    builder.cbranch(_beyond(builder, x, _DOUBLE(limit), _DOUBLE(-limit)), beyond, within)
    builder = ir.IRBuilder(beyond)
    builder.ret(slow(builder, x))
    ir.IRBuilder(within).ret(fast)


def _define_vector(vector: ir.Function, width: int, limit: float, scalar: ir.Function) -> None:
    x, fast = vector.args
    entry, beyond, within = (
        vector.append_basic_block(name) for name in ("entry", "beyond", "within")
    )
    builder = ir.IRBuilder(entry)
    limits = (ir.Constant(x.type, [_DOUBLE(value)] * width) for value in (limit, -limit))
    lanes = builder.bitcast(_beyond(builder, x, *limits), ir.IntType(width))
    builder.cbranch(builder.icmp_unsigned("!=", lanes, ir.IntType(width)(0)), beyond, within)
    builder = ir.IRBuilder(beyond)
    value = fast
    for lane in map(_INT, range(width)):
        one = builder.call(
            scalar, [builder.extract_element(x, lane), builder.extract_element(fast, lane)]
        )
        value = builder.insert_element(value, one, lane)
    builder.ret(value)
    ir.IRBuilder(within).ret(fast)


def _define(
    context: Any, builder: ir.IRBuilder, name: str, slow: Callable[[float], float], limit: float
) -> ir.Function:
    module = builder.module
    if name in module.globals:
        return module.globals[name]
    scalar = _declare(module, name, _DOUBLE, "")
    scalar.attributes.add("noinline")  # inlined, its branch would stand in the loop
    variants = ",".join(f"_ZGV_LLVM_N{width}vv_{name}({name}_{width})" for width in _WIDTHS)
    # llvmlite's own add() knows no attribute with a value
    set.add(scalar.attributes, f'"vector-function-abi-variant"="{variants}"')

    compiled = context.declare_function(
        module, context.compile_subroutine(builder, slow, _SIGNATURE).fndesc
    )

    def call_slow(inside: ir.IRBuilder, x: ir.Value) -> ir.Value:
        _, value = context.call_conv.call_function(
            inside, compiled, types.float64, (types.float64,), [x]
        )
        return value

    _define_scalar(scalar, limit, call_slow)
    vectors = []
    for width in _WIDTHS:
        vectors.append(
            _declare(module, f"{name}_{width}", ir.VectorType(_DOUBLE, width), _convention())
        )
        _define_vector(vectors[-1], width, limit, scalar)
    # Nothing calls them before the loop is vectorised: without this they would be removed as
    # unused.
    kept = ir.GlobalVariable(module, ir.ArrayType(_POINTER, len(vectors)), "llvm.compiler.used")
    kept.linkage, kept.section = "appending", "llvm.metadata"
    kept.initializer = ir.Constant(
        kept.type.pointee, [vector.bitcast(_POINTER) for vector in vectors]
    )
    return scalar


def settling(name: str, slow: Callable[[float], float], limit: float) -> Any:
    """settle(x, fast) for leaves: `slow(x)` where |x| > limit, else `fast`.

    Once per leaf, `name` unique in the package.
    """

    @intrinsic
    def settle(typingctx: Any, x: Any, fast: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.call(
                _define(context, builder, f"stochcalc_settle_{name}", slow, limit), args
            )

        return types.float64(types.float64, types.float64), codegen

    return settle
