"""Functions without a name, found again by the place of their code in a module of the package.

A lambda inside a function has no name by which another process could find it. But its code stands
at a certain place of its module: among the constants of the code around it, which stand among those
of the code around that, up to the module's own. A `Place` is this way down, with the values that
the function takes from the code around it. No code is sent: the other process reads its own copy of
the module, and refuses a place where other code stands.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.machinery import SourceFileLoader
from types import CellType, CodeType, FunctionType
from typing import Any, Protocol, runtime_checkable

PACKAGE = __name__.partition(".")[0] + "."


@dataclass(frozen=True)
class Place:
    """Where the code of a function stands, and what else the function consists of.

    Attributes
    ----------
    module : str
        The name of the module.
    way : tuple of int
        For the code of the module, and then for each code on the way down, the number of the
        constant that is the next code.
    content : str
        The SHA-256 of the code.
    defaults : tuple or None
        The values of arguments that may be left out.
    closure : tuple
        The values that the function takes from the code around it.
    """

    module: str
    way: tuple[int, ...]
    content: str
    defaults: tuple[Any, ...] | None
    closure: tuple[Any, ...]

    def follow(self) -> FunctionType:
        """Return the function.

        Raises
        ------
        ValueError
            If other code stands at the place: the package there has another version.
        """
        code = _read_code(self.module)
        for number in self.way:
            inner = code.co_consts[number] if number < len(code.co_consts) else None
            if not isinstance(inner, CodeType):
                raise ValueError(self._refuse())
            code = inner
        if _print(code) != self.content:
            raise ValueError(self._refuse())
        home = vars(importlib.import_module(self.module))
        cells = tuple(CellType(value) for value in self.closure)
        return FunctionType(code, home, code.co_name, self.defaults, cells)

    def change(self, each: Callable[[object], object]) -> Place:
        """Return the same place with `each` of the values that belong to the function changed."""
        defaults = self.defaults
        if defaults is not None:
            defaults = tuple(each(value) for value in defaults)
        closure = tuple(each(value) for value in self.closure)
        return replace(self, defaults=defaults, closure=closure)

    def _refuse(self) -> str:
        """Return why the place is of no use here."""
        return (
            f"the module {self.module} is another version here than where a function of it comes "
            "from: install the same version of stochcalc on all machines"
        )


@runtime_checkable
class Compiled(Protocol):
    """A function that Numba has compiled."""

    py_func: FunctionType


@dataclass(frozen=True)
class Name:
    """The module and the name under which a compiled function is found again.

    Numba sends a compiled function as its code, and forgets a part of its options on the way.
    """

    module: str
    qualname: str

    def follow(self) -> object:
        """Return the function that has this name here."""
        return _look_up(self.module, self.qualname)


def find_name(function: Compiled) -> Name | None:
    """Return the name of a function that Numba has compiled, or None if it is found nowhere."""
    python = function.py_func
    if python.__module__ not in sys.modules:
        return None
    if _look_up(python.__module__, python.__qualname__) is not function:
        return None
    return Name(python.__module__, python.__qualname__)


def _look_up(module: str, qualname: str) -> object:
    """Return what has a name in a module, or None."""
    found: object = importlib.import_module(module)
    for name in qualname.split("."):
        found = getattr(found, name, None)
    return found


def find_place(function: FunctionType) -> Place | None:
    """Return the place of a function of this package, or None of any other."""
    module = function.__module__ or ""  # sympy's functions have no module
    if not module.startswith(PACKAGE) or function.__kwdefaults__:
        return None
    way = _find(_read_code(function.__module__), function.__code__)
    if way is None:
        return None
    cells = function.__closure__ or ()
    return Place(
        module=function.__module__,
        way=way,
        content=_print(function.__code__),
        defaults=function.__defaults__,
        closure=tuple(cell.cell_contents for cell in cells),
    )


@functools.cache
def _read_code(module: str) -> CodeType:
    """Return the code of a module as its loader reads it, or as it stands in the module's file.

    A loader that changes modules while it reads them, as those of test runners do, has no code to
    give.
    """
    spec = importlib.util.find_spec(module)
    loader: Any = spec.loader if spec is not None else None
    if not hasattr(loader, "get_code") and spec is not None and spec.has_location:
        loader = SourceFileLoader(module, spec.origin or "")
    code = loader.get_code(module) if hasattr(loader, "get_code") else None
    if code is None:
        raise ValueError(f"the module {module} has no code that could be read")
    found: CodeType = code
    return found


def _find(code: CodeType, wanted: CodeType) -> tuple[int, ...] | None:
    """Return the way from a code down to another one that is equal to the one wanted."""
    for number, inner in enumerate(code.co_consts):
        if not isinstance(inner, CodeType):
            continue
        if inner == wanted:
            return (number,)
        way = _find(inner, wanted)
        if way is not None:
            return (number, *way)
    return None


def _print(code: CodeType) -> str:
    """Return the SHA-256 of a code: of its instructions, its names and its constants."""
    parts = [code.co_code, repr(code.co_names).encode(), repr(code.co_varnames).encode()]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            parts.append(_print(constant).encode())
        else:
            parts.append(_show_constant(constant).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _show_constant(constant: object) -> str:
    """Return a constant as text; the order of a set is another one in every process."""
    if isinstance(constant, frozenset):
        return repr(sorted(map(repr, constant)))
    return repr(constant)
