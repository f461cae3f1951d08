"""How long until a thousand steps of ten thousand Brownian paths lie in memory?

80 MB, so both sides mostly wait for memory; NumPy's side scales and sums in place, in the array it
returns."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest

import stochcalc as sc
from benchmarks.measure import Figure, at_least, interleaved, numpy_threads, race, report
from benchmarks.peers import every, stochastic_rs_brownian

PATHS, N = 10_000, 1000
GENERATOR = np.random.default_rng(1)


def cumsum() -> object:
    """The usual line, without its two temporary arrays."""
    z = GENERATOR.standard_normal((PATHS, N))
    z *= math.sqrt(1.0 / N)
    return np.cumsum(z, axis=1, out=z)


def cumsum_line() -> object:
    """The usual line."""
    return np.cumsum(GENERATOR.standard_normal((PATHS, N)), axis=1) * math.sqrt(1.0 / N)


def compare(benchmark, workers: int, limit: float, aim: float) -> None:
    ours = lambda: sc.brownian(1.0, N, paths=PATHS, key=1, workers=workers)
    peers = every({"stochastic-rs sample_par": lambda: stochastic_rs_brownian(PATHS, N)})
    result = race(
        {
            "stochcalc": ours,
            "cumsum in place": cumsum,
            "cumsum(standard_normal) * sqrt(dt)": cumsum_line,
            **peers,
        },
        PATHS * N,
        cores=workers,
    )
    scaling = None
    if workers > 1:
        turns = interleaved(
            {str(threads): lambda threads=threads: numpy_threads(threads) for threads in (1, 2)},
            cores=2,
        )
        scaling = turns["1"] / turns["2"]
    ahead = [
        at_least(f"stochcalc faster than {name}, times", result.faster("stochcalc", name), 1.0)
        for name in peers
    ]
    report(
        benchmark,
        f"Stored paths, {workers} core{'s' if workers > 1 else ''}",
        ours,
        [
            Figure("stochcalc, over one NumPy normal", result.over_normal("stochcalc")),
            at_least(
                "stochcalc faster than cumsum(standard_normal) * sqrt(dt), times",
                result.faster("stochcalc", "cumsum(standard_normal) * sqrt(dt)"),
                limit,
                aim,
            ),
            Figure(
                "stochcalc faster than cumsum in place, times",
                result.faster("stochcalc", "cumsum in place"),
            ),
            *ahead,
            *(
                []
                if scaling is None
                else [Figure("NumPy's normals in two threads faster than in one, times", scaling)]
            ),
        ],
        cores=workers,
        scaling=scaling,
    )


def test_stored_paths_on_one_core_are_three_times_as_fast_as_cumsum(benchmark):
    compare(benchmark, 1, 3.0, 4.0)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two CPUs")
def test_stored_paths_on_two_cores_are_five_times_as_fast_as_cumsum(benchmark):
    compare(benchmark, 2, 5.0, 8.0)
