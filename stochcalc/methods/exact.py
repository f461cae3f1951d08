"""Exact: the solution itself over each step, for the models that have it.

    X_{k+1} = the solution of the equation at t_{k+1} that starts with X_k at t_k

The error is that of rounding, whatever the step. Where the step needs more of the motion than dW
(its mean over the step, and what that does not determine), those drivers are drawn beside it. A
normal for what they do not determine belongs to one grid: a study over several levels refuses such
a model. The formula is in `model.exact_step`.

Source: the model's docstring.
"""

from __future__ import annotations

import math

from stochcalc.methods.method import Method
from stochcalc.sde import NOISE_KINDS
from stochcalc.typing import Noise, State, StepFunction

EXACT = dict.fromkeys(NOISE_KINDS, math.inf)


def exact(solution: StepFunction, t: float, x: State, dt: float, *drivers_and_args: Noise) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
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
