"""Arithmetic of integers that are known when a function is compiled, done by Python itself.

`K ** 25` with a global K is computed in Python's integers, which have no largest number. What fits
in 64 bits stays an integer, so that it may be an index; what does not becomes a float, as it does
in Python when it meets one.
"""

from __future__ import annotations

import operator
from typing import Any

from numba import types
from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass

from stochcalc.engine.compiler.numba_objects import CompilerState

MOST_BITS = 4096  # of an integer that is computed here
BEYOND = "stochcalc integers beyond 64 bits"  # names of the variables that hold such integers

_OPERATIONS = {
    operator.add: operator.add,
    operator.iadd: operator.add,
    operator.sub: operator.sub,
    operator.isub: operator.sub,
    operator.mul: operator.mul,
    operator.imul: operator.mul,
    operator.truediv: operator.truediv,
    operator.itruediv: operator.truediv,
    operator.floordiv: operator.floordiv,
    operator.ifloordiv: operator.floordiv,
    operator.mod: operator.mod,
    operator.imod: operator.mod,
    operator.lshift: operator.lshift,
    operator.ilshift: operator.lshift,
    operator.pow: operator.pow,
    operator.ipow: operator.pow,
}
_GROWING = (operator.pow, operator.lshift)


def _find_constant(state: CompilerState, variable: ir.Var) -> Any:
    """Return the integer, or the tuple, that a variable is known to hold; None if it is not known.

    A fraction is returned too, but nothing is computed with it.
    """
    definitions = state.func_ir._definitions.get(variable.name, [])
    if len(definitions) != 1:
        return None
    definition = definitions[0]
    if isinstance(definition, ir.Const | ir.Global | ir.FreeVar):
        value: Any = definition.value
    elif isinstance(definition, ir.Var):
        value = _find_constant(state, definition)
    elif isinstance(definition, ir.Arg):
        kind = state.args[definition.index]
        value = kind.value if isinstance(kind, types.Omitted) else None
    elif isinstance(definition, ir.Expr):
        value = _compute(state, definition)
    else:
        value = None
    if type(value) in (int, bool, float, tuple):
        return value
    return None


def _is_integer(value: object) -> bool:
    return type(value) in (int, bool)


def _compute(state: CompilerState, expression: ir.Expr) -> Any:
    """Return the value of an expression of known integers; None if it is not known."""
    if expression.op in ("binop", "inplace_binop") and expression.fn in _OPERATIONS:
        left = _find_constant(state, expression.lhs)
        right = _find_constant(state, expression.rhs)
        if _is_integer(left) and _is_integer(right):
            return _operate(_OPERATIONS[expression.fn], int(left), int(right))
    if expression.op == "unary" and expression.fn in (operator.neg, "-"):
        operand = _find_constant(state, expression.value)
        if _is_integer(operand):
            return -operand
    if expression.op == "getitem":
        items = _find_constant(state, expression.value)
        place = _find_constant(state, expression.index)
        if isinstance(items, tuple) and _is_integer(place) and -len(items) <= place < len(items):
            return items[place]
    return None


def _operate(operation: Any, left: int, right: int) -> Any:
    """Return the value of an operation; None if Python raises an error, or if it is very large."""
    if operation in _GROWING and max(left.bit_length(), 1) * abs(right) > MOST_BITS:
        return None
    try:
        return operation(left, right)
    except (ArithmeticError, ValueError):
        return None  # Python says so when the function is called


@register_pass(mutates_CFG=False, analysis_only=False)
class ComputeKnownIntegers(FunctionPass):
    """`a + b` and the like become a number where a and b are integers that are known."""

    _name = "stochcalc_compute_known_integers"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: CompilerState) -> bool:
        """Replace expressions by numbers; say whether anything changed."""
        numbers = {}
        for block in state.func_ir.blocks.values():
            for statement in block.body:
                value = _find_number(state, statement)
                if value is not None:
                    numbers[statement] = value
        beyond = state.metadata.setdefault(BEYOND, set())
        for statement, value in numbers.items():
            number = value
            if _is_integer(value) and not _fits(value):
                number = _to_float(value)
                if number is None:
                    continue
                beyond.add(statement.target.name)
            statement.value = ir.Const(number, statement.loc)
        return bool(numbers)


def _find_number(state: CompilerState, statement: ir.Stmt) -> Any:
    """Return the number that a statement assigns, if it is known and is not written out; or None.

    Numba refuses an integer beyond 64 bits that is written out, so that one is returned too.
    """
    if not isinstance(statement, ir.Assign):
        return None
    value = statement.value
    if isinstance(value, ir.Const) and type(value.value) is int and not _fits(value.value):
        return value.value
    if isinstance(value, ir.Expr) and value.op in ("binop", "inplace_binop"):
        return _compute(state, value)
    return None


def _fits(value: int) -> bool:
    """Say whether an integer has at most 64 bits."""
    return -(2**63) <= value < 2**63


def _to_float(value: int) -> float | None:
    """Return an integer as a float; None for one that is too large, which Python refuses."""
    try:
        return float(value)
    except OverflowError:
        return None
