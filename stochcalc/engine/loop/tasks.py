"""Tasks: ranges of blocks that one worker computes at a time, and how long they should be."""

from __future__ import annotations

import concurrent.futures as futures
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from stochcalc.engine.loop.job import Job, Partial
from stochcalc.engine.statistics import blocks_of

# The seconds that a task takes, from and to: long enough to hide Python, and short enough to stop
# soon; elsewhere long enough to hide the way there, and short enough to be lost with a worker.
SHORT_TASKS = (0.02, 0.1)
LONG_TASKS = (0.5, 2.0)
SECONDS_PER_STEP = 5e-9  # a guess at the time of one path-step

LEAST_EACH = 4  # tasks of each of several workers at the least, so that they end together

Submit: TypeAlias = Callable[[int, int], "futures.Future[tuple[float, Partial]]"]


class Tasks:
    """Ranges of blocks that are handed out in order, each of 20 to 100 ms of work or so.

    Attributes
    ----------
    gaps : list of range
        The blocks that are not handed out, in order; one range unless some were finished before.
    chunk : int
        The number of blocks of the next task.
    shortest, longest : float
        The seconds that a task should take.
    """

    def __init__(
        self, gaps: Iterable[range], chunk: int, seconds: tuple[float, float] = SHORT_TASKS
    ) -> None:
        self.gaps = [gap for gap in gaps if gap]
        self.chunk = max(1, chunk)
        self.shortest, self.longest = seconds

    def take(self) -> tuple[int, int] | None:
        """Return the first block of the next task and the block after its last; None at the end."""
        if not self.gaps:
            return None
        gap = self.gaps.pop(0)
        task = gap[: self.chunk]
        if len(task) < len(gap):
            self.gaps.insert(0, gap[self.chunk :])
        return task.start, task.stop

    def adapt(self, seconds: float, blocks: int, *, fixed: bool) -> None:
        """Make the tasks to come longer or shorter, after one of so many blocks took so long."""
        if fixed or not blocks:
            return
        if seconds < self.shortest and blocks >= self.chunk:
            self.chunk *= 2
        elif seconds > self.longest and blocks <= self.chunk:
            self.chunk = max(1, self.chunk // 2)


def guess_chunk(job: Job, tasks: int, seconds: tuple[float, float] = SHORT_TASKS) -> int:
    """Return a guess at how many blocks make a short task, in so many tasks or more."""
    blocks = blocks_of(job.paths)
    seconds_per_block = SECONDS_PER_STEP * job.work / blocks
    wanted = blocks
    if seconds_per_block > 0:
        wanted = int(seconds[0] / seconds_per_block)
    return max(1, min(wanted, blocks // tasks))


def run_tasks(tasks: Tasks, submit: Submit, ahead: int, *, fixed: bool) -> Iterator[Partial]:
    """Yield the result of each task as it ends; up to `ahead` tasks run at once.

    Tasks to come are adapted to the seconds that it took, unless their size is fixed.
    """
    pending: set[futures.Future[tuple[float, Partial]]] = set()
    try:
        while True:
            while len(pending) < ahead and (task := tasks.take()) is not None:
                pending.add(submit(*task))
            if not pending:
                return
            done, pending = futures.wait(pending, timeout=0.1, return_when=futures.FIRST_COMPLETED)
            for future in done:
                seconds, part = future.result()
                tasks.adapt(seconds, len(part.health), fixed=fixed)
                yield part
    finally:
        for future in pending:
            future.cancel()


def time_call(compute: Callable[..., Partial], *arguments: object) -> tuple[float, Partial]:
    """Return the seconds that a computation took, and its result."""
    start = time.perf_counter()
    part = compute(*arguments)
    return time.perf_counter() - start, part
