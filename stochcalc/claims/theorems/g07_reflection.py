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
from stochcalc.typing import Array, Axes

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
    formula=r"P\Bigl(\max_{0 \le t \le T} W_t \ge a\Bigr) = 2 P(W_T \ge a)",
    sources=("karatzasshreve1991", "spitzer1956", "asmussen1995", "broadie1997"),
)
def reflection(run: Run) -> Iterator[Row | str]:
    """Measure the maximum with and without the bridges between 64 grid times."""
    W = run.brownian(STEPS)
    grid = run.expectation(lambda w: w.max(axis=1), W)
    peak = maximum(W, save="stats", **run.means)
    above = maximum(W, save="stats", observe=lambda m: 1.0 if m >= LEVEL else 0.0, **run.means)
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
    """Draw paths that are mirrored at a, beside what the mean of the maximum lacks on a grid."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Of the paths that reach a, half end above it; grid times alone see too few of them"
    )
    draw_mirror(left, run)
    draw_biases(right, run)
    return ax


def draw_mirror(ax: Axes, run: Run) -> None:
    """Draw paths from the time tau on at which they reach a, and one with its mirror image."""
    from stochcalc.plot import name_line
    from stochcalc.plot.look import ink

    W = run.brownian(1024, paths=256, store=True)
    arrivals = np.array([find_arrival(w) for w in W.values])
    shown = np.flatnonzero(arrivals < W.partition.n)
    for row in shown[:40]:
        k = arrivals[row]
        above = W.values[row, -1] >= LEVEL
        colour = "C1" if above else "C0"
        ax.plot(W.t[k:], W.values[row, k:], color=colour, lw=0.5, alpha=0.3)
    # One path in bold: that which comes closest to tau = 0.4 and W_1 = 0.
    distances = np.hypot(W.t[arrivals[shown]] - 0.4, W.values[shown, -1])
    bold = shown[np.argmin(distances)]
    k = arrivals[bold]
    path = W.values[bold]
    ax.plot(W.t[:k], path[:k], color=ink(ax), lw=1.5)
    ax.plot(W.t[k:], path[k:], color="C0", lw=1.5)
    ax.plot(W.t[k:], 2 * LEVEL - path[k:], color="C1", lw=1.5)
    ax.axhline(LEVEL, color=ink(ax), ls=":", lw=1.4)
    name_line(ax, None, LEVEL, f"a = {LEVEL:g}", color=ink(ax), xytext=(4, 0))
    foot = -1.35  # below all paths, where tau can be read
    ax.plot(W.t[k], LEVEL, color=ink(ax), marker="o", ms=5)
    ax.plot([W.t[k], W.t[k]], [foot, LEVEL], color=ink(ax), ls=":", lw=1.4)
    ax.annotate("τ", (W.t[k], foot), xytext=(5, 5), textcoords="offset points", color=ink(ax))
    write_counts(ax, run)
    ax.set(xlabel="time t", ylabel="$W_t$", xlim=(0.0, 1.0), ylim=(foot, 4.4))


def find_arrival(w: Array) -> int:
    """Return the first grid time at which a path is at a or above, by number; n + 1 if none is."""
    there = w >= LEVEL
    return int(np.argmax(there)) if there.any() else len(w)


def write_counts(ax: Axes, run: Run) -> None:
    """Write how many of a million paths reach a at any time, and how many of them end above it.

    One step is enough: the maximum of its bridge is the maximum over all times.
    """
    from stochcalc.plot.look import ink

    W = run.brownian(1, paths=1_000_000)
    reached = maximum(W, save="stats", observe=lambda m: 1.0 if m >= LEVEL else 0.0, **run.means)
    ended = run.expectation(lambda w: w[:, -1] >= LEVEL, W)
    reach = round(W.paths * reached.estimate().value)
    above = round(W.paths * ended.estimate().value)
    lines = (
        (f"{reach:,} of {W.paths:,} paths reach a:", ink(ax)),
        (f"{above:,} end above it,", "C1"),
        (f"{reach - above:,} end below it", "C0"),
    )
    for i, (text, colour) in enumerate(lines):
        ax.text(0.03, 0.98 - 0.065 * i, text, color=colour, transform=ax.transAxes, va="top")


def draw_biases(ax: Axes, run: Run) -> None:
    """Draw what the mean of the maximum lacks, with and without the bridges, by grid size."""
    from stochcalc.plot import curve, limit_line, points

    sizes = np.array([4, 8, 16, 32, 64, 128, 256])
    without = []
    within = []
    for n in sizes:
        W = run.brownian(int(n), paths=50_000)
        grid = run.expectation(lambda w: EVERYWHERE - w.max(axis=1), W)
        bridges = maximum(W, save="stats", observe=lambda m: EVERYWHERE - m, **run.means)
        without.append(grid.estimate())
        within.append(bridges.estimate())
    points(ax, sizes, without, "n grid times alone", 0)
    points(ax, sizes, within, "with the maxima of the bridges", 1)
    every = np.arange(sizes[0], sizes[-1] + 1)
    exact = [EVERYWHERE - grid_mean(int(n)) for n in every]
    curve(ax, every, exact, "exact (Spitzer)", 0)
    curve(ax, every, 0.5826 / np.sqrt(every), "0.5826 √h, with steps h = 1/n", 2)
    limit_line(ax, 0.0, "exact: nothing is missed", color="C1", alpha=1.0)
    ax.set(
        xscale="log",
        xlabel="number of grid times n",
        ylabel="√(2/π) − mean of the maximum",
        xticks=sizes,
        xticklabels=map(str, sizes),
    )
    ax.minorticks_off()
    ax.legend()
