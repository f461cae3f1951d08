"""Which statements of a user's function have a checked form, and what it is."""

from __future__ import annotations

import operator
from typing import Any, TypeAlias

from numba import types
from numba.core import ir
from numba.core.errors import TypingError

from stochcalc.engine.compiler.numba_objects import CompilerState, Function
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.constant_integers import BEYOND
from stochcalc.engine.functions.domains import CHECKED, OF_MATH
from stochcalc.engine.functions.integers import (
    CONVERSIONS,
    FUNCTIONS_OF_INTEGERS,
    OPERATIONS,
)
from stochcalc.engine.functions.orders import COMPARISONS
from stochcalc.engine.functions.statements import RETURNED, Statements, find_global
from stochcalc.engine.functions.table_reads import read_item, write_item

Call: TypeAlias = tuple[Function, tuple[ir.Var, ...]]  # a checked operation and its operands


def _is_integer(kind: object) -> bool:
    if isinstance(kind, types.Boolean):
        return True
    return isinstance(kind, types.Integer) and kind.signed


def _answers_yes_or_no(state: CompilerState) -> bool:
    """Say whether a function returns a truth value, beside what went wrong in its helpers."""
    kinds = [state.typemap[name] for name in state.metadata.get(RETURNED, [])]
    return all(isinstance(kind, types.Boolean) for kind in kinds or [state.return_type])


class OperationRewriter:
    """Finds the checked form of a statement, by the kinds of its operands."""

    def __init__(self, state: CompilerState, tables: bool, domains: bool) -> None:
        self.tables = tables
        self.domains = domains
        self.answers = tables and _answers_yes_or_no(state)
        self.func_ir = state.func_ir
        self.kinds = state.typemap
        self.beyond = state.metadata.get(BEYOND, set())

    def rewrite(self, block: ir.Block, statement: ir.Stmt) -> list[ir.Stmt] | None:
        """Return the statements that take the place of one, or None."""
        if isinstance(statement, ir.SetItem | ir.StaticSetItem):
            return self._rewrite_assignment(block, statement)
        if not isinstance(statement, ir.Assign) or not isinstance(statement.value, ir.Expr):
            return None
        checked = self._choose(statement.value)
        if checked is None:
            return None
        function, operands = checked
        written = Statements(block.scope, statement.loc)
        written.take_checked(written.call(function, *operands), statement.target)
        return written.body

    def _choose(self, value: ir.Expr) -> Call | None:
        """Return the checked operation of an expression and its operands, or None."""
        if value.op in ("binop", "inplace_binop"):
            self._refuse_large(value)
            if value.fn in OPERATIONS and self._are_integers(value.lhs, value.rhs):
                return OPERATIONS[value.fn], (value.lhs, value.rhs)
            if self.answers and value.fn in COMPARISONS and self._is_of_floats(value):
                return COMPARISONS[value.fn], (value.lhs, value.rhs)
        if value.op == "call" and not value.kws:
            return self._choose_function(value)
        if value.op == "getitem":
            return self._choose_read(value.value, value.index)
        # Unpacking, `a, b = x`, has no variable for its index: Numba checks the number of items.
        if value.op == "static_getitem" and value.index_var is not None:
            if not _has_integers(value.index):
                return None
            return self._choose_read(value.value, value.index_var)
        return None

    def _are_integers(self, *variables: ir.Var) -> bool:
        return all(_is_integer(self.kinds[variable.name]) for variable in variables)

    def _is_of_floats(self, value: ir.Expr) -> bool:
        """Say whether two numbers are compared, of which one may be nan."""
        kinds = [self.kinds[value.lhs.name], self.kinds[value.rhs.name]]
        numbers = all(isinstance(kind, types.Number | types.Boolean) for kind in kinds)
        return numbers and any(isinstance(kind, types.Float) for kind in kinds)

    def _choose_function(self, value: ir.Expr) -> Call | None:
        called = find_global(self.func_ir, value.func)
        try:
            in_table = called in CONVERSIONS or called in FUNCTIONS_OF_INTEGERS
            in_table = in_table or (self.domains and called in CHECKED)
        except TypeError:  # it cannot be hashed, and is none of ours
            return None
        if not in_table:
            return None
        operands = tuple(value.args)
        if called in CHECKED:
            return CHECKED[called], operands
        if called in CONVERSIONS and len(operands) == 1:
            if isinstance(self.kinds[operands[0].name], types.Float):
                return CONVERSIONS[called], operands
        if called in FUNCTIONS_OF_INTEGERS and self._are_integers(*operands):
            return FUNCTIONS_OF_INTEGERS[called], operands
        return None

    def _choose_read(self, table: ir.Var, index: ir.Var) -> Call | None:
        """Return the checked read of a table; None for a slice, and for what is no table."""
        if not self.tables:
            return None
        kind = self.kinds[table.name]
        place = self.kinds[index.name]
        if isinstance(kind, types.Array):
            items = list(place) if isinstance(place, types.BaseTuple) else [place]
            if all(isinstance(item, types.SliceType) for item in items):
                return None
            return read_item, (table, index)
        computed = isinstance(place, types.Integer) and not isinstance(place, types.Literal)
        if isinstance(kind, types.UniTuple | types.List) and computed:
            return read_item, (table, index)
        if isinstance(kind, types.NumpyFlatType):
            raise TypingError("reads through .flat are not checked: write table[i]")
        return None

    def _rewrite_assignment(self, block: ir.Block, statement: Any) -> list[ir.Stmt] | None:
        """Return the checked form of `table[i] = value`, or None for all other assignments."""
        index = statement.index
        if isinstance(statement, ir.StaticSetItem):
            index = statement.index_var
        checked = self._choose_read(statement.target, index)
        if checked is None or not isinstance(self.kinds[statement.target.name], types.Array):
            return None
        written = Statements(block.scope, statement.loc)
        written.note(written.call(write_item, statement.target, index, statement.value))
        return written.body

    def _refuse_large(self, value: ir.Expr) -> None:
        """Refuse operations of integers one of which has become a float and lost digits."""
        if value.fn not in OPERATIONS:
            return
        for operand, other in ((value.lhs, value.rhs), (value.rhs, value.lhs)):
            if self._are_integers(other) and self._may_have_lost_digits(value, operand):
                raise TypingError("an integer leaves 64 bits: write floats")

    def _may_have_lost_digits(self, value: ir.Expr, operand: ir.Var) -> bool:
        """Say whether an operand is an integer in Python and a rounded float here."""
        if operand.name in self.beyond:
            return True
        if value.fn not in (operator.mod, operator.floordiv):
            return False
        for definition in self.func_ir._definitions.get(operand.name, []):
            if isinstance(definition, ir.Expr) and definition.op == "call":
                called = find_global(self.func_ir, definition.func)
                if called in (OWN["pow"], OF_MATH["pow"]) and self._are_integers(*definition.args):
                    return True
        return False


def _has_integers(index: object) -> bool:
    """Say whether an index that is written out holds an integer."""
    if isinstance(index, tuple):
        return any(isinstance(item, int) for item in index)
    return isinstance(index, int)
