"""The sink that stores the numbers that a run observes; `statistics` has the one for records."""

from __future__ import annotations

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.loop.transpose import sheet_to_rows
from stochcalc.engine.statistics import SINK

TOGETHER = 8  # numbers that are transposed together, see `transpose`
MOST_TIMES = 64  # saved times that are collected before they are written out
SHEET_ROWS = 128  # rows of a sheet that stay in the cache: one for each number of a saved time


def count_sheet(kept: int) -> int:
    """Return how many saved times are collected, of `kept` numbers each.

    It is a multiple of 8 between 8 and 64, and as large as the rows of the sheet allow.
    """
    times = min(MOST_TIMES, SHEET_ROWS // kept)
    return max(TOGETHER, times // TOGETHER * TOGETHER)


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
