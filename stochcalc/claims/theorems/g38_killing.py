"""G38: a mean of exp(-int V dt) is the share of paths that survive killing at the rate V.

Let a path be killed at the rate V(W_t): given the path, it lives at T with the probability
exp(-int_0^T V(W_t) dt). The mean over paths is the share that lives. By the formula of Feynman and
Kac it solves the equation u_t = u_xx/2 - V u of heat with a loss V.

For V = c^2 w^2/2 the mean is Gaussian at every n. On the grid t_1, ..., t_n of steps h the vector X
of the W(t_k) has the covariance matrix S of entries min(t_i, t_j). The sum of trapezoids, with
W(0) = 0, is (c^2/2) X'DX, where D is diagonal, with h in all places but the last and h/2 there. So

    E exp(-(c^2/2) X'DX) = det(I + c^2 D S)^(-1/2)

since that is the ratio of the normalising constants of two normal densities, of precisions S^-1 and
S^-1 + c^2 D. As n grows the determinant tends to the product of 1 + c^2 T^2/((k - 1/2)^2 pi^2) over
all k, by the eigenvalues of the covariance min(s, t), and that product is cosh(c T):

    E exp(-(c^2/2) int_0^T W^2 dt) = cosh(c T)^(-1/2)

(Cameron and Martin). To kill a path, draw an exponential number of mean 1 for it: it lives as long
as the sum of trapezoids is below. The share that lives has the same exact value.

The mean is not to be taken inside: with E W^2 = t in the place of W^2 the trapezoids add up to
c^2 T^2/4, and exp(-c^2 T^2/4) is too small, because the exponential function is convex (Jensen).
Most of the mean comes from paths that stay near 0.

The numbers are for T = 1, n = 16 and two values of c.

Source: R. H. Cameron and W. T. Martin, Bull. Amer. Math. Soc. 51 (1945) 73; M. Kac, Trans. Amer.
Math. Soc. 65 (1949) 1; I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus
(1991), section 4.4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.estimate import Estimate
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE
from stochcalc.solver.solution import Solution
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes, State

STEPS = 16
RATES = (1.0, 3.0)  # the c of V = c^2 w^2/2


def survival(c: float, n: int) -> float:
    """Return the mean of exp(-trapezoids of V) on n steps of [0, 1], exactly."""
    t = np.arange(1, n + 1) / n
    S = np.minimum(t[:, None], t)
    D = np.full(n, 1.0 / n)
    D[-1] *= 0.5
    return float(np.linalg.det(np.eye(n) + c**2 * D[:, None] * S) ** -0.5)


def mean_inside(c: float) -> float:
    """Return exp(-trapezoids of E V) on [0, 1], the wrong order of exp and mean."""
    return math.exp(-0.25 * c**2)


def stand_still(t: float, x: State, c: float) -> tuple[float, float]:
    """Return the drift 0 of two components."""
    return 0.0, 0.0


def weigh(W: BrownianPaths, run: Run, c: float) -> Solution:
    """Return the first component of a motion, each path with the probability that it lives."""
    motion = SDE(
        lambda t, x, c: (0.0, 0.0), lambda t, x, c: (1.0, 1.0), args=(c,), noise="additive"
    )
    return solve(
        motion,
        (0.0, 0.0),
        noise=W,
        save="last",
        killing=lambda t, x, c: 0.5 * c * c * x[0] * x[0],
        **run.options,
    )


def find_clocks(ends: Array) -> Array:
    """Return exponential clocks from standard normals: minus the logarithms of uniform numbers.

    The uniform number is the distribution function of a normal, the end of a second component.
    """
    with hold_interrupts_back():
        from scipy.special import log_ndtr

    clocks: Array = -log_ndtr(ends)
    return clocks


@claim(
    "G38",
    chapter="measure",
    title="A mean of exp(-int V dt) is the share of paths that survive killing at the rate V",
    formula=r"E \exp\Bigl(-\frac{c^2}{2} \int_0^T W_t^2 \, \mathrm{d}t\Bigr)"
    r" = \frac{1}{\sqrt{\cosh cT}}",
    sources=("cameronmartin1945", "kac1949", "karatzasshreve1991"),
)
def killing(run: Run) -> Iterator[Row | str]:
    """Measure the mean of the exponential, and the share of paths that are not killed."""
    W = run.brownian(STEPS, dim=2)
    for c in RATES:
        sol = weigh(W, run, c)
        lives = find_clocks(sol.end[:, 1]) > -sol.log_weight[:, -1]
        for name, measured in (
            ("E exp(-int V dt)", sol.weight_moments[-1].estimate()),
            ("share that lives", Estimate.share(int(lives.sum()), run.paths)),
        ):
            yield Row(
                statement=f"{name}, V = {c**2:g} w^2/2, n = {STEPS}",
                exact=survival(c, STEPS),
                measured=measured,
                twin=mean_inside(c),
                twin_statement="the mean taken inside",
                limit=math.cosh(c) ** -0.5,
            )


@killing.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw paths up to the time when they are killed, beside the share that lives by c."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "A mean of exp(−∫ V dt) is the share of paths that survive")
    draw_killed_paths(left, run)
    draw_shares(right, run)
    return ax


def draw_killed_paths(ax: Axes, run: Run) -> None:
    """Draw forty paths up to the time when they are killed, and mark where that is."""
    n = 512
    c = RATES[1]
    W = run.brownian(n, dim=2, paths=40, store=True)
    w = W.values[..., 0]
    clock = find_clocks(W.values[:, -1, 1])
    rate = 0.5 * c**2 * w**2
    loss = np.cumsum(0.5 * (rate[:, 1:] + rate[:, :-1]) / n, axis=1)
    lives = clock > loss[:, -1]
    for path, spent, limit, alive in zip(w, loss, clock, lives):
        end = n if alive else int(np.searchsorted(spent, limit))
        colour = "C0" if alive else "C1"
        ax.plot(W.t[: end + 1], path[: end + 1], color=colour, lw=0.8, alpha=0.6)
        if not alive:
            ax.plot(W.t[end], path[end], "x", color=colour, ms=5)
    ax.plot([], [], color="C0", label=f"{int(lives.sum())} of 40 live")
    ax.plot([], [], "x-", color="C1", label="killed")
    ax.set(xlabel="time t", ylabel="W$_t$", title=f"killed at the rate {c**2:g} w$^2$/2")
    ax.legend(loc="upper left")


def draw_shares(ax: Axes, run: Run) -> None:
    """Draw the share of paths that live against c, with the exact curves."""
    from stochcalc.plot import curve, points

    W = run.brownian(STEPS, dim=2, paths=50_000)
    rates = np.linspace(0.5, 4.5, 9)
    measured = [weigh(W, run, float(c)).weight_moments[-1].estimate() for c in rates]
    grid = np.linspace(0.0, 5.0, 101)
    points(ax, rates, measured, "E exp(−∫ V dt), measured")
    curve(ax, grid, [survival(float(c), STEPS) for c in grid], f"exact, n = {STEPS}", 0)
    curve(ax, grid, np.cosh(grid) ** -0.5, "limit 1/√cosh c", 1)
    curve(ax, grid, [mean_inside(float(c)) for c in grid], "refuted: mean inside", 2)
    ax.set(xlabel="c, for V = c$^2$w$^2$/2", ylabel="share")
    ax.legend(loc="upper right")
