"""G07: the maximum of a Brownian path has the law of |W_T|, and a grid of times misses part of it.

Reflection. Let a > 0 and let the path reach a for the first time at tau <= T. From tau on, the path
that is mirrored at a is as likely as the path itself. So of all paths that reach a, half end above
it:

    P(max W >= a) = 2 P(W_T >= a) = 2 Phi(-a/sqrt(T))

At a = 1 and T = 1 this is 0.3173105. The maximum has the law of |W_T|, whose mean is

    E max W = E |W_T| = sqrt(2 T/pi)

Grid times alone. Spitzer's identity for the sums S_0 = 0, S_1, S_2, ... of independent variables
with one and the same law is

    E max(S_0, ..., S_n) = sum_{k=1}^n E max(S_k, 0)/k

For W at the times k h with h = T/n, S_k is normal with variance k h, and E max(S_k, 0) is
sqrt(k h/(2 pi)):

    E M_n = sqrt(h/(2 pi)) sum_{k=1}^n k^(-1/2)

The sum is 2 sqrt(n) + zeta(1/2) + 1/(2 sqrt(n)) - ..., and sqrt(h/(2 pi)) 2 sqrt(n) is
sqrt(2 T/pi). Therefore the grid misses

    sqrt(2 T/pi) - E M_n = -zeta(1/2)/sqrt(2 pi) sqrt(h) - ... = 0.5826 sqrt(h) - ...

Between grid times. Given its values a and b at the ends of a step of length h, the path is a
Brownian bridge there, and reflection gives for m >= max(a, b)

    P(max of the bridge > m) = exp(-2 (m - a)(m - b)/h)

To set this equal to e^(-E), with a standard exponential E, and to solve for m draws the maximum:

    m = (a + b + sqrt((b - a)^2 + 2 h E))/2

The largest of these is the maximum over all times exactly, at every n.

Source: I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus (2nd ed. 1991),
sections 2.6 and 2.8 (reflection); F. Spitzer, Trans. Amer. Math. Soc. 82 (1956) 323 (the grid); S.
Asmussen, P. Glynn and J. Pitman, Ann. Appl. Probab. 5 (1995) 875, and M. Broadie, P. Glasserman and
S. Kou, Math. Finance 7 (1997) 325 (0.5826).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.motion.maximum import maximum
from stochcalc.typing import Axes

STEPS = 64
EVERYWHERE = math.sqrt(2 / math.pi)  # E max W over all times of [0, 1]
LEVEL = 1.0


def grid_mean(n: int) -> float:
    """Return E M_n, the mean of the maximum over n grid times of [0, 1], by Spitzer's identity."""
    k = np.arange(1, n + 1)
    return float(np.sum(k**-0.5) / math.sqrt(2.0 * math.pi * n))


@claim(
    "G07",
    chapter="motion",
    title="P(max W >= a) = 2 P(W_T >= a); grid times alone miss 0.5826 sqrt(h) of the maximum",
)
def reflection(run: Run) -> Iterator[Row | str]:
    """Measure the maximum with and without the bridges between 64 grid times."""
    W = run.brownian(STEPS)
    grid = run.expectation(lambda w: w.max(axis=1), W)
    peak = maximum(W, save="stats", workers=run.workers)
    above = maximum(
        W, save="stats", observe=lambda m: 1.0 if m >= LEVEL else 0.0, workers=run.workers
    )
    yield Row(
        statement=f"E max over {STEPS} grid times",
        exact=grid_mean(STEPS),
        measured=grid.estimate(),
        twin=EVERYWHERE,
        twin_statement="sqrt(2T/pi), as over all times",
        limit=EVERYWHERE,
    )
    yield Row(
        statement=f"E max over all times, bridges on n = {STEPS}",
        exact=EVERYWHERE,
        measured=peak.estimate(),
        twin=grid_mean(STEPS),
        twin_statement="the grid's",
        limit=EVERYWHERE,
    )
    yield Row(
        statement=f"P(max >= {LEVEL:g}) over all times, n = {STEPS}",
        exact=2 * float(ndtr(-LEVEL)),
        measured=above.estimate(),
        twin=float(ndtr(-LEVEL)),
        twin_statement=f"P(W_T >= {LEVEL:g}), without reflection",
        limit=2 * float(ndtr(-LEVEL)),
    )


@reflection.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw what the mean of the maximum lacks, with and without the bridges, by grid size."""
    from stochcalc.plot import curve, limit_line, points

    sizes = np.array([4, 8, 16, 32, 64, 128, 256])
    without = []
    within = []
    for n in sizes:
        W = run.brownian(int(n), paths=100_000)
        grid = run.expectation(lambda w: EVERYWHERE - w.max(axis=1), W)
        bridges = maximum(W, save="stats", observe=lambda m: EVERYWHERE - m, workers=run.workers)
        without.append(grid.estimate())
        within.append(bridges.estimate())
    points(ax, sizes, without, "grid times only", 0)
    points(ax, sizes, within, "with the bridges' maxima", 1)
    exact = [EVERYWHERE - grid_mean(int(n)) for n in sizes]
    curve(ax, sizes, exact, "Spitzer's sum, exact", 0)
    curve(ax, sizes, 0.5826 / np.sqrt(sizes), "0.5826 √h, h = T/n", 2)
    limit_line(ax, 0.0, "no bias")
    ax.set(
        xscale="log",
        xlabel="number of grid times n",
        ylabel="√(2T/π) − mean of the maximum",
        xticks=sizes,
        xticklabels=map(str, sizes),
        title="A grid misses the top of the path; the bridge maximum does not",
    )
    ax.minorticks_off()
    ax.legend()
    return ax
