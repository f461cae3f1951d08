"""The sink that stores the numbers that a run observes; `statistics` has the one for records."""

from __future__ import annotations

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.loop.transpose import sheet_to_rows
from stochcalc.engine.statistics import SINK

SHEET_ROWS = 128  # about so many rows of numbers are collected before they are written out


def count_sheet(kept: int) -> int:
    """Return how many saved times are collected, of so many numbers each: 8, 16, ... or 64."""
    return 8 * max(1, min(8, SHEET_ROWS // (8 * kept)))


@pointer(SINK)
def keep_rows(seen, sheet, saved, last, count, out, row):
    """Store the numbers of every path in out (1, paths, times * kept)."""
    kept = len(seen)
    slots = len(sheet) // kept
    slot = saved % slots
    for i in range(kept):
        line = sheet[slot * kept + i]
        values = seen[i]
        for lane in range(len(values)):
            line[lane] = values[lane]
    if slot == slots - 1 or last:
        sheet_to_rows(sheet, (slot + 1) * kept, count, out[0], row, (saved - slot) * kept)
