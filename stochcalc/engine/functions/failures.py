"""What is said, and done, when a user's function raises an error.

At the start every error is refused with the name of the function, the point and a remedy. Along a
path in Python, an error that says "outside the domain" is what compiled code expresses by nan: that
path is nan from there on, it is counted and reported, and the others go on. Any other error is
raised again with the function, the time and the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import NamedTuple

from stochcalc.engine.compiler.fingerprint import is_of_package, read_cells, unwrap
from stochcalc.engine.compiler.numba_objects import Function

# What `math` and `cmath` say where a function has no value, up to Python 3.14, and int() of nan.
DOMAIN_WORDS = ("math domain error", "math range error", "expected a ", "cannot convert float NaN")
KEPT = (TypeError, IndexError, NameError)  # kinds of errors that stay what they are


class Refused(ValueError):
    """A refusal by what stands in for a user's function: what follows the call in the message."""


class Advice(NamedTuple):
    """Where a user's function was tried, and what to do if it has no value there.

    Attributes
    ----------
    place : str
        The place in words, with a blank before it; empty if the call says it all.
    action : str
        What to do.
    """

    place: str
    action: str


AT_THE_START = Advice(" at the start", "change the function or the starting point")


def is_outside_domain(error: Exception) -> bool:
    """Say whether an error means that a function has no number as its value at this point.

    It is a division by zero, an overflow, or a logarithm or root outside its domain. Python's
    (-1.0) ** 0.5 is complex, and what is then done with it raises a TypeError that says so.
    """
    if isinstance(error, ArithmeticError):
        return True
    if type(error) is TypeError:
        return "complex" in str(error)
    return type(error) is ValueError and str(error).startswith(DOMAIN_WORDS)


def say_again(error: Exception, where: str, advice: Advice) -> Exception:
    """Return an error of a user's function with the call that raised it and what to do.

    Parameters
    ----------
    error : Exception
        What the function raised.
    where : str
        The function and the point.
    advice : Advice
        What to do.

    Returns
    -------
    Exception
        A TypeError, IndexError or NameError stays one. Everything else becomes a ValueError, the
        error for bad input; what was raised is its cause.
    """
    said = " ".join(str(error).split())
    before = f"{where} fails{advice.place}: "
    after = ""
    if advice.action:
        after = f"; {advice.action}"
    for kind in KEPT:
        if isinstance(error, kind):
            return kind(before + said + after)
    what = type(error).__name__
    if said:
        what = f"{what}: {said}"
    if isinstance(error, AttributeError):
        return TypeError(before + what + after)
    return ValueError(before + what + after)


def find_users_functions(function: FunctionType) -> list[FunctionType]:
    """Return the functions of the user that a function of the package calls on their behalf.

    A user's own function is returned as the only one. So a drift that was corrected for another
    interpretation is named by the drift and the diffusion that it is made of.
    """
    if not is_of_package(function):
        return [function]
    found: list[FunctionType] = []
    for content in read_cells(function):
        inner = unwrap(content)
        if isinstance(inner, FunctionType):
            found.extend(other for other in find_users_functions(inner) if other not in found)
    return found


def describe_place(function: FunctionType) -> str:
    """Return the name of a function, and the line and file where it is written."""
    code = function.__code__
    return f"{function.__name__} (line {code.co_firstlineno} of {code.co_filename})"


def describe_places(functions: Sequence[Function], otherwise: str) -> str:
    """Return the names and places of the user's functions behind some functions.

    Parameters
    ----------
    functions : sequence of callables
        Functions of the user, or of the package that call some.
    otherwise : str
        What is said if there are none.
    """
    places: list[str] = []
    for function in functions:
        for own in find_users_functions(unwrap(function)):
            place = describe_place(own)
            if place not in places:
                places.append(place)
    return ", ".join(places) or otherwise
