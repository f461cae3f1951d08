"""A run of any length keeps its memory, and its moments are those of the scheme.

The everyday run takes 10^7 path-steps and the nightly one 10^9. With `pytest -s` it prints how far
it is and what memory it holds, and another number of path-steps may be asked for:

    STOCHCALC_PATH_STEPS=1e11 pytest -s --timeout=0 tests/solver/test_long_runs.py

Of 10^11 path-steps the paths have numbers beyond 2^32, where a counter of 32 bits would repeat.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from evidence import assert_mean, must_reject, sample_size

import stochcalc as sc

STEPS = 20
H = 0.1
START = 3.0
TIMES = [1, 2, 5, 10, 20]
MOST_GROWTH = 32e6  # bytes; the paths of the everyday run take 84 MB, those of 10^11 steps 840 GB
MEMORY = Path("/proc/self/statm")


def path_steps():
    """Return how many path-steps the running test takes."""
    return int(float(os.environ.get("STOCHCALC_PATH_STEPS", sample_size(10_000_000))))


class MemoryLog:
    """The memory that this process holds while a run reports its progress."""

    def __init__(self):
        self.began = time.monotonic()
        self.shown = self.began
        self.held = [self.read()]

    @staticmethod
    def read():
        """Return the resident memory in bytes: the second number of statm, in pages."""
        return int(MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def __call__(self, done, total):
        self.held.append(self.read())
        now = time.monotonic()
        if done == total or now - self.shown > 5.0:
            self.shown = now
            share = f"{done / total:6.1%} after {now - self.began:5.0f} s"
            print(f"{share}: {self.held[-1] / 1e6:.1f} MB", flush=True)

    @property
    def growth(self):
        """The bytes by which the largest memory exceeds that at the beginning."""
        return max(self.held) - self.held[0]


def solve(paths, rng, **how):
    """Solve dX = -X dt + dW from `START` by Euler's method."""
    sde = sc.SDE(lambda t, x: -x, lambda t, x: 1.0)
    return sc.solve(sde, START, STEPS * H, n=STEPS, paths=paths, rng=rng, **how)


def exact_moments():
    """Return mean and variance of the scheme at all steps: X_k+1 = (1 - h) X_k + sqrt(h) z."""
    factor = 1.0 - H
    k = np.arange(STEPS + 1)
    return START * factor**k, H * (1.0 - factor ** (2 * k)) / (1.0 - factor**2)


def ends_of(moments):
    """Return the mean and the variance at `TIMES`, each with its standard error."""
    chosen = moments[TIMES]
    return chosen.estimate(), chosen.variance()


@pytest.mark.skipif(not MEMORY.exists(), reason="the memory of a process is read from /proc")
def test_moments_are_exact_and_memory_is_flat_for_any_number_of_path_steps(rng_seed):
    paths = path_steps() // STEPS
    solve(256, rng_seed, save="stats")  # what is compiled and imported is no growth
    log = MemoryLog()
    sol = solve(paths, rng_seed, save="stats", progress=log)
    print(f"{paths * STEPS:.3g} path-steps; memory grew by {log.growth / 1e6:.1f} MB")
    assert sol.moments.count == paths
    assert log.growth < MOST_GROWTH

    mean, variance = exact_moments()
    measured_mean, measured_variance = ends_of(sol.moments)
    print("errors in standard errors:", measured_mean.z(mean[TIMES]).round(2))
    print("and those of the variance:", measured_variance.z(variance[TIMES]).round(2))
    assert_mean(measured_mean, mean[TIMES], what="mean of the scheme", detects=0.02)
    assert_mean(measured_variance, variance[TIMES], what="variance of the scheme", detects=0.02)
    # The twins: the moments of the process, which those of the scheme tend to as h -> 0.
    t = H * np.arange(STEPS + 1)
    with must_reject("the mean of the process itself"):
        assert_mean(measured_mean, START * np.exp(-t[TIMES]))
    with must_reject("the variance of the process itself"):
        assert_mean(measured_variance, 0.5 * (1.0 - np.exp(-2.0 * t[TIMES])))


@pytest.mark.skipif(not MEMORY.exists(), reason="the memory of a process is read from /proc")
def test_a_run_that_stores_its_paths_is_no_flat_one(rng_seed):
    """The broken twin of the memory."""
    solve(256, rng_seed, save="all")
    log = MemoryLog()
    sol = solve(500_000, rng_seed, save="all", progress=log)
    assert sol.x.nbytes > MOST_GROWTH
    assert log.growth > MOST_GROWTH
