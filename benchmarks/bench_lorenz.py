"""And a system: what does a step of Lorenz's equations with noise in each component cost?

Three normals and about twenty operations a step. No row of the issue sets a limit; being ahead of all is asserted.
"""

from __future__ import annotations

import stochcalc as sc
from benchmarks import peers
from benchmarks.measure import Figure, at_least, race, report

PATHS, N = 5_120, 400


def drift(t, v, s, r, c, g):
    return s * (v[1] - v[0]), v[0] * (r - v[2]) - v[1], v[0] * v[1] - c * v[2]


def diffusion(t, v, s, r, c, g):
    return g * v[0], g * v[1], g * v[2]


def test_a_step_of_lorenz_is_faster_than_everybody_elses(benchmark):
    sde = sc.SDE(drift, diffusion, args=(peers.S, peers.R, peers.C, peers.G))
    ours = lambda: sc.solve(sde, (1.0, 1.0, 1.0), 1.0, n=N, paths=PATHS, save="last", key=1, workers=1)
    others = peers.every({name: lambda build=build: build(PATHS, N) for name, build in (
        ("NumPy vectorised", peers.numpy_lorenz), ("numba, the usual loop", peers.numba_lorenz),
        ("diffrax", peers.diffrax_lorenz), ("torchsde", peers.torchsde_lorenz))})
    result = race({"stochcalc": ours, **others}, PATHS * N)
    report(benchmark, "Euler on Lorenz, three components", ours, [
        Figure("stochcalc, per path-step over one NumPy normal", result.over_normal("stochcalc")),
        *[at_least(f"stochcalc faster than {name}, times", result.faster("stochcalc", name), 1.0) for name in others]])
