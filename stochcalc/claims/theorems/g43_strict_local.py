"""G43: a local martingale that is no martingale: the inverse distance in space.

In three dimensions 1/|x| is harmonic away from 0, so that by Ito's formula

    M_t = 1/|x + W_t|   has   dM = -(x + W) . dW/|x + W|^3

and no drift, for a start x that is not 0. A Brownian path in space never reaches 0. So M is an Ito
integral, and it looks like a martingale; it is one up to every time at which it first reaches a
level, which is what a *local* martingale is. And its mean falls: most paths go away for ever.

The mean is the potential of a Gaussian cloud of charge. Put the charges at W_t, with the density
of N(0, t I), and measure at x. By Newton's theorem the charges within the distance |x| act as if
they were at the centre, and those in a shell farther out as if they were at the distance of the
shell, which adds up to

    E M_t = erf(|x|/sqrt(2 t))/|x|

To see it, note that the right side has the charge density as minus its Laplacian over 4 pi, and
falls off like 1/|x|. As t grows it falls to 0, like sqrt(2/(pi t)). The law of W_t is that of the
sum of n increments, so that the mean is the same on every grid.

The mean square E M_t^2 stays finite for all t. So M is bounded in mean square, and is no martingale
all the same: what is missing is a finite mean of its largest value.

The numbers are for |x| = 1, T = 1 and T = 4, and two values of n.

Source: G. Johnson and L. L. Helms, Bull. Amer. Math. Soc. 69 (1963) 59; I. Karatzas and S. E.
Shreve, Brownian Motion and Stochastic Calculus (1991), exercise 3.3.36 in section 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.typing import Array, Axes

START = np.array([0.0, 0.6, 0.8])  # at distance 1 from the origin
CASES = ((1.0, 1), (1.0, 16), (4.0, 1))  # T and n


def mean_inverse(T: float) -> float:
    """Return E 1/|x + W_T| for |x| = 1."""
    return math.erf(1.0 / math.sqrt(2.0 * T))


def inverse_distance(w: Array) -> Array:
    """Return 1/|x + W_T| of paths in space, shape (paths, n + 1, 3) -> (paths,)."""
    inverse: Array = 1.0 / np.sqrt(np.sum((START + w[:, -1]) ** 2, axis=1))
    return inverse


@claim(
    "G43",
    chapter="measure",
    title="A local martingale that is no martingale: the inverse distance in space",
    formula=r"E \frac{1}{|x + W_T|}"
    r" = \frac{1}{|x|} \, \mathrm{erf}\Bigl(\frac{|x|}{\sqrt{2T}}\Bigr) < \frac{1}{|x|}",
    sources=("johnsonhelms1963", "karatzasshreve1991"),
)
def strict_local(run: Run) -> Iterator[Row | str]:
    """Measure the mean of the inverse distance at two times, on two grids."""
    for T, n in CASES:
        found = run.expectation(inverse_distance, run.brownian(n, T=T, dim=3))
        yield Row(
            statement=f"E 1/|x + W_T|, T = {T:g}, n = {n}",
            exact=mean_inverse(T),
            measured=found.estimate(),
            twin=1.0,
            twin_statement="1/|x|: a martingale keeps its mean",
            limit=mean_inverse(T),
        )


@strict_local.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw paths of the inverse distance, beside its mean against time."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "An Ito integral whose mean falls: the inverse distance in space")
    draw_paths(left, run)
    draw_mean(right, run)
    return ax


def draw_paths(ax: Axes, run: Run) -> None:
    """Draw twelve paths of the inverse distance."""
    W = run.brownian(2000, T=4.0, dim=3, paths=12, store=True)
    inverse = 1.0 / np.sqrt(np.sum((START + W.values) ** 2, axis=2))
    for path in inverse:
        ax.plot(W.t, path, color="C0", lw=0.7, alpha=0.6)
    ax.plot(W.t, inverse[0], color="C1", lw=1.3, label="one of twelve paths")
    ax.set(xlabel="time t", ylabel="1/|x + W$_t$|", ylim=(0.0, 4.0))
    ax.legend(loc="upper right")


def draw_mean(ax: Axes, run: Run) -> None:
    """Draw the measured mean of the inverse distance on the exact one."""
    from stochcalc.plot import curve, limit_line, points

    times = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 4.0])
    measured = [
        run.expectation(
            inverse_distance, run.brownian(1, T=float(T), dim=3, paths=50_000)
        ).estimate()
        for T in times
    ]
    grid = np.linspace(0.02, 4.2, 200)
    points(ax, times, measured, "measured")
    curve(ax, grid, [mean_inverse(float(T)) for T in grid], "erf(|x|/√(2T))/|x|", 0)
    limit_line(ax, 1.0, "refuted: the mean of a martingale")
    ax.set(xlabel="time T", ylabel="E 1/|x + W$_T$|", ylim=(0.0, 1.1))
    ax.legend(loc="lower left")
