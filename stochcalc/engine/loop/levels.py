"""The job of the loop over levels: which schemes to compare, with what, and on which levels."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.compiler.words import kind_of, pack
from stochcalc.engine.functions.assemble import (
    Step,
    compile_block_step,
    join_parameters,
)
from stochcalc.engine.functions.observing import compile_comparison
from stochcalc.engine.functions.refusals import explain_errors, explain_refusals
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.level_loop import NO_REFERENCE, TILE, pass_through_levels, square_error
from stochcalc.engine.random.fills import pack_fills
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import FIELDS, LANES, keep_records
from stochcalc.typing import Array, Integers, TestFunction


@dataclass(frozen=True, eq=False)
class Levels:
    """A job: the errors of several schemes on every active level, from one fine path each.

    The error of a scheme is |x - y|^2, with x its state and y that of the reference at the end, or
    test(x) - test(y) for a test function of the state.

    Attributes
    ----------
    steps : tuple of Step
        The schemes.
    reference : Step or None
        What steps along the finest grid to y; None compares each scheme with its own finest level.
    noise : Source
        The drivers of the finest grid.
    layout : Layout
        The rows of these drivers.
    paths, dim : int
        Number of paths; numbers in the state, 0 for a plain float.
    t0, T : float
        First and last time.
    top : int
        The coarsest level: level q has 2^(top - q) steps, for q = 0, ..., top.
    active : ndarray of bool, shape (top + 1,)
        The levels that are wanted.
    starts : ndarray
        Initial states: one row, or one row for each path.
    args : tuple
        Parameters of the schemes: floats, arrays, and tuples of them.
    test : callable, optional
        The test function.
    lam : float
        The lambda of the equation, for schemes that take it.
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
    starts: Array
    args: tuple[Any, ...] = ()
    test: TestFunction | None = None
    lam: float = 0.0

    @property
    def work(self) -> float:
        """The path-steps in all, each as long as one normal."""
        return 2.0 * self.paths * 2**self.top * max(1, self.noise.size) * len(self.steps)

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path: none."""
        return 0

    @functools.cached_property
    def addresses(self) -> tuple[Integers, int, int]:
        """The addresses of the schemes, the reference and the comparison, found once for all."""
        advances = np.array([self._pointer(step).address for step in self.steps])
        refer = NO_REFERENCE
        if self.reference is not None:
            refer = self._pointer(self.reference).address
        if self.test is None:
            return advances, refer, square_error().address
        return advances, refer, compile_comparison(self.test, self.dim, self.starts[0]).address

    def __getstate__(self) -> dict[str, Any]:
        """Return the plain data: addresses mean nothing in another process."""
        return {name: value for name, value in vars(self).items() if name != "addresses"}

    def prepare(self) -> None:
        """Compile the block steps, by computing no block."""
        with explain_refusals(self._functions()):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def _functions(self) -> tuple[tuple[Any, str], ...]:
        """Return the user's functions that are called: those of the schemes, and the test."""
        parts = [part for step in self.steps for part in step.functions]
        if self.reference is not None:
            parts.extend(self.reference.functions)
        if self.test is not None:
            parts.append((self.test, "test"))
        return tuple(dict.fromkeys(parts))

    def _pointer(self, step: Step) -> Pointer:
        """Return the pointer of a scheme's block step."""
        places = self.layout.places(step.drivers)
        start = np.array([self.t0, *self.starts[0]])
        return compile_block_step(step, places, self.layout.rows, self.dim, self.args, start)

    def compute(
        self, first: int, last: int, rows: Array | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Return the records (blocks, 7, schemes x levels) of errors, finest level first."""
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
                pack_fills(fills),
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
        return Partial(first=first, rows=None, records=out, health=health)
