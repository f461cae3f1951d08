"""What does it cost to follow the score of a hundred Gaussians, by Langevin dynamics and by noise
run backwards?

Per particle and step, with the end of each kept. On one core NumPy must be four times slower; on
two, JAX and PyTorch slower."""

from __future__ import annotations

import numpy as np
import pytest

import stochcalc as sc
from benchmarks import peers
from benchmarks.measure import NORMAL, Figure, at_least, numpy_threads, race, report
from benchmarks.peers_scores import (
    HIGH,
    LOW,
    MEANS,
    H,
    K,
    jax_moves,
    numpy_moves,
    starts,
    torch_moves,
)
from benchmarks.sizes import size

PARTICLES, N = size((4096, 200), (256, 4))
CHECKED = size(8192, 2048)
KINDS = ("langevin", "reverse")
MIXTURE = sc.score.GaussianMixture(np.full(K, 1.0 / K), MEANS, 1.0)


def ours(kind: str, particles: int, n: int, workers: int = 1) -> peers.Call:
    x0 = starts(particles)
    if kind == "reverse":
        return lambda: sc.score.reverse_sde(
            MIXTURE, sc.score.VE(LOW, HIGH), x0, n=n, key=1, workers=workers
        )
    return lambda: sc.langevin.sample(
        MIXTURE, x0, step=H, n=n, chains=particles, starts=True, save="last", key=1, workers=workers
    ).x[:, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_along_the_score_of_a_hundred_gaussians(benchmark, kind):
    builders = {"NumPy vectorised": numpy_moves, "JAX scan": jax_moves, "PyTorch": torch_moves}
    others = peers.every(
        {name: lambda build=build: build(kind, PARTICLES, N) for name, build in builders.items()}
    )
    call = ours(kind, PARTICLES, N)
    result = race({"stochcalc": call, **others}, PARTICLES * N)
    limits = {"NumPy vectorised": 4.0}
    report(
        benchmark,
        f"The score of {K} Gaussians, {kind}, one core",
        call,
        [
            Figure(f"stochcalc, over {NORMAL}", result.over_normal("stochcalc")),
            *[
                at_least(
                    f"stochcalc faster than {name}, times",
                    result.faster("stochcalc", name),
                    limits.get(name, 1.0),
                )
                for name in others
            ],
        ],
    )


@pytest.mark.parametrize("kind", KINDS)
def test_on_two_cores_it_is_ahead_of_jax_and_pytorch(benchmark, kind):
    others = peers.every(
        {
            "JAX scan": lambda: jax_moves(kind, 4 * PARTICLES, N, 2),
            "PyTorch": lambda: torch_moves(kind, 4 * PARTICLES, N, 2),
        }
    )
    call = ours(kind, 4 * PARTICLES, N, 2)
    result = race(
        {
            "stochcalc": call,
            "normals, one thread": lambda: numpy_threads(1),
            "normals, two threads": lambda: numpy_threads(2),
            **others,
        },
        4 * PARTICLES * N,
        cores=2,
    )
    report(
        benchmark,
        f"The score of {K} Gaussians, {kind}, two cores",
        call,
        [
            at_least(f"stochcalc faster than {name}, times", result.faster("stochcalc", name), 1.0)
            for name in others
        ],
        cores=2,
        scaling=result.faster("normals, two threads", "normals, one thread"),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_candidate_ends_with_the_same_law(kind):
    """Mean and mean square of the ends of some thousand particles, against ours, to six standard
    errors.
    """
    builders = {"NumPy": numpy_moves, "JAX": jax_moves, "PyTorch": torch_moves}
    calls = peers.every(
        {name: lambda build=build: build(kind, CHECKED, 40) for name, build in builders.items()}
    )
    ends = {name: np.asarray(call()) for name, call in calls.items()}
    reference = ours(kind, CHECKED, 40)()
    for name, x in ends.items():
        for power in (1, 2):
            a, b = x**power, reference**power
            z = (a.mean(axis=0) - b.mean(axis=0)) / np.sqrt(
                (a.var(axis=0) + b.var(axis=0)) / len(a)
            )
            assert (np.abs(z) < 6).all(), (name, power, z)
