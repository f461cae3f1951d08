"""The rules for functions of arrays (`vectorized=True`), tried in plain Python.

Each path is a column of x, and a value for it may depend on that column alone: a mean over the
paths would depend on how many of them move together. And x and the parameters belong to the solver:
a function that changes them in place changes the state behind the scheme's back.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from stochcalc.engine.arrays import fill_masked
from stochcalc.engine.functions.failures import Advice, Refused, say_again
from stochcalc.sde import SDE
from stochcalc.typing import Array, Number, Parameters, State

COLUMNS = 3  # paths that are tried together
TOLERANCE = 1e-9  # relative: a sum over columns may be taken in another order than over one


def check_columns(sde: SDE, t: float, x: State) -> None:
    """Check that functions of arrays treat each path as if it were alone, and change nothing.

    Each function is called with three different paths, and with each of them alone.

    Parameters
    ----------
    sde : SDE
        An equation whose functions take arrays.
    t : float
        The time of the start.
    x : float or tuple of floats
        The start.

    Raises
    ------
    ValueError
        If a value depends on the other paths, or if a function changes its arguments.
    """
    start = np.atleast_1d(np.array(x, dtype=float))
    # In no order: a function that sorts the paths would leave sorted ones where they are.
    moves = 0.01 * np.roll(np.arange(COLUMNS), 1)
    states = start[:, None] * (1.0 + moves) + moves
    for name in ("drift", "diffusion", "drift_dx", "diffusion_dx"):
        function = getattr(sde, name)
        if callable(function):
            _check(name, function, t, states, isinstance(x, tuple), sde.args)


def _check(
    name: str,
    function: Callable[..., Any],
    t: float,
    states: Array,
    system: bool,
    args: Parameters,
) -> None:
    """Compare a function's values for several paths with its values for each of them alone."""
    d = 1
    if system:
        d = len(states)
    together = _leaves(_call(name, function, t, states, system, args), d, COLUMNS)
    for j in range(COLUMNS):
        one = states[:, j : j + 1]
        alone = _leaves(_call(name, function, t, one, system, args), d, 1)
        for of_all, of_one in zip(together, alone, strict=True):
            if of_all.shape[-1] != COLUMNS or of_one.shape[-1] != 1:
                raise ValueError(
                    f"{name} returned an array of shape {of_all.shape} for x of shape "
                    f"{shape_seen(states, system)}: its last axis must be that of the paths"
                )
            here = of_all[..., j : j + 1]
            if not np.allclose(here, of_one, rtol=TOLERANCE, atol=1e-300, equal_nan=True):
                raise refuse_mixing(name)


def refuse_mixing(name: str) -> ValueError:
    """Return the error of a function whose value for a path depends on the other paths."""
    return ValueError(
        f"{name} gives another value for a path when it is called with others: each "
        "column of x is a path of its own, so reduce along axis=0 and roll along "
        "axis=0, never over all numbers or along the paths"
    )


def _call(
    name: str,
    function: Callable[..., Any],
    t: float,
    states: Array,
    system: bool,
    args: Parameters,
) -> Any:
    """Return the function's value, after a check of its arguments and of its shape."""
    value = call_once(name, function, t, states, system, args)
    if system and isinstance(value, np.ndarray) and value.ndim == 1 and len(value) != len(states):
        raise ValueError(
            f"{name} returned shape {value.shape} for x of shape {states.shape}: return an array "
            "(dim, paths), a tuple of dim rows, dim numbers, or one number"
        )
    return value


def call_once(
    name: str,
    function: Callable[..., Any],
    t: float,
    states: Array,
    system: bool,
    args: Parameters,
) -> Number:
    """Return the function's value, after a check that its arguments are as they were."""
    x = states.copy() if system else states[0].copy()
    before = x.copy()
    parameters = copy.deepcopy(args)
    with np.errstate(all="ignore"):
        value = _try(name, function, t, x, parameters)
    if not np.array_equal(x, before, equal_nan=True):
        raise ValueError(f"{name} changes x in place: work on a copy, x.copy()")
    for i, (given, kept) in enumerate(zip(parameters, args, strict=True)):
        if isinstance(given, np.ndarray) and not np.array_equal(given, kept):
            raise ValueError(f"{name} changes args[{i}] in place: work on a copy")
    return value


def _try(
    name: str, function: Callable[..., Any], t: float, x: Array, parameters: Parameters
) -> Any:
    """Return the function's value; an error names the function and the shape it was called with."""
    try:
        return function(t, x, *parameters)
    except Exception as error:
        call = f"{name}(t, x) with t={t:g} and an array x of shape {x.shape}"
        advice = Advice(" beside the start", "vectorized=True is for functions of arrays of paths")
        raise say_again(error, call, advice) from error


def shape_seen(states: Array, system: bool) -> tuple[int, ...]:
    """Return the shape of x as a function sees it."""
    if system:
        return states.shape
    return states.shape[1:]


def _leaves(value: Any, d: int, paths: int) -> list[Array]:
    """Return the arrays in a value, each with the paths along its last axis."""
    if isinstance(value, tuple | list):
        leaves: list[Array] = []
        for item in value:
            leaves.extend(_leaves(item, 1, paths))
        return leaves
    array = np.asarray(fill_masked(value), dtype=float)
    if array.ndim == 0:
        array = array[None]
    elif array.ndim == 1 and d > 1:
        array = array[:, None]  # a number for each component
    if array.shape[-1] == 1:
        array = np.broadcast_to(array, (*array.shape[:-1], paths))
    return [array]


# ---- as functions of floats


def convert_to_floats(sde: SDE) -> SDE:
    """Return an SDE in functions of arrays as one in functions of floats, to be tried at a start.

    Each call is one of arrays of a single path.
    """
    return SDE(
        _convert(sde.drift),
        _convert(sde.diffusion),
        noise=sde.noise,
        lam=sde.lam,
        args=sde.args,
        drift_dx=_convert(sde.drift_dx),
        diffusion_dx=_convert(sde.diffusion_dx),
    )


def _convert(function: Any) -> Any:
    """Return a function of arrays as one of floats; a missing one and a word as they are."""
    if function is None or isinstance(function, str):
        return function

    def on_floats(t: float, x: State, *args: Any) -> Any:
        """Return the value for one path."""
        with np.errstate(all="ignore"):  # what is not finite is refused by the probe
            value = function(t, np.array(x)[..., None], *args)
        if isinstance(x, tuple):
            value = _for_all_components(value, len(x))
        return _take_single(value)

    return on_floats


def _for_all_components(value: Any, d: int) -> Any:
    """Return one number as d equal ones, and an array of d numbers as a tuple of them.

    Anything else is returned as it is, apart from an array of another number of components.
    """
    if isinstance(value, int | float | np.number):
        return (float(value),) * d
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return (float(value),) * d
    if isinstance(value, np.ndarray) and value.shape == (d,):
        return tuple(float(item) for item in value)
    if isinstance(value, np.ndarray) and value.ndim == 1:
        raise Refused(
            f"returned shape {value.shape} for x of shape ({d}, paths): "
            f"return an array of shape ({d}, paths) or ({d}, 1), a tuple of {d} rows, or one number"
        )
    return value


def _take_single(value: Any) -> Any:
    """Return arrays of a single path as numbers and tuples of numbers."""
    if isinstance(value, tuple | list):
        return tuple(_take_single(item) for item in value)
    if not isinstance(value, np.ndarray):
        return value
    if value.ndim > 1:
        return tuple(_take_single(item) for item in value)
    if value.shape == (1,):
        return float(value[0])
    return value
