"""G53: a mirrored path removes the odd part of a functional, a control all that it explains.

Antithetic paths. -W is a Brownian motion as W is. So the mean of a functional f can be estimated
from pairs, (f(W) + f(-W))/2. Write f as the sum of its even part e(W) = (f(W) + f(-W))/2 and its
odd part o(W) = (f(W) - f(-W))/2. The odd part has the mean 0, and so has the product e o, which is
odd. Hence

    Var f = Var e + Var o

and a pair has the variance Var e. It costs two paths, whose mean would have Var f/2. The ratio

    (variance of a pair)/(Var f/2) = 2 Var e/(Var e + Var o)

is 0 for an odd functional, and 2 for an even one: there the second path only repeats the first.
There is no rule that it is one half. For f that is monotone in the path the ratio is at most 1,
since f(W) and f(-W) are then correlated negatively.

The mean of geometric Brownian motion. Let S_t = exp(sigma W_t - sigma^2 t/2), and A the mean of S
at t_k = k h, k = 1, ..., n. E A = 1. Let S' be S along -W, with the same drift. Then

    Cov(S_t, S_u) = exp(sigma^2 min(t, u)) - 1,   Cov(S_t, S'_u) = exp(-sigma^2 min(t, u)) - 1

Since 2 (n - m) + 1 pairs of times have the minimum t_m,

    Var A = (1/n^2) sum_m (2 (n - m) + 1) (exp(sigma^2 t_m) - 1)

and a pair has cosh in the place of exp. For n = 1 the ratio is 1 - exp(-sigma^2 T).

The distance from a level. f = |W_1 - c| is even for c = 0, and nearly odd for large c, apart from
its mean. With p = phi(c) and P = P(|Z| < c) for a standard normal Z,

    E f = 2 p + c P,   E f^2 = 1 + c^2
    E f(W) f(-W) = E |W_1^2 - c^2| = (1 - c^2)(1 - 2 P) + 4 c p

At c = 1/2 a pair is worse than two paths, by a factor of 1.1733735.

Control variates. Let C have a known mean. f - b (C - E C) has the mean E f for every b, and the
variance Var f - 2 b Cov(f, C) + b^2 Var C. The best b is Cov(f, C)/Var C, and leaves

    (1 - rho^2) Var f,   rho the correlation of f and C

For S_T and W_T, Cov = sigma T, so that rho^2 = sigma^2 T/(exp(sigma^2 T) - 1).

For A, take the geometric mean G = exp(sigma M - sigma^2 m/2), where M is the mean of the W_(t_k)
and m that of the t_k. With v = Var M, c_k = Cov(W_(t_k), M) and normal laws throughout,

    E G = exp(sigma^2 (v - m)/2),   Var G = (E G)^2 (exp(sigma^2 v) - 1)
    Cov(A, G) = E G ((1/n) sum_k exp(sigma^2 c_k) - 1)

The two means nearly agree path by path. What is left for sigma = 0.4 and n = 12 is 0.0025614 of the
variance, so that one path counts for 390. The difference of the two means, b = 1, has 0.0028800.

Source: J. M. Hammersley and K. W. Morton, Proc. Camb. Phil. Soc. 52 (1956) 449, for antithetic
paths; A. G. Z. Kemna and A. C. F. Vorst, J. Banking and Finance 14 (1990) 113, for the geometric
mean; P. Glasserman, Monte Carlo Methods in Financial Engineering (2004), sections 4.1 and 4.2.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes

SIGMA = 0.4
STEPS = 12
CENTRE = 0.5  # the c of |W - c|


def mean_variance(sigma: float, n: int, *, paired: bool = False) -> float:
    """Return the variance of A along one path, or along a path and its mirror image."""
    m = np.arange(1, n + 1)
    exponents = sigma**2 * m / n
    terms = np.cosh(exponents) if paired else np.exp(exponents)
    return float(np.sum((2 * (n - m) + 1) * (terms - 1.0)) / n**2)


def ratio_of_pairs(sigma: float, n: int) -> float:
    """Return the variance of a pair's A over half of that of one path."""
    return 2.0 * mean_variance(sigma, n, paired=True) / mean_variance(sigma, n)


def distance_moments(c: float) -> tuple[float, float]:
    """Return the variance of |W_1 - c|, and its covariance with the same along -W."""
    density = math.exp(-0.5 * c * c) / math.sqrt(2.0 * math.pi)
    inside = math.erf(c / math.sqrt(2.0))
    mean = 2.0 * density + c * inside
    product = (1.0 - c * c) * (1.0 - 2.0 * inside) + 4.0 * c * density
    return 1.0 + c * c - mean * mean, product - mean * mean


