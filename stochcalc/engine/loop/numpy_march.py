"""The time loop in NumPy: for functions of arrays, and for those that Numba cannot compile.

It takes the same steps, drivers and noise as the loop over lanes, some thousand paths at a time.
Every function is called once for each step and group of paths, so this loop costs some ten times as
much as the compiled one, and more where a function takes floats only and is called path by path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.numpy_calls import call_condition, stack_rows, take_drivers, vectorize
from stochcalc.engine.loop.numpy_weights import LogWeight
from stochcalc.engine.portable import Portable
from stochcalc.engine.random.fills import draw, pack_fills
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import FIELDS, LANES, block_records, blocks_of, count_nonfinite
from stochcalc.typing import Array, Integers

GROUP = 16  # blocks that move together
TILE = 8  # steps of noise drawn at once


_DRAW = void(int64[:, ::1], int64, int64, int64, float64[:, :, ::1])


@pointer(_DRAW)
def draw_block(fills, first, k, count, buffer):
    """Let the fills write the noise of a few steps of one block."""
    draw(fills, first, k, count, buffer)


@dataclass(frozen=True, eq=False)
class Batch(Portable):
    """A job like `March` that is computed in NumPy, and observes the state itself.

    Attributes
    ----------
    step : Step
        What moves the state.
    how : tuple of str
        How each function of the step is called: see `vectorize`.
    noise : Source
        What drives the step.
    paths, dim : int
        Number of paths; numbers in the state, 0 for a plain float.
    times, steps : ndarray, shapes (n + 1,) and (n,)
        The grid and the lengths of its steps.
    starts : ndarray
        Initial states: one row, or one row for each path.
    keep : ndarray of int
        After how many steps to observe, increasing; 0 for the start.
    args : tuple
        Parameters of the step.
    layout : Layout
        The rows of the noise.
    save_rows : bool
        Whether the numbers of every path are stored; if not, statistics are kept.
    lam : float
        The lambda of the equation, for steps that take it.
    stop : callable, optional
        stop(t, x, *args), the condition that stops a path. Then the time of the stop is observed
        below the state, or, for statistics, whether it has come, and the earlier of it and t.
    stop_how : str
        How the condition is called.
    weight : LogWeight, optional
        The weight of a path. Then its logarithm is observed below the state, or, for statistics,
        the weight itself and the weight times the state.
    """

    step: Step
    how: tuple[str, ...]
    noise: Source
    paths: int
    dim: int
    times: Array
    steps: Array
    starts: Array
    keep: Integers
    args: tuple[Any, ...]
    layout: Layout
    save_rows: bool = True
    lam: float = 0.0
    stop: Callable[..., Any] | None = None
    stop_how: str = "each"
    weight: LogWeight | None = None

    @property
    def kept(self) -> int:
        """How many numbers are observed: those of the state, and those of the stop or weight."""
        size = max(self.dim, 1)
        if self.stop is None and self.weight is None:
            return size
        if self.save_rows:
            return size + 1
        if self.stop is not None:
            return size + 2
        return size + 1 + size

    @property
    def work(self) -> float:
        """The path-steps in all, weighted for what NumPy costs."""
        return 20.0 * self.paths * len(self.steps) * max(1, self.noise.size)

    @property
    def columns(self) -> int:
        """How many numbers are stored of each path."""
        if self.save_rows:
            return len(self.keep) * self.kept
        return 0

    def prepare(self) -> None:
        """Do nothing: what is compiled, the fills, is compiled when it is opened."""

    def compute(
        self, first: int, last: int, rows: Array | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Return the result of blocks first .. last - 1."""
        start = first * LANES
        end = min(last * LANES, self.paths)
        width = len(self.keep) * self.kept
        fills = self.noise.open(start, end)  # alive as long as the table
        table = pack_fills(fills)
        records = None
        if not self.save_rows:
            records = np.empty((last - first, FIELDS, width))
        elif rows is None:
            rows = np.empty((max(end - start, 0), width))
        health = np.zeros((last - first, 2), np.int64)
        for block in range(first, last, GROUP):
            low = block * LANES
            high = min(low + GROUP * LANES, end)
            kept, x = self._move(table, low, high, stop)
            if kept is None:
                break
            if rows is not None:
                rows[low - start : high - start] = kept
            if records is not None:
                place = block - first
                records[place : place + blocks_of(high - low)] = block_records(kept)
            states = x.reshape(-1, high - low).T
            place = block - first
            filled = blocks_of(high - low)
            health[place : place + filled] = count_nonfinite(states, filled, low)
        return Partial(first=first, rows=rows, records=records, health=health)

    def _move(
        self, table: Integers, low: int, high: int, stop: NDArray[np.uint8]
    ) -> tuple[Array | None, Array]:
        """Return (what is kept of paths low .. high - 1, their last states).

        What is kept is None if the run was stopped.
        """
        paths = high - low
        functions = [
            vectorize(function, kind, how)
            for (function, kind), how in zip(self.step.functions, self.how)
        ]
        x = self._starts(low, high)
        kept = np.empty((paths, len(self.keep), self.kept))
        saved = 0
        stops = np.full(paths, NEVER)
        logs = np.zeros(paths)
        n = len(self.steps)
        with np.errstate(all="ignore"):  # what is not finite is counted and reported
            for k in range(n + 1):
                if self.stop is not None:
                    t = float(self.times[k])
                    holds = call_condition(self.stop, self.stop_how, t, x, self.args)
                    stops = np.where(holds == 1.0, np.minimum(stops, t), stops)
                    x = np.where(np.isnan(holds), np.nan, x)
                if saved < len(self.keep) and self.keep[saved] == k:
                    kept[:, saved] = self._observe(k, x, stops, logs)
                    saved += 1
                if k == n:
                    break
                if k % TILE == 0:
                    if stop[0]:
                        return None, x
                    noise = self._draw(table, low, high, k)
                moved = self._advance(functions, k, x, noise[k % TILE])
                if self.stop is not None:
                    moved = np.where(stops < NEVER, x, moved)
                if self.weight is not None:
                    logs = logs + self._weigh(self.weight, k, x, moved, noise[k % TILE])
                    logs = np.maximum(logs, -NEVER)  # -inf is the weight 0; nan stays nan
                x = moved
        if self.weight is not None:
            x = np.vstack([x, logs])
        return kept.reshape(paths, -1), x

    def _weigh(self, weight: LogWeight, k: int, before: Array, after: Array, noise: Array) -> Array:
        """Return what the logarithms of the weights gain in step k, shape (paths,)."""
        (dW,) = take_drivers(self.layout, ("dW",), noise)
        return weight.change(
            float(self.times[k]), float(self.steps[k]), before, after, dW, self.args
        )

    def _observe(self, k: int, x: Array, stops: Array, logs: Array) -> Array:
        """Return what is kept of the states after k steps, shape (paths, kept)."""
        rows = list(x.reshape(-1, len(stops)))
        if self.stop is not None and self.save_rows:
            rows.append(stops)
        elif self.stop is not None:
            rows.append((stops < NEVER).astype(float))
            rows.append(np.minimum(stops, self.times[k]))
        if self.weight is not None and self.save_rows:
            rows.append(logs)
        elif self.weight is not None:
            z = np.exp(logs)
            rows.extend([z, *(z * row for row in rows)])
        return np.stack(rows, axis=1)

    def move_once(self, k: int, x: Array, low: int) -> Array:
        """Return the states after step k alone, from states x, (paths,) or (dim, paths).

        The first of the paths is number `low`, which begins a block.
        """
        high = low + x.shape[-1]
        fills = self.noise.open(low, high)  # alive as long as the table
        noise = self._draw(pack_fills(fills), low, high, k - k % TILE)
        parts = zip(self.step.functions, self.how)
        functions = [vectorize(function, kind, how) for (function, kind), how in parts]
        with np.errstate(all="ignore"):
            return self._advance(functions, k, x, noise[k % TILE])

    def _starts(self, low: int, high: int) -> Array:
        """Return the initial states of paths low .. high - 1, shape (paths,) or (dim, paths)."""
        if len(self.starts) > 1:
            starts = self.starts[low:high].T.copy()
        else:
            starts = np.repeat(self.starts.T, high - low, axis=1)
        if self.dim == 0:
            return starts[0]
        return starts

    def _draw(self, table: Integers, low: int, high: int, k: int) -> Array:
        """Return the noise (steps, rows, paths) of the steps from k on, for paths low, ..."""
        blocks = blocks_of(high - low)
        rows = max(self.noise.size, 1)
        buffer = np.empty((blocks, TILE, rows, LANES))
        count = min(TILE, len(self.steps) - k)
        for i in range(blocks):
            draw_block()(table, low + i * LANES, k, count, buffer[i])
        return buffer.transpose(1, 2, 0, 3).reshape(TILE, rows, -1)[:, :, : high - low]

    def _advance(
        self, functions: list[Callable[..., Any]], k: int, x: Array, noise: Array
    ) -> Array:
        """Return the states after step k."""
        drivers = take_drivers(self.layout, self.step.drivers, noise)
        tail = (self.args, self.lam) if self.step.reading else (self.args,)
        t = float(self.times[k])
        dt = float(self.steps[k])
        moved = self.step.function(*functions, t, x, dt, *drivers, *tail)
        if isinstance(moved, tuple):
            moved = stack_rows(moved, x.shape[-1])
        if np.shape(moved) != x.shape:
            raise ValueError(
                f"the step returned an array of shape {np.shape(moved)} for states of "
                f"shape {x.shape}: it must return the new states"
            )
        return moved
