"""From a user's function to a leaf of the lane loop, with our own elementary functions inside.

The copy that is compiled sees `math` and `np` as `engine.elementary`, wherever it got them:
modules, aliases, names imported from them, closures, nested helpers. So exp, log, sin and the power
operator vectorise, and no libm is left to differ between machines. A name that `elementary` lacks
falls through to Numba's own and is reported in `.info`.
"""

from __future__ import annotations

import math
import operator
import types as python_types
from typing import Any

import numpy as np
from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import mk_unique_var
from numba.core.untyped_passes import IRProcessing

from stochcalc.engine.compiler.fingerprint import globals_used, names_in, plain
from stochcalc.engine.compiler.jit import has_body, leaf_through
from stochcalc.engine.compiler.leaf_compiler import UserLeafCompiler
from stochcalc.engine.compiler.memoise import memoise
from stochcalc.engine.elementary import OWN

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


class _Compiler(UserLeafCompiler):
    """A leaf's pipeline with the power operator replaced."""

    def change(self, pipeline: Any) -> None:
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


def _rebound(value: Any, names: set[str]) -> Any:
    """What a global or closure value of a function that uses these names becomes in its compiled
    copy.
    """
    if id(value) in _STAND_INS:
        return _STAND_INS[id(value)]
    if has_body(value):
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


@memoise
def compiled(function: Any) -> Any:
    """The user's function as a leaf: same code, `math` and `np` ours, helpers compiled likewise."""
    used = names_in(function)
    names = {
        name: _rebound(value, used)
        for name, value in globals_used(function).items()
        if value is not function
    }
    if "pow" in names_in(function) and "pow" not in function.__globals__:
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
