"""Sinks: what keeps the numbers that a run observes, as rows or as merged statistics."""

from __future__ import annotations

from numba import boolean, float64, int64, void

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.loop.transpose import sheet_to_rows
from stochcalc.engine.statistics import LANES, block_moments

SHEET = 32  # saved times collected before they are written out as rows

# sink(seen, sheet, buffer, number of the save, whether it is the last, lanes in use, out, number of
# the first path in out)
SINK = void(
    float64[:, ::1],
    float64[:, ::1],
    float64[::1],
    int64,
    boolean,
    int64,
    float64[:, :, ::1],
    int64,
)


@pointer(SINK)
def keep_rows(seen, sheet, buffer, saved, last, count, out, row):
    """Keep every path: out (1, paths, times * kept)."""
    kept = len(seen)
    slot = saved % SHEET
    for i in range(kept):
        line = sheet[slot * kept + i]
        values = seen[i]
        for lane in range(len(values)):
            line[lane] = values[lane]
    if slot == SHEET - 1 or last:
        sheet_to_rows(sheet, (slot + 1) * kept, count, out[0], row, (saved - slot) * kept)


@pointer(SINK)
def keep_records(seen, sheet, buffer, saved, last, count, out, row):
    """Keep statistics of whole blocks: out (blocks, 7, times * kept)."""
    for i in range(len(seen)):
        record = out[row // LANES, :, saved * len(seen) + i]
        block_moments(seen[i], count, buffer, record)
