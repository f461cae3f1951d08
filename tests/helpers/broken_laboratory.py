"""Broken studies: errors on the coarse grids of one path, slopes, and multilevel estimates."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean, assert_order, assert_same_bits

import stochcalc as sc

MERGE = "engine/random/driver_merge.py"
SAMPLER = "laboratory/level_sampler.py"
CHOICE = "laboratory/level_choice.py"
MU, SIGMA = 0.5, 0.4
GBM = sc.models.gbm(MU, SIGMA)


def square_of_error(n):
    """E (X_n - X_1)^2 of Euler-Maruyama with n steps on GBM from 1, by moments of one step."""
    h = 1.0 / n
    solution = math.exp((2.0 * MU + SIGMA**2) * h)
    mixed = math.exp(MU * h) * (1.0 + MU * h + SIGMA**2 * h)
    scheme = (1.0 + MU * h) ** 2 + SIGMA**2 * h
    return solution**n - 2.0 * mixed**n + scheme**n


def study(seed):
    """Strong errors of Euler-Maruyama on 4, 8 and 16 steps."""
    return sc.strong_convergence(GBM, 1.0, 1.0, levels=(2, 3, 4), paths=1 << 15, rng=seed)


def check_errors(seed):
    """The mean squares of the errors on all grids are those of the closed form."""
    found = study(seed).mean_squares("euler_maruyama")
    for estimate, n in zip(found, (4, 8, 16), strict=True):
        assert_mean(estimate, square_of_error(n), sigmas=SIGMAS)


def check_slope(seed):
    """The slope of the errors is that of the closed form, which is near 1/2."""
    due = 0.5 * math.log2(square_of_error(4) / square_of_error(16)) / 2.0
    assert_order(study(seed).order["euler_maruyama"], due, tolerance=0.02, sigmas=SIGMAS)


def check_space_time_of_long_steps(seed):
    """SRA1 integrates a motion without error, on every grid, if I10 of long steps is right."""
    sde = sc.SDE(lambda t, x: (x[1], 0.0 * x[0]), lambda t, x: ((0.0,), (1.0,)), noise="additive")
    found = sc.strong_convergence(
        sde,
        (0.0, 0.0),
        1.0,
        methods="sra1",
        levels=(1, 2, 3),
        paths=2048,
        reference="finest",
        rng=seed,
    )
    assert_near(found.error["sra1"], np.zeros(3), 1e-12)


def check_areas_of_long_steps(seed):
    """SRI2 integrates W1 dW2 - W2 dW1 without error on every grid, if the areas add up."""
    sde = sc.SDE(
        lambda t, x: (0.0 * x[0], 0.0 * x[0], 0.0 * x[0]),
        lambda t, x: ((1.0, 0.0), (0.0, 1.0), (-x[1], x[0])),
        noise="general",
    )
    found = sc.strong_convergence(
        sde,
        (0.0, 0.0, 0.0),
        1.0,
        methods="sri2",
        levels=(1, 2, 3),
        paths=2048,
        reference="finest",
        rng=seed,
    )
    assert_near(found.error["sri2"], np.zeros(3), 1e-12)


def square(x):
    return x * x


def multilevel(seed):
    """E X^2 of Euler-Maruyama at T = 1, by the levels of one run."""
    return sc.mlmc(GBM, 1.0, 1.0, test=square, target=0.02, rng=seed)


def mean_square(n):
    """E (X_n)^2 of Euler-Maruyama with n steps."""
    return ((1.0 + MU / n) ** 2 + SIGMA**2 / n) ** n


def check_multilevel(seed):
    """The levels add up to the mean square of the scheme on the finest grid."""
    found = multilevel(seed)
    assert_mean(found.estimate, mean_square(2 ** int(found.level[-1])), sigmas=SIGMAS)


def check_bias(seed):
    """The run ends only when the bias of the finest grid is within the target."""
    found = multilevel(seed)
    bias = math.exp(2.0 * MU + SIGMA**2) - mean_square(2 ** int(found.level[-1]))
    assert_same_bits(np.array(abs(bias) < 0.02), np.array(True))


DEFECTS = (
    Defect(
        name="coarse grids drop increments",
        what="The increment of a long step is that of its last short step.",
        file=MERGE,
        old="            now[i, lane] = left[i, lane] + now[i, lane]\n",
        new="            now[i, lane] = now[i, lane]\n",
        check=check_errors,
        by="law",
    ),
    Defect(
        name="coupling of the grids",
        what="A long step has the right variance, but its noise is not that of its short steps.",
        file=MERGE,
        old="            now[i, lane] = left[i, lane] + now[i, lane]\n",
        new="            now[i, lane] = root * now[i, lane]\n",
        check=check_errors,
        by="law",
    ),
    Defect(
        name="I10 of long steps",
        what="I10 of a long step leaves out h dW of its first half.",
        file=MERGE,
        old="now[width + i, lane] = total + h * left[i, lane]",
        new="now[width + i, lane] = total",
        check=check_space_time_of_long_steps,
        by="bits",
    ),
    Defect(
        name="sign in Chen's rule",
        what="The area between the chords of two steps has the opposite sign.",
        file=MERGE,
        old="left[p, lane] + now[p, lane] + 0.5 * chord",
        new="left[p, lane] + now[p, lane] - 0.5 * chord",
        check=check_areas_of_long_steps,
        by="bits",
    ),
    Defect(
        name="sign of the slope",
        what="The slope of an error is measured against minus the logarithm of the step.",
        file="laboratory/fitting.py",
        old="    centred = x - np.average(x, weights=w)\n",
        new="    centred = np.average(x, weights=w) - x\n",
        check=check_slope,
        by="law",
    ),
    Defect(
        name="root of the mean square",
        what="The slope is that of the mean square instead of its root.",
        file="laboratory/fitting.py",
        old="    error = np.sqrt(pooled[1])\n",
        new="    error = pooled[1]\n",
        check=check_slope,
        by="law",
    ),
    Defect(
        name="sign of a level",
        what="A level of the multilevel estimate adds coarse minus fine.",
        file=SAMPLER,
        old="return -mean  # the job records coarse - fine",
        new="return mean",
        check=check_multilevel,
        by="law",
    ),
    Defect(
        name="levels swapped",
        what="A level reads the fine grid compared with itself instead of the coarse one.",
        file=SAMPLER,
        old="return self._state.record[:, 1]",
        new="return self._state.record[:, 0]",
        check=check_multilevel,
        by="law",
    ),
    Defect(
        name="bias forgotten",
        what="The run ends without a look at the bias of the finest grid.",
        file=CHOICE,
        old="return float(max(differences) / (2.0**alpha - 1.0))",
        new="return 0.0 * float(max(differences) / (2.0**alpha - 1.0))",
        check=check_bias,
        by="bits",
    ),
)
