"""What does a step of Euler's scheme cost on geometric Brownian motion, with drift and diffusion written by the user?

The end of each path is kept. Libraries that take functions must be four times slower; stochastic-rs has the process built
in and returns whole paths: it stands beside, without a limit.
"""

from __future__ import annotations

import stochcalc as sc
from benchmarks import peers
from benchmarks.measure import Figure, at_least, at_most, race, report

PATHS, N = 20_480, 500


def test_a_step_of_euler_costs_a_quarter_of_a_numpy_normal(benchmark):
    sde = sc.SDE(lambda t, x, a, b: a * x, lambda t, x, a, b: b * x, args=(peers.A, peers.B))
    ours = lambda: sc.solve(sde, 1.0, 1.0, n=N, paths=PATHS, save="last", key=1, workers=1)
    limits = {"numba, the usual loop": (8.0, peers.numba_gbm), "NumPy vectorised": (3.5, peers.numpy_gbm),
              "diffrax": (4.0, peers.diffrax_gbm), "torchsde": (4.0, peers.torchsde_gbm),
              "numba, Generator passed in": (None, peers.numba_gbm_generator),
              "stochastic-rs, built in": (None, peers.stochastic_rs_gbm)}
    others = peers.every({name: lambda build=build: build(PATHS, N) for name, (_, build) in limits.items()})
    result = race({"stochcalc": ours, **others}, PATHS * N)
    figures = [at_most("stochcalc, over one NumPy normal", result.over_normal("stochcalc"), 0.33, 0.25, avx2=0.45)]
    for name in others:
        limit, value = limits[name][0], result.faster("stochcalc", name)
        what = f"stochcalc faster than {name}, times"
        figures.append(Figure(what, value) if limit is None else at_least(what, value, limit))
    report(benchmark, "Euler on GBM", ours, figures)
