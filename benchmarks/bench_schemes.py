"""What does a step of the schemes of higher order cost, per normal it uses?

On geometric Brownian motion, and on two noises that do not commute, where Levy's areas are drawn
with two terms of their series. Beside each scheme the peers' schemes of the same order, on the same
equation (one that reads the noise as Stratonovich gets the drift that makes it so), and Euler's
where a library has no better. sdeint solves one path at a time in Python: it gets fewer paths."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numba
import numpy as np

import stochcalc as sc
from benchmarks import peers, peers_schemes, peers_tensors
from benchmarks.cpu import AVX2, HALF, WIDE
from benchmarks.measure import Figure, Limit, at_most, race, report
from benchmarks.peers import A, B, Call
from benchmarks.peers_schemes import N_PAIR, TERMS, G, faster, linear_moments, solves
from benchmarks.sizes import size
from stochcalc.engine.random.drivers import count_area_terms
from stochcalc.methods import METHODS

PATHS, N, PAIR_PATHS = size((20_480, 500, 5_120), (512, 4, 512))
FEW = 1 / 256  # share of the paths that sdeint gets
Builders = dict[str, Callable[[int, int], Call]]


def normals(method: str, noises: int = 1, n: int = N) -> int:
    """Normals of a step on [0, 1] in n: areas take two for each noise and term, and their tail one
    for each noise and pair.
    """
    drivers, pairs = METHODS[method].drivers, noises * (noises - 1) // 2
    areas = (
        pairs + noises + 2 * noises * count_area_terms(1.0 / n, noises)
        if pairs and "A" in drivers
        else 0
    )
    return noises * (2 if "I10" in drivers else 1) + areas


def ours(method: str, paths: int, n: int) -> Call:
    sde = sc.SDE(
        lambda t, x, a, b: a * x,
        lambda t, x, a, b: b * x,
        diffusion_dx=lambda t, x, a, b: b,
        args=(A, B),
    )
    return lambda: sc.solve(
        sde, 1.0, 1.0, n=n, paths=paths, method=method, save="last", key=1, workers=1
    )


def ours_pair(method: str, paths: int, n: int) -> Call:
    sde = sc.SDE(
        lambda t, x, a, g: (a * x[0], a * x[1]),
        lambda t, x, a, g: ((g * x[0], g * x[1]), (-g * x[1], g * x[0])),
        noise="general",
        args=(A, G),
    )
    return lambda: sc.solve(
        sde, (1.0, 1.0), 1.0, n=n, paths=paths, method=method, save="last", key=1, workers=1
    )


@numba.njit
def _usual_pair(paths, n, a, g):
    np.random.seed(1)
    out, dt = np.empty((paths, 2)), 1.0 / n
    root = math.sqrt(dt)
    for path in range(paths):
        x, y = 1.0, 1.0
        for _ in range(n):
            u, v = g * root * np.random.normal(0.0, 1.0), g * root * np.random.normal(0.0, 1.0)
            x, y = x + a * x * dt + x * u + y * v, y + a * y * dt - y * u + x * v
        out[path, 0], out[path, 1] = x, y
    return out


@numba.njit
def _usual_pair_areas(paths, n, a, g, terms):
    np.random.seed(1)
    out, dt = np.empty((paths, 2)), 1.0 / n
    root, scale = math.sqrt(dt), math.sqrt(2.0 / dt)
    for path in range(paths):
        x, y = 1.0, 1.0
        for _ in range(n):
            u, v, area = root * np.random.normal(0.0, 1.0), root * np.random.normal(0.0, 1.0), 0.0
            for r in range(1, terms + 1):
                p, q = np.random.normal(0.0, 1.0), np.random.normal(0.0, 1.0)
                area += (
                    p * (np.random.normal(0.0, 1.0) + scale * v)
                    - q * (np.random.normal(0.0, 1.0) + scale * u)
                ) / r
            area *= dt / (2.0 * math.pi)
            own, other = 0.5 * g * g * (u * u + v * v - 2.0 * dt), 2.0 * g * g * area
            x, y = (
                x + a * x * dt + g * (x * u + y * v) + own * x - other * y,
                y + a * y * dt + g * (x * v - y * u) + own * y + other * x,
            )
        out[path, 0], out[path, 1] = x, y
    return out


def numba_pair(paths: int, n: int) -> Call:
    """The loop everybody writes, by Euler: two normals a step and strong order 1/2."""
    return lambda: _usual_pair(paths, n, A, G)


def numba_pair_areas(paths: int, n: int) -> Call:
    """And the loop few write: Milstein with Levy's series of two terms, ten normals a step."""
    return lambda: _usual_pair_areas(paths, n, A, G, TERMS)


def numpy_pair(paths: int, n: int) -> Call:
    """Euler, all paths at once, components first."""
    rng, z, dt = np.random.default_rng(1), np.empty((2, paths)), 1.0 / n
    root = G * math.sqrt(dt)

    def call() -> object:
        x, y = np.ones((2, paths))
        for _ in range(n):
            rng.standard_normal(out=z)
            np.multiply(z, root, out=z)
            x, y = x * (1.0 + A * dt + z[0]) + y * z[1], y * (1.0 + A * dt - z[0]) + x * z[1]
        return np.stack([x, y], axis=1)

    return call


def build(
    function: Callable[..., Call], *first: str, **options: object
) -> Callable[[int, int], Call]:
    """A builder of (paths, n), with the scheme's name given."""
    return functools.partial(function, *first, **options)


