"""What the public functions return for one key, for the tests of how the work is cut."""

from __future__ import annotations

import hashlib

import numpy as np
from evidence import bits

import stochcalc as sc
from stochcalc.engine.statistics import LANES

PATHS, STEPS = 10 * LANES + 13, 37


# Functions with names, which other processes find.
def pull(t, x, a):
    return a * x - 0.1 * x * x * x


def shake(t, x, a):
    return 0.2 + 0.1 * np.sin(x)


def turn(t, x):
    return x[1], -x[0]


def shake_second(t, x):
    return 0.0, 0.3


def square(t, w):
    return w * w


def solve(key, save="all", **how):
    sde = sc.SDE(pull, shake, args=(0.5,))
    return sc.solve(sde, 1.0, 1.0, n=STEPS, paths=PATHS, save=save, key=key, **how)


def motion(key, **how):
    return sc.brownian(1.0, STEPS, paths=PATHS, key=key, **how)


def total(key, **how):
    return sc.riemann_sum(square, motion(key, store=False), 0.5, **how)


def moments(key, **how):
    found = total(key, save="stats", **how)
    return np.array([found.mean, found.var, found.stderr])


def system(key, **how):
    sde = sc.SDE(turn, shake_second)
    return sc.solve(sde, (1.0, 0.0), 1.0, n=9, paths=PATHS, key=key, **how).x


# What the public functions return.
PUBLIC = {
    "all": lambda key, **how: solve(key, **how).x,
    "last": lambda key, **how: solve(key, "last", **how).x,
    "stats": lambda key, **how: solve(key, "stats", **how).record,
    "sum": total,
    "running sum": lambda key, **how: total(key, running=True, **how),
    "moments": moments,
    "system": system,
    "motion": lambda key, workers=None, executor=None: motion(key, workers=workers).values,
    "inside": lambda key, workers=None, executor=None: motion(key, workers=workers).at([0.1, 0.77]),
}


def answers(key, **how):
    return {name: function(key, **how) for name, function in PUBLIC.items()}


def digest(results):
    """One SHA-256 for everything."""
    return hashlib.sha256(
        "".join(name + bits(array) for name, array in results.items()).encode()
    ).hexdigest()
