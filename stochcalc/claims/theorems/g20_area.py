"""G20: Levy's area between two Brownian motions is far from normal, and its law is known.

Let U and V be the motions. The area A = (1/2) int (U dV - V dU) lies between the path of (U, V) and
its chord. On n steps of length h = T/n it is measured by left sums. If x and y are the vectors of
the increments of U and of V,

    A = (1/2) sum_j y_j (sum_(k<j) x_k - sum_(k>j) x_k) = (1/2) y^T S x

where the matrix S has the entry 1 below the diagonal, -1 above it, and 0 on it. Given x, A is
normal with variance (h/4) |S x|^2, and the entries of x are independent normals of variance h. With
|S|^2 = sum S_jk^2 = n (n - 1)

    E A^2 = (h/4) h |S|^2 = h^2 n (n - 1)/4 = (T^2/4) (1 - 1/n)
    E exp(iuA) = E exp(-u^2 h |S x|^2/8) = det(I + (u h/2)^2 S^T S)^(-1/2)

Let r be a complex number with r^n = -1. The vector (r, r^2, ..., r^n) is an eigenvector of S,
because the sums over k < j and over k > j join to one geometric sum. With
r = exp(i (2m - 1) pi/n), for m = 1, ..., n, its eigenvalue is

    sum_(d=1..n-1) r^(-d) = (1 + 1/r)/(1 - 1/r) = -i cot((2m - 1) pi/(2n))

S is antisymmetric, so the eigenvalues of S^T S are the squared moduli of these, and the determinant
is a product:

    E exp(iuA) = prod_m (1 + (u h/2)^2 cot^2((2m - 1) pi/(2n)))^(-1/2)

As n grows, the factors of m and of n + 1 - m, which are equal, tend to
(1 + (u T)^2/((2m - 1) pi)^2)^(-1) together, and their product is 1/cosh(u T/2). The area has the
density sech(pi x/T)/T, with exponential tails.

Source: Levy, Proc. 2nd Berkeley Symp. Math. Statist. Prob. (1951) 171. The law of the left sums is
the computation above.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.integrals.path_areas import levy_area
from stochcalc.moments import Moments
from stochcalc.motion.brownian import brownian
from stochcalc.typing import Array, Axes

STEPS = 40  # of [0, 1]
VARIANCE = (1 - 1 / STEPS) / 4  # of the left sums
U = 4.0  # where the characteristic function is measured


def characteristic(u: float, n: int) -> float:
    """Return E exp(iuA) = E cos(uA) of left sums on n equal steps of [0, 1]."""
    k = np.arange(1, n + 1)
    cotangent = 1.0 / np.tan((2 * k - 1) * np.pi / (2 * n))
    factors = 1.0 + (0.5 * u / n * cotangent) ** 2
    return float(np.prod(factors**-0.5))


@claim(
    "G20",
    chapter="integrals",
    title="Levy's area has variance T^2/4 and characteristic function 1/cosh(uT/2)",
    formula=r"A = \frac12 \int_0^T (U \, \mathrm{d}V - V \, \mathrm{d}U), \qquad"
    r" E \, e^{iuA} = \frac{1}{\cosh(uT/2)}",
    sources=("levy1951",),
)
def levys_area(run: Run) -> Iterator[Row | str]:
    """Measure the variance and the characteristic function of left sums on forty steps."""
    A = levy_area(run.brownian(STEPS, dim=2), **run.means)
    yield Row(
        statement=f"E A^2, n = {STEPS}",
        exact=VARIANCE,
        measured=Moments.of(A).mean_square(),
        twin=1 / 12,
        twin_statement="T^2/12, its value at dW = 0",
        limit=0.25,
    )
    yield Row(
        statement=f"E cos({U:g} A), n = {STEPS}",
        exact=characteristic(U, STEPS),
        measured=Estimate.mean(np.cos(U * A)),
        twin=math.exp(-U * U * VARIANCE / 2),
        twin_statement="exp(-u^2 Var/2), as for a normal",
        limit=1 / math.cosh(U / 2),
    )


@levys_area.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the area of one path, and the law of the areas of many."""
    from stochcalc.plot import panels

    title = "The signed area between path and chord: Levy's law, with its long tails"
    left, right = panels(ax, 2, title)
    draw_one_area(left, run)
    draw_law(right, run)
    return ax


