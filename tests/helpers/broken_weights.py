"""Broken weights: of a change of measure, and of killing at a rate."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean

import stochcalc as sc

WEIGHING = "solver/weighing.py"
MOTION = sc.SDE(lambda t, x: 0.0 * x, lambda t, x: 1.0 + 0.0 * x)
PATHS = 1 << 17


def check_girsanov(seed):
    """With u = -W the second moment is that of Euler's scheme for the drift -x."""
    sol = sc.solve(
        MOTION, 0.0, n=8, paths=PATHS, save="last", rng=seed, girsanov=lambda t, x: -1.0 * x
    )
    r = (1 - 1 / 8) ** 2
    assert_mean(sol.weighted_mean(np.square), (1 - r**8) / (1 - r) / 8, sigmas=SIGMAS)


def check_killing(seed):
    """Killed at the rate 2 x^2, a path lives with the probability of a determinant."""
    sol = sc.solve(
        MOTION, 0.0, n=8, paths=PATHS, save="stats", rng=seed, killing=lambda t, x: 2.0 * x * x
    )
    t = np.arange(1, 9) / 8
    steps = np.full(8, 1 / 8)
    steps[-1] /= 2
    due = np.linalg.det(np.eye(8) + 4.0 * np.minimum(t[:, None], t) * steps) ** -0.5
    assert_mean(sol.weight_moments[-1], due, sigmas=SIGMAS)


def check_system(seed):
    """The weight of a system with two noises is that of its increments."""
    sde = sc.SDE(lambda t, x: (-x[0], x[0]), lambda t, x: (1.0, 0.5))
    sol = sc.solve(
        sde, (0.0, 1.0), n=4, paths=512, rng=seed, girsanov=lambda t, x: (x[1], 0.5 * x[0])
    )
    dW = sc.brownian(n=4, paths=512, dim=2, rng=seed).increments
    u = np.stack([sol.x[:, :-1, 1], 0.5 * sol.x[:, :-1, 0]], axis=-1)
    due = np.sum(u * dW - 0.125 * u * u, axis=(1, 2))
    assert_near(sol.log_weight[:, -1], due)


def check_statistics(seed):
    """The mean of Z X for the drift 1/2 is 1/2 at T = 1."""
    sol = sc.solve(MOTION, 0.0, n=4, paths=PATHS, save="stats", rng=seed, girsanov=lambda t, x: 0.5)
    assert_mean(sol.weighted_moments[-1], 0.5, sigmas=SIGMAS)


def check_effective_size(seed):
    """For a constant drift u the share of paths of equal weight is exp(-u^2 T).

    It is compared with the sum over the weights themselves."""
    sol = sc.solve(
        MOTION, 0.0, n=4, paths=512, save="last", rng=seed, girsanov=lambda t, x: math.sqrt(2.0)
    )
    z = np.exp(sol.log_weight[:, -1])
    assert_near(sol.effective_sample_size, z.sum() ** 2 / np.sum(z * z), 1e-9)


DEFECTS = (
    Defect(
        name="weight without its square",
        what="The weight of a change of measure is exp(sum u dW), without -sum u^2 h/2.",
        file=WEIGHING,
        old="""        value = 1.0 * u(t, x, *own)
        return value * dW - 0.5 * (value * value) * dt
""",
        new="""        value = 1.0 * u(t, x, *own)
        return value * dW
""",
        check=check_girsanov,
        by="law",
        everyday=True,
    ),
    Defect(
        name="rate at the start of the step",
        what="The rate of killing is taken at the start of a step, where a trapezoid is meant.",
        file=WEIGHING,
        old="return 0.5 * (V(t, x, *own) + V(t + dt, y, *own)) * dt\n\n    def of_items",
        new="return V(t, x, *own) * dt\n\n    def of_items",
        check=check_killing,
        by="law",
    ),
    Defect(
        name="square of the second noise twice",
        what="In a system the squares of u are not halved.",
        file=WEIGHING,
        old="inner_product(values, dW) - 0.5 * inner",
        new="inner_product(values, dW) - 1.0 * inner",
        check=check_system,
        by="bits",
    ),
    Defect(
        name="statistics without the weight",
        what="Moments of Z X are those of X.",
        file=WEIGHING,
        old="return x[0], z, z * x[0]",
        new="return x[0], z, x[0]",
        check=check_statistics,
        by="law",
    ),
    Defect(
        name="effective size without the squares",
        what="The effective sample size divides by the sum of the weights, not of their squares.",
        file="solver/weights.py",
        old="np.sum(z * z)",
        new="np.sum(z)",
        check=check_effective_size,
        by="bits",
    ),
)
