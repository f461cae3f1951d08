"""G39: |W| is a martingale plus the local time at 0, and a wall at 0 is reached by folding.

Let sgn(0) = 1, and look at a Brownian path on a grid from 0. In every step |W| changes by
sgn(W_k) dW_k, unless the step crosses 0; then it ends on the other side, and higher than that. So

    |W_n| = S_n + L_n,   S_n = sum_k sgn(W_k) dW_k,
                         L_n = sum_k (|W_{k+1}| - |W_k| - sgn(W_k) dW_k)

where every term of L_n is 0 or positive: L_n never falls, and rises where the path crosses 0. As
the grid is refined it tends to the local time of W at 0 (Tanaka's formula).

The first part is a Brownian motion of its own at any n. Given the past, sgn(W_k) dW_k is normal of
mean 0 and variance h, as dW_k is. So S_n is N(0, T) exactly, and E L_n = E |W_n| = sqrt(2 T/pi).
S and W are not the same motion:

    E S_n W_n = h sum_k E sgn(W_k) = h

since all means but the first, sgn(0) = 1, are 0. Their correlation vanishes as the grid is refined
although each determines |dW| of the other.

A wall at 0. Fold the path at the wall, X' = |X + dW|. By symmetry of dW given the past, X is as
|W|: from X = |w| the law of |w + dW| depends on |w| alone. So

    E X_n = sqrt(2 T/pi)   at every n

and the grid makes no error at all. Or push the path back to the wall, X' = max(0, X + dW), as
projected schemes do. Then X_n is the walk minus its minimum so far, which has the law of the
maximum of the walk up to n, and Spitzer's identity gives

    E X_n = sum_{k=1}^n E max(0, W_k)/k = sum_{k=1}^n sqrt(h/(2 pi k))

which is too small by about 0.5826 sqrt(h) as n grows, and tends to the same limit. What is missing
are the visits to the wall inside the steps. `solve(reflect=)` draws them from bridges, and its mean
is sqrt(2 T/pi) at every n.

The numbers are for T = 1 and n = 16.

Source: H. Tanaka, Z. Wahrscheinlichkeitstheorie 1 (1963) 251; F. Spitzer, Trans. Amer. Math. Soc.
82 (1956) 323; I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus (1991), section
3.6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

STEPS = 16
FOLDED = math.sqrt(2.0 / math.pi)  # E |W_1|


def projected_mean(n: int) -> float:
    """Return E X_n of max(0, X + dW) on n steps of [0, 1], by Spitzer's identity."""
    return sum(math.sqrt(1.0 / (2.0 * math.pi * n * k)) for k in range(1, n + 1))


def split(w: Array) -> tuple[Array, Array]:
    """Return S and L at the grid times, shapes (paths, n)."""
    signs = np.where(w[:, :-1] >= 0.0, 1.0, -1.0)
    S = np.cumsum(signs * np.diff(w, axis=1), axis=1)
    return S, np.abs(w[:, 1:]) - S


def observe_parts(w: Array) -> tuple[Any, ...]:
    """Return L_n, S_n W_n, and whether |S_n| is below 1."""
    S, L = split(w)
    return L[:, -1], S[:, -1] * w[:, -1], np.abs(S[:, -1]) < 1.0


def fold(w: Array) -> Array:
    """Return paths that are folded at 0, X' = |X + dW|, shape (paths, n + 1)."""
    x = np.zeros_like(w)
    for k in range(w.shape[1] - 1):
        x[:, k + 1] = np.abs(x[:, k] + (w[:, k + 1] - w[:, k]))
    return x


def project(w: Array) -> Array:
    """Return paths that are pushed back to 0, X' = max(0, X + dW), shape (paths, n + 1)."""
    x = np.zeros_like(w)
    for k in range(w.shape[1] - 1):
        x[:, k + 1] = np.maximum(0.0, x[:, k] + (w[:, k + 1] - w[:, k]))
    return x


def observe_walls(w: Array) -> tuple[Array, Array]:
    """Return the ends of paths that are folded, and of paths that are pushed back."""
    return fold(w)[:, -1], project(w)[:, -1]


