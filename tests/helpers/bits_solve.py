"""Calls whose bits are kept: functions of all kinds, and what `solve` is asked for."""

from __future__ import annotations

import math
import warnings

import numpy as np
from bits_motion import correlation, seven
from bits_schemes import (
    KEY,
    NUMBERS,
    SPAN,
    START,
    STEPS,
    SYSTEMS,
    flow,
    paths_of,
    pull,
    solved,
    spread,
    three_noises,
)

import stochcalc as sc

# ---- functions of all kinds, each with the diffusion 0.3 + 0.1 x


def helper(x):
    """Return a number that `with_a_helper` asks for."""
    return math.log(1.0 + x * x) if x < 2.0 else math.atan(x)


def with_a_helper(t, x):
    """Call another function."""
    return -helper(x) * helper(0.5 * x) - x


def with_branches(t, x):
    """Take one of three ways."""
    if x > 0.5:
        return -x
    if x < -0.5:
        return 1.0
    return math.cos(3.0 * x) * t


def with_a_loop(t, x):
    """Sum a series."""
    total = 0.0
    for k in range(1, 5):
        total += math.sin(k * x) / k
    return -total


def with_powers(t, x):
    """Raise to powers of all kinds."""
    return -(x**3) + abs(x) ** 1.5 - 2.0**x + (1.0 + x * x) ** -0.5 + t**2


def with_many_names(t, x):
    """Call most elementary functions."""
    bounded = np.tanh(x)
    angle = np.arctan(x) + np.arcsinh(x) + np.sinh(bounded) - np.cosh(bounded)
    root = np.sqrt(1.0 + x * x) + np.log1p(x * x) + np.expm1(-x * x) + np.log2(2.0 + x * x)
    return 0.1 * (angle - root) + 0.01 * np.floor(4.0 * x) - np.tan(bounded) - np.maximum(x, 0.2)


def leap(a, b, t, x, dt, dW, args):
    """Step to the middle by the drift, and on from there: a scheme of one's own."""
    half = x + 0.5 * a(t, x, *args) * dt
    return half + b(t, half, *args) * dW + 0.5 * a(t + dt, half, *args) * dt


LEAP = sc.Method(
    "leap",
    leap,
    strong_order={"diagonal": 0.5},
    weak_order={"diagonal": 1.0},
    calculus=0.0,
    reference="none",
)


