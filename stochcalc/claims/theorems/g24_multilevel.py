"""G24: the variance of a multilevel difference falls with the level, at a rate that is known.

Multilevel Monte Carlo writes the mean on the finest level as a sum that telescopes,

    E X_N = E X_1 + sum of E (X_2n - X_n) over n = 1, 2, 4, ..., N/2

and takes both terms of a difference on one path. The estimator has the mean of the finest level,
(1 + a T/N)^N for Euler-Maruyama, whatever the coarse levels are. It is cheap if the variances of
the differences fall quickly, since then few paths suffice where the steps are many.

On geometric Brownian motion dX = a X dt + b X dW these variances are known. One step of size h
multiplies the coarse path by a factor C, and the two steps of size h/2 on the same increments
multiply the fine path by F, a product of two such factors:

    factor(h, dW) = 1 + a h + b dW [+ b^2 (dW^2 - h)/2 for Milstein]
    C = factor(h, dW_1 + dW_2)
    F = factor(h/2, dW_1) factor(h/2, dW_2)

Different steps are independent, and from X_0 = 1 with n coarse steps

    E X_2n^2 = (E F^2)^n,    E X_n^2 = (E C^2)^n,    E X_2n X_n = (E F C)^n
    Var (X_2n - X_n) = (E F^2)^n + (E C^2)^n - 2 (E F C)^n - ((E F)^n - (E C)^n)^2

The expectations are integrals of polynomials in two normal variables, for which Gauss-Hermite
quadrature is exact. The variance is of order h for Euler-Maruyama and h^2 for Milstein, twice the
strong order. If the two paths are independent, E F C becomes E F E C, and the variance does not
fall at all.

The gain is in small errors. Plain Monte Carlo needs about eps^(-3) steps for the error eps, since
the bias asks for 1/eps steps of a path and the variance for 1/eps^2 paths; several levels need
eps^(-2) by Milstein's scheme, and (ln eps)^2 times as many by Euler-Maruyama. But for large errors
the levels and the paths that measure their variances cost more than they save: in the figure plain
Monte Carlo is cheaper at 0.01, and multilevel at 0.0025.

Source: Giles, Oper. Res. 56 (2008) 607, sections 2 and 3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import roots_hermitenorm

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.laboratory.multilevel import mlmc
from stochcalc.laboratory.multilevel_estimate import MultilevelEstimate
from stochcalc.models import gbm
from stochcalc.moments import Moments
from stochcalc.motion.paths import BrownianPaths
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

A = 0.5  # drift
B = 0.5  # volatility
MODEL = gbm(A, B)
METHODS = ("euler_maruyama", "milstein")
NAMES = {"euler_maruyama": "Euler-\nMaruyama", "milstein": "Milstein"}
TARGETS = (0.01, 0.005, 0.0025, 0.00125)  # root-mean-square errors in the picture
FIRST = 4  # coarse steps of the first level


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scheme, the coarse steps of a level, and the power of h in its variance.

    The first level of a scheme is compared with one whose two paths are independent, and the second
    with what a wrong power would make of the first.
    """

    method: str
    steps: int
    power: int
    wrong_power: int
    first: bool


CASES = (
    Case(method="euler_maruyama", steps=FIRST, power=1, wrong_power=2, first=True),
    Case(method="euler_maruyama", steps=16, power=1, wrong_power=2, first=False),
    Case(method="milstein", steps=FIRST, power=2, wrong_power=1, first=True),
    Case(method="milstein", steps=16, power=2, wrong_power=1, first=False),
)


def factor(method: str, h: float, dW: Array) -> Array:
    """Return what one step of size h with increment dW multiplies X by."""
    euler = 1.0 + A * h + B * dW
    if method == "milstein":
        return euler + 0.5 * B * B * (dW * dW - h)
    return euler


def exact_variance(method: str, n: int, *, coupled: bool = True) -> float:
    """Return Var (X_2n - X_n) with n coarse steps of [0, 1].

    The two paths are driven by the same increments, or are independent if not `coupled`.
    """
    nodes, weights = roots_hermitenorm(12)
    weights = weights / weights.sum()
    h = 1.0 / n
    dW_1 = math.sqrt(0.5 * h) * nodes[:, None]
    dW_2 = math.sqrt(0.5 * h) * nodes[None, :]
    F = factor(method, 0.5 * h, dW_1) * factor(method, 0.5 * h, dW_2)
    C = factor(method, h, dW_1 + dW_2)

    def power_of_mean(values: Array) -> float:
        """Return (E values)^n."""
        return float(weights @ values @ weights) ** n

    product = power_of_mean(F) * power_of_mean(C)
    if coupled:
        product = power_of_mean(F * C)
    mean = power_of_mean(F) - power_of_mean(C)
    return power_of_mean(F * F) + power_of_mean(C * C) - 2.0 * product - mean**2


def wrong_variance(case: Case) -> tuple[float, str]:
    """Return a wrong value of the variance of a level, and what it would mean."""
    if case.first:
        twin = exact_variance(case.method, case.steps, coupled=False)
        return twin, "the two levels on paths of their own"
    ratio = case.steps / FIRST
    twin = exact_variance(case.method, FIRST) / ratio**case.wrong_power
    return twin, f"Var = O(h^{case.wrong_power}), not O(h^{case.power}), from n = {FIRST} on"


def end_of(W: BrownianPaths, method: str, run: Run) -> Array:
    """Solve the equation along W, and return X_T of each path."""
    return solve(MODEL, 1.0, noise=W, method=method, save="last", **run.options).end


