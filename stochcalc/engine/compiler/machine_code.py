"""From a Python function to object code, and from object code to an address.

Numba types and lowers the function; here its module gets an entry of one C type (see `words`), all
other functions in it become private to it, so that what is inlined everywhere is compiled nowhere
else, and LLVM turns it into the bytes of an object file. Whether these bytes were made just now or
read from disk, they are linked in the same way.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import llvmlite.binding as llvm
from numba.core import config as configuration
from numba.core.compiler_lock import global_compiler_lock
from numba.core.llvm_bindings import create_pass_builder
from numba.core.registry import cpu_target
from numba.core.runtime import nrt

from stochcalc.engine.compiler.words import build_entry

_CALL = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)
_engines: list[Any] = []  # what holds the memory of the code, which lives as long as the process


# CPUs with vectors of 512 bits on which LLVM prefers 256, and which slow their clock for wider
# ones.
SLOWED_BY_512_BITS = ("skylake-avx512", "cascadelake", "cooperlake", "cannonlake")


@functools.cache
def target_machine() -> Any:
    """Return LLVM's description of this CPU, with vectors as wide as pay.

    LLVM prefers 256 bits on every CPU of Intel's with 512. On those that do not slow their clock, a
    loop over lanes is a tenth to a fifth faster with 512: it is bound by the number of
    instructions.
    """
    codegen = cpu_target.target_context.codegen()
    triple, cpu, features = codegen.magic_tuple()
    if "+avx512f" in features.split(",") and cpu not in SLOWED_BY_512_BITS:
        features += ",-prefer-256-bit"
    target = llvm.Target.from_triple(triple)
    relocation = "static" if target.name.startswith("x86") else "default"
    return target.create_target_machine(
        cpu=cpu,
        features=features,
        opt=configuration.OPT,
        reloc=relocation,
        codemodel="jitdefault",
        jit=True,
    )


def _optimise(module: Any, machine: Any) -> None:
    """Run LLVM's passes: first what inlines, so that counts of references cancel; then all."""
    builder = create_pass_builder(machine, opt=0, loop_vectorize=False, slp_vectorize=False)
    passes = builder.getModulePassManager()
    passes.add_loop_rotate_pass()
    passes.add_instruction_combine_pass()
    passes.add_jump_threading_pass()
    passes.add_refprune_pass()
    passes.run(module, builder)
    builder = create_pass_builder(
        machine,
        opt=configuration.OPT,
        loop_vectorize=configuration.LOOP_VECTORIZE,
        slp_vectorize=configuration.SLP_VECTORIZE,
    )
    passes = builder.getModulePassManager()
    passes.add_refprune_pass()
    passes.run(module, builder)


def optimised_module(dispatcher: Any, signature: Any, symbol: str) -> tuple[Any, Any]:
    """Return (LLVM module, target machine) of a routine behind an entry of this name."""
    with global_compiler_lock:
        dispatcher.compile(signature.args)
        (compiled,) = (
            found
            for found in dispatcher.overloads.values()
            if found.signature.args == signature.args
        )
        context = cpu_target.target_context
        library = context.codegen().create_library(symbol)
        module = library.create_ir_module(symbol)
        build_entry(context, module, symbol, compiled.fndesc)
        library.add_ir_module(module)
        final = library._final_module
        final.link_in(compiled.library._get_module_for_linking(), preserve=True)
        for function in final.functions:
            if not function.is_declaration and function.name != symbol:
                function.linkage = "internal"
        machine = target_machine()
        _optimise(final, machine)
        final.verify()
        return final, machine


def emit(dispatcher: Any, signature: Any, symbol: str) -> tuple[bytes, bool]:
    """Return the object code of a routine, and whether another process may use it."""
    module, machine = optimised_module(dispatcher, signature, symbol)
    addresses = any(
        variable.name.startswith("numba.dynamic.globals") for variable in module.global_variables
    )
    return machine.emit_object(module), not addresses


def assembly(dispatcher: Any, signature: Any) -> str:
    """Return the assembly of a routine, to look at its instructions."""
    module, machine = optimised_module(dispatcher, signature, "entry")
    return str(machine.emit_assembly(module))


def link(code: bytes, symbol: str) -> Any:
    """Return what calls the entry of this name: a function of the address of its words.

    The call releases the interpreter's lock.
    """
    with global_compiler_lock:
        nrt.rtsys.initialize(cpu_target.target_context)
        target = llvm.Target.from_triple(llvm.get_process_triple())
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target.create_target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        _engines.append(engine)
        return _CALL(engine.get_function_address(symbol))