def exploding():
    """Return paths of which most leave the finite range, with numbers in the place of nan."""
    sde = sc.SDE(lambda t, x: x**3, lambda t, x: x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = solved(sde, 1.5, "euler_maruyama")
    return found.nonfinite, np.nan_to_num(found.x, nan=-7.0)


def with_a_closure(a):
    """Make a function that remembers a number."""
    return lambda t, x: a * math.sin(a * x) - x


FUNCTIONS = {
    "a helper": with_a_helper,
    "branches": with_branches,
    "a loop": with_a_loop,
    "powers": with_powers,
    "many names": with_many_names,
    "a closure": with_a_closure(1.75),
}

CALLS = {
    f"{method} with a drift that has {name}": lambda drift=drift, method=method: paths_of(
        sc.SDE(drift, lambda t, x: 0.3 + 0.1 * x), 0.3, method
    )
    for name, drift in FUNCTIONS.items()
    for method in ("euler_maruyama", "sriw1")
}
CALLS |= {
    "a system whose functions have branches and helpers": lambda: paths_of(
        sc.SDE(
            lambda t, x: (-helper(x[0]), x[0] if x[1] > 0.0 else math.exp(x[1])),
            lambda t, x: (0.2 * abs(x[0]) ** 0.5, 0.3),
        ),
        START,
        "euler_maruyama",
    ),
    "a system of five components": lambda: paths_of(
        sc.SDE(
            lambda t, x: (-x[0] + x[1], -x[1] + x[2], -x[2] + x[3], -x[3] + x[4], -x[4]),
            lambda t, x: (0.1, 0.2 * x[1], 0.3, 0.1 * math.sin(x[3]), 0.2),
        ),
        (0.1, 0.2, 0.3, 0.4, 0.5),
        "euler_maruyama",
    ),
    "paths that leave the finite range": lambda: exploding(),
    "a scheme of one's own": lambda: paths_of(sc.SDE(pull, spread, args=(0.7,)), 0.3, LEAP),
    "a scheme of one's own on a system": lambda: paths_of(
        sc.SDE(lambda t, x: (-x[1], x[0]), lambda t, x: (0.2 * x[0], 0.3)), START, LEAP
    ),
}
CALLS |= {
    f"{method} on a system of one component": lambda method=method: paths_of(
        sc.SDE(
            lambda t, x: (math.sin(x[0]),),
            lambda t, x: (0.3 * math.cos(x[0]),),
            diffusion_dx=lambda t, x: (-0.3 * math.sin(x[0]),),
        ),
        (0.3,),
        method,
    )
    for method in ("euler_maruyama", "milstein", "sriw1", "weak2")
}
CALLS |= {
    f"{method} on three components with three noises": lambda method=method: paths_of(
        sc.SDE(
            lambda t, x: (x[1] - x[0], math.sin(x[2]), -x[2]),
            lambda t, x: (*three_noises(t, x, 0.0), (0.1, 0.1 * x[2], 0.2 * x[1])),
            noise="general",
        ),
        (0.1, 0.2, 0.3),
        method,
    )
    for method in ("euler_maruyama", "sri2", "weak2")
}
CALLS |= {
    f"{paths} paths by {method}": lambda paths=paths, method=method: seven(
        solved(NUMBERS["diagonal"], 0.3, method, paths=paths, save="stats").moments
    )
    for paths in (3, 255, 256, 257, 2000)
    for method in ("euler_maruyama", "sriw1")
}

# ---- what is kept, and where the noise comes from


def general_stats(method):
    """Return the moments of a system with general noise."""
    return seven(solved(SYSTEMS["general"], START, method, save="stats").moments)


CALLS |= {
    "the last states of a number": lambda: paths_of(
        NUMBERS["diagonal"], 0.3, "milstein", save="last"
    ),
    "the last states of a system": lambda: paths_of(SYSTEMS["general"], START, "sri2", save="last"),
    "the states of a number at times of its own": lambda: paths_of(
        NUMBERS["diagonal"], 0.3, "sriw1", save=[0.0, 0.3, 0.777, 1.25]
    ),
    "the states of a system at times of its own": lambda: paths_of(
        SYSTEMS["general"], START, "srs2", save=[0.1, 0.3, 0.777, 1.0]
    ),
    "the moments of a number": lambda: seven(
        solved(NUMBERS["diagonal"], 0.3, "sriw1", save="stats", paths=2000).moments
    ),
    "the moments of stored paths": lambda: seven(solved(NUMBERS["diagonal"], 0.3, "heun").moments),
    "the moments of a system with diagonal noise": lambda: seven(
        solved(SYSTEMS["diagonal"], START, "milstein", save="stats", paths=2000).moments
    ),
    "the moments of a system by sri2": lambda: general_stats("sri2"),
    "the moments of a system by weak2": lambda: general_stats("weak2"),
    "numbers that start apart": lambda: paths_of(
        NUMBERS["diagonal"], np.linspace(-1.0, 1.0, 300), "milstein", starts=True
    ),
    "systems that start apart": lambda: paths_of(
        SYSTEMS["general"], np.linspace(-1.0, 1.0, 600).reshape(300, 2), "sri2", starts=True
    ),
    "the moments of numbers that start apart": lambda: seven(
        solved(
            NUMBERS["diagonal"],
            np.linspace(-1.0, 1.0, 300),
            "euler_maruyama",
            starts=True,
            save="stats",
        ).moments
    ),
    "many steps": lambda: paths_of(NUMBERS["diagonal"], 0.3, "milstein", n=1000, paths=20),
    "many steps of a system with areas": lambda: paths_of(
        SYSTEMS["general"], START, "sri2", n=300, paths=20
    ),
    "one thread": lambda: paths_of(SYSTEMS["general"], START, "euler_maruyama", workers=1),
    "a start at another time": lambda: (
        sc.solve(NUMBERS["diagonal"], 0.3, 2.0, t0=1.0, n=7, paths=257, method="heun", rng=7).x
    ),
    "one path again": lambda: solved(SYSTEMS["general"], START, "sri2", save="stats").replay(271).x,
    "as many paths as an error takes": lambda: seven(
        solved(
            NUMBERS["diagonal"], 0.3, "euler_maruyama", paths=256, save="stats", target_stderr=0.01
        ).moments
    ),
}


def along(noise, problem="diagonal", method="euler_maruyama", systems=SYSTEMS, x0=START):
    """Solve along a motion that is given."""
    return sc.solve(systems[problem], x0, noise=noise, method=method).x


def driver(dim, n=STEPS, **options):
    """Make a motion that drives a system."""
    return sc.brownian(SPAN, n, paths=300, dim=dim, key=KEY, **options)


CALLS |= {
    "a number along a motion": lambda: along(driver(1), systems=NUMBERS, x0=0.3),
    "a number along a refined motion": lambda: along(
        driver(1).refine(3), method="milstein", systems=NUMBERS, x0=0.3
    ),
    "a number along a motion on random times": lambda: along(
        sc.brownian(partition=sc.Partition.random(1.0, 20, rng=3), paths=300, key=KEY),
        method="sriw1",
        systems=NUMBERS,
        x0=0.3,
    ),
    "a number read by Stratonovich along a refined motion": lambda: (
        sc.solve(
            sc.SDE(pull, spread, args=(0.7,), lam=0.5),
            0.3,
            noise=driver(1).refine(2),
            method="heun",
        ).x
    ),
    "a system with three noises along a motion": lambda: (
        sc.solve(
            sc.SDE(flow, three_noises, args=(0.7,), noise="general"),
            START,
            noise=driver(3),
            method="sri2",
            save="last",
        ).x
    ),
    "a system along a motion": lambda: along(driver(2), "general", "sri2"),
    "a system along a coarsened motion": lambda: along(driver(2, 60).coarsen(3)),
    "a system along a streamed motion": lambda: along(driver(3, store=False), "additive", "sra1"),
    "a system along correlated motions": lambda: along(
        driver(2, correlation=correlation(2)), "general"
    ),
    "a system with additive noise along correlated motions": lambda: along(
        driver(3, correlation=correlation(3)), "additive", "weak2"
    ),
}
