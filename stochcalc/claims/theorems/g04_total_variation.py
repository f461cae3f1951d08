"""G04: Brownian paths have infinite variation on every interval.

Cut [0, T] into n equal steps. An increment of the path is dW = sqrt(T/n) Z with a standard normal
Z, and

    E |Z|^p = m_p = 2^(p/2) Gamma((p + 1)/2)/sqrt(pi),   m_1 = sqrt(2/pi),   m_3 = 2 sqrt(2/pi)

First variation. There are n independent increments, |Z| has variance 1 - 2/pi, and therefore

    E sum |dW| = n sqrt(T/n) m_1 = sqrt(2 n T/pi)
    Var sum |dW| = n (T/n) (1 - 2/pi) = T (1 - 2/pi)

The mean grows without bound while the variance stays. By Chebyshev's inequality the probability
that the sum is below any fixed bound tends to 0; since the sum grows when a partition is refined,
almost every path passes every bound.

Other powers. In the same way

    E sum |dW|^p = n (T/n)^(p/2) m_p = m_p T^(p/2) n^(1 - p/2)

which grows for p < 2 and tends to 0 for p > 2. Only at p = 2 is the limit finite and not 0: it is T
(claim G03). At p = 3 and T = 1 the mean is 2 sqrt(2/pi)/sqrt(n).

Source: P. Levy, Amer. J. Math. 62 (1940) 487; I. Karatzas and S. E. Shreve, Brownian Motion and
Stochastic Calculus (2nd ed. 1991), section 1.5 (variations of continuous martingales).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.typing import Array, Axes

STEPS = 64


def absolute_moment(p: float) -> float:
    """Return m_p = E |Z|^p of a standard normal Z."""
    return math.pow(2.0, p / 2) * math.gamma((p + 1) / 2) / math.sqrt(math.pi)


def observe_variations(w: Array) -> tuple[Array, ...]:
    """Return sum |dW| and sum |dW|^3 of each path."""
    size = np.abs(np.diff(w, axis=1))
    return size.sum(axis=1), (size * size * size).sum(axis=1)


@claim(
    "G04",
    chapter="variation",
    title=(
        "Brownian paths have infinite variation: sum |dW|^p grows for p < 2 and vanishes for p > 2"
    ),
    formula=r"E \sum_k |W_{t_{k+1}} - W_{t_k}|^p = m_p\, T^{p/2}\, n^{1 - p/2}, \qquad"
    r" m_p = \frac{2^{p/2}}{\sqrt{\pi}}\, \Gamma\Bigl(\frac{p + 1}{2}\Bigr)",
    sources=("levy1940", "karatzasshreve1991"),
)
def total_variation(run: Run) -> Iterator[Row | str]:
    """Measure mean and variance of the first variation, and the mean of the third."""
    W = run.brownian(STEPS)
    moments = run.expectation(observe_variations, W)
    first = moments[0]
    third = moments[1]
    yield Row(
        statement=f"E sum |dW|, n = {STEPS}",
        exact=math.sqrt(2 * STEPS / math.pi),
        measured=first.estimate(),
        twin=math.sqrt(STEPS),
        twin_statement="sqrt(n T)",
    )
    yield Row(
        statement=f"Var sum |dW|, n = {STEPS}",
        exact=1 - 2 / math.pi,
        measured=first.variance(),
        twin=1.0,
        twin_statement="T, as if |dW| had mean 0",
        limit=1 - 2 / math.pi,
    )
    yield Row(
        statement=f"E sum |dW|^3, n = {STEPS}",
        exact=absolute_moment(3.0) / math.sqrt(STEPS),
        measured=third.estimate(),
        twin=1 / math.sqrt(STEPS),
        twin_statement="n^(-1/2), without E |Z|^3",
        limit=0.0,
    )


@total_variation.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the mean of sum |dW|^p against n for five powers p."""
    from stochcalc.plot import curve, name_line, points, tell_points_from_lines
    from stochcalc.plot.look import is_narrow

    powers = np.array([1.0, 1.5, 2.0, 2.5, 3.0])
    sizes = 2 ** np.arange(2, 11)
    measured = []
    for n in sizes:
        W = run.brownian(int(n), paths=4096)
        sums = run.expectation(
            lambda w: tuple((np.abs(np.diff(w, axis=1)) ** p).sum(axis=1) for p in powers), W
        )
        measured.append([sums[i].estimate() for i in range(len(powers))])
    families = ((1, "tends to ∞"), (0, "tends to T"), (2, "tends to 0"))
    then = ":\n" if is_narrow(ax.figure.canvas.figure) else ": "
    for i, p in enumerate(powers):
        family, fate = families[int(np.sign(p - 2.0)) + 1]
        exact = absolute_moment(p) * sizes ** (1 - p / 2)
        points(ax, sizes, [estimates[i] for estimates in measured], "", family)
        curve(ax, sizes, exact, "", family)
        name_line(ax, sizes[-1], exact[-1], f"p = {p:g}{then}{fate}", family)
    tell_points_from_lines(ax, "points: measured, lines: exact, E |Z|$^p$ n$^{1 - p/2}$")
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of steps n",
        ylabel="mean of Σ |ΔW|$^p$, for T = 1",
        title="Σ |ΔW|$^p$ has a limit that is finite and not 0 only at p = 2",
    )
    ax.legend()
    return ax
