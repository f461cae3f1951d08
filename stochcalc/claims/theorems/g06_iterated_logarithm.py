"""G06: in logarithmic time W_t/sqrt(t) is a stationary process, and rarely beyond sqrt(2 ln ln t).

The law of the iterated logarithm says that, with probability one,

    limsup W_t/sqrt(2 t ln ln t) = 1   as t tends to infinity

The limit comes as slowly as ln ln t grows, and no simulation sees it. What can be seen, and what
is tested here, is the law of W_t/sqrt(t) at one time and at two times.

Let t = e^s and U_s = W_t/sqrt(t) = e^(-s/2) W(e^s). Then U is Gaussian with mean 0 and, for
s <= s',

    E U_s U_s' = e^(-(s + s')/2) min(e^s, e^s') = e^(-(s' - s)/2)

so that U is a stationary Ornstein-Uhlenbeck process of variance 1. It is simulated exactly in s,
where t = e^50 = 5e21 is an ordinary time, by

    U_{s + ds} = e^(-ds/2) U_s + sqrt(1 - e^(-ds)) Z,   U_0 and all Z independent N(0, 1)

which has variance e^(-ds) + 1 - e^(-ds) = 1 and the covariance above. The exact numbers follow:

    E W_t^2/t = E U_s^2 = 1
    E U_s U_{s+1} = e^(-1/2)
    P(|W_t| > sqrt(2 t ln ln t)) = P(|Z| > sqrt(2 ln s)) = 2 Phi(-sqrt(2 ln s))

The last is 0.00516 at s = ln t = 50. Since Phi(-x) is about e^(-x^2/2)/(x sqrt(2 pi)), it is about
1/(s sqrt(pi ln s)) for large s and tends to 0. Nevertheless the path is beyond sqrt(2 t ln ln t) at
arbitrarily late times. That is more than the limsup says: it follows from the test of Kolmogorov,
Erdos, Feller and Petrowsky, by which W_t exceeds sqrt(t) f(t) for an increasing f at arbitrarily
late times if and only if

    int f(t) e^(-f(t)^2/2) dt/t = infinity

and with f = sqrt(2 ln ln t) this is the integral of sqrt(2 ln s)/s ds.

Source: A. Khinchin, Fund. Math. 6 (1924) 9 (for coin tossing); W. Feller, Trans. Amer. Math. Soc.
54 (1943) 373 (the test); I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus (2nd
ed. 1991), section 2.9.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import ndtr

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.typing import Array, Axes

END = 50  # ln t at the end: t = 5e21
STEP = 0.04  # of ln t, in the picture
STEPS = int(510 / STEP)
BOUND = math.sqrt(2.0 * math.log(END))  # sqrt(2 ln ln t) there


def make_stationary(w: Array, ds: float) -> Array:
    """Return U at s = 0, ds, 2 ds, ... from the increments of w on steps of length one."""
    z = np.diff(w, axis=1)
    decay = math.exp(-ds / 2)
    fresh = math.sqrt(-math.expm1(-ds))
    u = z.copy()
    for k in range(1, u.shape[1]):
        u[:, k] = decay * u[:, k - 1] + fresh * z[:, k]
    return u


def observe_end(w: Array) -> tuple[Any, ...]:
    """Return U_s^2, U_s U_{s-1}, and whether |U_s| > sqrt(2 ln s), at the end s = 50."""
    u = make_stationary(w, 1.0)
    last = u[:, -1]
    return last * last, last * u[:, -2], np.abs(last) > BOUND


@claim(
    "G06",
    chapter="motion",
    title="W_t/sqrt(t) is stationary in ln t, and beyond sqrt(2 ln ln t) ever more rarely",
    formula=r"U_s = e^{-s/2} W_{e^s}, \qquad E\, U_s U_{s'} = e^{-|s - s'|/2},"
    r" \qquad P(|U_s| > \sqrt{2 \ln s}) = 2 \Phi(-\sqrt{2 \ln s})",
    sources=("khinchin1924", "feller1943", "karatzasshreve1991"),
)
def iterated_logarithm(run: Run) -> Iterator[Row | str]:
    """Measure variance, covariance and excesses of W_t/sqrt(t) at t = e^50."""
    W = run.brownian(END + 1, T=END + 1.0)  # its increments are U_0 and the 50 normals Z
    moments = run.expectation(observe_end, W)
    yield Row(
        statement="E W_t^2/t, t = e^50",
        exact=1.0,
        measured=moments[0].estimate(),
        twin=2 * math.log(END),
        twin_statement="2 ln ln t: the envelope is typical",
        limit=1.0,
    )
    yield Row(
        statement="E U_s U_{s+1}, U_s = W_t/sqrt(t), t = e^s",
        exact=math.exp(-0.5),
        measured=moments[1].estimate(),
        twin=math.exp(-1.0),
        twin_statement="e^(-1), rate 1 instead of 1/2",
    )
    yield Row(
        statement="P(|W_t| > sqrt(2 t ln ln t)), t = e^50",
        exact=2 * float(ndtr(-BOUND)),
        measured=moments[2].estimate(),
        twin=0.0,
        twin_statement="0: never beyond it",
        limit=0.0,
    )


@iterated_logarithm.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw a path of W_t/sqrt(t) up to t = e^512, and how close to the envelope paths come."""
    from stochcalc.plot import panels

    u = make_stationary(run.brownian(STEPS, T=float(STEPS), paths=200, store=True).values, STEP)
    upper, lower = panels(
        ax, 2, "Iterated logarithm: beyond ±√(2 ln ln t) ever more rarely", stacked=True
    )
    s: Array = 2.0 + np.linspace(0.0, STEP * (STEPS - 1), STEPS)  # the logarithm of time
    ratio: Array = np.abs(u) / np.sqrt(2 * np.log(s))
    draw_path(upper, s, u[0])
    draw_peaks(lower, s, ratio)
    return ax


