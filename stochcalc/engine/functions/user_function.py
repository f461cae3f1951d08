"""From a user's function to a leaf of the lane loop, with our own elementary functions inside.

The copy that is compiled sees the functions of `engine.elementary` in the place of those of `math`
and `np`, wherever it got them: modules, aliases, names imported from them, closures, nested
helpers. So exp, log, sin and the power operator vectorise, and no libm is left to differ between
machines. A name that `elementary` lacks falls through to Numba's own function and is reported in
`.info`.
"""

from __future__ import annotations

import functools
import math
import types as python_types
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from stochcalc.engine.compiler.fingerprint import (
    find_globals,
    find_names,
    is_of_package,
    unwrap,
    walk_codes,
)
from stochcalc.engine.compiler.jit import has_body, inline_through, leaf_through
from stochcalc.engine.compiler.memoise import memoise
from stochcalc.engine.compiler.numba_objects import CompiledFunction, Function
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.array_operations import ON_ARRAYS, matmul, mean, roll, total
from stochcalc.engine.functions.checking import AS_HELPER
from stochcalc.engine.functions.domains import OF_MATH
from stochcalc.engine.functions.number_choices import CHOICES
from stochcalc.engine.functions.operators import (
    ArrayCompiler,
    CheckedArrayCompiler,
    CheckedNumberCompiler,
    HelperCompiler,
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
    "where",
    "clip",
)


class _StandIns:
    """What takes the place of `math` and `np` and of their functions in a copy.

    Parameters
    ----------
    of_math, of_numpy : dict
        Names in `math` and in `np`, each with the function that takes its place.

    Attributes
    ----------
    modules : dict
        The id of each module, with a copy of the module that has our functions.
    functions : dict
        The id of each function, with ours.
    power : callable
        The function that takes the place of the builtin `pow`.
    """

    def __init__(self, of_math: dict[str, Function], of_numpy: dict[str, Function]) -> None:
        self.modules: dict[int, ModuleType] = {}
        self.functions: dict[int, Function] = {}
        self.power = of_math["pow"]
        for module, ours in ((math, of_math), (np, of_numpy)):
            known = {name: item for name, item in ours.items() if hasattr(module, name)}
            copy = ModuleType(module.__name__)
            names = [name for name in vars(module) if not name.startswith("__")]
            vars(copy).update({name: vars(module)[name] for name in names})
            vars(copy).update(known)
            self.modules[id(module)] = copy
            self.functions.update({id(getattr(module, name)): known[name] for name in known})


class _Rewriter:
    """Makes compiled copies of functions in which `math` and `np` are ours.

    Parameters
    ----------
    of_users, of_package : _StandIns
        What is put into the functions of the user, and into those of the package.
    compile_copy : callable
        Compiles a copy.
    """

    def __init__(
        self,
        of_users: _StandIns,
        of_package: _StandIns,
        compile_copy: Callable[[FunctionType], CompiledFunction],
    ) -> None:
        self.of_users = of_users
        self.of_package = of_package
        self.compile_copy = compile_copy
        self.compile = memoise(self._compile)
        self.above: list[FunctionType] = []  # functions whose copies are being made

    def _rebind(self, value: Any, names: set[str], ours: _StandIns) -> Any:
        """Return what a global or closure value becomes in the copy of a function.

        Parameters
        ----------
        value : object
            What the function refers to.
        names : set of str
            The names that the function uses; of a module only these are taken.
        ours : _StandIns
            What is put into the function.
        """
        if id(value) in ours.modules:
            return ours.modules[id(value)]
        if has_body(value):
            return value
        if id(value) in ours.functions:
            return ours.functions[id(value)]
        if isinstance(value, ModuleType):
            copy = ModuleType(value.__name__)
            known = [name for name in names if hasattr(value, name)]
            deeper = names - {value.__name__.rpartition(".")[2]}
            items = {
                name: self._rebind(getattr(value, name), deeper - {name}, ours) for name in known
            }
            vars(copy).update(items)
            return copy
        value = unwrap(value)
        if any(value is function for function in self.above):
            return value  # it calls itself, or one that calls it, which Numba refuses
        if isinstance(value, FunctionType):
            return self.compile(value)
        return value

    def _compile(self, function: FunctionType) -> CompiledFunction:
        """Compile a copy; note meanwhile that the function is above those that it calls."""
        self.above.append(function)
        try:
            return self.compile_copy(self._rewrite(function))
        finally:
            self.above.pop()

    def _rewrite(self, function: FunctionType) -> FunctionType:
        """Return a copy of a function that sees our functions."""
        used = find_names(function)
        ours = self.of_package if is_of_package(function) else self.of_users
        names = {
            name: self._rebind(value, used, ours)
            for name, value in find_globals(function).items()
            if value is not function
        }
        if "pow" in used and "pow" not in function.__globals__:
            names["pow"] = ours.power  # the builtin, which Numba would hand to libm
        cells = tuple(
            python_types.CellType(self._rebind(content, used, ours))
            for content in _contents(function).values()
        )
        return FunctionType(
            function.__code__,
            {**function.__globals__, **names},
            function.__name__,
            function.__defaults__,
            cells,
        )


