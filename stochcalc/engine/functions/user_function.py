"""From a user's function to a leaf of the lane loop, with our own elementary functions inside.

The copy that is compiled sees `math` and `np` as `engine.elementary`, wherever it got them:
modules, aliases, names imported from them, closures, nested helpers. So exp, log, sin and the power
operator vectorise, and no libm is left to differ between machines. A name that `elementary` lacks
falls through to Numba's own and is reported in `.info`.
"""

from __future__ import annotations

import functools
import math
import operator
import threading
import types as python_types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import mk_unique_var
from numba.core.registry import CPUDispatcher
from numba.core.untyped_passes import IRProcessing

from stochcalc.engine.compiler.jit import leaf_through
from stochcalc.engine.compiler.leaf_compiler import LeafCompiler
from stochcalc.engine.elementary import OWN
from stochcalc.engine.registers.linear import OPERATIONS as ENTRY
from stochcalc.engine.registers.linear import OPERATIONS as LINEAR
from stochcalc.engine.registers.slopes import OPERATIONS as CALCULUS
from stochcalc.engine.registers.small_systems import OPERATIONS as SOLVING
from stochcalc.engine.registers.stacked_states import OPERATIONS as PHASE

_MODULES = (math, np)
_OPERATIONS = {
    id(operation) for operation in (*LINEAR, *SOLVING, *CALCULUS, *ENTRY, *PHASE)
}  # with bodies of their own
EXACT = (
    "floor",
    "ceil",
    "trunc",
    "copysign",
    "isnan",
    "isinf",
    "isfinite",
    "maximum",
    "minimum",
)  # single instructions
_KNOWN = {
    id(getattr(module, name)): own
    for module in _MODULES
    for name, own in OWN.items()
    if hasattr(module, name)
}


@register_pass(mutates_CFG=False, analysis_only=False)
class _OwnPower(FunctionPass):
    """`x ** y` becomes our pow, unless y is an integer literal, which Numba turns into products."""

    _name = "stochcalc_own_power"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        changed = False
        for block in state.func_ir.blocks.values():
            body = []
            for statement in block.body:
                value: Any = getattr(statement, "value", None)
                power = (
                    isinstance(value, ir.Expr)
                    and value.op in ("binop", "inplace_binop")
                    and (value.fn in (operator.pow, operator.ipow))
                )
                if power and not _is_integer_literal(state.func_ir, value.rhs):
                    function = ir.Var(block.scope, mk_unique_var("own_pow"), statement.loc)
                    body.append(
                        ir.Assign(
                            ir.Global("own_pow", OWN["pow"], statement.loc), function, statement.loc
                        )
                    )
                    statement.value = ir.Expr.call(
                        function, (value.lhs, value.rhs), (), statement.loc
                    )
                    changed = True
                body.append(statement)
            block.body = body
        return changed


def _is_integer_literal(func_ir: Any, variable: Any) -> bool:
    definition = func_ir._definitions.get(variable.name, [])
    return (
        len(definition) == 1
        and isinstance(definition[0], ir.Const)
        and isinstance(definition[0].value, int)
    )


class _Compiler(LeafCompiler):
    """A leaf's pipeline with the power operator replaced."""

    def extend(self, pipeline: Any) -> None:
        pipeline.add_pass_after(_OwnPower, IRProcessing)


_user_leaf = leaf_through(_Compiler)


def _stand_in(module: Any) -> python_types.ModuleType:
    copy = python_types.ModuleType(module.__name__)
    vars(copy).update(
        {name: value for name, value in vars(module).items() if not name.startswith("__")}
    )
    vars(copy).update({name: own for name, own in OWN.items() if hasattr(module, name)})
    return copy


_STAND_INS = {id(module): _stand_in(module) for module in _MODULES}


def plain(function: Any) -> Any:
    """The Python function behind a function that the user has already jitted."""
    return function.py_func if isinstance(function, CPUDispatcher) else function


