"""What a user's noise says about its drift: corrections between readings, and slopes by central
differences.

These work on what users return, floats and tuples of floats, in plain Python; in the lanes the same
names work on registers.
"""

from __future__ import annotations

import functools
from typing import Any

from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for, leaf
from stochcalc.engine.registers.linear import contract
from stochcalc.engine.registers.vec import MatType, VecType, mat, pack, vec

BUMP = (
    2.0**-17
)  # relative half width of a central difference: cuts rounding and curvature alike, to about 1e-10


# ---- a + shift sum_jk b_kj d_k b_ij


def plus_product(a: Any, scale: float, b: Any, c: Any) -> Any:
    """a + scale * b * c, for numbers, or component by component for tuples.

    If c is rows, a_i + scale sum_k c_ik b_k; if c is rows of rows, a_i + scale sum_jk c_ijk b_kj.
    """
    if not isinstance(a, tuple):
        return a + scale * b * c
    if isinstance(c[0], tuple) and isinstance(c[0][0], tuple):
        return tuple(
            item
            + scale
            * sum(c_ijk * b[k][j] for j, row in enumerate(rows) for k, c_ijk in enumerate(row))
            for item, rows in zip(a, c)
        )
    if isinstance(c[0], tuple):
        return tuple(item + scale * sum(x * y for x, y in zip(row, b)) for item, row in zip(a, c))
    return tuple(plus_product(*items) for items in zip(a, (scale,) * len(a), b, c))


def _depth(kind: Any) -> int:
    """How deep tuples are nested, in Numba's types; Vec and Mat count as one and two (a Mat of
    slopes as three).
    """
    if isinstance(kind, types.BaseTuple):
        return 1 + _depth(kind[0])
    return 1 if isinstance(kind, VecType) else 2 if isinstance(kind, MatType) else 0


@body_for(plus_product)
def _plus_product(a, scale, b, c):
    axes = {kind.ndim for kind in (a, b, c) if isinstance(kind, types.Array)}
    if len(axes) == 1:
        return lambda a, scale, b, c: a + scale * b * c  # arrays of many paths
    if axes:
        return None
    if _depth(b) == 2:
        return lambda a, scale, b, c: vec(a) + scale * contract(tensor(c), mat(b))
    if _depth(c) == 2:
        return lambda a, scale, b, c: vec(a) + scale * (mat(c) * vec(b))
    return lambda a, scale, b, c: vec(a) + scale * vec(b) * vec(c)


@intrinsic
def tensor(typingctx: Any, blocks: Any) -> Any:
    """A Mat (d, m d) from d blocks of m rows of d numbers: row i holds d b_ij / d x_k at column j d
    + k; a Mat is kept.
    """
    if isinstance(blocks, MatType):
        return blocks(blocks), lambda context, builder, signature, args: args[0]
    d, m, n = len(blocks), len(blocks[0]), len(blocks[0][0])
    target = MatType(d, m * n)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = []
        for i, block in enumerate(blocks):
            for j, row in enumerate(block):
                items = builder.extract_value(builder.extract_value(args[0], i), j)
                values += [
                    context.cast(builder, builder.extract_value(items, k), kind, types.float64)
                    for k, kind in enumerate(row)
                ]
        return pack(context, builder, target, values)

    return target(blocks), codegen


# ---- central differences


def bump(x: float) -> float:
    """Half the width of a difference quotient at x."""
    return BUMP * (1.0 + abs(x))


def own_slope(b: Any, t: float, x: Any, args: Any, wider: float = 1.0) -> Any:
    """d b_i / d x_i by central differences, all components at once: each b_i moves with its own x_i
    only.
    """
    if not isinstance(x, tuple):
        h: Any = wider * bump(x)
        after, before = b(t, x + h, *args), b(t, x - h, *args)
        if isinstance(after, tuple):  # of arrays, from a function of one array
            return tuple(
                (right - left) / (2.0 * width) for right, left, width in zip(after, before, h)
            )
        return (after - before) / (2.0 * h)
    steps = [wider * bump(value) for value in x]
    after = b(t, tuple(value + h for value, h in zip(x, steps)), *args)
    before = b(t, tuple(value - h for value, h in zip(x, steps)), *args)
    return tuple((right - left) / (2.0 * h) for right, left, h in zip(after, before, steps))


def every_slope(b: Any, t: float, x: Any, args: Any, wider: float = 1.0) -> Any:
    """All d b_i / d x_k (rows), or d b_ij / d x_k (rows of rows), by central differences."""
    if not isinstance(x, tuple):
        return own_slope(b, t, x, args, wider)
    slopes = []
    for k, value in enumerate(x):
        h = wider * bump(value)
        after, before = (b(t, (*x[:k], value + side, *x[k + 1 :]), *args) for side in (h, -h))
        slopes.append(_quotient(after, before, 2.0 * h))
    return _turned(slopes)


def _quotient(after: Any, before: Any, width: float) -> Any:
    if isinstance(after, tuple):
        return tuple(_quotient(right, left, width) for right, left in zip(after, before))
    return (after - before) / width


