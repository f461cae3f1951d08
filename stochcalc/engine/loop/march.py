"""The job of the time loop: what to move along which noise, and what to keep of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.compiler.words import kind_of, pack
from stochcalc.engine.functions.array_steps import choose_strip, compile_array_step
from stochcalc.engine.functions.assemble import (
    Step,
    compile_block_step,
    compile_observer,
    join_parameters,
    observe_state,
)
from stochcalc.engine.functions.refusals import (
    FOR_ARRAYS,
    FOR_FLOATS,
    explain_errors,
    explain_refusals,
)
from stochcalc.engine.loop.runner import Partial
from stochcalc.engine.loop.sinks import SHEET, keep_rows
from stochcalc.engine.loop.time_loop import STATE_ITSELF, march, tile_of
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.random.fills import fill_words
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import FIELDS, LANES, keep_records


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
        observe(t, x, args): what is kept of the state; `observe_state` for the state itself.
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
    observe: Callable[..., Any] = observe_state
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

    @functools.cached_property
    def advance(self) -> Pointer:
        """The block step, looked up once for all tasks."""
        if not isinstance(self.step, Step):
            return self.step()
        if self.step.arrays:
            assert self.layout is not None
            return compile_array_step(self.step, self.layout, self.dim, self.args)
        places = () if self.layout is None else self.layout.places(self.step.drivers)
        rows = self.noise.size + self.step.forces
        return compile_block_step(self.step, places, rows, self.dim, self.args)

    @functools.cached_property
    def look(self) -> int:
        """The address of the observer."""
        if self.observe is observe_state:
            return STATE_ITSELF
        return compile_observer(self.observe, self.dim, self.args).address

    def __getstate__(self) -> dict[str, Any]:
        """Return the plain data: addresses mean nothing in another process."""
        found = vars(self)
        return {name: found[name] for name in found if name not in ("advance", "look")}

    def prepare(self) -> None:
        """Compile, by computing nothing."""
        functions: tuple[tuple[Any, str], ...] = ()
        remedy = FOR_FLOATS
        if isinstance(self.step, Step):
            functions = self.step.functions
            remedy = FOR_ARRAYS if self.step.arrays else FOR_FLOATS
        with explain_refusals(functions, remedy):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """The result of blocks first .. last - 1."""
        advance = self.advance.address
        look = self.look
        health = np.zeros((last - first, 2), np.int64)
        if self.save_rows:
            stored = max(min(last * LANES, self.paths) - first * LANES, 0)
            rows = rows if rows is not None else np.empty((stored, self.columns))
            sink = keep_rows()
            out = rows[None]
        else:
            sink = keep_records()
            out = np.empty((last - first, FIELDS, len(self.keep) * self.kept))
        functions = self.step.functions if isinstance(self.step, Step) else ()
        if self.observe is not observe_state:
            functions = (*functions, (self.observe, "observer"))
        with explain_errors(functions):
            self._run(first, last, advance, look, sink.address, out, health, stop)
        records = None if self.save_rows else out
        return Partial(first, rows if self.save_rows else None, records, health)

    def _run(
        self,
        first: int,
        last: int,
        advance: int,
        look: int,
        sink: int,
        out: NDArray[np.float64],
        health: NDArray[np.int64],
        stop: NDArray[np.uint8],
    ) -> None:
        values = join_parameters(self.lam, self.args)
        words = pack(kind_of(values), values)
        fills = self.noise.open(first * LANES, min(last * LANES, self.paths))
        forces = self.step.forces if isinstance(self.step, Step) else 0
        width = max(self.noise.size + forces, 1)
        height = max(self.dim, 1)
        lanes = LANES
        if isinstance(self.step, Step) and self.step.arrays and self.save_rows:
            lanes = choose_strip(height)
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
            look,
            sink,
            np.empty((height, lanes)),
            np.empty((tile, width, lanes)),
            np.empty((self.kept, lanes)),
            np.empty((SHEET * self.kept if self.save_rows else 1, lanes + 8)),
            out,
            health,
            stop,
        )
