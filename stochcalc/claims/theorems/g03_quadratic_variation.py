"""G03: the quadratic variation of Brownian motion over [0, T] is T.

Cut [0, T] into steps of lengths D_k, and add the squared increments of the path:

    Q = sum_k dW_k^2

Mean and variance. An increment is normal with mean 0 and variance D, and so E dW^2 = D and
E dW^4 = 3 D^2. The variance of dW^2 is 3 D^2 - D^2 = 2 D^2, and the increments are independent:

    E Q = sum D_k = T,   E (Q - T)^2 = 2 sum D_k^2

Both hold exactly on every partition. As the longest step tends to 0 so does the variance, because
sum D_k^2 <= T max D_k, and therefore Q tends to T in mean square.

On n equal steps of [0, 1] the variance is 2/n. On the graded partition t_k = (k/n)^2 the steps are
(2 k + 1)/n^2, and the sum of the first n odd squares is n (4 n^2 - 1)/3:

    E (Q - T)^2 = 2 (4 n^2 - 1)/(3 n^3)

which is 0.0416641 for n = 64, instead of 0.03125 on equal steps.

Law. On n equal steps dW_k = sqrt(T/n) Z_k with independent standard normals Z_k, and so n Q/T is
the sum of n squares Z_k^2. Its law is the chi-squared law with n degrees of freedom, whose
distribution function is the regularised incomplete gamma function P(n/2, x/2):

    P(Q <= T) = P(chi^2_n <= n) = P(n/2, n/2)

which is 0.5470392 for n = 16. It is above 1/2 at every n, since the law is skewed to the right.

Source: P. Levy, Amer. J. Math. 62 (1940) 487; L. C. Evans, An Introduction to Stochastic
Differential Equations (2013), section 4.1 (quadratic variation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaln

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.motion.partition import Partition
from stochcalc.typing import Array, Axes

STEPS = 64
FEW = 16  # steps of the row about the law, where it differs from a normal law


@dataclass(frozen=True, kw_only=True)
class Case:
    """A partition of [0, 1], and its name."""

    name: str
    partition: Partition


CASES = (
    Case(name="uniform", partition=Partition.uniform(1.0, STEPS)),
    Case(name="graded", partition=Partition.graded(1.0, STEPS, power=2.0)),
)


def sum_of_squares(w: Array) -> Array:
    """Return Q = sum dW^2 of each path."""
    dW = np.diff(w, axis=1)
    Q: Array = (dW * dW).sum(axis=1)
    return Q


@claim(
    "G03",
    chapter="variation",
    title="Quadratic variation over [0, T] is T, with variance 2 sum dt^2",
    formula=r"Q = \sum_k (W_{t_{k+1}} - W_{t_k})^2 \longrightarrow T, \qquad"
    r" E\,(Q - T)^2 = 2 \sum_k (t_{k+1} - t_k)^2",
    sources=("levy1940", "evans2013"),
)
def quadratic_variation(run: Run) -> Iterator[Row | str]:
    """Measure mean and variance of Q on two partitions, and its law on sixteen steps."""
    for case in CASES:
        W = run.brownian(partition=case.partition)
        Q = run.expectation(sum_of_squares, W)
        squares = float(np.sum(case.partition.steps**2))
        yield Row(
            statement=f"E Q, {case.name}, n = {STEPS}",
            exact=1.0,
            measured=Q.estimate(),
            twin=1.0 - 1.0 / STEPS,
            twin_statement="T (1 - 1/n), as if a mean were subtracted",
            limit=1.0,
        )
        yield Row(
            statement=f"E (Q - T)^2, {case.name}, n = {STEPS}",
            exact=2 * squares,
            measured=Q.mean_square(about=1.0),
            twin=squares,
            twin_statement="sum dt^2",
            limit=0.0,
        )
    W = run.brownian(FEW)
    below = run.expectation(lambda w: sum_of_squares(w) <= 1.0, W)
    yield Row(
        statement=f"P(Q <= T), uniform, n = {FEW}",
        exact=float(gammainc(FEW / 2, FEW / 2)),
        measured=below.estimate(),
        twin=0.5,
        twin_statement="1/2, a normal law",
        limit=0.5,
    )


@quadratic_variation.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw Q along paths that are refined, beside its law on 4, 16 and 64 steps."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Quadratic variation is T: its spread is T √(2/n), its law that of T χ$^2_n$/n"
    )
    draw_refinement(left, run)
    draw_law(right, run)
    return ax


def draw_refinement(ax: Axes, run: Run) -> None:
    """Draw Q of 40 paths against the number of steps, within two standard deviations of T."""
    from stochcalc.plot import curve, limit_line, tick_steps
    from stochcalc.plot.look import choose_colour, ink

    finest = 12
    sizes = 2 ** np.arange(3, finest + 1)
    fine = run.brownian(2**finest, paths=40, store=True)
    Q = np.array([sum_of_squares(fine.coarsen(2**finest // int(n)).values) for n in sizes])
    ax.plot(sizes, Q[:, 1:], color=ink(ax), lw=0.6, alpha=0.35)
    ax.plot(sizes, Q[:, 0], color=choose_colour(0), lw=2.0, label="one path, its steps halved")
    ax.lines[0].set_label("39 other paths")
    n = np.geomspace(sizes[0], sizes[-1], 100)
    spread = 2 * np.sqrt(2 / n)
    curve(ax, n, 1 + spread, "T ± 2 standard deviations", 1)
    curve(ax, n, 1 - spread, "", 1)
    limit_line(ax, 1.0, "T")
    ax.set(xscale="log", xlabel="number of steps n", ylabel="Q = Σ ΔW$^2$", ylim=(0, 2.4))
    tick_steps(ax.xaxis, [8, 64, 512, 4096])
    ax.legend()


def draw_law(ax: Axes, run: Run) -> None:
    """Draw histograms of Q on 4, 16 and 64 steps, and the densities of chi^2_n/n."""
    from stochcalc.plot import curve, histogram
    from stochcalc.plot.look import ink

    paths = 20_000
    q = np.linspace(0.01, 2.5, 250)
    edges = np.linspace(0.0, 2.5, 51)
    for i, n in enumerate((4, 16, 64)):
        W = run.brownian(n, paths=paths, store=True)
        histogram(ax, sum_of_squares(W.values), edges, "", i, alpha=0.3)
        curve(ax, q, mean_square_density(q, n), f"n = {n}", i)
    ax.axvline(1.0, ls=":", color=ink(ax), alpha=0.75, lw=1.4)
    ax.set(xlabel="Q, for T = 1", ylabel="density", xlim=(0, 2.5))
    ax.legend(title=f"bars: {paths:,} paths\nlines: χ$^2_n$/n, exact")


def mean_square_density(q: Array, n: int) -> Array:
    """Return the density of chi^2_n/n at q > 0."""
    half = n / 2
    log_density = half * np.log(half) + (half - 1) * np.log(q) - half * q - gammaln(half)
    density: Array = np.exp(log_density)
    return density
