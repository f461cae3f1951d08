"""Functions of one number at several, and whether one of them is the derivative of another."""

from __future__ import annotations

import numpy as np

from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.functions.failures import Advice
from stochcalc.engine.functions.probe import explain, probe
from stochcalc.typing import Array

# Where functions of W are compared with the slopes of others: irregular, so that a corner at a
# round number is not hit.
PLACES = np.array([-0.83, -0.41, -0.19, 0.13, 0.37, 0.71])

ON_THE_GRID = Advice(place="", action="it must have a value there: change the function or the grid")


def check_derivative(
    name: str,
    df: Function,
    of: str,
    f: Function,
    places: Array = PLACES,
    reach: float = 1.0,
    order: int = 1,
) -> None:
    """Refuse a function `df` that is not the derivative of `f`, judged by difference quotients.

    Two step lengths tell how much of a difference the quotient itself explains; rounding explains
    some more.

    Parameters
    ----------
    name, of : str
        The names of df and f, for the error.
    df, f : callable
        Functions of one number.
    places : ndarray, shape (k,)
        The points where they are compared.
    reach : float
        The length over which f varies; the steps of the quotients are small shares of it.
    order : {1, 2}
        Whether df must be the first derivative or the second.

    Raises
    ------
    ValueError
        If df differs from the quotients by more than they and rounding explain.
    """
    if order == 1:
        which = "derivative"
        wide = reach * 1e-4
    else:
        which = "second derivative"
        wide = reach * 1e-3
    quotients = _difference_quotients(of, f, places, wide / 2.0, order)
    coarse = _difference_quotients(of, f, places, wide, order)
    claimed = evaluate(name, df, places)
    rounding = 64.0 * np.finfo(float).eps * np.abs(evaluate(of, f, places)).max() / wide**order
    excess = np.abs(claimed - quotients) - 2.0 * np.abs(quotients - coarse) - rounding
    worst = int(np.argmax(excess))
    if excess[worst] > 1e-3 * max(np.abs(claimed).max(), np.abs(quotients).max()):
        raise ValueError(
            f"{name}({places[worst]:g})={claimed[worst]:g}, and the {which} of {of} is "
            f"{quotients[worst]:g} there: {name} must be the {which} of {of}, and continuous"
        )


def _difference_quotients(name: str, f: Function, t: Array, h: float, order: int) -> Array:
    """Return the central difference quotients of f at t with step h, of order 1 or 2."""
    before = evaluate(name, f, t - h)
    after = evaluate(name, f, t + h)
    if order == 1:
        return (after - before) / (2.0 * h)
    return (after - 2.0 * evaluate(name, f, t) + before) / h**2


def evaluate(name: str, function: Function, times: Array) -> Array:
    """Return the values of a user's function of one number at several, computed in plain Python.

    Parameters
    ----------
    name : str
        The function's name, for the error.
    function : callable
        function(t) -> a number.
    times : ndarray, shape (k,)

    Raises
    ------
    ValueError
        If a value is not finite, or not a number, or the function fails.
    """
    probe(name, function, 0.0, float(times[0]), called="(t)")
    values = np.array([_evaluate_one(name, function, float(t)) for t in times], dtype=float)
    if not np.isfinite(values).all():
        where = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(
            f"{name}({times[where]:g})={values[where]} must be finite: change the function or the "
            f"grid"
        )
    return values


def _evaluate_one(name: str, function: Function, t: float) -> float:
    """Return the value at one number; an error of the function names the call."""
    try:
        value: float = function(t)
    except Exception as error:
        raise explain(name, (t,), error, ON_THE_GRID) from error
    return value
