"""From a Python function to object code, and from object code to an address.

Numba types and lowers the function; here its module gets an entry of one C type (see `words`), all
other functions in it become private to it, so that what is inlined everywhere is compiled nowhere
else, and LLVM turns it into the bytes of an object file. Whether these bytes were made just now or
read from disk, they are linked in the same way.
"""

from __future__ import annotations

import ctypes
from typing import Any

import llvmlite.binding as llvm
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.runtime import nrt

from stochcalc.engine.compiler.words import build_entry

_CALL = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)
_engines: list[Any] = []  # what holds the memory of the code, which lives as long as the process


class NotPortable(Exception):
    """The code holds an address of this process, and cannot be kept for another."""


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
        library._optimize_final_module()
        final = library._final_module
        final.verify()
        return final, library.codegen._tm


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
