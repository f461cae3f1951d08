"""G34: the interpretation of the noise decides where a system settles.

A particle is pulled to the origin, and the noise grows with the distance:

    dX = -a X dt + sqrt(1 + X^2) (lambda) dW

Read with lambda, the equation is Ito's with the drift -a X + lambda b b', where b = sqrt(1 + X^2)
has b b' = X. So lambda only weakens the pull, to k = a - lambda:

    dX = -k X dt + sqrt(1 + X^2) dW

The stationary density p solves (b^2 p)'/2 = -k x p, so that (b^2 p)'/(b^2 p) = -2 k x/(1 + x^2) and
b^2 p is proportional to (1 + x^2)^(-k). Hence

    p(x) is proportional to (1 + x^2)^-(a + 1 - lambda)

which is Student's law with 2 (a - lambda) + 1 degrees of freedom, divided by their root. The larger
lambda, the heavier the tails. The second moment m solves, by Ito's formula,
dm/dt = -2 k m + 1 + m, and settles at 1/(2 k - 1).

Euler's scheme with steps h, X' = (1 - k h) X + sqrt(1 + X^2) dW, has

    m' = (1 - k h)^2 m + h (1 + m) = r m + h,   r = (1 - k h)^2 + h

so that from X_0 = 0 the second moment after n steps is exactly

    m_n = h (1 - r^n)/(1 - r),   h/(1 - r) = 1/(2 k - 1 - k^2 h)

With a = 6 the factor r is at most 49/80, so that n = 20 steps of h = 1/20 leave nothing of the
start that could be measured.

Source: N. G. van Kampen, J. Stat. Phys. 24 (1981) 175; H. Risken, The Fokker-Planck Equation
(1989), section 5.2, for the density.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.estimate import Estimate
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

PULL = 6.0  # the a of the equation
STEPS = 20
LAMBDAS = (0.0, 0.5, 1.0)
WEAK = 1.5  # the a of the picture of the tails, where they differ more


def pull(t: float, x: float, a: float) -> float:
    """Return the drift -a x."""
    return -a * x


def spread(t: float, x: float, a: float) -> float:
    """Return the diffusion sqrt(1 + x^2)."""
    return math.sqrt(1.0 + x * x)


def slope(t: float, x: float, a: float) -> float:
    """Return the slope of the diffusion."""
    return x / math.sqrt(1.0 + x * x)


def equation(lam: float, a: float = PULL) -> SDE:
    """Return the equation, read with lambda."""
    return SDE(pull, spread, diffusion_dx=slope, lam=lam, args=(a,))


def second_moment(lam: float, n: int) -> float:
    """Return E X_n^2 of Euler's scheme after n steps of [0, 1] from 0."""
    k = PULL - lam
    h = 1.0 / n
    r = (1.0 - k * h) ** 2 + h
    return h * (1.0 - r**n) / (1.0 - r)


def stationary_moment(lam: float) -> float:
    """Return E X^2 of the stationary law of the equation."""
    return 1.0 / (2.0 * (PULL - lam) - 1.0)


def tail(lam: float, a: float, x: Array) -> Array:
    """Return P(|X| > x) of the stationary law.

    The law is Student's with 2 a + 1 - 2 lambda degrees of freedom, divided by their root.
    """
    with hold_interrupts_back():
        from scipy.special import stdtr

    degrees = 2.0 * (a - lam) + 1.0
    shares: Array = 2.0 * stdtr(degrees, -x * math.sqrt(degrees))
    return shares


@claim(
    "G34",
    chapter="lambda",
    title="The reading of the noise decides where a system settles",
    formula=r"\mathrm{d}X = -a X \, \mathrm{d}t + \sqrt{1 + X^2} \circ_\lambda \mathrm{d}W"
    r" \quad \Longrightarrow \quad p(x) \propto (1 + x^2)^{-(a + 1 - \lambda)}",
    sources=("vankampen1981", "risken1989"),
)
def settling(run: Run) -> Iterator[Row | str]:
    """Measure the second moment after twenty steps of Euler's scheme, read in three ways."""
    W = run.brownian(STEPS)
    for lam in LAMBDAS:
        sol = solve(equation(lam), 0.0, noise=W, save="stats", **run.options)
        other = 1.0 if lam < 1.0 else 0.0
        yield Row(
            statement=f"E X_T^2, lambda = {lam:g}, n = {STEPS}",
            exact=second_moment(lam, STEPS),
            measured=sol.moments[-1].mean_square(about=0.0),
            twin=second_moment(other, STEPS),
            twin_statement=f"that of lambda = {other:g}: one law for every reading",
            limit=stationary_moment(lam),
        )


@settling.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the tails of three readings, beside the second moment by lambda."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "One equation, one noise: the reading decides where it settles")
    draw_tails(left, run)
    draw_moments(right, run)
    return ax


def draw_tails(ax: Axes, run: Run) -> None:
    """Draw the share of paths that are far from 0 by distance, on the exact tails."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    W = run.brownian(1000, T=5.0, paths=20_000)
    far = np.geomspace(0.2, 8.0, 8)
    grid = np.geomspace(0.1, 12.0, 200)
    for i, lam in enumerate(LAMBDAS):
        sol = solve(equation(lam, WEAK), 0.0, noise=W, save="last", **run.options)
        assert sol.x is not None
        distance = np.abs(sol.x[:, 0])
        shares = [Estimate.share(int((distance > x).sum()), W.paths) for x in far]
        points(ax, far, shares, "", i)
        curve(ax, grid, tail(lam, WEAK, grid), f"λ = {lam:g}", i)
    tell_points_from_lines(ax)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel=f"x, for a = {WEAK:g}",
        ylabel="P(|X| > x)",
        ylim=(1e-4, 1.5),
    )
    ax.legend(loc="lower left")


def draw_moments(ax: Axes, run: Run) -> None:
    """Draw the second moment of Euler's scheme against lambda, and that of the equation."""
    from stochcalc.plot import curve, points

    W = run.brownian(STEPS, paths=100_000)
    lambdas = np.linspace(0.0, 1.0, 5)
    measured = []
    for lam in lambdas:
        sol = solve(equation(float(lam)), 0.0, noise=W, save="stats", **run.options)
        measured.append(sol.moments[-1].mean_square(about=0.0))
    grid = np.linspace(0.0, 1.0, 50)
    points(ax, lambdas, measured, f"measured, n = {STEPS} steps")
    curve(ax, grid, [second_moment(lam, STEPS) for lam in grid], "Euler's scheme, exact", 0)
    curve(ax, grid, [stationary_moment(lam) for lam in grid], "the equation", 1)
    ax.set(xlabel=f"λ, for a = {PULL:g}", ylabel="E X$^2$")
    ax.legend(loc="upper left")
