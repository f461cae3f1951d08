"""How many threads, from `workers=` and `executor=`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


def available_workers() -> int:
    """The CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def count_workers(workers: int | None) -> int:
    """`workers=` as a number of threads: None means all CPUs the process may use."""
    if workers is None:
        return available_workers()
    if isinstance(workers, bool) or not isinstance(workers, int | np.integer):
        raise TypeError(f"workers={workers!r} must be an int >= 1, or None for all CPUs")
    if workers < 1:
        raise ValueError(f"workers={workers} must be at least 1, or None for all CPUs")
    return int(workers)


def check_workers(workers: Any, executor: Any) -> int:
    """The number of threads, after checking both arguments."""
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise TypeError(
            f"executor={executor!r} must be a concurrent.futures.Executor, or None for threads"
        )
    return count_workers(workers)
