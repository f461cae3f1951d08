"""Our elementary functions on arrays, and what NumPy has and Numba lacks there.

Inside a compiled function of arrays, `np.sin(x)` is a loop over our own sine, packed as in the
lanes; `x ** 3` is a product, as it is for numbers; `np.roll` takes an axis. In Python the names
work as NumPy's do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from stochcalc.engine.compiler.jit import compile_inline, leaf
from stochcalc.engine.elementary import OWN

_OPTIONS = {"error_model": "numpy"}


def _is_array(kind: Any) -> bool:
    return isinstance(kind, types.Array)


def _loop_over_one(function: Any, ndim: int) -> Any:
    if ndim == 1:

        def along(x):
            out = np.empty(x.shape)
            for i in range(len(x)):
                out[i] = function(x[i])
            return out

        return along

    def over(x):
        out = np.empty(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = function(x[i, j])
        return out

    return over


def _loop_over_two(function: Any, first: Any, second: Any) -> Any:
    if not _is_array(second):
        return lambda x, y: _with_number(function, x, y)
    if not _is_array(first):
        return lambda x, y: _with_number_first(function, x, y)
    if first.ndim == second.ndim == 2:

        def over(x, y):
            out = np.empty(x.shape)
            for i in range(x.shape[0]):
                for j in range(x.shape[1]):
                    out[i, j] = function(x[i, j], y[i, j])
            return out

        return over
    return None


def _with_number(function: Any, x: Any, y: Any) -> Any:
    """The function of each number of an array and one number."""
    return function(x, y)


def _with_number_first(function: Any, x: Any, y: Any) -> Any:
    """The function of one number and each number of an array."""
    return function(x, y)


@overload(_with_number, jit_options=_OPTIONS)
def _body_with_number(function, x, y):
    if x.ndim == 1:

        def along(function, x, y):
            out = np.empty(x.shape)
            for i in range(len(x)):
                out[i] = function(x[i], y)
            return out

        return along

    def over(function, x, y):
        out = np.empty(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = function(x[i, j], y)
        return out

    return over


@overload(_with_number_first, jit_options=_OPTIONS)
def _body_with_number_first(function, x, y):
    if y.ndim == 1:

        def along(function, x, y):
            out = np.empty(y.shape)
            for i in range(len(y)):
                out[i] = function(x, y[i])
            return out

        return along

    def over(function, x, y):
        out = np.empty(y.shape)
        for i in range(y.shape[0]):
            for j in range(y.shape[1]):
                out[i, j] = function(x, y[i, j])
        return out

    return over


def _lift_one(own: Any) -> Any:
    def lifted(x: Any) -> Any:
        return own(x)

    @overload(lifted, jit_options=_OPTIONS)
    def body(x):
        if _is_array(x) and x.ndim <= 2:
            return _loop_over_one(own, x.ndim)
        return lambda x: own(x)

    return lifted


def _lift_two(own: Any) -> Any:
    def lifted(x: Any, y: Any) -> Any:
        return own(x, y)

    @overload(lifted, jit_options=_OPTIONS)
    def body(x, y):
        if _is_array(x) or _is_array(y):
            return _loop_over_two(own, x, y)
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


@overload(power, prefer_literal=True, jit_options=_OPTIONS)
def _power(x, y):
    if isinstance(y, types.IntegerLiteral):
        n = y.literal_value
        product = leaf(lambda value: value**n)
        if _is_array(x) and x.ndim <= 2:
            loop = leaf_loop(product, x.ndim)
            return lambda x, y: loop(x)
        return lambda x, y: product(x)
    lifted = ON_ARRAYS["pow"]
    return lambda x, y: lifted(x, y)


def leaf_loop(function: Any, ndim: int) -> Any:
    """Return a compiled loop of a leaf over an array."""
    return compile_inline(_loop_over_one(function, ndim))


def roll(x: Any, shift: int, axis: int = 0) -> Any:
    """Rotate the rows of an array: row i becomes row i + shift, modulo their number."""
    return np.roll(x, shift, axis=axis)


@overload(roll, jit_options=_OPTIONS, prefer_literal=True)
def _roll(x, shift, axis=0):
    literal = getattr(axis, "literal_value", axis)
    if literal != 0:
        return None

    def rows(x, shift, axis=0):
        out = np.empty(x.shape)
        n = x.shape[0]
        for i in range(n):
            out[(i + shift) % n] = x[i]
        return out

    return rows


def assign(target: Any, index: Any, value: Any) -> None:
    """target[index] = value."""
    target[index] = value


@overload(assign, jit_options=_OPTIONS)
def _assign(target, index, value):
    rows = _is_array(target) and target.layout == "C" and target.ndim == 2
    if rows and isinstance(index, types.SliceType) and not index.has_step:
        if _is_array(value) and value.ndim == 2:
            return _assign_rows
        if isinstance(value, types.Number):
            return _assign_number_to_rows
    if rows and isinstance(index, types.Integer):
        if _is_array(value) and value.ndim == 1:
            return _assign_row
        if isinstance(value, types.Number):
            return _assign_number_to_row
    return _assign_anything


def _assign_anything(target, index, value):
    target[index] = value


def _assign_rows(target, index, value):
    first, last, _ = index.indices(target.shape[0])
    count = max(last - first, 0)
    if value.shape[0] != count or value.shape[1] != target.shape[1]:
        raise ValueError("rows are assigned from an array of another shape")
    for i in range(count):
        for j in range(target.shape[1]):
            target[first + i, j] = value[i, j]


def _assign_number_to_rows(target, index, value):
    first, last, _ = index.indices(target.shape[0])
    for i in range(first, last):
        for j in range(target.shape[1]):
            target[i, j] = value


def _assign_row(target, index, value):
    if value.shape[0] != target.shape[1]:
        raise ValueError("a row is assigned from an array of another length")
    for j in range(target.shape[1]):
        target[index, j] = value[j]


def _assign_number_to_row(target, index, value):
    for j in range(target.shape[1]):
        target[index, j] = value
