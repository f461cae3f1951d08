"""G38: a mean of exp(-int V dt) is the share of paths that survive killing at the rate V.

Let a path be killed at the rate V(W_t): given the path, it lives at T with the probability
exp(-int_0^T V(W_t) dt). The mean over paths is the share that lives. By the formula of Feynman and
Kac it solves the equation u_t = u_xx/2 - V u of heat with a loss V.

For V = c^2 w^2/2 the mean is Gaussian at every n. On the grid t_1, ..., t_n of steps h the vector
of the W(t_k) has the covariance matrix S of entries min(t_i, t_j), and for a normal vector X of
covariance S

    E exp(-(c^2 h/2) |X|^2) = det(I + c^2 h S)^(-1/2)

since that is the ratio of the normalising constants of two normal densities, of precisions S^-1 and
S^-1 + c^2 h I. As n grows the determinant tends to the product of 1 + c^2 T^2/((k - 1/2)^2 pi^2)
over all k, by the eigenvalues of the covariance min(s, t), and that product is cosh(c T):

    E exp(-(c^2/2) int_0^T W^2 dt) = cosh(c T)^(-1/2)

(Cameron and Martin). To kill a path, draw an exponential number of mean 1 for it: it lives as long
as the sum of V h is below. The share that lives has the same exact value.

The mean is not to be taken inside: exp(-(c^2/2) sum h t_k), with E W^2 = t_k in the place of W^2,
is too small, because the exponential function is convex (Jensen). Most of the mean comes from paths
that stay near 0.

The numbers are for T = 1, n = 16 and two values of c.

Source: R. H. Cameron and W. T. Martin, Bull. Amer. Math. Soc. 51 (1945) 73; M. Kac, Trans. Amer.
Math. Soc. 65 (1949) 1; I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus
(1991), section 4.4.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import Array, Axes

STEPS = 16
RATES = (1.0, 3.0)  # the c of V = c^2 w^2/2


def survival(c: float, n: int) -> float:
    """Return E exp(-(c^2 h/2) sum W(t_k)^2) on n steps of [0, 1], exactly."""
    t = np.arange(1, n + 1) / n
    S = np.minimum(t[:, None], t)
    return float(np.linalg.det(np.eye(n) + c**2 / n * S) ** -0.5)


def mean_inside(c: float, n: int) -> float:
    """Return exp(-(c^2 h/2) sum E W(t_k)^2), the wrong order of exp and mean."""
    return math.exp(-0.5 * c**2 * 0.5 * (n + 1) / n)


def losses(w: Array, c: float) -> Array:
    """Return the sum of V h along paths, shape (paths, n + 1) -> (paths,)."""
    total: Array = 0.5 * c**2 * np.mean(w[:, 1:] ** 2, axis=1)
    return total


def find_clocks(w: Array) -> Array:
    """Return the exponential clock of each path: minus the logarithm of a uniform number.

    The uniform number is the distribution function of a normal, the end of a second component.
    """
    with hold_interrupts_back():
        from scipy.special import log_ndtr

    clocks: Array = -log_ndtr(w[:, -1, 1])
    return clocks


def survive_or_not(w: Array, c: float) -> tuple[Any, ...]:
    """Return exp(-loss) of paths, and whether they live."""
    loss = losses(w[..., 0], c)
    return np.exp(-loss), find_clocks(w) > loss


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
        found = run.expectation(functools.partial(survive_or_not, c=c), W)
        twin_statement = "the mean taken inside"
        for i, name in enumerate(("E exp(-sum V h)", "share that lives")):
            yield Row(
                statement=f"{name}, V = {c**2:g} w^2/2, n = {STEPS}",
                exact=survival(c, STEPS),
                measured=found[i].estimate(),
                twin=mean_inside(c, STEPS),
                twin_statement=twin_statement,
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
    _, lives = survive_or_not(W.values, c)
    clock = find_clocks(W.values)
    loss = 0.5 * c**2 / n * np.cumsum(w[:, 1:] ** 2, axis=1)
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
    measured = [
        run.expectation(functools.partial(survive_or_not, c=float(c)), W)[1].estimate()
        for c in rates
    ]
    grid = np.linspace(0.0, 5.0, 101)
    points(ax, rates, measured, "share that lives")
    curve(ax, grid, [survival(float(c), STEPS) for c in grid], f"exact, n = {STEPS}", 0)
    curve(ax, grid, np.cosh(grid) ** -0.5, "limit 1/√cosh c", 1)
    curve(ax, grid, [mean_inside(float(c), STEPS) for c in grid], "refuted: mean inside", 2)
    ax.set(xlabel="c, for V = c$^2$w$^2$/2", ylabel="share")
    ax.legend(loc="upper right")