def _contents(function: FunctionType) -> dict[str, Any]:
    """Return what a function's closure holds, by name."""
    if function.__closure__ is None:
        return {}
    names = function.__code__.co_freevars
    return {name: cell.cell_contents for name, cell in zip(names, function.__closure__)}


# Reads that are not replaced by checked ones, such as those by an array of indices, raise an error.
_users_leaf = leaf_through(CheckedNumberCompiler, boundscheck=True)
_helper_leaf = leaf_through(HelperCompiler, boundscheck=True)
_package_leaf = leaf_through(PackageNumberCompiler)
_package_leaf_with_functions = leaf_through(NumberCompiler)


def _compile_copy_on_numbers(function: FunctionType) -> CompiledFunction:
    """Compile a copy as a leaf: with checks if it is a user's, with fewer passes if it is simple.

    What compiles a user's function as a helper of another one is kept for the latter.
    """
    if not is_of_package(function):
        compiled = _users_leaf(function)
        AS_HELPER[compiled] = functools.cache(lambda: _helper_leaf(function))
        return compiled
    if len(list(walk_codes(function.__code__))) == 1:
        return _package_leaf(function)
    return _package_leaf_with_functions(function)


_users_inline = inline_through(CheckedArrayCompiler, boundscheck=True)
_package_inline = inline_through(ArrayCompiler)


def _compile_copy_on_arrays(function: FunctionType) -> CompiledFunction:
    """Compile a copy for arrays: with checks if it is a user's."""
    if is_of_package(function):
        return _package_inline(function)
    return _users_inline(function)


_OF_NUMBERS: dict[str, Function] = {**OWN, **CHOICES}
_OF_ARRAYS: dict[str, Function] = {
    **ON_ARRAYS,
    "roll": roll,
    "sum": total,
    "mean": mean,
    "matmul": matmul,
}
_USERS_NUMBERS = _StandIns(of_math={**_OF_NUMBERS, **OF_MATH}, of_numpy=_OF_NUMBERS)
_PACKAGES_NUMBERS = _StandIns(_OF_NUMBERS, _OF_NUMBERS)
_ARRAYS = _StandIns(_OF_ARRAYS, _OF_ARRAYS)
_on_numbers = _Rewriter(_USERS_NUMBERS, _PACKAGES_NUMBERS, _compile_copy_on_numbers)
_on_arrays = _Rewriter(_ARRAYS, _ARRAYS, _compile_copy_on_arrays)


def compile_on_numbers(function: Function) -> CompiledFunction:
    """Return a function of numbers as a leaf; `math` and `np` are ours in it and in its helpers."""
    compiled: CompiledFunction = _on_numbers.compile(function)
    return compiled


def compile_on_arrays(function: Function) -> CompiledFunction:
    """Return a function of arrays, compiled; `math` and `np` are ours in it and its helpers."""
    compiled: CompiledFunction = _on_arrays.compile(unwrap(function))
    return compiled


def find_fallbacks(*functions: Function) -> tuple[str, ...]:
    """Return the names of `math` or `numpy` in functions that run on Numba's own implementation.

    It is slower than ours, and its results may differ between machines in the last bits.

    Parameters
    ----------
    *functions : callable
        Functions that have been compiled.

    Returns
    -------
    tuple of str
        The names as the functions write them, in the order of the alphabet.
    """
    names: set[str] = set()
    for function in functions:
        names |= _fallbacks_in(unwrap(function))
    return tuple(sorted(names))


def _fallbacks_in(function: FunctionType) -> set[str]:
    """Return the names in one function and its helpers that run on Numba's own implementation."""
    used = find_names(function)
    fallbacks = set()
    for name, value in {**find_globals(function), **_contents(function)}.items():
        if id(value) in _USERS_NUMBERS.modules:
            fallbacks |= {attribute for attribute in used if _is_fallback(value, attribute)}
        elif _is_of_math_or_numpy(value):
            is_ours = id(value) in _USERS_NUMBERS.functions
            if not is_ours and callable(value) and value.__name__ not in EXACT:
                fallbacks.add(name)
        elif isinstance(unwrap(value), FunctionType) and value is not function:
            fallbacks |= _fallbacks_in(unwrap(value))
    return fallbacks


def _is_fallback(module: ModuleType, name: str) -> bool:
    """Say whether a name is a function of `math` or `np` that is not replaced by one of ours."""
    return callable(getattr(module, name, None)) and name not in OWN and name not in EXACT


def _is_of_math_or_numpy(value: Any) -> bool:
    """Say whether a value is what `math` or `np` has under the value's own name."""
    name = getattr(value, "__name__", "")
    return any(getattr(module, name, None) is value for module in _MODULES)
