"""G15: Ito's formula needs its term 1/2 int F'' dt, and with it the residual tends to 0.

The formula says F(W_T) - F(0) = int F' dW + 1/2 int F'' dt. On n equal steps h = T/n there is a
residual:

    r = F(W_T) - F(0) - sum_k F'(W_k) dW_k - 1/2 sum_k F''(W_k) h

F = w^3/3, F' = w^2, F'' = 2 w. Let w = W_k and d = dW_k. A step adds ((w + d)^3 - w^3)/3 to F, and
w^2 d and w h to the sums. It leaves

    w^2 d + w d^2 + d^3/3 - w^2 d - w h = w (d^2 - h) + d^3/3

Given the path up to t_k both terms have mean 0, so steps are uncorrelated. With E w^2 = t_k,
E (d^2 - h)^2 = 2 h^2, E d^6 = 15 h^3 and E w = 0 for the mixed term, a step has the mean square
2 t_k h^2 + 15 h^3/9, and with T = 1 and sum t_k = (n - 1)/2

    E r^2 = sum_k (2 t_k h^2 + (5/3) h^3) = (n - 1 + 5/3) h^2 = (n + 2/3)/n^2

At n = 64 it is 0.0157878.

Without the last sum, for this F, what is left over is r + A, where A = h sum_k W_k. Its mean square
is

    E (r + A)^2 = E r^2 + E A^2 + 2 E r A
    E A^2 = h^2 sum_{j,k<n} min(t_j, t_k) = (n - 1)(2 n - 1)/(6 n^2)

For E r A, the step at k correlates with every later W_j = w + d + ..., through E (d^3/3) d = h^2
alone. There are n(n - 1)/2 pairs k < j, each with the factor h of A:

    2 E r A = h^3 n (n - 1) = (n - 1)/n^2

As n grows E r^2 tends to 0, and E (r + A)^2 to E (int W dt)^2 = 1/3.

F = F' = F'' = exp. The sum of F' dW has mean 0, E e^(W_T) = e^(1/2), and

    E r = e^(1/2) - 1 - (h/2) sum_{k<n} e^(t_k/2)

which is 0.0025308 at n = 64, and e^(1/2) - 1 without the last sum.

Source: K. Ito, Nagoya Math. J. 3 (1951) 55; L. C. Evans, An Introduction to Stochastic Differential
Equations (2013), section 4.3 (Ito's chain rule).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.integrals.ito_formula import ito_residual
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.moments import Moments, take_root
from stochcalc.typing import Axes

STEPS = 64


def cube(w: float) -> float:
    """Return F(w) = w^3/3."""
    return w * w * w / 3.0


def square(w: float) -> float:
    """Return F'(w) = w^2."""
    return w * w


def twice(w: float) -> float:
    """Return F''(w) = 2 w."""
    return 2.0 * w


def exponential(w: float) -> float:
    """Return exp(w), which is its own derivative."""
    return math.exp(w)


def variance(n: float) -> float:
    """Return E r^2 for F = w^3/3 on n steps."""
    return (n + 2.0 / 3.0) / n**2


def uncorrected(n: float) -> float:
    """Return E (r + A)^2 for F = w^3/3: what is left over without the last sum."""
    area = (n - 1.0) * (2.0 * n - 1.0) / (6.0 * n**2)
    mixed = (n - 1.0) / n**2
    return variance(n) + area + mixed


def exponential_mean(n: int) -> float:
    """Return E r for F = exp on n steps."""
    h = 1.0 / n
    t = h * np.arange(n)
    return math.expm1(0.5) - 0.5 * h * float(np.exp(t / 2).sum())


@claim(
    "G15",
    chapter="integrals",
    title="Ito's formula holds with its term 1/2 int F'' dt, and with it only",
    formula=r"F(W_T) - F(0) = \int_0^T F'(W) \, \mathrm{d}W"
    r" + \frac12 \int_0^T F''(W) \, \mathrm{d}t",
    sources=("ito1951", "evans2013"),
)
def ito_formula(run: Run) -> Iterator[Row | str]:
    """Measure the mean square of the residual for F = w^3/3, and its mean for F = exp."""
    W = run.brownian(STEPS)
    r: Moments = ito_residual(cube, square, twice, W, save="stats", **run.means)
    yield Row(
        statement=f"E residual^2, F = w^3/3, n = {STEPS}",
        exact=variance(STEPS),
        measured=r.mean_square(),
        twin=uncorrected(STEPS),
        twin_statement="without 1/2 sum F'' dt",
        limit=0.0,
    )
    r = ito_residual(exponential, exponential, exponential, W, save="stats", **run.means)
    yield Row(
        statement=f"E residual, F = exp w, n = {STEPS}",
        exact=exponential_mean(STEPS),
        measured=r.estimate(),
        twin=math.expm1(0.5),
        twin_statement="without 1/2 sum F'' dt",
        limit=0.0,
    )


@ito_formula.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw what is left over for F = w^3/3 by number of steps, with the last sum and without."""
    from stochcalc.plot import curve, points

    sizes = 2 ** np.arange(2, 10)
    with_term: list[Estimate] = []
    without: list[Estimate] = []
    for n in sizes:
        W = run.brownian(int(n), paths=10_000)
        whole: Moments = ito_residual(cube, square, twice, W, save="stats", **run.means)
        half: Moments = riemann_sum(
            lambda t, w: w * w,
            W,
            save="stats",
            observe=lambda t, w, r: w * w * w / 3.0 - r,
            **run.options,
        )
        with_term.append(take_root(whole.mean_square()))
        without.append(take_root(half.mean_square()))
    n_of_curve = np.geomspace(sizes[0], sizes[-1], 100)
    exact_with = [math.sqrt(variance(n)) for n in n_of_curve]
    exact_without = [math.sqrt(uncorrected(n)) for n in n_of_curve]
    points(ax, sizes, with_term, "with ½ Σ F″ Δt", 0)
    points(ax, sizes, without, "without it", 1)
    curve(ax, n_of_curve, exact_with, "√(Σ 2tΔ$^2$ + 5/3 Δ$^3$), exact", 0)
    curve(ax, n_of_curve, exact_without, "exact without it", 1)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of steps n",
        ylabel="RMS of what is left over",
        title="Ito's formula for F = w³/3: only with ½ Σ F″ Δt does the rest vanish",
    )
    ax.legend()
    return ax
