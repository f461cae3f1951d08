"""Writing statements of Numba's intermediate representation, and noting faults in them.

The representation is a list of blocks, and a block is a list of statements such as `c = a + b`.
The variable FAULT holds whether anything went wrong in a function so far.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from numba.core import ir
from numba.core.ir_utils import mk_unique_var

from stochcalc.engine.compiler.numba_objects import CompilerState, Function
from stochcalc.engine.functions.faults import mark_faulty, stop_at_fault

FAULT = "$stochcalc_fault"
NOTED = "stochcalc faults are noted"
RETURNED = "stochcalc values that are returned"  # the names of their variables


class Statements:
    """Writes the statements that take the place of one.

    Attributes
    ----------
    body : list
        The statements so far.
    """

    def __init__(self, scope: ir.Scope, place: ir.Loc) -> None:
        self.scope = scope
        self.place = place
        self.body: list[ir.Stmt] = []

    def assign(self, value: object, name: str = "checked") -> ir.Var:
        """Put a value into a new variable and return it."""
        target = ir.Var(self.scope, mk_unique_var(name), self.place)
        self.body.append(ir.Assign(value, target, self.place))
        return target

    def call(self, function: Function, *operands: ir.Var) -> ir.Var:
        """Return a new variable that holds the value of a function."""
        called = self.assign(ir.Global(function.__name__, function, self.place))
        return self.assign(ir.Expr.call(called, operands, (), self.place))

    def pick(self, pair: ir.Var, place: int) -> ir.Expr:
        """Return the expression of an item of a pair."""
        index = self.assign(ir.Const(place, self.place))
        return ir.Expr.static_getitem(pair, place, index, self.place)

    def note(self, fault: ir.Var) -> None:
        """Add to what went wrong so far."""
        noted = ir.Var(self.scope, FAULT, self.place)
        both = ir.Expr.binop(operator.or_, noted, fault, self.place)
        self.body.append(ir.Assign(both, noted, self.place))

    def take_checked(self, pair: ir.Var, target: ir.Var) -> None:
        """Assign the value of a pair (value, fault) to a variable, and note the fault."""
        self.body.append(ir.Assign(self.pick(pair, 0), target, self.place))
        self.note(self.assign(self.pick(pair, 1)))


def replace(
    func_ir: ir.FunctionIR, rewrite: Callable[[ir.Block, ir.Stmt], list[ir.Stmt] | None]
) -> bool:
    """Put what `rewrite` returns in the place of statements; say whether it returned anything."""
    changed = False
    for block in func_ir.blocks.values():
        body: list[ir.Stmt] = []
        for statement in block.body:
            statements = rewrite(block, statement)
            if statements is None:
                body.append(statement)
            else:
                body.extend(statements)
                changed = True
        block.body = body
    return changed


def return_faults(state: CompilerState, way: str) -> None:
    """Begin with no fault, and return the value with what was noted.

    The way is "mark" for a value that is marked, "pair" for a pair, and "stop" for an error.
    """
    names: list[str] = []

    def rewrite(block: ir.Block, statement: ir.Stmt) -> list[ir.Stmt] | None:
        if not isinstance(statement, ir.Return):
            return None
        names.append(statement.value.name)
        written = Statements(block.scope, statement.loc)
        noted = ir.Var(block.scope, FAULT, statement.loc)
        returned = statement.value
        if way == "pair":
            pair = ir.Expr.build_tuple([statement.value, noted], statement.loc)
            returned = written.assign(pair)
        elif way == "mark":
            returned = written.call(mark_faulty, statement.value, noted)
        else:
            written.call(stop_at_fault, noted)
        result = written.assign(ir.Expr.cast(returned, statement.loc))
        return [*written.body, ir.Return(result, statement.loc)]

    replace(state.func_ir, rewrite)
    first = state.func_ir.blocks[min(state.func_ir.blocks)]
    noted = ir.Var(first.scope, FAULT, first.loc)
    first.body.insert(0, ir.Assign(ir.Const(False, first.loc), noted, first.loc))
    state.metadata[NOTED] = True
    state.metadata[RETURNED] = names


def find_global(func_ir: ir.FunctionIR, variable: ir.Var) -> object:
    """Return the global or closure value that a variable holds, or an attribute of a module."""
    definitions = func_ir._definitions.get(variable.name, [])
    if len(definitions) != 1:
        return None
    definition = definitions[0]
    if isinstance(definition, ir.Global | ir.FreeVar):
        value: object = definition.value
        return value
    if isinstance(definition, ir.Var):
        return find_global(func_ir, definition)
    if isinstance(definition, ir.Expr) and definition.op == "getattr":
        return getattr(find_global(func_ir, definition.value), definition.attr, None)
    return None
