"""Do two threads halve the time?

A second of Euler steps on one thread, against two. NumPy's own normals, drawn by one thread and by
two, say what this machine gives: a second CPU may be a hyperthread, or busy."""

from __future__ import annotations

import os

import numpy as np
import pytest

import stochcalc as sc
from benchmarks.measure import Figure, at_least, interleaved, numpy_threads, report
from benchmarks.sizes import size

PATHS, N = size((1_000_000, 500), (20_480, 100))
FILLS = size(1600, 4)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two CPUs")
def test_two_threads_halve_the_time(benchmark):
    sde = sc.SDE(lambda t, x, a, b: a * x, lambda t, x, a, b: b * x, args=(0.1, 0.2))
    solve = lambda workers: sc.solve(
        sde, 1.0, 1.0, n=N, paths=PATHS, save="last", key=1, workers=workers
    )
    assert np.array_equal(solve(1).x, solve(2).x)
    seconds = interleaved(
        {
            "one thread": lambda: solve(1),
            "two threads": lambda: solve(2),
            "NumPy, one thread": lambda: numpy_threads(1, FILLS),
            "NumPy, two threads": lambda: numpy_threads(2, FILLS),
        },
        cores=2,
    )
    scaling = seconds["NumPy, one thread"] / seconds["NumPy, two threads"]
    report(
        benchmark,
        "Two threads",
        lambda: solve(2),
        [
            at_least(
                "two threads faster than one, times",
                seconds["one thread"] / seconds["two threads"],
                1.8,
                1.95,
            ),
            Figure("NumPy's normals in two threads faster than in one, times", scaling),
            Figure("seconds of work on one thread", seconds["one thread"]),
        ],
        cores=2,
        scaling=scaling,
    )
