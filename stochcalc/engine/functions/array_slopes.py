"""Slopes of functions of arrays (`vectorized=True`), and what noise adds to their drift.

The functions get x of shape (paths,) for a scalar problem and (dim, paths) for a system, and what
they return may be an array, a tuple of rows, or one number for all. The slopes are the central
differences of `registers.slopes`, one component of x at a time where all slopes are asked for.

For diagonal noise everything is done path by path and component by component, and Numba compiles
it. The matrices of the other kinds of noise are made in NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.functions.array_results import shape_like
from stochcalc.engine.functions.returned import Returned
from stochcalc.engine.portable import portable
from stochcalc.engine.registers.slopes import BUMP
from stochcalc.typing import Array, DiffusionFunction, DriftFunction

WITH_ROWS = ("commuting", "general")  # the kinds of noise whose diffusion returns rows


@portable
def make_slope_of_arrays(b: DiffusionFunction, noise: str) -> DiffusionFunction:
    """Return the derivative of a function of arrays by central differences.

    Parameters
    ----------
    b : callable b(t, x, *args)
        A diffusion of this kind of noise, or a drift; a drift counts as "scalar".
    noise : str
        "diagonal": each b_i has one slope, along x_i, and the derivative has the shape of x. For
        every other kind it is an array of all slopes, d b_i / d x_k of shape (dim, dim, paths); for
        a diffusion that returns rows, d b_ij / d x_k of shape (dim, m, dim, paths).

    Returns
    -------
    callable
        A function of (t, x, *args).
    """

    def own(t: float, x: Array, *args: Any) -> Array:
        return _differentiate_own(b, t, x, args)

    if noise == "diagonal":
        return own
    axes = _count_axes(noise)

    def every(t: float, x: Array, *args: Any) -> Array:
        return _differentiate_all(b, t, x, args, axes)

    return every


def _count_axes(noise: str) -> int:
    """Return how many axes the diffusion has besides that of the paths."""
    if noise in WITH_ROWS:
        return 2
    return 1


def _differentiate_own(b: DiffusionFunction, t: float, x: Array, args: Any) -> Array:
    """Return the slopes d b_i / d x_i; all components move at once."""
    h = BUMP * (1.0 + np.abs(x))
    after = shape_like(b(t, x + h, *args), x)
    before = shape_like(b(t, x - h, *args), x)
    slopes: Array = (after - before) / (2.0 * h)
    return slopes


@body_for(_differentiate_own)
def _body_differentiate_own(b, t, x, args):
    def own(b, t, x, args):
        h = BUMP * (1.0 + np.abs(x))
        after = shape_like(b(t, x + h, *args), x)
        before = shape_like(b(t, x - h, *args), x)
        return (after - before) / (2.0 * h)

    return own


def _differentiate_all(b: DiffusionFunction, t: float, x: Array, args: Any, axes: int) -> Array:
    """Return all slopes of a function of arrays; the component that moves is the last axis but one.

    Parameters
    ----------
    b : callable b(t, x, *args)
    t : float
    x : ndarray, shape (dim, paths), or (paths,) for a scalar problem
    args : tuple
    axes : int
        1 if the function returns one number for each component, 2 if it returns rows.
    """
    x = np.asarray(x, dtype=float)
    if x.ndim == 1:
        return _differentiate_own(b, t, x, args)
    slopes = []
    for k in range(len(x)):
        h = BUMP * (1.0 + np.abs(x[k]))
        right = x.copy()
        right[k] += h
        left = x.copy()
        left[k] -= h
        after = stack_value(b(t, right, *args), x, axes)
        before = stack_value(b(t, left, *args), x, axes)
        slopes.append((after - before) / (2.0 * h))
    return np.stack(slopes, axis=-2)


@body_for(_differentiate_all)
def _body_differentiate_all(b, t, x, args, axes):
    if x.ndim > 1:
        return None  # a matrix for each path is made in NumPy
    return lambda b, t, x, args, axes: _differentiate_own(b, t, x, args)


def stack_value(value: Returned, x: Array, axes: int) -> Array:
    """Return what a function of arrays returned as one array with the paths along its last axis.

    Parameters
    ----------
    value : number, ndarray, or nested tuples of them
        What the function returned for x.
    x : ndarray, shape (dim, paths)
        The states.
    axes : int
        How many axes stand before that of the paths: 1 for a vector, 2 for rows, 3 for rows of
        rows.
    """
    if axes == 1:
        return np.broadcast_to(shape_like(value, x), x.shape)
    rows: Sequence[Any] = value
    if axes == 2:
        return np.stack([_stack_items(row, x.shape[-1]) for row in rows])
    return np.stack([stack_value(row, x, axes - 1) for row in rows])


def _stack_items(items: Sequence[Any], paths: int) -> Array:
    """Return numbers, or arrays of one number for each path, as rows of an array."""
    return np.stack([np.broadcast_to(np.asarray(item, dtype=float), (paths,)) for item in items])


@portable
def correct_drift_of_arrays(
    a: DriftFunction, b: DiffusionFunction, db: DiffusionFunction, noise: str, shift: float
) -> DriftFunction:
    r"""Return the drift with the correction for another interpretation, for functions of arrays.

    Parameters
    ----------
    a, b, db : callable
        The drift, the diffusion and the slopes of the diffusion.
    noise : str
        The kind of noise.
    shift : float
        lambda of the equation that is given, minus lambda of the one that is asked for.

    Notes
    -----
    The drift is a + shift b b' for one number, a_i + shift b_i b_i' for diagonal noise,
    a_i + shift sum_k b_k d_k b_i for scalar noise, and a_i + shift sum_jk b_kj d_k b_ij in general.
    """

    def by_component(t: float, x: Array, *args: Any) -> Array:
        drift = shape_like(a(t, x, *args), x)
        b_here = shape_like(b(t, x, *args), x)
        # a + (lam_old - lam_new) b b'
        return drift + shift * b_here * shape_like(db(t, x, *args), x)

    if noise == "diagonal":
        return by_component
    axes = _count_axes(noise)

    def by_matrix(t: float, x: Array, *args: Any) -> Array:
        return _add_products(a(t, x, *args), shift, b(t, x, *args), db(t, x, *args), x, axes)

    return by_matrix


def _add_products(a: Any, shift: float, b: Any, db: Any, x: Array, axes: int) -> Array:
    """Return a_i + shift sum_jk b_kj d_k b_ij, or a + shift b b' for a scalar problem."""
    x = np.asarray(x, dtype=float)
    if x.ndim == 1:
        total: Array = shape_like(a, x) + shift * shape_like(b, x) * shape_like(db, x)
        return total
    noise = stack_value(b, x, axes)
    slopes = stack_value(db, x, axes + 1)
    product = "kp,ikp->ip"
    if axes == 2:
        product = "kjp,ijkp->ip"
    return stack_value(a, x, 1) + shift * np.einsum(product, noise, slopes)


@body_for(_add_products)
def _body_add_products(a, shift, b, db, x, axes):
    if x.ndim > 1:
        return None  # sums over matrices are taken in NumPy

    def add(a, shift, b, db, x, axes):
        return shape_like(a, x) + shift * shape_like(b, x) * shape_like(db, x)

    return add
