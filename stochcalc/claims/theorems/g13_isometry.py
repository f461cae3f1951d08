"""G13: Ito's isometry says that E I^2 = E int G^2 dt, exactly for step processes G.

Let G be constant on each of n steps of lengths D_k, with a value G_k that is known at the beginning
t_k of the step. Its Ito integral is

    I = sum_k G_k dW_k,   dW_k = W(t_{k+1}) - W(t_k)

Given the path up to t_k, the increment dW_k has mean 0 and mean square D_k. Therefore a term has
mean 0; a product of two terms, G_j dW_j G_k dW_k with j < k, has mean 0, because all but dW_k is
known at t_k; and a square has mean E G_k^2 D_k:

    E I = 0,   E I^2 = sum_k E G_k^2 D_k = E int G^2 dt

Three integrands, by their values at the left ends t_k = k h of n equal steps h = 1/n. The sums
end at k = n - 1:

    G_k = W(t_k):    E G_k^2 = t_k,          h sum t_k = (1 - 1/n)/2
    G_k = t_k:       E G_k^2 = t_k^2,        h sum t_k^2 = (n - 1)(2 n - 1)/(6 n^2)
    G_k = e^(W/2):   E G_k^2 = E e^W = e^(t_k/2),   h sum e^(t_k/2) = h (e^(1/2) - 1)/(e^(h/2) - 1)

At n = 8 they are 0.4375, 0.2734375 and 1.2573. The twin of the last is int (E G)^2 dt, the square
outside the mean: E e^(W/2) = e^(t/8), whose square is e^(t/4).

Distance. The isometry turns a distance of integrands into one of integrals. Let W^n be the step
process with the values W(t_k). At the distance s from t_k, W^n - W has variance s, and so

    E int (W^n - W)^2 dt = n int_0^h s ds = n h^2/2 = 1/(2 n)

The trapezoid rule inside a step integrates the mean s without an error, so this number is exact on
any grid. The twin 1/n takes the variance h at the end of a step for its mean h/2 over the step. By
the isometry 1/(2 n) is also E (sum W dW - int W dW)^2, the mean-square error of claim G09 at
lambda = 0.

Source: K. Ito, Proc. Imp. Acad. Tokyo 20 (1944) 519; L. C. Evans, An Introduction to Stochastic
Differential Equations (2013), section 4.2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.moments import Moments
from stochcalc.motion.brownian import brownian
from stochcalc.typing import Array, Axes, FunctionOfPath

STEPS = 8
FINE = 8  # grid times in each step, to see what happens inside
DT = 1.0 / STEPS
T_K = DT * np.arange(STEPS)  # the left ends of the steps


def value_of_path(t: float, w: float) -> float:
    """Return the integrand f(t, w) = w."""
    return w


@dataclass(frozen=True, kw_only=True)
class Case:
    """An integrand G(t, w), the exact mean square of its left sum, and a wrong value.

    `wrong_mean` is a wrong value of the mean of the sum, which is 0, where there is one worth
    refuting.
    """

    name: str
    G: FunctionOfPath
    exact: float
    twin: float
    twin_statement: str
    limit: float
    wrong_mean: float | None = None


CASES = (
    Case(
        name="W",
        G=value_of_path,
        exact=float(np.sum(T_K * DT)),
        twin=0.5,
        twin_statement="T^2/2 already at n = 8",
        wrong_mean=0.5,
        limit=0.5,
    ),
    Case(
        name="t",
        G=lambda t, w: t,
        exact=float(np.sum(T_K**2 * DT)),
        twin=1 / 3,
        twin_statement="T^3/3 already at n = 8",
        limit=1 / 3,
    ),
    Case(
        name="exp(W/2)",
        G=lambda t, w: math.exp(0.5 * w),
        exact=float(np.sum(np.exp(T_K / 2) * DT)),
        twin=float(np.sum(np.exp(T_K / 4) * DT)),
        twin_statement="int (E G)^2 dt",
        limit=2 * math.expm1(0.5),
    ),
)


def step_error(w: Array, n: int) -> Array:
    """Return int (W^n - W)^2 dt of each path, where W^n has n steps, by the trapezoid rule.

    In each step the first value of the rule is 0, since W^n and W agree there.
    """
    m = (w.shape[1] - 1) // n
    inside = w[:, 1:].reshape(len(w), n, m) - w[:, :-1:m, None]
    weights = np.full(m, 1.0 / (n * m))
    weights[-1] /= 2
    error: Array = (inside**2 * weights).sum(axis=(1, 2))
    return error


@claim(
    "G13",
    chapter="integrals",
    title="Ito's isometry: E I = 0 and E I^2 = E int G^2 dt for step processes",
    decisive_paths=1_000_000,
    formula=r"E \int_0^T G \, \mathrm{d}W = 0, \qquad"
    r" E \Bigl( \int_0^T G \, \mathrm{d}W \Bigr)^2"
    r" = E \int_0^T G^2 \, \mathrm{d}t",
    sources=("ito1944", "evans2013"),
)
def isometry(run: Run) -> Iterator[Row | str]:
    """Measure second moments of left sums of W, t and exp(W/2), and a distance of integrands."""
    W = run.brownian(STEPS)
    for case in CASES:
        ito: Moments = riemann_sum(case.G, W, lam=0.0, save="stats", **run.options)
        if case.wrong_mean is not None:
            yield Row(
                statement=f"E int {case.name} dW, left sums, n = {STEPS}",
                exact=0.0,
                measured=ito.estimate(),
                twin=case.wrong_mean,
                twin_statement="T/2, Stratonovich's mean",
                limit=0.0,
            )
        yield Row(
            statement=f"E (int {case.name} dW)^2, left sums, n = {STEPS}",
            exact=case.exact,
            measured=ito.mean_square(),
            twin=case.twin,
            twin_statement=case.twin_statement,
            limit=case.limit,
        )
    fine = run.brownian(STEPS * FINE)
    distance = run.expectation(lambda w: step_error(w, STEPS), fine)
    yield Row(
        statement=f"E int (W^n - W)^2 dt, n = {STEPS}",
        exact=0.5 / STEPS,
        measured=distance.estimate(),
        twin=1 / STEPS,
        twin_statement="1/n, the variance at the end of each step",
        limit=0.0,
    )


@isometry.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw both sides of the isometry by number of steps, beside both distances."""
    from stochcalc.plot import panels, tick_steps

    left, right = panels(
        ax, 2, "Ito's isometry at every n: it turns distances of integrands into those of integrals"
    )
    sizes = np.array([2, 4, 8, 16, 32, 64])
    draw_moments(left, run, sizes)
    draw_distances(right, run, sizes)
    for panel in (left, right):
        panel.set(xscale="log", xlabel="number of steps n, independent paths at each")
        tick_steps(panel.xaxis, sizes)
        panel.legend()
    return ax


