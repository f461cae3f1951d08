"""The one time loop: 256 paths in lanes, time outside, and what is asked for kept along the way.

A problem reaches this file as a block step and leaves as rows (stored values) or as records (merged
statistics). Schemes, Riemann sums, variation and samplers differ in their block steps only, which
come as pointers, as do the fills of the noise, the observer and the sink. So the loop is compiled
once, for every equation, and kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, uint8, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.fingerprint import plain
from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.pointers import Pointer, StoppedWithError, pointer
from stochcalc.engine.compiler.words import caller, kind_of, pack
from stochcalc.engine.functions.array_steps import array_step, strip_of
from stochcalc.engine.functions.assemble import (
    BLOCK_STEP,
    FOR_ARRAYS,
    FOR_FLOATS,
    OBSERVE,
    Step,
    block_step,
    explained,
    observer,
    parameters,
    state,
)
from stochcalc.engine.loop.runner import Partial
from stochcalc.engine.loop.sinks import SHEET, keep_rows
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.random.fills import draw, fill_words
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import FIELDS, LANES, SINK, keep_records

WIDE = 64  # rows of noise
STATE_ITSELF = 0  # the address of the observer that hands on the state as it is

_advance = caller(BLOCK_STEP)
_observe = caller(OBSERVE)
_keep = caller(SINK)


@routine
def start_block(x, starts, first, paths):
    """Initial states of consecutive paths: one row of `starts` for all, or one row per path."""
    for i in range(len(x)):
        for lane in range(x.shape[1]):
            row = 0
            if len(starts) > 1:
                row = min(first + lane, paths - 1)
            x[i, lane] = starts[row, i]


@routine
def note_health(x, first, count, health):
    """Add to health = (paths that are not finite, first of them).

    Steps add to x, so inf and nan never turn finite again.
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


def tile_of(width: int) -> int:
    """Return how many steps of noise are drawn at once: an even number, and few for the cache."""
    if width == 1:
        return 8
    return 4 if width <= WIDE else 2


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
    float64[::1],  # buffer (lanes,)
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
    buffer,
    out,
    health,
    stop,
):
    """Move the blocks first_block .. last_block - 1 through all steps.

    The observer maps the state to what reaches the sink at the step numbers `keep`, which increase.
    As many paths move together as x has lanes: a block, or a strip of it for a large system.
    """
    n = len(steps)
    tile = len(noise)
    lanes = x.shape[1]
    for block in range(first_block, last_block):
        place = block - first_block
        health[place, 0] = 0
        health[place, 1] = -1
        for part in range(0, LANES, lanes):
            first = block * LANES + part
            count = min(lanes, paths - first)
            if count <= 0:
                break
            start_block(x, starts, first, paths)
            saved = 0
            for k in range(n + 1):
                if saved < len(keep) and keep[saved] == k:
                    shown = x
                    if observe != STATE_ITSELF:
                        _observe(observe, (times[k], x, words, seen))
                        shown = seen
                    last = saved + 1 == len(keep)
                    row = place * LANES + part
                    _keep(sink, (shown, sheet, buffer, saved, last, count, out, row))
                    saved += 1
                if k == n:
                    break
                j = k % tile
                if j == 0:
                    if stop[0] != 0:
                        return
                    draw(fills, first, k, min(tile, n - k), noise)
                if _advance(advance, (times[k], steps[k], x, noise[j], words)) != 0:
                    raise RuntimeError("a block step stopped")
            note_health(x, first, count, health[place])