def ratio_of_distances(c: float) -> float:
    """Return the variance of a pair's |W_1 - c| over half of that of one path."""
    variance, covariance = distance_moments(c)
    return 1.0 + covariance / variance


def ratio_of_end(sigma: float) -> float:
    """Return what W_1 leaves of the variance of S_1, as a share."""
    return 1.0 - sigma**2 / math.expm1(sigma**2)


class Geometric(NamedTuple):
    """The geometric mean G as a control of A: its mean, its variance, and Cov(A, G)."""

    mean: float
    variance: float
    covariance: float


def control(sigma: float, n: int) -> Geometric:
    """Return the law of the geometric mean beside the arithmetic one."""
    t = np.arange(1, n + 1) / n
    with_mean = np.minimum.outer(t, t).mean(axis=1)  # Cov(W_(t_k), M)
    spread = float(with_mean.mean())
    mean = math.exp(0.5 * sigma**2 * (spread - float(t.mean())))
    covariance = mean * float(np.expm1(sigma**2 * with_mean).mean())
    return Geometric(mean, mean**2 * math.expm1(sigma**2 * spread), covariance)


def ratio_of_control(sigma: float, n: int, b: float | None = None) -> float:
    """Return what G leaves of the variance of A with a coefficient, by default the best one."""
    known = control(sigma, n)
    if b is None:
        b = known.covariance / known.variance
    explained = 2.0 * b * known.covariance - b * b * known.variance
    return 1.0 - explained / mean_variance(sigma, n)


def two_means(w: Array, sigma: float) -> tuple[Array, Array]:
    """Return the arithmetic and the geometric mean of S along paths, shape (paths, n + 1)."""
    n = w.shape[1] - 1
    logs = sigma * w[:, 1:] - 0.5 * sigma**2 * np.arange(1, n + 1) / n
    return np.exp(logs).mean(axis=1), np.exp(logs.mean(axis=1))


def square_variance(n: int) -> float:
    """Return the variance of the mean of W^2 over the grid: 2 min(s, t)^2, averaged."""
    t = np.arange(1, n + 1) / n
    return 2.0 * float(np.square(np.minimum.outer(t, t)).mean())


def pair_means(w: Array, sigma: float = SIGMA) -> Array:
    """Return A of pairs, in units of the standard deviation of two paths' mean."""
    pairs = 0.5 * (two_means(w, sigma)[0] + two_means(-w, sigma)[0])
    return pairs / math.sqrt(mean_variance(sigma, w.shape[1] - 1) / 2.0)


def pair_squares(w: Array) -> Array:
    """Return the mean of W^2 of pairs in such units: that of -W is the same."""
    pairs: Array = np.square(w[:, 1:]).mean(axis=1)
    return pairs / math.sqrt(square_variance(w.shape[1] - 1) / 2.0)


def pair_distances(w: Array, c: float = CENTRE) -> Array:
    """Return |W_1 - c| of pairs in such units."""
    pairs: Array = 0.5 * (np.abs(w[:, -1] - c) + np.abs(-w[:, -1] - c))
    return pairs / math.sqrt(distance_moments(c)[0] / 2.0)


def controlled_end(w: Array, sigma: float = SIGMA) -> Array:
    """Return S_1 with its control W_1, in units of the standard deviation without it."""
    end = np.exp(sigma * w[:, -1] - 0.5 * sigma**2)
    controlled: Array = (end - sigma * w[:, -1]) / math.sqrt(math.expm1(sigma**2))
    return controlled


def controlled_mean(w: Array, sigma: float = SIGMA) -> Array:
    """Return A with its control G, in units of the standard deviation without it."""
    n = w.shape[1] - 1
    arithmetic, geometric = two_means(w, sigma)
    known = control(sigma, n)
    controlled = arithmetic - known.covariance / known.variance * (geometric - known.mean)
    return controlled / math.sqrt(mean_variance(sigma, n))


def observe(w: Array) -> tuple[Array, ...]:
    """Return everything that the rows measure."""
    pairs = pair_means(w), pair_squares(w), pair_distances(w)
    return *pairs, controlled_end(w), controlled_mean(w)


