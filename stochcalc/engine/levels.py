"""All levels of a strong-order study from one fine Brownian path, in one pass and O(levels) memory.

A binary counter: after fine step j, while bit q of j is 1, the pending half of level q + 1 merges with the current
increment and that level takes its step. So every level is driven by the same path, and nothing is stored.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.functions import assemble, explained, state
from stochcalc.engine.jit import kernel, leaf
from stochcalc.engine.march import start_block
from stochcalc.engine.noise import Source
from stochcalc.engine.runner import Partial
from stochcalc.engine.statistics import FIELDS, LANES, block_moments
from stochcalc.engine.vec import load, store

TILE = 4


@leaf
def no_reference(t, dt, x, noise, args):
    """Stand-in for the exact step when the finest level is its own reference."""
    return x


@functools.lru_cache(maxsize=512)
def levels_kernel(advance: Any, exact: Any, dim: int, noise: int, seen: int) -> Any:
    """Compile the pass: `advance` steps every active level, `exact` the reference on the finest grid.

    `noise` counts the rows the scheme sees (0: a float), `seen` those of the exact step, which come from the same rows
    and may be more. Level q has 2^(top - q) steps; squared errors against the reference leave as records.
    """
    rows, width = max(dim, 1), max(noise, 1)

    @kernel
    def run(first_block, last_block, paths, fills, t0, T, top, active, starts, args, refer, out, health, stop):
        n = 1 << top
        x, reference = np.empty((top + 1, rows, LANES)), np.empty((rows, LANES))
        buffer, pending = np.empty((TILE, max(width, seen), LANES)), np.empty((top + 1, width, LANES))
        current, error, scratch, worst = np.empty((width, LANES)), np.empty(LANES), np.empty(LANES), np.empty(LANES)
        for block in range(first_block, last_block):
            first = block * LANES
            count = min(LANES, paths - first)
            start_block(reference, starts, first, paths)
            for q in range(top + 1):
                x[q] = reference
            for k in range(n):
                if k % TILE == 0:
                    if stop[0] != 0:
                        return
                    for row, fill, ids, roots, table in fills:
                        fill(ids, roots, table, first, k, min(TILE, n - k), buffer, row)
                h = (T - t0) / n
                now = buffer[k % TILE]
                if refer:
                    for lane in range(LANES):
                        store(reference, lane, exact(t0 + k * h, h, load(reference, lane, dim), load(now, lane, seen), args))
                for i in range(width):
                    for lane in range(LANES):
                        current[i, lane] = now[i, lane]
                j, q = k, 0
                while True:
                    if active[q]:
                        y, t = x[q], t0 + j * h
                        for lane in range(LANES):
                            store(y, lane, advance(t, h, load(y, lane, dim), load(current, lane, noise), args))
                    if j & 1 == 0:
                        break
                    for i in range(width):
                        for lane in range(LANES):
                            current[i, lane] = pending[q, i, lane] + current[i, lane]
                    j, q, h = j >> 1, q + 1, 2.0 * h
                pending[q] = current
            if not refer:
                reference[:] = x[0]
            bad, first_bad = 0, -1
            worst[:] = 0.0
            for q in range(top + 1):
                for lane in range(LANES):
                    error[lane] = 0.0
                for i in range(rows):
                    for lane in range(LANES):
                        d = x[q, i, lane] - reference[i, lane]
                        error[lane] += d * d
                block_moments(error, count, scratch, out[block - first_block, :, q])
                if active[q]:
                    for lane in range(LANES):
                        worst[lane] += error[lane]      # squares: inf and nan stick
            for lane in range(count):
                if not np.isfinite(worst[lane]):
                    bad += 1
                    first_bad = first + lane if first_bad < 0 else first_bad
            health[block - first_block, 0], health[block - first_block, 1] = bad, first_bad

    return run


@dataclass(frozen=True, eq=False)
class Levels:
    """A job: squared errors of one scheme at every active level, from one fine path each.

    `exact` is a step x -> x(t + dt) given noise = (dW, ...), or None to compare with level 0.
    """

    step: Callable[..., Any]
    functions: tuple[tuple[Any, str], ...]
    exact: Callable[..., Any] | None
    noise: Source
    exact_noise: int
    fine_noise: Source
    paths: int
    dim: int
    t0: float
    T: float
    top: int
    active: NDArray[np.bool_]
    starts: NDArray[np.float64]
    args: tuple[Any, ...] = ()

    @property
    def work(self) -> float:
        """Path-steps in all."""
        return 2.0 * self.paths * 2**self.top * max(1, self.fine_noise.size)

    @property
    def columns(self) -> int:
        """Nothing is stored."""
        return 0

    def prepare(self) -> None:
        """Compile, by computing nothing."""
        with explained(self.functions):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]) -> Partial:
        """Records (blocks, 7, levels) of squared errors, finest level first."""
        advance, _ = assemble(self.step, self.functions, state)
        exact = no_reference if self.exact is None else assemble(self.exact, (), state)[0]
        run = levels_kernel(advance, exact, self.dim, self.noise.size, self.exact_noise)
        fills = self.fine_noise.open(first * LANES, min(last * LANES, self.paths))
        out, health = np.empty((last - first, FIELDS, self.top + 1)), np.zeros((last - first, 2), np.int64)
        run(first, last, self.paths, fills, self.t0, self.T, self.top, self.active, self.starts, self.args,
            self.exact is not None, out, health, stop)
        return Partial(first, None, out, health)
