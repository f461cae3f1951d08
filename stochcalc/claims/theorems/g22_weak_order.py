"""G22: Euler-Maruyama has the weak order 1, and an extrapolation of it 2, with a known bias.

On geometric Brownian motion dX = a X dt + b X dW from X_0 = 1, each step multiplies the state by a
factor that is independent of the past, so that expectations are n-th powers. With h = T/n,

    Euler-Maruyama   E X_n = (1 + a h)^n,   E X_n^2 = ((1 + a h)^2 + b^2 h)^n
    weak2            E X_n = (1 + a h + (a h)^2/2)^n
    the solution     E X_T = e^(aT),        E X_T^2 = e^((2a + b^2) T)

The bias is the difference of two such lines. Since n log(1 + a h) = a T - a^2 T h/2 + ..., that of
Euler-Maruyama begins with

    E X_T - E X_n = (a^2 T h/2) e^(aT) + c h^2 + ...

So half the step has half of the first term, and 2 E X_2n - E X_n has none of it: the extrapolation
has a bias of order h^2 (Talay and Tubaro). It comes from the two numbers (1 + a h)^n and
(1 + a h/2)^(2n), and is known exactly as well.

Every bias is measured as the mean of a difference from the exact solution on the same path, because
the variance of such a difference is only that of the strong error.

Source: Talay and Tubaro, Stoch. Anal. Appl. 8 (1990) 483; Kloeden and Platen, Numerical Solution of
Stochastic Differential Equations (1992), sections 14.1, 14.2 and 15.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.laboratory.scheme_biases import weak_convergence
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.models import gbm
from stochcalc.motion.paths import BrownianPaths
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

A = 1.0  # drift
B = 0.5  # volatility
MODEL = gbm(A, B)
MEAN = math.exp(A)  # E X_T at T = 1
SQUARE = math.exp(2 * A + B * B)  # E X_T^2
METHODS = ("euler_maruyama", "weak2")
NAMES = {"euler_maruyama": "Euler-Maruyama", "weak2": "weak2"}


def euler_mean(n: int) -> float:
    """Return E X_n of Euler-Maruyama on n equal steps of [0, 1]."""
    return (1.0 + A / n) ** n


def euler_square(n: int) -> float:
    """Return E X_n^2 of Euler-Maruyama on n equal steps of [0, 1]."""
    return ((1 + A / n) ** 2 + B * B / n) ** n


def weak2_mean(n: int) -> float:
    """Return E X_n of the scheme weak2 on n equal steps of [0, 1]."""
    return (1 + A / n + A * A / (2 * n * n)) ** n


def extrapolated_mean(n: int) -> float:
    """Return 2 E X_2n - E X_n of Euler-Maruyama."""
    return 2 * euler_mean(2 * n) - euler_mean(n)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A bias that a study of differences measures, and a wrong value of it."""

    statement: str
    of: str  # the mean, or the mean of the square
    method: str
    steps: int
    exact: float
    twin: float
    twin_statement: str


CASES = (
    Case(
        statement="E X_T - E X_n, n = 8",
        of="mean",
        method="euler_maruyama",
        steps=8,
        exact=MEAN - euler_mean(8),
        twin=A * A * MEAN / 16,
        twin_statement="the leading term alone",
    ),
    Case(
        statement="E X_T - E X_n, n = 16",
        of="mean",
        method="euler_maruyama",
        steps=16,
        exact=MEAN - euler_mean(16),
        twin=(MEAN - euler_mean(8)) / math.sqrt(2),
        twin_statement="order 1/2 from n = 8 on",
    ),
    Case(
        statement="E X_T^2 - E X_n^2, n = 8",
        of="square",
        method="euler_maruyama",
        steps=8,
        exact=SQUARE - euler_square(8),
        twin=SQUARE - (1 + A / 8) ** 16,
        twin_statement="without the variance b^2 h of a step",
    ),
    Case(
        statement="E X_T - E X_n by weak2, n = 4",
        of="mean",
        method="weak2",
        steps=4,
        exact=MEAN - weak2_mean(4),
        twin=(MEAN - weak2_mean(2)) / 2,
        twin_statement="order 1 from n = 2 on",
    ),
)


def end_of(W: BrownianPaths, method: str, run: Run) -> Array:
    """Solve the equation along W, and return X_T of each path."""
    return solve(MODEL, 1.0, noise=W, method=method, save="last", **run.options).end


def measure_extrapolation(run: Run, n: int, paths: int) -> Estimate:
    """Measure 2 E X_2n - E X_n - E X_T, all three along one motion."""
    W = run.brownian(2 * n, paths=paths)
    fine = end_of(W, "euler_maruyama", run)
    coarse = end_of(W.coarsen(2), "euler_maruyama", run)
    exact = end_of(W, "exact", run)
    return Estimate.mean(2.0 * fine - coarse - exact)


