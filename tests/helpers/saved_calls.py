"""The public calls that take `checkpoint=`, each small, and the numbers of what it returns."""

from __future__ import annotations

import numpy as np

import stochcalc as sc

PATHS = 256 * 64


def decay(t, x):
    return -x


def half(t, x):
    return 0.5


SDE = sc.SDE(decay, half)


def square(x):
    return x * x


def position(t, w):
    return w


def highest(w):
    return w.max(axis=1)


def normal_score(x):
    return -x


def numbers(result):
    """The numbers of a result of any kind, as bytes."""
    if isinstance(result, sc.ConvergenceStudy):
        return b"".join(result.error[name].tobytes() for name in result.error)
    if isinstance(result, sc.Moments):
        return np.array([result.mean, result.var, result.skewness]).tobytes()
    if isinstance(result, sc.MultilevelEstimate):
        return repr(result.estimate).encode()
    if isinstance(result, sc.Solution):
        rows = b"" if result.x is None else result.x.tobytes()
        return rows + result.mean.tobytes() + result.var.tobytes()
    if isinstance(result, sc.Report):
        return repr([(row.statement, repr(row.measured)) for row in result.rows]).encode()
    if isinstance(result, sc.FirstPassage):
        return result.times.tobytes()
    if isinstance(result, sc.langevin.Chains):
        return result.record.tobytes()
    return np.asarray(result).tobytes()


def motion():
    return sc.brownian(n=64, paths=PATHS, store=False, key=7)


def reverse(sampler, **how):
    noising = sc.score.VP()
    x = noising.prior(PATHS, 1, rng=1)
    return sampler(sc.score.GaussianMixture([1.0], [[0.0]], 1.0), noising, x, n=8, key=7, **how)


CALLS = {
    "solve, statistics": lambda **how: sc.solve(
        SDE, 1.0, n=64, paths=PATHS, save="stats", key=7, **how
    ),
    "solve, last": lambda **how: sc.solve(SDE, 1.0, n=64, paths=PATHS, save="last", key=7, **how),
    "solve, target": lambda **how: sc.solve(
        SDE, 1.0, n=16, paths=2560, save="stats", target_stderr=3e-3, key=7, **how
    ),
    "riemann_sum": lambda **how: sc.riemann_sum(position, motion(), 0.5, save="stats", **how),
    "expectation": lambda **how: sc.expectation(highest, motion(), **how),
    "first_passage": lambda **how: sc.first_passage(
        SDE, 0.0, 0.5, 1.0, n=32, paths=PATHS, key=7, **how
    ),
    "langevin": lambda **how: sc.langevin.sample(
        normal_score, 0.0, step=0.1, n=32, chains=PATHS, save="stats", key=7, **how
    ),
    "integral": lambda **how: sc.integral_convergence(
        position, lam=(0.0, 1.0), levels=(3, 5), paths=PATHS, key=7, **how
    ),
    "variation": lambda **how: sc.variation_convergence(levels=(3, 5), paths=PATHS, key=7, **how),
    "strong": lambda **how: sc.strong_convergence(
        sc.models.gbm(0.1, 0.5),
        1.0,
        1.0,
        methods="euler_maruyama",
        levels=(3, 5),
        paths=PATHS,
        key=7,
        **how,
    ),
    "weak": lambda **how: sc.weak_convergence(
        sc.models.gbm(0.1, 0.5),
        1.0,
        1.0,
        test=square,
        methods="euler_maruyama",
        levels=(2, 3),
        paths=PATHS,
        key=7,
        **how,
    ),
    "reverse_sde": lambda **how: reverse(sc.score.reverse_sde, **how),
    "ancestral": lambda **how: reverse(sc.score.ancestral, **how),
    "annealed_langevin": lambda **how: sc.score.annealed_langevin(
        sc.score.GaussianMixture([1.0], [[0.0]], 1.0),
        [1.0, 0.5],
        np.zeros((PATHS, 1)),
        step=0.1,
        n_steps=5,
        key=7,
        **how,
    ),
    "verify": lambda **how: sc.verify(["G09", "G18"], paths=2048 * 8, key=7, **how),
    "mlmc": lambda **how: sc.mlmc(
        sc.models.gbm(0.1, 0.5), 1.0, 1.0, test=square, target=5e-3, key=7, **how
    ),
}
