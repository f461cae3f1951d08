"""Where the blocks of a run are computed: here, on threads, or elsewhere by an executor."""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.loop.elsewhere import compute_elsewhere
from stochcalc.engine.loop.job import Job, Partial
from stochcalc.engine.loop.storage import Storage
from stochcalc.engine.loop.tasks import LEAST_EACH, Submit, Tasks, guess_chunk, run_tasks, time_call
from stochcalc.engine.statistics import blocks_of

INLINE_WORK = 1e6  # path-steps below which a pool costs more than it brings


def compute_parts(
    job: Job,
    gaps: list[range],
    storage: Storage,
    threads: int,
    executor: futures.Executor | None,
    chunk: int | None,
    batches: Sequence[range],
) -> Generator[Partial]:
    """Yield the results of blocks as they end, with their rows in the storage.

    When the generator is closed before its end, the computation stops within a few steps.

    Parameters
    ----------
    job : Job
    gaps : list of range
        The blocks to compute.
    storage : Storage
        Where the rows go.
    threads : int
        The number of threads.
    executor : Executor, optional
        What computes in their place.
    chunk : int, optional
        The number of blocks of each task.
    batches : sequence of range
        Ranges of blocks that get a record each.
    """
    if not gaps:
        return
    if executor is not None:
        yield from compute_elsewhere(job, gaps, storage, executor, chunk, batches)
        return
    job.prepare()  # before the threads start, since only one can compile at a time
    blocks = sum(len(gap) for gap in gaps)
    work = job.work * blocks / blocks_of(job.paths)
    if (blocks <= 1 or threads == 1) and work < INLINE_WORK:
        for gap in gaps:
            place = storage.place(gap.start, gap.stop)
            yield job.compute(gap.start, gap.stop, place, np.zeros(1, np.uint8))
        return
    yield from _compute_on_threads(job, gaps, storage, threads, chunk)


def _compute_on_threads(
    job: Job, gaps: list[range], storage: Storage, threads: int, chunk: int | None
) -> Generator[Partial]:
    """Yield the results of blocks that threads compute; they write rows to their place."""
    stop = np.zeros(1, np.uint8)
    pool = futures.ThreadPoolExecutor(threads, thread_name_prefix="stochcalc")
    least = 1 if threads == 1 else LEAST_EACH * threads
    tasks = Tasks(gaps, chunk or guess_chunk(job, least))
    submit = _submit_to_threads(pool, job, storage, stop)
    try:
        yield from run_tasks(tasks, submit, 2 * threads, fixed=chunk is not None)
    except BaseException:
        stop[0] = 1
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submit_to_threads(
    pool: futures.Executor, job: Job, storage: Storage, stop: NDArray[np.uint8]
) -> Submit:
    """Return the function that hands a task to a thread, which writes rows to their place."""

    def submit(first: int, last: int) -> futures.Future[tuple[float, Partial]]:
        """Start to compute blocks first .. last - 1."""
        return pool.submit(time_call, job.compute, first, last, storage.place(first, last), stop)

    return submit