@dataclass(frozen=True, eq=False)
class March:
    """A job: what to advance along which noise, and what to keep of it. Plain data, compiled where
    it runs.

    Attributes
    ----------
    step : Step, or a getter of the pointer of a block step of the package
        What moves the state.
    dim, kept : int
        Numbers in the state (0: a plain float) and numbers observed.
    times, steps : ndarray
        Shapes (n + 1,) and (n,).
    starts : ndarray
        Initial states: one row, or one row per path.
    keep : ndarray of int
        Numbers of the steps after which to observe, increasing.
    args : tuple
        Parameters of the step and the observer: floats, arrays, and tuples of them.
    observe : callable
        observe(t, x, args): what is kept of the state; `state` for the state itself.
    layout : Layout, optional
        The rows of the noise, if the step names its drivers.
    lam : float
        How the equation is read, for steps that take it.
    """

    step: Step | Callable[[], Pointer]
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
    lam: float = 0.0

    @property
    def work(self) -> float:
        """Path-steps in all, each as long as one normal."""
        return float(self.paths) * len(self.steps) * max(1, self.noise.size)

    @property
    def columns(self) -> int:
        """Numbers stored per path."""
        return len(self.keep) * self.kept if self.save_rows else 0

    @property
    def advance(self) -> Pointer:
        """The block step."""
        if not isinstance(self.step, Step):
            return self.step()
        if self.step.arrays:
            assert self.layout is not None
            return array_step(self.step, self.layout, self.dim, self.args)
        places = () if self.layout is None else self.layout.places(self.step.drivers)
        rows = self.noise.size + self.step.forces
        return block_step(self.step, places, rows, self.dim, self.args)

    def prepare(self) -> None:
        """Compile, by computing nothing."""
        functions: tuple[tuple[Any, str], ...] = ()
        remedy = FOR_FLOATS
        if isinstance(self.step, Step):
            functions = self.step.functions
            remedy = FOR_ARRAYS if self.step.arrays else FOR_FLOATS
        with explained(functions, remedy):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """The result of blocks first .. last - 1."""
        advance = self.advance
        observe = STATE_ITSELF
        if self.observe is not state:
            observe = observer(self.observe, self.dim, self.args).address
        health = np.zeros((last - first, 2), np.int64)
        if self.save_rows:
            stored = max(min(last * LANES, self.paths) - first * LANES, 0)
            rows = rows if rows is not None else np.empty((stored, self.columns))
            sink = keep_rows()
            out = rows[None]
        else:
            sink = keep_records()
            out = np.empty((last - first, FIELDS, len(self.keep) * self.kept))
        try:
            self._run(first, last, advance.address, observe, sink.address, out, health, stop)
        except StoppedWithError as error:
            raise ValueError(self._what_stopped()) from error
        records = None if self.save_rows else out
        return Partial(first, rows if self.save_rows else None, records, health)

    def _what_stopped(self) -> str:
        """Say which functions may have raised the error inside the loop."""
        functions = self.step.functions if isinstance(self.step, Step) else ()
        names = ", ".join(plain(function).__name__ for function, _ in functions)
        return (
            f"one of {names or 'the functions'} raised an error on a block of paths, though not on "
            "one path: most likely it assigns or returns an array whose shape is not that of x"
        )

    def _run(
        self,
        first: int,
        last: int,
        advance: int,
        observe: int,
        sink: int,
        out: NDArray[np.float64],
        health: NDArray[np.int64],
        stop: NDArray[np.uint8],
    ) -> None:
        values = parameters(self.lam, self.args)
        words = pack(kind_of(values), values)
        fills = self.noise.open(first * LANES, min(last * LANES, self.paths))
        forces = self.step.forces if isinstance(self.step, Step) else 0
        width = max(self.noise.size + forces, 1)
        height = max(self.dim, 1)
        lanes = LANES
        if isinstance(self.step, Step) and self.step.arrays and self.save_rows:
            lanes = strip_of(height)
        tile = tile_of(width)
        march()(
            first,
            last,
            self.paths,
            fill_words(fills),
            self.times,
            self.steps,
            self.starts,
            words,
            self.keep,
            advance,
            observe,
            sink,
            np.empty((height, lanes)),
            np.empty((tile, width, lanes)),
            np.empty((self.kept, lanes)),
            np.empty((SHEET * self.kept if self.save_rows else 1, LANES + 8)),
            np.empty(LANES),
            out,
            health,
            stop,
        )
