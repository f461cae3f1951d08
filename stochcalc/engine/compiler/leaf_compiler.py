"""Compiling a leaf or a routine no further than its caller needs: to code that is optimised there.

Numba turns every function into machine code of its own, makes it callable from Python and from C,
and links what it calls. A leaf is called from nowhere but compiled code, into which it is inlined,
and a study has a hundred of them: that machine code took half of all compile time. Leaves and
routines are therefore not callable from Python (TypeError).
"""

from __future__ import annotations

import ctypes
from typing import Any

import llvmlite.binding as llvm
from numba import _dynfunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


def _refusal() -> int:
    """Address of a function of C Python that refuses to be called (TypeError), for the place where
    Python would find a leaf's machine code.
    """
    return ctypes.cast(ctypes.pythonapi.PyErr_BadArgument, ctypes.c_void_p).value or 0


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


class LeafLibrary(JITCodeLibrary):
    """The code of one function, as it was lowered: neither optimised nor linked.

    Numba links into each function all that it calls, and so a leaf deep down is copied at every
    level above it. Here a library remembers what it calls, and `parts` gives each of them once, for
    the one who links them all.
    """

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self._whole: Any = None

    def add_llvm_module(self, ll_module: Any) -> None:
        """Take in the lowered function as it is."""
        self._final_module.link_in(ll_module)

    def finalize(self) -> None:
        """Take no more functions."""
        self._finalized = True

    def parts(self) -> list[Any]:
        """Return the modules to link: its own, and those of all that it calls, each once.

        Callers come before what they call, since LLVM drops a function that may be defined more
        than once if nothing has asked for it yet.
        """
        found: dict[int, Any] = {}

        def visit(library: Any) -> None:
            if id(library) in found:
                return
            if not isinstance(library, LeafLibrary):  # one of Numba's, with all that it calls in it
                found[id(library)] = library._get_module_for_linking()
                return
            for called in library._linking_libraries:
                visit(called)
            found[id(library)] = library._final_module

        visit(self)
        return list(reversed(found.values()))

    def _get_module_for_linking(self) -> Any:
        """Return one module with all parts, for a caller that Numba compiles in its own way."""
        if self._whole is None:
            whole = self._final_module.clone()
            for part in self.parts()[1:]:
                whole.link_in(part, preserve=True)
            for function in whole.functions:
                if not function.is_declaration and function.linkage == llvm.Linkage.external:
                    function.linkage = "linkonce_odr"  # another caller may bring the same
            self._whole = whole
        return self._whole


class ArrayLibrary(LeafLibrary):
    """The code of one function of arrays, simplified before it is linked.

    Numba makes one loop of an expression like `x + a * dt`. LLVM vectorises that loop well if it
    has simplified it before the function is inlined; else it is three times slower.
    """

    def add_llvm_module(self, ll_module: Any) -> None:
        """Take in the lowered function, simplified."""
        self._optimize_functions(ll_module)
        super().add_llvm_module(ll_module)


@register_pass(mutates_CFG=True, analysis_only=False)
class _LeafLowering(NativeLowering):
    """Lowering that stops at the module its callers link."""

    _name = "stochcalc_leaf_lowering"
    library = LeafLibrary

    def run_pass(self, state: Any) -> bool:
        context = state.targetctx
        if state.library is None:
            state.library = self.library(context.codegen(), state.func_id.func_qualname)
        context.get_executable = (
            _entry  # under the compiler's lock, and only while this function is lowered
        )
        try:
            return bool(NativeLowering.run_pass(self, state))
        finally:
            del context.get_executable


@register_pass(mutates_CFG=True, analysis_only=False)
class _ArrayLowering(_LeafLowering):
    """The same for code on arrays."""

    _name = "stochcalc_array_lowering"
    library = ArrayLibrary


# What Numba does for all that people may write, and the package's own leaves do without: closures
# and comprehensions to inline, contexts to lift, branches on types to prune, array expressions.
_FOR_USERS = frozenset(
    {
        "WithLifting",
        "InlineClosureLikes",
        "MakeFunctionToJitFunction",
        "InlineInlinables",
        "FindLiterallyCalls",
        "LiteralUnroll",
        "LiteralPropagationSubPipelinePass",
        "AnnotateTypes",
        "NopythonRewrites",
        "InlineOverloads",
        "NoPythonSupportedFeatureValidation",
        "DumpParforDiagnostics",
    }
)


class UserLeafCompiler(CompilerBase):
    """Numba's pipeline, ending early: for a user's functions."""

    lowering: Any = _LeafLowering

    def define_pipelines(self) -> list[Any]:
        """The one pipeline."""
        self.state.flags.no_cpython_wrapper = True
        self.state.flags.no_cfunc_wrapper = True
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        for i, (step, text) in enumerate(pipeline.passes):
            if step is NativeLowering:
                pipeline.passes[i] = (self.lowering, text)
        self.change(pipeline)
        pipeline.finalize()
        return [pipeline]

    def change(self, pipeline: Any) -> None:
        """Add passes to the pipeline, or leave some out."""


class ArrayLeafCompiler(UserLeafCompiler):
    """The same for code on arrays."""

    lowering = _ArrayLowering


class LeafCompiler(UserLeafCompiler):
    """The same for functions of the package, which need fewer passes."""

    def change(self, pipeline: Any) -> None:
        """Leave out what they do without."""
        leave_out_what_is_for_users(pipeline)


def leave_out_what_is_for_users(pipeline: Any) -> None:
    """Take the passes out of a pipeline that functions of the package do without."""
    passes = pipeline.passes
    pipeline.passes = [item for item in passes if _name_of(item[0]) not in _FOR_USERS]


def _name_of(step: Any) -> str:
    return str(getattr(step, "__name__", type(step).__name__))
