"""Functions of `math` in a user's function: where Python raises an error, they have no value.

`math.log(-1.0)` raises an error in Python, and so do `math.exp(1000.0)` and `(-1.0) ** 0.5 < 1.0`;
our elementary functions return nan or inf, as NumPy's do. A nan makes the result nan and the path
is counted as lost, but `max`, `min` and a comparison hide it: max(0.0, nan) is 0.0. So in a user's
function that chooses between numbers the functions of `math` are checked. There is a fault if the
value is not finite although every argument is. Those of `np` are not checked: they mean NumPy's.

The functions here stand in the place of those of `math` until the kinds are known. `CHECKED` maps
each to the function that returns (value, fault), as those of `integers` do.
"""

from __future__ import annotations

import math
import operator
from typing import Any

from numba.core import ir

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.elementary import OWN
from stochcalc.engine.functions.integers import Checked
from stochcalc.engine.functions.statements import find_global

_OF_ONE = (
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sqrt",
    "asin",
    "acos",
    "sinh",
    "cosh",
    "acosh",
    "atanh",
)
_OF_TWO = ("pow", "hypot")


def _stand_in(name: str) -> tuple[Function, Function]:
    """Return what stands in the place of a function of one number, and its checked form."""
    own = OWN[name]
    in_python = getattr(math, name)

    def plain(x: float) -> Any:
        return in_python(x)

    @body_for(plain)
    def _plain(x):
        return lambda x: own(x)

    def checked(x: float) -> Checked:
        return in_python(x), False

    plain.__name__ = name
    checked.__name__ = f"checked_{name}"

    @body_for(checked)
    def _checked(x):
        def body(x):
            value = own(x)
            return value, (abs(x) < math.inf) & (not (abs(value) < math.inf))

        return body

    return plain, checked


def _stand_in_of_two(name: str) -> tuple[Function, Function]:
    """Return what stands in the place of a function of two numbers, and its checked form."""
    own = OWN[name]
    in_python = getattr(math, name)

    def plain(x: float, y: float) -> Any:
        return in_python(x, y)

    @body_for(plain)
    def _plain(x, y):
        return lambda x, y: own(x, y)

    def checked(x: float, y: float) -> Checked:
        return in_python(x, y), False

    plain.__name__ = name
    checked.__name__ = f"checked_{name}"

    @body_for(checked)
    def _checked(x, y):
        def body(x, y):
            value = own(x, y)
            finite = (abs(x) < math.inf) & (abs(y) < math.inf)
            return value, finite & (not (abs(value) < math.inf))

        return body

    return plain, checked


_PAIRS = {name: _stand_in(name) for name in _OF_ONE}
_PAIRS.update({name: _stand_in_of_two(name) for name in _OF_TWO})
OF_MATH: dict[str, Function] = {name: plain for name, (plain, _) in _PAIRS.items()}
CHECKED: dict[Any, Function] = dict(_PAIRS.values())
_KEEP_NAN = {*OF_MATH.values(), *OWN.values()}
_COMPARISONS = (
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.eq,
    operator.ne,
)


def hides_nan(func_ir: ir.FunctionIR) -> bool:
    """Say whether a function may turn nan into a number: by a comparison, a branch or a call.

    Arithmetic and our own elementary functions do not.
    """
    for block in func_ir.blocks.values():
        for statement in block.body:
            if isinstance(statement, ir.Branch):
                return True
            value = getattr(statement, "value", None)
            if isinstance(value, ir.Expr) and _chooses(func_ir, value):
                return True
    return False


def _chooses(func_ir: ir.FunctionIR, value: ir.Expr) -> bool:
    """Say whether an expression may be a number although one of its operands is nan."""
    if value.op == "call":
        called = find_global(func_ir, value.func)
        return not any(called is function for function in _KEEP_NAN)
    if value.op == "unary":
        return value.fn is operator.not_
    return value.op == "binop" and value.fn in _COMPARISONS
