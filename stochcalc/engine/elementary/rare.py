"""A slow path for rare arguments that leaves the loop over lanes packed.

A branch, or a call of a function LLVM cannot see through, would make the loop scalar; evaluating
the slow path for every lane would cost more than the function itself. So the choice is a call which
LLVM is told how to widen: beside the scalar function there are versions for 2, 4, 8 and 16 lanes,
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

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

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

_WIDTHS = (2, 4, 8, 16)
_DOUBLE = ir.DoubleType()
_INT = ir.IntType(32)
_POINTER = ir.IntType(8).as_pointer()
_SIGNATURE = types.float64(types.float64)
_VECTOR_CONVENTIONS = {
    "x86_64": "intel_ocl_bicc",
    "aarch64": "aarch64_vector_pcs",
    "arm64": "aarch64_vector_pcs",
}


def _choose_convention() -> str:
    """Return the calling convention that preserves most vector registers on this architecture.

    It is "", C's own convention, where there is none, and for old versions of LLVM: their
    vectoriser may call a variant by C's convention whatever it declares, which would be undefined
    behaviour.
    """
    if llvmlite.binding.llvm_version_info < (22,):
        return ""
    architecture = llvmlite.binding.get_process_triple().split("-")[0]
    return _VECTOR_CONVENTIONS.get(architecture, "")


def _declare(module: ir.Module, name: str, kind: ir.Type, convention: str) -> ir.Function:
    """Return a new function (kind, kind) -> kind that has no side effects."""
    function = ir.Function(module, ir.FunctionType(kind, [kind, kind]), name)
    function.linkage = "linkonce_odr"  # the same function in every module that has it
    function.calling_convention = convention
    for attribute in ("nounwind", "readnone"):
        function.attributes.add(attribute)
    return function


def _is_beyond(builder: Builder, x: Value, limit: ir.Constant, minus_limit: ir.Constant) -> Value:
    """Return |x| > limit, which is false for nan, lane by lane if x is a vector."""
    above = builder.fcmp_ordered(">", x, limit)
    below = builder.fcmp_ordered("<", x, minus_limit)
    return builder.or_(above, below)


def _define_scalar(
    scalar: ir.Function, limit: float, slow: Callable[[Builder, Value], Value]
) -> None:
    """Write the body of settle(x, fast) for one number."""
    x, fast = scalar.args
    entry, beyond, within = (
        scalar.append_basic_block(name) for name in ("entry", "beyond", "within")
    )
    builder = ir.IRBuilder(entry)
    builder.cbranch(_is_beyond(builder, x, _DOUBLE(limit), _DOUBLE(-limit)), beyond, within)
    builder = ir.IRBuilder(beyond)
    builder.ret(slow(builder, x))
    ir.IRBuilder(within).ret(fast)


def _define_vector(vector: ir.Function, width: int, limit: float, scalar: ir.Function) -> None:
    """Write the body of settle(x, fast) for `width` lanes.

    If any lane is beyond the limit, the scalar function is called for all of them.
    """
    x, fast = vector.args
    entry, beyond, within = (
        vector.append_basic_block(name) for name in ("entry", "beyond", "within")
    )
    builder = ir.IRBuilder(entry)
    limits = (ir.Constant(x.type, [_DOUBLE(value)] * width) for value in (limit, -limit))
    lanes = builder.bitcast(_is_beyond(builder, x, *limits), ir.IntType(width))
    builder.cbranch(builder.icmp_unsigned("!=", lanes, ir.IntType(width)(0)), beyond, within)
    builder = ir.IRBuilder(beyond)
    value = fast
    for lane in map(_INT, range(width)):
        arguments = [builder.extract_element(x, lane), builder.extract_element(fast, lane)]
        value = builder.insert_element(value, builder.call(scalar, arguments), lane)
    builder.ret(value)
    ir.IRBuilder(within).ret(fast)


def _define(
    context: Context,
    builder: Builder,
    name: str,
    slow: Callable[[float], float],
    limit: float,
) -> ir.Function:
    """Return the scalar function `name` of the builder's module, made with its vector versions.

    It is made once for each module.
    """
    module = builder.module
    if name in module.globals:
        return module.globals[name]
    scalar = _declare(module, name, _DOUBLE, "")
    scalar.attributes.add("noinline")  # inlined, its branch would be in the loop
    variants = ",".join(f"_ZGV_LLVM_N{width}vv_{name}({name}_{width})" for width in _WIDTHS)
    # llvmlite's own add() knows no attribute with a value
    set.add(scalar.attributes, f'"vector-function-abi-variant"="{variants}"')

    compiled = context.declare_function(
        module, context.compile_subroutine(builder, slow, _SIGNATURE).fndesc
    )

    def call_slow(inside: Builder, x: Value) -> Value:
        _, value = context.call_conv.call_function(
            inside, compiled, types.float64, (types.float64,), [x]
        )
        return value

    _define_scalar(scalar, limit, call_slow)
    vectors = []
    for width in _WIDTHS:
        kind = ir.VectorType(_DOUBLE, width)
        vector = _declare(module, f"{name}_{width}", kind, _choose_convention())
        _define_vector(vector, width, limit, scalar)
        vectors.append(vector)
    _keep(module, vectors)
    return scalar


def _keep(module: ir.Module, functions: list[ir.Function]) -> None:
    """Keep LLVM from removing functions that nothing calls before the loop is vectorised."""
    kept = ir.GlobalVariable(module, ir.ArrayType(_POINTER, len(functions)), "llvm.compiler.used")
    kept.linkage = "appending"
    kept.section = "llvm.metadata"
    kept.initializer = ir.Constant(
        kept.type.pointee, [function.bitcast(_POINTER) for function in functions]
    )


def make_settle(
    name: str, slow: Callable[[float], float], limit: float
) -> Callable[[float, float], float]:
    """Return settle(x, fast) for leaves: `slow(x)` where |x| > limit, else `fast`.

    Parameters
    ----------
    name : str
        A name that no other leaf of the package uses for its own.
    slow : callable
        slow(x) -> float, which is compiled.
    limit : float
        The largest |x| for which the fast path is right.
    """

    @intrinsic
    def settle(typingctx: TypingContext, x: Kind, fast: Kind) -> Lowering:
        def codegen(
            context: Context, builder: Builder, signature: Signature, args: Values
        ) -> Value:
            function = _define(context, builder, f"stochcalc_settle_{name}", slow, limit)
            return builder.call(function, args)

        return types.float64(types.float64, types.float64), codegen

    chooser: Callable[[float, float], float] = settle
    return chooser
