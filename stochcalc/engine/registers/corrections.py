"""What the noise adds to the drift when an equation is interpreted with another lambda.

An equation interpreted with lambda_1 has the same solution as the equation interpreted with
lambda_2 whose drift is

    a_i + (lambda_1 - lambda_2) sum_jk b_kj d_k b_ij

for one noise a + (lambda_1 - lambda_2) b b'. `add_product` is this sum. It works on what users
return, floats and tuples of floats, in plain Python; in the lanes the same name works on registers.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from typing import Any

from numba import types
from numba.extending import intrinsic

from stochcalc.engine.compiler.jit import body_for
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
from stochcalc.engine.registers.linear import contract
from stochcalc.engine.registers.vec import MatType, VecType, mat, pack, unpack_tuple, vec
from stochcalc.typing import State


def add_product(a: State, scale: float, b: State, c: State) -> State:
    """Return a + scale * b * c, for numbers, or component by component for tuples.

    Parameters
    ----------
    a
        The drift: a number or a tuple.
    scale : float
        The number in front of the product.
    b
        The noise: a number, a tuple, or a tuple of rows.
    c
        The slopes of the noise. If they are rows, the result is a_i + scale sum_k c_ik b_k; if
        they are rows of rows, a_i + scale sum_jk c_ijk b_kj.
    """
    if not isinstance(a, tuple):
        return a + scale * b * c
    if isinstance(c[0], tuple) and isinstance(c[0][0], tuple):
        return tuple(item + scale * _contract_rows(b, rows) for item, rows in zip(a, c))
    if isinstance(c[0], tuple):
        return tuple(item + scale * _add_up(map(operator.mul, row, b)) for item, row in zip(a, c))
    return tuple(add_product(item, scale, noise, slope) for item, noise, slope in zip(a, b, c))


def _contract_rows(b: State, rows: State) -> State:
    """Return sum_jk c_jk b_kj for the slopes c_jk of one component, given as rows."""
    return _add_up(c_jk * b[k][j] for j, row in enumerate(rows) for k, c_jk in enumerate(row))


def _add_up(products: Iterable[Any]) -> Any:
    """Return a sum from left to right; Python's own `sum` rounds in another way from 3.12 on."""
    return functools.reduce(operator.add, products)


def _depth(kind: Kind) -> int:
    """Return how deep tuples are nested, from their Numba type.

    A Vec counts as one and a Mat as two; so does a Mat of slopes, which holds rows of rows.
    """
    if isinstance(kind, types.BaseTuple):
        return 1 + _depth(kind[0])
    if isinstance(kind, VecType):
        return 1
    if isinstance(kind, MatType):
        return 2
    return 0


@body_for(add_product)
def _add_product(a, scale, b, c):
    if _depth(b) == 2:
        return lambda a, scale, b, c: vec(a) + scale * contract(tensor(c), mat(b))
    if _depth(c) == 2:
        return lambda a, scale, b, c: vec(a) + scale * (mat(c) * vec(b))
    return lambda a, scale, b, c: vec(a) + scale * vec(b) * vec(c)


@intrinsic
def tensor(typingctx: TypingContext, blocks: Kind) -> Lowering:
    """Return a Mat (d, m d) from d blocks of m rows of d numbers; a Mat is returned as it is.

    Row i holds d b_ij / d x_k at column j d + k.
    """
    if isinstance(blocks, MatType):
        return blocks(blocks), lambda context, builder, signature, args: args[0]
    d = len(blocks)
    m = len(blocks[0])
    n = len(blocks[0][0])
    target = MatType(d, m * n)

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        values = []
        for i, block in enumerate(blocks):
            rows = builder.extract_value(args[0], i)
            for j, row in enumerate(block):
                values += unpack_tuple(context, builder, row, builder.extract_value(rows, j))
        return pack(context, builder, target, values)

    return target(blocks), codegen
