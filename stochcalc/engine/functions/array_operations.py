"""Our elementary functions on arrays, and what NumPy has and Numba lacks there.

Inside a compiled function of arrays, `np.sin(x)` is a loop over our own sine, packed as in the
lanes; `x ** 3` is a product, as it is for numbers; `np.roll` takes an axis. Shapes are broadcast by
NumPy's rules, and shapes that do not fit are an error. `array_assignments` has what `x[1:] = y`
becomes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from stochcalc.engine.compiler.jit import compile_inline, leaf
from stochcalc.engine.elementary import OWN

OPTIONS = {"error_model": "numpy"}


def is_array(kind: Any) -> bool:
    """Whether a Numba type is that of an array."""
    return isinstance(kind, types.Array)


# ---- functions of one array, and of two


def _map_one(function: Any, ndim: int) -> Any:
    """Return a compiled function that applies a leaf to each number of an array."""
    if ndim == 1:

        @compile_inline
        def along(x):
            out = np.empty(x.shape)
            for i in range(len(x)):
                out[i] = function(x[i])
            return out

        return along

    @compile_inline
    def over(x):
        out = np.empty(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = function(x[i, j])
        return out

    return over


def _map_two(function: Any, ndim: int) -> Any:
    """Return a compiled function that applies a leaf to the numbers of two arrays of one shape."""
    if ndim == 1:

        @compile_inline
        def along(x, y):
            out = np.empty(x.shape)
            for i in range(len(x)):
                out[i] = function(x[i], y[i])
            return out

        return along

    @compile_inline
    def over(x, y):
        out = np.empty(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = function(x[i, j], y[i, j])
        return out

    return over


def _broadcast_two(function: Any, x: Any, y: Any) -> Any:
    """Return the body of a function of two arguments of these types, at least one an array."""
    ndim = max(getattr(x, "ndim", 0), getattr(y, "ndim", 0))
    if ndim > 2:
        return None
    apply = _map_two(function, ndim)
    if is_array(x) and is_array(y) and x.ndim == y.ndim:

        def same(x, y):
            if x.shape == y.shape:
                return apply(x, y)
            shape = np.broadcast_shapes(x.shape, y.shape)
            return apply(np.broadcast_to(x, shape), np.broadcast_to(y, shape))

        return same
    if is_array(x) and is_array(y):

        def different(x, y):
            shape = np.broadcast_shapes(x.shape, y.shape)
            return apply(np.broadcast_to(x, shape), np.broadcast_to(y, shape))

        return different
    if is_array(x):
        return lambda x, y: apply(x, np.broadcast_to(np.float64(y), x.shape))
    return lambda x, y: apply(np.broadcast_to(np.float64(x), y.shape), y)


def _lift_one(own: Any) -> Any:
    def lifted(x: Any) -> Any:
        return own(x)

    @overload(lifted, jit_options=OPTIONS)
    def body(x):
        if is_array(x) and x.ndim <= 2:
            apply = _map_one(own, x.ndim)
            return lambda x: apply(x)
        return lambda x: own(x)

    return lifted


def _lift_two(own: Any) -> Any:
    def lifted(x: Any, y: Any) -> Any:
        return own(x, y)

    @overload(lifted, jit_options=OPTIONS)
    def body(x, y):
        if is_array(x) or is_array(y):
            return _broadcast_two(own, x, y)
        return lambda x, y: own(x, y)

    return lifted


_TWO_ARGUMENTS = ("pow", "power", "float_power", "hypot", "atan2", "arctan2")
_lifted: dict[int, Any] = {}
ON_ARRAYS: dict[str, Any] = {}
for _name, _own in OWN.items():
    if id(_own) not in _lifted:
        _lifted[id(_own)] = _lift_two(_own) if _name in _TWO_ARGUMENTS else _lift_one(_own)
    ON_ARRAYS[_name] = _lifted[id(_own)]


def power(x: Any, y: Any) -> Any:
    """x ** y, for arrays and numbers."""
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


def roll(x: Any, shift: int, axis: int | None = None) -> Any:
    """Rotate the rows of an array: row i becomes row i + shift, modulo their number."""
    return np.roll(x, shift, axis=axis)


@overload(roll, jit_options=OPTIONS, prefer_literal=True)
def _roll(x, shift, axis=None):
    if getattr(axis, "literal_value", axis) != 0 or not is_array(x) or x.ndim != 2:
        return None  # all numbers in one row would mix the paths

    def rows(x, shift, axis=None):
        out = np.empty_like(x)
        n = x.shape[0]
        for i in range(n):
            for j in range(x.shape[1]):
                out[(i + shift) % n, j] = x[i, j]
        return out

    return rows


def total(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the sum, over the components for axis=0."""
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

    def over_rows(x, axis=None, dtype=None):
        out = np.zeros(x.shape[1])
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[j] += x[i, j]
        return out

    return over_rows


def _is_none(kind: Any) -> bool:
    """Whether an argument was left out, or is None."""
    return kind is None or isinstance(kind, types.NoneType | types.Omitted)


def mean(x: Any, axis: int | None = None) -> Any:
    """The mean over the components, axis=0."""
    return np.mean(x, axis=axis)


@overload(mean, jit_options=OPTIONS, prefer_literal=True)
def _mean(x, axis=None):
    if getattr(axis, "literal_value", axis) != 0 or not is_array(x):
        return None  # over all numbers would mix the paths
    return lambda x, axis=None: total(x, 0) / x.shape[0]


def matmul(a: Any, b: Any) -> Any:
    """The product of two matrices."""
    return np.matmul(a, b)


@overload(matmul, jit_options=OPTIONS)
def _matmul(a, b):
    return lambda a, b: np.dot(a, b)
