"""What compiled code takes out of the noise of one lane: the drivers of a step, in registers.

Rows become a `Vec`, or a float if one number is asked for. Areas become an antisymmetric `Mat`, of
zeros if none are drawn, or the number 0 for a single noise. `Layout.places` says where a driver is.
"""

from __future__ import annotations

from numba import types

from stochcalc.engine.compiler.numba_objects import Builder, Context, Kind, Value
from stochcalc.engine.random.layout import Place
from stochcalc.engine.registers.lane_columns import read_column
from stochcalc.engine.registers.vec import MatType, VecType, pack


def kind_of_driver(place: Place) -> Kind:
    """Return the Numba type of the driver at a place."""
    what, _, n = place
    if n == 0:
        return types.float64
    if what == "rows":
        return VecType(n)
    return MatType(n, n)


def read_driver(
    context: Context,
    builder: Builder,
    place: Place,
    kind: Kind,
    noise: Value,
    lane: Value,
) -> Value:
    """Return the LLVM value of the driver at a place of the noise.

    Parameters
    ----------
    context, builder
        What Numba hands to an operation.
    place : (what, first row, size)
        One of `Layout.places`.
    kind : Numba type
        The type of the array `noise`.
    noise : LLVM value
        The noise of one step, an array (rows, lanes).
    lane : LLVM value
        The lane whose noise is read.
    """
    what, first, n = place
    if what == "rows":
        return read_column(context, builder, kind, noise, lane, first, n)
    zero = context.get_constant(types.float64, 0.0)
    if n == 0:
        return zero
    values = [zero] * (n * n)
    if first >= 0:
        row = first
        for i in range(n):
            for j in range(i + 1, n):
                area = read_column(context, builder, kind, noise, lane, row, 0)
                values[i * n + j] = area
                values[j * n + i] = builder.fneg(area)
                row += 1
    return pack(context, builder, MatType(n, n), values)
