"""The blocks of a run, computed by an executor of the user's: other processes, or a cluster.

Each task carries the description of the job, with functions by their module and name, and two
integers: its first block, and the block after its last. The records of its blocks are merged by the
worker, so that what comes back is small. It has the same bits wherever it was computed, and so the
task of a worker that was lost is given to another one. The executor moves all this in its own way;
nothing is packed here.
"""

from __future__ import annotations

import concurrent.futures as futures
import sys
import threading
import uuid
from collections import OrderedDict
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from stochcalc.engine.loop.executors import count_places, sends_names
from stochcalc.engine.loop.job import Divisible, Job, Partial
from stochcalc.engine.loop.run_state import State
from stochcalc.engine.loop.storage import Storage
from stochcalc.engine.loop.tasks import LONG_TASKS, Submit, Tasks, guess_chunk, run_tasks, time_call
from stochcalc.engine.portable import find_unportable

JOBS_KEPT = 8  # how many jobs a worker keeps compiled
PIECE = 64  # blocks whose records are in memory at once
TASKS_EACH = 4  # tasks that wait for each worker, so that none is idle


@dataclass(frozen=True)
class Parcel:
    """A job on its way to a worker, with a word by which the worker knows it again.

    Attributes
    ----------
    word : str
        A word of its own for every run; empty for a job that is cut, which comes once.
    job : Job
        The description of the job.
    batches : tuple of range
        Ranges of blocks that get a record each.
    """

    word: str
    job: Job
    batches: tuple[range, ...]

    def cut(self, first: int, last: int) -> Parcel:
        """Return the parcel for a task: of a job that can be cut, with what its blocks need."""
        if not isinstance(self.job, Divisible):
            return self
        job = self.job.cut(first, last)
        if job is self.job:
            return self
        return Parcel("", job, self.batches)


_arrived: OrderedDict[str, Job] = OrderedDict()  # the jobs that this process has compiled
_arrivals = threading.Lock()


def compute_elsewhere(
    job: Job,
    gaps: list[range],
    storage: Storage,
    executor: futures.Executor,
    chunk: int | None,
    batches: Sequence[range],
) -> Generator[Partial]:
    """Yield the results of blocks that the user's executor computes, with rows in the storage.

    Raises
    ------
    TypeError
        If a function of the job cannot travel to another process.
    """
    if sends_names(executor):
        _refuse_nameless(job)
    places = count_places(executor)
    tasks = Tasks(gaps, chunk or guess_chunk(job, places, LONG_TASKS), LONG_TASKS)
    submit = _submit_to(executor, Parcel(uuid.uuid4().hex, job, tuple(batches)))
    try:
        for part in run_tasks(tasks, submit, TASKS_EACH * places, fixed=chunk is not None):
            storage.copy(part)
            yield part
    except Exception as error:
        _explain(error, job)
        raise


def _submit_to(executor: futures.Executor, parcel: Parcel) -> Submit:
    """Return the function that hands a task to the executor, perhaps for another process."""

    def submit(first: int, last: int) -> futures.Future[tuple[float, Partial]]:
        """Start to compute blocks first .. last - 1."""
        return executor.submit(compute_parcel, parcel.cut(first, last), first, last)

    return submit


def compute_parcel(parcel: Parcel, first: int, last: int) -> tuple[float, Partial]:
    """Compute blocks where the parcel has arrived; return the seconds that it took, and the result.

    The first task of a run compiles the job, and those that follow find it compiled.
    """
    job = _open(parcel)
    return time_call(_compute, job, parcel.batches, first, last)


def _compute(job: Job, batches: tuple[range, ...], first: int, last: int) -> Partial:
    """Compute blocks; an error that would be lost on the way home comes as a RuntimeError."""
    try:
        if job.columns:
            return job.compute(first, last, None, np.zeros(1, np.uint8))
        return _merge_here(job, batches, first, last)
    except Exception as error:
        if _can_travel(error):
            raise
        raise RuntimeError(f"{type(error).__name__}: {error}") from None


def _merge_here(job: Job, batches: tuple[range, ...], first: int, last: int) -> Partial:
    """Compute the records of blocks a few at a time, and merge them: few numbers go home."""
    state = State(batches)
    health = []
    for low in range(first, last, PIECE):
        part = job.compute(low, min(low + PIECE, last), None, np.zeros(1, np.uint8))
        state.add(part)
        health.append(part.health)
    trees = {number: tree for number, tree in enumerate(state.trees) if tree.pending}
    return Partial(first, None, None, np.concatenate(health), trees)


def _open(parcel: Parcel) -> Job:
    """Return the job of a parcel, compiled; only the first parcel of a run is compiled."""
    if not parcel.word:
        parcel.job.prepare()
        return parcel.job
    with _arrivals:
        known = _arrived.get(parcel.word)
        if known is None:
            known = parcel.job
            known.prepare()
            _arrived[parcel.word] = known
            if len(_arrived) > JOBS_KEPT:
                _arrived.popitem(last=False)
        return known


def _can_travel(error: Exception) -> bool:
    """Say whether another process could make this error again from its class and arguments."""
    kind = type(error)
    home = sys.modules.get(kind.__module__)
    if getattr(home, kind.__qualname__, None) is not kind:
        return False
    try:
        again = kind(*error.args)
    # the class is the user's own, and so is whatever it raises
    except Exception:
        return False
    return str(again) == str(error)


def _refuse_nameless(job: Job) -> None:
    """Refuse a job with a function that pickle cannot send, before anything is computed."""
    nameless = find_unportable(job)
    if nameless is not None:
        raise TypeError(_say_nameless(nameless))


def _say_nameless(nameless: str) -> str:
    """Return why a function cannot travel, and the remedy."""
    return (
        f"the function {nameless} cannot travel to another process, which finds functions by their "
        "module and name: define it with def at the top of a module, use threads (workers=), or an "
        "executor that sends functions themselves, such as Dask's"
    )


def _explain(error: Exception, job: Job) -> None:
    """Say what is behind an error of the way to a worker, if the job has a nameless function.

    Raises
    ------
    TypeError
        If pickle refused the function.
    """
    text = f"{type(error).__name__}: {error}".lower()
    nameless = find_unportable(job)
    if nameless is not None and "pickle" in text:
        raise TypeError(_say_nameless(nameless)) from error
    if isinstance(error, futures.BrokenExecutor):
        error.add_note(
            "A worker ended, or found a function missing: pools look functions up by module and "
            "name, and know those of a notebook or a prompt only if the pool was made after them. "
            "With checkpoint= the same call goes on from where this one ended."
        )