def second_moment(name: str, n: Array) -> Array:
    """Return E int G^2 dt for the step process with n steps, for n that need not be whole."""
    if name == "W":
        return 0.5 * (1 - 1 / n)
    if name == "t":
        return (n - 1) * (2 * n - 1) / (6 * n**2)
    moment: Array = math.expm1(0.5) / (n * np.expm1(0.5 / n))
    return moment


def draw_moments(ax: Axes, run: Run, sizes: Array) -> None:
    """Draw the second moment of the left sums of three integrands on their exact values."""
    from stochcalc.plot import curve, points

    n_of_curve = np.geomspace(sizes[0], sizes[-1], 100)
    for i, (case, name) in enumerate(zip(CASES, ("W", "t", "e$^{W/2}$"))):
        measured: list[Estimate] = []
        for j, n in enumerate(sizes):
            key = run.derive_key(len(sizes) * i + j)
            W = brownian(n=int(n), paths=20_000, store=False, key=key)
            sums: Moments = riemann_sum(case.G, W, save="stats", **run.options)
            measured.append(sums.mean_square())
        points(ax, sizes, measured, "_measured", i)
        curve(ax, n_of_curve, second_moment(case.name, n_of_curve), f"G = {name}", i)
    ax.set(ylabel="points: E (Σ G ΔW)², lines: E ∫ G² dt", ylim=(0.0, 1.7))


def draw_distances(ax: Axes, run: Run, sizes: Array) -> None:
    """Draw the distance of the sums from int W dW, and that of the integrands."""
    from stochcalc.plot import curve, points

    integrals: list[Estimate] = []
    integrands: list[Estimate] = []
    for j, n in enumerate(sizes):
        key = run.derive_key(3 * len(sizes) + j)
        W = brownian(n=int(n), paths=20_000, store=False, key=key)
        error: Moments = riemann_sum(
            value_of_path,
            W,
            save="stats",
            observe=lambda t, w, r: r - 0.5 * (w * w - t),  # int W dW is (W_t^2 - t)/2
            **run.options,
        )
        integrals.append(error.mean_square())
        key = run.derive_key(4 * len(sizes) + j)
        fine = brownian(n=int(n) * FINE, paths=4096, store=False, key=key)
        inside = run.expectation(lambda w: step_error(w, (w.shape[1] - 1) // FINE), fine)
        integrands.append(inside.estimate())
    points(ax, sizes, integrals, "E (Σ W ΔW − ∫ W dW)²", 0)
    points(ax, sizes, integrands, "E ∫ (W$^n$ − W)² dt", 1)
    curve(ax, sizes, 0.5 / sizes, "1/(2n), exact for both", 2)
    curve(ax, sizes, 1.0 / sizes, "twin 1/n", 3)
    ax.set(yscale="log", ylabel="squared distance from the limit")
