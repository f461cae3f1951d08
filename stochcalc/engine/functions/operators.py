"""Operators in a user's function that Numba would hand to libm, or to slow loops, replaced by ours.

These are passes over Numba's intermediate representation, run before its type inference. The
representation is a list of blocks, and a block is a list of statements such as `c = a ** b`.
"""

from __future__ import annotations

import operator
from typing import Any

from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import mk_unique_var
from numba.core.typed_passes import NopythonTypeInference
from numba.core.untyped_passes import IRProcessing

from stochcalc.engine.compiler.leaf_compiler import (
    ArrayLeafCompiler,
    UserLeafCompiler,
    leave_out_what_is_for_users,
)
from stochcalc.engine.compiler.numba_objects import CompilerState, Function, Pipeline
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.array_assignments import assign
from stochcalc.engine.functions.array_operations import power
from stochcalc.engine.functions.checking import (
    CallHelpers,
    CallHelpersInHelper,
    CheckOperations,
    StopAtFaults,
)
from stochcalc.engine.functions.constant_integers import ComputeKnownIntegers
from stochcalc.engine.functions.domains import OF_MATH

LARGEST_PRODUCT = 32  # exponents up to which a power of arrays is a product


class _StatementPass(FunctionPass):
    """A pass that replaces single statements; subclasses say which, and by what."""

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: CompilerState) -> bool:
        """Replace statements in all blocks; say whether anything changed."""
        changed = False
        for block in state.func_ir.blocks.values():
            body = []
            for statement in block.body:
                replacement = self.replace(state.func_ir, block, statement)
                if replacement is None:
                    body.append(statement)
                else:
                    body.extend(replacement)
                    changed = True
            block.body = body
        return changed

    def replace(
        self, func_ir: ir.FunctionIR, block: ir.Block, statement: ir.Stmt
    ) -> list[ir.Stmt] | None:
        """Return the statements to put in the place of one; None, as here, leaves it as it is."""
        return None


def _call(
    block: ir.Block, name: str, function: Function, operands: tuple[ir.Var, ...], place: ir.Loc
) -> tuple[ir.Stmt, ir.Expr]:
    """Return a statement that puts a function into a variable, and the call of that variable."""
    variable = ir.Var(block.scope, mk_unique_var(name), place)
    assignment = ir.Assign(ir.Global(name, function, place), variable, place)
    return assignment, ir.Expr.call(variable, operands, (), place)


def _call_power(
    block: ir.Block, statement: ir.Stmt, name: str, function: Function
) -> list[ir.Stmt]:
    """Return the statements that compute a power by a function."""
    operands = (statement.value.lhs, statement.value.rhs)
    assignment, call = _call(block, name, function, operands, statement.loc)
    statement.value = call
    return [assignment, statement]


def _is_power(statement: ir.Stmt) -> bool:
    value = getattr(statement, "value", None)
    return (
        isinstance(value, ir.Expr)
        and value.op in ("binop", "inplace_binop")
        and value.fn in (operator.pow, operator.ipow)
    )


def _integer_literal(func_ir: ir.FunctionIR, variable: ir.Var) -> int | None:
    """Return the integer that a variable is a literal of; None if it is no integer literal."""
    definition = func_ir._definitions.get(variable.name, [])
    if len(definition) == 1 and isinstance(definition[0], ir.Const):
        value = definition[0].value
        if isinstance(value, int):
            return value
    return None


@register_pass(mutates_CFG=False, analysis_only=False)
class _OwnPower(_StatementPass):
    """`x ** y` becomes our pow, unless y is an integer literal, which Numba turns into products."""

    _name = "stochcalc_own_power"
    power = staticmethod(OWN["pow"])

    def replace(
        self, func_ir: ir.FunctionIR, block: ir.Block, statement: ir.Stmt
    ) -> list[ir.Stmt] | None:
        """Return the call of our pow for a power, None for all else."""
        if not _is_power(statement):
            return None
        if _integer_literal(func_ir, statement.value.rhs) is not None:
            return None
        return _call_power(block, statement, "own_pow", self.power)


@register_pass(mutates_CFG=False, analysis_only=False)
class _PowerAsInPython(_OwnPower):
    """`x ** y` in a user's function, which has no value where Python's has none."""

    _name = "stochcalc_power_as_in_python"
    power = staticmethod(OF_MATH["pow"])


