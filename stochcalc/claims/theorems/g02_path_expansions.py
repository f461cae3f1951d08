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
from stochcalc.motion.constructions import karhunen_loeve
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
    """Draw a path with its polygon and its sines, beside the two distances."""
    from stochcalc.plot import panels

    left, right = panels(
        ax,
        2,
        "Lévy's polygons and Karhunen-Loève's sines converge to the same path, the sines closer",
    )
    draw_paths(left, run)
    draw_distances(right, run)
    return ax


def draw_paths(ax: Axes, run: Run) -> None:
    """Draw one path, its polygon of 8 pieces and its expansion in 8 sines."""
    from stochcalc.plot import COLOURS

    W = run.brownian(STEPS, paths=1, store=True)
    lines = levy_construction(W, 3)
    sines = karhunen_loeve(W, 8)
    ax.plot(W.t, W.values[0], color="0.6", lw=1.0, label="W")
    ax.plot(W.t, lines[0], color=COLOURS[0], lw=1.6, label="8 pieces")
    ax.plot(W.t, sines[0], color=COLOURS[1], ls="--", lw=1.6, label="8 terms")
    ax.set(xlabel="time t", ylabel="$W_t$")
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
    points(ax, sizes, [lines[i].estimate() for i in places], "polygon, measured", 0)
    points(ax, sizes, [sines[i].estimate() for i in places], "expansion, measured", 1)
    on_grid = [polygon_error(n, STEPS // n) for n in sizes]
    curve(ax, sizes, on_grid, "1/(6n) on this grid, exact", 0)
    left_over = [expansion_error(n) for n in sizes]
    curve(ax, sizes, left_over, "Σ of the variances left, exact", 1)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="pieces or terms n",
        ylabel="E ∫ (W − W$_n$)² dt",
        xticks=sizes,
        xticklabels=map(str, sizes),
    )
    ax.minorticks_off()
    ax.set_yticks([0.005, 0.01, 0.02, 0.05, 0.1], ["0.005", "0.01", "0.02", "0.05", "0.1"])
    ax.legend()