@claim(
    "G53",
    chapter="measure",
    title="A mirrored path removes the odd part of a functional, a control all that it explains",
    formula=r"\mathrm{Var} \, \tfrac12 \bigl(f(W) + f(-W)\bigr) = \mathrm{Var} f_{\text{even}},"
    r" \qquad \min_b \mathrm{Var} \bigl(f - b \, (C - E C)\bigr) = (1 - \rho^2) \, \mathrm{Var} f",
    sources=("hammersleymorton1956", "kemnavorst1990", "glasserman2004"),
)
def variance_reduction(run: Run) -> Iterator[Row | str]:
    """Measure the variance of pairs and of controlled values, over that without them."""
    found = run.expectation(observe, run.brownian(STEPS))
    halved = "a pair halves the variance, whatever is measured"
    yield Row(
        statement=f"Var of a pair over that of 2 paths, mean of S, n = {STEPS}",
        exact=ratio_of_pairs(SIGMA, STEPS),
        measured=found[0].variance(),
        twin=0.5,
        twin_statement=halved,
    )
    yield Row(
        statement=f"the same, mean of W^2, n = {STEPS}",
        exact=2.0,
        measured=found[1].variance(),
        twin=1.0,
        twin_statement="a pair is never worse than two paths",
    )
    yield Row(
        statement=f"the same, |W_T - {CENTRE:g}|",
        exact=ratio_of_distances(CENTRE),
        measured=found[2].variance(),
        twin=0.5,
        twin_statement=halved,
    )
    yield Row(
        statement="share of Var S_T that W_T leaves",
        exact=ratio_of_end(SIGMA),
        measured=found[3].variance(),
        twin=1.0 - math.sqrt(1.0 - ratio_of_end(SIGMA)),
        twin_statement="1 - |rho|",
    )
    yield Row(
        statement=f"share of Var of the mean of S that G leaves, n = {STEPS}",
        exact=ratio_of_control(SIGMA, STEPS),
        measured=found[4].variance(),
        twin=1.0 - control(SIGMA, STEPS).variance / mean_variance(SIGMA, STEPS),
        twin_statement="Var of the mean less Var G: variances subtracted",
    )
    mean = found[4].estimate()
    unit = math.sqrt(mean_variance(SIGMA, STEPS))
    yield Row(
        statement=f"E of the mean of S, controlled by G, n = {STEPS}",
        exact=1.0,
        measured=Estimate.normal(unit * float(mean.value), unit * float(mean.stderr)),
        twin=control(SIGMA, STEPS).mean,
        twin_statement="that of the geometric mean: the control is biased",
    )


@variance_reduction.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw ratios of variances by the volatility, beside that of pairs from even to odd."""
    from stochcalc.plot import panels

    title = "Mirrored paths and controls: the ratio of variances is known, and may exceed 1"
    left, right = panels(ax, 2, title)
    draw_volatilities(left, run)
    draw_distances(right, run)
    return ax


def draw_volatilities(ax: Axes, run: Run) -> None:
    """Draw what pairs and the geometric mean leave of the variance of A, by the volatility."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    W = run.brownian(STEPS, paths=50_000)
    shown = (0.1, 0.2, 0.4, 0.6, 0.8)
    grid = np.linspace(0.08, 1.0, 93)
    cases = (
        ("a path and its mirror image", pair_means, ratio_of_pairs),
        ("control: geometric mean", controlled_mean, ratio_of_control),
    )
    for i, (name, look, ratio) in enumerate(cases):
        found = [run.expectation(functools.partial(look, sigma=s), W) for s in shown]
        points(ax, shown, [moments.variance() for moments in found], "", i)
        curve(ax, grid, [ratio(float(s), STEPS) for s in grid], name, i)
    unit = [ratio_of_control(float(s), STEPS, b=1.0) for s in grid]
    curve(ax, grid, unit, "the same with b = 1", 2)
    tell_points_from_lines(ax)
    ax.set(yscale="log", xlabel="volatility σ", ylabel="ratio of variances, mean of S")
    ax.set(ylim=(1e-5, 2.0))
    ax.legend(loc="lower right")


def draw_distances(ax: Axes, run: Run) -> None:
    """Draw the ratio of pairs for |W_1 - c| against c."""
    from stochcalc.plot import curve, limit_line, points

    centres = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
    W = run.brownian(1, paths=50_000)
    found = [run.expectation(functools.partial(pair_distances, c=c), W) for c in centres]
    points(ax, centres, [moments.variance() for moments in found], "measured", 0)
    grid = np.linspace(0.0, 2.5, 126)
    curve(ax, grid, [ratio_of_distances(float(c)) for c in grid], "exact", 0)
    limit_line(ax, 1.0, "two independent paths")
    curve(ax, grid, np.full(len(grid), 0.5), "twin: a pair halves", 1)
    ax.set(xlabel="c", ylabel="ratio of variances, |W$_1$ − c|", ylim=(0.0, 2.15))
    ax.legend(loc="upper right")
