"""All levels and all schemes of a strong-order study from one fine path, in one pass and O(levels)
memory.

A binary counter: after fine step j, while bit q of j is 1, the pending half of level q + 1 merges
with the current drivers (`engine.random.drivers` has the rules) and every scheme of that level
takes its step. So every level of every scheme is driven by the same path, and nothing is stored.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.jit import kernel, leaf, routine
from stochcalc.engine.functions.assemble import Step, advancer, explained, tester
from stochcalc.engine.loop.march import start_block
from stochcalc.engine.loop.runner import Partial
from stochcalc.engine.random.drivers import Layout, merging
from stochcalc.engine.random.sources import Source
from stochcalc.engine.registers.small_systems import square
from stochcalc.engine.registers.vec import load, store
from stochcalc.engine.statistics import FIELDS, LANES, block_moments

TILE = 4


@leaf
def square_error(x, y):
    """What strong studies compare: |x - y|^2."""
    return square(x - y)


@functools.lru_cache(maxsize=512)
def difference(test: Any) -> Any:
    """What weak studies compare: test(x) - test(y), two expectations on the same paths."""
    return leaf(lambda x, y: test(x) - test(y))


@routine
def copy(source, target):
    """Copy lanes; a slice assignment would do, and take a second to compile."""
    for i in range(len(target)):
        for lane in range(LANES):
            target[i, lane] = source[i, lane]


@leaf
def no_reference(t, dt, x, noise, args):
    """Stand-in for the reference when every scheme is compared with its own finest level."""
    return x


def _linked(place: int, advances: tuple[Any, ...], dim: int, noise: int) -> Any:
    """A leaf that lets every scheme from `place` on take its step at level q: one loop over lanes
    each.
    """
    advance = advances[0]
    if len(advances) == 1:

        @leaf
        def last(x, q, t, h, now, args):
            y = x[place, q]
            for lane in range(LANES):
                store(y, lane, advance(t, h, load(y, lane, dim), load(now, lane, noise), args))

        return last
    rest = _linked(place + 1, advances[1:], dim, noise)

    @leaf
    def each(x, q, t, h, now, args):
        y = x[place, q]
        for lane in range(LANES):
            store(y, lane, advance(t, h, load(y, lane, dim), load(now, lane, noise), args))
        rest(x, q, t, h, now, args)

    return each


@functools.lru_cache(maxsize=512)
def levels_kernel(
    advances: tuple[Any, ...], refer: Any, compare: Any, dim: int, noise: int, merge: Any
) -> Any:
    """Compile the pass.

    Level q has 2^(top - q) steps; `compare(state, reference)` at the end leaves as records.
    """
    rows, width, schemes = max(dim, 1), max(noise, 1), len(advances)
    step_all = _linked(0, advances, dim, noise)

    @kernel
    def run(
        first_block,
        last_block,
        paths,
        fills,
        t0,
        T,
        top,
        active,
        starts,
        args,
        own,
        out,
        health,
        stop,
    ):
        n = 1 << top
        x, reference = np.empty((schemes, top + 1, rows, LANES)), np.empty((rows, LANES))
        buffer, pending = np.empty((TILE, width, LANES)), np.empty((top + 1, width, LANES))
        current, error, scratch, worst = (
            np.empty((width, LANES)),
            np.empty(LANES),
            np.empty(LANES),
            np.empty(LANES),
        )
        for block in range(first_block, last_block):
            first = block * LANES
            count = min(LANES, paths - first)
            start_block(reference, starts, first, paths)
            for s in range(schemes):
                for q in range(top + 1):
                    copy(reference, x[s, q])
            for k in range(n):
                if k % TILE == 0:
                    if stop[0] != 0:
                        return
                    for row, fill, ids, roots, table in fills:
                        fill(ids, roots, table, first, k, min(TILE, n - k), buffer, row)
                h = (T - t0) / n
                copy(buffer[k % TILE], current)
                if not own:
                    for lane in range(LANES):
                        store(
                            reference,
                            lane,
                            refer(
                                t0 + k * h,
                                h,
                                load(reference, lane, dim),
                                load(current, lane, noise),
                                args,
                            ),
                        )
                j, q = k, 0
                while True:
                    if active[q]:
                        step_all(x, q, t0 + j * h, h, current, args)
                    if j & 1 == 0:
                        break
                    merge(pending[q], current, h)
                    j, q, h = j >> 1, q + 1, 2.0 * h
                copy(current, pending[q])
            for lane in range(LANES):
                worst[lane] = 0.0
            for s in range(schemes):
                if own:
                    copy(x[s, 0], reference)
                for q in range(top + 1):
                    y = x[s, q]
                    for lane in range(LANES):
                        error[lane] = compare(load(y, lane, dim), load(reference, lane, dim))
                    block_moments(
                        error, count, scratch, out[block - first_block, :, s * (top + 1) + q]
                    )
                    if active[q]:
                        for lane in range(LANES):
                            worst[lane] += abs(error[lane])  # so that inf and nan stick
            bad, first_bad = 0, -1
            for lane in range(count):
                if not np.isfinite(worst[lane]):
                    bad += 1
                    first_bad = first + lane if first_bad < 0 else first_bad
            health[block - first_block, 0], health[block - first_block, 1] = bad, first_bad

    return run


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

    @property
    def work(self) -> float:
        """Path-steps in all."""
        return 2.0 * self.paths * 2**self.top * max(1, self.noise.size) * len(self.steps)

    @property
    def columns(self) -> int:
        """Nothing is stored."""
        return 0

    def prepare(self) -> None:
        """Compile, by computing nothing."""
        tests = () if self.test is None else ((self.test, "test"),)
        with explained(tuple(part for step in self.steps for part in step.functions) + tests):
            self.compute(0, 0, None, np.zeros(1, np.uint8))

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """Records (blocks, 7, schemes x levels) of errors, finest level first."""
        advances = tuple(advancer(step, self.layout) for step in self.steps)
        refer = no_reference if self.reference is None else advancer(self.reference, self.layout)
        layout = self.layout
        merge = merging(layout)
        compare = square_error if self.test is None else difference(tester(self.test, self.dim))
        run = levels_kernel(advances, refer, compare, self.dim, layout.rows, merge)
        fills = self.noise.open(first * LANES, min(last * LANES, self.paths))
        out = np.empty((last - first, FIELDS, len(self.steps) * (self.top + 1)))
        health = np.zeros((last - first, 2), np.int64)
        run(
            first,
            last,
            self.paths,
            fills,
            self.t0,
            self.T,
            self.top,
            self.active,
            self.starts,
            self.args,
            self.reference is None,
            out,
            health,
            stop,
        )
        return Partial(first, None, out, health)
