"""G25: with a step that is too long, stability in mean square and along a path are two things.

Euler-Maruyama on dX = a X dt + b X dW multiplies X by 1 + h a + sqrt(h) b Z in each step of length
h, with Z standard normal and independent of the past. Hence, for every n,

    E X_n^2 = ((1 + h a)^2 + h b^2)^n X_0^2
    (1/n) E ln |X_n/X_0| = E ln |1 + h a + sqrt(h) b Z|

The first factor decides about stability in mean square. By the law of large numbers, the second
line is the almost sure growth rate per step, and decides about stability along paths. With
m = |1 + h a| and s = sqrt(h) b it is ln s + L(m/s), where L(r) = E ln |r + Z|. At 0,

    L(0) = E ln |Z| = (psi(1/2) + ln 2)/2 = -(gamma + ln 2)/2

with Euler's constant gamma, because Z^2/2 has the gamma law of shape 1/2. The derivative is the
principal value L'(r) = E 1/(r + Z) = sqrt(2) D(r/sqrt(2)) with Dawson's function D, the Hilbert
transform of the normal density. So

    L(r) = -(gamma + ln 2)/2 + int_0^r sqrt(2) D(y/sqrt(2)) dy

At a = -3 and b = sqrt(3) the solution decays in both senses: E X_t^2 has the factor e^(2a + b^2) =
e^(-3) per unit of time, and the paths have the rate a - b^2/2 = -4.5. The scheme has

    h      factor per step    rate per step
           of E X^2           along paths
    1      7                  +0.455623    unstable in both senses
    1/2    1.75               -0.351380    E X^2 grows, and every path dies out
    1/4    0.8125             -0.737928    stable in both senses

It is stable in mean square for h < 1/3, where (1 - 3h)^2 + 3h = 1, and along paths for h < h* =
0.70106481, where the rate vanishes. X_n^2 has heavy tails, so that its sample mean can be trusted
for a few steps only: two are taken.

Source: Higham, SIAM Review 43 (2001) 525, section 7; Saito and Mitsui, SIAM J. Numer. Anal. 33
(1996) 2254. The growth rate is the computation above.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.special import dawsn

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.models import gbm
from stochcalc.moments import Moments
from stochcalc.solver.solve import solve
from stochcalc.typing import Array, Axes

A = -3.0  # drift
B = math.sqrt(3.0)  # volatility
MODEL = gbm(A, B)
FEW = 2  # steps for the second moment
MANY = 20  # steps for the growth rate


def square_factor(h: float) -> float:
    """Return E X_1^2 / X_0^2 = (1 + h a)^2 + h b^2."""
    return (1 + h * A) ** 2 + h * B * B


def mean_log(r: float) -> float:
    """Return L(r) = E ln |r + Z| for a standard normal Z."""
    at_zero = -0.5 * (np.euler_gamma + math.log(2.0))
    rise, _ = quad(lambda y: math.sqrt(2.0) * dawsn(y / math.sqrt(2.0)), 0.0, r, epsabs=1e-13)
    return float(at_zero + rise)


def growth_rate(h: float) -> float:
    """Return the growth rate along paths, E ln |1 + h a + sqrt(h) b Z|.

    Examples
    --------
    >>> [round(growth_rate(h), 6) for h in (1.0, 0.5, 0.25)]
    [0.455623, -0.35138, -0.737928]
    >>> abs(growth_rate(0.70106481)) < 1e-7
    True
    """
    spread = math.sqrt(h) * B
    return math.log(spread) + mean_log(abs(1 + h * A) / spread)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A step size, with wrong values of the second moment and of the growth rate."""

    h: float
    square_twin: float
    square_twin_statement: str
    rate_twin: float
    rate_twin_statement: str


def half_log_factor(h: float) -> float:
    """Return half the logarithm of the mean-square factor, which exceeds the growth rate."""
    return math.log(square_factor(h)) / 2


