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
from stochcalc.engine.compiler.jit import has_body, inline_through, leaf_through
from stochcalc.engine.compiler.leaf_compiler import UserLeafCompiler
from stochcalc.engine.compiler.memoise import memoise
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.array_operations import ON_ARRAYS, assign, power, roll

_MODULES = (math, np)
LARGEST_PRODUCT = 32  # exponents up to which a power of arrays is a product
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


@register_pass(mutates_CFG=False, analysis_only=False)
class _OwnPower(FunctionPass):
    """`x ** y` becomes our pow, unless y is an integer literal, which Numba turns into products."""

    _name = "stochcalc_own_power"
    own_name = "own_pow"
    function = OWN["pow"]

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Replace the operator everywhere; say whether anything changed."""
        changed = False
        for block in state.func_ir.blocks.values():
            body = []
            for statement in block.body:
                if _is_power(statement):
                    added = self._replace(state.func_ir, block, statement)
                    changed = changed or bool(added)
                    body.extend(added)
                body.append(statement)
            block.body = body
        return changed

    def _replace(self, func_ir: Any, block: Any, statement: Any) -> list[Any]:
        """Change a statement with a power; return the statements to put before it."""
        if (
            self.own_name == "own_pow"
            and _integer_literal(func_ir, statement.value.rhs) is not None
        ):
            return []
        function = ir.Var(block.scope, mk_unique_var(self.own_name), statement.loc)
        own = ir.Global(self.own_name, type(self).function, statement.loc)
        operands = (statement.value.lhs, statement.value.rhs)
        statement.value = ir.Expr.call(function, operands, (), statement.loc)
        return [ir.Assign(own, function, statement.loc)]


def _is_power(statement: Any) -> bool:
    value = getattr(statement, "value", None)
    return (
        isinstance(value, ir.Expr)
        and value.op in ("binop", "inplace_binop")
        and value.fn in (operator.pow, operator.ipow)
    )


def _integer_literal(func_ir: Any, variable: Any) -> int | None:
    """Return the integer that a variable is a literal of; None if it is no integer literal."""
    definition = func_ir._definitions.get(variable.name, [])
    if len(definition) == 1 and isinstance(definition[0], ir.Const):
        value = definition[0].value
        return value if isinstance(value, int) else None
    return None


class _Compiler(UserLeafCompiler):
    """A leaf's pipeline with the power operator replaced."""

    def change(self, pipeline: Any) -> None:
        """Add the pass."""
        pipeline.add_pass_after(_OwnPower, IRProcessing)


@register_pass(mutates_CFG=False, analysis_only=False)
class _ArrayPower(_OwnPower):
    """`x ** y` becomes products where y is a small integer literal, as it does for numbers, so that
    it is part of the loop around it; else our power of arrays and numbers.
    """

    _name = "stochcalc_array_power"
    own_name = "array_power"
    function = power

    def _replace(self, func_ir: Any, block: Any, statement: Any) -> list[Any]:
        base = statement.value.lhs
        exponent = _integer_literal(func_ir, statement.value.rhs)
        if exponent is None or not 2 <= exponent <= LARGEST_PRODUCT:
            return super()._replace(func_ir, block, statement)
        added: list[Any] = []

        def product(left: Any, right: Any) -> Any:
            target = ir.Var(block.scope, mk_unique_var("product"), statement.loc)
            expression = ir.Expr.binop(operator.mul, left, right, statement.loc)
            added.append(ir.Assign(expression, target, statement.loc))
            return target

        result = None
        while exponent > 0:
            if exponent & 1:
                result = base if result is None else product(result, base)
            exponent >>= 1
            if exponent > 0:
                base = product(base, base)
        statement.value = result
        return added


@register_pass(mutates_CFG=False, analysis_only=False)
class _ArrayAssignments(FunctionPass):
    """`out[index] = value` becomes our assignment, a plain loop where rows are assigned."""

    _name = "stochcalc_array_assignments"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Replace all assignments to items; say whether there were any."""
        changed = False
        for block in state.func_ir.blocks.values():
            body = []
            for statement in block.body:
                if isinstance(statement, ir.SetItem):
                    body.extend(self._call(block.scope, statement))
                    changed = True
                else:
                    body.append(statement)
            block.body = body
        return changed

    def _call(self, scope: Any, statement: Any) -> list[Any]:
        place = statement.loc
        function = ir.Var(scope, mk_unique_var("assign"), place)
        nothing = ir.Var(scope, mk_unique_var("assigned"), place)
        operands = (statement.target, statement.index, statement.value)
        return [
            ir.Assign(ir.Global("assign", assign, place), function, place),
            ir.Assign(ir.Expr.call(function, operands, (), place), nothing, place),
        ]


class _ArrayCompiler(UserLeafCompiler):
    """Numba's pipeline for functions of arrays, with powers and assignments replaced."""

    def change(self, pipeline: Any) -> None:
        """Add the passes."""
        pipeline.add_pass_after(_ArrayPower, IRProcessing)
        pipeline.add_pass_after(_ArrayAssignments, IRProcessing)


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


_on_numbers = _Rewriter(OWN, leaf_through(_Compiler))
_on_arrays = _Rewriter({**ON_ARRAYS, "roll": roll}, inline_through(_ArrayCompiler))
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
