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
PATH_BOUND = 0.70106481  # the step h* at which the growth rate vanishes
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
    formula=r"E X_n^2 = \bigl((1 + h a)^2 + h b^2\bigr)^n X_0^2, \qquad"
    r" \frac1n \ln \Bigl|\frac{X_n}{X_0}\Bigr| \longrightarrow"
    r" E \ln \bigl|1 + h a + \sqrt{h}\, b Z\bigr|",
    sources=("higham2001", "saitomitsui1996"),
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
    """Draw the two regions of stability, and where five steps of one equation lie."""
    from stochcalc.plot.look import is_narrow

    draw_regions(ax)
    draw_steps(ax)
    beside = 2.6
    if is_narrow(ax.figure.canvas.figure):
        beside = 0.9  # the table goes below
    ax.set(
        xlabel="h a, drift over a step",
        ylabel="h b², variance of the noise over a step",
        xlim=(-4.0, beside),
        ylim=(0.0, 4.0),
        title="Between the curves E X² grows, and yet almost every path dies out",
    )
    return ax


def draw_regions(ax: Axes) -> None:
    """Fill the regions of (h a, h b^2) where the scheme is stable.

    The rate ln s + L(r) vanishes at s = exp(-L(r)), where 1 + h a is r s or -r s.
    """
    from stochcalc.plot import FILL
    from stochcalc.plot.look import ink

    r = np.linspace(0.0, 30.0, 600)
    s = np.exp([-mean_log(ratio) for ratio in r])
    u = np.concatenate([-1.0 - (r * s)[::-1], -1.0 + r * s])
    v = np.concatenate([(s * s)[::-1], s * s])
    ax.fill(u, v, color=FILL, alpha=0.25, lw=0)
    ax.plot(u, v, color="C1", ls="--", label="E ln|1 + ha + √h b Z| = 0")
    ha = np.linspace(-2.0, 0.0, 201)
    dome = 1.0 - (1.0 + ha) ** 2
    ax.fill_between(ha, dome, color="C0", alpha=0.4, lw=0)
    ax.plot(ha, dome, color="C0", label="(1 + ha)² + hb² = 1")
    colour = ink(ax)
    ax.text(-1.0, 2.45, "paths die out,\nE X² grows", ha="center", color=colour)
    ax.text(-1.1, 0.08, "E X² decays", ha="center", color=colour)


def draw_steps(ax: Axes) -> None:
    """Mark five steps of the equation with a = -3 and b^2 = 3, and write down their exact numbers.

    The second is at the bound along paths, and the fourth at that in mean square.
    """
    from stochcalc.plot.look import ink

    colour = ink(ax)
    ax.grid(False)
    ax.plot([-4.0, 0.0], [4.0, 0.0], color="C2", ls=":", lw=1.8)
    ax.text(-3.9, 2.75, "a = −3,\nb² = 3", color="C2", va="top")
    bounds = {"0.701": PATH_BOUND, "1/3": 1 / 3}
    steps = {"1": 1.0, **bounds, "1/2": 0.5, "1/4": 0.25}
    lines = ["per step:  E X²     ln|X|"]
    for name, h in sorted(steps.items(), key=lambda step: -step[1]):
        place = (h * A, h * B * B)
        filled = "none" if name in bounds else colour
        ax.plot(*place, marker="o", ms=7, ls="", color=colour, mfc=filled)
        beside, side = (9, 3), "left"
        if name == "1/4":  # to its right the curve passes, and above it on its left
            beside, side = (-6, -11), "right"
        ax.annotate(
            f"h = {name}",
            place,
            xytext=beside,
            textcoords="offset points",
            ha=side,
            color=colour,
            fontsize="small",
        )
        rate = "±0" if h == PATH_BOUND else f"{growth_rate(h):+.3f}"
        lines.append(f"h = {name:<5} × {square_factor(h):<8.4g}{rate}")
    ax.legend(
        loc="upper right",
        title="\n".join(lines).replace("-", "−"),
        title_fontproperties={"family": "monospace", "size": 9},
        fontsize=9,
        alignment="left",
    ).get_title().set_linespacing(1.6)
