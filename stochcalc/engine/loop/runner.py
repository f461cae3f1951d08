"""Everything that loops over paths goes through here.

A *job* is a plain description (functions, numbers, arrays) whose result for a block of 256 paths is
a pure function of (job, block id). So blocks may run in any order, on threads or in other
processes, twice if need be; records meet in a tree indexed by block id, stored rows go to their
place, and the answer has the same bits every time.
"""

from __future__ import annotations

import concurrent.futures as futures
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import cloudpickle
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.loop.job import Job, Partial
from stochcalc.engine.loop.progress import progress_bar
from stochcalc.engine.loop.ranges import Ranges
from stochcalc.engine.loop.tasks import Tasks, first_chunk, results, timed
from stochcalc.engine.loop.workers import available_workers, check_workers
from stochcalc.engine.statistics import LANES, Record, Tree, blocks_of

INLINE_WORK = 1e6  # path-steps below which a pool costs more than it brings


@dataclass
class State:
    """How far a run has come: its finished blocks, pending tree nodes and health.

    It can be saved and resumed, and united with the state of another shard.

    `batches` are ranges of blocks with a tree each: one for everything, or several for a standard
    error of any function of the mean.
    """

    batches: Sequence[range]
    trees: list[Tree] = field(init=False)
    finished: Ranges = field(default_factory=Ranges)
    nonfinite: int = 0
    first_nonfinite: int = -1

    def __post_init__(self) -> None:
        self.trees = [Tree() for _ in self.batches]

    def add(self, part: Partial) -> None:
        """Count a finished range of blocks; a range that was finished before changes nothing."""
        blocks = range(part.first, part.first + len(part.health))
        if self.finished.contains(blocks.start, blocks.stop):
            return
        if self.finished.overlaps(blocks.start, blocks.stop):
            raise ValueError(
                f"blocks {blocks.start} to {blocks.stop - 1} are finished in part: repeat ranges "
                f"as they were cut"
            )
        self.finished.add(blocks.start, blocks.stop)
        if part.records is not None:
            for batch, tree in zip(self.batches, self.trees):
                low = max(batch.start, blocks.start)
                high = min(batch.stop, blocks.stop)
                if low < high:
                    tree.add(low, part.records[low - blocks.start : high - blocks.start])
        self._note(int(part.health[:, 0].sum()), [int(path) for bad, path in part.health if bad])

    def union(self, other: State) -> None:
        """Take in a shard: the state of the same job over other blocks."""
        for blocks in other.finished:
            if self.finished.overlaps(blocks.start, blocks.stop):
                raise ValueError(
                    f"shards overlap in blocks {blocks.start} to {blocks.stop - 1}: give each its "
                    f"own blocks"
                )
        for blocks in other.finished:
            self.finished.add(blocks.start, blocks.stop)
        for tree, more in zip(self.trees, other.trees):
            tree.union(more)
        self._note(other.nonfinite, [other.first_nonfinite] if other.nonfinite else [])

    def _note(self, nonfinite: int, paths: list[int]) -> None:
        self.nonfinite += nonfinite
        if paths:
            known = [self.first_nonfinite] if self.first_nonfinite >= 0 else []
            self.first_nonfinite = min(paths + known)

    @property
    def record(self) -> Record:
        """The merged record (7, S) of all finished blocks, if there is one batch."""
        return self.trees[0].total()

    @property
    def records(self) -> NDArray[np.float64]:
        """The merged records of the batches, shape (batches, 7, S)."""
        return np.stack([tree.total() for tree in self.trees])


def run(
    job: Job,
    *,
    blocks: range | None = None,
    batches: Sequence[range] | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
    chunk: int | None = None,
) -> tuple[NDArray[np.float64] | None, State]:
    """Map the job over its blocks and merge: (rows or None, state).

    `blocks` restricts the run to a shard; `batches` are consecutive ranges of blocks that get a
    record each; `chunk` fixes the number of blocks per task (else 20 to 100 ms of them).
    KeyboardInterrupt is raised within a tile of steps; no thread outlives the call.
    """
    threads = check_workers(workers, executor)
    blocks = blocks if blocks is not None else range(blocks_of(job.paths))
    state = State(batches or [range(blocks_of(job.paths))])
    rows = None
    offset = blocks.start * LANES
    if job.columns:
        rows = np.empty((min(blocks.stop * LANES, job.paths) - offset, job.columns))

    def target(first: int, last: int) -> Any:
        if rows is None:
            return None
        return rows[first * LANES - offset : min(last * LANES, job.paths) - offset]

    stop = np.zeros(1, np.uint8)
    if executor is None:
        # Before the threads start: compiling is serial anyway.
        job.prepare()
    tasks = Tasks(blocks, chunk or first_chunk(job, threads if executor is None else 4))
    work = job.work * len(blocks) / blocks_of(job.paths)
    if executor is None and (len(blocks) <= 1 or threads == 1) and work < INLINE_WORK:
        with progress_bar(progress, len(blocks)) as advance:
            state.add(
                job.compute(blocks.start, blocks.stop, target(blocks.start, blocks.stop), stop)
            )
            advance(len(blocks))
        return rows, state
    if executor is None:
        pool = futures.ThreadPoolExecutor(threads, thread_name_prefix="stochcalc")

        def submit(first: int, last: int) -> futures.Future[Any]:
            return pool.submit(timed, job.compute, first, last, target(first, last), stop)
    else:
        pool = None
        threads = 2 * available_workers()
        payload = cloudpickle.dumps(job)

        def submit(first: int, last: int) -> futures.Future[Any]:
            return executor.submit(_compute_elsewhere, payload, first, last)

    try:
        with progress_bar(progress, len(blocks)) as advance:
            for part in results(tasks, submit, 2 * threads, fixed=chunk is not None):
                if executor is not None and part.rows is not None:
                    target(part.first, part.first + len(part.health))[:] = part.rows
                state.add(part)
                advance(len(part.health))
    except BaseException:
        stop[0] = 1
        raise
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
    return rows, state


def rows(job: Job, **options: Any) -> NDArray[np.float64]:
    """Run a job that stores numbers of each path; return them, shape (paths, columns).

    The options are those of `run`; with `blocks` the rows are those of the shard.
    """
    stored, _ = run(job, **options)
    if stored is None:
        raise ValueError("the job stores no rows: ask for its record")
    return stored


def record(job: Job, **options: Any) -> Record:
    """Run a job that keeps statistics; return the merged record, shape (7, S).

    The options are those of `run`.
    """
    _, state = run(job, **options)
    return state.record


def warn_nonfinite(state: State, paths: int, what: str, remedy: str) -> None:
    """Give one RuntimeWarning if paths of a run left the finite range; they still count."""
    if state.nonfinite:
        checks.warn_user(
            f"{state.nonfinite} of {paths} {what} left the finite range, first path "
            f"{state.first_nonfinite}: {remedy}"
        )


@functools.lru_cache(maxsize=8)
def _unpacked(payload: bytes) -> Job:
    job: Job = cloudpickle.loads(payload)
    job.prepare()
    return job


def _compute_elsewhere(payload: bytes, first: int, last: int) -> tuple[float, Partial]:
    """In another process: unpack the description once, compile it there, compute these blocks."""
    return timed(_unpacked(payload).compute, first, last, None, np.zeros(1, np.uint8))
