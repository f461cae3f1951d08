"""The runner: everything that loops over paths goes through it.

A *job* is a plain description (functions, numbers, arrays) whose result for a block of 256 paths is
a pure function of (job, block number). So blocks may run in any order, on threads or in other
processes, and twice if need be. Records meet in a tree that is indexed by block numbers, stored
rows go to their place, and the answer has the same bits every time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

from stochcalc.engine import checks, memory
from stochcalc.engine.checkpoint.saving import Saving, open_checkpoint
from stochcalc.engine.loop.executors import open_executor
from stochcalc.engine.loop.fault_search import find_fault
from stochcalc.engine.loop.job import Job
from stochcalc.engine.loop.pools import compute_parts
from stochcalc.engine.loop.progress import check_progress, progress_bar
from stochcalc.engine.loop.run_state import State as State
from stochcalc.engine.loop.storage import Storage
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.statistics import LANES, Record, blocks_of
from stochcalc.typing import Array, Checkpoint, Executor, Progress, Workers


class Means(TypedDict, total=False):
    """By which means a job is run, none of which changes its result."""

    workers: Workers
    executor: Executor
    progress: Progress
    checkpoint: Saving | None


NO_MEANS: Means = {}  # all CPUs of this machine, and no report


class Options(Means, total=False):
    """The options of `run`."""

    blocks: range | None
    batches: Sequence[range] | None
    chunk: int | None


def check_means(workers: Workers, executor: Executor, progress: Progress = False) -> Means:
    """Return the means of a public call, as options of `run`.

    Raises
    ------
    TypeError, ValueError
        For arguments of another type, a number of workers below 1.
    """
    count_workers(workers)
    check_progress(progress)
    return {"workers": workers, "executor": open_executor(executor), "progress": progress}


@contextlib.contextmanager
def open_means(
    workers: Workers, executor: Executor, progress: Progress, checkpoint: Checkpoint
) -> Iterator[Means]:
    """Yield the means of a public call, as options of `run`; its checkpoint is open meanwhile.

    Raises
    ------
    TypeError, ValueError
        For arguments of another type, a number of workers below 1, a file in no folder.
    CheckpointError
        For a checkpoint that is damaged, in use, or of another run.
    """
    means = check_means(workers, executor, progress)
    if memory.is_estimating():
        checkpoint = None  # nothing is computed, and so nothing is written
    with open_checkpoint(checkpoint) as saving:
        yield {**means, "checkpoint": saving}


def run(
    job: Job,
    *,
    blocks: range | None = None,
    batches: Sequence[range] | None = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    chunk: int | None = None,
    checkpoint: Saving | None = None,
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
    checkpoint : Saving, optional
        Where the run is saved while it goes on, and from where it goes on.

    Returns
    -------
    rows : ndarray, shape (paths, columns), or None
        The stored numbers; None if the job keeps statistics.
    state : State
    """
    threads = count_workers(workers)
    opened = open_executor(executor)
    check_progress(progress)
    all_blocks = range(blocks_of(job.paths))
    if blocks is None:
        blocks = all_blocks
    if batches is None:
        batches = [all_blocks]
    own = min(blocks.stop * LANES, job.paths) - blocks.start * LANES
    memory.end_estimate(max(own, 0) * job.columns)
    state = State(batches)
    storage = Storage(job, blocks)
    if checkpoint is not None:
        state, finished = checkpoint.enter(job, blocks, batches)
        for done, stored in finished:
            storage.fill(done, stored)
        checkpoint.watch(state, storage.read)
    gaps = state.finished.gaps(blocks.start, blocks.stop)
    parts = compute_parts(job, gaps, storage, threads, opened, chunk, batches)
    before = len(state.finished)
    with progress_bar(progress, len(blocks), done=before) as advance, contextlib.closing(parts):
        for part in parts:
            if checkpoint is None:
                state.add(part)
            else:
                checkpoint.add(state, part)
            advance(len(part.health))
    if checkpoint is not None:
        checkpoint.leave()
    _search(job, state)
    return storage.rows, state


def _search(job: Job, state: State) -> None:
    """Raise the error of a user's function that made paths nan, if that is why they are."""
    if state.nonfinite:
        find_fault(job, state.first_nonfinite)


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
