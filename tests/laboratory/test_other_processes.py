"""Studies with an exact path of the user's own, and levels that are measured elsewhere."""

from __future__ import annotations

import concurrent.futures as futures
import math
import multiprocessing

import stochcalc as sc

MU, SIGMA = 0.3, 0.5


def grow(t, x):
    return MU * x


def shake(t, x):
    return SIGMA * x


def right(t, x0, w):
    return x0 * math.exp((MU - SIGMA**2 / 2) * t + SIGMA * w)


def take_fall(x, r):
    return r - x


def measure(**how):
    sde = sc.SDE(grow, shake)
    study = sc.strong_convergence(
        sde, 1.0, 1.0, exact=right, over="path", paths=2048, levels=(2, 3), key=3, **how
    )
    found = sc.mlmc(sde, 1.0, 1.0, running="maximum", test=take_fall, target=0.1, key=3, **how)
    return study.error["euler_maruyama"].tolist(), found.mean.tolist()


def test_a_process_of_an_executor_measures_the_same_bits():
    spawn = multiprocessing.get_context("spawn")
    with futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        assert measure(executor=pool) == measure()
