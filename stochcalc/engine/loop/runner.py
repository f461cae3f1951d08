"""The runner: everything that loops over paths goes through it.

A *job* is a plain description (functions, numbers, arrays) whose result for a block of 256 paths is
a pure function of (job, block number). So blocks may run in any order, on threads or in other
processes, and twice if need be. Records meet in a tree that is indexed by block numbers, stored
rows go to their place, and the answer has the same bits every time.
"""

from __future__ import annotations

import concurrent.futures as futures
import functools
from collections.abc import Sequence
from typing import TypedDict, Unpack

import numpy as np
from numba import cloudpickle
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.loop.fault_search import find_fault
from stochcalc.engine.loop.job import Job, Partial
from stochcalc.engine.loop.progress import check_progress, progress_bar
from stochcalc.engine.loop.run_state import State as State
from stochcalc.engine.loop.tasks import Submit, Tasks, guess_chunk, run_tasks, time_call
from stochcalc.engine.loop.workers import available_workers, check_workers
from stochcalc.engine.statistics import LANES, Record, blocks_of
from stochcalc.typing import Array, Executor, Progress, Workers

INLINE_WORK = 1e6  # path-steps below which a pool costs more than it brings
PROCESSES = 4  # a guess at the workers of an executor, for the size of the first tasks


class _Storage:
    """The place for the stored numbers of a run over some blocks.

    Attributes
    ----------
    rows : ndarray, shape (paths, columns), or None
        The stored numbers; None for a job that keeps statistics.
    """

    def __init__(self, job: Job, blocks: range) -> None:
        self.paths = job.paths
        self.offset = blocks.start * LANES
        self.rows: Array | None = None
        if job.columns:
            stored = min(blocks.stop * LANES, job.paths) - self.offset
            self.rows = np.empty((stored, job.columns))

    def place(self, first: int, last: int) -> Array | None:
        """Return the rows of blocks first .. last - 1."""
        if self.rows is None:
            return None
        return self.rows[first * LANES - self.offset : min(last * LANES, self.paths) - self.offset]

    def copy(self, part: Partial) -> None:
        """Copy the rows that came from another process to their place."""
        place = self.place(part.first, part.first + len(part.health))
        if place is not None and part.rows is not None:
            place[:] = part.rows


class Options(TypedDict, total=False):
    """The options of `run`."""

    blocks: range | None
    batches: Sequence[range] | None
    workers: Workers
    executor: Executor
    progress: Progress
    chunk: int | None


def run(
    job: Job,
    *,
    blocks: range | None = None,
    batches: Sequence[range] | None = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    chunk: int | None = None,
) -> tuple[Array | None, State]:
    """Compute a job over its blocks and merge the results; return (rows or None, state).

    KeyboardInterrupt is raised within a few steps, and no thread outlives the call.

    Parameters
    ----------
    job : Job
    blocks : range, optional
        The blocks of a shard; all blocks by default.
    batches : sequence of range, optional
        Consecutive ranges of blocks that get a record each; one range by default.
    workers, executor, progress
        Number of threads, or an executor in their place, and what reports the progress.
    chunk : int, optional
        The number of blocks of each task; by default tasks take 20 to 100 ms.

    Returns
    -------
    rows : ndarray, shape (paths, columns), or None
        The stored numbers; None if the job keeps statistics.
    state : State
    """
    threads = check_workers(workers, executor)
    check_progress(progress)
    all_blocks = range(blocks_of(job.paths))
    if blocks is None:
        blocks = all_blocks
    if batches is None:
        batches = [all_blocks]
    state = State(batches)
    storage = _Storage(job, blocks)
    if executor is None:
        job.prepare()  # before the threads start, since only one can compile at a time
        work = job.work * len(blocks) / len(all_blocks)
        if (len(blocks) <= 1 or threads == 1) and work < INLINE_WORK:
            _run_inline(job, blocks, storage, state, progress)
            _search(job, state)
            return storage.rows, state
    stop = np.zeros(1, np.uint8)
    pool = None
    if executor is None:
        pool = futures.ThreadPoolExecutor(threads, thread_name_prefix="stochcalc")
        submit = _submit_to_threads(pool, job, storage, stop)
        size = guess_chunk(job, threads)
        ahead = 2 * threads
    else:
        submit = _submit_elsewhere(executor, job)
        size = guess_chunk(job, PROCESSES)
        ahead = 4 * available_workers()
    if chunk is not None:
        size = chunk
    tasks = Tasks(blocks, size)
    try:
        with progress_bar(progress, len(blocks)) as advance:
            for part in run_tasks(tasks, submit, ahead, fixed=chunk is not None):
                if executor is not None:
                    storage.copy(part)
                state.add(part)
                advance(len(part.health))
    except BaseException:
        stop[0] = 1
        raise
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
    _search(job, state)
    return storage.rows, state


