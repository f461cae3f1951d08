"""All levels and all schemes of a strong-order study from one fine path, in one pass and O(levels)
memory.

A binary counter: after fine step j, while bit q of j is 1, the pending half of level q + 1 merges
with the current drivers (`engine.random.drivers` has the rules) and every scheme of that level
takes its step. So every level of every scheme is driven by the same path, and nothing is stored.

Like the time loop, this pass is compiled once: schemes, reference and comparison are block steps
behind pointers.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import boolean, float64, int64, uint8, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.calls import build_caller
from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import Pointer, pointer
from stochcalc.engine.compiler.words import kind_of, pack
from stochcalc.engine.functions.assemble import (
    BLOCK_STEP,
    COMPARE,
    Step,
    compile_block_step,
    compile_comparison,
    join_parameters,
)
from stochcalc.engine.functions.refusals import explain_errors, explain_refusals
from stochcalc.engine.loop.runner import Partial
from stochcalc.engine.loop.time_loop import note_health, start_block
from stochcalc.engine.random.drivers import Layout, merge
from stochcalc.engine.random.fills import draw, fill_words
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import FIELDS, LANES, SINK, keep_records

TILE = 4
NO_REFERENCE = 0  # the address of a reference that is each scheme's own finest level

_advance = build_caller(BLOCK_STEP)
_compare = build_caller(COMPARE)
_keep = build_caller(SINK)


@pointer(COMPARE)
def square_error(x, y, error):
    """What strong studies compare: |x - y|^2, summed left to right."""
    for lane in range(LANES):
        difference = x[0, lane] - y[0, lane]
        error[lane] = difference * difference
    for i in range(1, len(x)):
        for lane in range(LANES):
            difference = x[i, lane] - y[i, lane]
            error[lane] += difference * difference


@routine
def copy(source, target):
    """Copy lanes; a slice assignment would do, and take a second to compile."""
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
    """Move all schemes through all levels; the comparisons at the end leave as records.

    Level q has 2^(top - q) steps.
    """
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
                draw(fills, first, k, tile if k + tile <= n else n - k, buffer)
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


@dataclass(frozen=True, eq=False)
class Levels:
    """A job: errors of several schemes at every active level, from one fine path each.

    `reference` steps along the finest grid; None compares each scheme with its own level 0. The
    errors are |x - y|^2, or test(x) - test(y) for a test function of the state.
    """

    steps: tuple[Step, ...]
    reference: Step | None
    noise: Source
    layout: Layout
    paths: int
    dim: int
    t0: float
    T: float
    top: int
    active: NDArray[np.bool_]
    starts: NDArray[np.float64]
    args: tuple[Any, ...] = ()
    test: Any = None
    lam: float = 0.0

    @property
    def work(self) -> float:
        """Path-steps in all."""
        return 2.0 * self.paths * 2**self.top * max(1, self.noise.size) * len(self.steps)

    @property
    def columns(self) -> int:
        """Nothing is stored."""
        return 0

    @functools.cached_property
    def addresses(self) -> tuple[NDArray[np.int64], int, int]:
        """The addresses of the schemes, the reference and the comparison, looked up once for all
        tasks.
        """
        advances = np.array([self._pointer(step).address for step in self.steps])
        refer = NO_REFERENCE
        if self.reference is not None:
            refer = self._pointer(self.reference).address
        compare = square_error() if self.test is None else compile_comparison(self.test, self.dim)
        return advances, refer, compare.address

    def __getstate__(self) -> dict[str, Any]:
        """Return the plain data: addresses mean nothing in another process."""
        found = vars(self)
        return {name: found[name] for name in found if name != "addresses"}

    def prepare(self) -> None:
        """Compile, by computing nothing."""
        with explain_refusals(self._functions()):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def _functions(self) -> tuple[tuple[Any, str], ...]:
        """The users' functions that are called: those of the schemes, and the test."""
        parts = [part for step in self.steps for part in step.functions]
        if self.reference is not None:
            parts.extend(self.reference.functions)
        if self.test is not None:
            parts.append((self.test, "test"))
        return tuple(dict.fromkeys(parts))

    def _pointer(self, step: Step) -> Pointer:
        places = self.layout.places(step.drivers)
        return compile_block_step(step, places, self.layout.rows, self.dim, self.args)

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Records (blocks, 7, schemes x levels) of errors, finest level first."""
        advances, refer, compare = self.addresses
        values = join_parameters(self.lam, self.args)
        fills = self.noise.open(first * LANES, min(last * LANES, self.paths))
        levels = self.top + 1
        height = max(self.dim, 1)
        width = max(self.layout.rows, 1)
        out = np.empty((last - first, FIELDS, len(self.steps) * levels))
        health = np.zeros((last - first, 2), np.int64)
        with explain_errors(self._functions()):
            pass_through_levels()(
                first,
                last,
                self.paths,
                fill_words(fills),
                self.t0,
                self.T,
                self.active,
                self.starts,
                pack(kind_of(values), values),
                advances,
                refer,
                compare,
                keep_records().address,
                self.layout.shape,
                np.empty((len(self.steps), levels, height, LANES)),
                np.empty((height, LANES)),
                np.empty((TILE, width, LANES)),
                np.empty((levels, width, LANES)),
                np.empty((width, LANES)),
                np.zeros((len(self.steps) * levels, LANES)),
                np.empty((1, LANES)),
                out,
                health,
                stop,
            )
        return Partial(first, None, out, health)
