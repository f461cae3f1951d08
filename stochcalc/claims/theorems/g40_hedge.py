"""G40: every function of the path is its mean plus an Ito integral, and the integrand is a hedge.

Take F = W_T^3. Given the path up to t, W_T is W_t plus a normal of variance T - t, and

    E [W_T^3 | path up to t] = W_t^3 + 3 W_t (T - t)

This is a martingale, and by Ito's formula its differential is its derivative in w times dW:

    W_T^3 = int_0^T 3 (W_t^2 + T - t) dW_t

with the mean 0 of W_T^3. A trader who holds 3 (W_t^2 + T - t) of an asset with the price W ends
with W_T^3, whatever the path is (the theorem of Clark and Ocone; Ito proved that every function of
finite variance has such an integrand).

On n steps of length h the holding is changed at grid times only. In step k, with w = W(t_k) and
W(t_k + u) = w + B_u, the holding is behind by 3 (2 w B_u + B_u^2 - u), of which the mean square is
9 (4 t_k u + 2 u^2). By the isometry of Ito the mean square of what is missed at T is the integral
of that over all steps,

    9 sum_k (2 t_k h^2 + (2/3) h^3) = 9 (h T^2 - h^2 T/3)

for sum t_k = n (T - h)/2. So four times as many steps halve the miss.

The derivative of w^3 alone, 3 W_t^2, is not the hedge: it misses 3 (T - t) dW as well, which is
orthogonal to the rest, so that its mean square is larger by

    9 h sum_k (T - t_k)^2 = 9 (T^3/3 + h T^2/2 + h^2 T/6)

and does not vanish with h. It hedges the value now, not the value at T.

The numbers are for T = 1 and n = 32.

Source: J. M. C. Clark, Ann. Math. Statist. 41 (1970) 1282; B. Oksendal, Stochastic Differential
Equations (2003), section 4.3; I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus
(1991), section 3.4.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.moments import Moments
from stochcalc.typing import Axes

STEPS = 32


def hold(t: float, w: float) -> float:
    """Return the hedge of W_1^3 at time t."""
    return 3.0 * (w * w + 1.0 - t)


def hold_slope(t: float, w: float) -> float:
    """Return the derivative of w^3 alone."""
    return 3.0 * w * w


def missed_square(n: int) -> float:
    """Return the mean square of what the hedge on n steps of [0, 1] misses."""
    h = 1.0 / n
    return 9.0 * (h - h * h / 3.0)


def missed_by_slope(n: int) -> float:
    """Return the mean square of what the derivative of w^3 misses."""
    h = 1.0 / n
    return missed_square(n) + 9.0 * (1.0 / 3.0 + h / 2.0 + h * h / 6.0)


@claim(
    "G40",
    chapter="integrals",
    title="Every function of the path is its mean plus an Ito integral: a hedge",
    formula=r"W_T^3 = \int_0^T 3 (W_t^2 + T - t) \, \mathrm{d}W_t",
    sources=("clark1970", "oksendal2003", "karatzasshreve1991"),
)
def hedge(run: Run) -> Iterator[Row | str]:
    """Measure what two holdings that are changed at 32 times miss of W_T^3."""
    W = run.brownian(STEPS)
    right: Moments = riemann_sum(
        hold, W, save="stats", observe=lambda t, w, r: w * w * w - r, **run.options
    )
    wrong: Moments = riemann_sum(
        hold_slope, W, save="stats", observe=lambda t, w, r: w * w * w - r, **run.options
    )
    yield Row(
        statement=f"E [W_T^3 - sum 3 (W^2 + T - t) dW]^2, n = {STEPS}",
        exact=missed_square(STEPS),
        measured=right.mean_square(about=0.0),
        twin=missed_by_slope(STEPS),
        twin_statement="that of 3 W^2: the derivative is the hedge",
        limit=0.0,
    )
    yield Row(
        statement=f"E [W_T^3 - sum 3 W^2 dW]^2, n = {STEPS}",
        exact=missed_by_slope(STEPS),
        measured=wrong.mean_square(about=0.0),
        twin=missed_square(STEPS),
        twin_statement="that of the hedge",
        limit=3.0,
    )


@hedge.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the value of a hedge along one path, beside what is missed by the number of steps."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "W$_T^3$ is an Ito integral, and its integrand is the hedge")
    draw_path(left, run)
    draw_misses(right, run)
    return ax


def draw_path(ax: Axes, run: Run) -> None:
    """Draw the hedge and its wrong twin along one path, beside the value that is hedged."""
    from stochcalc.plot import curve

    W = run.brownian(256, paths=1, store=True)
    w = W.values[0]
    value = w**3 + 3.0 * w * (1.0 - W.t)
    curve(ax, W.t, value, "E [W$_T^3$ | path up to t]", 0, lw=1.6)
    for i, (name, holding) in enumerate(
        (("Σ 3 (W$^2$ + T − t) dW", hold), ("Σ 3 W$^2$ dW", hold_slope))
    ):
        sums = riemann_sum(holding, W, running=True)[0]
        curve(ax, W.t, sums, name, i + 1, lw=1.1)
    ax.plot(1.0, w[-1] ** 3, "o", color="C0", label="W$_T^3$")
    ax.set(xlabel="time t", ylabel="one path")
    ax.legend(loc="upper left")


def draw_misses(ax: Axes, run: Run) -> None:
    """Draw the root mean square of what both holdings miss, on the exact lines."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    sizes = 2 ** np.arange(2, 9)
    shown = (("3 (W$^2$ + T − t)", hold, missed_square), ("3 W$^2$", hold_slope, missed_by_slope))
    for i, (name, holding, exact) in enumerate(shown):
        measured = []
        for n in sizes:
            W = run.brownian(int(n), paths=20_000)
            missed: Moments = riemann_sum(
                holding, W, save="stats", observe=lambda t, w, r: w * w * w - r, **run.options
            )
            square = missed.mean_square(about=0.0)
            root = float(square.value) ** 0.5
            measured.append(Estimate.normal(root, 0.5 * float(square.stderr) / root))
        points(ax, sizes, measured, "", i)
        curve(ax, sizes, [exact(int(n)) ** 0.5 for n in sizes], name, i)
    tell_points_from_lines(ax)
    ax.set(xscale="log", yscale="log", xlabel="number of steps n", ylabel="RMS of what is missed")
    ax.legend(loc="lower left")
