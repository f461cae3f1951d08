"""What functions of arrays (`vectorized=True`) must keep to, tried in plain Python at the start.

Each path is a column of x, and a value for it may depend on that column alone: a mean over the
paths would depend on how many of them move together. And x and the parameters belong to the solver:
a function that changes them in place changes the state behind the scheme's back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.sde import SDE

COLUMNS = 3
TOLERANCE = 1e-9  # relative: a sum over columns may be taken in another order than over one


def check_columns(sde: SDE, t: float, x: Any) -> None:
    """Call each function with three different paths, and with each of them alone.

    Raises
    ------
    ValueError
        If a value depends on the other paths, or if a function changes its arguments.
    """
    start = np.atleast_1d(np.array(x, dtype=float))
    factors = 1.0 + 0.01 * np.arange(COLUMNS)
    states = start[:, None] * factors + 0.01 * np.arange(COLUMNS)
    for name in ("drift", "diffusion", "drift_dx", "diffusion_dx"):
        function = getattr(sde, name)
        if callable(function):
            _check(name, function, t, states, isinstance(x, tuple), sde.args)


def _check(
    name: str,
    function: Any,
    t: float,
    states: NDArray[np.float64],
    system: bool,
    args: tuple[Any, ...],
) -> None:
    d = len(states) if system else 1
    together = _leaves(_call(name, function, t, states, system, args), d, COLUMNS)
    for j in range(COLUMNS):
        one = states[:, j : j + 1]
        alone = _leaves(_call(name, function, t, one, system, args), d, 1)
        for of_all, of_one in zip(together, alone, strict=True):
            if of_all.shape[-1] != COLUMNS or of_one.shape[-1] != 1:
                raise ValueError(
                    f"{name} returned an array of shape {of_all.shape} for x of shape "
                    f"{_shape(states, system)}: its last axis must be that of the paths"
                )
            here = of_all[..., j : j + 1]
            if not np.allclose(here, of_one, rtol=TOLERANCE, atol=1e-300, equal_nan=True):
                raise ValueError(
                    f"{name} gives another value for a path when it is called with others: each "
                    "column of x is a path of its own, so reduce along axis=0 and roll along "
                    "axis=0, never over all numbers or along the paths"
                )


def _call(
    name: str,
    function: Any,
    t: float,
    states: NDArray[np.float64],
    system: bool,
    args: tuple[Any, ...],
) -> Any:
    """Return the function's value, after refusing changes of its arguments."""
    x = states.copy() if system else states[0].copy()
    before = x.copy()
    parameters = tuple(np.copy(value) if isinstance(value, np.ndarray) else value for value in args)
    with np.errstate(all="ignore"):
        value = function(t, x, *parameters)
    if not np.array_equal(x, before, equal_nan=True):
        raise ValueError(f"{name} changes x in place: work on a copy, x.copy()")
    for i, (given, kept) in enumerate(zip(parameters, args, strict=True)):
        if isinstance(given, np.ndarray) and not np.array_equal(given, kept):
            raise ValueError(f"{name} changes args[{i}] in place: work on a copy")
    if system and isinstance(value, np.ndarray) and value.ndim == 1 and len(value) != len(x):
        raise ValueError(
            f"{name} returned shape {value.shape} for x of shape {x.shape}: return an array (dim, "
            "paths), a tuple of dim rows, dim numbers, or one number"
        )
    return value


def _shape(states: NDArray[np.float64], system: bool) -> tuple[int, ...]:
    return states.shape if system else states.shape[1:]


def _leaves(value: Any, d: int, paths: int) -> list[NDArray[np.float64]]:
    """Return the arrays in a value, each with the paths along its last axis."""
    if isinstance(value, tuple | list):
        found: list[NDArray[np.float64]] = []
        for item in value:
            found.extend(_leaves(item, 1, paths))
        return found
    array = np.asarray(value, dtype=float)
    if array.ndim == 0:
        array = array[None]
    elif array.ndim == 1 and d > 1:
        array = array[:, None]  # a number for each component
    if array.shape[-1] == 1:
        array = np.broadcast_to(array, (*array.shape[:-1], paths))
    return [array]


# ---- as functions of floats


def floating(sde: SDE) -> SDE:
    """A vectorized SDE as functions of floats, for probing: each call is one of arrays of a single
    path.
    """
    return SDE(
        _floating(sde.drift),
        _floating(sde.diffusion),
        noise=sde.noise,
        lam=sde.lam,
        args=sde.args,
        drift_dx=_floating(sde.drift_dx),
        diffusion_dx=_floating(sde.diffusion_dx),
    )


def _floating(function: Any) -> Any:
    if function is None or isinstance(function, str):
        return function

    def at(t: float, x: Any, *args: Any) -> Any:
        value = function(t, np.array(x)[..., None], *args)
        if isinstance(x, tuple):
            value = _for_all_components(value, len(x))
        return _single(value)

    return at


def _for_all_components(value: Any, d: int) -> Any:
    """A number stands for d equal components, and d numbers for d components on any path."""
    if isinstance(value, int | float | np.number) or (
        isinstance(value, np.ndarray) and value.ndim == 0
    ):
        return (float(value),) * d
    if isinstance(value, np.ndarray) and value.shape == (d,):
        return tuple(float(item) for item in value)
    return value


def _single(value: Any) -> Any:
    """The values of one path: arrays of a single path as numbers and tuples."""
    if isinstance(value, tuple | list):
        return tuple(_single(item) for item in value)
    if isinstance(value, np.ndarray):
        if value.ndim > 1:
            return tuple(_single(item) for item in value)
        return float(value[0]) if value.shape == (1,) else value
    return value