def read_bias(study: ConvergenceStudy, method: str, steps: int) -> Estimate:
    """Return the bias that a study measured with so many steps."""
    i = int(np.argmin(np.abs(study.dt - 1.0 / steps)))
    return study.estimates(method)[i]


@claim(
    "G22",
    chapter="schemes",
    title=(
        "Euler-Maruyama converges weakly with order 1, extrapolated with order 2, each with "
        "its exact bias"
    ),
    formula=r"E f(X_n) - E f(X_T) = C h + O(h^2), \quad"
    r" 2\,E f(X_{2n}) - E f(X_n) - E f(X_T) = O(h^2)",
    sources=("talaytubaro1990", "kloedenplaten1992"),
)
def weak_order(run: Run) -> Iterator[Row | str]:
    """Measure the biases of means and of a second moment, on common paths."""
    paths = run.paths
    key = run.key
    means = weak_convergence(
        MODEL,
        1.0,
        1.0,
        test=lambda x: x,
        methods=METHODS,
        levels=(1, 2, 3, 4),
        paths=paths,
        key=key,
        **run.options,
    )
    squares = weak_convergence(
        MODEL, 1.0, 1.0, test=lambda x: x * x, levels=(2, 3), paths=paths, key=key, **run.options
    )
    studies = {"mean": means, "square": squares}
    for case in CASES:
        yield Row(
            statement=case.statement,
            exact=case.exact,
            measured=read_bias(studies[case.of], case.method, case.steps),
            twin=case.twin,
            twin_statement=case.twin_statement,
            limit=0.0,
        )
    yield Row(
        statement="2 E X_2n - E X_n - E X_T, n = 4",
        exact=extrapolated_mean(4) - MEAN,
        measured=measure_extrapolation(run, 4, run.paths),
        twin=(4 * euler_mean(8) - euler_mean(4)) / 3 - MEAN,
        twin_statement="the weights 4/3 and -1/3 of a scheme of order 2",
        limit=0.0,
    )


@weak_order.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the biases of both schemes and of the extrapolation against the step."""
    from stochcalc.plot import curve, name_line, points, slope_triangle
    from stochcalc.plot.look import ink

    study = weak_convergence(
        MODEL,
        1.0,
        1.0,
        test=lambda x: x,
        methods=METHODS,
        levels=range(1, 7),
        paths=100_000,
        key=run.key,
        **run.options,
    )
    sizes = np.arange(2, 65)
    for i, (method, mean) in enumerate(zip(METHODS, (euler_mean, weak2_mean))):
        points(ax, study.dt, study.estimates(method), "", i)
        exact = [abs(mean(int(n)) - MEAN) for n in sizes]
        curve(ax, 1.0 / sizes, exact, "", i)
        name_line(ax, 0.5, exact[0], NAMES[method], i)
    draw_extrapolation(ax, run)
    slope_triangle(ax, (1 / 64, 1 / 24), 0.55 * abs(euler_mean(64) - MEAN), 1.0)
    slope_triangle(ax, (1 / 32, 1 / 8), 0.35 * abs(weak2_mean(32) - MEAN), 2.0)
    ax.plot([], [], "o-", color=ink(ax), label="points: measured, lines: exact")
    ax.set(xscale="log", yscale="log", xlabel="step size h", ylabel="|bias| of E X$_T$")
    ax.set_title(
        "Weak order 1: Euler-Maruyama; weak order 2: weak2 and the extrapolation\n"
        f"dX = a X dt + b X dW, a = {A:g}, b = {B:g}, X$_0$ = 1, T = 1"
    )
    ax.legend()
    return ax


def draw_extrapolation(ax: Axes, run: Run) -> None:
    """Draw the bias of the extrapolation against its finer step."""
    from stochcalc.plot import curve, name_line, points

    coarse = [1, 2, 4, 8, 16]
    sizes = []
    for n in coarse:
        signed = measure_extrapolation(run, n, 100_000)
        sizes.append(Estimate.normal(abs(signed.value), signed.stderr))
    points(ax, [1.0 / (2 * n) for n in coarse], sizes, "", 2)
    all_coarse = np.arange(1, coarse[-1] + 1)
    exact = [abs(extrapolated_mean(int(n)) - MEAN) for n in all_coarse]
    curve(ax, 1.0 / (2 * all_coarse), exact, "", 2)
    name = "2 E X$_{2n}$ − E X$_n$,\nat the finer step"
    name_line(ax, 0.5, exact[0], name, 2, xytext=(8, -5))  # clear of the name above
