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

from stochcalc.engine.compiler.numba_objects import (
    CodeGenerator,
    CompilerState,
    Descriptor,
    FunctionEnvironment,
    Library,
    ParsedModule,
    Pipeline,
)


def _find_refusal() -> int:
    """Return the address of a function of C Python that refuses to be called (TypeError).

    It takes the place where Python would look for a leaf's machine code.
    """
    address = ctypes.cast(ctypes.pythonapi.PyErr_BadArgument, ctypes.c_void_p).value
    if address is None:
        return 0
    return address


def _make_entry(library: Library, fndesc: Descriptor, env: FunctionEnvironment) -> Any:
    """Return the object that Numba's registry keeps of a leaf.

    Its callers ask no more of it than that it is an object of its own.
    """
    return _dynfunc.make_function(
        fndesc.lookup_module(),
        fndesc.qualname.split(".")[-1],
        "a leaf",
        _find_refusal(),
        env,
        (library,),
    )


class LeafLibrary(JITCodeLibrary):
    """The code of one function, as it was lowered: neither optimised nor linked.

    Numba links into each function all that it calls, and so a leaf deep down is copied at every
    level above it. Here a library remembers what it calls, and `parts` gives each of them once, for
    the one who links them all.
    """

    def __init__(self, codegen: CodeGenerator, name: str) -> None:
        super().__init__(codegen, name)
        self._whole: ParsedModule | None = None

    def add_llvm_module(self, ll_module: ParsedModule) -> None:
        """Take in the lowered function as it is."""
        self._final_module.link_in(ll_module)

    def finalize(self) -> None:
        """Take no more functions."""
        self._finalized = True

    def parts(self) -> list[ParsedModule]:
        """Return the modules to link: its own, and those of all that it calls, each once.

        Callers come before what they call, since LLVM drops a function that may be defined more
        than once if nothing has asked for it yet.
        """
        modules: dict[int, ParsedModule] = {}
        self._collect(modules)
        return list(reversed(modules.values()))

    def _collect(self, modules: dict[int, ParsedModule]) -> None:
        """Add the modules of what this library calls, and then its own, by the libraries' ids."""
        if id(self) in modules:
            return
        for called in self._linking_libraries:
            if isinstance(called, LeafLibrary):
                called._collect(modules)
            elif id(called) not in modules:  # one of Numba's own, which holds all that it calls
                modules[id(called)] = called._get_module_for_linking()
        modules[id(self)] = self._final_module

    def _get_module_for_linking(self) -> ParsedModule:
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

    def add_llvm_module(self, ll_module: ParsedModule) -> None:
        """Simplify the lowered function and take it in."""
        self._optimize_functions(ll_module)
        super().add_llvm_module(ll_module)


@register_pass(mutates_CFG=True, analysis_only=False)
class _LeafLowering(NativeLowering):
    """Lowering that stops at the module its callers link."""

    _name = "stochcalc_leaf_lowering"
    library = LeafLibrary

    def run_pass(self, state: CompilerState) -> bool:
        """Lower the function; say whether anything changed."""
        context = state.targetctx
        if state.library is None:
            state.library = self.library(context.codegen(), state.func_id.func_qualname)
        # Numba would ask for machine code here. This runs under the compiler's lock, and the
        # replacement is in place only while this function is lowered.
        context.get_executable = _make_entry
        try:
            return bool(NativeLowering.run_pass(self, state))
        finally:
            del context.get_executable


@register_pass(mutates_CFG=True, analysis_only=False)
class _ArrayLowering(_LeafLowering):
    """Lowering of code on arrays that stops at the module its callers link."""

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
    """The passes of Numba over a user's function, which end with its lowering."""

    lowering: type[_LeafLowering] = _LeafLowering

    def define_pipelines(self) -> list[Pipeline]:
        """Return a list of one pipeline: Numba's, with our lowering in the place of its own."""
        self.state.flags.no_cpython_wrapper = True
        self.state.flags.no_cfunc_wrapper = True
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        for i, (step, text) in enumerate(pipeline.passes):
            if step is NativeLowering:
                pipeline.passes[i] = (self.lowering, text)
        self.change(pipeline)
        pipeline.finalize()
        return [pipeline]

    def change(self, pipeline: Pipeline) -> None:
        """Add passes to the pipeline, or leave some out; subclasses say which."""


class ArrayLeafCompiler(UserLeafCompiler):
    """The passes over code on arrays."""

    lowering = _ArrayLowering


class LeafCompiler(UserLeafCompiler):
    """The passes over functions of the package, which need fewer of them."""

    def change(self, pipeline: Pipeline) -> None:
        """Leave out the passes that these functions do without."""
        leave_out_what_is_for_users(pipeline)


def leave_out_what_is_for_users(pipeline: Pipeline) -> None:
    """Take the passes out of a pipeline that functions of the package do without."""
    passes = pipeline.passes
    pipeline.passes = [item for item in passes if _name_pass(item[0]) not in _FOR_USERS]


def _name_pass(step: object) -> str:
    """Return the name of a pass, which is a class or an object."""
    return str(getattr(step, "__name__", type(step).__name__))
