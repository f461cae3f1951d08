"""Everything that loops over paths goes through here.

A *job* is a plain description (functions, numbers, arrays) whose result for a block of 256 paths is
a pure function of (job, block id). So blocks may run in any order, on threads or in other
processes, twice if need be; records meet in a tree indexed by block id, stored rows go to their
place, and the answer has the same bits every time.
"""

from __future__ import annotations

import concurrent.futures as futures
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numba import cloudpickle
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.loop.ranges import Ranges
from stochcalc.engine.loop.workers import available_workers, check_workers
from stochcalc.engine.statistics import LANES, Record, Tree, blocks_of

SHORTEST_TASK, LONGEST_TASK = (
    0.02,
    0.1,
)  # seconds: long enough to hide Python, short enough to stop soon
INLINE_WORK = 1e6  # path-steps below which a pool costs more than it brings


@dataclass
class Partial:
    """What a range of blocks leaves: rows (paths, columns), or records (blocks, 7, S), and health
    (blocks, 2).
    """

    first: int
    rows: NDArray[np.float64] | None
    records: NDArray[np.float64] | None
    health: NDArray[np.int64]


class Job(Protocol):
    """A pure function of block ids, described by plain data, so that it can travel to another
    process.
    """

    @property
    def paths(self) -> int:
        """Number of paths."""

    @property
    def work(self) -> float:
        """Path-steps in all, for choosing how many blocks make a task."""

    @property
    def columns(self) -> int:
        """Numbers stored per path; 0 if the job keeps statistics."""

    def prepare(self) -> None:
        """Compile whatever `compute` needs in this process."""

    def compute(
        self, first: int, last: int, rows: NDArray[np.float64] | None, stop: NDArray[np.uint8]
    ) -> Partial:
        """The result of blocks first ..

        last - 1; stored numbers are written into `rows` if it is given.
        """


@dataclass
class State:
    """How far a run has come: finished blocks, pending tree nodes, health. It can be saved, resumed
    and united.

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
                low, high = max(batch.start, blocks.start), min(batch.stop, blocks.stop)
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
        return (
            None
            if rows is None
            else rows[first * LANES - offset : min(last * LANES, job.paths) - offset]
        )

    stop = np.zeros(1, np.uint8)
    if executor is None:
        job.prepare()  # here, before the threads start: compiling is serial anyway
    tasks = _Tasks(blocks, chunk or _first_chunk(job, threads if executor is None else 4))
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
            return pool.submit(_timed, job.compute, first, last, target(first, last), stop)
    else:
        pool, threads, payload = None, 2 * available_workers(), cloudpickle.dumps(job)

        def submit(first: int, last: int) -> futures.Future[Any]:
            return executor.submit(_compute_elsewhere, payload, first, last)

    try:
        with progress_bar(progress, len(blocks)) as advance:
            for seconds, part in _results(tasks, submit, 2 * threads):
                tasks.adapt(seconds, len(part.health), fixed=chunk is not None)
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


def warn_nonfinite(state: State, paths: int, what: str, remedy: str) -> None:
    """One RuntimeWarning for the paths of a run that left the finite range: nothing is dropped in
    silence.
    """
    if state.nonfinite:
        checks.warn_user(
            f"{state.nonfinite} of {paths} {what} left the finite range, first path "
            f"{state.first_nonfinite}: {remedy}"
        )


class _Tasks:
    """Ranges of blocks, handed out in order, sized so that a task takes 20 to 100 ms."""

    def __init__(self, blocks: range, chunk: int) -> None:
        self.next, self.stop, self.chunk = blocks.start, blocks.stop, max(1, chunk)

    def take(self) -> tuple[int, int] | None:
        if self.next >= self.stop:
            return None
        first, self.next = self.next, min(self.next + self.chunk, self.stop)
        return first, self.next

    def adapt(self, seconds: float, blocks: int, *, fixed: bool) -> None:
        if fixed or not blocks:
            return
        if seconds < SHORTEST_TASK and blocks >= self.chunk:
            self.chunk *= 2
        elif seconds > LONGEST_TASK:
            self.chunk = max(1, self.chunk // 2)


def _first_chunk(job: Job, threads: int) -> int:
    """A guess at 20 ms of blocks (5 ns per path-step), and at least four tasks per thread."""
    blocks = blocks_of(job.paths)
    per_block = 5e-9 * job.work / blocks
    return max(
        1, min(int(SHORTEST_TASK / per_block) if per_block > 0 else blocks, blocks // (4 * threads))
    )


def _results(
    tasks: _Tasks, submit: Callable[[int, int], Any], ahead: int
) -> Iterator[tuple[float, Partial]]:
    pending: set[Any] = set()
    try:
        while True:
            while len(pending) < ahead and (task := tasks.take()) is not None:
                pending.add(submit(*task))
            if not pending:
                return
            done, pending = futures.wait(pending, timeout=0.1, return_when=futures.FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in pending:
            future.cancel()


def _timed(compute: Callable[..., Partial], *arguments: Any) -> tuple[float, Partial]:
    start = time.perf_counter()
    part = compute(*arguments)
    return time.perf_counter() - start, part


@functools.lru_cache(maxsize=8)
def _unpacked(payload: bytes) -> Job:
    job: Job = cloudpickle.loads(payload)
    job.prepare()
    return job


def _compute_elsewhere(payload: bytes, first: int, last: int) -> tuple[float, Partial]:
    """In another process: unpack the description once, compile it there, compute these blocks."""
    return _timed(_unpacked(payload).compute, first, last, None, np.zeros(1, np.uint8))


class progress_bar:
    """A context that yields `advance(count)`: tqdm if `progress` is true, the user's own if it is a
    callable.
    """

    def __init__(self, progress: Any, total: int, unit: str = "block") -> None:
        self.progress, self.total, self.unit = progress, total, unit
        self.bar: Any = None

    def __enter__(self) -> Callable[[int], Any]:
        if callable(self.progress):
            done = [0]

            def report(blocks: int) -> None:
                done[0] += blocks
                self.progress(done[0], self.total)

            return report
        if not self.progress:
            return lambda blocks: None
        try:
            from tqdm import tqdm
        except ImportError as error:
            raise ImportError(
                'progress=True needs tqdm: pip install "stochcalc[progress]"'
            ) from error
        self.bar = tqdm(total=self.total, unit=self.unit, leave=False)
        return self.bar.update

    def __exit__(self, *error: Any) -> None:
        if self.bar is not None:
            self.bar.close()
