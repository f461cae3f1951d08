"""G26: what the theta method does to the stationary variance of a stiff equation.

The equation is that of an Ornstein-Uhlenbeck process, dX = -kappa X dt + sigma dW. A step is X' = r
X + c dW with r = (1 - (1 - theta) kappa h)/(1 + theta kappa h) and c = sigma/(1 + theta kappa h).
From X_0 = 0 a geometric series gives

    E X_n^2 = c^2 h (1 - r^(2n))/(1 - r^2)
    c^2 h/(1 - r^2) = sigma^2/(2 kappa) / (1 - (1 - 2 theta) kappa h/2)

So the stationary variance is too large for Euler-Maruyama (theta = 0), exact for the trapezoid rule
(1/2) at any h, and too small for drift-implicit Euler (1). For theta = 0 and h > 2/kappa, |r| > 1
and the variance grows without bound.

Source: Higham, SIAM J. Numer. Anal. 38 (2000) 753, for the stability; the variance is the
computation above.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.methods import METHODS
from stochcalc.methods.theta import theta_method
from stochcalc.models import ou
from stochcalc.solver.solve import solve

KAPPA, SIGMA, N = 10.0, 2.0, 4
STATIONARY = SIGMA**2 / (2 * KAPPA)
MODEL = ou(KAPPA, 0.0, SIGMA)
SCHEMES = {0.0: METHODS["euler_maruyama"], 0.5: theta_method(0.5), 1.0: METHODS["theta"]}
NAMES = {0.0: "Euler-Maruyama, θ = 0", 0.5: "trapezoid, θ = 1/2", 1.0: "implicit, θ = 1"}


def variance(theta: float, h: Any, n: int) -> Any:
    """E X_n^2 from X_0 = 0."""
    r, c = (1 - (1 - theta) * KAPPA * h) / (1 + theta * KAPPA * h), SIGMA / (1 + theta * KAPPA * h)
    return c * c * h * (1 - r ** (2 * n)) / (1 - r * r)


def measured(run: Run, theta: float, h: float, n: int, paths: int) -> Estimate:
    """The same, simulated."""
    sol = solve(
        MODEL,
        0.0,
        n * h,
        n=n,
        paths=paths,
        method=SCHEMES[theta],
        save="stats",
        key=run.key,
        workers=run.workers,
    )
    return sol.moments[-1].mean_square()


@claim(
    "G26",
    chapter="schemes",
    title=(
        "A stiff equation by theta: the variance tends to sigma^2/(2 kappa)/(1 - (1 - 2"
        " theta) kappa h/2)"
    ),
)
def stiff(run: Run) -> Finding:
    """Second moments of three schemes at kappa h = 1.5, and of Euler-Maruyama beyond its bound."""
    h, beyond, long = 1.5 / KAPPA, 2.5 / KAPPA, 8
    twins = {
        0.0: (STATIONARY, "sigma^2/(2 kappa), whatever the scheme"),
        0.5: (STATIONARY / (1 + KAPPA * h / 4), "half the bias of theta = 1"),
        1.0: (STATIONARY, "sigma^2/(2 kappa), whatever the scheme"),
    }
    rows = [
        Row(
            statement=f"E X_n^2, theta = {theta:g}, kappa h = 1.5, n = {N}",
            exact=variance(theta, h, N),
            measured=measured(run, theta, h, N, run.paths),
            twin=twins[theta][0],
            twin_statement=twins[theta][1],
            limit=STATIONARY / (1 - (1 - 2 * theta) * KAPPA * h / 2),
        )
        for theta in SCHEMES
    ]
    rows.append(
        Row(
            statement=f"E X_n^2, theta = 0, kappa h = 2.5, n = {long}",
            exact=variance(0.0, beyond, long),
            measured=measured(run, 0.0, beyond, long, run.paths),
            twin=STATIONARY,
            twin_statement="sigma^2/(2 kappa): bounded",
            paths=run.paths,
            limit=math.inf,
        )
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, limit_line, points

        n, grid = 24, np.linspace(0.01, 0.3, 400)
        places = {
            0.0: (0.03, 0.08, 0.13, 0.17, 0.19, 0.21, 0.23),
            0.5: (0.05, 0.1, 0.15, 0.2, 0.25, 0.29),
            1.0: (0.03, 0.08, 0.13, 0.18, 0.23, 0.28),
        }
        for i, theta in enumerate(SCHEMES):
            points(
                ax,
                places[theta],
                [measured(run, theta, h, n, 20_000) for h in places[theta]],
                NAMES[theta],
                i,
            )
            curve(ax, grid, variance(theta, grid, n), f"exact, n = {n}", i)
        limit_line(ax, STATIONARY, "σ²/(2κ)")
        ax.axvline(2 / KAPPA, color="0.2", lw=1.0, ls="--")
        ax.text(2 / KAPPA - 0.002, 12, "h = 2/κ", ha="right", fontsize=10)
        ax.set(
            xlabel=f"step size h (κ = {KAPPA:g})",
            ylabel="E X$_n^2$",
            yscale="log",
            ylim=(0.04, 30),
            xlim=(0, 0.3),
            title="A stiff equation: Euler-Maruyama blows up at h = 2/κ, the trapezoid is exact",
        )
        ax.legend(ncols=2, loc="upper left")
        return ax

    return Finding(tuple(rows), draw)
