"""What does a step of a streamed Riemann sum cost?

sum w dW over paths that are never stored. at="value" needs one normal a step; at="time" with lam =
1/2 needs W inside the step too, a second normal that cannot share its block of random words with a
neighbour's."""

from __future__ import annotations

import stochcalc as sc
from benchmarks.measure import Figure, at_most, race, report
from benchmarks.sizes import size

PATHS, N = size((25_600, 400), (2_560, 20))
SUMS = (("value", 0.5), ("time", 0.5), ("time", 0.0))
LIMITS = {"value": (0.35, 0.25), "time": (0.65, 0.45)}


def integrand(t, w):
    return w


def check_means(W) -> None:
    """Check the mean of each sum: lam T, to six standard errors."""
    for reading, lam in SUMS:
        found = sc.riemann_sum(integrand, W, lam, at=reading, save="stats", workers=1)
        assert abs(found.mean - lam) < 6 * found.stderr, (reading, lam, found.mean)


def compare(benchmark, at: str) -> None:
    W = sc.brownian(1.0, N, paths=PATHS, store=False, key=1)
    check_means(W)
    sums = {
        f"at={reading!r}, lam={lam:g}": lambda reading=reading, lam=lam: sc.riemann_sum(
            integrand, W, lam, at=reading, save="stats", workers=1
        )
        for reading, lam in SUMS
    }
    result = race(sums, PATHS * N)
    ours = f"at={at!r}, lam=0.5"
    report(
        benchmark,
        f"Streamed sum, at={at!r}",
        sums[ours],
        [
            at_most(f"{ours}, over one NumPy normal", result.over_normal(ours), *LIMITS[at]),
            Figure(
                "at='time', lam=0, over one NumPy normal", result.over_normal("at='time', lam=0")
            ),
        ],
    )


def test_a_step_of_the_trapezoid_costs_a_third_of_a_numpy_normal(benchmark):
    compare(benchmark, "value")


def test_a_step_of_the_midpoint_sum_costs_two_thirds_of_a_numpy_normal(benchmark):
    compare(benchmark, "time")