def draw_path(ax: Axes, s: Array, u: Array) -> None:
    """Draw one path in logarithmic time, and mark where it is beyond the envelope."""
    from stochcalc.plot.look import ink

    envelope = np.sqrt(2 * np.log(s))
    beyond = np.abs(u) > envelope
    ax.plot(s, u, color="C0", lw=0.4, label="$W_t/\\sqrt{t}$")
    ax.plot(s, envelope, color="C1", lw=1.8, label="±√(2 ln ln t)")
    ax.plot(s, -envelope, color="C1", lw=1.8)
    ax.plot(s[beyond], u[beyond], ls="", marker="o", ms=3, color=ink(ax), label="beyond")
    ax.set(ylabel="$W_t/\\sqrt{t}$", ylim=(-5.4, 5.4))
    ax.legend(loc="upper left", ncols=3)


def draw_peaks(ax: Axes, s: Array, ratio: Array) -> None:
    """Draw the largest |W_t|/sqrt(2 t ln ln t) while ln t doubles: of one path, and of most."""
    from stochcalc.plot import FILL, limit_line
    from stochcalc.plot.look import ink

    edges = 2.0 ** np.arange(1, 10)
    peaks = np.array([ratio[:, (a <= s) & (s < b)].max(axis=1) for a, b in pairwise(edges)])
    low, high = np.quantile(peaks, [0.1, 0.9], axis=1)
    for i, (a, b) in enumerate(pairwise(edges)):
        label = "80 % of 200 paths" if i == 0 else None
        ax.fill_between([a, b], low[i], high[i], color=FILL, alpha=0.45, lw=0, label=label)
        label = "the path above" if i == 0 else None
        ax.plot([a, b], [peaks[i, 0]] * 2, color=ink(ax), lw=2.2, label=label)
    limit_line(ax, 1.0, "limsup, almost surely", color="C1", alpha=1.0)
    ax.set(
        xscale="log",
        xlabel="ln t (t itself reaches e$^{512}$)",
        ylabel="largest of |W$_t$|/√(2t ln ln t)\nwhile ln t doubles",
        ylim=(0.0, 1.9),
        xticks=edges,
        xticklabels=[f"{edge:g}" for edge in edges],
    )
    ax.minorticks_off()
    ax.legend(loc="lower right", ncols=3)
