"""How long until a thousand steps of ten thousand Brownian paths lie in memory, or those of a
thousand paths of ten components?

80 MB, so both sides mostly wait for memory; NumPy's side scales and sums in place, in the array it
returns."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest

import stochcalc as sc
from benchmarks.measure import Figure, at_least, interleaved, numpy_threads, race, report
from benchmarks.peers import Call, every, stochastic_rs_brownian
from benchmarks.sizes import size

PATHS, N = size((10_000, 1000), (1000, 20))
DIM, PATHS_OF_VECTORS = 10, PATHS // 10
LINE = "cumsum(standard_normal) * sqrt(dt)"
GENERATOR = np.random.default_rng(1)


def cumsum(*shape: int) -> np.ndarray:
    """Return what the usual line does, without its two temporary arrays."""
    z = GENERATOR.standard_normal(shape)
    z *= math.sqrt(1.0 / N)
    return np.cumsum(z, axis=1, out=z)


def cumsum_line(*shape: int) -> np.ndarray:
    """Return what the usual line does."""
    return np.cumsum(GENERATOR.standard_normal(shape), axis=1) * math.sqrt(1.0 / N)


def ours(paths: int, dim: int, workers: int) -> Call:
    return lambda: sc.brownian(1.0, N, paths=paths, dim=dim, key=1, workers=workers)


def check_paths(name: str, values: np.ndarray) -> None:
    """Check two moments of paths (paths, times[, dim]) to six standard errors.

    They are the variance at the end, 1, and the covariance of the two halves, 0.
    """
    end = values[:, -1].ravel()
    middle = values[:, -1 - N // 2].ravel()
    for samples, exact in ((end**2, 1.0), (middle * (end - middle), 0.0)):
        error = samples.std() / math.sqrt(samples.size)
        assert abs(samples.mean() - exact) < 6.0 * error, (name, samples.mean(), exact)


def test_every_candidate_makes_brownian_paths():
    peers = every({"stochastic-rs": lambda: stochastic_rs_brownian(PATHS, N)})
    for name, call in peers.items():
        check_paths(name, np.asarray(call()))
    for paths, dim in ((PATHS, 1), (PATHS_OF_VECTORS, DIM)):
        shape = (paths, N) if dim == 1 else (paths, N, dim)
        check_paths("stochcalc", ours(paths, dim, 1)().values)
        check_paths("cumsum in place", cumsum(*shape))
        check_paths("cumsum", cumsum_line(*shape))


def compare(benchmark, workers: int, limit: float, aim: float) -> None:
    call = ours(PATHS, 1, workers)
    peers = every({"stochastic-rs sample_par": lambda: stochastic_rs_brownian(PATHS, N)})
    candidates = {
        "stochcalc": call,
        "cumsum in place": lambda: cumsum(PATHS, N),
        LINE: lambda: cumsum_line(PATHS, N),
        **peers,
    }
    result = race(candidates, PATHS * N, cores=workers)
    ahead = {name: result.faster("stochcalc", name) for name in candidates}
    figures = [
        Figure("stochcalc, over one NumPy normal", result.over_normal("stochcalc")),
        at_least(f"stochcalc faster than {LINE}, times", ahead[LINE], limit, aim),
        Figure("stochcalc faster than cumsum in place, times", ahead["cumsum in place"]),
    ]
    for name in peers:
        figures.append(at_least(f"stochcalc faster than {name}, times", ahead[name], 1.0))
    scaling = None
    if workers > 1:
        turns = interleaved(
            {str(threads): lambda threads=threads: numpy_threads(threads) for threads in (1, 2)},
            cores=2,
        )
        scaling = turns["1"] / turns["2"]
        what = "NumPy's normals in two threads faster than in one, times"
        figures.append(Figure(what, scaling))
    row = f"Stored paths, {workers} core{'s' if workers > 1 else ''}"
    report(benchmark, row, call, figures, cores=workers, scaling=scaling)


def test_stored_paths_on_one_core_are_three_times_as_fast_as_cumsum(benchmark):
    compare(benchmark, 1, 3.0, 4.0)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two CPUs")
def test_stored_paths_on_two_cores_are_five_times_as_fast_as_cumsum(benchmark):
    compare(benchmark, 2, 5.0, 8.0)


def test_stored_paths_of_ten_components_are_faster_than_cumsum(benchmark):
    shape = (PATHS_OF_VECTORS, N, DIM)
    call = ours(PATHS_OF_VECTORS, DIM, 1)
    candidates = {
        "stochcalc": call,
        "cumsum in place": lambda: cumsum(*shape),
        LINE: lambda: cumsum_line(*shape),
    }
    result = race(candidates, math.prod(shape))
    report(
        benchmark,
        f"Stored paths of {DIM} components, one core",
        call,
        [
            Figure("stochcalc, over one NumPy normal", result.over_normal("stochcalc")),
            at_least(f"stochcalc faster than {LINE}, times", result.faster("stochcalc", LINE), 2.5),
            Figure(
                "stochcalc faster than cumsum in place, times",
                result.faster("stochcalc", "cumsum in place"),
            ),
        ],
    )
