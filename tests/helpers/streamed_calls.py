"""Every public call that computes over paths, small, with functions that other processes find."""

from __future__ import annotations

import inspect

import numpy as np
from saved_calls import CALLS as SAVED
from saved_calls import SDE, numbers

import stochcalc as sc

PATHS = 3 * 256 + 5
STEPS = 32


def identity(t, w):
    return w


def square(w):
    return w * w


def double(w):
    return 2.0 * w


def two(w):
    return 2.0


def cosine(t):
    return float(np.cos(t))


def minus_sine(t):
    return float(-np.sin(t))


def is_high(m):
    return 1.0 if m > 1.0 else 0.0


def is_low(t, x):
    return x < 0.5


def shift(t, x):
    return 0.5 - x


def loss(t, x):
    return 0.5 * x * x


def motion(dim=1, store=False):
    return sc.brownian(n=STEPS, paths=PATHS, dim=dim, store=store, key=11)


def prices(**how):
    """Observations with one jump and a value that is repeated."""
    x = sc.brownian(n=200, paths=2, key=11).values.copy()
    x[1, 100:] += 1.0
    x[0, 51] = x[0, 50]
    return x


# The calls by the public names of their functions; several of one function differ by what follows.
CALLS = {
    "brownian": lambda **how: sc.brownian(n=STEPS, paths=PATHS, key=11, **how).values,
    "poisson": lambda **how: sc.poisson(2.0, n=STEPS, paths=PATHS, key=11, **how).values,
    "fractional_brownian": lambda **how: (
        sc.fractional_brownian(0.25, n=STEPS, paths=PATHS, key=11, **how).values
    ),
    "coloured_noise": lambda **how: (
        sc.coloured_noise(0.1, n=STEPS, paths=PATHS, key=11, **how).values
    ),
    "telegraph_noise": lambda **how: (
        sc.telegraph_noise(0.1, n=STEPS, paths=PATHS, key=11, **how).values
    ),
    "sc.bridge": lambda **how: sc.bridge(motion(2), 0.5, 1.0, **how),
    "polygon": lambda **how: sc.polygon(motion(), 4, **how),
    "levy_construction": lambda **how: sc.levy_construction(motion(2), 3, **how),
    "karhunen_loeve": lambda **how: sc.karhunen_loeve(motion(), 5, **how),
    "maximum": lambda **how: sc.maximum(motion(), **how),
    "maximum observed": lambda **how: sc.maximum(motion(), save="stats", observe=is_high, **how),
    "maximum on the grid": lambda **how: sc.maximum(motion(), continuous=False, **how),
    "riemann_limit": lambda **how: sc.riemann_limit(identity, motion(), 0.0, **how),
    "riemann_limit of F": lambda **how: sc.riemann_limit(square, two, motion(), 0.0, **how),
    "ito_residual": lambda **how: sc.ito_residual(identity, motion(), **how),
    "ito_residual with f": lambda **how: sc.ito_residual(square, double, two, motion(), **how),
    "paley_wiener_zygmund": lambda **how: sc.paley_wiener_zygmund(
        cosine, minus_sine, motion(), **how
    ),
    "iterated_integrals": lambda **how: sc.iterated_integrals(motion(), 3, **how),
    "iterated_integrals, running": lambda **how: sc.iterated_integrals(
        motion(), 2, running=True, **how
    ),
    "exponential_martingale": lambda **how: sc.exponential_martingale(motion(), 0.5, **how),
    "levy_area": lambda **how: sc.levy_area(motion(2), **how),
    "levy_area, running": lambda **how: sc.levy_area(motion(2), running=True, **how),
    "double_integrals": lambda **how: sc.double_integrals(motion(2), **how),
    "quadratic_variation": lambda **how: sc.quadratic_variation(motion(), **how).value,
    "quadratic_variation of prices": lambda **how: (
        sc.quadratic_variation(prices(), estimator="bipower", **how).value
    ),
    "covariation": lambda **how: sc.covariation(motion(2)[0], motion(2)[1], **how).value,
    "power_variation": lambda **how: sc.power_variation(motion(), 1.5, **how).value,
    "spot_variance": lambda **how: sc.spot_variance(motion(), window=8, **how).value,
    "observe": lambda **how: sc.observe(motion(), noise=0.1, **how),
    "jump_test": lambda **how: sc.jump_test(prices(), **how).statistic,
    "detect_jumps": lambda **how: sc.detect_jumps(prices(), window=20, **how).statistic,
    "ito": lambda **how: sc.ito(identity, motion(), **how),
    "stratonovich": lambda **how: sc.stratonovich(identity, motion(), **how),
    "backward": lambda **how: sc.backward(identity, motion(), **how),
    "Model.exact": lambda **how: sc.models.gbm(0.1, 0.2).exact(motion(), **how),
    "solve, stopped": lambda **how: sc.solve(
        SDE, 1.0, n=STEPS, paths=PATHS, stop=is_low, key=7, **how
    ),
    "solve, weighed": lambda **how: (
        sc.solve(
            SDE, 1.0, n=STEPS, paths=PATHS, girsanov=shift, killing=loss, key=7, **how
        ).log_weight
    ),
    **SAVED,
}


def public_functions():
    """The public functions and methods by name."""
    found = {}
    for module in (sc.models, sc, sc.langevin, sc.score):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value):
                for key, method in vars(value).items():
                    if not key.startswith("_") and inspect.isfunction(method):
                        found[f"{name}.{key}"] = method
            elif callable(value):
                found[name] = value
    return found


def answer(name, **how):
    """The numbers that a call returns, as bytes."""
    return numbers(CALLS[name](**how))
