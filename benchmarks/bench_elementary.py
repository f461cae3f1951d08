"""What do sin and exp in the user's functions cost, and what would they cost with libm?

dX = sin(X) dt + exp(-X^2) dW, written with math and with np. The version on libm is the same block
step in the same loop, except that its math is not replaced by ours: Numba then calls the C library,
one lane at a time."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

import stochcalc as sc
from benchmarks.cpu import AVX2, HALF, WIDE
from benchmarks.measure import Figure, at_least, at_most, race, report
from benchmarks.sizes import size
from stochcalc.engine.functions.assemble import row_step
from stochcalc.engine.loop import runner

PATHS, N = size((20_480, 500), (512, 20))
LIMIT = {WIDE: 0.55, HALF: 0.55, AVX2: 1.0}


@row_step
def libm_step(t, dt, x, noise, words):
    """Take 256 paths over a step, with the math module as Numba compiles it."""
    for lane in range(x.shape[1]):
        value = x[0, lane]
        moved = value + math.sin(value) * dt
        x[0, lane] = moved + math.exp(-value * value) * noise[0, lane]


def test_sin_and_exp_in_the_coefficients_stay_packed(benchmark):
    with_math = sc.SDE(lambda t, x: math.sin(x), lambda t, x: math.exp(-x * x))
    with_np = sc.SDE(lambda t, x: np.sin(x), lambda t, x: np.exp(-(x**2)))
    solve = lambda sde: sc.solve(sde, 1.0, 1.0, n=N, paths=PATHS, save="last", key=1, workers=1)
    job = replace(solve(with_math).job, step=libm_step)
    candidates = {
        "math": lambda: solve(with_math),
        "np": lambda: solve(with_np),
        "libm": lambda: runner.run(job, workers=1)[0],
    }
    assert np.array_equal(solve(with_math).x, solve(with_np).x)
    assert np.allclose(candidates["libm"](), solve(with_np).x, rtol=1e-9)
    result = race(candidates, PATHS * N)
    figures = []
    for name in ("math", "np"):
        what = f"written with {name}, over one NumPy normal"
        figures.append(at_most(what, result.over_normal(name), LIMIT, 0.42))
    ahead = result.faster("math", "libm")
    figures += [
        at_least("math faster than the same kernel on libm, times", ahead, 2.5),
        Figure("the same kernel on libm, over one NumPy normal", result.over_normal("libm")),
    ]
    report(benchmark, "sin and exp in the coefficients", candidates["math"], figures)
