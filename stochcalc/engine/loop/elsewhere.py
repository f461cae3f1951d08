"""The blocks of a run, computed by an executor of the user's: other processes, or a cluster.

Each task is a parcel and two integers: its first block, and the block after its last. The records
of its blocks are merged by the worker, so that what comes back is small. It has the same bits
wherever it was computed, and so the task of a worker that was lost can be given to another one.
"""

from __future__ import annotations

import concurrent.futures as futures
from collections.abc import Generator, Sequence

from stochcalc.engine.loop.executors import count_places, sends_names
from stochcalc.engine.loop.job import Job, Partial
from stochcalc.engine.loop.parcels import Parcel, compute_parcel, make_parcel
from stochcalc.engine.loop.storage import Storage
from stochcalc.engine.loop.tasks import (
    LEAST_EACH,
    LONG_TASKS,
    Submit,
    Tasks,
    guess_chunk,
    run_tasks,
)
from stochcalc.engine.portable import find_unportable
from stochcalc.engine.words import show

TASKS_EACH = 4  # tasks that wait for each worker, so that none is idle
# What executors raise when they lose a worker, or are closed: those of Dask by their names.
LOST = ("KilledWorker", "CommClosedError", "CancelledError", "FutureCancelledError")


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
    nameless = find_unportable(job)
    if nameless is not None and sends_names(executor):
        raise TypeError(_say_nameless(nameless))
    places = count_places(executor)
    tasks = Tasks(gaps, chunk or guess_chunk(job, LEAST_EACH * places, LONG_TASKS), LONG_TASKS)
    submit = _submit_to(executor, make_parcel(job, batches))
    try:
        for part in run_tasks(tasks, submit, TASKS_EACH * places, fixed=chunk is not None):
            storage.copy(part)
            yield part
    except Exception as error:
        if nameless is not None and _is_about_sending(error):
            raise TypeError(_say_nameless(nameless)) from error
        _explain(error)
        raise


def _submit_to(executor: futures.Executor, parcel: Parcel) -> Submit:
    """Return the function that hands a task to the executor, perhaps for another process."""

    def submit(first: int, last: int) -> futures.Future[tuple[float, Partial]]:
        """Start to compute blocks first .. last - 1."""
        future = executor.submit(compute_parcel, parcel.cut(first, last), first, last)
        if not isinstance(future, futures.Future):
            raise TypeError(
                f"executor={show(executor)} must be a concurrent.futures.Executor, whose submit "
                f"returns a Future: it returned a {type(future).__name__}"
            )
        return future

    return submit


def _say_nameless(nameless: str) -> str:
    """Return why a function cannot travel, and the remedy."""
    return (
        f"the function {nameless} cannot travel to another process, which finds functions by their "
        "module and name: define it with def at the top of a module, use threads (workers=), or an "
        "executor that sends functions themselves, such as Dask's"
    )


def _is_about_sending(error: BaseException | None) -> bool:
    """Say whether an error, or one behind it, comes from the packing of a task."""
    while error is not None:
        text = f"{type(error).__name__}: {error}".lower()
        kinds = {kind.__name__ for kind in type(error).__mro__}
        is_of_kind = not kinds.isdisjoint(("PickleError", "TypeError", "AttributeError"))
        if is_of_kind and ("pickl" in text or "serialize" in text):
            return True
        error = error.__cause__
    return False


def _explain(error: Exception) -> None:
    """Add to an error of the executor's what may be behind it, and what to do."""
    if "after shutdown" in str(error):
        error.add_note("executor= was shut down: give one that is open")
    elif isinstance(error, futures.BrokenExecutor) or type(error).__name__ in LOST:
        error.add_note(
            "A worker of executor= was lost, or found a function missing: functions travel by "
            "module and name, and those of a notebook, of a prompt or of the block under "
            "if __name__ == '__main__' are known only to processes that fork after they were "
            "defined. With checkpoint= the same call goes on from where this one ended."
        )
