"""G17: the exponential martingale keeps the mean 1, and almost every path of it tends to 0.

The exponential martingale of a Brownian motion W, with a number a > 0, is

    M_t = exp(a W_t - a^2 t/2)

Its mean is 1 at every time, because E exp(a W_t) = exp(a^2 t/2) for a normal W_t of variance t. Its
paths tend to 0 almost surely, because W_t/t tends to 0 and therefore a W_t - a^2 t/2 tends to minus
infinity. The median of W_t is 0, so that the median of M_t is exp(-a^2 t/2), and

    P(M_t > 1) = P(a W_t > a^2 t/2) = Phi(-a sqrt(t)/2)

Fewer and fewer paths carry the mean. If M_t is taken as a density, it turns W_t into a normal
variable of mean a t (Girsanov): the mean of M_t comes from paths that end near a t. They have a
probability near exp(-a^2 t/2), so that a sample of m paths holds none of them once a^2 t is well
above 2 log m. From then on the sample mean of a correct simulation goes to 0. So at a late time a
bounded function of M_t is measured instead of its mean:

    E min(M_t, 1) = P(M_t > 1) + E [M_t 1(M_t <= 1)]
                  = Phi(-a sqrt(t)/2) + P(a W_t + a^2 t <= a^2 t/2)
                  = 2 Phi(-a sqrt(t)/2)

The second line uses M_t as a density. At a = 1 and t = 16 this is 2 Phi(-2) = 0.0455.

Source: Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 3.5 (the
martingale and Girsanov's theorem) and problem 2.9.3 (W_t/t tends to 0).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.integrals.iterated import exponential_martingale
from stochcalc.motion.brownian import brownian
from stochcalc.typing import Array, Axes

LATE = 16.0  # long after 2 log m for the samples in use
SHOWN = 10_000  # paths in the picture


def exponentials(w: Array) -> tuple[Array, Array, Array]:
    """Return M_1, the indicator of M_1 > 1, and min(M_16, 1), for a = 1.

    The paths w have their values at the times 0, 1, ..., 16, shape (paths, 17).
    """
    early = np.exp(w[:, 1] - 0.5)
    above = (early > 1.0).astype(float)
    late = np.exp(w[:, -1] - LATE / 2)
    return early, above, np.minimum(late, 1.0)


def probability_above_one(t: float) -> float:
    """Return P(M_t > 1) = Phi(-sqrt(t)/2), for a = 1."""
    return float(ndtr(-math.sqrt(t) / 2))


@claim(
    "G17",
    chapter="integrals",
    title="exp(a W - a^2 t/2) is a martingale of mean 1, and almost all its paths tend to 0",
    formula=r"M_t = e^{a W_t - a^2 t/2}, \qquad E M_t = 1, \qquad"
    r" M_t \longrightarrow 0 \text{ almost surely}",
    sources=("karatzasshreve1991", "girsanov1960"),
)
def exponential(run: Run) -> Iterator[Row | str]:
    """Measure the mean and a probability at t = 1, and what is left of min(M_t, 1) at t = 16."""
    W = run.brownian(int(LATE), LATE)
    found = run.expectation(exponentials, W)
    yield Row(
        statement="E exp(W_t - t/2), t = 1",
        exact=1.0,
        measured=found[0].estimate(),
        twin=math.exp(0.5),
        twin_statement="e^(1/2), without -a^2 t/2",
    )
    yield Row(
        statement="P(exp(W_t - t/2) > 1), t = 1",
        exact=probability_above_one(1.0),
        measured=found[1].estimate(),
        twin=0.5,
        twin_statement="1/2: the median is the mean",
    )
    yield Row(
        statement="E min(exp(W_t - t/2), 1), t = 16",
        exact=2 * probability_above_one(LATE),
        measured=found[2].estimate(),
        twin=1.0,
        twin_statement="1, the mean without the bound",
        limit=0.0,
    )


@exponential.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw forty paths, and the mean and the median of ten thousand, up to t = 30."""
    from stochcalc.plot import curve
    from stochcalc.plot.look import ink

    W = brownian(30.0, 300, paths=SHOWN, key=run.key)
    t = W.t
    M = exponential_martingale(W, 1.0)
    ax.plot(t, M[:40].T, color=ink(ax), alpha=0.25, lw=0.4)
    ax.plot(t, M.mean(axis=0), color="C0", lw=1.8, label=f"mean of {SHOWN:,} paths")
    ax.plot(t, np.median(M, axis=0), color="C2", lw=1.8, ls="-.", label="their median")
    curve(ax, t, np.ones_like(t), "exact mean, 1", 1)
    curve(ax, t, np.exp(-t / 2), "exact median, exp(−t/2)", 3)
    ax.axvline(2 * math.log(SHOWN), ls=":", color=ink(ax), lw=1.4, label=f"t = 2 ln {SHOWN:,}")
    ax.set(
        yscale="log",
        xlabel="time t",
        ylabel="exp(W$_t$ − t/2)",
        ylim=(1e-8, 1e4),
        title="A martingale of mean 1 that goes to 0: the sample mean loses it",
    )
    ax.legend(loc="lower left")
    return ax
