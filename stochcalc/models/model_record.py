"""The checks of what a model declares about itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from stochcalc.engine import checks

DRIVERS = ("dW", "I10", "A", "rest")


def check_record(
    name: object,
    *,
    exact_step: object,
    law: object,
    drivers: Iterable[str],
    dim: int,
    invariant: object,
) -> None:
    """Refuse a model whose fields are not what the package takes them for.

    Parameters
    ----------
    name, exact_step, law, drivers, dim, invariant
        The fields of `Model`.

    Raises
    ------
    TypeError
        For a name that is no string, or what must be a function and is none.
    ValueError
        For unknown drivers, a dim below 0, a function of other arguments.
    """
    if not isinstance(name, str):
        raise TypeError(f"name={name!r} must be a string, such as 'mine'")
    checks.integer("dim", dim, least=0)
    if not isinstance(drivers, tuple | list):
        raise TypeError(f"drivers={drivers!r} of {name!r} must be a tuple, such as ('dW',)")
    for driver in drivers:
        checks.choice(f"drivers of {name!r}", driver, DRIVERS)
    arguments = ["t", "x", "dt", *drivers, "args"]
    _check_function(f"exact_step of {name!r}", exact_step, arguments)
    _check_function(f"law of {name!r}", law, ["t", "x0"])
    _check_function(f"invariant of {name!r}", invariant, ["x"])


def _check_function(name: str, function: object, arguments: list[str]) -> None:
    """Refuse what is neither None nor a function that can be called with these arguments."""
    if function is None:
        return
    if not callable(function):
        raise TypeError(
            f"{name} is {function!r}: it must be a function of ({', '.join(arguments)}), or None"
        )
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        raise ValueError(f"{name} must take ({', '.join(arguments)}): {error}") from None
