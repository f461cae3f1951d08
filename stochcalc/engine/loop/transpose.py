"""From lanes to rows: a sheet of (times, lanes) becomes rows of (paths, times).

Lanes hold one time of 256 paths, and the array that the user asked for holds many times of one path
side by side. To store lane by lane would touch 256 lines of the cache for every time. So times are
collected in a sheet, and it is transposed 8 x 8 numbers at a time: eight vector loads, 24 shuffles,
eight vector stores. The sheet's rows are longer by 8 than the lanes: without that, a column falls
on two sets of the cache.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from stochcalc.engine.compiler.jit import routine
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

_VECTOR = ir.VectorType(ir.DoubleType(), 8)
_I32 = ir.IntType(32)
_I64 = ir.IntType(64)

# Vectors at a distance exchange halves in three rounds: neighbours, pairs, fours. Each round has
# the distance and the masks of the two new vectors; indices 0..7 pick from the first old vector,
# 8..15 from the second.
_ROUNDS = (
    (1, (0, 8, 2, 10, 4, 12, 6, 14), (1, 9, 3, 11, 5, 13, 7, 15)),
    (2, (0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15)),
    (4, (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15)),
)


def _corner(
    context: Context, builder: Builder, kind: Kind, array: Value, place: list[Value]
) -> tuple[Value, Value]:
    """Return the address of a number of an array, as an integer, and the stride of the rows."""
    structure = make_array(kind)(context, builder, array)
    address = cgutils.get_item_pointer(context, builder, kind, structure, place, wraparound=False)
    stride = builder.extract_value(structure.strides, 0)
    return builder.ptrtoint(address, _I64), stride


def _row_of(builder: Builder, start: Value, stride: Value, k: int) -> Value:
    """Return the pointer to eight numbers of row k, counted from a corner."""
    address = builder.add(start, builder.mul(stride, _I64(k)))
    return builder.inttoptr(address, _VECTOR.as_pointer())


def _shuffle(builder: Builder, a: Value, b: Value, mask: tuple[int, ...]) -> Value:
    """Return the vector of the numbers that the mask picks from two."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, 8), mask))


@intrinsic
def _transpose8(
    typingctx: TypingContext,
    source: Kind,
    i: Kind,
    j: Kind,
    target: Kind,
    row: Kind,
    column: Kind,
) -> Lowering:
    """Write target[row + a, column + b] = source[i + b, j + a] for a, b < 8.

    Both arrays are contiguous along their rows.
    """

    def codegen(context: Context, builder: Builder, signature: Signature, args: Values) -> Value:
        """Build the loads, the shuffles and the stores."""
        start, stride = _corner(context, builder, signature.args[0], args[0], [args[1], args[2]])
        vectors = [builder.load(_row_of(builder, start, stride, k), align=8) for k in range(8)]
        for distance, first, second in _ROUNDS:
            for k in range(8):
                if not k & distance:
                    a = vectors[k]
                    b = vectors[k + distance]
                    vectors[k] = _shuffle(builder, a, b, first)
                    vectors[k + distance] = _shuffle(builder, a, b, second)
        start, stride = _corner(context, builder, signature.args[3], args[3], [args[4], args[5]])
        for k in range(8):
            builder.store(vectors[k], _row_of(builder, start, stride, k), align=8)
        return context.get_dummy_value()

    index = types.int64
    return types.void(source, index, index, target, index, index), codegen


@routine
def sheet_to_rows(sheet, used, count, target, row, column):
    """Write target[row + lane, column + q] = sheet[q, lane] for q < used, lane < count."""
    for lane in range(0, count, 8):
        for q in range(0, used, 8):
            if lane + 8 <= count and q + 8 <= used:
                _transpose8(sheet, q, lane, target, row + lane, column + q)
            else:
                for one in range(lane, lane + 8):
                    for other in range(q, q + 8):
                        if one < count and other < used:
                            target[row + one, column + other] = sheet[other, one]
