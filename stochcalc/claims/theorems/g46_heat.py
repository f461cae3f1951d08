"""G46: the stochastic heat equation on a grid has the right law at every point, on every grid.

Let a string on [0, 1] be held at both ends and shaken by noise that is white in time and space,

    du = u_xx dt + dW,   u(0) = u(1) = 0

On N points x_j = j dx with dx = 1/(N + 1), the second derivative becomes the second difference, and
white noise in space becomes independent Brownian motions, each divided by sqrt(dx): its mean over a
cell of length dx has the variance dt/dx,

    du_j = (u_{j+1} - 2 u_j + u_{j-1})/dx^2 dt + dW_j/sqrt(dx)

The modes sqrt(2) sin(k pi x_j) diagonalise it. Mode k is an Ornstein-Uhlenbeck process of the rate
l_k = (4/dx^2) sin^2(k pi dx/2), driven by a motion of variance dt, and settles at the variance
1/(2 l_k). The sum over all modes is the diagonal of half the inverse of the second difference,
which is Green's function x (1 - x) at the grid points, exactly:

    E u(x_j)^2 = x_j (1 - x_j)/2   for every number of points

Whoever forgets the root of dx gets dx times as much, and no noise at all on a fine grid.

Euler's scheme with steps h multiplies mode k by 1 - l_k h. After n steps from 0 its variance is

    h (1 - r_k^n)/(1 - r_k),   r_k = (1 - l_k h)^2

which tends to 1/(2 l_k (1 - l_k h/2)): every mode is too large, the stiffest most of all, as it is
for one such process. The exact numbers are sums of these over the modes. The time is T = 1/2, by
which the slowest mode has all but settled.

Source: J. B. Walsh, An Introduction to Stochastic Partial Differential Equations (1986), chapter 3;
G. J. Lord, C. E. Powell and T. Shardlow, An Introduction to Computational Stochastic PDEs (2014),
section 10.5.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.moments import Moments
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

END = 0.5
CASES = ((3, 64, 2), (7, 128, 4), (7, 128, 2))  # points, steps, and the number of the point


def bend(t: float, u: Array, dx: float) -> Array:
    """Return the second difference of a string that is held at both ends."""
    out = np.empty_like(u)
    last = len(u) - 1
    for j in range(len(u)):
        out[j] = -2.0 * u[j]
        if j > 0:
            out[j] += u[j - 1]
        if j < last:
            out[j] += u[j + 1]
    return out / (dx * dx)


def shake(t: float, u: Array, dx: float) -> float:
    """Return what each dW_j is multiplied by."""
    return 1.0 / math.sqrt(dx)


def string(points: int) -> SDE:
    """Return the equation on so many points."""
    return SDE(bend, shake, noise="additive", args=(1.0 / (points + 1),), vectorized=True)


def mean_square(points: int, n: int, j: int) -> float:
    """Return E u(x_j)^2 of Euler's scheme after n steps of [0, 1/2]."""
    h = END / n
    dx = 1.0 / (points + 1)
    k = np.arange(1, points + 1)
    rates = (2.0 / dx * np.sin(0.5 * k * math.pi * dx)) ** 2
    r = (1.0 - rates * h) ** 2
    variances = h * (1.0 - r**n) / (1.0 - r)
    return float(np.sum(2.0 * np.sin(k * math.pi * j * dx) ** 2 * variances))


def settled(points: int, j: int) -> float:
    """Return x_j (1 - x_j)/2, at which the equation on the grid settles."""
    x = j / (points + 1)
    return 0.5 * x * (1.0 - x)


def measure(run: Run, points: int, n: int, paths: int) -> Moments:
    """Return the moments of u at the end."""
    W = run.brownian(n, T=END, dim=points, paths=paths)
    sol = solve(string(points), np.zeros(points), noise=W, save="stats", **run.options)
    return sol.moments[-1]


@claim(
    "G46",
    chapter="schemes",
    title="The stochastic heat equation has the right law at every point, on every grid",
    formula=r"\mathrm{d}u = u_{xx} \, \mathrm{d}t + \mathrm{d}W \quad \Longrightarrow \quad"
    r" E u(x)^2 = \frac{x (1 - x)}{2}",
    sources=("walsh1986", "lordpowellshardlow2014"),
)
def heat(run: Run) -> Iterator[Row | str]:
    """Measure the mean square of a string at three points of two grids."""
    paths = max(256, run.paths // 8)
    moments = {points: measure(run, points, n, paths) for points, n, _ in CASES}
    for points, n, j in CASES:
        exact = mean_square(points, n, j)
        yield Row(
            statement=f"E u({j / (points + 1):g})^2, {points} points, n = {n}",
            exact=exact,
            measured=moments[points][j - 1].mean_square(about=0.0),
            twin=exact / (points + 1),
            twin_statement="noise not divided by sqrt(dx)",
            paths=paths,
            limit=settled(points, j),
        )


@heat.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw a string at three times, beside its mean square by place, on two grids."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "A string shaken by white noise: E u$^2$ = x (1 − x)/2, on any grid"
    )
    draw_string(left, run)
    draw_profile(right, run)
    return ax


def draw_string(ax: Axes, run: Run) -> None:
    """Draw one string of 63 points at three times."""
    points = 63
    n = 8192
    W = run.brownian(n, T=END, dim=points, paths=1, store=True)
    times = np.array([0.1, 0.3, END])
    sol = solve(string(points), np.zeros(points), noise=W, save=times)
    assert sol.x is not None
    x = np.arange(points + 2) / (points + 1)
    for i, time in enumerate(times):
        ax.plot(x, [0.0, *sol.x[0, i], 0.0], color=f"C{i}", lw=1.1, label=f"t = {time:g}")
    ax.set(xlabel="place x", ylabel="u(x), one string")
    ax.legend(loc="best")


def draw_profile(ax: Axes, run: Run) -> None:
    """Draw the measured mean square by place for two grids, on the parabola."""
    from stochcalc.plot import curve, points

    grid = np.linspace(0.0, 1.0, 101)
    curve(ax, grid, 0.5 * grid * (1.0 - grid), "x (1 − x)/2", 2)
    for i, (number, n) in enumerate(((3, 128), (7, 512))):
        found = measure(run, number, n, 20_000)
        x = np.arange(1, number + 1) / (number + 1)
        points(
            ax, x, [found[j].mean_square(about=0.0) for j in range(number)], f"{number} points", i
        )
        wrong = [settled(number, j) / (number + 1) for j in range(1, number + 1)]
        curve(ax, x, wrong, f"refuted: {number} points, no √dx", i, lw=0.9)
    ax.set(xlabel="place x", ylabel="E u(x)$^2$", ylim=(0.0, 0.25))
    ax.legend(loc="upper right")
