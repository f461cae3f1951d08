"""Operators in a user's function that Numba would hand to libm, or to slow loops, replaced by ours.

These are passes over Numba's intermediate representation, run before its type inference.
"""

from __future__ import annotations

import operator
from typing import Any

from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import mk_unique_var
from numba.core.untyped_passes import IRProcessing

from stochcalc.engine.compiler.leaf_compiler import (
    ArrayLeafCompiler,
    UserLeafCompiler,
    leave_out_what_is_for_users,
)
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.array_assignments import assign
from stochcalc.engine.functions.array_operations import power

LARGEST_PRODUCT = 32  # exponents up to which a power of arrays is a product


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


class NumberCompiler(UserLeafCompiler):
    """A leaf's pipeline with the power operator replaced."""

    def change(self, pipeline: Any) -> None:
        """Add the pass."""
        pipeline.add_pass_after(_OwnPower, IRProcessing)


class PackageNumberCompiler(NumberCompiler):
    """The same for functions of the package without functions inside, which need fewer passes."""

    def change(self, pipeline: Any) -> None:
        """Add the pass, and leave out what they do without."""
        super().change(pipeline)
        leave_out_what_is_for_users(pipeline)


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


class ArrayCompiler(ArrayLeafCompiler):
    """Numba's pipeline for functions of arrays, with powers and assignments replaced."""

    def change(self, pipeline: Any) -> None:
        """Add the passes."""
        pipeline.add_pass_after(_ArrayPower, IRProcessing)
        pipeline.add_pass_after(_ArrayAssignments, IRProcessing)
