"""What does an estimator of quadratic variation cost on a thousand paths of 23,401 prices, 187 MB?

Against the plainest NumPy line for its value alone; ours brings the standard error and the
interval, and checks its input. Memory is what Python's allocator saw at its highest beyond the
input, over the input."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

import stochcalc as sc
from benchmarks.measure import Figure, at_least, at_most, interleaved, race, report
from benchmarks.sizes import size

PATHS, N = size((1000, 23_401), (20, 23_401))
VALUES = np.cumsum(np.random.default_rng(1).standard_normal((PATHS, N + 1)) / math.sqrt(N), axis=1)


def realized(x):
    return np.sum(np.diff(x, axis=1) ** 2, axis=1)


def bipower(x):
    r = np.abs(np.diff(x, axis=1))
    return math.pi / 2 * np.sum(r[:, 1:] * r[:, :-1], axis=1)


def minrv(x):
    r = np.abs(np.diff(x, axis=1))
    return math.pi / (math.pi - 2) * np.sum(np.minimum(r[:, 1:], r[:, :-1]) ** 2, axis=1)


def medrv(x):
    r = np.abs(np.diff(x, axis=1))
    middle = np.median([r[:, 2:], r[:, 1:-1], r[:, :-2]], axis=0)
    return math.pi / (6 - 4 * math.sqrt(3) + math.pi) * np.sum(middle**2, axis=1)


def two_scale(x):
    k, n = sc.ESTIMATORS["two_scale"].bandwidth(N), x.shape[1] - 1
    return np.sum((x[:, k:] - x[:, :-k]) ** 2, axis=1) / k - (n - k + 1) / n / k * np.sum(
        np.diff(x, axis=1) ** 2, axis=1
    )


def preaveraged(x):
    k, r = sc.ESTIMATORS["preaveraged"].bandwidth(N), np.diff(x, axis=1)
    g = np.minimum(np.arange(1, k) / k, 1 - np.arange(1, k) / k)
    means = np.array([np.convolve(row, g, "valid") for row in r])
    return 12 / k * np.sum(means**2, axis=1) - 6 / k**2 * np.sum(r**2, axis=1)


def realized_kernel(x):
    H, r = sc.ESTIMATORS["realized_kernel"].bandwidth(N), np.diff(x, axis=1)
    total = np.sum(r * r, axis=1)
    for h in range(1, H + 1):
        u = (h - 1) / H
        w = 1 - 6 * u**2 * (1 - u) if u <= 0.5 else 2 * (1 - u) ** 3
        total += 2 * w * np.sum(r[:, h:] * r[:, :-h], axis=1)
    return total


PLAIN = {
    f.__name__: f
    for f in (realized, bipower, minrv, medrv, two_scale, preaveraged, realized_kernel)
}


@pytest.mark.parametrize("name", PLAIN)
def test_an_estimator_with_its_interval_is_as_fast_as_the_plain_value_and_needs_no_memory(
    benchmark, name
):
    plain = PLAIN[name]
    np.testing.assert_allclose(
        sc.quadratic_variation(VALUES[:5], estimator=name).value, plain(VALUES[:5]), rtol=0.05
    )
    ours = lambda: sc.quadratic_variation(VALUES, estimator=name, workers=1)
    result = race({"stochcalc": ours, "NumPy": lambda: plain(VALUES)}, VALUES.size)
    default = lambda: sc.quadratic_variation(VALUES, estimator=name)
    seconds = interleaved({"both": default, "NumPy": lambda: plain(VALUES)}, cores=2)
    tracemalloc.start()
    try:
        default()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    report(
        benchmark,
        f"Quadratic variation, {name}",
        ours,
        [
            at_least(
                "stochcalc faster than the plain NumPy value, one core, times",
                result.faster("stochcalc", "NumPy"),
                1.0,
            ),
            Figure(
                "stochcalc on all cores faster than the plain NumPy value, times",
                seconds["NumPy"] / seconds["both"],
            ),
            at_most("memory in all, over the input", 1.0 + peak / VALUES.nbytes, 2.0),
        ],
    )