def count_windings(x: Array, y: Array, at_x: Array, at_y: Array) -> Array:
    """Return how often a closed polygon turns around every point of a grid, shape (at_y, at_x).

    A side that crosses the horizontal line through a point, on its right, adds 1 if it rises and
    -1 if it falls. The polygon has the corners (x, y), and its last side leads back to the first.

    Examples
    --------
    >>> square = np.array([0.0, 2.0, 2.0, 0.0]), np.array([0.0, 0.0, 2.0, 2.0])
    >>> count_windings(*square, np.array([1.0, 3.0]), np.array([1.0])).tolist()
    [[1, 0]]
    """
    next_x = np.roll(x, -1)
    next_y = np.roll(y, -1)
    windings = np.zeros((len(at_y), len(at_x)), dtype=int)
    for row, level in enumerate(at_y):
        rises = (next_y > level).astype(int) - (y > level).astype(int)
        sides = np.flatnonzero(rises)
        share = (level - y[sides]) / (next_y[sides] - y[sides])
        crossings = x[sides] + share * (next_x[sides] - x[sides])
        on_the_right = crossings[:, None] > at_x
        windings[row] = rises[sides] @ on_the_right
    return windings


def draw_one_area(ax: Axes, run: Run) -> None:
    """Draw one path of two components and its chord, coloured by the sign of the area."""
    from stochcalc.plot.look import ink

    W = brownian(1.0, 1000, dim=2, key=run.key)
    x, y = W.values[0].T
    at_x = np.linspace(x.min(), x.max(), 400)
    at_y = np.linspace(y.min(), y.max(), 400)
    windings = count_windings(x, y, at_x, at_y)
    signs = ((windings > 0, "positive"), (windings < 0, "negative"))
    for i, (where, label) in enumerate(signs):
        for times in range(1, 4):  # what is circled more often is darker
            level = np.where(where, np.abs(windings), 0)
            edges = (times - 0.5, np.inf)
            ax.contourf(at_x, at_y, level, edges, colors=[f"C{i}"], alpha=0.3)
        ax.fill([], [], color=f"C{i}", alpha=0.5, lw=0, label=label)
    ax.plot(x, y, color=ink(ax), lw=0.6)
    ax.plot(x[[0, -1]], y[[0, -1]], color="C2", ls="--", lw=2.4, label="chord")
    ax.plot(0.0, 0.0, color=ink(ax), marker="o", ms=6)
    A = levy_area(W)[0]
    ax.set(xlabel="U", ylabel="V", title=f"one path (U, V) from ●: A = {A:+.3f}")
    ax.set_aspect("equal", adjustable="datalim")
    ax.legend()


def draw_law(ax: Axes, run: Run) -> None:
    """Draw the histogram of a hundred thousand areas, Levy's density, and the normal one."""
    from stochcalc.plot import curve, histogram

    A = levy_area(run.brownian(STEPS, dim=2, paths=100_000))
    histogram(ax, A, np.linspace(-2, 2, 81), "100,000 paths")
    x = np.linspace(-2, 2, 300)
    curve(ax, x, 1 / np.cosh(np.pi * x), "sech(πx/T)/T", 1)
    curve(ax, x, np.sqrt(2 / np.pi) * np.exp(-2 * x * x), "normal of the same variance", 2)
    ax.set(xlabel="area A", ylabel="density", yscale="log", ylim=(1e-3, 10))
    ax.set_title("areas of many paths, T = 1")
    ax.legend(loc="upper left")