def _rebound(value: Any, names: set[str]) -> Any:
    """What a global or closure value of a function that uses these names becomes in its compiled
    copy.
    """
    if id(value) in _STAND_INS:
        return _STAND_INS[id(value)]
    if id(value) in _OPERATIONS:
        return value
    if id(value) in _KNOWN:
        return _KNOWN[id(value)]
    if isinstance(value, python_types.ModuleType):
        copy = python_types.ModuleType(value.__name__)
        vars(copy).update(
            {name: _rebound(getattr(value, name), set()) for name in names if hasattr(value, name)}
        )
        return copy
    value = plain(value)
    return compiled(value) if isinstance(value, python_types.FunctionType) else value


def _codes(code: python_types.CodeType) -> Iterator[python_types.CodeType]:
    """A code object and those of the functions defined inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, python_types.CodeType):
            yield from _codes(constant)


def _globals_used(function: Any) -> dict[str, Any]:
    return {
        name: function.__globals__[name]
        for name in sorted(_names(function))
        if name in function.__globals__
    }


def _names(function: Any) -> set[str]:
    return {name for code in _codes(function.__code__) for name in code.co_names}


class _Same:
    """An object as a dictionary key by identity; keeping it alive keeps its id from being reused."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value


def _seen_through(value: Any, names: set[str]) -> Any:
    """A module as the attributes that are used of it: they may change while the module stays."""
    if not isinstance(value, python_types.ModuleType) or id(value) in _STAND_INS:
        return value
    return tuple((name, getattr(value, name)) for name in sorted(names) if hasattr(value, name))


def fingerprint(value: Any) -> Any:
    """A hashable stand-in for a function and all it refers to: equal fingerprints compile to the
    same code.
    """
    value = plain(value)
    if isinstance(value, python_types.FunctionType):
        names = _names(value)
        cells = tuple(_seen_through(cell.cell_contents, names) for cell in value.__closure__ or ())
        used = tuple(
            (name, _seen_through(item, names))
            for name, item in _globals_used(value).items()
            if item is not value
        )
        return (
            value.__code__,
            fingerprint(value.__defaults__),
            fingerprint(cells),
            fingerprint(used),
        )
    if isinstance(value, tuple):
        return tuple(fingerprint(item) for item in value)
    if isinstance(value, bool | int | float | complex | str | None):
        return (type(value), repr(value))
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, value.tobytes())
    return _Same(value)


_BUILDING = threading.RLock()


def memoise(build: Callable[..., Any]) -> Callable[..., Any]:
    """Cache a builder of compiled code on the fingerprints of its arguments; the 512 latest are
    kept.
    """
    results: dict[Any, Any] = {}

    @functools.wraps(build)
    def cached(*parts: Any) -> Any:
        name = fingerprint(parts)
        with _BUILDING:  # tasks of a user's thread pool arrive here together
            if name not in results:
                if len(results) >= 512:
                    results.pop(next(iter(results)))
                results[name] = build(*parts)
            return results[name]

    return cached


@memoise
def compiled(function: Any) -> Any:
    """The user's function as a leaf: same code, `math` and `np` ours, helpers compiled likewise."""
    used = _names(function)
    names = {
        name: _rebound(value, used)
        for name, value in _globals_used(function).items()
        if value is not function
    }
    if "pow" in _names(function) and "pow" not in function.__globals__:
        names["pow"] = OWN["pow"]  # the builtin, which Numba would hand to libm
    cells = tuple(
        python_types.CellType(_rebound(cell.cell_contents, used))
        for cell in function.__closure__ or ()
    )
    copy = python_types.FunctionType(
        function.__code__,
        {**function.__globals__, **names},
        function.__name__,
        function.__defaults__,
        cells,
    )
    return _user_leaf(copy)


def fallbacks(*functions: Any) -> tuple[str, ...]:
    """Names of `math` or `numpy` in these functions that run on Numba's own implementation: slower,
    not bit-portable.
    """
    found = set()
    for function in map(plain, functions):
        values = {**_globals_used(function)}
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            values[name] = cell.cell_contents
        attributes = _names(function)
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
