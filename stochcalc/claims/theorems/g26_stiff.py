"""G26: the theta method changes the stationary variance of a stiff equation by a known factor.

The equation is that of an Ornstein-Uhlenbeck process, dX = -kappa X dt + sigma dW, and settles to
the variance sigma^2/(2 kappa). The theta method takes the drift at the end of the step with the
weight theta, and at its start with 1 - theta. One step of length h is X' = r X + c dW with

    r = (1 - (1 - theta) kappa h)/(1 + theta kappa h)
    c = sigma/(1 + theta kappa h)

From X_0 = 0 the variance after n steps is a geometric series:

    E X_n^2 = c^2 h (1 + r^2 + ... + r^(2n - 2)) = c^2 h (1 - r^(2n))/(1 - r^2)

If |r| < 1 it tends to c^2 h/(1 - r^2). Since

    (1 + theta kappa h)^2 - (1 - (1 - theta) kappa h)^2 = kappa h (2 - (1 - 2 theta) kappa h)

the limit is

    sigma^2/(2 kappa) / (1 - (1 - 2 theta) kappa h/2)

So the stationary variance is too large for Euler-Maruyama (theta = 0), exact at any h for the
trapezoid rule (theta = 1/2), and too small for drift-implicit Euler (theta = 1). For theta = 0 and
h > 2/kappa, |r| > 1 and the variance grows without bound.

The exactness at theta = 1/2 depends on c: the noise is inside the equation that is solved for X'.
If it is added to the solution instead, X' = r X + sigma dW, the variance is sigma^2 h/(1 - r^2).
That is the twin, 0.6125 where 0.2 is right.

Source: Higham, SIAM J. Numer. Anal. 38 (2000) 753 (stability). The variance is the computation
above.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.methods import METHODS, Method
from stochcalc.methods.theta import theta_method
from stochcalc.models import ou
from stochcalc.solver.solve import solve
from stochcalc.typing import Axes, Number

KAPPA = 10.0
SIGMA = 2.0
STATIONARY = SIGMA**2 / (2 * KAPPA)
MODEL = ou(KAPPA, 0.0, SIGMA)
H = 1.5 / KAPPA  # a long step, below Euler-Maruyama's bound 2/kappa
STEPS = 4
BEYOND = 2.5 / KAPPA  # a step beyond that bound
STEPS_BEYOND = 8


@dataclass(frozen=True, kw_only=True)
class Case:
    """A weight theta, its scheme, a wrong variance, and where it is in the picture."""

    theta: float
    method: Method
    name: str
    twin: float
    twin_statement: str
    shown: tuple[float, ...]  # steps of its points
    name_place: tuple[float, float]


CASES = (
    Case(
        theta=0.0,
        method=METHODS["euler_maruyama"],
        name="Euler-Maruyama, θ = 0",
        twin=STATIONARY,
        twin_statement="sigma^2/(2 kappa), whatever the scheme",
        shown=(0.03, 0.08, 0.13, 0.17, 0.19, 0.21, 0.23),
        name_place=(0.166, 2.2),
    ),
    Case(
        theta=0.5,
        method=theta_method(0.5),
        name="trapezoid,\nθ = 1/2",
        twin=SIGMA**2 * H / (1 - ((1 - KAPPA * H / 2) / (1 + KAPPA * H / 2)) ** 2),
        twin_statement="the noise added after the implicit equation is solved",
        shown=(0.05, 0.1, 0.15, 0.2, 0.25, 0.29),
        name_place=(0.297, 0.26),
    ),
    Case(
        theta=1.0,
        method=METHODS["theta"],
        name="implicit, θ = 1",
        twin=STATIONARY,
        twin_statement="sigma^2/(2 kappa), whatever the scheme",
        shown=(0.03, 0.08, 0.13, 0.18, 0.23, 0.28),
        name_place=(0.297, 0.118),
    ),
)


def variance(theta: float, h: Number, n: int) -> Number:
    """Return E X_n^2 from X_0 = 0 on n steps of length h, or one for each of several lengths."""
    r = (1 - (1 - theta) * KAPPA * h) / (1 + theta * KAPPA * h)
    c = SIGMA / (1 + theta * KAPPA * h)
    return c * c * h * (1 - r ** (2 * n)) / (1 - r * r)


def stationary_variance(theta: float, h: float) -> float:
    """Return the limit of E X_n^2, where it exists."""
    return STATIONARY / (1 - (1 - 2 * theta) * KAPPA * h / 2)


def measure_variance(run: Run, method: Method, h: float, n: int, paths: int) -> Estimate:
    """Measure E X_n^2 from X_0 = 0."""
    X = solve(
        MODEL,
        0.0,
        n * h,
        n=n,
        paths=paths,
        method=method,
        save="stats",
        key=run.key,
        **run.options,
    )
    return X.moments[-1].mean_square()


@claim(
    "G26",
    chapter="schemes",
    title=(
        "A stiff equation by theta: the variance tends to sigma^2/(2 kappa)/(1 - (1 - 2"
        " theta) kappa h/2)"
    ),
    formula=r"E X_n^2 \longrightarrow \frac{\sigma^2}{2 \kappa}"
    r" \cdot \frac{1}{1 - (1 - 2 \theta) \kappa h/2}"
    r" \quad \text{if } (1 - 2 \theta) \kappa h < 2",
    sources=("higham2000",),
)
def stiff(run: Run) -> Iterator[Row | str]:
    """Measure second moments of three schemes at kappa h = 1.5, and beyond Euler's bound."""
    for case in CASES:
        yield Row(
            statement=f"E X_n^2, theta = {case.theta:g}, kappa h = 1.5, n = {STEPS}",
            exact=variance(case.theta, H, STEPS),
            measured=measure_variance(run, case.method, H, STEPS, run.paths),
            twin=case.twin,
            twin_statement=case.twin_statement,
            limit=stationary_variance(case.theta, H),
        )
    euler = METHODS["euler_maruyama"]
    yield Row(
        statement=f"E X_n^2, theta = 0, kappa h = 2.5, n = {STEPS_BEYOND}",
        exact=variance(0.0, BEYOND, STEPS_BEYOND),
        measured=measure_variance(run, euler, BEYOND, STEPS_BEYOND, run.paths),
        twin=STATIONARY,
        twin_statement="sigma^2/(2 kappa): bounded",
        limit=math.inf,
    )


