"""G37: Girsanov's weight makes paths with one drift count as paths with another.

Let dX_k = u_k h + dW_k, where u_k is known at the beginning of step k. Given the path so far, dX_k
is normal with mean u_k h, and the ratio of its density to that of a Brownian increment is

    exp(u_k x - u_k^2 h/2)   at dX_k = x

So the mean of any function of the path X_0, ..., X_n is that of the same function of a Brownian
path, weighted with the product of these ratios,

    E f(X) = E Z f(W),   Z = exp(sum_k u_k dW_k - (1/2) sum_k u_k^2 h)

where u_k is now computed along W. This is exact at every n: the limit adds nothing but integrals in
the place of sums. With f = 1 it says E Z = 1.

A mean-reverting drift, u = -k W. Then X' = (1 - k h) X + dW is Euler's scheme for an
Ornstein-Uhlenbeck process, with the second moment

    E Z W_n^2 = h (1 - r^n)/(1 - r),   r = (1 - k h)^2

Without the second sum the weight has another mean. Let dW_k = sqrt(h) z_k. Then
-k sum W_k dW_k = -(k h/2) z'Mz, where M has ones off its diagonal and zeros on it. Its eigenvalues
are n - 1, once, and -1, so that

    E exp(-k sum W_k dW_k) = det(I + k h M)^(-1/2) = ((1 + k h (n - 1)) (1 - k h)^(n - 1))^(-1/2)

which is not 1.

A rare event. W_1 > 4 has the probability p = P(Z > 4) = 0.00003167 for a standard normal Z. Give
the motion the drift 4: half of the paths get there. The weight of the drift is exp(4 x - 8) for a
path that ends at x, and so that path counts exp(8 - 4 x). The second moment of what it counts is

    E exp(2 (8 - 4 X)) 1{X > 4} = e^16 P(Z > 8)

with X normal of mean 4, and e^(m^2) P(Z > 4 + m) for any other drift m. Divided by p^2, less 1, it
is the squared relative standard deviation of one observation: 2.124^2, in the place of 1/p - 1 =
177.7^2 for counting. One path with the drift is worth as much as some thousands without.

Source: I. V. Girsanov, Theory Probab. Appl. 5 (1960) 285; P. Glasserman, Monte Carlo Methods in
Financial Engineering (2004), section 4.6.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE
from stochcalc.solver.solution import Solution
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

STEPS = 16
PULL = 1.0  # the k of the drift -k W
LEVEL = 4.0


def second_moment(n: int) -> float:
    """Return E X_n^2 of Euler's scheme for dX = -k X dt + dW on [0, 1]."""
    h = 1.0 / n
    r = (1.0 - PULL * h) ** 2
    return h * (1.0 - r**n) / (1.0 - r)


def mean_without_square(n: int) -> float:
    """Return E exp(-k sum W dW), the mean of the weight without its second sum."""
    h = 1.0 / n
    determinant = (1.0 + PULL * h * (n - 1)) * (1.0 - PULL * h) ** (n - 1)
    return float(1.0 / math.sqrt(determinant))


def tail(x: float) -> float:
    """Return P(Z > x) for a standard normal Z."""
    with hold_interrupts_back():
        from scipy.special import ndtr

    return float(ndtr(-x))


def weigh(W: BrownianPaths, run: Run, save: str = "last") -> Solution:
    """Return Brownian paths with Girsanov's weight for the drift -k W."""
    motion = SDE(lambda t, x: 0.0, lambda t, x: 1.0, noise="additive")
    return solve(motion, 0.0, noise=W, save=save, girsanov=lambda t, x: -PULL * x, **run.options)


def relative_square(drift: float) -> float:
    """Return the second moment of what a path with this drift counts for W_1 > 4, over p^2."""
    return math.exp(drift**2) * tail(LEVEL + drift) / tail(LEVEL) ** 2


def weigh_square(w: Array, drift: float) -> Array:
    """Return the square of what a path with a drift counts."""
    return weigh_rare(w, drift)[1]


def weigh_rare(w: Array, drift: float = LEVEL) -> tuple[Array, Array]:
    """Return what a path with a drift counts for W_1 > 4, as a share of p, and its square."""
    x = w[:, -1] + drift
    counted = np.where(x > LEVEL, np.exp(0.5 * drift**2 - drift * x), 0.0) / tail(LEVEL)
    return counted, counted**2