MILSTEIN: Builders = {
    "NumPy vectorised": peers_schemes.numpy_milstein,
    "numba, the usual loop": peers_schemes.numba_milstein,
    "JAX scan": peers_tensors.jax_milstein,
    "pyito milstein": build(peers_schemes.pyito_gbm, "milstein"),
    "diffrax ItoMilstein": build(peers_tensors.diffrax_gbm, "ItoMilstein"),
    "diffrax StratonovichMilstein": build(peers_tensors.diffrax_gbm, "StratonovichMilstein"),
    "torchsde milstein": build(peers_tensors.torchsde_gbm, "milstein"),
}
SRIW1: Builders = {
    "diffrax SlowRK": build(peers_tensors.diffrax_gbm, "SlowRK"),
    "torchsde srk": build(peers_tensors.torchsde_gbm, "srk"),
}
SRI2: Builders = {
    "diffrax SPaRK": build(peers_tensors.diffrax_gbm, "SPaRK"),
    "torchsde milstein, grad_free": build(peers_tensors.torchsde_gbm, "milstein", grad_free=True),
    "sdeint itoSRI2": build(peers_schemes.sdeint_gbm, "itoSRI2"),
}
PAIR: Builders = {
    "NumPy vectorised, Euler": numpy_pair,
    "numba, the usual loop, Euler": numba_pair,
    "numba, Milstein with areas": numba_pair_areas,
    "diffrax SPaRK (order 1/2)": peers_tensors.diffrax_pair,
    "torchsde log_ode": peers_tensors.torchsde_pair,
    "sdeint itoSRI2": peers_schemes.sdeint_pair,
}


def compare(
    benchmark,
    row: str,
    method: str,
    call: Call,
    others: Builders,
    paths: int,
    n: int,
    used: int,
    limit: Limit,
) -> None:
    share = {name: FEW if name.startswith("sdeint") else 1.0 for name in others}
    built = peers.every(
        {name: lambda name=name: others[name](int(share[name] * paths), n) for name in others}
    )
    result = race({"stochcalc": call, **built}, paths * n)
    step = result.over_normal("stochcalc")
    report(
        benchmark,
        row,
        call,
        [
            at_most(
                f"stochcalc, over one NumPy normal per normal used ({used})",
                step / used,
                limit,
            ),
            Figure("stochcalc, a path-step over one NumPy normal", step),
            *[
                Figure(
                    f"stochcalc {method} faster than {name}, times",
                    faster(result, "stochcalc", name, share[name]),
                )
                for name in built
            ],
        ],
    )


def test_a_step_of_milstein_costs_a_third_of_a_numpy_normal(benchmark):
    assert normals("milstein") == 1
    compare(
        benchmark,
        "Milstein on GBM",
        "milstein",
        ours("milstein", PATHS, N),
        MILSTEIN,
        PATHS,
        N,
        1,
        {WIDE: 0.33, HALF: 0.33, AVX2: 0.50},
    )


def test_a_step_of_sriw1_costs_two_fifths_of_a_numpy_normal_for_each_of_its_two(benchmark):
    assert normals("sriw1") == 2
    compare(
        benchmark,
        "sriw1 on GBM, order 1.5",
        "sriw1",
        ours("sriw1", PATHS, N),
        SRIW1,
        PATHS,
        N,
        2,
        {WIDE: 0.40, HALF: 0.40, AVX2: 0.60},
    )


def test_a_step_of_sri2_costs_half_a_numpy_normal(benchmark):
    assert normals("sri2") == 1
    compare(
        benchmark,
        "sri2 on GBM, order 1",
        "sri2",
        ours("sri2", PATHS, N),
        SRI2,
        PATHS,
        N,
        1,
        {WIDE: 0.55, HALF: 0.55, AVX2: 0.60},
    )


def test_areas_of_two_terms_cost_less_than_half_a_numpy_normal_for_each_of_thirteen(benchmark):
    assert count_area_terms(1.0 / N_PAIR, 2) == TERMS and normals("sri2", 2, N_PAIR) == 13
    compare(
        benchmark,
        "sri2 on 2x2 noise, areas of two terms",
        "sri2",
        ours_pair("sri2", PAIR_PATHS, N_PAIR),
        PAIR,
        PAIR_PATHS,
        N_PAIR,
        13,
        0.45,
    )


def test_every_candidate_solves_the_same_equation():
    exact, milstein = (
        linear_moments(A, B * B),
        linear_moments(A, B * B, peers_schemes.CHECK_N, 0.5 * B**4),
    )
    pair, euler = linear_moments(A, 2 * G * G), linear_moments(A, 2 * G * G, peers_schemes.CHECK_N)
    checks = [(name, build, milstein) for name, build in MILSTEIN.items()]
    checks += [(name, build, exact) for name, build in {**SRIW1, **SRI2}.items()]
    checks += [
        (name, build, (mean, 2 * variance))
        for name, build in PAIR.items()
        for mean, variance in (euler if name.endswith("Euler") else pair,)
    ]
    checks += [("milstein", build(ours, "milstein"), milstein)]
    checks += [(method, build(ours, method), exact) for method in ("sriw1", "sri2")]
    checks += [("sri2 on two noises", build(ours_pair, "sri2"), (pair[0], 2 * pair[1]))]
    present = peers.every({name: lambda build=build: build(1, 1) for name, build, _ in checks})
    for name, candidate, (mean, variance) in checks:
        if name in present:
            solves(name, candidate, mean, variance)
