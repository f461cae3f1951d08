"""What to write in the place of a callable that is no Python function.

What is suggested can be pasted where the callable was made, and runs.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from stochcalc.engine.functions.returned import is_number
from stochcalc.engine.words import LONGEST, show


def suggest_function(name: str, given: object, called: str = "(t, x, *args)") -> str:
    """Return what to give as the argument `name`, which must be a Python function.

    Parameters
    ----------
    name : str
        The argument's name.
    given : object
        What the user gave in its place.
    called : str
        How the function is called.
    """
    arguments = called.strip("()")
    if isinstance(given, np.vectorize):
        return f"np.vectorize is a loop that is not needed; call it f and give {name}=f.pyfunc"
    if isinstance(given, functools.partial):
        written = _write_partial(given)
        if written is not None:
            return f"give {name}={written}"
    if callable(given):
        known = _name_in_module(given)
        if known is not None:
            passed = _choose_arguments(given, arguments)
            return f"wrap it, {name}=lambda {arguments}: {known}({passed})"
        taken = _name_arguments(given)
        return f"call it f and give {name}=lambda {taken}: f({taken}), which runs in plain Python"
    if is_number(given):
        return f"a constant too, {name}=lambda {arguments}: {show(given, LONGEST)}"
    return "write one with math or np"


def _name_in_module(given: Callable[..., Any]) -> str | None:
    """Return the name of a function of NumPy or math as it is usually written, or None."""
    module = getattr(given, "__module__", None)
    if isinstance(given, np.ufunc):
        module = "numpy"
    prefix = {"numpy": "np.", "math": "math."}.get(str(module))
    name = getattr(given, "__name__", None)
    if prefix is None or name is None:
        return None
    return prefix + name


def _choose_arguments(given: Callable[..., Any], arguments: str) -> str:
    """Return the arguments that a function of NumPy or math gets: the state, if it takes one."""
    names = [name for name in arguments.split(", ") if not name.startswith("*")]
    taken = getattr(given, "nin", None)
    if taken is None:
        taken = len(_name_arguments(given).split(", "))
    if taken == 1:
        return names[1 if names[0] == "t" and len(names) > 1 else 0]
    return ", ".join(names[:taken])


def _name_arguments(given: Callable[..., Any]) -> str:
    """Return the names of the arguments that a callable needs, as they are written in a call."""
    try:
        parameters = inspect.signature(given).parameters.values()
    except (TypeError, ValueError):  # a builtin without a signature
        return "*a"
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [
        one.name
        for one in parameters
        if one.kind in positional and one.default is inspect.Parameter.empty
    ]
    if any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in parameters):
        names.append("*a")
    return ", ".join(names)


def _write_partial(given: functools.partial[Any]) -> str | None:
    """Return a partial as a lambda, if it binds numbers to a function that has a name."""
    function = given.func
    bound = [*given.args, *given.keywords.values()]
    if not isinstance(function, FunctionType) or not function.__name__.isidentifier():
        return None
    if not all(is_number(value) for value in bound):
        return None
    taken = _name_arguments(given)
    first = "".join(f"{value}, " for value in given.args)
    last = "".join(f", {key}={value}" for key, value in given.keywords.items())
    return f"lambda {taken}: {function.__name__}({first}{taken}{last})"
