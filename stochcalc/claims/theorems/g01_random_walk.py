"""G01: scaled random walks have the covariance of Brownian motion, and their laws tend to its laws.

Let X_1, X_2, ... be independent, and +1 or -1 with probability 1/2 each. The scaled walk takes n
steps in the time interval [0, 1]:

    S_t = (X_1 + ... + X_k)/sqrt(n)   at t = k/n

Covariance. For s <= t the sums S_s and S_t share n s terms. Each of them contributes 1/n to the
covariance, and any two different terms contribute 0:

    E S_s S_t = n s/n = s = min(s, t)

This is the covariance of Brownian motion, and it holds at every n.

Fourth moment. Of the products in (X_1 + ... + X_n)^4 only two kinds have a mean other than 0, and
that mean is 1: the n products X_i^4, and the products X_i^2 X_j^2 with i < j, each of which occurs
6 times among the n(n - 1)/2 pairs:

    E S_1^4 = (n + 6 n (n - 1)/2)/n^2 = 3 - 2/n

A standard normal variable has 3.

Distance of the laws. Let F_n be the distribution function of S_1 and Phi the normal one, and let n
be even. S_1 lies on a lattice of mesh 2/sqrt(n) with an atom at 0. By symmetry half of this atom
lies above P(S_1 <= 0) = 1/2:

    F_n(0) - Phi(0) = P(S_1 <= 0) - 1/2 = P(S_1 = 0)/2 = C(n, n/2)/2^(n+1)

No other atom sticks out as far. For n = 8 the table compares F_n - Phi just before and at each
atom, in the upper half (the lower half mirrors it):

    atom               0         1/sqrt(2)   sqrt(2)    3/sqrt(2)   2 sqrt(2)
    256 P(S_1 = atom)  70        56          28         8           1
    before the atom    -0.1367   -0.1235     -0.0659    -0.0182     -0.0016
    at the atom        +0.1367   +0.0952     +0.0435    +0.0130     +0.0023

so that sup |F_8 - Phi| = 70/512 = 0.13671875. The same comparison gives the atom at 0 for every
even n up to 128, which are the n of the figure. By Stirling's formula the distance is about
1/sqrt(2 pi n): the law comes close to the normal one at the rate n^(-1/2).

Maximum. That S_1 tends to a normal law is de Moivre's theorem. Donsker's theorem says more: the
walks tend to Brownian motion as random functions, so that functionals of the whole walk, such as
its maximum M, tend to those of W in law. Count in steps, k = sqrt(n) S_1 and r = sqrt(n) M, and
reflect the walk in the level r from the first time that it is there. The walks that end above r
come in pairs with those that reach r and end below it:

    P(M >= r) = 2 P(k > r) + P(k = r),   r = 1, 2, ...

Add over r. The first term gives 2 E k^+ - 2 P(k >= 1) and the second P(k >= 1), and by symmetry
2 E k^+ = E |k| and P(k >= 1) = (1 - P(k = 0))/2. For even n, E |k| = n P(k = 0), so that

    sqrt(n) E M = (n + 1/2) P(k = 0) - 1/2,   P(k = 0) = C(n, n/2)/2^n

E M is 0.6449587 for n = 8 and 0.7384832 for n = 64, and its limit is E max W = sqrt(2/pi) =
0.7978846 (claim G07). The maximum of W has the law of |W_1|; that of the walk has not yet the law
of |S_1|, and E |S_1| is the twin.

What is tested are these numbers, not the convergence of every functional. The first row tests the
Brownian motion from which the signs of the walk's steps are taken.

Source: W. Feller, An Introduction to Probability Theory and Its Applications I (3rd ed. 1968),
sections III.7 (the maximum), VII.2 and VII.3 (de Moivre and Laplace); M. D. Donsker, Mem. Amer.
Math. Soc. 6 (1951).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes

STEPS = 8
EARLY = STEPS // 4  # the grid time s = 1/4
LATE = 3 * STEPS // 4  # the grid time t = 3/4
MORE_STEPS = 64  # of a second walk, for its maximum alone
LOOK_AHEAD = 4096  # grid times in which the next step of a walk is looked for
BRIDGE = 0.25 - 0.25 * 0.75  # min(s, t) - s t


def make_walk(w: Array) -> Array:
    """Return the walk of steps +-1/sqrt(n) that takes the signs of the increments of w."""
    signs = np.sign(np.diff(w, axis=1))
    start = np.zeros((len(w), 1))
    walk = np.cumsum(signs, axis=1) / math.sqrt(signs.shape[1])
    return np.concatenate([start, walk], axis=1)


def exceed_half(w: Array) -> Array:
    """Return 1/2 for the paths whose walk has S_1 <= 0, and -1/2 for the others.

    S_1 lies on a lattice of mesh 2/sqrt(n). Half a mesh above 0 as the bound keeps rounding away
    from the answer.
    """
    n = w.shape[1] - 1
    below = make_walk(w)[:, -1] < 1.0 / math.sqrt(n)
    return np.where(below, 0.5, -0.5)


def kolmogorov_distance(n: int) -> float:
    """Return sup |F_n - Phi| for even n: C(n, n/2)/2^(n+1)."""
    return math.comb(n, n // 2) / 2.0 ** (n + 1)


def end_at_zero(n: int) -> float:
    """Return P(S_1 = 0) for even n."""
    return math.comb(n, n // 2) / 2.0**n


def mean_maximum(n: int) -> float:
    """Return E max S for even n, by reflection.

    Examples
    --------
    >>> [round(mean_maximum(n), 7) for n in (8, 64)]
    [0.6449587, 0.7384832]
    """
    return ((n + 0.5) * end_at_zero(n) - 0.5) / math.sqrt(n)


def mean_size(n: int) -> float:
    """Return E |S_1| for even n."""
    return math.sqrt(n) * end_at_zero(n)


def maximum_of_walk(w: Array) -> Array:
    """Return the maximum of the walk of each path, which is 0 at least."""
    peak: Array = make_walk(w).max(axis=1)
    return peak


def observe_products(w: Array) -> tuple[Array, ...]:
    """Return W_s W_t, S_s S_t, S_1^4, whether S_1 <= 0, less one half, and the maximum of S."""
    walk = make_walk(w)
    square = walk[:, -1] * walk[:, -1]
    return (
        w[:, EARLY] * w[:, LATE],
        walk[:, EARLY] * walk[:, LATE],
        square * square,
        exceed_half(w),
        walk.max(axis=1),
    )


@claim(
    "G01",
    chapter="motion",
    title="Scaled random walks have the covariance min(s, t); end and maximum tend to those of W",
    decisive_paths=1_000_000,
    formula=r"S_{k/n} = \frac{X_1 + \dots + X_k}{\sqrt n}, \qquad"
    r" E\, S_s S_t = \min(s, t), \qquad S \longrightarrow W \text{ in law}",
    sources=("feller1968", "donsker1951"),
)
def random_walk(run: Run) -> Iterator[Row | str]:
    """Measure covariances, moments and maxima of walks, and the distance of the laws."""
    W = run.brownian(STEPS)
    moments = run.expectation(observe_products, W)
    yield Row(
        statement="E W_s W_t, s = 1/4, t = 3/4",
        exact=0.25,
        measured=moments[0].estimate(),
        twin=BRIDGE,
        twin_statement="min(s, t) - s t, the bridge's",
        limit=0.25,
    )
    yield Row(
        statement=f"E S_s S_t, the walk, n = {STEPS}",
        exact=0.25,
        measured=moments[1].estimate(),
        twin=BRIDGE,
        twin_statement="min(s, t) - s t, the bridge's",
        limit=0.25,
    )
    yield Row(
        statement=f"E S_1^4, n = {STEPS}",
        exact=3.0 - 2.0 / STEPS,
        measured=moments[2].estimate(),
        twin=3.0,
        twin_statement="3, as for a normal",
        limit=3.0,
    )
    yield Row(
        statement=f"sup |F_n - Phi| = P(S_1 <= 0) - 1/2, n = {STEPS}",
        exact=kolmogorov_distance(STEPS),
        measured=moments[3].estimate(),
        twin=2 * kolmogorov_distance(STEPS),
        twin_statement="P(S_1 = 0), all of the atom",
        limit=0.0,
    )
    few = max(2048, run.paths // 4)
    longer = run.expectation(maximum_of_walk, run.brownian(MORE_STEPS, paths=few))
    maxima = (
        (STEPS, moments[4].estimate(), run.paths),
        (MORE_STEPS, longer.estimate(), few),
    )
    for n, measured, paths in maxima:
        yield Row(
            statement=f"E max S_t, n = {n}",
            exact=mean_maximum(n),
            measured=measured,
            twin=mean_size(n),
            twin_statement="E |S_1|, as for W",
            paths=paths,
            limit=math.sqrt(2 / math.pi),
        )


@random_walk.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the walks inside one path, beside what end and maximum of a walk differ by from W's."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Walks inside a Brownian path come closer to it; their laws follow like n$^{-1/2}$"
    )
    draw_walks(left, run)
    draw_distances(right, run)
    return ax


def embed_walk(w: Array, n: int, h: float) -> Array:
    """Return the walk of at most n steps +-1/sqrt(n) inside one path w, of steps h (Skorokhod).

    Its next value is the level that the path reaches first: one step up, or one step down. A grid
    sees this late; with the levels 0.5826 sqrt(h) nearer it sees it nearly in time (G07).
    """
    size = 1 / math.sqrt(n)
    reach = size - 0.5826 * math.sqrt(h)
    walk = [0.0]
    place = 0
    while len(walk) <= n and place < len(w):
        moved = w[place : place + LOOK_AHEAD] - walk[-1]
        there = np.abs(moved) >= reach
        if there.any():
            first = int(np.argmax(there))
            walk.append(walk[-1] + math.copysign(size, moved[first]))
            place += first
        else:
            place += LOOK_AHEAD
    return np.array(walk)


def draw_walks(ax: Axes, run: Run) -> None:
    """Draw one path, and the walks of 16, 128 and 1024 steps inside it."""
    from stochcalc.plot.look import ink

    W = run.brownian(2**18, T=2.0, paths=1, store=True)  # the last step may come after time 1
    shown = W.t <= 1.0
    ax.plot(W.t[shown][::64], W.values[0, shown][::64], color=ink(ax), lw=0.8, label="W")
    for i, (n, width) in enumerate(((16, 2.2), (128, 1.5), (1024, 0.9))):
        walk = embed_walk(W.values[0], n, W.t[1])
        ax.plot(np.arange(len(walk)) / n, walk, color=f"C{i}", lw=width, label=f"n = {n}")
    ax.set(xlabel="time t", ylabel="scaled walk $S_t$, and $W_t$")
    ax.legend()


def draw_distances(ax: Axes, run: Run) -> None:
    """Draw how far the laws of the end and of the maximum are from those of W, on the exact."""
    from stochcalc.plot import curve, points
    from stochcalc.plot.look import ink

    limit = math.sqrt(2 / math.pi)
    sizes = np.array([4, 8, 16, 32, 64, 128])
    maxima: list[Estimate] = []
    ends: list[Estimate] = []
    for n in sizes:
        W = run.brownian(int(n), paths=50_000)
        moments = run.expectation(lambda w: (limit - maximum_of_walk(w), exceed_half(w)), W)
        maxima.append(moments[0].estimate())
        ends.append(moments[1].estimate())
    every = np.arange(4, 129, 2)
    points(ax, sizes, maxima, "E max W − E max S", 1)
    points(ax, sizes, ends, "sup |F$_n$ − Φ|, at the end", 0)
    curve(ax, every, [limit - mean_maximum(int(n)) for n in every], "", 1, linestyle="-")
    curve(ax, every, [kolmogorov_distance(int(n)) for n in every], "lines: exact", 0)
    for constant, label in ((0.5, "dotted: 1/(2√n), 1/√(2πn)"), (1 / math.sqrt(2 * math.pi), "")):
        ax.plot(every, constant / np.sqrt(every), color=ink(ax), ls=":", lw=1.2, label=label)
    ax.set(xscale="log", yscale="log", xlabel="number of steps n", ylabel="distance from the limit")
    ax.legend()
