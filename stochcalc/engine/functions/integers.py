"""Arithmetic of integers in a user's function: what Python says, or a fault, never another number.

Compiled integers have 64 bits, and Numba lets them wrap around; Python's have as many as they need.
Each operation here returns (value, fault). There is a fault if the value leaves 64 bits, if Python
would raise ZeroDivisionError, or if a float that becomes an integer is nan or too large. Nothing
here branches, so that the loop over lanes stays packed.

The operations are plain functions with a compiled body below each, whose name begins with an
underscore: Numba calls it with the kinds of the arguments and compiles what it returns. Bodies have
no annotations, since Numba compares their signatures.
"""

from __future__ import annotations

import math
import operator
from typing import Any, TypeAlias

import numpy as np
from numba import types

from stochcalc.engine.compiler.jit import body_for
from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.elementary import OWN

Checked: TypeAlias = tuple[Any, bool]  # a value, and whether there was a fault

# Slightly below 2^63: a product whose float is below this fits in 64 bits.
LARGEST = 9.2233720368547e18
SMALLEST_INTEGER = -(2**63)

_own_pow = OWN["pow"]


def add(a: int, b: int) -> Checked:
    """Return a + b."""
    return a + b, False


@body_for(add)
def _add(a, b):
    def body(a, b):
        left = np.int64(a)
        right = np.int64(b)
        total = left + right
        return total, ((left ^ total) & (right ^ total)) < 0

    return body


def subtract(a: int, b: int) -> Checked:
    """Return a - b."""
    return a - b, False


@body_for(subtract)
def _subtract(a, b):
    def body(a, b):
        left = np.int64(a)
        right = np.int64(b)
        difference = left - right
        return difference, ((left ^ right) & (left ^ difference)) < 0

    return body


def multiply(a: int, b: int) -> Checked:
    """Return a b."""
    return a * b, False


@body_for(multiply)
def _multiply(a, b):
    def body(a, b):
        left = np.int64(a)
        right = np.int64(b)
        return left * right, not (abs(float(left) * float(right)) < LARGEST)

    return body


def divide(a: int, b: int) -> Checked:
    """Return a / b, a float."""
    return a / b, False


@body_for(divide)
def _divide(a, b):
    def body(a, b):
        by_zero = b == 0
        divisor = 1.0 if by_zero else float(b)
        return float(a) / divisor, by_zero

    return body


def floor_divide(a: int, b: int) -> Checked:
    """Return a // b."""
    return a // b, False


@body_for(floor_divide)
def _floor_divide(a, b):
    def body(a, b):
        left = np.int64(a)
        right = np.int64(b)
        fault = (right == 0) | ((left == SMALLEST_INTEGER) & (right == -1))
        divisor = np.int64(1) if fault else right
        return left // divisor, fault

    return body


def modulo(a: int, b: int) -> Checked:
    """Return a % b, which has the sign of b."""
    return a % b, False


@body_for(modulo)
def _modulo(a, b):
    def body(a, b):
        right = np.int64(b)
        by_zero = right == 0
        # a % -1 is 0 as well as a % 1; the CPU's division of the smallest integer by -1 traps
        divisor = np.int64(1) if by_zero | (right == -1) else right
        return np.int64(a) % divisor, by_zero

    return body


def divide_with_rest(a: int, b: int) -> Checked:
    """Return divmod(a, b)."""
    return divmod(a, b), False


@body_for(divide_with_rest)
def _divide_with_rest(a, b):
    def body(a, b):
        quotient, fault = floor_divide(a, b)
        rest, _ = modulo(a, b)
        return (quotient, rest), fault

    return body


def shift_left(a: int, b: int) -> Checked:
    """Return a << b."""
    return a << b, False


@body_for(shift_left)
def _shift_left(a, b):
    def body(a, b):
        left = np.int64(a)
        right = np.int64(b)
        fits = (right >= 0) & (right < 63)
        places = right if fits else np.int64(0)
        shifted = left << places
        return shifted, (not fits) | ((shifted >> places) != left)

    return body


def shift_right(a: int, b: int) -> Checked:
    """Return a >> b."""
    return a >> b, False


@body_for(shift_right)
def _shift_right(a, b):
    def body(a, b):
        right = np.int64(b)
        places = min(max(right, np.int64(0)), np.int64(63))
        return np.int64(a) >> places, right < 0

    return body


def power(a: int, b: int) -> Checked:
    """Return a^b for an exponent that is written out; a float if it is negative."""
    return a**b, False


@body_for(power, prefer_literal=True)
def _power(a, b):
    if not isinstance(b, types.IntegerLiteral):
        return None
    exponent = b.literal_value
    if exponent < 0:
        minus = float(exponent)

        def body_of_inverse(a, b):
            base = float(a)
            return _own_pow(base if base != 0.0 else 1.0, minus), base == 0.0

        return body_of_inverse

    def body(a, b):
        base = np.int64(a)
        value = np.int64(1)
        size = 1.0
        for _ in range(exponent):
            value = value * base
            size = size * float(base)
        return value, not (abs(size) < LARGEST)

    return body


def _make_conversion(convert: Function) -> Function:
    """Return the checked form of a function from a float to an integer."""

    def to_integer(x: float) -> Checked:
        return convert(x), False

    @body_for(to_integer)
    def _to_integer(x):
        def body(x):
            fits = abs(x) < LARGEST
            return convert(x if fits else 0.0), not fits

        return body

    return to_integer


# What a user writes, and the operation that takes its place where all operands are integers.
OPERATIONS: dict[Any, Function] = {
    operator.add: add,
    operator.iadd: add,
    operator.sub: subtract,
    operator.isub: subtract,
    operator.mul: multiply,
    operator.imul: multiply,
    operator.truediv: divide,
    operator.itruediv: divide,
    operator.floordiv: floor_divide,
    operator.ifloordiv: floor_divide,
    operator.mod: modulo,
    operator.imod: modulo,
    operator.lshift: shift_left,
    operator.ilshift: shift_left,
    operator.rshift: shift_right,
    operator.irshift: shift_right,
    operator.pow: power,
    operator.ipow: power,
}
FUNCTIONS_OF_INTEGERS: dict[Any, Function] = {divmod: divide_with_rest}
# Functions from a float to an integer.
CONVERSIONS: dict[Any, Function] = {
    int: _make_conversion(int),
    round: _make_conversion(round),
    math.floor: _make_conversion(math.floor),
    math.ceil: _make_conversion(math.ceil),
    math.trunc: _make_conversion(math.trunc),
    np.int64: _make_conversion(np.int64),
}
