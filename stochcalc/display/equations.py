"""How an equation is shown: as a formula, with its functions and its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from stochcalc.display.description import Description
from stochcalc.display.table import Table
from stochcalc.engine.words import shorten

if TYPE_CHECKING:
    from stochcalc.sde import SDE

# The noise of an equation by its kind; PRODUCT is the sign of its interpretation.
TERMS = {
    "scalar": r"b(t, X) PRODUCT \mathrm{d}W",
    "diagonal": r"b(t, X) PRODUCT \mathrm{d}W",
    "additive": r"b(t)\,\mathrm{d}W",
    "commuting": r"\sum_j b_j(t, X) PRODUCT \mathrm{d}W_j",
    "general": r"\sum_j b_j(t, X) PRODUCT \mathrm{d}W_j",
}
PRODUCTS = {0.0: r"\,", 0.5: r"\circ"}  # Ito, Stratonovich
ANY_PRODUCT = r"\circ_\lambda"


def write_formula(noise: str, lam: float) -> str:
    """Return dX = a dt + b dW in LaTeX, for a kind of noise and an interpretation.

    Parameters
    ----------
    noise : str
        The kind of noise.
    lam : float
        The interpretation: 0 Ito, 1/2 Stratonovich, 1 backward.
    """
    product = PRODUCTS.get(lam, ANY_PRODUCT)
    term = TERMS[noise].replace(" PRODUCT ", f" {product} ")
    return rf"\mathrm{{d}}X = a(t, X)\,\mathrm{{d}}t + {term}"


def describe_equation(
    sde: SDE,
    line: str,
    *,
    formula: str,
    name: str = "Equation",
    functions: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Description:
    """Return an equation as a formula and a table of what it is made of.

    Parameters
    ----------
    sde : SDE
        The equation.
    line : str
        The equation on one line of text.
    formula : str
        Its formula in LaTeX.
    name : str
        The name of a model.
    functions : mapping of str to str, optional
        What its functions are called; not for an equation of the package.
    parameters : mapping of str to str, optional
        Its parameters by name, as text; by default the `args` that its functions take.
    """
    cells = dict(functions or {})
    cells["noise"] = sde.noise
    cells["lam"] = f"{sde.lam:g}"
    if parameters is None:
        parameters = dict(zip(_name_parameters(sde), map(shorten, sde.args)))
    cells.update(parameters)
    table = Table(title="", columns=dict.fromkeys(cells, 6), rows=(tuple(cells.values()),))
    return Description(line=line, title=name, formula=formula, tables=(table,))


def _name_parameters(sde: SDE) -> Sequence[str]:
    """Return the names of the parameters, which the drift takes after t and x."""
    names = []
    for parameter in list(inspect.signature(sde.drift).parameters.values())[2:]:
        if parameter.kind is parameter.VAR_POSITIONAL:
            break
        names.append(parameter.name)
    rest = range(len(names), len(sde.args))
    return [*names, *(f"{i}" for i in rest)]


def list_equations() -> list[str]:
    """Return the formulas of all kinds of equations, in LaTeX."""
    return [write_formula(noise, lam) for noise in TERMS for lam in (0.0, 0.5, 1.0)]
