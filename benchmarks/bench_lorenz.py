"""And a system: what does a step of Lorenz's equations with noise in each component cost?

Three normals and about twenty operations a step. Being ahead of all is asserted.
"""

from __future__ import annotations

import stochcalc as sc
from benchmarks import peers, peers_tensors
from benchmarks.cpu import AVX2, HALF, WIDE
from benchmarks.measure import Figure, at_least, at_most, race, report
from benchmarks.peers import C, G, R, S
from benchmarks.peers_schemes import solves
from benchmarks.sizes import size

PATHS, N = size((5_120, 400), (512, 4))
PEERS = {
    "NumPy vectorised": peers.numpy_lorenz,
    "numba, the usual loop": peers.numba_lorenz,
    "diffrax": peers.diffrax_lorenz,
    "torchsde": peers.torchsde_lorenz,
    "JAX scan": peers_tensors.jax_lorenz,
}


def drift(t, v, s, r, c, g):
    return s * (v[1] - v[0]), v[0] * (r - v[2]) - v[1], v[0] * v[1] - c * v[2]


def diffusion(t, v, s, r, c, g):
    return g * v[0], g * v[1], g * v[2]


def ours(paths: int, n: int) -> peers.Call:
    sde = sc.SDE(drift, diffusion, args=(S, R, C, G))
    return lambda: sc.solve(
        sde, (1.0, 1.0, 1.0), 1.0, n=n, paths=paths, save="last", key=1, workers=1
    )


def test_a_step_of_lorenz_is_faster_than_everybody_elses(benchmark):
    call = ours(PATHS, N)
    others = peers.every(
        {name: lambda build=build: build(PATHS, N) for name, build in PEERS.items()}
    )
    result = race({"stochcalc": call, **others}, PATHS * N)
    step = result.over_normal("stochcalc")
    report(
        benchmark,
        "Euler on Lorenz, three components",
        call,
        [
            at_most(
                "stochcalc, per component over one NumPy normal",
                step / 3,
                {WIDE: 0.33, HALF: 0.33, AVX2: 0.45},
                0.25,
            ),
            Figure("stochcalc, per path-step over one NumPy normal", step),
            *[
                at_least(
                    f"stochcalc faster than {name}, times", result.faster("stochcalc", name), 1.0
                )
                for name in others
            ],
        ],
    )


def test_every_candidate_solves_the_same_equation():
    """After two steps from (1, 1, 1) the first component's mean and variance are known: it is (1 -
    S h + G dW) x + S h y.
    """
    h, noise, y = 0.5, G * G * 0.5, 1.0 + (R - 2.0) * 0.5
    square, mean = 1.0 + noise, 1.0 + S * h * (y - 1.0)
    variance = (1.0 - S * h) ** 2 * noise + square * noise + (S * h) ** 2 * noise
    present = peers.every({name: lambda build=build: build(1, 1) for name, build in PEERS.items()})
    for name, build in {"stochcalc": ours, **{name: PEERS[name] for name in present}}.items():
        solves(name, build, mean, variance, 2, slice(0, 1))
