"""From a user's function to a leaf of the lane loop, with our own elementary functions inside.

The copy that is compiled sees `math` and `np` as `engine.elementary`, wherever it got them:
modules, aliases, names imported from them, closures, nested helpers. So exp, log, sin and the power
operator vectorise, and no libm is left to differ between machines. A name that `elementary` lacks
falls through to Numba's own and is reported in `.info`.
"""

from __future__ import annotations

import math
import types as python_types
from typing import Any

import numpy as np

from stochcalc.engine.compiler.fingerprint import (
    codes,
    globals_used,
    is_of_package,
    names_in,
    plain,
)
from stochcalc.engine.compiler.jit import has_body, inline_through, leaf_through
from stochcalc.engine.compiler.memoise import memoise
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.array_operations import ON_ARRAYS, matmul, mean, roll, total
from stochcalc.engine.functions.operators import (
    ArrayCompiler,
    NumberCompiler,
    PackageNumberCompiler,
)

_MODULES = (math, np)
EXACT = (  # single instructions
    "floor",
    "ceil",
    "trunc",
    "copysign",
    "isnan",
    "isinf",
    "isfinite",
    "maximum",
    "minimum",
)


class _Rewriter:
    """Makes compiled copies of functions in which `math` and `np` are ours.

    `own` maps names in these modules to what stands for them, `compile_copy` compiles a copy.
    """

    def __init__(self, own: dict[str, Any], compile_copy: Any) -> None:
        self.own = own
        self.compile_copy = compile_copy
        self.stand_ins = {id(module): self._stand_in(module) for module in _MODULES}
        self.known: dict[int, Any] = {}
        for module in _MODULES:
            for name, function in own.items():
                if hasattr(module, name):
                    self.known[id(getattr(module, name))] = function
        self.compiled = memoise(self._compile)
        self.above: list[Any] = []  # functions whose copies are being made

    def _stand_in(self, module: Any) -> python_types.ModuleType:
        copy = python_types.ModuleType(module.__name__)
        names = [name for name in vars(module) if not name.startswith("__")]
        vars(copy).update({name: vars(module)[name] for name in names})
        vars(copy).update({name: item for name, item in self.own.items() if hasattr(module, name)})
        return copy

    def _rebind(self, value: Any, names: set[str]) -> Any:
        """What a global or closure value becomes in the copy of a function with these names."""
        if id(value) in self.stand_ins:
            return self.stand_ins[id(value)]
        if has_body(value):
            return value
        if id(value) in self.known:
            return self.known[id(value)]
        if isinstance(value, python_types.ModuleType):
            copy = python_types.ModuleType(value.__name__)
            known = [name for name in names if hasattr(value, name)]
            deeper = names - {value.__name__.rpartition(".")[2]}
            items = {name: self._rebind(getattr(value, name), deeper - {name}) for name in known}
            vars(copy).update(items)
            return copy
        value = plain(value)
        if any(
            value is function for function in self.above
        ):  # it calls itself, or one that calls it, which Numba refuses
            return value
        return self.compiled(value) if isinstance(value, python_types.FunctionType) else value

    def _compile(self, function: Any) -> Any:
        self.above.append(function)
        try:
            return self._compile_copy(function)
        finally:
            self.above.pop()

    def _compile_copy(self, function: Any) -> Any:
        used = names_in(function)
        names = {
            name: self._rebind(value, used)
            for name, value in globals_used(function).items()
            if value is not function
        }
        if "pow" in used and "pow" not in function.__globals__:
            names["pow"] = self.own["pow"]  # the builtin, which Numba would hand to libm
        cells = tuple(
            python_types.CellType(self._rebind(cell.cell_contents, used))
            for cell in function.__closure__ or ()
        )
        copy = python_types.FunctionType(
            function.__code__,
            {**function.__globals__, **names},
            function.__name__,
            function.__defaults__,
            cells,
        )
        return self.compile_copy(copy)


_users_leaf = leaf_through(NumberCompiler)
_package_leaf = leaf_through(PackageNumberCompiler)


def _compile_on_numbers(function: Any) -> Any:
    simple = is_of_package(function) and len(list(codes(function.__code__))) == 1
    return _package_leaf(function) if simple else _users_leaf(function)


_on_numbers = _Rewriter(OWN, _compile_on_numbers)
_on_arrays = _Rewriter(
    {**ON_ARRAYS, "roll": roll, "sum": total, "mean": mean, "matmul": matmul},
    inline_through(ArrayCompiler),
)
_STAND_INS = _on_numbers.stand_ins
_KNOWN = _on_numbers.known


def compiled(function: Any) -> Any:
    """Return a function of numbers as a leaf; `math` and `np` are ours in it and in its helpers."""
    return _on_numbers.compiled(function)


def compiled_on_arrays(function: Any) -> Any:
    """Return a function of arrays, compiled; `math` and `np` are ours in it and its helpers."""
    return _on_arrays.compiled(plain(function))


def fallbacks(*functions: Any) -> tuple[str, ...]:
    """Names of `math` or `numpy` in these functions that run on Numba's own implementation: slower,
    not bit-portable.
    """
    found = set()
    for function in map(plain, functions):
        values = {**globals_used(function)}
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            values[name] = cell.cell_contents
        attributes = names_in(function)
        for name, value in values.items():
            if id(value) in _STAND_INS:
                found |= {
                    attribute
                    for attribute in attributes
                    if callable(getattr(value, attribute, None)) and attribute not in (*OWN, *EXACT)
                }
            elif any(
                getattr(module, getattr(value, "__name__", ""), None) is value
                for module in _MODULES
            ):
                found |= (
                    {name}
                    if id(value) not in _KNOWN and callable(value) and value.__name__ not in EXACT
                    else set()
                )
            elif isinstance(plain(value), python_types.FunctionType) and value is not function:
                found |= set(fallbacks(value))
    return tuple(sorted(found))
