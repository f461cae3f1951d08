"""Fingerprints: a function as plain data, such that equal data compile to the same code.

A lambda that is made again in a loop is a new object, but its byte code, its constants, and what it
refers to are the same. They are its fingerprint: nested tuples of strings, numbers and bytes, which
serve as a key within the process and, hashed, as a name on disk (see `surroundings`). An object
that is known by its identity alone can be told apart within the process only; what refers to it is
not kept on disk.

A function of this package is named by its place in the source, since the source's own hash is part
of every name on disk; what its closure holds is told apart as for any other function.
"""

from __future__ import annotations

import hashlib
import os
import sys
import types as python_types
from collections.abc import Iterator
from typing import Any, TypeAlias

import numba
import numpy as np
from numba.core.registry import CPUDispatcher
from numba.extending import _Intrinsic

from stochcalc.engine.compiler.surroundings import PACKAGE

LARGEST_FROZEN = 10**6  # bytes of the largest array that Numba compiles in; else its address
LONGEST_SHOWN = 256  # bytes of an array that a fingerprint holds; of longer ones it has the SHA-256
PLAIN_TYPES = (type(None), type(...), bool, int, float, complex, str, bytes)
VERSIONED = ("builtins", "math", "operator", "numpy", "numba", "llvmlite", "stochcalc")


class Unnamed:
    """An object that has no name, as a key that is equal to itself alone.

    It keeps the object alive, so that no other object gets the same id.
    """

    def __init__(self, value: object) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unnamed) and self.value is other.value


Fingerprint: TypeAlias = tuple[Any, ...] | Unnamed
Above: TypeAlias = tuple[
    python_types.FunctionType, ...
]  # the functions whose fingerprints are being taken


def unwrap(function: object) -> python_types.FunctionType:
    """Return the Python function behind a function that was compiled by Numba.

    A function that was not compiled is returned as it is, and so is what is no function at all: to
    refuse it is left to the caller.
    """
    python: Any = function
    if isinstance(function, CPUDispatcher):
        python = function.py_func
    return python


def walk_codes(code: python_types.CodeType) -> Iterator[python_types.CodeType]:
    """Yield a code object and those of the functions that are defined inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, python_types.CodeType):
            yield from walk_codes(constant)


def find_names(function: python_types.FunctionType) -> set[str]:
    """Return the names of globals and attributes that a function uses."""
    return {name for code in walk_codes(function.__code__) for name in code.co_names}


def find_globals(function: python_types.FunctionType) -> dict[str, Any]:
    """Return the globals that a function uses, by name."""
    known = function.__globals__
    return {name: known[name] for name in sorted(find_names(function)) if name in known}


def fingerprint(
    value: object, names: frozenset[str] = frozenset(), above: Above = ()
) -> Fingerprint:
    """Return a hashable description of a value and of all it refers to.

    Parameters
    ----------
    value : object
        A function, or anything that a function may refer to.
    names : frozenset of str
        The attributes to take of a module: they may change while the module stays the same.
    above : tuple of functions
        The functions whose fingerprints are being taken: a recursive function leads back to one
        of them.
    """
    if isinstance(value, CPUDispatcher):
        value = value.py_func
    kind = type(value)
    if kind in PLAIN_TYPES:
        return (kind.__name__, repr(value))
    if isinstance(value, python_types.FunctionType):
        return _describe_function(value, above)
    if isinstance(value, tuple | list):
        fields = getattr(value, "_fields", ())
        return (kind.__name__, fields, *(fingerprint(item, names, above) for item in value))
    if isinstance(value, slice):
        parts = (value.start, value.stop, value.step)
        return ("slice", *(fingerprint(part) for part in parts))
    if isinstance(value, frozenset):
        return ("frozenset", *sorted((fingerprint(item) for item in value), key=repr))
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return _describe_array(value)
    if isinstance(value, np.generic) and not value.dtype.hasobject:
        return ("scalar", repr(value.dtype), value.tobytes())
    if isinstance(value, python_types.CodeType):
        return _describe_code(value)
    if isinstance(value, _Intrinsic):
        return ("intrinsic", _describe_function(value._defn, above))
    if isinstance(value, numba.types.Type):
        return ("type", kind.__qualname__, value.name)
    if isinstance(value, python_types.ModuleType):
        return _describe_module(value, names, above)
    return _name_object(value)


def _describe_function(function: python_types.FunctionType, above: Above) -> Fingerprint:
    """Return the code of a function with its defaults, its closure and the globals it uses."""
    if function in above:
        return ("function above", above.index(function))
    above = (*above, function)
    names = frozenset(find_names(function))
    cells = tuple(fingerprint(cell, names, above) for cell in read_cells(function))
    keywords = function.__kwdefaults__
    if keywords is None:
        keywords = {}
    defaults = (function.__defaults__, tuple(sorted(keywords.items())))
    parts = [_describe_code(function.__code__), fingerprint(defaults, names, above), cells]
    used = find_globals(function).items()
    if is_of_package(function):
        patched = tuple(
            (name, fingerprint(item, names, above)) for name, item in used if _may_be_patched(item)
        )
        return ("function", function.__module__, function.__qualname__, *parts, patched)
    values = tuple((name, fingerprint(item, names, above)) for name, item in used)
    return ("function", *parts, values)


def _may_be_patched(item: object) -> bool:
    """Say whether a global of a package function is a constant, or a function from elsewhere.

    A test may put another value in its place for a while.
    """
    if isinstance(item, CPUDispatcher):
        item = item.py_func
    if isinstance(item, python_types.FunctionType):
        return not is_of_package(item)
    return type(item) in PLAIN_TYPES or isinstance(item, tuple)


def read_cells(function: python_types.FunctionType) -> list[Any]:
    """Return what a function's closure holds; a cell that is still empty gives None."""
    if function.__closure__ is None:
        return []
    contents = []
    for cell in function.__closure__:
        try:
            contents.append(cell.cell_contents)
        except ValueError:
            contents.append(None)
    return contents


