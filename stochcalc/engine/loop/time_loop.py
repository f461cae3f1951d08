"""The one time loop: 256 paths in lanes move through all steps, and some states are kept.

A problem reaches this file as a block step and leaves as rows (stored numbers) or as records
(merged statistics). Schemes, Riemann sums, variation and samplers differ in their block steps only,
which come as pointers, as do the fills of the noise, the observer and the sink. So the loop is
compiled once, for every equation, and kept on disk.
"""

from __future__ import annotations

from numba import float64, int64, uint8, void

from stochcalc.engine.compiler.calls import build_caller
from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.functions.assemble import BLOCK_STEP
from stochcalc.engine.functions.observing import OBSERVE
from stochcalc.engine.random.fills import draw
from stochcalc.engine.statistics import LANES, SINK

WIDE = 64  # rows of noise above which two steps of it fill the cache
STATE_ITSELF = 0  # the address of the observer that hands on the state as it is

_advance = build_caller(BLOCK_STEP)
_observe = build_caller(OBSERVE)
_keep = build_caller(SINK)


@routine
def start_block(x, starts, first):
    """Write the initial states of consecutive paths into x (rows, lanes).

    `starts` has one row for all paths, or one for each; lanes beyond its end take its last row.
    """
    last = len(starts) - 1
    for i in range(len(x)):
        for lane in range(x.shape[1]):
            x[i, lane] = starts[min(first + lane, last), i]


@routine
def note_health(x, first, count, health):
    """Add to health = (paths whose numbers in the columns of x are not all finite, first of them).

    It is enough to look at the end: steps add to the state, so inf and nan never turn finite again.
    """
    for lane in range(count):
        finite = True
        for i in range(len(x)):
            value = x[i, lane]
            finite = finite and value - value == 0.0
        if not finite:
            if health[0] == 0:
                health[1] = first + lane
            health[0] += 1


def choose_tile(width: int) -> int:
    """Return how many steps of noise are drawn at once: an even number, and few for the cache."""
    if width == 1:
        return 8
    if width <= WIDE:
        return 4
    return 2


_MARCH = void(
    int64,  # first block
    int64,  # last block
    int64,  # paths
    int64[:, ::1],  # fills
    float64[::1],  # times
    float64[::1],  # steps
    float64[:, ::1],  # starts
    int64[::1],  # words: lambda and the parameters
    int64[::1],  # keep
    int64,  # address of the block step
    int64,  # address of the observer
    int64,  # address of the sink
    float64[:, ::1],  # x (rows, lanes)
    float64[:, :, ::1],  # noise (tile, width, lanes)
    float64[:, ::1],  # seen (kept, lanes)
    float64[:, ::1],  # sheet
    float64[:, :, ::1],  # out
    int64[:, ::1],  # health
    uint8[::1],  # stop
)


@pointer(_MARCH)
def march(
    first_block,
    last_block,
    paths,
    fills,
    times,
    steps,
    starts,
    words,
    keep,
    advance,
    observe,
    sink,
    x,
    noise,
    seen,
    sheet,
    out,
    health,
    stop,
):
    """Move the blocks first_block .. last_block - 1 through all steps.

    After the numbers of steps in `keep`, which increase, the observer maps the state to the numbers
    that go to the sink. As many paths move together as x has lanes: a block, or a strip of it for a
    large system.
    """
    n = len(steps)
    tile = len(noise)
    lanes = x.shape[1]
    for block in range(first_block, last_block):
        place = block - first_block
        for part in range(0, LANES, lanes):
            first = block * LANES + part
            count = paths - first
            if count <= 0:
                break
            if count > lanes:
                count = lanes
            start_block(x, starts, first)
            saved = 0
            for k in range(n + 1):
                if saved < len(keep) and keep[saved] == k:
                    shown = x
                    if observe != STATE_ITSELF:
                        _observe(observe, (times[k], x, words, seen))
                        shown = seen
                    last = saved + 1 == len(keep)
                    row = place * LANES + part
                    _keep(sink, (shown, sheet, saved, last, count, out, row))
                    saved += 1
                if k == n:
                    break
                j = k % tile
                if j == 0:
                    if stop[0] != 0:
                        return
                    draw(fills, first, k, min(tile, n - k), noise)
                _advance(advance, (times[k], steps[k], x, noise[j], words))
            note_health(x, first, count, health[place])
