"""What the loop in NumPy hands to a step: drivers, and users' functions, for many paths at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from stochcalc.engine.arrays import fill_masked
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.functions.failures import (
    Advice,
    describe_places,
    is_outside_domain,
    say_again,
)
from stochcalc.engine.random.layout import Layout, Place
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.words import shorten
from stochcalc.typing import Array, Number, Parameters, State

ALONG_A_PATH = Advice(place="", action="write it for every t and x that a path can reach")


def take_drivers(layout: Layout, names: tuple[str, ...], noise: Array) -> list[Any]:
    """Return the named drivers of one step, from its noise (rows, paths)."""
    return [_take_driver(place, noise) for place in layout.places(names)]


def _take_driver(place: Place, noise: Array) -> Any:
    """Return what is at a place of the noise: a row, rows, a Matrix of areas, or 0 for none."""
    what, first, n = place
    if what == "rows":
        return noise[first] if n == 0 else noise[first : first + n]
    if n == 0:
        return 0.0
    areas = np.zeros((n, n, noise.shape[1]))
    row = first
    for i in range(n):
        for j in range(i + 1, n):
            if first >= 0:
                areas[i, j] = noise[row]
                areas[j, i] = -noise[row]
            row += 1
    return Matrix(areas)


def vectorize(function: Callable[..., Any], kind: str, how: str) -> Callable[..., Any]:
    """Return a user's function as one of many paths at once.

    A call for all paths that raises an error is made again path by path. A path for which the
    function has no value gets nan, as in compiled code.

    Parameters
    ----------
    function : callable
        f(t, x, *args).
    kind : str
        What it returns, in the words of `assemble.compile_coefficient`: a number for "scalar" or
        "float", an array for each component for "vector", a `Matrix` for "matrix" and "tensor". A
        function of the kind "lanes" is returned as it is.
    how : {"array", "tuple", "each"}
        How it is called: with x as it is, with a tuple of components that are arrays, or with
        floats, path by path.

    Returns
    -------
    callable
        f(t, x, *args) for x of shape (paths,), or (dim, paths) for a system.

    Raises
    ------
    TypeError, IndexError, NameError, ValueError
        By the callable, for an error of the function that does not say that it has no value.
    """
    if kind == "lanes":
        return function
    if how == "each":
        together = _call_for_each(function, kind)
    else:
        together = call_together(function, kind, how)
    alone = _call_each_alone(function, kind, how)
    shape: tuple[int, ...] | None = None  # of a matrix, once it is known

    def call(t: float, x: Array, *args: Any) -> Any:
        """Return the values for all paths."""
        nonlocal shape
        try:
            value = together(t, x, *args)
        except Exception:  # whatever it is, `alone` finds the path that raises it
            return alone(t, x, args, shape)
        if isinstance(value, Matrix):
            shape = value.entries.shape[:2]
        return value

    return call


def call_together(function: Callable[..., Any], kind: str, how: str) -> Callable[..., Any]:
    """Return a user's function as one of many paths that is called once for all of them.

    The parameters are those of `vectorize`; how is "array" or "tuple".
    """

    def call(t: float, x: Array, *args: Any) -> Any:
        """Return the values for all paths from one call."""
        state: State = x
        if how == "tuple" and x.ndim > 1:
            state = tuple(x)
        value = function(t, state, *args)
        if kind == "vector" and np.ndim(value) == 0:
            return np.full(x.shape, value, dtype=float)  # the same for all components
        return _join(value, kind, x.shape[-1])

    return call


def _call_for_each(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """Return a function of one path, in floats, as one of many paths."""

    def call(t: float, x: Array, *args: Any) -> Any:
        """Return the values for all paths from one call for each."""
        states = x.T.tolist()
        if kind not in ("scalar", "float"):
            states = list(map(tuple, states))
        values = np.array([function(t, state, *args) for state in states], dtype=float)
        return _join(np.moveaxis(values, 0, -1), kind, x.shape[-1])

    return call


def take_state(column: Array, kind: str) -> State:
    """Return the state of one path as a float, or as a tuple of them."""
    if kind in ("scalar", "float"):
        return float(column)
    return tuple(map(float, column))


def _call_each_alone(function: Callable[..., Any], kind: str, how: str) -> Callable[..., Any]:
    """Return a function as one of many paths that sees one path a call, and survives its errors.

    The values of a path for which the function has none are nan: after a division by zero, an
    overflow, a root or a logarithm outside its domain. Every other error is raised again with the
    function, the time and the state.
    """

    def call_one(t: float, x: Array, j: int, args: tuple[Any, ...]) -> Array | Exception:
        """Return the numbers of path j with an axis of length 1 at the end, or why it has none."""
        column = x[..., j : j + 1]
        state: State = column.copy()
        if how != "array":
            state = take_state(x[..., j], kind)
        try:
            value = function(t, state, *args)
        except Exception as error:
            place = describe_places([unwrap(function)], otherwise="a function")
            said = say_again(error, f"{place} at t={t:g}, x={shorten(state)}", ALONG_A_PATH)
            if is_outside_domain(error):
                said.__cause__ = error
                return said
            raise said from error
        if kind == "vector" and np.ndim(value) == 0:
            return np.full(column.shape, _convert_to_real(value))
        joined = _join(value, kind, 1)
        numbers: Array = getattr(joined, "entries", joined)
        return numbers

    def call(t: float, x: Array, args: tuple[Any, ...], shape: tuple[int, ...] | None) -> Any:
        """Return the values for all paths; `shape` is that of a matrix, if it is known."""
        found = [call_one(t, x, j, args) for j in range(x.shape[-1])]
        if kind in ("scalar", "float"):
            shape = ()
        elif kind == "vector":
            shape = x.shape[:1]
        values: Array | None = None
        for j, numbers in enumerate(found):
            if isinstance(numbers, Exception):
                continue
            if values is None:
                values = np.full((*numbers.shape[:-1], len(found)), np.nan)
            values[..., j] = numbers[..., 0]
        if values is None and shape is not None:
            values = np.full((*shape, len(found)), np.nan)
        if values is None:
            assert isinstance(found[0], Exception)
            raise found[0]
        if kind in ("matrix", "tensor"):
            return Matrix(values)
        return values

    return call


def call_condition(
    stop: Callable[..., Any], how: str, t: float, x: Array, args: Parameters
) -> Array:
    """Return 1 where a user's condition holds, and 0 elsewhere, for many paths at once.

    It is nan for a path for which a condition that is called path by path has no value.

    Parameters
    ----------
    stop : callable
        stop(t, x, *args), true or false.
    how : {"array", "tuple", "each"}
        How it is called, as in `vectorize`.
    t : float
        The time.
    x : ndarray, shape (paths,) or (dim, paths)
        The states.
    args : tuple
        The parameters of the equation.
    """
    if how != "each":
        state: State = x
        if how == "tuple" and x.ndim > 1:
            state = tuple(x)
        return np.asarray(stop(t, state, *args), dtype=bool).astype(float)
    kind = "scalar" if x.ndim == 1 else "vector"
    states = [take_state(x[..., j], kind) for j in range(x.shape[-1])]
    return np.array([_call_condition_alone(stop, t, state, args) for state in states])


def _call_condition_alone(
    stop: Callable[..., Any], t: float, state: State, args: Parameters
) -> float:
    """Return 1 or 0 for one path, or nan where the condition has no value.

    Any other error is raised with time and state.
    """
    try:
        return float(bool(stop(t, state, *args)))
    except Exception as error:
        if is_outside_domain(error):
            return np.nan
        place = describe_places([unwrap(stop)], otherwise="stop")
        where = f"{place} at t={t:g}, x={shorten(state)}"
        raise say_again(error, where, ALONG_A_PATH) from error


def _join(value: Any, kind: str, paths: int) -> Any:
    """Return a function's value as an array (paths,) or (dim, paths), or as a Matrix."""
    if kind in ("scalar", "float"):
        return _for_all_paths(value, paths)
    if kind == "vector":
        return stack_rows(value, paths)
    if kind == "matrix":
        return Matrix(np.stack([stack_rows(row, paths) for row in value]))
    blocks = [np.concatenate([stack_rows(row, paths) for row in block]) for block in value]
    return Matrix(np.stack(blocks))


def stack_rows(items: Iterable[Number], paths: int) -> Array:
    """Return several numbers, or arrays of one number for each path, as rows of an array."""
    return np.stack([_for_all_paths(item, paths) for item in items])


def _for_all_paths(value: Any, paths: int) -> Array:
    """Return an array of one number for each path; a single number is that of all paths."""
    return np.broadcast_to(_convert_to_real(value), (paths,))


def _convert_to_real(value: Any) -> Array:
    """Return numbers as floats; a complex number, a root of a negative one, is nan."""
    array = np.asarray(fill_masked(value))
    if array.dtype.char == "d":
        return array
    if array.dtype.kind == "c":
        return np.where(array.imag == 0.0, array.real, np.nan)
    return array.astype(float)