@claim(
    "G39",
    chapter="motion",
    title="Tanaka's formula: |W| is a Brownian motion plus local time, and folding makes a wall",
    formula=r"|W_T| = \int_0^T \mathrm{sgn}(W_t) \, \mathrm{d}W_t + L_T, \qquad"
    r" E L_T = \sqrt{\frac{2T}{\pi}}",
    sources=("tanaka1963", "spitzer1956", "karatzasshreve1991"),
)
def tanaka(run: Run) -> Iterator[Row | str]:
    """Measure the two parts of |W|, and the mean distance from two kinds of walls."""
    W = run.brownian(STEPS)
    parts = run.expectation(observe_parts, W)
    yield Row(
        statement=f"E L_T = E [|W_T| - sum sgn(W) dW], n = {STEPS}",
        exact=FOLDED,
        measured=parts[0].estimate(),
        twin=0.0,
        twin_statement="no local time: the chain rule d|W| = sgn(W) dW",
        limit=FOLDED,
    )
    yield Row(
        statement=f"E S_T W_T, n = {STEPS}",
        exact=1.0 / STEPS,
        measured=parts[1].estimate(),
        twin=1.0,
        twin_statement="S and W are one motion",
        limit=0.0,
    )
    yield Row(
        statement=f"P(|S_T| < 1), n = {STEPS}",
        exact=math.erf(math.sqrt(0.5)),
        measured=parts[2].estimate(),
        twin=math.erf(math.sqrt(0.5 / (1.0 - FOLDED**2))),
        twin_statement="S has the variance of |W|",
        limit=math.erf(math.sqrt(0.5)),
    )
    walls = run.expectation(observe_walls, W)
    means = (FOLDED, projected_mean(STEPS))
    for i, (name, other) in enumerate((("|X + dW|", "pushed back"), ("max(0, X + dW)", "folded"))):
        yield Row(
            statement=f"E X_T, X' = {name}, n = {STEPS}",
            exact=means[i],
            measured=walls[i].estimate(),
            twin=means[1 - i],
            twin_statement=f"{other} at the wall",
            limit=FOLDED,
        )
    motion = SDE(lambda t, x: 0.0, lambda t, x: 1.0, noise="additive")
    reflected = solve(motion, 0.0, noise=W, save="stats", reflect=(0.0, math.inf), **run.options)
    yield Row(
        statement=f"E X_T, pushed back inside the steps, n = {STEPS}",
        exact=FOLDED,
        measured=reflected.estimate(),
        twin=projected_mean(STEPS),
        twin_statement="pushed back at grid times alone",
        limit=FOLDED,
    )


@tanaka.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw |W| and its two parts along one path, beside the means at two walls by n."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "|W| is a Brownian motion plus local time at 0")
    draw_parts(left, run)
    draw_walls(right, run)
    return ax


def draw_parts(ax: Axes, run: Run) -> None:
    """Draw |W|, the sum of sgn(W) dW and the local time of one path."""
    from stochcalc.plot import curve

    W = run.brownian(2048, paths=1, store=True)
    S, L = split(W.values)
    curve(ax, W.t, np.abs(W.values[0]), "|W|", 0, lw=0.8)
    curve(ax, W.t[1:], S[0], "Σ sgn(W) dW", 1, lw=0.8, ls="-")
    curve(ax, W.t[1:], L[0], "local time L", 2, ls="-", lw=1.8)
    ax.set(xlabel="time t", ylabel="one path")
    ax.legend(loc="upper left")


def draw_walls(ax: Axes, run: Run) -> None:
    """Draw the mean of folded and of projected paths by the number of steps."""
    from stochcalc.plot import curve, limit_line, points, tell_points_from_lines

    sizes = 2 ** np.arange(0, 8)
    measured: tuple[list[Estimate], list[Estimate]] = ([], [])
    for n in sizes:
        found = run.expectation(observe_walls, run.brownian(int(n), paths=50_000))
        for i in range(2):
            measured[i].append(found[i].estimate())
    points(ax, sizes, measured[0], "", 0)
    points(ax, sizes, measured[1], "", 1)
    curve(ax, sizes, np.full(len(sizes), FOLDED), "folded, |X + dW|", 0)
    curve(ax, sizes, [projected_mean(int(n)) for n in sizes], "pushed back, max(0, X + dW)", 1)
    tell_points_from_lines(ax)
    limit_line(ax, FOLDED, "limit √(2/π)")
    ax.set(xscale="log", xlabel="number of steps n", ylabel="E X$_T$", ylim=(0.35, 0.95))
    ax.legend(loc="lower right")
