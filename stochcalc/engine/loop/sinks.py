"""The sink that keeps the numbers that a run observes as rows; `statistics` has the other one."""

from __future__ import annotations

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.loop.transpose import sheet_to_rows
from stochcalc.engine.statistics import SINK

SHEET = 32  # saved times collected before they are written out as rows


@pointer(SINK)
def keep_rows(seen, sheet, saved, last, count, out, row):
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
