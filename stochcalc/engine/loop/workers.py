"""The number of threads that `workers=` asks for."""

from __future__ import annotations

import os

import numpy as np

from stochcalc.engine.words import show

MOST_WORKERS = 4096  # threads, more than any machine has CPUs: beyond it a number is a mistake


def available_workers() -> int:
    """Return the number of CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def count_workers(workers: object) -> int:
    """Return the number of threads that `workers=` asks for: None means all CPUs it may use.

    Raises
    ------
    TypeError, ValueError
        If it is neither None nor an integer from 1 to 4096.
    """
    if workers is None:
        return available_workers()
    if isinstance(workers, bool | np.timedelta64) or not isinstance(workers, int | np.integer):
        raise TypeError(f"workers={show(workers)} must be an int >= 1, or None for all CPUs")
    if workers < 1:
        raise ValueError(f"workers={show(workers)} must be at least 1, or None for all CPUs")
    if workers > MOST_WORKERS:
        raise ValueError(
            f"workers={show(workers)} must be at most {MOST_WORKERS}, or None for all CPUs (here "
            f"{available_workers()})"
        )
    return int(workers)