def _turned(slopes: list[Any]) -> Any:
    """From one array per k to one number per k, innermost."""
    if isinstance(slopes[0], tuple):
        return tuple(_turned([slope[i] for slope in slopes]) for i in range(len(slopes[0])))
    return tuple(slopes)


@intrinsic
def _bumps(typingctx: Any, x: Any) -> Any:
    """`bump` of each item."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        size, width = (
            builder.module.declare_intrinsic("llvm.fabs", [context.get_value_type(types.float64)]),
            [],
        )
        one, scale = (context.get_constant(types.float64, value) for value in (1.0, BUMP))
        for i in range(x.n):
            value = builder.extract_value(builder.extract_value(args[0], 0), i)
            width.append(builder.fmul(scale, builder.fadd(one, builder.call(size, [value]))))
        return pack(context, builder, x, width)

    return x(x), codegen


@functools.lru_cache(maxsize=64)
def _only(k: int) -> Any:
    @intrinsic
    def kept(typingctx: Any, x: Any) -> Any:
        """The Vec with zeros everywhere but at k."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = [context.get_constant(types.float64, 0.0)] * x.n
            values[k] = builder.extract_value(builder.extract_value(args[0], 0), k)
            return pack(context, builder, x, values)

        return x(x), codegen

    return kept


@functools.lru_cache(maxsize=64)
def _placed(k: int, d: int) -> Any:
    @intrinsic
    def put(typingctx: Any, out: Any, slope: Any) -> Any:
        """The slopes along x_k, at every d-th place from k on."""
        target = MatType(d, slope.n) if isinstance(out, types.NoneType) else out

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            zero = context.get_constant(types.float64, 0.0)
            values = (
                [zero] * target.n
                if isinstance(out, types.NoneType)
                else [
                    builder.extract_value(builder.extract_value(args[0], 0), i)
                    for i in range(target.n)
                ]
            )
            values[k::d] = [
                builder.extract_value(builder.extract_value(args[1], 0), i) for i in range(slope.n)
            ]
            return pack(context, builder, target, values)

        return target(out, slope), codegen

    return put


@intrinsic
def _flat(typingctx: Any, value: Any) -> Any:
    """A tuple, or a tuple of rows, as the Vec of its numbers; a Vec is kept."""
    if isinstance(value, VecType):
        return value(value), lambda context, builder, signature, args: args[0]
    rows = isinstance(value[0], types.BaseTuple)
    target = VecType(sum(len(row) for row in value) if rows else len(value))

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = []
        for i, item in enumerate(value):
            inner = builder.extract_value(args[0], i)
            values += (
                [
                    context.cast(builder, builder.extract_value(inner, j), kind, types.float64)
                    for j, kind in enumerate(item)
                ]
                if rows
                else [context.cast(builder, inner, item, types.float64)]
            )
        return pack(context, builder, target, values)

    return target(value), codegen


@functools.lru_cache(maxsize=64)
def _slopes_from(k: int, d: int) -> Any:
    """A leaf that fills the slopes along x_k, ..., x_(d-1)."""
    put, only = _placed(k, d), _only(k)

    @leaf
    def along(b, t, x, h, args, out):
        step, width = only(h), 2.0 * h.items[k]
        return put(
            out,
            (_flat(b(t, (x + step).items, *args)) - _flat(b(t, (x - step).items, *args))) / width,
        )

    if k == d - 1:
        return along
    rest = _slopes_from(k + 1, d)
    return leaf(lambda b, t, x, h, args, out: rest(b, t, x, h, args, along(b, t, x, h, args, out)))


@body_for(own_slope)
def _own_slope(b, t, x, args, wider=1.0):
    if isinstance(x, types.BaseTuple):

        def system(b, t, x, args, wider=1.0):
            here = vec(x)
            h = _bumps(here)
            return (_flat(b(t, (here + h).items, *args)) - _flat(b(t, (here - h).items, *args))) / (
                2.0 * h
            )

        return system

    def number(b, t, x, args, wider=1.0):
        h = BUMP * (1.0 + abs(x))
        return (b(t, x + h, *args) - b(t, x - h, *args)) / (2.0 * h)

    return number


@body_for(every_slope)
def _every_slope(b, t, x, args, wider=1.0):
    if not isinstance(x, types.BaseTuple):
        return lambda b, t, x, args, wider=1.0: own_slope(b, t, x, args)
    fill = _slopes_from(0, len(x))
    return lambda b, t, x, args, wider=1.0: fill(b, t, vec(x), _bumps(vec(x)), args, None)


def central_slope(b: Any, noise: str) -> Any:
    """The derivative of the diffusion b of this kind of noise, by central differences: a function
    of (t, x, *args).
    """

    def every(t: float, x: Any, *args: Any) -> Any:
        return every_slope(b, t, x, args)

    def own(t: float, x: Any, *args: Any) -> Any:
        return own_slope(b, t, x, args)

    return own if noise == "diagonal" else every
