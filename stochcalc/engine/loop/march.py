"""The job of the time loop: what to move along which noise, and what to keep of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.compiler.words import pack_parameters
from stochcalc.engine.functions.array_steps import choose_strip, compile_array_step
from stochcalc.engine.functions.assemble import (
    Step,
    compile_block_step,
    join_parameters,
    observe_state,
)
from stochcalc.engine.functions.observing import compile_observer
from stochcalc.engine.functions.refusals import (
    FOR_ARRAYS,
    FOR_FLOATS,
    explain_errors,
    explain_refusals,
)
from stochcalc.engine.functions.watched import Watch, compile_watched_step
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.sinks import count_sheet, keep_rows
from stochcalc.engine.loop.time_loop import STATE_ITSELF, choose_tile, march
from stochcalc.engine.portable import Portable
from stochcalc.engine.random.fills import pack_fills
from stochcalc.engine.random.layout import Layout, Place
from stochcalc.engine.random.sources import Source, cut_source
from stochcalc.engine.statistics import FIELDS, LANES, keep_records
from stochcalc.typing import Array, Integers, Observer


@dataclass(frozen=True, eq=False)
class March(Portable):
    """A job: what to move along which noise, and what to keep of it.

    It is plain data, and is compiled where it runs.

    Attributes
    ----------
    step : Step, or a function that returns the pointer of a block step of the package
        What moves the state.
    noise : Source
        What drives the step.
    paths : int
        Number of paths.
    dim, kept : int
        Numbers in the state (0: a plain float) and numbers observed.
    times, steps : ndarray, shapes (n + 1,) and (n,)
        The grid and the lengths of its steps.
    starts : ndarray
        Initial states: one row, or one row for each path.
    keep : ndarray of int
        After how many steps to observe, increasing; 0 for the start.
    args : tuple
        Parameters of the step and the observer: floats, arrays, and tuples of them.
    observe : callable
        observe(t, x, args): what is kept of the state; `observe_state` for the state itself.
    save_rows : bool
        Whether the numbers of every path are stored; if not, statistics are kept.
    layout : Layout, optional
        The rows of the noise, if the step names its drivers.
    lam : float
        The lambda of the equation, for steps that take it.
    watch : Watch, optional
        What may stop a path, and observes it. Then the state has the marks of the watch below it,
        in `starts` as well, and `args` is a pair: the parameters of the step, and of the watch.
    """

    step: Step | Callable[[], Pointer]
    noise: Source
    paths: int
    dim: int
    kept: int
    times: Array
    steps: Array
    starts: Array
    keep: Integers
    args: tuple[Any, ...] = ()
    observe: Observer = observe_state
    save_rows: bool = True
    layout: Layout | None = None
    lam: float = 0.0
    watch: Watch | None = None

    @property
    def work(self) -> float:
        """The path-steps in all, each as long as one normal."""
        return float(self.paths) * len(self.steps) * max(1, self.noise.size)

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path."""
        if self.save_rows:
            return len(self.keep) * self.kept
        return 0

    @property
    def height(self) -> int:
        """The rows of the state, with the marks of its watch."""
        if self.watch is None:
            return max(self.dim, 1)
        return max(self.dim, 1) + len(self.watch.marks)

    @functools.cached_property
    def advance(self) -> Pointer:
        """The block step, found once for all tasks."""
        if not isinstance(self.step, Step):
            return self.step()
        if self.step.arrays:
            assert self.layout is not None
            return compile_array_step(self.step, self.layout, self.dim, self.args)
        places: tuple[Place, ...] = ()
        if self.layout is not None:
            places = self.layout.places(self.step.drivers)
        if self.watch is not None:
            start = self._start()
            return compile_watched_step(self.step, places, self.dim, self.watch, self.args, start)
        rows = self.noise.size + self.step.forces
        return compile_block_step(self.step, places, rows, self.dim, self.args, self._start())

    @functools.cached_property
    def look(self) -> int:
        """The address of the observer, found once for all tasks."""
        if self.watch is not None:
            observe = self.watch.build_observer(self.dim, self.save_rows)
            made = compile_observer(observe, self.height, self.args, self.kept, self._start())
            return made.address
        if self.observe is observe_state:
            return STATE_ITSELF
        made = compile_observer(self.observe, self.dim, self.args, self.kept, self._start())
        return made.address

    def _start(self) -> Array:
        """Return time and state of the start, (t, x[0], x[1], ...)."""
        return np.array([self.times[0], *self.starts[0]])

    def __getstate__(self) -> dict[str, Any]:
        """Return the plain data: addresses mean nothing in another process."""
        addresses = ("advance", "look")
        plain = super().__getstate__()
        return {name: value for name, value in plain.items() if name not in addresses}

    def cut(self, first: int, last: int) -> March:
        """Return the job with what blocks first .. last - 1 need of its arrays of noise alone."""
        noise = cut_source(self.noise, first * LANES, last * LANES)
        if noise is self.noise:
            return self
        return replace(self, noise=noise)

    def prepare(self) -> None:
        """Compile the block step and the observer, by computing no block."""
        remedy = FOR_FLOATS
        if isinstance(self.step, Step) and self.step.arrays:
            remedy = FOR_ARRAYS
        with explain_refusals(self._users_functions(), remedy):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(
        self, first: int, last: int, rows: Array | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Return the result of blocks first .. last - 1."""
        advance = self.advance.address
        look = self.look
        blocks = last - first
        health = np.zeros((blocks, 2), np.int64)
        records = None
        if self.save_rows:
            if rows is None:
                stored = max(min(last * LANES, self.paths) - first * LANES, 0)
                rows = np.empty((stored, self.columns))
            sink = keep_rows()
            out = rows[None]
        else:
            rows = None
            sink = keep_records()
            out = records = np.empty((blocks, FIELDS, len(self.keep) * self.kept))
        with explain_errors(self._functions()):
            self._run(first, last, advance, look, sink.address, out, health, stop)
        return Partial(first=first, rows=rows, records=records, health=health)

    def _users_functions(self) -> tuple[tuple[Any, str], ...]:
        """Return the functions of the step and of the watch."""
        functions: tuple[tuple[Any, str], ...] = ()
        if isinstance(self.step, Step):
            functions = self.step.functions
        if self.watch is not None:
            functions = (*functions, *self.watch.functions)
        return functions

    def _functions(self) -> tuple[tuple[Any, str], ...]:
        """Return the user's functions that are called: also the observer, if there is no watch."""
        functions = self._users_functions()
        if self.observe is observe_state or self.watch is not None:
            return functions
        return (*functions, (self.observe, "observer"))

    def _run(
        self,
        first: int,
        last: int,
        advance: int,
        look: int,
        sink: int,
        out: Array,
        health: Integers,
        stop: NDArray[np.uint8],
    ) -> None:
        """Call the time loop, with what it works on: states, noise, observed numbers, a sheet."""
        values = join_parameters(self.lam, self.args)
        words = pack_parameters(values)
        fills = self.noise.open(first * LANES, min(last * LANES, self.paths))
        width = max(self.noise.size, 1)
        lanes = LANES
        if isinstance(self.step, Step):
            width = max(self.noise.size + self.step.forces, 1)
            if self.step.arrays and self.save_rows:
                lanes = choose_strip(self.height)
        sheet_rows = count_sheet(self.kept) * self.kept if self.save_rows else 1
        march()(
            first,
            last,
            self.paths,
            pack_fills(fills),
            self.times,
            self.steps,
            self.starts,
            words,
            self.keep,
            advance,
            look,
            sink,
            np.empty((self.height, lanes)),
            np.empty((choose_tile(width), width, lanes)),
            np.empty((self.kept, lanes)),
            np.empty((sheet_rows, lanes + 8)),  # padded: see `transpose`
            out,
            health,
            stop,
        )
