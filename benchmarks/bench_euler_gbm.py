"""What does a step of Euler's scheme cost on geometric Brownian motion, with drift and diffusion
written by the user?

The end of each path is kept. Libraries that take functions must be four times slower; stochastic-rs
has the process built in and returns whole paths, and sdeint solves one path at a time in Python and
gets fewer of them: they stand beside, without a limit, as do sdepy and pyito."""

from __future__ import annotations

import functools

import numpy as np

import stochcalc as sc
from benchmarks import peers, peers_schemes, peers_tensors
from benchmarks.cpu import AVX2, HALF, WIDE
from benchmarks.measure import Figure, at_least, at_most, race, report
from benchmarks.peers_schemes import CHECK_N, faster, linear_moments, solves
from benchmarks.sizes import size

PATHS, N = size((20_480, 500), (512, 4))
FEW = 1 / 256  # share of the paths that sdeint gets
PEERS = {
    "numba, the usual loop": (8.0, peers.numba_gbm),
    "NumPy vectorised": (3.5, peers.numpy_gbm),
    "diffrax": (4.0, peers.diffrax_gbm),
    "torchsde": (4.0, peers.torchsde_gbm),
    "JAX scan": (4.0, peers_tensors.jax_gbm),
    "numba, Generator passed in": (None, peers.numba_gbm_generator),
    "stochastic-rs, built in": (None, peers.stochastic_rs_gbm),
    "pyito": (None, functools.partial(peers_schemes.pyito_gbm, "euler_maruyama")),
    "sdepy": (None, peers_schemes.sdepy_gbm),
    "sdeint": (None, functools.partial(peers_schemes.sdeint_gbm, "itoEuler")),
}


def ours(paths: int, n: int) -> peers.Call:
    sde = sc.SDE(lambda t, x, a, b: a * x, lambda t, x, a, b: b * x, args=(peers.A, peers.B))
    return lambda: sc.solve(sde, 1.0, 1.0, n=n, paths=paths, save="last", key=1, workers=1)


def test_a_step_of_euler_costs_a_quarter_of_a_numpy_normal(benchmark):
    share = {name: FEW if name == "sdeint" else 1.0 for name in PEERS}
    others = peers.every(
        {name: lambda name=name: PEERS[name][1](int(share[name] * PATHS), N) for name in PEERS}
    )
    call = ours(PATHS, N)
    result = race({"stochcalc": call, **others}, PATHS * N)
    figures = [
        at_most(
            "stochcalc, over one NumPy normal",
            result.over_normal("stochcalc"),
            {WIDE: 0.33, HALF: 0.33, AVX2: 0.45},
            0.25,
        )
    ]
    for name in others:
        limit, value = PEERS[name][0], faster(result, "stochcalc", name, share[name])
        what = f"stochcalc faster than {name}, times"
        if limit is None:
            figures.append(Figure(what, value))
        else:
            figures.append(at_least(what, value, limit))
    report(benchmark, "Euler on GBM", call, figures)


def test_every_candidate_solves_the_same_equation():
    def last_of_path(paths: int, n: int) -> peers.Call:
        call = peers.stochastic_rs_gbm(paths, n)
        return lambda: np.asarray(call())[:, -1]

    builders = {"stochcalc": ours} | {name: build for name, (_, build) in PEERS.items()}
    builders["stochastic-rs, built in"] = last_of_path
    present = peers.every(
        {name: lambda build=build: build(1, 1) for name, build in builders.items()}
    )
    for name in present:
        solves(name, builders[name], *linear_moments(peers.A, peers.B**2, CHECK_N))
