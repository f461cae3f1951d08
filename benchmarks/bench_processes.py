"""Do two processes, and two workers of a Dask cluster, halve the time of a minute's work?

A minute of Euler steps by one process of a pool, against two; by one worker of a cluster, against
two. All of them are started and have compiled before the clock runs. NumPy's own normals, drawn by
one thread and by two, say what this machine gives: a second CPU may be a hyperthread, or busy.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack

import pytest

import stochcalc as sc
from benchmarks.measure import Figure, at_least, numpy_threads, report
from benchmarks.sizes import size

N = size(500, 50)
PATHS = size(30_000_000, 20_480)
FEW = 20_480
FILLS = size(1600, 4)


def solve(executor: object, paths: int) -> sc.Solution:
    sde = sc.models.gbm(0.1, 0.2)
    return sc.solve(sde, 1.0, 1.0, n=N, paths=paths, save="stats", key=1, executor=executor)


def seconds_of(call: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two CPUs")
def test_two_processes_halve_the_time(benchmark):
    distributed = pytest.importorskip("distributed", reason="Dask is an extra")
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        places: dict[str, object] = {}
        for workers in (1, 2):
            pool = ProcessPoolExecutor(workers, mp_context=context)
            places[f"processes: {workers}"] = stack.enter_context(pool)
            how = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": ":0"}
            cluster = stack.enter_context(distributed.LocalCluster(**how))
            places[f"Dask workers: {workers}"] = stack.enter_context(distributed.Client(cluster))
        due = solve(None, FEW).record.tobytes()
        for executor in places.values():
            for _ in range(4):  # until every worker has had a task, and so has compiled
                assert solve(executor, FEW).record.tobytes() == due
        one_thread = seconds_of(numpy_threads, 1, FILLS)
        two_threads = seconds_of(numpy_threads, 2, FILLS)
        seconds = {name: seconds_of(solve, place, PATHS) for name, place in places.items()}
        for name, taken in seconds.items():
            print(f"  {name:20s} {taken:8.2f} s")
        scaling = one_thread / two_threads
        gain = {
            kind: seconds[f"{kind}: 1"] / seconds[f"{kind}: 2"]
            for kind in ("processes", "Dask workers")
        }
        report(
            benchmark,
            "Two processes",
            lambda: solve(places["processes: 2"], FEW),
            [
                at_least("two processes faster than one, times", gain["processes"], 1.8),
                at_least("two Dask workers faster than one, times", gain["Dask workers"], 1.8),
                Figure("NumPy's normals in two threads faster than in one, times", scaling),
                Figure("seconds of work in one process", seconds["processes: 1"]),
            ],
            cores=2,
            scaling=scaling,
        )
