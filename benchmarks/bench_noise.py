"""What does a value of other noise cost, against a NumPy normal, and a weight along a path?

Stored paths of the processes of `motion`: each value is exact in law. The weight is Girsanov's,
beside Euler's scheme: what it adds to a step."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import stochcalc as sc
from benchmarks.measure import at_most, optional, race, report
from benchmarks.peers import Call, every
from benchmarks.peers_schemes import import_sdepy
from benchmarks.sizes import size

N = 1024
PATHS = size(4096, 256)
TAU = 0.1
RATE = 0.1 * N  # the mean number of jumps in a step is 0.1
VALUES = N * PATHS


def numpy_coloured() -> Call:
    """The exact step over all paths at once, in a few buffers."""
    rng = np.random.default_rng(1)
    rho = np.exp(-1.0 / (N * TAU))
    scale = np.sqrt(1.0 - rho * rho)
    out, z = np.empty((N + 1, PATHS)), np.empty(PATHS)

    def call() -> object:
        rng.standard_normal(out=out[0])
        for k in range(N):
            rng.standard_normal(out=z)
            np.multiply(out[k], rho, out=out[k + 1])
            np.multiply(z, scale, out=z)
            np.add(out[k + 1], z, out=out[k + 1])
        return out

    return call


def numpy_telegraph() -> Call:
    """Signs that change where a uniform number is small, multiplied along the paths."""
    rng = np.random.default_rng(1)
    chance = 0.5 * (1.0 - np.exp(-1.0 / (N * TAU)))

    def call() -> object:
        return np.cumprod(np.where(rng.random((PATHS, N)) < chance, -1.0, 1.0), axis=1)

    return call


def numpy_poisson() -> Call:
    """NumPy's own counts, summed along the paths."""
    rng = np.random.default_rng(1)
    return lambda: np.cumsum(rng.poisson(RATE / N, (PATHS, N)), axis=1, dtype=float)


def stochastic_rs_coloured() -> Call:
    """Euler's scheme for the process, in Rust."""
    process = optional("stochastic_rs").PyOu(1.0 / TAU, 0.0, 1.0, N + 1, 0.0, 1.0, 1)
    return lambda: process.sample_par(PATHS)


def stochastic_rs_fractional() -> Call:
    """The same method, in Rust."""
    process = optional("stochastic_rs").PyFbm(0.25, N + 1, 1.0, 1)
    return lambda: process.sample_par(PATHS)


def sdepy_coloured() -> Call:
    """Euler's scheme over all paths at once, in NumPy."""
    sdepy = import_sdepy()
    rng = np.random.default_rng(1)
    process = sdepy.ornstein_uhlenbeck_process(
        paths=PATHS, theta=0.0, k=1.0 / TAU, sigma=1.0, x0=0.0, rng=rng
    )
    timeline = np.linspace(0.0, 1.0, N + 1)
    return lambda: process(timeline)


def make(function: object, *arguments: float) -> Call:
    """Return a call that draws and stores the paths of a process on one thread."""
    return functools.partial(function, *arguments, n=N, paths=PATHS, key=1, workers=1)


NOISES = {
    "coloured": (
        make(sc.coloured_noise, TAU),
        0.6,
        {"NumPy": numpy_coloured, "stochastic-rs": stochastic_rs_coloured, "sdepy": sdepy_coloured},
    ),
    "telegraph": (make(sc.telegraph_noise, TAU), 0.6, {"NumPy": numpy_telegraph}),
    "Poisson": (make(sc.poisson, RATE), 1.0, {"NumPy": numpy_poisson}),
    "fractional": (
        make(sc.fractional_brownian, 0.25),
        2.0,
        {"stochastic-rs": stochastic_rs_fractional},
    ),
}


@pytest.mark.parametrize("name", NOISES)
def test_a_value_of_other_noise_costs_about_a_normal(benchmark, name):
    ours, limit, peers = NOISES[name]
    values = ours().values
    assert values.shape == (PATHS, N + 1) and np.isfinite(values).all()
    result = race({"stochcalc": ours, **every(peers)}, VALUES)
    own = at_most(f"{name}, over one NumPy normal", result.over_normal("stochcalc"), limit)
    report(benchmark, f"A value of {name} noise", ours, [own, *result.table("stochcalc")[1:]])


def test_a_weight_along_a_path_costs_a_tenth_of_a_normal(benchmark):
    sde = sc.SDE(lambda t, x: -x, lambda t, x: 1.0)
    steps = size(2000, 20)

    def solve(**weight: object) -> object:
        return sc.solve(sde, 0.0, n=steps, paths=PATHS, save=[1.0], key=1, workers=1, **weight)

    def weighed() -> object:
        return solve(girsanov=lambda t, x: -0.5 * x)

    plain = solve().end
    assert np.array_equal(weighed().end, plain)
    result = race({"Euler": solve, "with a weight": weighed}, steps * PATHS)
    added = result.over_normal("with a weight") - result.over_normal("Euler")
    figures = [at_most("what the weight adds, over one NumPy normal", added, 0.1)]
    report(benchmark, "A weight", weighed, [*figures, *result.table("with a weight")])
