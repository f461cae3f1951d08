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


@portable
def make_constant(value: float | tuple[float, ...]) -> Callable[..., Any]:
    """Return the function of (t, x, *args) that has one value everywhere."""

    def constant(t: float, x: State, *args: Parameters) -> float | tuple[float, ...]:
        return value

    return constant


def take_parameters(name: str, function: FunctionType, args: Parameters) -> FunctionType:
    """Return a function that can be called as f(t, x, *args): the same, unless it takes no args.

    Parameters
    ----------
    name : str
        The name of the argument, for the error.
    function : function
        f(t, x, *args), or f(t, x).
    args : tuple
        The parameters of the equation.

    Raises
    ------
    ValueError
        If a parameter of the equation would take the place of a default value, as that of k in
        `lambda t, x, k=k: ...`.
    """
    if not args:
        return function
    places = list(inspect.signature(function).parameters.values())
    for place in places[2 : 2 + len(args)]:
        if place.default is not place.empty:
            raise ValueError(
                f"{name}{inspect.signature(function)} is called as {name}(t, x, *args), and a "
                f"parameter of the equation would take the place of {place.name}: write "
                f"{name}(t, x) with {place.name} inside, or name all parameters"
            )
    if _takes_state_alone(function):
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
