"""Passes that put checks into a user's function: integers, reads of tables, and its helpers.

Every checked operation adds to the variable FAULT, which begins as False. At the end the function
returns its value marked by FAULT (see `faults`), or, if it is the helper of another function, the
pair of both. A function without integer arithmetic, tables or helpers stays as it is.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable

from numba.core import ir
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import build_definitions
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import NopythonTypeInference

from stochcalc.engine.compiler.numba_objects import CompilerState, Dispatcher
from stochcalc.engine.functions.checked_forms import OperationRewriter
from stochcalc.engine.functions.domains import hides_nan
from stochcalc.engine.functions.statements import (
    NOTED,
    Statements,
    find_global,
    replace,
    return_faults,
)

# A user's function that is compiled for the package -> what compiles it as a helper of another.
AS_HELPER: weakref.WeakKeyDictionary[Dispatcher, Callable[[], Dispatcher]] = (
    weakref.WeakKeyDictionary()
)


class _CallHelpers(FunctionPass):
    """Calls of other functions of the user return pairs; runs before the kinds are known."""

    as_helper = False

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: CompilerState) -> bool:
        """Replace the calls; say whether anything changed."""
        state.metadata[NOTED] = False
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)

        def rewrite(block: ir.Block, statement: ir.Stmt) -> list[ir.Stmt] | None:
            value = getattr(statement, "value", None)
            if not isinstance(value, ir.Expr) or value.op != "call":
                return None
            called = find_global(state.func_ir, value.func)
            if not isinstance(called, CPUDispatcher) or called not in AS_HELPER:
                return None
            written = Statements(block.scope, statement.loc)
            helper = written.assign(ir.Global("helper", AS_HELPER[called](), statement.loc))
            call = ir.Expr.call(
                helper, value.args, value.kws, statement.loc, value.vararg, value.varkwarg
            )
            written.take_checked(written.assign(call), statement.target)
            return written.body

        changed = replace(state.func_ir, rewrite)
        if changed or self.as_helper:
            return_faults(state, "pair" if self.as_helper else "mark")
            state.func_ir._definitions = build_definitions(state.func_ir.blocks)
        return changed


@register_pass(mutates_CFG=False, analysis_only=False)
class CallHelpers(_CallHelpers):
    """Calls of helpers in a function that the package calls."""

    _name = "stochcalc_call_helpers"


@register_pass(mutates_CFG=False, analysis_only=False)
class CallHelpersInHelper(_CallHelpers):
    """Calls of helpers in a helper, which returns a pair itself."""

    _name = "stochcalc_call_helpers_in_helper"
    as_helper = True


@register_pass(mutates_CFG=False, analysis_only=False)
class CheckOperations(FunctionPass):
    """Operations of integers and reads of tables return pairs; runs when the kinds are known.

    If it has changed anything, the kinds are found again.
    """

    _name = "stochcalc_check_operations"
    way = "mark"
    tables = True

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: CompilerState) -> bool:
        """Replace the operations; say whether anything changed."""
        # A helper's nan may be hidden by the function that calls it.
        domains = bool(state.metadata.get(NOTED)) or hides_nan(state.func_ir)
        rewriter = OperationRewriter(state, self.tables, domains)
        if not replace(state.func_ir, rewriter.rewrite):
            return False
        if not state.metadata.get(NOTED):
            return_faults(state, self.way)
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)
        state.return_type = None  # an integer that may be nan has become a float
        NopythonTypeInference().run_pass(state)
        return True


@register_pass(mutates_CFG=False, analysis_only=False)
class StopAtFaults(CheckOperations):
    """Operations of integers in a function of arrays, which stops with an error at a fault.

    Numba itself checks the reads of arrays there.
    """

    _name = "stochcalc_stop_at_faults"
    way = "stop"
    tables = False
