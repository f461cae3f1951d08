"""The job of the loop over levels: which schemes to compare, with what, and on which levels."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.compiler.words import pack_parameters
from stochcalc.engine.functions.assemble import (
    Step,
    compile_block_step,
    join_parameters,
)
from stochcalc.engine.functions.comparisons import MEASURES, compile_comparison
from stochcalc.engine.functions.exact_path import ExactPath
from stochcalc.engine.functions.refusals import explain_errors, explain_refusals
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.level_loop import OWN_FINEST, STANDING, TILE, pass_through_levels
from stochcalc.engine.portable import Portable
from stochcalc.engine.random.fills import pack_fills
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import FIELDS, LANES, keep_records
from stochcalc.typing import Array, Integers, TestFunction

Reference: TypeAlias = Step | ExactPath | float | None  # what takes the place of the solution


@dataclass(frozen=True, eq=False)
class Levels(Portable):
    """A job: the errors of several schemes on every active level, from one fine path each.

    The error of a scheme is |x - y|^2 or |x - y|, with x its state and y that of the reference at
    the end, or test(x) - test(y) for a test function of the state. Where the steps have a running
    statistic r beside the state, r takes the place of x in distances, and a test is a function
    test(x, r).

    Attributes
    ----------
    steps : tuple of Step
        The schemes.
    reference : Step, ExactPath, float or None
        What steps along the finest grid to y; a number stands for test(y) itself; None compares
        each scheme with its own finest level.
    noise : Source
        The drivers of the finest grid.
    layout : Layout
        The rows of these drivers.
    paths, dim : int
        Number of paths; numbers in the state, 0 for a plain float.
    t0, T : float
        First and last time.
    n : int
        Steps of level 0, which is the finest.
    ratios : ndarray of int, shape (levels - 1,)
        A step of level q + 1 covers ratios[q] steps of level q.
    active : ndarray of bool, shape (levels,)
        The levels that are wanted.
    starts : ndarray, shape (1, rows)
        The initial state, with the statistic beside it.
    args : tuple
        Parameters of the schemes: floats, arrays, and tuples of them.
    test : callable, optional
        The test function.
    lam : float
        The lambda of the equation, for schemes that take it.
    measure : {"square", "distance", "difference"}
        What is recorded without a test: |x - y|^2, |x - y|, or the sum of the components of x - y.
    over_path : bool
        Whether the error is the largest of those after all steps of a level.
    """

    steps: tuple[Step, ...]
    reference: Reference
    noise: Source
    layout: Layout
    paths: int
    dim: int
    t0: float
    T: float
    n: int
    ratios: Integers
    active: NDArray[np.bool_]
    starts: Array
    args: tuple[Any, ...] = ()
    test: TestFunction | None = None
    lam: float = 0.0
    measure: str = "square"
    over_path: bool = False

    @property
    def work(self) -> float:
        """The path-steps in all, each as long as one normal."""
        return 2.0 * self.paths * self.n * max(1, self.noise.size) * len(self.steps)

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path: none."""
        return 0

    @functools.cached_property
    def addresses(self) -> tuple[Integers, int, int]:
        """The addresses of the schemes, the reference and the comparison, found once for all."""
        advances = np.array([self._pointer(step).address for step in self.steps])
        return advances, self._find_reference(), self._find_comparison().address

    def _find_reference(self) -> int:
        """Return the address of the reference's block step, or what stands in its place."""
        if self.reference is None:
            return OWN_FINEST
        if isinstance(self.reference, Step):
            return self._pointer(self.reference).address
        if isinstance(self.reference, ExactPath):
            return self.reference.compile(self.args, self.t0, self.starts[0]).address
        return STANDING

    def _find_comparison(self) -> Pointer:
        """Return the pointer of what compares two states."""
        if self.test is None:
            return MEASURES[self.measure]()
        step = self.steps[0]
        return compile_comparison(
            self.test,
            self.dim,
            self.starts[0],
            running=step.running is not None,
            beside=step.beside,
            number=isinstance(self.reference, float),
        )

    @property
    def _reference_starts(self) -> Array:
        """The initial state of the reference."""
        if isinstance(self.reference, ExactPath):
            motion = np.zeros((1, max(self.reference.size, 1)))
            return np.concatenate([self.starts, motion, self.starts], axis=1)
        if isinstance(self.reference, float):
            return np.array([[self.reference]])
        return self.starts

    def __getstate__(self) -> dict[str, Any]:
        """Return the plain data: addresses mean nothing in another process."""
        plain = super().__getstate__()
        return {name: value for name, value in plain.items() if name != "addresses"}

    def prepare(self) -> None:
        """Compile the block steps, by computing no block."""
        with explain_refusals(self._functions()):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def _functions(self) -> tuple[tuple[Any, str], ...]:
        """Return the user's functions that are called: those of the schemes, and the test."""
        parts = [part for step in self.steps for part in step.functions]
        if isinstance(self.reference, Step):
            parts.extend(self.reference.functions)
        if isinstance(self.reference, ExactPath):
            parts.append((self.reference.function, "exact"))
        if self.steps[0].running is not None:
            parts.append((self.steps[0].running, "running"))
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
        levels = len(self.active)
        height = max(self.dim, 1) + self.steps[0].rows_beside
        shown = 0
        if self.test is None and self.steps[0].running is not None:
            shown = max(self.dim, 1)
        reference_starts = self._reference_starts
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
                self.n,
                self.ratios,
                self.active,
                self.over_path,
                self.starts,
                reference_starts,
                pack_parameters(values),
                advances,
                refer,
                compare,
                keep_records().address,
                shown,
                self.layout.shape,
                np.empty((len(self.steps), levels, height, LANES)),
                np.empty((reference_starts.shape[1], LANES)),
                np.empty((TILE, width, LANES)),
                np.empty((levels, width, LANES)),
                np.empty((width, LANES)),
                np.empty(LANES),
                np.zeros((len(self.steps) * levels, LANES)),
                np.empty((1, LANES)),
                out,
                health,
                stop,
            )
        return Partial(first=first, rows=None, records=out, health=health)
