"""Exact: the solution itself over each step, for the models that have it.

The error is that of rounding, whatever the step; where the step needs more of the motion than dW
(its mean over the step, and what that does not determine), those drivers are drawn beside it. A
normal for what they do not determine belongs to one grid: a study over several levels refuses such
a model. Ask `model.exact_step` for the formula.

Source: the model's docstring.
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.methods.method import Method

EXACT = dict.fromkeys(("scalar", "diagonal", "additive", "commuting", "general"), math.inf)


def exact(solution: Any, t: float, x: Any, dt: float, *drivers_and_args: Any) -> Any:
    """One step."""
    return solution(t, x, dt, *drivers_and_args)


METHOD = Method(
    name="exact",
    step=exact,
    strong_order=EXACT,
    weak_order=EXACT,
    calculus="any",
    reference="the model's docstring",
    functions=("exact_step",),
    drivers=(),
)
