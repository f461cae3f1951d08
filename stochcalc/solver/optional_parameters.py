"""Functions beside the equation's, which may leave its parameters out.

A condition that stops paths, a rate and the like are called as f(t, x, *args), with the parameters
of the equation. Whoever does not need them may write f(t, x).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

from stochcalc.engine.portable import portable
from stochcalc.typing import Parameters, State


@portable
def ignore_parameters(function: FunctionType) -> Callable[..., Any]:
    """Return a function of t and x as one that is called with the equation's parameters too."""

    def without(t: float, x: State, *args: Parameters) -> Any:
        return function(t, x)

    return without


def take_parameters(function: FunctionType, args: Parameters) -> FunctionType:
    """Return a function that can be called as f(t, x, *args): the same, unless it takes no args.

    Parameters
    ----------
    function : function
        f(t, x, *args), or f(t, x).
    args : tuple
        The parameters of the equation.
    """
    if args and _takes_state_alone(function):
        return cast(FunctionType, ignore_parameters(function))
    return function


def _takes_state_alone(function: FunctionType) -> bool:
    """Say whether a function takes two arguments and no more."""
    signature = inspect.signature(function)
    try:
        signature.bind(0.0, 0.0)
    except TypeError:
        return False
    try:
        signature.bind(0.0, 0.0, 0.0)
    except TypeError:
        return True
    return False
