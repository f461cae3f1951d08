"""G08: the share of time that a Brownian path spends above 0 has the arcsine law.

Look at the path at n grid times, and let N_n be the number of positive values among W(t_1), ...,
W(t_n). The increments have a symmetric law without atoms, and for all such walks N_n has the same
law (Sparre Andersen):

    P(N_n = k) = u_k u_{n-k},   u_k = P(N_k = k)

so it remains to find u_k, the probability that the first k values are all positive. By symmetry
u_k is also P(N_k = 0). The probabilities of k = 0, ..., n add up to one:

    sum_{k=0}^n u_k u_{n-k} = 1   for every n

Multiply by x^n and add over n. With U(x) = sum u_k x^k this says

    U(x)^2 = 1 + x + x^2 + ... = 1/(1 - x),   U(x) = (1 - x)^(-1/2),   u_k = C(2k, k)/4^k

For n = 16 the exact numbers are P(no value positive) = u_16 = 0.1399499 and P(half of them
positive) = u_8^2 = 0.0385653: the extreme counts are the likeliest, and a half is the least likely.

Spread. The products u_k u_{n-k} are the beta-binomial probabilities with both parameters 1/2: the
number of heads in n tosses of a coin whose probability p of heads is itself random with the density
1/(pi sqrt(p (1 - p))), of mean 1/2 and variance 1/8. Given p the variance of the share is
p (1 - p)/n, whose mean is (1/4 - 1/8)/n:

    E (N_n/n - 1/2)^2 = 1/8 + 1/(8 n) = (n + 1)/(8 n)

which is 0.1328125 for n = 16. As n grows the share of positive values tends to the time spent above
0, with the arcsine law

    P(share <= x) = (2/pi) arcsin sqrt(x)

Its density is 1/(pi sqrt(x (1 - x))). The path spends less than a tenth or more than nine tenths
of the time above 0 with probability (4/pi) arcsin sqrt(0.1) = 0.4097, about twice the 1/5 of a
uniform share. Among n = 16 values these are the counts 0, 1, 15 and 16, and

    P(N_n/n < 0.1 or N_n/n > 0.9) = 2 (u_0 u_16 + u_1 u_15) = 0.4243643

Source: P. Levy, Compositio Math. 7 (1939) 283; E. Sparre Andersen, Math. Scand. 1 (1953) 263; P.
Morters and Y. Peres, Brownian Motion (2010), section 5.4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.typing import Array, Axes

STEPS = 16
COUNTS = np.arange(STEPS + 1)
EXTREME = np.abs(COUNTS / STEPS - 0.5) > 0.4  # a share below a tenth or above nine tenths
LIMIT = 4 / math.pi * math.asin(math.sqrt(0.1))  # the probability of an extreme share of time


def probabilities(n: int) -> Array:
    """Return P(N_n = k) = u_k u_{n-k} for k = 0, ..., n."""
    u: Array = np.array([math.comb(2 * k, k) / 4**k for k in range(n + 1)])
    return u * u[::-1]


def observe_counts(w: Array) -> tuple[Any, ...]:
    """Return whether none, half, or an extreme count is positive, and (share - 1/2)^2."""
    positive = (w[:, 1:] > 0).sum(axis=1)
    square = (positive / STEPS - 0.5) ** 2
    return positive == 0, positive == STEPS // 2, EXTREME[positive], square


@claim(
    "G08",
    chapter="motion",
    title="The share of time above 0 has the arcsine law: 0 and 1 are the likeliest, 1/2 the least",
    formula=r"P\Bigl(\frac1T \int_0^T 1_{\{W_t > 0\}} \, \mathrm{d}t \le x\Bigr)"
    r" = \frac{2}{\pi} \arcsin \sqrt x",
    sources=("levy1939", "sparreandersen1953", "mortersperes2010"),
)
def arcsine(run: Run) -> Iterator[Row | str]:
    """Measure probabilities and spread of the number of positive values among sixteen."""
    W = run.brownian(STEPS)
    moments = run.expectation(observe_counts, W)
    law = probabilities(STEPS)
    uniform = 1 / (STEPS + 1)
    yield Row(
        statement=f"P(no value positive), n = {STEPS}",
        exact=float(law[0]),
        measured=moments[0].estimate(),
        twin=uniform,
        twin_statement="uniform",
        limit=0.0,
    )
    yield Row(
        statement=f"P(half of them positive), n = {STEPS}",
        exact=float(law[STEPS // 2]),
        measured=moments[1].estimate(),
        twin=uniform,
        twin_statement="uniform",
        limit=0.0,
    )
    yield Row(
        statement=f"P(share < 0.1 or share > 0.9), n = {STEPS}",
        exact=float(law[EXTREME].sum()),
        measured=moments[2].estimate(),
        twin=uniform * int(EXTREME.sum()),
        twin_statement="uniform",
        limit=LIMIT,
    )
    yield Row(
        statement=f"E (share - 1/2)^2, n = {STEPS}",
        exact=float(law @ (COUNTS / STEPS - 0.5) ** 2),
        measured=moments[3].estimate(),
        twin=(STEPS + 2) / (12 * STEPS),
        twin_statement="uniform",
        limit=0.125,
    )


@arcsine.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw two paths that stay on one side, beside the measured law of the share on the exact."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "The arcsine law: the likeliest shares of time above 0 are 0 and 1, not one half"
    )
    draw_one_sided_paths(left, run)
    draw_law(right, run)
    return ax


def draw_one_sided_paths(ax: Axes, run: Run) -> None:
    """Draw the first three paths of the run, with the time that each is above 0 shaded."""
    from stochcalc.plot.look import ink

    W = run.brownian(1024, paths=3, store=True)
    for i, path in enumerate(W.values):
        colour = f"C{i}"
        share = (path[1:] > 0).mean()
        ax.plot(W.t, path, color=colour, lw=1.2, label=f"{share:.0%} of the time above 0")
        ax.fill_between(W.t, 0.0, path, where=path > 0, color=colour, alpha=0.15, lw=0)
    ax.axhline(0.0, color=ink(ax), lw=1.2)
    ax.set(xlabel="time t", ylabel="$W_t$")
    ax.legend()


def draw_law(ax: Axes, run: Run) -> None:
    """Draw the measured law of the share of positive values on the exact one, and its limit."""
    from stochcalc.plot import FILL, curve, limit_line, points

    W = run.brownian(STEPS, paths=100_000)
    moments = run.expectation(lambda w: (w[:, 1:] > 0).sum(axis=1)[:, None] == COUNTS, W)
    measured = [moments[k].estimate() for k in COUNTS]
    share = COUNTS / STEPS
    law = probabilities(STEPS)
    points(ax, share, measured, "measured ± 2 standard errors")
    for chosen, colour, label in (
        (~EXTREME, FILL, f"exact for n = {STEPS}"),
        (EXTREME, "C1", f"below 0.1 or above 0.9: {law[EXTREME].sum():.1%}"),
    ):
        width = 0.6 / STEPS
        ax.bar(share[chosen], law[chosen], width=width, color=colour, alpha=0.5, label=label)
    x = np.linspace(0.008, 0.992, 400)
    density = 1 / (np.pi * np.sqrt(x * (1 - x)))
    curve(ax, x, density / STEPS, f"arcsine density / {STEPS}: {LIMIT:.1%}", 2)
    limit_line(ax, 1 / (STEPS + 1), "uniform")
    ax.set(
        xlabel=f"share of {STEPS} values that are positive", ylabel="probability", ylim=(0, 0.24)
    )
    ax.legend()