@register_pass(mutates_CFG=False, analysis_only=False)
class _ArrayPower(_StatementPass):
    """`x ** y` becomes products if y is a small integer literal, else our power of arrays.

    It becomes products for numbers too. Products are part of the loop around them.
    """

    _name = "stochcalc_array_power"

    def replace(
        self, func_ir: ir.FunctionIR, block: ir.Block, statement: ir.Stmt
    ) -> list[ir.Stmt] | None:
        """Return products, or the call of our power, for a power; None for all else."""
        if not _is_power(statement):
            return None
        exponent = _integer_literal(func_ir, statement.value.rhs)
        if exponent is None or not 2 <= exponent <= LARGEST_PRODUCT:
            return _call_power(block, statement, "array_power", power)
        return _multiply(block, statement, exponent)


def _multiply(block: ir.Block, statement: ir.Stmt, exponent: int) -> list[ir.Stmt]:
    """Return the statements that compute a power by repeated squaring."""
    statements: list[ir.Stmt] = []

    def multiply(left: ir.Var, right: ir.Var) -> ir.Var:
        target = ir.Var(block.scope, mk_unique_var("product"), statement.loc)
        expression = ir.Expr.binop(operator.mul, left, right, statement.loc)
        statements.append(ir.Assign(expression, target, statement.loc))
        return target

    base = statement.value.lhs
    result: Any = None
    while exponent > 0:
        if exponent & 1:
            if result is None:
                result = base
            else:
                result = multiply(result, base)
        exponent >>= 1
        if exponent > 0:
            base = multiply(base, base)
    statement.value = result
    statements.append(statement)
    return statements


@register_pass(mutates_CFG=False, analysis_only=False)
class _ArrayAssignments(_StatementPass):
    """`out[index] = value` becomes our assignment, a plain loop where rows are assigned."""

    _name = "stochcalc_array_assignments"

    def replace(
        self, func_ir: ir.FunctionIR, block: ir.Block, statement: ir.Stmt
    ) -> list[ir.Stmt] | None:
        """Return the call of our assignment for an assignment to items; None for all else."""
        if not isinstance(statement, ir.SetItem):
            return None
        operands = (statement.target, statement.index, statement.value)
        assignment, call = _call(block, "assign", assign, operands, statement.loc)
        nothing = ir.Var(block.scope, mk_unique_var("assigned"), statement.loc)
        return [assignment, ir.Assign(call, nothing, statement.loc)]


class NumberCompiler(UserLeafCompiler):
    """The passes over a function of numbers, with the power operator replaced."""

    power: type[FunctionPass] = _OwnPower

    def change(self, pipeline: Pipeline) -> None:
        """Add the pass that replaces powers."""
        pipeline.add_pass_after(self.power, IRProcessing)


class CheckedNumberCompiler(NumberCompiler):
    """The passes over a user's function of numbers, whose integers and tables are checked."""

    power = _PowerAsInPython
    call_helpers: type[FunctionPass] = CallHelpers

    def change(self, pipeline: Pipeline) -> None:
        """Add the passes that replace powers, and those that note faults."""
        super().change(pipeline)
        pipeline.add_pass_after(ComputeKnownIntegers, IRProcessing)
        pipeline.add_pass_after(CheckOperations, NopythonTypeInference)
        typing = [step for step, _ in pipeline.passes].index(NopythonTypeInference)
        pipeline.passes.insert(typing, (self.call_helpers, "call helpers"))


class HelperCompiler(CheckedNumberCompiler):
    """The passes over a user's function that is called by another one of the user's."""

    call_helpers = CallHelpersInHelper


class PackageNumberCompiler(NumberCompiler):
    """The passes over functions of the package without functions inside, which need fewer."""

    def change(self, pipeline: Pipeline) -> None:
        """Add the pass that replaces powers, and leave out what these functions do without."""
        super().change(pipeline)
        leave_out_what_is_for_users(pipeline)


class ArrayCompiler(ArrayLeafCompiler):
    """The passes over functions of arrays, with powers and assignments replaced."""

    def change(self, pipeline: Pipeline) -> None:
        """Add the passes that replace powers and assignments to items."""
        pipeline.add_pass_after(_ArrayPower, IRProcessing)
        pipeline.add_pass_after(_ArrayAssignments, IRProcessing)


class CheckedArrayCompiler(ArrayCompiler):
    """The passes over a user's function of arrays, whose integers are checked."""

    def change(self, pipeline: Pipeline) -> None:
        """Add the passes that replace operations of integers."""
        super().change(pipeline)
        pipeline.add_pass_after(ComputeKnownIntegers, IRProcessing)
        pipeline.add_pass_after(StopAtFaults, NopythonTypeInference)
