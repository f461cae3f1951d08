"""From a Python function to object code, and from object code to an address.

Numba types and lowers the function; here its module gets an entry of one C type (see `words`), all
other functions in it become private to it, so that what is inlined everywhere is compiled nowhere
else, and LLVM turns it into the bytes of an object file. Whether these bytes were made just now or
read from disk, they are linked in the same way.

Two kinds of code serve this process alone: what holds an address, such as that of a large array,
and what needs Python objects while it runs, such as a function that prints. Numba keeps these
objects in an *environment* of each function, and the code reads the environment's address from a
variable.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import llvmlite.binding as llvm
from numba import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.environment import Environment
from numba.core.registry import cpu_target
from numba.core.runtime import nrt

from stochcalc.engine.compiler.calls import build_entry, build_value_entry, returns_numbers
from stochcalc.engine.compiler.interrupts import let_interrupts_through
from stochcalc.engine.compiler.numba_objects import (
    Dispatcher,
    FunctionEnvironment,
    Kind,
    Machine,
    ParsedModule,
    Signature,
)
from stochcalc.engine.compiler.target import describe_cpu, optimise

Entry: TypeAlias = Callable[[int], int]  # from the address of the words to 0, or 1 for an error
Watched: TypeAlias = tuple[Any, Sequence[Kind]]  # a leaf, and the kinds of its arguments
Environments: TypeAlias = dict[str, FunctionEnvironment]  # by the names of their variables

_CALL = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)
_ENVIRONMENT = "_ZN08NumbaEnv"  # begins the name of a variable with an environment's address
_ADDRESS = "numba.dynamic.globals"  # begins the name of a variable with another address
_kept: list[Any] = []  # what holds the memory of the code, which lives as long as the process


class ObjectCode(NamedTuple):
    """Machine code that is not linked yet.

    Attributes
    ----------
    code : bytes
        An object file.
    environments : dict
        The environments it reads while it runs, by the names of the variables.
    portable : bool
        Whether another process may use it.
    """

    code: bytes
    environments: Environments
    portable: bool


@contextlib.contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep the process from looking for garbage, which takes a tenth of the time to compile.

    Numba makes many small objects that stay, and each search visits all of them.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def name_value(i: int) -> str:
    """Return the name of the entry that hands on the value of the i-th leaf that is watched."""
    return f"value_{i}"


def build_module(
    dispatcher: Dispatcher, signature: Signature, symbol: str, watched: Sequence[Watched] = ()
) -> tuple[ParsedModule, Machine]:
    """Compile a routine behind an entry of this name.

    Parameters
    ----------
    dispatcher : Numba dispatcher
        The routine, decorated by `routine` or `allocating_routine`.
    signature : Numba signature
        The kinds of its arguments.
    symbol : str
        The name of the entry.
    watched : sequence of (leaf, kinds)
        Leaves inside the routine with the kinds of their arguments; each gets an entry of its own
        (see `name_value`) that hands on its value. One that was not compiled for these kinds, or
        returns other things than numbers, has none.

    Returns
    -------
    module, machine
        The optimised LLVM module, and the target machine that turns it into object code.
    """
    with global_compiler_lock, no_garbage_collection():
        dispatcher.compile(signature.args)
        let_interrupts_through()
        (compiled,) = (
            overload
            for overload in dispatcher.overloads.values()
            if overload.signature.args == signature.args
        )
        context = cpu_target.target_context
        library = context.codegen().create_library(symbol)
        module = library.create_ir_module(symbol)
        build_entry(context, module, symbol, compiled.fndesc)
        entries = {symbol}
        parts = compiled.library.parts()
        for i, (leaf, kinds) in enumerate(watched):
            inner = _find_compiled(leaf, kinds)
            if inner is not None and returns_numbers(inner.fndesc.restype):
                build_value_entry(context, module, name_value(i), inner.fndesc)
                entries.add(name_value(i))
                # The routine may hold the function as another leaf, made of an equal lambda.
                known = {id(part) for part in parts}
                others = [part for part in inner.library.parts() if id(part) not in known]
                parts = [*others, *parts]
        library.add_ir_module(module)
        final = library._final_module
        for part in parts:
            final.link_in(part, preserve=True)
        _make_private(final, entries)
        machine = describe_cpu()
        optimise(final, machine)
        final.verify()
        refuse_what_is_not_linked(final)
        let_interrupts_through()
        return final, machine


def _find_compiled(leaf: Dispatcher, kinds: Sequence[Kind]) -> Any:
    """Return what a leaf was compiled to for arguments of these kinds; None if it was not.

    Defaults count for nothing, and what is gathered in `*args` counts one by one.
    """
    wanted = _flatten(kinds)
    for given, compiled in leaf.overloads.items():
        if _flatten(given) == wanted:
            return compiled
    return None


def _flatten(kinds: Sequence[Kind]) -> list[Kind]:
    """Return kinds with the items of tuples in their places, without defaults."""
    flat: list[Kind] = []
    for kind in kinds:
        if isinstance(kind, types.BaseTuple):
            flat.extend(_flatten(list(kind)))
        elif not isinstance(kind, types.Omitted):
            flat.append(kind)
    return flat


def _make_private(module: ParsedModule, entries: set[str]) -> None:
    """Hide all functions of a module but its entries, so that LLVM drops what it has inlined."""
    for function in module.functions:
        if not function.is_declaration and function.name not in entries:
            function.linkage = "internal"
    for variable in module.global_variables:
        if variable.name.startswith(_ENVIRONMENT):
            variable.linkage = "linkonce_odr"  # LLVM deletes it unless it is read


def refuse_what_is_not_linked(module: ParsedModule) -> None:
    """Raise an error if Numba's code calls a function that is nowhere: its address would be 0.

    Raises
    ------
    RuntimeError
        Names the function.
    """
    for function in module.functions:
        numbas = function.name.startswith(("_ZN", "NRT_"))
        if numbas and function.is_declaration and llvm.address_of_symbol(function.name) is None:
            raise RuntimeError(f"the compiled code calls {function.name}, which was not linked")


def emit(
    dispatcher: Dispatcher, signature: Signature, symbol: str, watched: Sequence[Watched] = ()
) -> ObjectCode:
    """Return the object code of a routine behind an entry of this name (see `build_module`)."""
    module, machine = build_module(dispatcher, signature, symbol, watched)
    names = [variable.name for variable in module.global_variables]
    environments = {
        name: Environment._memo[name] for name in names if name.startswith(_ENVIRONMENT)
    }
    addresses = any(name.startswith(_ADDRESS) for name in names)
    return ObjectCode(
        code=machine.emit_object(module),
        environments=environments,
        portable=not addresses and not environments,
    )


def emit_assembly(dispatcher: Dispatcher, signature: Signature) -> str:
    """Return the assembly of a routine, to look at its instructions."""
    module, machine = build_module(dispatcher, signature, "entry")
    return str(machine.emit_assembly(module))


def link(
    code: bytes, symbol: str, environments: Environments | None = None, watched: int = 0
) -> tuple[Entry, tuple[Entry | None, ...]]:
    """Return what calls the entry of this name, and the entries of the leaves that are watched.

    An entry is a function of the address of its words. The call releases the interpreter's lock.

    Parameters
    ----------
    code : bytes
        An object file that holds the entry.
    symbol : str
        The entry's name.
    environments : dict, optional
        The environments that the code reads, by the names of its variables.
    watched : int
        How many leaves are watched; None takes the place of an entry that is not there.
    """
    if environments is None:
        environments = {}
    with global_compiler_lock:
        nrt.rtsys.initialize(cpu_target.target_context)
        target = llvm.Target.from_triple(llvm.get_process_triple())
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target.create_target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        for name, environment in environments.items():
            variable = ctypes.c_void_p.from_address(engine.get_global_value_address(name))
            variable.value = id(environment)
        _kept.append((engine, environments))
        values = []
        for i in range(watched):
            address = engine.get_function_address(name_value(i))
            values.append(_CALL(address) if address else None)
        return _CALL(engine.get_function_address(symbol)), tuple(values)
