"""What do sin and exp in the user's functions cost, and what would they cost with libm?

dX = sin(X) dt + exp(-X^2) dW, written with math and with np. The version on libm is the same kernel
around the same step, except that its math is not replaced by ours: Numba then calls the C library,
one lane at a time."""

from __future__ import annotations

import math
from unittest import mock

import numpy as np

import stochcalc as sc
from benchmarks.measure import Figure, at_least, at_most, race, report
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.loop import march, runner

PATHS, N = 20_480, 500


@leaf
def libm_step(t, dt, x, dW, args):
    return x + math.sin(x) * dt + math.exp(-x * x) * dW


@leaf
def itself(t, x, args):
    return x


def test_sin_and_exp_in_the_coefficients_stay_packed(benchmark):
    with_math = sc.SDE(lambda t, x: math.sin(x), lambda t, x: math.exp(-x * x))
    with_np = sc.SDE(lambda t, x: np.sin(x), lambda t, x: np.exp(-(x**2)))
    solve = lambda sde: sc.solve(sde, 1.0, 1.0, n=N, paths=PATHS, save="last", key=1, workers=1)
    job = solve(with_math).job

    def libm():
        with mock.patch.object(march, "assemble", return_value=(libm_step, itself)):
            return runner.run(job, workers=1)[0]

    assert np.allclose(libm(), solve(with_np).x, rtol=1e-9)
    candidates = {"math": lambda: solve(with_math), "np": lambda: solve(with_np), "libm": libm}
    result = race(candidates, PATHS * N)
    report(
        benchmark,
        "sin and exp in the coefficients",
        candidates["math"],
        [
            at_most(
                "written with math, over one NumPy normal",
                result.over_normal("math"),
                0.55,
                0.42,
                avx2=1.0,
            ),
            at_most(
                "written with np, over one NumPy normal",
                result.over_normal("np"),
                0.55,
                0.42,
                avx2=1.0,
            ),
            at_least(
                "math faster than the same kernel on libm, times",
                result.faster("math", "libm"),
                2.5,
            ),
            Figure("the same kernel on libm, over one NumPy normal", result.over_normal("libm")),
        ],
    )
