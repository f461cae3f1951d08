"""Compiling a leaf or a routine no further than its caller needs: to unoptimised code that is
optimised there.

Numba turns every function into machine code of its own, makes it callable from Python and from C,
and links what it calls. A leaf is called from nowhere but compiled code, into which it is inlined,
and a study has a hundred of them: that machine code took half of all compile time. Leaves and
routines are therefore not callable from Python (TypeError).
"""

from __future__ import annotations

import functools
from typing import Any

import numba
from numba import _dynfunc
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


@functools.cache
def _refusal() -> int:
    """Address of a wrapper that refuses to be called, for the place where Python would find a
    leaf's machine code.
    """

    @numba.njit
    def compiled_for_use_inside_kernels_only(
        a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any, i: Any
    ) -> None:
        return None

    compiled_for_use_inside_kernels_only.compile((numba.int8,) * 9)
    (overload,) = compiled_for_use_inside_kernels_only.overloads.values()
    return int(overload.library.get_pointer_to_function(overload.fndesc.llvm_cpython_wrapper_name))


def _entry(library: Any, fndesc: Any, env: Any) -> Any:
    """What stands for such a function in Numba's registry: an object of its own, which is all that
    its callers ask of it.
    """
    return _dynfunc.make_function(
        fndesc.lookup_module(),
        fndesc.qualname.split(".")[-1],
        "a leaf",
        _refusal(),
        env,
        (library,),
    )


@register_pass(mutates_CFG=True, analysis_only=False)
class _LeafLowering(NativeLowering):
    """Lowering that stops at the module its callers link."""

    _name = "stochcalc_leaf_lowering"

    def run_pass(self, state: Any) -> bool:
        context = state.targetctx
        if state.library is None:
            state.library = context.codegen().create_library(state.func_id.func_qualname)
        library = state.library
        library._optimize_final_module = lambda: None
        library._finalize_final_module = lambda: setattr(library, "_finalized", True)
        context.get_executable = (
            _entry  # under the compiler's lock, and only while this function is lowered
        )
        try:
            return bool(NativeLowering.run_pass(self, state))
        finally:
            del context.get_executable


class LeafCompiler(CompilerBase):
    """Numba's pipeline, ending early."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline."""
        self.state.flags.no_cpython_wrapper = self.state.flags.no_cfunc_wrapper = True
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        for i, (step, text) in enumerate(pipeline.passes):
            if step is NativeLowering:
                pipeline.passes[i] = (_LeafLowering, text)
        self.extend(pipeline)
        pipeline.finalize()
        return [pipeline]

    def extend(self, pipeline: Any) -> None:
        """A place for further passes."""
