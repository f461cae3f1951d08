"""The checks of what a model declares about itself, and what it shows of itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from stochcalc.display.description import Description
from stochcalc.display.equations import describe_equation
from stochcalc.engine import checks
from stochcalc.engine.words import show
from stochcalc.models.formulas import find_formula

if TYPE_CHECKING:
    from stochcalc.models.model import Model

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
        raise TypeError(f"name={show(name)} must be a string, such as 'mine'")
    checks.integer("dim", dim, least=0)
    if not isinstance(drivers, tuple | list):
        raise TypeError(f"drivers={show(drivers)} of {show(name)} must be a tuple, such as ('dW',)")
    for driver in drivers:
        checks.choice(f"drivers of {show(name)}", driver, DRIVERS)
    arguments = ["t", "x", "dt", *drivers, "args"]
    _check_function(f"exact_step of {show(name)}", exact_step, arguments)
    _check_function(f"law of {show(name)}", law, ["t", "x0"])
    _check_function(f"invariant of {show(name)}", invariant, ["x"])


def _check_function(name: str, function: object, arguments: list[str]) -> None:
    """Refuse what is neither None nor a function that can be called with these arguments."""
    if function is None:
        return
    if not callable(function):
        raise TypeError(
            f"{name} is {show(function)}: it must be a function of ({', '.join(arguments)}), or "
            "None"
        )
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        raise ValueError(f"{name} must take ({', '.join(arguments)}): {error}") from None


def describe_model(model: Model, parameters: Mapping[str, str] | None = None) -> Description:
    """Return a model of the package as the call that makes it, its formula and its parameters.

    Parameters
    ----------
    model : Model
        The model.
    parameters : mapping of str to str, optional
        Its parameters by name, as text; by default the numbers that its functions take.
    """
    if parameters is None:
        values = [f"{value:g}" for value in model.args]
    else:
        values = list(parameters.values())
    if model.lam != 0.0:
        values.append(f"lam={model.lam:g}")
    return describe_equation(
        model,
        f"models.{model.name}({', '.join(values)})",
        formula=find_formula(model.name, model.lam),
        name=model.name,
        parameters=parameters,
    )
