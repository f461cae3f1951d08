"""The loop over levels: all schemes at all step sizes of a strong-order study, along one path.

Level 0 is the finest, with n steps, and a step of level q + 1 covers ratios[q] steps of level q.
The path is drawn once, on the finest grid. With four fine steps, counted from 0, and the ratios 2
and 2, the drivers of steps 0 and 1 merge into one step of level 1 after step 1, and those of steps
2 and 3 after step 3; after step 3 these two merge into the one step of level 2. Which levels are
due after step j is read off the last digits of j in the number system of the ratios, which for
ratios of 2 is the binary one, and `engine.random.driver_merge` has the rules of merging. So every
scheme on every level is driven by the same path, in one pass, and only the part of a step of each
level that lies behind has to be remembered.

The errors are those at the end, or the largest of those after all steps of each level.

Like the time loop, this pass is compiled once: schemes, reference and comparison are block steps
behind pointers.
"""

from __future__ import annotations

from numba import boolean, float64, int64, uint8, void

from stochcalc.engine.compiler.calls import build_caller
from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.functions.assemble import BLOCK_STEP
from stochcalc.engine.functions.comparisons import COMPARE
from stochcalc.engine.loop.time_loop import note_health, start_block
from stochcalc.engine.random.driver_merge import merge
from stochcalc.engine.random.fills import draw
from stochcalc.engine.statistics import LANES, SINK

TILE = 4  # steps of noise drawn at once
# In the place of the address of a reference's block step:
OWN_FINEST = 0  # the reference is each scheme's own finest level
STANDING = 1  # the reference stays at its start

_advance = build_caller(BLOCK_STEP)
_compare = build_caller(COMPARE)
_keep = build_caller(SINK)


@routine
def copy(source, target):
    """Copy lanes; a slice assignment would do the same, and take a second to compile."""
    for i in range(len(target)):
        for lane in range(LANES):
            target[i, lane] = source[i, lane]


@routine
def keep_larger(error, largest):
    """Write the larger of both numbers into every lane of `largest`; nan stays nan."""
    for lane in range(LANES):
        value = error[lane]
        if value > largest[lane] or value != value:
            largest[lane] = value


_LEVELS = void(
    int64,  # first block
    int64,  # last block
    int64,  # paths
    int64[:, ::1],  # fills
    float64,  # t0
    float64,  # T
    int64,  # steps of the finest level
    int64[::1],  # ratios of neighbouring levels
    boolean[::1],  # active levels
    boolean,  # whether the errors are those over all steps
    float64[:, ::1],  # starts
    float64[:, ::1],  # starts of the reference
    int64[::1],  # words: lambda and the parameters
    int64[::1],  # addresses of the schemes' block steps
    int64,  # address of the reference's block step
    int64,  # address of the comparison
    int64,  # address of the sink
    int64,  # first row of the states that is compared
    int64[::1],  # shape of the layout
    float64[:, :, :, ::1],  # x (schemes, levels, rows, lanes)
    float64[:, ::1],  # reference (rows, lanes)
    float64[:, :, ::1],  # buffer (tile, width, lanes)
    float64[:, :, ::1],  # pending (levels, width, lanes)
    float64[:, ::1],  # current (width, lanes)
    float64[::1],  # error after one step (lanes,)
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
    n,
    ratios,
    active,
    over_path,
    starts,
    reference_starts,
    words,
    advances,
    refer,
    compare,
    sink,
    shown,
    shape,
    x,
    reference,
    buffer,
    pending,
    current,
    error,
    errors,
    sheet,
    out,
    health,
    stop,
):
    """Move all schemes through all levels, and hand their errors to the sink."""
    schemes = x.shape[0]
    levels = x.shape[1]
    tile = len(buffer)
    for block in range(first_block, last_block):
        first = block * LANES
        count = paths - first
        if count > LANES:
            count = LANES
        start_block(reference, reference_starts, first)
        for s in range(schemes):
            for q in range(levels):
                start_block(x[s, q], starts, first)
        if over_path:
            for row in range(len(errors)):
                for lane in range(LANES):
                    errors[row, lane] = 0.0
        for k in range(n):
            if k % tile == 0:
                if stop[0] != 0:
                    return
                draw(fills, first, k, min(tile, n - k), buffer)
            h = (T - t0) / n
            copy(buffer[k % tile], current)
            if refer != OWN_FINEST and refer != STANDING:
                _advance(refer, (t0 + k * h, h, reference, current, words))
            j = k
            q = 0
            while True:
                if active[q]:
                    for s in range(schemes):
                        _advance(advances[s], (t0 + j * h, h, x[s, q], current, words))
                        if over_path:
                            solution = reference[shown:]
                            if refer == OWN_FINEST:
                                solution = x[s, 0, shown:]
                            _compare(compare, (x[s, q, shown:], solution, error))
                            keep_larger(error, errors[s * levels + q])
                if q == levels - 1:
                    break
                ratio = ratios[q]
                digit = j % ratio
                if digit > 0:
                    merge(pending[q], current, h, shape)
                if digit < ratio - 1:
                    copy(current, pending[q])
                    break
                j = j // ratio
                h = ratio * h
                q += 1
        if not over_path:
            for s in range(schemes):
                solution = reference[shown:]
                if refer == OWN_FINEST:
                    solution = x[s, 0, shown:]
                for q in range(levels):
                    if active[q]:
                        error_row = errors[s * levels + q]
                        _compare(compare, (x[s, q, shown:], solution, error_row))
        place = block - first_block
        _keep(sink, (errors, sheet, 0, True, count, out, place * LANES))
        note_health(errors, first, count, health[place])
