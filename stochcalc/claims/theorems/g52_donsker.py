"""G52: functionals of a walk tend to those of Brownian motion, and lattices come late by 1/sqrt(n).

Let X_1, X_2, ... be independent steps with one law of mean 0 and variance 1, and S_k their sums.
Donsker's theorem says that the scaled path S_k/sqrt(n), as a random function, tends in law to a
Brownian motion W on [0, 1]. So any functional that is continuous in the supremum norm tends in law
to the same functional of W, whatever the coin. Here are three of them, with their means at finite
n. G01 has the mean of the first one for even n and one coin; here are any n, two coins, and the
order of the error.

Maximum, by one mirror. Toss a fair coin, X = +-1. The walk meets every whole number below its
maximum M. Reflect it in r from its first visit on: P(M >= r) = 2 P(S_n > r) + P(S_n = r). Add over
r = 1, 2, ...; with p = P(S_n = 0), by symmetry

    E M = E |S_n| - (1 - p)/2

Let u_k = C(2k, k)/4^k be the probability that 2k tosses end at 0. For even n = 2k, E |S_n| = n u_k
and p = u_k. For odd n = 2k - 1, E |S_n| = 2k u_k and p = 0: the last toss of 2k changes |S| by +1
or -1, equally often, since an odd sum is never 0.

Lazy coin. Let X be +-sqrt(2) with probability 1/4 each and 0 otherwise, which is the sum of two
fair tosses over sqrt(2). The same argument on the lattice of sqrt(2), with p = u_n:

    E M = ((2n + 1) u_n - 1)/sqrt(2)

Rate. By Stirling's formula u_k = (1 - 1/(8k) + ...)/sqrt(pi k). Put it in:

    E M/sqrt(n) = sqrt(2/pi) - c/sqrt(n) + ...,   c = 1/2 (fair), 1/sqrt(2) (lazy)

Both are half a step of the lattice, which is the atom P(S_n = r) that the mirror counts once. Steps
with a density have no atoms, but they jump over a level: normal steps have c = 0.5826 (G07). The
limit forgets the coin, and the error remembers it.

Largest distance, by two mirrors. For whole a, b >= 1 let Q(a, b) be the probability that the first
n sums stay strictly between -a and b. Mirrors at both ends make images with alternating signs. Let
the width be w = a + b and A_j the number of n-step walks that end strictly between b + (j - 1) w
and b + j w; then

    Q(a, b) = 2^(-n) (... + A_0 - A_1 + A_2 - ...) = 2^(-n) sum_j (-1)^j A_j

The chance that max |S_k| < r is Q(r, r). Hence E max |S_k| = sum_{r >= 1} (1 - Q(r, r)). For W the
images give P(max |W| >= r) = 4 (P(W_1 > r) - P(W_1 > 3r) + P(W_1 > 5r) - ...), whose integral is
4/sqrt(2 pi) (1 - 1/3 + 1/5 - ...) = sqrt(pi/2). That is 1 over the limit of the maximum.

Range, by two mirrors. Let m = -min S_k, which has the law of M. P(M >= b, m >= a) is
1 - P(M < b) - P(m < a) + Q(a, b), and E M m is its sum over a, b >= 1. So the range R = M + m has

    E R^2 = 2 E M^2 + 2 E M m,   E M^2 = sum_{r >= 1} (2r - 1) P(M >= r)

E R^2/n tends to 4 (1 - 1/2 + 1/3 - ...) = 4 log 2 = 2.7725887. If M and m were independent it would
tend to 2 + 4/pi = 3.2732395. But a path that has gone far up has had little time for going down.

At n = 25 the maximum has the mean 0.7059013 and the largest distance 1.1616069. At n = 16 the lazy
coin's maximum has 0.6396396, the fair coin's 0.6850700, and the square of the range 2.0922375.

Source: M. D. Donsker, Mem. Amer. Math. Soc. 6 (1951); P. Erdos and M. Kac, Bull. Amer. Math. Soc.
52 (1946) 292 (maximum and largest distance, for any coin); W. Feller, Ann. Math. Statist. 22 (1951)
427 (range), and An Introduction to Probability Theory and Its Applications I (3rd ed. 1968),
chapters III and XIV (mirrors).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes

MAXIMUM = math.sqrt(2.0 / math.pi)  # E max W
DISTANCE = math.sqrt(math.pi / 2.0)  # E max |W|
RANGE = 4.0 * math.log(2.0)  # E (max W - min W)^2
ODD = 25
EVEN = 16
Mean: TypeAlias = Callable[[int], float]
Observed: TypeAlias = Callable[[Array], Array]
NORMAL = 0.5826  # sqrt(n) times what the maximum of n normal steps lacks (G07)


def back_at_zero(k: int) -> float:
    """Return u_k = C(2k, k)/4^k, the probability that 2k fair tosses end at 0."""
    share: float = math.comb(2 * k, k) / 4**k  # whole numbers, which do not overflow
    return share


def mean_maximum(n: int) -> float:
    """Return E M/sqrt(n) for a fair coin.

    Examples
    --------
    >>> [round(mean_maximum(n), 7) for n in (1, 25)]
    [0.5, 0.7059013]
    """
    u = back_at_zero((n + 1) // 2)
    if n % 2:
        return ((n + 1) * u - 0.5) / math.sqrt(n)
    return ((n + 0.5) * u - 0.5) / math.sqrt(n)


def mean_lazy_maximum(n: int) -> float:
    """Return E M/sqrt(n) for steps of +-sqrt(2), or of 0 half of the time."""
    return ((2 * n + 1) * back_at_zero(n) - 1.0) / math.sqrt(2 * n)


def stay(a: int, b: int, n: int) -> float:
    """Return Q(a, b), the probability that n sums of a fair coin stay between -a and b.

    Examples
    --------
    >>> stay(1, 1, 1), stay(2, 1, 2), stay(9, 9, 8)
    (0.0, 0.25, 1.0)
    """
    count = 0
    for heads in range(n + 1):
        end = 2 * heads - n
        room, place = divmod(end - b, a + b)
        if place:  # at a mirror the images cancel
            count += (-1) ** (room + 1) * math.comb(n, heads)
    return count / 2.0**n


def reach(r: int, n: int) -> float:
    """Return P(M >= r) of a fair coin for r >= 1; a mirror beyond reach is none."""
    return 1.0 - stay(n + 1, r, n)


def mean_distance(n: int) -> float:
    """Return E max |S_k|/sqrt(n) for a fair coin."""
    return sum(1.0 - stay(r, r, n) for r in range(1, n + 1)) / math.sqrt(n)


def mean_square_range(n: int) -> float:
    """Return E R^2/n for a fair coin."""
    places = range(1, n + 1)
    above = {r: reach(r, n) for r in places}
    square = sum((2 * r - 1) * above[r] for r in places)
    product = sum(above[a] + above[b] - 1.0 + stay(a, b, n) for a in places for b in places)
    return 2.0 * (square + product) / n


def independent_range(n: int) -> float:
    """Return E R^2/n as if the maximum and the minimum of a fair coin were independent."""
    square = sum((2 * r - 1) * reach(r, n) for r in range(1, n + 1))
    return 2.0 * square / n + 2.0 * mean_maximum(n) ** 2


def mean_normal_maximum(n: int) -> float:
    """Return E M/sqrt(n) for normal steps, by Spitzer's identity (G07)."""
    return float(np.sum(np.arange(1, n + 1) ** -0.5) / math.sqrt(2.0 * math.pi * n))


