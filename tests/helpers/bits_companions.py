"""Calls whose bits are kept: weights of paths, and walls that push them back."""

from __future__ import annotations

import math

from bits_schemes import KEY, NUMBERS, START, SYSTEMS

import stochcalc as sc


def solve(problem, x0, **options):
    """Solve an equation on 24 steps to 1.5, along 300 paths."""
    return sc.solve(problem, x0, 1.5, n=24, paths=300, key=KEY, **options)


def weighed(problem, x0, **options):
    """Return the states with the logarithms of the weights."""
    sol = solve(problem, x0, **options)
    return sol.x, sol.log_weight


def reflected(problem, x0, **options):
    """Return the states with the pushes of both walls."""
    sol = solve(problem, x0, **options)
    return sol.x, sol.local_time


def moments(weight):
    """Return the moments of weights, and of weighted states."""
    sol = solve(NUMBERS["diagonal"], 0.3, save="stats", **weight)
    return sol.weight_moments.mean, sol.weighted_moments.mean, sol.weighted_moments.var


CALLS = {
    "the weight of a number, for another drift": lambda: weighed(
        NUMBERS["diagonal"], 0.3, girsanov=lambda t, x: math.sin(x) - t
    ),
    "the weight of a number that is killed": lambda: weighed(
        NUMBERS["diagonal"], 0.3, method="milstein", killing=lambda t, x: math.exp(-x * x)
    ),
    "the weight of a system with two noises that mix": lambda: weighed(
        SYSTEMS["general"],
        START,
        method="sri2",
        girsanov=lambda t, x, c: (x[1], c),
        killing=lambda t, x: x[0] * x[0],
    ),
    "the moments of weights": lambda: moments({"girsanov": lambda t, x: 0.5 - x}),
    "the moments of both weights": lambda: moments(
        {"girsanov": lambda t, x: 0.5 - x, "killing": lambda t, x: x * x}
    ),
    "a number above a wall": lambda: reflected(NUMBERS["diagonal"], 0.3, reflect=0.0),
    "a number between two walls": lambda: reflected(
        NUMBERS["diagonal"], 0.3, method="heun", reflect=(0.1, 0.5)
    ),
}
