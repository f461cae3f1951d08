"""G44: with jumps, Ito's formula has a bracket that jumps, and the drift needs a compensator.

Let N be a Poisson process of rate mu, independent of W, and let

    dX = X (a dt + b dW + g dN)

where a jump multiplies X by 1 + g. Euler's scheme takes X' = X (1 + a h + b dW + g dN), with N in
the step Poisson of mean and variance mu h. The factors are independent, and

    E factor   = 1 + (a + g mu) h = m
    E factor^2 = m^2 + (b^2 + g^2 mu) h

so that E X_n = m^n and E X_n^2 = (m^2 + (b^2 + g^2 mu) h)^n for X_0 = 1, exactly.

The process N is not centred: dN has the mean mu dt. So the mean of X grows at the rate a + g mu. It
grows at the rate a if the jumps are *compensated*, dX = X (a dt + b dW + g (dN - mu dt)), which is
the same equation with a - g mu in the place of a.

As h tends to 0 the second moment grows at the rate 2 (a + g mu) + b^2 + g^2 mu. Ito's formula says
the same, d(X^2) = 2 X dX + d[X], where the bracket has two parts: b^2 X^2 dt of the Brownian motion
and (g X)^2 dN of the jumps, which is the square of each jump when it comes. The bracket of the
Brownian part alone would give the rate 2 (a + g mu) + b^2.

The numbers are for a = 0.1, b = 0.2, g = -0.3, mu = 2, T = 1 and n = 16.

Source: R. C. Merton, J. Financial Economics 3 (1976) 125; P. E. Protter, Stochastic Integration and
Differential Equations (2005), section II.7.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.moments import Moments
from stochcalc.motion.processes.poisson import poisson
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

DRIFT = 0.1  # the a of the equation
SPREAD = 0.2  # the b
LOSS = -0.3  # the g, what a jump adds as a share of X
RATE = 2.0  # the mu
STEPS = 16
Single = tuple[float]


def grow(t: float, x: Single, a: float) -> Single:
    """Return the drift a x."""
    return (a * x[0],)


def shake_and_jump(t: float, x: Single, a: float) -> tuple[tuple[float, float]]:
    """Return what dW and dN are multiplied by: b x and g x."""
    return ((SPREAD * x[0], LOSS * x[0]),)


def equation(a: float) -> SDE:
    """Return the equation with the drift a X, for one Brownian motion and one Poisson process."""
    return SDE(grow, shake_and_jump, noise="general", args=(a,))


def mean_after(n: int, a: float, g: float = LOSS) -> float:
    """Return E X_n on n steps of [0, 1]."""
    return float((1.0 + (a + g * RATE) / n) ** n)


def square_after(n: int, a: float, jumps: float = LOSS**2) -> float:
    """Return E X_n^2 on n steps of [0, 1], with this square of a jump in the bracket."""
    mean = 1.0 + (a + LOSS * RATE) / n
    return float((mean**2 + (SPREAD**2 + jumps * RATE) / n) ** n)


def measure(run: Run, a: float, n: int, paths: int) -> Moments:
    """Return the moments of X at n + 1 times of [0, 1]."""
    W = run.brownian(n, paths=paths)
    N = poisson(RATE, n=n, paths=paths, store=False, key=run.key)
    return solve(equation(a), (1.0,), noise=(W, N), save="stats", **run.options).moments[:, 0]


@claim(
    "G44",
    chapter="schemes",
    title="With jumps, Ito's formula has a bracket that jumps, and the drift a compensator",
    formula=r"\mathrm{d}(X^2) = 2 X_- \, \mathrm{d}X + b^2 X^2 \, \mathrm{d}t"
    r" + g^2 X_-^2 \, \mathrm{d}N",
    sources=("merton1976", "protter2005"),
)
def jumps(run: Run) -> Iterator[Row | str]:
    """Measure two moments of an equation with jumps, and its mean with a compensator."""
    found = measure(run, DRIFT, STEPS, run.paths)[-1]
    growth = DRIFT + LOSS * RATE
    yield Row(
        statement=f"E X_T, n = {STEPS}",
        exact=mean_after(STEPS, DRIFT),
        measured=found.estimate(),
        twin=mean_after(STEPS, DRIFT, 0.0),
        twin_statement="the mean of dN forgotten",
        limit=math.exp(growth),
    )
    yield Row(
        statement=f"E X_T^2, n = {STEPS}",
        exact=square_after(STEPS, DRIFT),
        measured=found.mean_square(about=0.0),
        twin=square_after(STEPS, DRIFT, 0.0),
        twin_statement="the bracket of the Brownian part alone",
        limit=math.exp(2.0 * growth + SPREAD**2 + LOSS**2 * RATE),
    )
    compensated = measure(run, DRIFT - LOSS * RATE, STEPS, run.paths)[-1]
    yield Row(
        statement=f"E X_T, jumps compensated, n = {STEPS}",
        exact=mean_after(STEPS, DRIFT - LOSS * RATE),
        measured=compensated.estimate(),
        twin=mean_after(STEPS, DRIFT),
        twin_statement="the same as without the compensator",
        limit=math.exp(DRIFT),
    )


@jumps.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw four paths with jumps, beside the two moments against time."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Jumps add their squares to the bracket, and their mean to the drift"
    )
    draw_paths(left, run)
    draw_moments(right, run)
    return ax


def draw_paths(ax: Axes, run: Run) -> None:
    """Draw four paths of the equation, which fall by three tenths at each jump."""
    W = run.brownian(1000, T=2.0, paths=4, store=True)
    N = poisson(RATE, 2.0, 1000, paths=4, key=run.key)
    sol = solve(equation(DRIFT), (1.0,), noise=(W, N))
    assert sol.x is not None
    for i, path in enumerate(sol.x[..., 0]):
        ax.plot(sol.t, path, color=f"C{i}", lw=1.1)
    ax.set(xlabel="time t", ylabel="X$_t$, four paths", ylim=(0.0, None))


def draw_moments(ax: Axes, run: Run) -> None:
    """Draw the measured moments on the exact ones, and what the wrong bracket has."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    found = measure(run, DRIFT, STEPS, 50_000)
    shown = np.arange(2, STEPS + 1, 2)
    t: Array = np.arange(STEPS + 1) / STEPS
    means = [found[int(k)].estimate() for k in shown]
    squares = [found[int(k)].mean_square(about=0.0) for k in shown]
    points(ax, t[shown], means, "", 0)
    points(ax, t[shown], squares, "", 1)
    curve(ax, t, mean_after(STEPS, DRIFT) ** t, "E X", 0)
    curve(ax, t, square_after(STEPS, DRIFT) ** t, "E X$^2$", 1)
    curve(ax, t, square_after(STEPS, DRIFT, 0.0) ** t, "E X$^2$ without the jumps' bracket", 2)
    tell_points_from_lines(ax)
    ax.set(xlabel="time t", ylabel="moment", ylim=(0.0, 1.05))
    ax.legend(loc="lower left")