def toss(w: Array) -> Array:
    """Return the sums of the signs of the increments of paths, shape (paths, n + 1)."""
    sums = np.cumsum(np.sign(np.diff(w, axis=1)), axis=1)
    return np.pad(sums, ((0, 0), (1, 0)))


def observe_odd(w: Array) -> tuple[Array, ...]:
    """Return M/sqrt(n) and max |S_k|/sqrt(n)."""
    walk = toss(w) / math.sqrt(w.shape[1] - 1)
    return walk.max(axis=1), np.abs(walk).max(axis=1)


def observe_range(w: Array) -> Array:
    """Return R^2/n."""
    walk = toss(w)
    width = walk.max(axis=1) - walk.min(axis=1)
    square: Array = width * width / (w.shape[1] - 1)
    return square


def observe_lazy(w: Array) -> Array:
    """Return M/sqrt(n) of the lazy coin: two of the 2n tosses make one step."""
    peak: Array = toss(w)[:, ::2].max(axis=1) / math.sqrt(w.shape[1] - 1)
    return peak


@claim(
    "G52",
    chapter="motion",
    title="Functionals of a walk tend to those of W; lattices are late by half a step, c/sqrt(n)",
    formula=r"\frac{E \max_{k \le n} S_k}{\sqrt n} = \sqrt{\frac{2}{\pi}} - \frac{c}{\sqrt n}"
    r" + \dots, \qquad c = \tfrac12 \text{ (fair coin)}, \ \tfrac{1}{\sqrt 2} \text{ (lazy)}",
    sources=("donsker1951", "erdoskac1946", "feller1951", "feller1968"),
)
def donsker(run: Run) -> Iterator[Row | str]:
    """Measure means of the maximum, of the largest distance and of the squared range of walks."""
    half = max(256, run.paths // 2)
    odd = run.expectation(observe_odd, run.brownian(ODD, paths=half))
    lazy = run.expectation(observe_lazy, run.brownian(2 * EVEN))
    width = run.expectation(observe_range, run.brownian(EVEN, paths=half))
    yield Row(
        statement=f"E max S_k/sqrt(n), n = {ODD}",
        exact=mean_maximum(ODD),
        measured=odd[0].estimate(),
        twin=MAXIMUM,
        twin_statement="sqrt(2/pi), the limit already",
        paths=half,
        limit=MAXIMUM,
    )
    yield Row(
        statement=f"E max |S_k|/sqrt(n), n = {ODD}",
        exact=mean_distance(ODD),
        measured=odd[1].estimate(),
        twin=DISTANCE,
        twin_statement="sqrt(pi/2), the limit already",
        paths=half,
        limit=DISTANCE,
    )
    yield Row(
        statement=f"E max S_k/sqrt(n), lazy coin, n = {EVEN}",
        exact=mean_lazy_maximum(EVEN),
        measured=lazy.estimate(),
        twin=mean_maximum(EVEN),
        twin_statement="the fair coin's",
        limit=MAXIMUM,
    )
    yield Row(
        statement=f"E (max S_k - min S_k)^2/n, n = {EVEN}",
        exact=mean_square_range(EVEN),
        measured=width.estimate(),
        twin=independent_range(EVEN),
        twin_statement="maximum and minimum independent",
        paths=half,
        limit=RANGE,
    )


@donsker.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw means of functionals by n, beside sqrt(n) times what three coins' maxima lack."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "Every coin has the limits of Brownian motion, and comes late")
    draw_means(left, run)
    draw_rates(right, run)
    return ax


def draw_means(ax: Axes, run: Run) -> None:
    """Draw the means of the maximum, the distance and the range of the fair coin by n."""
    from stochcalc.plot import curve, limit_line, points

    sizes = (1, 2, 4, 9, 25, 64, 256)
    measured = [run.expectation(observe_odd, run.brownian(n, paths=20_000)) for n in sizes]
    every = sorted({*range(1, 20), *range(20, 257, 4)})
    cases = (
        (1, "E max |S$_k$|/√n", mean_distance, DISTANCE, "√(π/2)"),
        (0, "E max S$_k$/√n", mean_maximum, MAXIMUM, "√(2/π)"),
    )
    for i, name, mean, limit, limit_name in cases:
        points(ax, sizes, [found[i].estimate() for found in measured], "", i)
        curve(ax, every, [mean(n) for n in every], name, i)
        limit_line(ax, limit, limit_name, color=f"C{i}")
    ax.set(xscale="log", xlabel="number of steps n", ylabel="mean", ylim=(0.4, 1.65))
    ax.legend(loc="upper left", ncols=2)


def draw_rates(ax: Axes, run: Run) -> None:
    """Draw sqrt(n) times what the mean maximum lacks, for three laws of the steps."""
    from stochcalc.plot import curve, limit_line, points, tell_points_from_lines

    sizes = (1, 3, 8, 24)
    every = np.arange(1, 101)
    cases: tuple[tuple[str, Observed, Mean, float, str], ...] = (
        ("lazy coin", observe_lazy, mean_lazy_maximum, math.sqrt(0.5), "1/√2"),
        ("normal steps", lambda w: w.max(axis=1), mean_normal_maximum, NORMAL, f"{NORMAL}"),
        ("fair coin", lambda w: observe_odd(w)[0], mean_maximum, 0.5, "1/2"),
    )
    for i, (name, observe, mean, constant, constant_name) in enumerate(cases, start=2):
        tosses = 2 if observe is observe_lazy else 1
        late = []
        for n in sizes:
            own = replace(run, key=run.derive_key(100 * i + n))
            W = own.brownian(tosses * n, paths=200_000)
            found = own.expectation(observe, W).estimate()
            gap = math.sqrt(n) * (MAXIMUM - float(found.value))
            late.append(Estimate.normal(gap, math.sqrt(n) * float(found.stderr)))
        points(ax, sizes, late, "", i)
        curve(ax, every, [math.sqrt(n) * (MAXIMUM - mean(int(n))) for n in every], name, i)
        limit_line(ax, constant, "", color=f"C{i}")
        ax.text(1.0, constant + 0.008, constant_name, color=f"C{i}")
    tell_points_from_lines(ax)
    ax.set(xscale="log", xlabel="number of steps n", ylabel="√n (√(2/π) − E max S$_k$/√n)")
    ax.set(ylim=(0.0, 0.78))
    ax.legend(loc="lower right")