def _describe_code(code: python_types.CodeType) -> Fingerprint:
    """Return a code object without the places in the source that it came from."""
    constants = tuple(fingerprint(constant) for constant in code.co_consts)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return ("code", code.co_code, code.co_exceptiontable, constants, names, counts)


def _describe_array(array: np.ndarray[Any, Any]) -> Fingerprint:
    """Return the numbers of an array, and the array itself if its address is compiled in.

    Numba compiles the address in if the array is large or has gaps.
    """
    content = np.ndarray.tobytes(array)
    if len(content) > LONGEST_SHOWN:
        content = hashlib.sha256(content).digest()
    order = (array.flags.c_contiguous, array.flags.f_contiguous)
    parts = ("ndarray", type(array).__qualname__, array.shape, repr(array.dtype), order, content)
    if array.nbytes > LARGEST_FROZEN or not any(order):
        return (*parts, Unnamed(array))
    return parts


def is_of_package(function: python_types.FunctionType) -> bool:
    """Say whether a function is defined in this package."""
    inside = str(function.__module__).partition(".")[0] == "stochcalc"
    return inside and function.__code__.co_filename.startswith(str(PACKAGE) + os.sep)


def _describe_module(
    module: python_types.ModuleType, names: frozenset[str], above: Above
) -> Fingerprint:
    """Return a module's name, with those of its attributes that are named, unless it is fixed."""
    if module.__name__ in ("math", "numpy"):
        return ("module", module.__name__)
    known = sorted(name for name in names if hasattr(module, name))
    items = tuple((name, fingerprint(getattr(module, name), names, above)) for name in known)
    return ("module", module.__name__, items)


def _name_object(value: object) -> Fingerprint:
    """Name an object by its place in a library whose version is part of every name on disk.

    An object that is not found there is known by its identity alone.
    """
    home = getattr(value, "__module__", None)
    if not isinstance(home, str):
        home = type(value).__module__
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if home.partition(".")[0] in VERSIONED and isinstance(name, str):
        there: Any = sys.modules.get(home)
        for part in name.split("."):
            there = getattr(there, part, None)
        if there is value:
            return ("object", home, name)
    return Unnamed(value)


def is_named(part: object) -> bool:
    """Say whether a fingerprint holds no object that is known by its identity alone."""
    if isinstance(part, tuple):
        return all(is_named(item) for item in part)
    return not isinstance(part, Unnamed)
