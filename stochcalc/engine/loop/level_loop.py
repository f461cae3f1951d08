"""The loop over levels: all schemes at all step sizes of a strong-order study, along one path.

Level q has 2^(top - q) steps, so level 0 is the finest: the levels are counted the other way round
from the exponents that a user gives. The path is drawn once, on the finest grid. With four fine
steps, counted from 0, the drivers of steps 0 and 1 merge into one step of level 1 after step 1, and
those of steps 2 and 3 after step 3; after step 3 these two merge into the one step of level 2.
Which levels are due after step j is read off the last binary digits of j, and
`engine.random.driver_merge` has the rules of merging. So every scheme on every level is driven by
the same path, in one pass, and only one half step of each level has to be remembered.

Like the time loop, this pass is compiled once: schemes, reference and comparison are block steps
behind pointers.
"""

from __future__ import annotations

from numba import boolean, float64, int64, uint8, void

from stochcalc.engine.compiler.calls import build_caller
from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.functions.assemble import BLOCK_STEP
from stochcalc.engine.functions.observing import COMPARE
from stochcalc.engine.loop.time_loop import note_health, start_block
from stochcalc.engine.random.driver_merge import merge
from stochcalc.engine.random.fills import draw
from stochcalc.engine.statistics import LANES, SINK

TILE = 4  # steps of noise drawn at once
NO_REFERENCE = 0  # the address of a reference that is each scheme's own finest level

_advance = build_caller(BLOCK_STEP)
_compare = build_caller(COMPARE)
_keep = build_caller(SINK)


@pointer(COMPARE)
def square_error(x, y, error):
    """Write |x - y|^2 of every lane, summed over the components from first to last.

    Here x is the state X_n of a scheme, and y the reference, which stands for the solution X_T.
    """
    for lane in range(LANES):
        # |X_n - X_T|^2
        difference = x[0, lane] - y[0, lane]
        error[lane] = difference * difference
    for i in range(1, len(x)):
        for lane in range(LANES):
            difference = x[i, lane] - y[i, lane]
            error[lane] += difference * difference


@routine
def copy(source, target):
    """Copy lanes; a slice assignment would do the same, and take a second to compile."""
    for i in range(len(target)):
        for lane in range(LANES):
            target[i, lane] = source[i, lane]


_LEVELS = void(
    int64,  # first block
    int64,  # last block
    int64,  # paths
    int64[:, ::1],  # fills
    float64,  # t0
    float64,  # T
    boolean[::1],  # active levels
    float64[:, ::1],  # starts
    int64[::1],  # words: lambda and the parameters
    int64[::1],  # addresses of the schemes' block steps
    int64,  # address of the reference's block step
    int64,  # address of the comparison
    int64,  # address of the sink
    int64[::1],  # shape of the layout
    float64[:, :, :, ::1],  # x (schemes, levels, rows, lanes)
    float64[:, ::1],  # reference (rows, lanes)
    float64[:, :, ::1],  # buffer (tile, width, lanes)
    float64[:, :, ::1],  # pending (levels, width, lanes)
    float64[:, ::1],  # current (width, lanes)
    float64[:, ::1],  # errors (schemes * levels, lanes), of levels that are not active 0
    float64[:, ::1],  # sheet (1, lanes)
    float64[:, :, ::1],  # out
    int64[:, ::1],  # health
    uint8[::1],  # stop
)


@pointer(_LEVELS)
def pass_through_levels(
    first_block,
    last_block,
    paths,
    fills,
    t0,
    T,
    active,
    starts,
    words,
    advances,
    refer,
    compare,
    sink,
    shape,
    x,
    reference,
    buffer,
    pending,
    current,
    errors,
    sheet,
    out,
    health,
    stop,
):
    """Move all schemes through all levels, and hand their errors at the end to the sink."""
    schemes = x.shape[0]
    levels = x.shape[1]
    n = 1 << (levels - 1)
    tile = len(buffer)
    for block in range(first_block, last_block):
        first = block * LANES
        count = paths - first
        if count > LANES:
            count = LANES
        start_block(reference, starts, first)
        for s in range(schemes):
            for q in range(levels):
                copy(reference, x[s, q])
        for k in range(n):
            if k % tile == 0:
                if stop[0] != 0:
                    return
                draw(fills, first, k, min(tile, n - k), buffer)
            h = (T - t0) / n
            copy(buffer[k % tile], current)
            if refer != NO_REFERENCE:
                _advance(refer, (t0 + k * h, h, reference, current, words))
            j = k
            q = 0
            while True:
                if active[q]:
                    for s in range(schemes):
                        _advance(advances[s], (t0 + j * h, h, x[s, q], current, words))
                if j & 1 == 0:
                    break
                merge(pending[q], current, h, shape)
                j = j >> 1
                q += 1
                h = 2.0 * h
            copy(current, pending[q])
        for s in range(schemes):
            if refer == NO_REFERENCE:
                copy(x[s, 0], reference)
            for q in range(levels):
                if active[q]:
                    _compare(compare, (x[s, q], reference, errors[s * levels + q]))
        place = block - first_block
        _keep(sink, (errors, sheet, 0, True, count, out, place * LANES))
        note_health(errors, first, count, health[place])
