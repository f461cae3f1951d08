"""G02: polygons and sine series converge to a Brownian path, the sines faster.

Levy builds the path from polygons: W_n is the straight-line interpolation of W at n + 1 equidistant
times. Karhunen and Loeve expand it in n sines. This file compares both by E int (W - W_n)^2 dt on
[0, T].

Polygon. Let h = T/n be the length of a piece. Inside a piece, at the distance s from its left end,
W less its polygon is a Brownian bridge, of variance s (h - s)/h. Therefore

    E int (W - W_n)^2 dt = n int_0^h s (h - s)/h ds = n h^2/6 = T^2/(6 n)

The computer knows W at m grid times in each piece only and integrates by the trapezoid rule. Since
sum_{j<m} j (m - j) = (m^3 - m)/6, a piece then gives

    sum_{j<m} (h/m) (j h/m) (h - j h/m)/h = (h^2/m^3) (m^3 - m)/6 = (h^2/6) (1 - 1/m^2)

and the exact number is T^2/(6 n) (1 - 1/m^2).

Sines. An eigenfunction phi of the covariance satisfies int min(s, t) phi(s) ds = l phi(t). To
differentiate this twice gives -phi = l phi'', with phi(0) = 0 and phi'(T) = 0. The solutions are

    phi_k(t) = sqrt(2/T) sin((k - 1/2) pi t/T),   l_k = T^2/((k - 1/2)^2 pi^2),   k = 1, 2, ...

and W = sum_k c_k phi_k, where c_k = int W phi_k dt are independent normals of variance l_k. The
first n terms leave

    E int (W - W_n)^2 dt = sum_{k>n} l_k,   about T^2/(pi^2 n)

and no n functions leave less. All l_k together are E int W^2 dt = T^2/2.

On a uniform grid of N steps h = T/N, with the weights of the trapezoid rule (the last one halved,
and W = 0 at the first), the same functions are exact eigenvectors. To see it, take the second
difference of sum_j min(t_i, t_j) weight_j phi(t_j) = l phi(t_i) in i. On the left it gives
-h^2 phi(t_i), and on the right, with a = (k - 1/2) pi/N,

    l (sin(a (i + 1)) - 2 sin(a i) + sin(a (i - 1))) = -4 l sin^2(a/2) sin(a i)

Hence the variances of the coefficients on the grid are

    l_k = h^2/(4 sin^2((k - 1/2) pi/(2 N))),   k = 1, ..., N

and the last row of the system holds too, because cos(a N) = 0. The exact number is the sum of the
l_k with n < k <= N.

Source: P. Levy, Processus stochastiques et mouvement brownien (1948), and L. C. Evans, An
Introduction to Stochastic Differential Equations (2013), section 3.3 (the polygons); K. Karhunen,
Ann. Acad. Sci. Fenn. A I 37 (1947), and M. Loeve, Probability Theory II (4th ed. 1978) (the sines).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.motion.halving import levy_construction
from stochcalc.motion.partition import Partition
from stochcalc.typing import Array, Axes

TERMS = 16  # pieces of the polygon, and terms of the series
FINE = 8  # steps of the grid in each piece
STEPS = FINE * TERMS
TIMES = Partition.uniform(1.0, STEPS).times


def polygon_error(pieces: int, fine: int = FINE) -> float:
    """Return E int (W - polygon)^2 dt on [0, 1] by the trapezoid rule, `fine` steps a piece."""
    return (1.0 - 1.0 / fine**2) / (6.0 * pieces)


def expansion_error(terms: int) -> float:
    """Return E int (W - expansion)^2 dt on the grid: the variances of the terms left out."""
    h = 1.0 / STEPS
    k = np.arange(terms + 1, STEPS + 1)
    variances = h * h / (4.0 * np.sin((k - 0.5) * math.pi / (2 * STEPS)) ** 2)
    return float(variances.sum())


def join_corners(w: Array, pieces: int) -> Array:
    """Return the polygon through every (n/pieces)-th value of paths w, at all grid times."""
    m = (w.shape[1] - 1) // pieces
    s = np.arange(m) / m
    left = w[:, :-1:m, None]
    right = w[:, m::m, None]
    inside = (1.0 - s) * left + s * right
    return np.concatenate([inside.reshape(len(w), -1), w[:, -1:]], axis=1)


def expand_in_sines(w: Array, terms: int) -> Array:
    """Return the first terms of sum_k c_k phi_k; c_k is int w phi_k dt by the trapezoid rule."""
    k = np.arange(1, terms + 1)
    phi = math.sqrt(2.0) * np.sin(np.outer((k - 0.5) * math.pi, TIMES))
    weights = np.full(STEPS + 1, 1.0 / STEPS)
    weights[-1] /= 2.0
    coefficients = np.einsum("pt,kt->pk", w, weights * phi)
    expansion: Array = np.einsum("pk,kt->pt", coefficients, phi)
    return expansion


def squared_distance(w: Array, other: Array) -> Array:
    """Return int (w - other)^2 dt for each path, by the trapezoid rule."""
    squares = (w - other) ** 2
    between = 0.5 * (squares[:, :-1] + squares[:, 1:])
    distance: Array = (between * np.diff(TIMES)).sum(axis=1)
    return distance


@claim(
    "G02",
    chapter="motion",
    title="E int (W - W_n)^2 dt is T^2/(6n) for n straight lines, about T^2/(pi^2 n) for n sines",
    formula=r"E \int_0^T (W_t - W^{(n)}_t)^2 \, \mathrm{d}t ="
    r" \frac{T^2}{6 n} \text{ for } n \text{ straight lines},"
    r" \quad \approx \frac{T^2}{\pi^2 n} \text{ for } n \text{ sines}",
    sources=("levy1948", "evans2013", "karhunen1947", "loeve1978"),
)
def path_expansions(run: Run) -> Iterator[Row | str]:
    """Measure the mean squared distances of 16 straight lines and of 16 sines from the path."""
    paths = max(2048, run.paths // 4)
    W = run.brownian(STEPS, paths=paths)
    moments = run.expectation(
        lambda w: (
            squared_distance(w, join_corners(w, TERMS)),
            squared_distance(w, expand_in_sines(w, TERMS)),
        ),
        W,
    )
    first = np.arange(1, TERMS + 1)
    yield Row(
        statement=f"E int (W - polygon)^2 dt, {TERMS} pieces",
        exact=polygon_error(TERMS),
        measured=moments[0].estimate(),
        twin=1 / (math.pi**2 * TERMS),
        twin_statement="1/(pi^2 n), as for the best expansion",
        paths=paths,
        limit=1 / (6 * TERMS),
    )
    yield Row(
        statement=f"E int (W - expansion)^2 dt, {TERMS} terms",
        exact=expansion_error(TERMS),
        measured=moments[1].estimate(),
        twin=1 / (6 * TERMS),
        twin_statement="1/(6 n), as for the polygon",
        paths=paths,
        limit=0.5 - float(np.sum(1.0 / ((first - 0.5) * math.pi) ** 2)),
    )


@path_expansions.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw Levy's polygons of a path with the tents that they add, beside the two distances."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Levy's tents build the path level by level; as many sines come closer still"
    )
    draw_levels(left, run)
    draw_distances(right, run)
    return ax


def draw_levels(ax: Axes, run: Run) -> None:
    """Draw one path, its polygons of 1, 2, 4 and 8 pieces, and below them what each one adds."""
    from stochcalc.plot.look import ink

    W = run.brownian(STEPS, paths=1, store=True)
    ax.plot(W.t, W.values[0], color=ink(ax), lw=0.7, alpha=0.7, label="W")
    levels = [levy_construction(W, level)[0] for level in range(4)]
    foot = W.values[0].min()
    for level, line in enumerate(levels):
        colour = f"C{level}"
        name = f"level {level}"
        corners = slice(None, None, STEPS >> level)
        ax.plot(W.t, line, color=colour, lw=1.5, label=name)
        ax.plot(W.t[corners], line[corners], color=colour, ls="", marker="o", ms=4)
        if level == 0:
            continue
        tents = line - levels[level - 1]
        base = foot - 0.15 - tents.max()
        foot = base + tents.min()
        ax.fill_between(W.t, base, base + tents, color=colour, alpha=0.35, lw=0)
        ax.plot(W.t, base + tents, color=colour, lw=1.0)
        ax.text(1.02, base, f"+ {name}", color=colour, va="center", fontsize="small")
    ax.set(xlabel="time t", ylabel="$W_t$, and below it the tents", xlim=(-0.02, 1.18))
    ax.legend()


def draw_distances(ax: Axes, run: Run) -> None:
    """Draw the measured distances of polygons and expansions on the exact ones."""
    from stochcalc.plot import curve, points

    sizes = [2, 4, 8, 16]
    W = run.brownian(STEPS, paths=4000)
    lines = run.expectation(
        lambda w: tuple(squared_distance(w, join_corners(w, n)) for n in sizes), W
    )
    sines = run.expectation(
        lambda w: tuple(squared_distance(w, expand_in_sines(w, n)) for n in sizes), W
    )
    places = range(len(sizes))
    every = np.arange(sizes[0], sizes[-1] + 1)
    points(ax, sizes, [lines[i].estimate() for i in places], "n straight lines", 0)
    points(ax, sizes, [sines[i].estimate() for i in places], "n sines", 1)
    on_grid = [(1 - (n / STEPS) ** 2) / (6 * n) for n in every]  # polygon_error between its n
    curve(ax, every, on_grid, f"lines: exact, on {STEPS} grid times", 0)
    curve(ax, every, [expansion_error(int(n)) for n in every], "", 1, linestyle="-")
    ax.text(5.9, 0.031, "1/(6n)", color="C0")
    ax.text(4.9, 0.0155, "≈ 1/(π²n)", color="C1", ha="right")
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number n of lines or sines",
        ylabel="E ∫ (W − W$_n$)² dt",
        xticks=sizes,
        xticklabels=map(str, sizes),
    )
    ax.minorticks_off()
    ax.set_yticks([0.005, 0.01, 0.02, 0.05, 0.1], ["0.005", "0.01", "0.02", "0.05", "0.1"])
    ax.legend()
