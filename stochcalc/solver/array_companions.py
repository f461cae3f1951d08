"""Functions of arrays beside the equation's: conditions, and the functions of a weight.

They keep to the rules of `array_functions`: each path is a column of its own, and the arguments
stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stochcalc.engine.loop.numpy_weights import name_rows, take_rows
from stochcalc.engine.words import shorten
from stochcalc.solver.array_functions import (
    COLUMNS,
    TOLERANCE,
    call_once,
    refuse_mixing,
    shape_seen,
)
from stochcalc.typing import Array, Parameters

SPREADS = (0.01, 1.0, 100.0)  # how far from the start a condition is tried


def check_columns_of_condition(
    stop: Callable[..., Any], t: float, start: Array, system: bool, args: Parameters
) -> None:
    """Check that a condition on arrays treats each path as if it were alone, and changes nothing.

    A condition such as `x.max() > 2.0` is the same for all paths near the start, so it is tried
    with paths that are far apart as well. States at which it fails there tell nothing.

    Parameters
    ----------
    stop : callable
        stop(t, x, *args), one truth value for each path.
    t : float
        The time of the start.
    start : ndarray, shape (max(dim, 1),)
        The start.
    system : bool
        Whether it takes x of shape (dim, paths), not (paths,).
    args : tuple
        The parameters of the equation.

    Raises
    ------
    ValueError
        If a value depends on the other paths, or if the condition changes its arguments.
    """
    for spread in SPREADS:
        for places in ((0.0, 1.0, -3.0), (0.0, -1.0, 3.0)):
            states = start[:, None] + spread * np.array(places)
            try:
                together, alone = _call_both_ways(stop, t, states, system, args)
            except Exception:
                if spread == SPREADS[0]:
                    raise
                continue
            if not np.array_equal(together, alone):
                raise refuse_mixing("stop")


def check_columns_of_rows(
    name: str,
    function: Callable[..., Any],
    t: float,
    start: Array,
    system: bool,
    args: Parameters,
    size: int,
) -> None:
    """Check that a function of arrays returns as many rows as it must, each path as if alone.

    Parameters
    ----------
    name : str
        The name of the argument, for the error.
    function : callable
        f(t, x, *args), a number or an array (paths,) for size 0, else `size` of them.
    t : float
        The time of the start.
    start : ndarray, shape (max(dim, 1),)
        The start.
    system : bool
        Whether it takes x of shape (dim, paths), not (paths,).
    args : tuple
        The parameters of the equation.
    size : int
        How many rows it must return, 0 for one that is no row of several.

    Raises
    ------
    ValueError
        If it returns another shape, a number that is not finite, or a value that depends on the
        other paths; if it changes its arguments.
    """
    moves = 0.01 * np.roll(np.arange(COLUMNS), 1)
    states = start[:, None] * (1.0 + moves) + moves
    pieces = (states, *(states[:, j : j + 1] for j in range(COLUMNS)))
    values = []
    for piece in pieces:
        value = call_once(name, function, t, piece, system, args)
        try:
            rows = take_rows(value, size, piece.shape[1])
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{name} returned {shorten(value)} for x of shape {shape_seen(piece, system)}: "
                f"{name_rows(size)}"
            ) from error
        values.append(rows)
    together, *alone = values
    if not np.isfinite(together).all():
        raise ValueError(
            f"{name}({t:g}, x) is not finite at the start, x0={shorten(start.tolist())}: change "
            "the function or the starting point"
        )
    if not np.allclose(together, np.concatenate(alone, axis=-1), rtol=TOLERANCE, atol=1e-300):
        raise refuse_mixing(name)


def _call_both_ways(
    stop: Callable[..., Any], t: float, states: Array, system: bool, args: Parameters
) -> tuple[Array, Array]:
    """Return a condition for several paths at once, and for each of them alone."""
    together = call_once("stop", stop, t, states, system, args)
    alone = [call_once("stop", stop, t, states[:, j : j + 1], system, args) for j in range(COLUMNS)]
    return np.asarray(together), np.concatenate(alone)