@stiff.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the second moments after 24 steps against the step size."""
    from stochcalc.plot import curve, limit_line, points, tell_points_from_lines
    from stochcalc.plot.look import ink

    n = 24
    grid = np.linspace(0.01, 0.3, 400)
    for i, case in enumerate(CASES):
        measured = [measure_variance(run, case.method, h, n, 20_000) for h in case.shown]
        points(ax, case.shown, measured, "", i)
        curve(ax, grid, variance(case.theta, grid, n), "", i)
        ax.text(*case.name_place, case.name, color=f"C{i}", ha="right")
    limit_line(ax, STATIONARY, "σ²/(2κ) = 0.2, that of the equation")
    tell_points_from_lines(ax, f"points: measured, lines: exact, n = {n}")
    ax.axvline(2 / KAPPA, color=ink(ax), lw=1.0, ls=":", alpha=0.75)
    ax.text(2 / KAPPA + 0.004, 1.2, "h = 2/κ", color=ink(ax))
    ax.set(
        xlabel=f"step size h (κ = {KAPPA:g})",
        ylabel="E X$_n^2$",
        yscale="log",
        ylim=(0.04, 30),
        xlim=(0, 0.3),
        title="A stiff equation: Euler-Maruyama blows up at h = 2/κ, the trapezoid is exact",
    )
    ax.legend(loc="upper left")
    return ax
