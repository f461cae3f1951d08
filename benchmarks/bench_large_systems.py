"""What does a component of a large system cost, in functions that are written for arrays?

A stochastic heat equation with a cubic on 1,000 points, written with slices, and 500 phase
oscillators, each of which feels the mean of all: see `peers_large`. NumPy's own loop is the one
everybody writes; its strips are the same by somebody who knows the cache.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import stochcalc as sc
from benchmarks import peers, peers_large
from benchmarks.measure import Figure, at_least, at_most, race, report
from benchmarks.peers_large import NU, SIGMA, START, K, frequencies
from benchmarks.sizes import size

POINTS, FEW, OSCILLATORS = 1000, 10, 500
PATHS, N = size((1024, 50), (64, 2))
CHECKED_DIM, CHECKED_PATHS, CHECKED_N = 40, 2048, 20
LOOP = "NumPy's own loop"
PEERS = {
    LOOP: peers_large.numpy_loop,
    "NumPy in strips": peers_large.numpy_strips,
    "JAX scan": peers_large.jax_scan,
    "diffrax": peers_large.diffrax_euler,
}


def heat_drift(t, x, nu):
    drift = x - x * x * x
    drift[1:-1] += nu * (x[2:] - 2.0 * x[1:-1] + x[:-2])
    drift[0] += nu * (x[1] - x[0])
    drift[-1] += nu * (x[-2] - x[-1])
    return drift


def oscillator_drift(t, x, w, k):
    sin = np.sin(x)
    cos = np.cos(x)
    sine = np.sum(sin, axis=0) / len(x)
    cosine = np.sum(cos, axis=0) / len(x)
    return w[:, None] + k * (sine * cos - cosine * sin)


def noise(t, x, *args):
    return SIGMA


def equation(system: str, dim: int) -> sc.SDE:
    if system == "heat":
        return sc.SDE(heat_drift, noise, args=(NU,), vectorized=True)
    return sc.SDE(oscillator_drift, noise, args=(frequencies(dim), K), vectorized=True)


def ours(system: str, dim: int, paths: int, n: int) -> peers.Call:
    sde = equation(system, dim)
    start = np.full(dim, START)
    return lambda: (
        sc.solve(sde, start, 1.0, n=n, paths=paths, save="last", key=1, workers=1).x[:, -1].T
    )


def compare(benchmark, system: str, dim: int, limit: float | None) -> None:
    call = ours(system, dim, PATHS, N)
    others = peers.every(
        {name: lambda build=build: build(system, dim, PATHS, N) for name, build in PEERS.items()}
    )
    result = race({"stochcalc": call, **others}, dim * PATHS * N)
    what = "stochcalc, a component's step over one NumPy normal"
    step = result.over_normal("stochcalc")
    figures = [Figure(what, step) if limit is None else at_most(what, step, limit)]
    for name in others:
        ahead = result.faster("stochcalc", name)
        least = 4.0 if name == LOOP else 1.0
        figures.append(at_least(f"stochcalc faster than {name}, times", ahead, least))
    report(benchmark, f"Euler on {dim} components, {system}", call, figures)


def test_a_point_of_the_heat_equation_costs_half_a_numpy_normal(benchmark):
    compare(benchmark, "heat", POINTS, 0.5)


def test_an_oscillator_costs_a_quarter_of_what_it_costs_in_numpy(benchmark):
    compare(benchmark, "oscillators", OSCILLATORS, None)


def test_a_component_costs_as_much_among_a_thousand_as_among_ten(benchmark):
    many = ours("heat", POINTS, PATHS, N)
    few = ours("heat", FEW, PATHS * POINTS // FEW, N)
    result = race({"many": many, "few": few}, POINTS * PATHS * N)
    report(
        benchmark,
        f"A component among {POINTS:,}",
        many,
        [
            at_most(f"its step over that among {FEW}", result.faster("few", "many"), 1.5),
            Figure(f"its step among {FEW} over one NumPy normal", result.over_normal("few")),
        ],
    )


@pytest.mark.parametrize("system", peers_large.DRIFTS)
def test_along_the_same_noise_it_is_numpys_loop(system):
    dim, n = CHECKED_DIM, CHECKED_N
    W = sc.brownian(1.0, n, paths=300, dim=dim, key=1)
    found = sc.solve(equation(system, dim), np.full(dim, START), noise=W, save="last").x[:, -1]
    x = np.full((dim, W.paths), START)
    for k in range(n):
        x = x + peers_large.DRIFTS[system](np, x) / n + SIGMA * W.increments[:, k].T
    np.testing.assert_allclose(found, x.T, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("system", peers_large.DRIFTS)
def test_every_candidate_ends_with_the_same_law(system):
    """Three means over the components, against ours, to six standard errors: of x, of cos^2 x, and
    of the product of neighbours, which the heat equation joins.
    """
    size_of_check = (CHECKED_DIM, CHECKED_PATHS, CHECKED_N)
    builders = {
        name: lambda build=build: build(system, *size_of_check) for name, build in PEERS.items()
    }
    reference = statistics(ours(system, *size_of_check)())
    for name, call in peers.every(builders).items():
        for a, b in zip(statistics(call()), reference, strict=True):
            z = (a.mean() - b.mean()) / math.sqrt((a.var() + b.var()) / CHECKED_PATHS)
            assert abs(z) < 6, (name, z)


def statistics(found) -> tuple[np.ndarray, ...]:
    """Return, for each path, the three means over the components."""
    x = np.asarray(found).reshape(CHECKED_DIM, CHECKED_PATHS)
    return x.mean(axis=0), (np.cos(x) ** 2).mean(axis=0), (x[1:] * x[:-1]).mean(axis=0)
