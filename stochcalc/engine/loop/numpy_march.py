"""The time loop in NumPy: for functions of arrays (`vectorized=True`), and for those that Numba
cannot compile.

The same steps, drivers and noise as in the lanes, a few thousand paths at a time; one call of each
function per step and group, so it costs some ten times as much as the compiled loop, and more where
a function takes floats only and is called path by path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, void
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop.runner import Partial
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.random.fills import draw, pack_fills
from stochcalc.engine.random.sources import Source
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.statistics import FIELDS, LANES, block_records

GROUP, TILE = 16, 8  # blocks that move together, and steps of noise drawn at once


_DRAW = void(int64[:, ::1], int64, int64, int64, float64[:, :, ::1])


@pointer(_DRAW)
def draw_block(fills, first, k, count, buffer):
    """Let the fills write the noise of a few steps of one block."""
    draw(fills, first, k, count, buffer)


def take(layout: Layout, names: tuple[str, ...], noise: NDArray[np.float64]) -> list[Any]:
    """The named drivers out of rows of noise (rows, paths), as `Layout.pick` takes them in the
    lanes.
    """
    m, width = layout.size, layout.width

    def rows(first: int, n: int) -> NDArray[np.float64]:
        return noise[first] if n == 0 else noise[first : first + n]

    def areas(drawn: bool, at: int) -> Any:
        if not layout.matrix:
            return 0.0
        A = np.zeros((m, m, noise.shape[1]))
        for i in range(m):
            for j in range(i + 1, m):
                if drawn:
                    A[i, j], A[j, i] = noise[at], -noise[at]
                at += 1
        return Matrix(A)

    makers = {
        "dW": lambda: rows(0, m),
        "I10": lambda: rows(width, m),
        "A": lambda: areas(layout.areas, layout.first_area),
        "V": lambda: areas(layout.loose, layout.first_loose),
        "rest": lambda: rows(layout.first_rest, 0 if layout.rest <= 1 else layout.rest),
    }
    return [makers[name]() for name in names]


def batched(function: Any, kind: str, how: str) -> Any:
    """f(t, x, *args) on arrays: x (paths,) or (dim, paths) in; (paths,), (dim, paths) or a Matrix
    out.

    `how`: "array" calls the function with x as it is, "tuple" with a tuple of components that are
    arrays, "each" with floats, path by path.
    """
    if kind == "lanes":
        return function

    def call(t: float, x: NDArray[np.float64], *args: Any) -> Any:
        paths = x.shape[-1]
        if how == "each":
            states = [
                float(one) if kind in ("scalar", "float") else tuple(map(float, one)) for one in x.T
            ]
            found = np.array([function(t, one, *args) for one in states], dtype=float)
            return _shaped(np.moveaxis(found, 0, -1), kind, paths)
        value = function(t, tuple(x) if how == "tuple" and x.ndim > 1 else x, *args)
        if kind == "vector" and np.ndim(value) == 0:
            return np.full(x.shape, value, dtype=float)  # the same for all components
        return _shaped(value, kind, paths)

    return call


def _shaped(value: Any, kind: str, paths: int) -> Any:
    if kind in ("scalar", "float"):
        return _filled(value, paths)
    if kind == "vector":
        return _stack(value, paths)
    if kind == "matrix":
        return Matrix(np.stack([_stack(row, paths) for row in value]))
    blocks = [np.concatenate([_stack(row, paths) for row in block]) for block in value]
    return Matrix(np.stack(blocks))


def _stack(items: Any, paths: int) -> NDArray[np.float64]:
    return np.stack([_filled(item, paths) for item in items])


def _filled(value: Any, paths: int) -> NDArray[np.float64]:
    return np.broadcast_to(np.asarray(value, dtype=float), (paths,))


@dataclass(frozen=True, eq=False)
class Batch:
    """A job like `March`, computed in NumPy; it observes the state itself.

    `how` says how each function is called.
    """

    step: Step
    how: tuple[str, ...]
    noise: Source
    paths: int
    dim: int
    times: NDArray[np.float64]
    steps: NDArray[np.float64]
    starts: NDArray[np.float64]
    keep: NDArray[np.int64]
    args: tuple[Any, ...]
    layout: Layout
    save_rows: bool = True
    lam: float = 0.0

    @property
    def kept(self) -> int:
        """Numbers observed: the state's."""
        return max(self.dim, 1)

    @property
    def work(self) -> float:
        """Path-steps in all, weighted for what NumPy costs."""
        return 20.0 * self.paths * len(self.steps) * max(1, self.noise.size)

    @property
    def columns(self) -> int:
        """Numbers stored per path."""
        return len(self.keep) * self.kept if self.save_rows else 0

    def prepare(self) -> None:
        """Nothing to compile that waits."""

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """The result of blocks first .. last - 1."""
        start, end = first * LANES, min(last * LANES, self.paths)
        width = len(self.keep) * self.kept
        fills = self.noise.open(start, end)
        table = pack_fills(fills)
        stored = (
            rows
            if rows is not None
            else np.empty((max(end - start, 0), width))
            if self.save_rows
            else None
        )
        records = None if self.save_rows else np.empty((last - first, FIELDS, width))
        health = np.zeros((last - first, 2), np.int64)
        for block in range(first, last, GROUP):
            low, high = block * LANES, min((block + GROUP) * LANES, end)
            found, x = self._group(table, low, high, stop)
            if found is None:
                break
            if stored is not None:
                stored[low - start : high - start] = found
            if records is not None:
                records[block - first : block - first + -(-(high - low) // LANES)] = block_records(
                    found
                )
            finite = np.isfinite(x).reshape(-1, high - low).all(axis=0)
            for path in np.flatnonzero(~finite)[::-1]:
                at = block - first + path // LANES
                health[at] = health[at, 0] + 1, low + path
        return Partial(first, stored, records, health)

    def _group(self, table: Any, low: int, high: int, stop: NDArray[np.uint8]) -> Any:
        """(what is kept of paths low .. high - 1, their last states); None if stopped."""
        paths, blocks = high - low, -(-(high - low) // LANES)
        functions = [
            batched(function, kind, how)
            for (function, kind), how in zip(self.step.functions, self.how)
        ]
        tail = (self.args, self.lam) if self.step.reading else (self.args,)
        if len(self.starts) > 1:
            each = self.starts[low:high].T.copy()
        else:
            each = np.repeat(self.starts.T, paths, axis=1)
        x = each[0] if self.dim == 0 else each
        found = np.empty((paths, len(self.keep), self.kept))
        buffer = np.empty((blocks, TILE, max(self.noise.size, 1), LANES))
        saved = 0
        n = len(self.steps)
        with np.errstate(all="ignore"):  # what is not finite is counted and reported
            for k in range(n + 1):
                if saved < len(self.keep) and self.keep[saved] == k:
                    found[:, saved] = x.reshape(self.kept, paths).T
                    saved += 1
                if k == n:
                    return found.reshape(paths, -1), x
                if k % TILE == 0:
                    if stop[0]:
                        return None, x
                    for i in range(blocks):
                        draw_block()(table, low + i * LANES, k, min(TILE, n - k), buffer[i])
                    noise = buffer.transpose(1, 2, 0, 3).reshape(TILE, buffer.shape[2], -1)[
                        :, :, :paths
                    ]
                drivers = take(self.layout, self.step.drivers, noise[k % TILE])
                moved = self.step.function(
                    *functions, float(self.times[k]), x, float(self.steps[k]), *drivers, *tail
                )
                if isinstance(moved, tuple):
                    moved = np.stack([_filled(item, paths) for item in moved])
                if np.shape(moved) != x.shape:
                    raise ValueError(
                        f"the step returned an array of shape {np.shape(moved)} for states of "
                        f"shape {x.shape}: it must return the new states"
                    )
                x = moved
        raise AssertionError("the loop returns at its last step")
