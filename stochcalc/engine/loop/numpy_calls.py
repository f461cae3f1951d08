"""What the loop in NumPy hands to a step: drivers, and users' functions, for many paths at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.random.layout import Layout, Place
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.typing import Array, Number, Parameters, State


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
    """
    if kind == "lanes":
        return function
    if how == "each":
        return _call_for_each(function, kind)

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
        states: list[State] = []
        for column in x.T:
            if kind in ("scalar", "float"):
                states.append(float(column))
            else:
                states.append(tuple(map(float, column)))
        values = np.array([function(t, state, *args) for state in states], dtype=float)
        return _join(np.moveaxis(values, 0, -1), kind, x.shape[-1])

    return call


def call_condition(
    stop: Callable[..., Any], how: str, t: float, x: Array, args: Parameters
) -> NDArray[np.bool_]:
    """Return whether a user's condition holds, for many paths at once.

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
        return np.asarray(stop(t, state, *args), dtype=bool)
    if x.ndim == 1:
        return np.array([stop(t, float(one), *args) for one in x], dtype=bool)
    return np.array([stop(t, tuple(map(float, one)), *args) for one in x.T], dtype=bool)


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
    return np.broadcast_to(np.asarray(value, dtype=float), (paths,))