CASES = (
    Case(
        h=1.0,
        square_twin=math.exp((2 * A + B * B) * FEW),
        square_twin_statement="e^((2a + b^2) nh), as the solution",
        rate_twin=half_log_factor(1.0),
        rate_twin_statement="half the logarithm of the mean-square factor",
    ),
    Case(
        h=0.5,
        square_twin=(1 + 0.5 * A) ** (2 * FEW),
        square_twin_statement="(1 + h a)^(2n), without the noise",
        rate_twin=(A - B * B / 2) * 0.5,
        rate_twin_statement="(a - b^2/2) h, as the solution",
    ),
    Case(
        h=0.25,
        square_twin=(1 + 0.25 * A) ** (2 * FEW),
        square_twin_statement="(1 + h a)^(2n), without the noise",
        rate_twin=half_log_factor(0.25),
        rate_twin_statement="half the logarithm of the mean-square factor",
    ),
)


def states(run: Run, h: float, n: int) -> Array:
    """Return X_n of Euler-Maruyama from X_0 = 1, for each path."""
    X = solve(MODEL, 1.0, n * h, n=n, paths=run.paths, save="last", key=run.key, **run.options)
    return X.end


@claim(
    "G25",
    chapter="schemes",
    title=(
        "Euler-Maruyama is mean-square stable if (1 + h a)^2 + h b^2 < 1, and on paths for larger h"
    ),
)
def stability(run: Run) -> Iterator[Row | str]:
    """Measure second moments after two steps, and growth rates over twenty, at three steps."""
    for case in CASES:
        yield Row(
            statement=f"E X_n^2, h = {case.h:g}, n = {FEW}",
            exact=square_factor(case.h) ** FEW,
            measured=Moments.of(states(run, case.h, FEW)).mean_square(),
            twin=case.square_twin,
            twin_statement=case.square_twin_statement,
        )
    for case in CASES:
        rates = np.log(np.abs(states(run, case.h, MANY))) / MANY
        yield Row(
            statement=f"E ln |X_n|/n, h = {case.h:g}, n = {MANY}",
            exact=growth_rate(case.h),
            measured=Estimate.mean(rates),
            twin=case.rate_twin,
            twin_statement=case.rate_twin_statement,
        )


@stability.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the two regions of stability, and the three steps with their exact numbers."""
    from stochcalc.plot import COLOURS

    draw_regions(ax)
    ax.plot([-4.7, 0.0], [4.7, 0.0], color=COLOURS[2], ls=":", label="a = −3, b² = 3, all h")
    for case, marker in zip(CASES, "osD"):
        place = (case.h * A, case.h * B * B)
        ax.plot(*place, color="black", marker=marker, ms=7, ls="")
        ax.annotate(
            f"h = {case.h:g}\nE X² × {square_factor(case.h):.4g}\nrate {growth_rate(case.h):+.3f}",
            place,
            xytext=(8, -2),
            textcoords="offset points",
            fontsize=9,
            va="center",
            bbox={"fc": "white", "alpha": 0.75, "lw": 0},
        )
    ax.set(
        xlabel="h a",
        ylabel="h b²",
        xlim=(-4.0, 1.0),
        ylim=(0.0, 4.7),  # room for the legend above the region
        title="Where Euler-Maruyama is stable: in mean square (dark), along paths (light)",
    )
    ax.legend(loc="upper right")
    return ax


def draw_regions(ax: Axes) -> None:
    """Fill the regions of (h a, h b^2) where the scheme is stable.

    The rate ln s + L(r) vanishes at s = exp(-L(r)), where 1 + h a is r s or -r s.
    """
    from stochcalc.plot import COLOURS, FILL

    r = np.linspace(0.0, 30.0, 600)
    s = np.exp([-mean_log(ratio) for ratio in r])
    u = np.concatenate([-1.0 - (r * s)[::-1], -1.0 + r * s])
    v = np.concatenate([(s * s)[::-1], s * s])
    ax.fill(u, v, color=FILL, alpha=0.3, lw=0)
    ax.plot(u, v, color=COLOURS[1], ls="--", label=r"E ln|1 + ha + √h bZ| = 0: paths")
    ha = np.linspace(-2.0, 0.0, 201)
    dome = 1.0 - (1.0 + ha) ** 2
    ax.fill_between(ha, dome, color=COLOURS[0], alpha=0.45, lw=0)
    ax.plot(ha, dome, color=COLOURS[0], label="(1 + ha)² + hb² = 1: mean square")
