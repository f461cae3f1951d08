"""What takes the place of the solution in a study: words, an exact solution, an exact value."""

from __future__ import annotations

from typing import TypeAlias

from stochcalc.engine import checks
from stochcalc.engine.functions.exact_path import ExactPath
from stochcalc.engine.words import shorten
from stochcalc.methods import METHODS
from stochcalc.solver.examine import Examined

# The name of a method, "exact" or "finest", an exact solution, or the exact value of E f(X_T).
Reference: TypeAlias = str | ExactPath | float


def choose_reference(problem: Examined, reference: str, otherwise: str) -> str:
    """Return what the schemes are compared with: "exact", "finest" or the name of a method.

    Parameters
    ----------
    problem : Examined
        The equation.
    reference : str
        What the user asked for; "auto" is the exact path where the model has one.
    otherwise : str
        What "auto" is where the model has no exact path.

    Raises
    ------
    TypeError, ValueError
        For a reference that is not known, or an exact path that the model does not have.
    """
    words = ["auto", "exact", *METHODS]
    remedy = "reference='weak2'"
    if otherwise == "finest":
        words.insert(2, "finest")
        remedy = "reference='finest', or exact=lambda t, x0, w: ... for a solution of your own"
    if callable(reference):
        raise TypeError(
            f"reference={shorten(reference)} must be a word: give a solution that is a function of "
            "time, start and motion as exact=lambda t, x0, w: ..., or any other as the step of a "
            "models.Model"
        )
    checks.choice("reference", reference, tuple(dict.fromkeys(words)))
    if reference == "exact" and not problem.has_exact_path:
        raise ValueError(
            f"reference='exact' needs a model with an exact path, such as models.gbm: use {remedy}"
        )
    if reference != "auto":
        return reference
    if problem.has_exact_path:
        return "exact"
    return otherwise


def describe(problem: Examined, reference: Reference, finer: int) -> str:
    """Return what a study's title says of its equation and of its reference.

    Parameters
    ----------
    problem : Examined
        The equation.
    reference : str, ExactPath or float
        "exact", "finest", the name of a method, or the exact solution that the user gave.
    finer : int
        By how many levels the reference is finer than the finest level.
    """
    equation = ""
    if problem.name:
        equation = f" on {problem.name}"
    if isinstance(reference, ExactPath):
        return f"{equation}, against exact="
    if isinstance(reference, float):
        return f"{equation}, against exact={reference:g}"
    if reference == "exact":
        return f"{equation}, against the exact path"
    if reference == "finest":
        return f"{equation}, against itself, {finer} levels finer"
    return f"{equation}, against {reference}, {finer} levels finer"


def name_reference(reference: Reference) -> str:
    """Return what a reference is called in an error: a word, or "exact="."""
    if isinstance(reference, str):
        return reference
    return "exact="


def refuse_both(reference: str) -> None:
    """Refuse a reference beside an exact solution or value.

    Raises
    ------
    ValueError
        For any reference but "auto".
    """
    if reference != "auto":
        raise ValueError(
            f"reference={reference!r} and exact= both say what the errors are measured against: "
            "give one"
        )
