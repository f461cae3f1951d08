"""The one time loop: 256 paths in lanes, time outside, and whatever is asked for kept along the
way.

A problem reaches this file as an `advance(t, dt, x, noise, args) -> x` and leaves as rows (stored
values) or as records (merged statistics). Schemes, Riemann sums, variation and samplers differ in
their `advance` only.

A force that is itself a loop, such as the score of a hundred Gaussians, would make the loop over
lanes an outer one, which LLVM does not vectorise. It comes as a `field`: a routine that writes its
values at (t, x) for all lanes into rows behind the noise before `advance` runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import boolean, float64, int64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.jit import callback, kernel, leaf, routine
from stochcalc.engine.functions.assemble import Step, advancer, explained, observer, state
from stochcalc.engine.loop.runner import Partial
from stochcalc.engine.loop.transpose import sheet_to_rows
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.random.sources import Source
from stochcalc.engine.registers.vec import load, store
from stochcalc.engine.statistics import FIELDS, LANES, block_moments

SHEET = 32  # saved times collected before they are written out as rows

# sink(seen, sheet, buffer, number of the save, whether it is the last, lanes in use, out, number of
# the block)
_SINK = void(
    float64[:, ::1], float64[:, ::1], float64[::1], int64, boolean, int64, float64[:, :, ::1], int64
)


@callback(_SINK)
def keep_rows(seen, sheet, buffer, saved, last, count, out, block):
    """Keep every path: out (1, paths, times * kept)."""
    kept, slot = len(seen), saved % SHEET
    for i in range(kept):
        line, values = sheet[slot * kept + i], seen[i]
        for lane in range(LANES):
            line[lane] = values[lane]
    if slot == SHEET - 1 or last:
        sheet_to_rows(sheet, (slot + 1) * kept, count, out[0], block * LANES, (saved - slot) * kept)


@callback(_SINK)
def keep_records(seen, sheet, buffer, saved, last, count, out, block):
    """Keep statistics: out (blocks, 7, times * kept)."""
    for i in range(len(seen)):
        block_moments(seen[i], count, buffer, out[block, :, saved * len(seen) + i])


@routine
def start_block(x, starts, first, paths):
    """Initial states of 256 paths: one row of `starts` for all, or one row per path."""
    for i in range(len(x)):
        for lane in range(LANES):
            x[i, lane] = starts[min(first + lane, paths - 1) if len(starts) > 1 else 0, i]


@routine
def note_health(x, first, count, health):
    """health = (paths that are not finite, first of them); steps add to x, so inf and nan never
    turn finite again.
    """
    health[0], health[1] = 0, -1
    for lane in range(count):
        finite = True
        for i in range(len(x)):
            finite = finite and np.isfinite(x[i, lane])
        if not finite:
            if health[0] == 0:
                health[1] = first + lane
            health[0] += 1


@leaf
def no_field(t, x, args, out):
    """For steps whose forces are functions of one state."""


@functools.lru_cache(maxsize=512)
def march_kernel(advance: Any, observe: Any, dim: int, noise: int, kept: int, field: Any) -> Any:
    """Compile the time loop around `advance`.

    `dim` and `noise` are sizes of the state and of the noise, a field's rows included, 0 for a
    plain float; `observe(t, x, args)` maps the state to the `kept` numbers that reach the sink at
    the step numbers `keep` (increasing, never empty).
    """
    rows, width = max(dim, 1), max(noise, 1)
    tile = (
        8 if width == 1 else 4
    )  # steps of noise drawn at once: even, and it stays in the first-level cache

    @kernel
    def run(
        first_block,
        last_block,
        paths,
        fills,
        times,
        steps,
        starts,
        args,
        keep,
        sink,
        out,
        health,
        stop,
    ):
        x, dW = np.empty((rows, LANES)), np.empty((tile, width, LANES))
        seen, sheet, buffer = (
            np.empty((kept, LANES)),
            np.empty((SHEET * kept, LANES + 8)),
            np.empty(LANES),
        )
        n = len(steps)
        for block in range(first_block, last_block):
            first = block * LANES
            count = min(LANES, paths - first)
            start_block(x, starts, first, paths)
            saved = 0
            for k in range(n + 1):
                t = times[k]
                if saved < len(keep) and keep[saved] == k:
                    for lane in range(LANES):
                        store(seen, lane, observe(t, load(x, lane, dim), args))
                    sink(
                        seen,
                        sheet,
                        buffer,
                        saved,
                        saved + 1 == len(keep),
                        count,
                        out,
                        block - first_block,
                    )
                    saved += 1
                if k == n:
                    break
                j = k % tile
                if j == 0:
                    if stop[0] != 0:
                        return
                    for row, fill, ids, roots, table in fills:
                        fill(ids, roots, table, first, k, min(tile, n - k), dW, row)
                dt, now = steps[k], dW[j]
                field(t, x, args, now)
                for lane in range(LANES):
                    store(x, lane, advance(t, dt, load(x, lane, dim), load(now, lane, noise), args))
            note_health(x, first, count, health[block - first_block])

    return run


@dataclass(frozen=True, eq=False)
class March:
    """A job: what to advance along which noise, and what to keep of it. Plain data, compiled where
    it runs.

    Attributes
    ----------
    step, observe
        What moves the state, and what is kept of it: observe(t, x, args).
    dim, kept
        Numbers in the state (0: a plain float) and numbers observed.
    times, steps
        Shapes (n + 1,) and (n,).
    starts
        Initial states: one row, or one row per path.
    keep
        Numbers of the steps after which to observe, increasing.
    layout
        The rows of the noise, if the step names its drivers.
    field, forces
        field(t, x, args, out) writes `forces` rows at the end of `out`, behind the noise.
    """

    step: Step
    noise: Source
    paths: int
    dim: int
    kept: int
    times: NDArray[np.float64]
    steps: NDArray[np.float64]
    starts: NDArray[np.float64]
    keep: NDArray[np.int64]
    args: tuple[Any, ...] = ()
    observe: Callable[..., Any] = state
    save_rows: bool = True
    layout: Layout | None = None
    field: Any = no_field
    forces: int = 0

    @property
    def work(self) -> float:
        """Path-steps in all, each as long as one normal."""
        return float(self.paths) * len(self.steps) * max(1, self.noise.size)

    @property
    def columns(self) -> int:
        """Numbers stored per path."""
        return len(self.keep) * self.kept if self.save_rows else 0

    def prepare(self) -> None:
        """Compile, by computing nothing."""
        with explained(self.step.functions):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """The result of blocks first .. last - 1."""
        advance, observe = advancer(self.step, self.layout), observer(self.observe)
        fills = self.noise.open(first * LANES, min(last * LANES, self.paths))
        run = march_kernel(
            advance, observe, self.dim, self.noise.size + self.forces, self.kept, self.field
        )
        health = np.zeros((last - first, 2), np.int64)
        if self.save_rows:
            stored = max(min(last * LANES, self.paths) - first * LANES, 0)
            rows = rows if rows is not None else np.empty((stored, self.columns))
            sink, out = keep_rows(), rows[None]
        else:
            sink, out = keep_records(), np.empty((last - first, FIELDS, len(self.keep) * self.kept))
        run(
            first,
            last,
            self.paths,
            fills,
            self.times,
            self.steps,
            self.starts,
            self.args,
            self.keep,
            sink,
            out,
            health,
            stop,
        )
        return Partial(
            first, rows if self.save_rows else None, None if self.save_rows else out, health
        )
