"""Slopes of a user's functions by central differences.

The slope along x_k is (b(x + h e_k) - b(x - h e_k)) / (2 h) with h = 2^-17 (1 + |x_k|). This half
width balances rounding and curvature, to about 1e-10.

These functions work on what users return, floats and tuples of floats, in plain Python; in the
lanes the same names work on registers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for, leaf
from stochcalc.engine.compiler.numba_objects import (
    Builder,
    Context,
    Kind,
    Lowering,
    Signature,
    TypingContext,
    Value,
    Values,
)
from stochcalc.engine.portable import portable
from stochcalc.engine.registers.vec import MatType, VecType, pack, unpack, unpack_tuple, vec
from stochcalc.typing import DiffusionFunction, Number, Parameters, State

BUMP = 2.0**-17  # the half width of a central difference, relative to 1 + |x|

# ---- plain bodies


def _half_width(x: Number) -> Number:
    """Return half the width of a difference quotient at x."""
    return BUMP * (1.0 + abs(x))


def differentiate_own(
    b: DiffusionFunction, t: float, x: State, args: Parameters, wider: float = 1.0
) -> State:
    """Return the slopes d b_i / d x_i, for a function whose b_i depends on t and x_i only.

    All components move at once.

    Parameters
    ----------
    b
        The function b(t, x, *args).
    t, x, args
        Where its slopes are taken. x is a number, a tuple, or one array of many paths.
    wider : float
        A factor of the half width.
    """
    if isinstance(x, tuple):
        steps = [wider * _half_width(value) for value in x]
        after = b(t, tuple(value + h for value, h in zip(x, steps)), *args)
        before = b(t, tuple(value - h for value, h in zip(x, steps)), *args)
        return tuple((right - left) / (2.0 * h) for right, left, h in zip(after, before, steps))
    h = wider * _half_width(x)
    after = b(t, x + h, *args)
    before = b(t, x - h, *args)
    if isinstance(after, tuple):  # of arrays, from a function of one array
        return tuple((right - left) / (2.0 * width) for right, left, width in zip(after, before, h))
    return (after - before) / (2.0 * h)


def differentiate_all(
    b: DiffusionFunction, t: float, x: State, args: Parameters, wider: float = 1.0
) -> State:
    """Return all slopes d b_i / d x_k as rows, or d b_ij / d x_k as rows of rows.

    One component moves at a time. The parameters are those of `differentiate_own`.
    """
    if not isinstance(x, tuple):
        return differentiate_own(b, t, x, args, wider)
    slopes = []
    for k, value in enumerate(x):
        h = wider * _half_width(value)
        after = b(t, (*x[:k], value + h, *x[k + 1 :]), *args)
        before = b(t, (*x[:k], value - h, *x[k + 1 :]), *args)
        slopes.append(_divide_difference(after, before, 2.0 * h))
    return _put_innermost(slopes)


def _divide_difference(after: State, before: State, width: float) -> State:
    """Return (after - before) / width for numbers, or for tuples of any depth."""
    if isinstance(after, tuple):
        return tuple(_divide_difference(right, left, width) for right, left in zip(after, before))
    return (after - before) / width


def _put_innermost(slopes: list[State]) -> State:
    """Return one tuple over k for each number, from a list over k of numbers or tuples."""
    if isinstance(slopes[0], tuple):
        return tuple(_put_innermost([slope[i] for slope in slopes]) for i in range(len(slopes[0])))
    return tuple(slopes)


@portable
def make_central_slope(b: DiffusionFunction, noise: str) -> DiffusionFunction:
    """Return the derivative of a function b(t, x, *args) by central differences.

    It is a function of (t, x, *args) too. If b is the diffusion of "diagonal" noise, each b_i has
    one slope, along x_i; for every other kind of noise, and for a drift, there are all.
    """

    def every(t: float, x: State, *args: object) -> State:
        return differentiate_all(b, t, x, args)

    def own(t: float, x: State, *args: object) -> State:
        return differentiate_own(b, t, x, args)

    if noise == "diagonal":
        return own
    return every


# ---- operations on registers


@intrinsic
def _half_widths(typingctx: TypingContext, x: VecType) -> Lowering:
    """Return the half widths at the items of a Vec."""

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        double = context.get_value_type(types.float64)
        absolute = builder.module.declare_intrinsic("llvm.fabs", [double])
        one = context.get_constant(types.float64, 1.0)
        scale = context.get_constant(types.float64, BUMP)
        widths = []
        for value in unpack(builder, args[0], x.n):
            size = builder.call(absolute, [value])
            widths.append(builder.fmul(scale, builder.fadd(one, size)))
        return pack(context, builder, x, widths)

    return x(x), codegen


@functools.lru_cache(maxsize=64)
def _keep_only(k: int) -> Callable[..., Any]:
    """Return the operation that keeps item k of a Vec and makes the others zero."""

    @intrinsic
    def keep(typingctx: TypingContext, x: VecType) -> Lowering:
        def codegen(
            context: Context, builder: Builder, signature: Signature, args: Values
        ) -> Value:
            values = [context.get_constant(types.float64, 0.0)] * x.n
            values[k] = builder.extract_value(builder.extract_value(args[0], 0), k)
            return pack(context, builder, x, values)

        return x(x), codegen

    keeper: Callable[..., Any] = keep
    return keeper


@functools.lru_cache(maxsize=64)
def _put_slopes(k: int, d: int) -> Callable[..., Any]:
    """Return the operation that writes the slopes along x_k at every d-th place, from k on."""

    @intrinsic
    def put(typingctx: TypingContext, out: Kind, slope: VecType) -> Lowering:
        is_first = isinstance(out, types.NoneType)  # nothing is written yet
        target = MatType(d, slope.n) if is_first else out

        def codegen(
            context: Context, builder: Builder, signature: Signature, args: Values
        ) -> Value:
            if is_first:
                values = [context.get_constant(types.float64, 0.0)] * target.n
            else:
                values = unpack(builder, args[0], target.n)
            values[k::d] = unpack(builder, args[1], slope.n)
            return pack(context, builder, target, values)

        return target(out, slope), codegen

    putter: Callable[..., Any] = put
    return putter


@intrinsic
def _flatten(typingctx: TypingContext, value: Kind) -> Lowering:
    """Return the Vec of the numbers of a tuple, or of a tuple of rows; a Vec is kept."""
    if isinstance(value, VecType):
        return value(value), lambda context, builder, signature, args: args[0]
    has_rows = isinstance(value[0], types.BaseTuple)
    target = VecType(sum(len(row) for row in value) if has_rows else len(value))

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        if not has_rows:
            return pack(context, builder, target, unpack_tuple(context, builder, value, args[0]))
        values = []
        for i, row in enumerate(value):
            values += unpack_tuple(context, builder, row, builder.extract_value(args[0], i))
        return pack(context, builder, target, values)

    return target(value), codegen


# ---- compiled bodies


@functools.lru_cache(maxsize=64)
def _slopes_from(k: int, d: int) -> Callable[..., Any]:
    """Return the leaf that fills the slopes along x_k, ..., x_(d-1), one by one by recursion."""
    put = _put_slopes(k, d)
    only = _keep_only(k)

    @leaf
    def along(b, t, x, h, args, out):
        step = only(h)
        width = 2.0 * h.items[k]
        after = _flatten(b(t, (x + step).items, *args))
        before = _flatten(b(t, (x - step).items, *args))
        return put(out, (after - before) / width)

    one: Callable[..., Any] = along
    if k == d - 1:
        return one
    rest = _slopes_from(k + 1, d)
    fill: Callable[..., Any] = leaf(
        lambda b, t, x, h, args, out: rest(b, t, x, h, args, along(b, t, x, h, args, out))
    )
    return fill


@body_for(differentiate_own)
def _differentiate_own(b, t, x, args, wider=1.0):
    if isinstance(x, types.BaseTuple):

        def system(b, t, x, args, wider=1.0):
            here = vec(x)
            h = wider * _half_widths(here)
            after = _flatten(b(t, (here + h).items, *args))
            before = _flatten(b(t, (here - h).items, *args))
            return (after - before) / (2.0 * h)

        return system

    def number(b, t, x, args, wider=1.0):
        h = wider * (BUMP * (1.0 + abs(x)))
        after = b(t, x + h, *args)
        before = b(t, x - h, *args)
        return (after - before) / (2.0 * h)

    return number


@body_for(differentiate_all)
def _differentiate_all(b, t, x, args, wider=1.0):
    if not isinstance(x, types.BaseTuple):
        return lambda b, t, x, args, wider=1.0: differentiate_own(b, t, x, args, wider)
    fill = _slopes_from(0, len(x))
    return lambda b, t, x, args, wider=1.0: fill(
        b, t, vec(x), wider * _half_widths(vec(x)), args, None
    )
