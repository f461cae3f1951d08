"""The package's elementary functions on arrays, and what NumPy has and Numba lacks there.

Inside a compiled function of arrays, `np.sin(x)` is a loop over the package's own sine, packed as
in the lanes; `x ** 3` is a product, as it is for numbers; `np.roll` takes an axis. Shapes are
broadcast by NumPy's rules, and shapes that do not fit are an error. `array_assignments` says what
`x[1:] = y` becomes.

An operation is a plain function; the function below it, whose name begins with an underscore, is
called by Numba with the kinds of the arguments and returns the body to compile for them. Bodies
have no annotations, since Numba compares their signatures.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import DTypeLike

from stochcalc.engine.compiler.jit import compile_inline, leaf
from stochcalc.engine.compiler.numba_objects import CompiledFunction, Function
from stochcalc.engine.elementary import OWN
from stochcalc.typing import Array, Number

OPTIONS = {"error_model": "numpy"}


def is_array(kind: object) -> bool:
    """Say whether a Numba type is that of an array."""
    return isinstance(kind, types.Array)


# ---- functions of one array, and of two


def _map_one(function: CompiledFunction, ndim: int) -> CompiledFunction:
    """Return a compiled function that applies a leaf to each number of an array."""
    if ndim == 1:

        @compile_inline
        def map_vector(x):
            out = np.empty(x.shape)
            for i in range(len(x)):
                out[i] = function(x[i])
            return out

        return map_vector

    @compile_inline
    def map_matrix(x):
        out = np.empty(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = function(x[i, j])
        return out

    return map_matrix


def _map_two(function: CompiledFunction, ndim: int) -> CompiledFunction:
    """Return a compiled function that applies a leaf to the numbers of two arrays of one shape."""
    if ndim == 1:

        @compile_inline
        def map_vector(x, y):
            out = np.empty(x.shape)
            for i in range(len(x)):
                out[i] = function(x[i], y[i])
            return out

        return map_vector

    @compile_inline
    def map_matrix(x, y):
        out = np.empty(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = function(x[i, j], y[i, j])
        return out

    return map_matrix


def _broadcast_two(function: CompiledFunction, x: Any, y: Any) -> Function | None:
    """Return the body of a function of two arguments of these kinds, at least one an array.

    There is none for more than two axes.
    """
    ndim = max(getattr(x, "ndim", 0), getattr(y, "ndim", 0))
    if ndim > 2:
        return None
    apply = _map_two(function, ndim)
    if is_array(x) and is_array(y) and x.ndim == y.ndim:

        def apply_to_equal_axes(x, y):
            if x.shape == y.shape:
                return apply(x, y)
            shape = np.broadcast_shapes(x.shape, y.shape)
            return apply(np.broadcast_to(x, shape), np.broadcast_to(y, shape))

        return apply_to_equal_axes
    if is_array(x) and is_array(y):

        def apply_broadcast(x, y):
            shape = np.broadcast_shapes(x.shape, y.shape)
            return apply(np.broadcast_to(x, shape), np.broadcast_to(y, shape))

        return apply_broadcast
    if is_array(x):
        return lambda x, y: apply(x, np.broadcast_to(np.float64(y), x.shape))
    return lambda x, y: apply(np.broadcast_to(np.float64(x), y.shape), y)


def _lift_one(own: CompiledFunction) -> Function:
    """Return a function of one number or array that applies a leaf to each number."""

    def lifted(x: Number) -> Number:
        return own(x)

    @overload(lifted, jit_options=OPTIONS)
    def body(x):
        if is_array(x) and x.ndim <= 2:
            apply = _map_one(own, x.ndim)
            return lambda x: apply(x)
        return lambda x: own(x)

    return lifted


def _lift_two(own: CompiledFunction) -> Function:
    """Return a function of two numbers or arrays that applies a leaf to each pair of numbers."""

    def lifted(x: Number, y: Number) -> Number:
        return own(x, y)

    @overload(lifted, jit_options=OPTIONS)
    def body(x, y):
        if is_array(x) or is_array(y):
            return _broadcast_two(own, x, y)
        return lambda x, y: own(x, y)

    return lifted


_TWO_ARGUMENTS = ("pow", "power", "float_power", "hypot", "atan2", "arctan2")


def _lift_all() -> dict[str, Function]:
    """Return all elementary functions on arrays, by name; synonyms share one function."""
    lifted: dict[int, Function] = {}
    by_name = {}
    for name, own in OWN.items():
        if id(own) not in lifted:
            if name in _TWO_ARGUMENTS:
                lifted[id(own)] = _lift_two(own)
            else:
                lifted[id(own)] = _lift_one(own)
        by_name[name] = lifted[id(own)]
    return by_name


ON_ARRAYS = _lift_all()


def power(x: Number, y: Number) -> Number:
    """Return x ** y, for arrays and numbers."""
    return x**y


@overload(power, prefer_literal=True, jit_options=OPTIONS)
def _power(x, y):
    if isinstance(y, types.IntegerLiteral):
        n = y.literal_value
        product = leaf(lambda value: value**n)
        if is_array(x) and x.ndim <= 2:
            apply = _map_one(product, x.ndim)
            return lambda x, y: apply(x)
        return lambda x, y: product(x)
    lifted = ON_ARRAYS["pow"]
    return lambda x, y: lifted(x, y)


# ---- rows


def roll(x: Array, shift: int, axis: int | None = None) -> Array:
    """Rotate the rows of an array: row i becomes row i + shift, modulo their number."""
    return np.roll(x, shift, axis=axis)


@overload(roll, jit_options=OPTIONS, prefer_literal=True)
def _roll(x, shift, axis=None):
    if getattr(axis, "literal_value", axis) != 0 or not is_array(x) or x.ndim != 2:
        return None  # all numbers in one row would mix the paths

    def roll_rows(x, shift, axis=None):
        out = np.empty_like(x)
        n = x.shape[0]
        for i in range(n):
            for j in range(x.shape[1]):
                out[(i + shift) % n, j] = x[i, j]
        return out

    return roll_rows


def total(x: Array, axis: int | None = None, dtype: DTypeLike | None = None) -> Number:
    """Return the sum of all numbers, or for axis=0 the sum over the components."""
    return np.sum(x, axis=axis, dtype=dtype)


@overload(total, jit_options=OPTIONS, prefer_literal=True)
def _total(x, axis=None, dtype=None):
    if not _is_none(dtype):
        return lambda x, axis=None, dtype=None: np.sum(x, axis=axis, dtype=dtype)
    if _is_none(axis):
        return lambda x, axis=None, dtype=None: np.sum(x)
    floats = is_array(x) and x.ndim == 2 and x.dtype == types.float64
    if not floats or getattr(axis, "literal_value", axis) != 0:
        return lambda x, axis=None, dtype=None: np.sum(x, axis=axis)

    def add_rows(x, axis=None, dtype=None):
        out = np.zeros(x.shape[1])
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[j] += x[i, j]
        return out

    return add_rows


def _is_none(kind: object) -> bool:
    """Say whether an argument was left out, or is None, by its kind."""
    return kind is None or isinstance(kind, types.NoneType | types.Omitted)


def mean(x: Array, axis: int | None = None) -> Number:
    """Return the mean over the components; in compiled code axis must be 0."""
    return np.mean(x, axis=axis)


@overload(mean, jit_options=OPTIONS, prefer_literal=True)
def _mean(x, axis=None):
    if getattr(axis, "literal_value", axis) != 0 or not is_array(x):
        return None  # over all numbers would mix the paths
    return lambda x, axis=None: total(x, 0) / x.shape[0]


def matmul(a: Array, b: Array) -> Array:
    """Return the product of two matrices."""
    return np.matmul(a, b)


@overload(matmul, jit_options=OPTIONS)
def _matmul(a, b):
    return lambda a, b: np.dot(a, b)
