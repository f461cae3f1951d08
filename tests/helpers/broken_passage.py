"""Broken first passages: of Brownian motion through levels, lines and the ends of a strip."""

from __future__ import annotations

import math

from broken import SIGMAS, Defect
from evidence import assert_mean
from scipy.integrate import quad
from scipy.stats import norm

import stochcalc as sc

CROSSINGS = "passage/crossings.py"
PASSAGE_STEPS = "passage/steps.py"
MOTION = sc.SDE(lambda t, x: 0.0 * x, lambda t, x: 1.0 + 0.0 * x)
PATHS = 1 << 16


def reach_line(T, start, slope):
    """P(W meets start + slope t before T), by the law of a motion with drift."""
    root = math.sqrt(T)
    direct = norm.sf((start + slope * T) / root)
    reflected = math.exp(-2.0 * start * slope) * norm.cdf((slope * T - start) / root)
    return direct + reflected


def leave_strip(T, reach):
    """P(|W| reaches `reach` before T), by the reflections at both ends."""
    root = math.sqrt(T)
    inside = sum(
        (-1) ** k * (norm.cdf((2 * k + 1) * reach / root) - norm.cdf((2 * k - 1) * reach / root))
        for k in range(-8, 9)
    )
    return 1.0 - inside


def check_level(seed):
    """Four steps decide with the exact probability whether W reaches 1 before T = 1."""
    found = sc.first_passage(MOTION, 0.0, 1.0, 1.0, n=4, paths=PATHS, rng=seed)
    assert_mean(found.probability, reach_line(1.0, 1.0, 0.0), sigmas=SIGMAS)


def check_line(seed):
    """The same for the moving barrier 0.6 + t/2, which is a line in each step."""
    found = sc.first_passage(MOTION, 0.0, lambda t: 0.6 + 0.5 * t, 1.0, n=4, paths=PATHS, rng=seed)
    assert_mean(found.probability, reach_line(1.0, 0.6, 0.5), sigmas=SIGMAS)


def check_time(seed):
    """The mean of the passage time through 1, or of T = 1 where it is later."""
    found = sc.first_passage(MOTION, 0.0, 1.0, 1.0, n=4, paths=PATHS, rng=seed)
    due = quad(lambda t: 1.0 - reach_line(t, 1.0, 0.0), 1e-12, 1.0, epsabs=1e-12)[0]
    assert_mean(found.mean_restricted, due, sigmas=SIGMAS)


def check_strip(seed):
    """One step decides with the exact probability whether W leaves (-0.7, 0.7) before T = 1.

    The step is so long that many paths meet both ends in it."""
    found = sc.first_passage(MOTION, 0.0, (-0.7, 0.7), 1.0, n=1, paths=PATHS, rng=seed)
    assert_mean(found.probability, leave_strip(1.0, 0.7), sigmas=SIGMAS)


DEFECTS = (
    Defect(
        name="no bridge between grid points",
        what="A passage inside a step is seen only if the path is beyond the barrier at its end.",
        file=CROSSINGS,
        old="    hit = excess >= 0.0\n",
        new="    hit = (excess >= 0.0) & (c <= 0.0)\n",
        check=check_level,
        by="law",
        everyday=True,
    ),
    Defect(
        name="factor 2 of the bridge's exponent",
        what="A bridge crosses with probability e^(-ac/(s^2 h)) instead of e^(-2ac/(s^2 h)).",
        file=CROSSINGS,
        old="- 2.0 * a * max(c, 0.0)",
        new="- 1.0 * a * max(c, 0.0)",
        check=check_level,
        by="law",
    ),
    Defect(
        name="barrier of the step's start",
        what="The barrier at the end of a step is that at its start.",
        file=PASSAGE_STEPS,
        old="(levels[k + 1, 0], levels[k + 1, 1])",
        new="(levels[k, 0], levels[k, 1])",
        check=check_line,
        by="law",
    ),
    Defect(
        name="passage at the end of the step",
        what="A passage is dated at the end of the step that it lies in.",
        file=PASSAGE_STEPS,
        old="min(t + dt * share, T)",
        new="min(t + dt, T)",
        check=check_time,
        by="law",
    ),
    Defect(
        name="reflections of a strip",
        what="The probability of one end does not leave out the paths that met the other first.",
        file="passage/bridges.py",
        old="    total = reached - after_other\n",
        new="    total = reached\n",
        check=check_strip,
        by="law",
    ),
)
