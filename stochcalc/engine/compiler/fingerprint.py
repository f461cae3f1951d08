"""What a function is, as plain data: two functions of one fingerprint compile to the same code.

A lambda that is made again in a loop is a new object, but its byte code, its constants, and what it
refers to are the same. They are its fingerprint: nested tuples of strings, numbers and bytes, which
serve as a key within the process and, hashed, as a name on disk. An object that is known by its
identity alone can be told apart within the process only; what refers to it is not kept on disk.

A function of this package is named by its place in the source, since the source's own hash is part
of every name on disk; what its closure holds is told apart as for any other function.
"""

from __future__ import annotations

import functools
import hashlib
import sys
import types as python_types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core.registry import CPUDispatcher, cpu_target
from numba.extending import _Intrinsic

PACKAGE = Path(__file__).resolve().parents[2]
VERSIONED = ("builtins", "math", "operator", "numpy", "numba", "llvmlite", "stochcalc")


class Unnamed:
    """An object that has no name: a key by its identity.

    It is kept, so that no id is used again.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unnamed) and self.value is other.value


def plain(function: Any) -> Any:
    """Return the Python function behind a function that was compiled by Numba."""
    return function.py_func if isinstance(function, CPUDispatcher) else function


def codes(code: python_types.CodeType) -> Iterator[python_types.CodeType]:
    """Yield a code object and those of the functions that are defined inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, python_types.CodeType):
            yield from codes(constant)


def names_in(function: Any) -> set[str]:
    """Return the names of globals and attributes that a function uses."""
    return {name for code in codes(function.__code__) for name in code.co_names}


def globals_used(function: Any) -> dict[str, Any]:
    """Return the globals that a function uses, by name."""
    known = function.__globals__
    return {name: known[name] for name in sorted(names_in(function)) if name in known}


def fingerprint(value: Any, names: frozenset[str] = frozenset()) -> Any:
    """Return a hashable stand-in for a value and all it refers to.

    Of a module it takes the attributes in `names`: they may change while the module stays.
    """
    value = plain(value)
    if isinstance(value, python_types.FunctionType):
        return _of_function(value)
    if isinstance(value, tuple | list):
        return (type(value).__name__, *(fingerprint(item, names) for item in value))
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return (type(value).__name__, repr(value))
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return ("ndarray", value.shape, value.dtype.str, value.tobytes())
    if isinstance(value, np.generic):
        return ("scalar", value.dtype.str, value.tobytes())
    if isinstance(value, python_types.CodeType):
        return _of_code(value)
    if isinstance(value, _Intrinsic):
        return ("intrinsic", _of_function(value._defn))
    if isinstance(value, numba.types.Type):
        return ("type", type(value).__qualname__, value.name)
    if isinstance(value, python_types.ModuleType):
        return _of_module(value, names)
    return _by_name(value)


def _of_function(function: python_types.FunctionType) -> Any:
    names = frozenset(names_in(function))
    cells = tuple(fingerprint(cell.cell_contents, names) for cell in function.__closure__ or ())
    parts = [_of_code(function.__code__), fingerprint(function.__defaults__), cells]
    if _is_of_package(function):
        return ("function", function.__module__, function.__qualname__, *parts)
    used = globals_used(function).items()
    found = tuple((name, fingerprint(item, names)) for name, item in used if item is not function)
    return ("function", *parts, found)


def _of_code(code: python_types.CodeType) -> Any:
    constants = tuple(fingerprint(constant) for constant in code.co_consts)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return ("code", code.co_code, code.co_exceptiontable, constants, names, counts)


def _is_of_package(function: Any) -> bool:
    inside = str(function.__module__).partition(".")[0] == "stochcalc"
    return inside and function.__code__.co_filename.startswith(str(PACKAGE))


def _of_module(module: python_types.ModuleType, names: frozenset[str]) -> Any:
    if module.__name__ in ("math", "numpy"):
        return ("module", module.__name__)
    known = sorted(name for name in names if hasattr(module, name))
    items = tuple((name, fingerprint(getattr(module, name))) for name in known)
    return ("module", module.__name__, items)


def _by_name(value: Any) -> Any:
    """Name an object by its place in a library whose version is part of every name on disk."""
    home = getattr(value, "__module__", None)
    if not isinstance(home, str):
        home = type(value).__module__
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if home.partition(".")[0] in VERSIONED and isinstance(name, str):
        found: Any = sys.modules.get(home)
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is value:
            return ("object", home, name)
    return Unnamed(value)


def is_named(found: Any) -> bool:
    """Whether a fingerprint holds no object that is known by its identity alone."""
    if isinstance(found, tuple):
        return all(is_named(item) for item in found)
    return not isinstance(found, Unnamed)


def digest(found: Any) -> str:
    """Return the SHA-256 of a fingerprint, the package's source, the compiler and the CPU."""
    return hashlib.sha256(repr((found, _surroundings())).encode()).hexdigest()


@functools.cache
def _surroundings() -> tuple[Any, ...]:
    """Return all that decides what a function is compiled to, apart from the function."""
    configuration = numba.core.config
    return (
        source_hash(),
        sys.version_info[:2],
        (numba.__version__, llvmlite.__version__, llvm.llvm_version_info, np.__version__),
        cpu_target.target_context.codegen().magic_tuple(),
        (configuration.OPT, configuration.LOOP_VECTORIZE, configuration.SLP_VECTORIZE),
        configuration.BOUNDSCHECK,
    )


@functools.cache
def source_hash() -> str:
    """Return the SHA-256 of all source files of the package."""
    total = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        total.update(str(path.relative_to(PACKAGE)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()