def measure_difference(run: Run, method: str, n: int, paths: int) -> Moments:
    """Measure X_2n - X_n, both along one motion."""
    W = run.brownian(2 * n, paths=paths)
    fine = end_of(W, method, run)
    coarse = end_of(W.coarsen(2), method, run)
    return Moments.of(fine - coarse)


def run_multilevel(run: Run, target: float, method: str = "euler_maruyama") -> MultilevelEstimate:
    """Estimate E X_T to a root-mean-square error."""
    return mlmc(
        MODEL, 1.0, 1.0, test=lambda x: x, target=target, method=method, key=run.key, **run.options
    )


@claim(
    "G24",
    chapter="schemes",
    title=(
        "Multilevel Monte Carlo: a level's variance falls like h^(2 x strong order), "
        "and the sum telescopes"
    ),
    formula=r"E X_N = E X_1 + \sum_{n = 1, 2, 4, \dots, N/2} E (X_{2n} - X_n), \quad"
    r" \operatorname{Var}(X_{2n} - X_n) = O(h^{2p}) \text{ at strong order } p",
    sources=("giles2008", "heinrich2001"),
)
def multilevel(run: Run) -> Iterator[Row | str]:
    """Measure variances of differences by two schemes, and the mean of the estimator."""
    for case in CASES:
        twin, twin_statement = wrong_variance(case)
        difference = measure_difference(run, case.method, case.steps, run.paths)
        yield Row(
            statement=f"Var (X_2n - X_n) by {case.method}, n = {case.steps}",
            exact=exact_variance(case.method, case.steps),
            measured=difference.variance(),
            twin=twin,
            twin_statement=twin_statement,
            limit=0.0,
        )
    found = run_multilevel(run, 1.5 / math.sqrt(run.paths))
    n = 2 ** int(found.level[-1])
    yield Row(
        statement=f"E X_n by multilevel Monte Carlo, finest n = {n}",
        exact=(1 + A / n) ** n,
        measured=found.estimate,
        twin=1 + A,
        twin_statement="the mean of the coarsest level, which has most of the paths",
        limit=math.exp(A),
    )
    yield (
        f"A root-mean-square error of {found.target:.2g} takes {found.cost:.2g} steps with levels, "
        f"and {found.plain_cost:.2g} by plain Monte Carlo."
    )


@multilevel.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the variances of the levels, and the cost of a mean against the error asked for."""
    from stochcalc.plot import panels

    title = "Variances fall with the level, so most paths are coarse, and small errors cost less"
    left, right = panels(ax, 2, title)
    draw_variances(left, run)
    draw_costs(right, run)
    return ax


def draw_variances(ax: Axes, run: Run) -> None:
    """Draw the measured and the exact variance of each level against its finer step."""
    from stochcalc.plot import curve, name_line, points, slope_triangle
    from stochcalc.plot.look import ink

    coarse = [2**level for level in range(9)]
    sizes = np.unique(np.geomspace(1, 256, 50).astype(int))
    for i, (method, power) in enumerate(zip(METHODS, (1.0, 2.0))):
        measured = [measure_difference(run, method, n, 20_000).variance() for n in coarse]
        points(ax, [1.0 / (2 * n) for n in coarse], measured, "", i)
        exact = [exact_variance(method, int(n)) for n in sizes]
        curve(ax, 1.0 / (2 * sizes), exact, "", i)
        side = 0.25 * exact_variance(method, 100)
        slope_triangle(ax, (1 / 200, 1 / 75), side, power)
    name_line(ax, 0.5, 0.06, NAMES["euler_maruyama"], 0)
    name_line(ax, 0.5, 0.008, NAMES["milstein"], 1)
    whole = math.exp(2 * A) * math.expm1(B * B)
    curve(ax, [1 / 512, 0.5], [whole, whole], "", 2)
    name_line(ax, 0.5, whole, "Var X$_T$", 2)
    ax.plot([], [], "o-", color=ink(ax), label="points: measured, lines: exact")
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="step h of the finer path",
        ylabel="Var (X$_{2n}$ − X$_n$)",
    )
    ax.set_title("the variance of a level", fontsize="medium")
    ax.legend()


def draw_costs(ax: Axes, run: Run) -> None:
    """Draw the steps that multilevel and plain Monte Carlo take, against the error asked for."""
    from stochcalc.plot import name_line, slope_triangle

    ax.set(xscale="log", yscale="log", xlabel="error ε asked for", ylabel="steps taken in all")
    ax.invert_xaxis()
    for i, (method, name) in enumerate(zip(METHODS, ("levels, Euler", "levels, Milstein"))):
        found = [run_multilevel(run, target, method) for target in TARGETS]
        draw_cost(ax, [one.cost for one in found], i)
        name_line(ax, TARGETS[-1], found[-1].cost, name, i)
        if method == "euler_maruyama":
            plain = [one.plain_cost for one in found]
            draw_cost(ax, plain, 2)
            name_line(ax, TARGETS[-1], plain[-1], "one level, Euler", 2)
            slope_triangle(ax, (0.004, 0.007), 20 * plain[1], -3.0)
    slope_triangle(ax, (0.0014, 0.0025), 0.25 * found[-1].cost, -2.0)
    ax.set_title("the cost of E X$_T$", fontsize="medium")
    ax.set_xticks(TARGETS, [f"{target:g}" for target in TARGETS])
    ax.minorticks_off()


def draw_cost(ax: Axes, cost: list[float], i: int) -> None:
    """Draw the cost of each target."""
    from stochcalc.plot import LINES, MARKERS

    ax.plot(TARGETS, cost, color=f"C{i}", marker=MARKERS[i], ls=LINES[i])
