"""G41: Picard's iterates of an equation converge like the tail of the series of e.

The existence of solutions is proved by iteration. For dX = X dW, X_0 = 1, put X^(0) = 1 and

    X^(m+1)_t = 1 + int_0^t X^(m) dW

On a grid the integrals are left sums, and the fixed point is Euler's scheme, the product of all
1 + dW_k. Multiply out: with e_j the sum of all products of j different increments (the elementary
symmetric polynomial of the dW_k),

    X_n = e_0 + e_1 + ... + e_n,   X^(m)_n = e_0 + e_1 + ... + e_m

since each iteration adds one more factor to every product, in the order of time. Products of
different sets of increments are orthogonal, and each has the mean square h^j. So E e_j^2 is
C(n, j) h^j, and

    E (X_n - X^(m)_n)^2 = sum_{j > m} C(n, j) h^j

exactly. With h = T/n the terms tend to T^j/j!: the error is the tail of the series of e^T. It falls
faster than any geometric sequence, because the j-th term has j! in its denominator: that is the
number of orders in which j times can come, of which an iterated integral takes one. A contraction,
as in the proof for ordinary equations on short intervals, would only promise the same factor in
every iteration.

The numbers are for T = 1/4 and n = 16. Over a longer time, and for later iterates, the products of
many increments are rarely large and then very large, and hide their mean square.

Source: L. C. Evans, An Introduction to Stochastic Differential Equations (2013), section 5.2; B.
Oksendal, Stochastic Differential Equations (2003), section 5.2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes

END = 0.25  # the T of the numbers
STEPS = 16
ITERATIONS = 4


def square_error(m: int, n: int) -> float:
    """Return E (X_n - X^(m)_n)^2 on n steps of [0, T]."""
    return sum(math.comb(n, j) * (END / n) ** j for j in range(m + 1, n + 1))


def tail(m: int) -> float:
    """Return the limit of that for short steps: the tail of the series of e^T."""
    return math.exp(END) - sum(END**j / math.factorial(j) for j in range(m + 1))


def geometric_error(m: int, n: int) -> float:
    """Return the same if every iteration had the factor T, as a contraction has."""
    return square_error(0, n) * END**m


def iterate(w: Array, iterations: int) -> list[Array]:
    """Return Picard's iterates 0, 1, ... along paths, each of shape (paths, n + 1)."""
    dW = np.diff(w, axis=1)
    x = np.ones_like(w)
    found = [x]
    for _ in range(iterations):
        x = np.concatenate([x[:, :1], 1.0 + np.cumsum(x[:, :-1] * dW, axis=1)], axis=1)
        found.append(x)
    return found


def solve_by_steps(w: Array) -> Array:
    """Return Euler's scheme for dX = X dW along paths, shape (paths, n + 1)."""
    factors = np.concatenate([np.ones((len(w), 1)), 1.0 + np.diff(w, axis=1)], axis=1)
    x: Array = np.cumprod(factors, axis=1)
    return x


def observe_errors(w: Array) -> tuple[Array, ...]:
    """Return the squared distances of the iterates from the solution at the end."""
    end = solve_by_steps(w)[:, -1]
    return tuple((x[:, -1] - end) ** 2 for x in iterate(w, ITERATIONS))


@claim(
    "G41",
    chapter="schemes",
    title="Picard's iterates converge like the tail of the series of e",
    formula=r"X^{(m+1)}_t = 1 + \int_0^t X^{(m)} \, \mathrm{d}W \quad \Longrightarrow \quad"
    r" E \, \bigl|X_T - X^{(m)}_T\bigr|^2 = \sum_{j > m} \frac{T^j}{j!}",
    sources=("evans2013", "oksendal2003"),
)
def picard(run: Run) -> Iterator[Row | str]:
    """Measure the mean square distance of the first iterates from the solution."""
    found = run.expectation(observe_errors, run.brownian(STEPS, T=END))
    for m in range(3):
        twin = geometric_error(m, STEPS)
        twin_statement = "a factor T in every iteration"
        if m == 0:
            twin = END
            twin_statement = "T, the first term alone"
        yield Row(
            statement=f"E |X_T - X_T^({m})|^2, n = {STEPS}",
            exact=square_error(m, STEPS),
            measured=found[m].estimate(),
            twin=twin,
            twin_statement=twin_statement,
            limit=tail(m),
        )


@picard.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the iterates along one path, beside their errors by number."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "Picard's iterates converge faster than any geometric sequence")
    draw_iterates(left, run)
    draw_errors(right, run)
    return ax


def draw_iterates(ax: Axes, run: Run) -> None:
    """Draw the solution and four iterates along one path."""
    from stochcalc.plot import curve

    W = run.brownian(512, T=2.0, paths=1, store=True)
    curve(ax, W.t, solve_by_steps(W.values)[0], "solution", 0, lw=2.2, alpha=0.6)
    for m, x in enumerate(iterate(W.values, 4)):
        if m > 0:
            curve(ax, W.t, x[0], f"iterate {m}", m, lw=1.1)
    ax.set(xlabel="time t", ylabel="X$_t$, one path")
    ax.legend(loc="best")


def draw_errors(ax: Axes, run: Run) -> None:
    """Draw the root mean square error of the iterates on the exact numbers."""
    from stochcalc.plot import curve, points

    found = run.expectation(observe_errors, run.brownian(STEPS, T=END, paths=200_000))
    measured = []
    for m in range(ITERATIONS + 1):
        square = found[m].estimate()
        root = math.sqrt(float(square.value))
        measured.append(Estimate.normal(root, 0.5 * float(square.stderr) / root))
    points(ax, np.arange(ITERATIONS + 1), measured, "measured")
    numbers = range(7)
    curve(ax, numbers, [square_error(m, STEPS) ** 0.5 for m in numbers], f"exact, n = {STEPS}", 0)
    curve(ax, numbers, [tail(m) ** 0.5 for m in numbers], "limit: tail of e$^T$", 1)
    wrong = [geometric_error(m, STEPS) ** 0.5 for m in numbers]
    curve(ax, numbers, wrong, "refuted: a factor T each", 2)
    ax.set(yscale="log", xlabel="iterate m", ylabel="RMS error at T = ¼")
    ax.legend(loc="lower left")