def _search(job: Job, state: State) -> None:
    """Raise the error of a user's function that made paths nan, if that is why they are."""
    if state.nonfinite:
        find_fault(job, state.first_nonfinite)


def _run_inline(
    job: Job, blocks: range, storage: _Storage, state: State, progress: Progress
) -> None:
    """Compute all blocks at once in the caller's thread."""
    with progress_bar(progress, len(blocks)) as advance:
        place = storage.place(blocks.start, blocks.stop)
        state.add(job.compute(blocks.start, blocks.stop, place, np.zeros(1, np.uint8)))
        advance(len(blocks))


def _submit_to_threads(
    pool: futures.Executor, job: Job, storage: _Storage, stop: NDArray[np.uint8]
) -> Submit:
    """Return the function that hands a task to a thread, which writes rows to their place."""

    def submit(first: int, last: int) -> futures.Future[tuple[float, Partial]]:
        """Start to compute blocks first .. last - 1."""
        return pool.submit(time_call, job.compute, first, last, storage.place(first, last), stop)

    return submit


def _submit_elsewhere(executor: futures.Executor, job: Job) -> Submit:
    """Return the function that hands a task to the user's executor, perhaps in another process."""
    payload = cloudpickle.dumps(job)

    def submit(first: int, last: int) -> futures.Future[tuple[float, Partial]]:
        """Start to compute blocks first .. last - 1."""
        return executor.submit(_compute_elsewhere, payload, first, last)

    return submit


@functools.lru_cache(maxsize=8)
def _unpack(payload: bytes) -> Job:
    """Return the job that was packed in another process, compiled for this one."""
    job: Job = cloudpickle.loads(payload)
    job.prepare()
    return job


def _compute_elsewhere(payload: bytes, first: int, last: int) -> tuple[float, Partial]:
    """Compute blocks in another process, which unpacks and compiles the job the first time."""
    return time_call(_unpack(payload).compute, first, last, None, np.zeros(1, np.uint8))


def rows(job: Job, **options: Unpack[Options]) -> Array:
    """Run a job that stores numbers of each path; return them, shape (paths, columns).

    The options are those of `run`; with `blocks` the rows are those of the shard.

    Raises
    ------
    ValueError
        If the job keeps statistics.
    """
    stored, _ = run(job, **options)
    if stored is None:
        raise ValueError("the job stores no rows: ask for its record")
    return stored


def rows_or_warn(job: Job, what: str, remedy: str, **options: Unpack[Options]) -> Array:
    """Return the stored numbers of a job, with a warning if paths left the finite range.

    `what` and `remedy` are those of `warn_nonfinite`, and the options those of `run`.
    """
    stored, state = run(job, **options)
    if stored is None:
        raise ValueError("the job stores no rows: ask for its record")
    warn_nonfinite(state, job.paths, what, remedy)
    return stored


def record(job: Job, **options: Unpack[Options]) -> Record:
    """Run a job that keeps statistics; return the merged record, shape (7, S).

    The options are those of `run`.
    """
    _, state = run(job, **options)
    return state.record


def warn_nonfinite(state: State, paths: int, what: str, remedy: str) -> None:
    """Give one RuntimeWarning if paths of a run left the finite range; they still count.

    Parameters
    ----------
    state : State
        The state of the run.
    paths : int
        Number of paths of the run.
    what, remedy : str
        What the warning calls the paths, and what to do about it.
    """
    if state.nonfinite:
        checks.warn_user(
            f"{state.nonfinite} of {paths} {what} left the finite range, first path "
            f"{state.first_nonfinite}: {remedy}"
        )