@claim(
    "G37",
    chapter="measure",
    title="Girsanov's weight makes paths with one drift count as paths with another",
    formula=r"E f(X) = E Z f(W), \quad Z = \exp\Bigl(\int_0^T u \, \mathrm{d}W"
    r" - \frac12 \int_0^T u^2 \, \mathrm{d}t\Bigr), \quad"
    r" \mathrm{d}X = u \, \mathrm{d}t + \mathrm{d}W",
    sources=("girsanov1960", "glasserman2004"),
)
def girsanov(run: Run) -> Iterator[Row | str]:
    """Measure the weight of a mean-reverting drift, and a rare event by paths that go there."""
    weighted = weigh(run.brownian(STEPS), run)
    yield Row(
        statement=f"E Z W_T^2, u = -W, n = {STEPS}",
        exact=second_moment(STEPS),
        measured=weighted.weighted_mean(np.square),
        twin=1.0,
        twin_statement="no weight",
        limit=(1.0 - math.exp(-2.0 * PULL)) / (2.0 * PULL),
    )
    yield Row(
        statement=f"E Z, u = -W, n = {STEPS}",
        exact=1.0,
        measured=weighted.weight_moments[-1].estimate(),
        twin=mean_without_square(STEPS),
        twin_statement="the weight without (1/2) sum u^2 h",
        limit=1.0,
    )
    rare = run.expectation(weigh_rare, run.brownian(1))
    yield Row(
        statement="P(W_1 > 4)/p by paths with drift 4",
        exact=1.0,
        measured=rare[0].estimate(),
        twin=0.5 / tail(LEVEL),
        twin_statement="no weight",
        limit=1.0,
    )
    yield Row(
        statement="second moment of one of them over p^2",
        exact=relative_square(LEVEL),
        measured=rare[1].estimate(),
        twin=1.0 / tail(LEVEL),
        twin_statement="that of counting",
    )


@girsanov.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw second moments with and without the weight, beside the error of a rare event."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "Girsanov: paths with one drift count as paths with another")
    draw_moments(left, run)
    draw_rare_event(right, run)
    return ax


def draw_moments(ax: Axes, run: Run) -> None:
    """Draw E Z W_t^2 against time on the second moment of the process with the drift -W."""
    from stochcalc.plot import curve, points

    n = 64
    W = run.brownian(n, T=2.0, paths=50_000)
    shown = np.arange(8, n + 1, 8)
    h = 2.0 / n
    found = weigh(W, run, save="all")
    weighted = np.exp(found.log_weight[:, shown]) * found.values[:, shown] ** 2
    measured = Moments.of(weighted)
    points(ax, shown * h, [measured[i].estimate() for i in range(len(shown))], "weighted, measured")
    k = np.arange(n + 1)
    r = (1.0 - PULL * h) ** 2
    curve(ax, k * h, h * (1.0 - r**k) / (1.0 - r), "with the drift −W, exact", 0)
    curve(ax, k * h, k * h, "no weight", 1)
    ax.set(xlabel="time t", ylabel="E Z W$_t^2$")
    ax.legend(loc="upper left")


def draw_rare_event(ax: Axes, run: Run) -> None:
    """Draw the relative standard deviation of one observation of W_1 > 4 against the drift."""
    from stochcalc.plot import curve, points

    drifts = np.arange(2.0, 7.0)
    W = run.brownian(1, paths=100_000)
    measured = []
    for drift in drifts:
        square = run.expectation(functools.partial(weigh_square, drift=drift), W).estimate()
        deviation = math.sqrt(float(square.value) - 1.0)
        measured.append(Estimate.normal(deviation, 0.5 * float(square.stderr) / deviation))
    grid = np.linspace(0.0, 7.0, 141)
    exact = [math.sqrt(relative_square(float(drift)) - 1.0) for drift in grid]
    points(ax, drifts, measured, "measured")
    curve(ax, grid, exact, "exact", 0)
    ax.set(
        yscale="log",
        xlabel="drift of the motion",
        ylabel="relative standard deviation",
        title="P(W$_1$ > 4), one observation",
    )
    ax.legend(loc="upper right")
