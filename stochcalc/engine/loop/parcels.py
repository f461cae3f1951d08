"""A job on its way to another process, and what that process does with it.

A parcel carries the description of a job, with functions by their module and name. The executor
packs and sends it in its own way, once for every task; the worker compiles the job of the first
parcel of a run, and knows it again when the next one comes.
"""

from __future__ import annotations

import os
import sys
import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

from stochcalc.engine.compiler.surroundings import hash_sources
from stochcalc.engine.loop.job import Divisible, Job, Partial
from stochcalc.engine.loop.run_state import State
from stochcalc.engine.loop.tasks import time_call

JOBS_KEPT = 4  # how many jobs a worker keeps compiled
PIECE = 64  # blocks whose records are in memory at once


@dataclass(frozen=True)
class Parcel:
    """A job on its way to a worker.

    Attributes
    ----------
    word : str
        A word of its own for every run, by which a worker knows the job again.
    job : Job
        The description of the job.
    batches : tuple of range
        Ranges of blocks that get a record each.
    versions : str
        The versions of what computes, which the worker must have too.
    process : int
        The process that the parcel comes from.
    """

    word: str
    job: Job
    batches: tuple[range, ...]
    versions: str
    process: int

    def cut(self, first: int, last: int) -> Parcel:
        """Return the parcel of a task: arrays that the job reads are cut to what its blocks read.

        Such a job is not kept by the worker.
        """
        if not isinstance(self.job, Divisible):
            return self
        job = self.job.cut(first, last)
        if job is self.job:
            return self
        return Parcel("", job, self.batches, self.versions, self.process)


def make_parcel(job: Job, batches: Sequence[range]) -> Parcel:
    """Return the parcel of a run."""
    return Parcel(uuid.uuid4().hex, job, tuple(batches), name_versions(), os.getpid())


def name_versions() -> str:
    """Return the versions that decide the bits of a result, in words."""
    source = str(hash_sources())[:16]
    return f"stochcalc with the source {source}, NumPy {np.__version__}, Numba {numba.__version__}"


def compute_parcel(parcel: Parcel, first: int, last: int) -> tuple[float, Partial]:
    """Compute blocks where the parcel has arrived; return the seconds that it took, and the result.

    Raises
    ------
    RuntimeError
        If this process has other versions than the one that the parcel comes from, or in the place
        of an error that could not travel home.
    """
    job = _open(parcel)
    return time_call(_compute, job, parcel.batches, first, last)


_arrived: OrderedDict[str, Job] = OrderedDict()  # the jobs that this process has compiled
_arrivals = threading.Lock()


def _open(parcel: Parcel) -> Job:
    """Return the job of a parcel, compiled; in another process the first of a run is kept."""
    here = name_versions()
    if here != parcel.versions:
        raise RuntimeError(
            f"a worker has {here}, and the call was made with {parcel.versions}: install the same "
            "versions on all machines"
        )
    with _arrivals:
        if not parcel.word or parcel.process == os.getpid():
            parcel.job.prepare()
            return parcel.job
        if parcel.word not in _arrived:
            parcel.job.prepare()
            _arrived[parcel.word] = parcel.job
        _arrived.move_to_end(parcel.word)
        if len(_arrived) > JOBS_KEPT:
            _arrived.popitem(last=False)
        return _arrived[parcel.word]


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


def _can_travel(error: Exception) -> bool:
    """Say whether another process could make this error again from its class and arguments."""
    kind = type(error)
    home = sys.modules.get(kind.__module__)
    if getattr(home, kind.__qualname__, None) is not kind:
        return False
    if not all(isinstance(item, str | int | float | bytes | None) for item in error.args):
        return False
    try:
        again = kind(*error.args)
    # the class is the user's own, and so is whatever it raises
    except Exception:
        return False
    return str(again) == str(error)
