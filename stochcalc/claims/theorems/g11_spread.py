"""G11: the evaluation point does not matter unless integrand and integrator vary together.

Let R_0 and R_1 be the left and the right Riemann sums of f dW on n equal steps h = T/n:

    R_0 = sum_k f(t_k) dW_k,   R_1 = sum_k f(t_{k+1}) dW_k,   R_1 - R_0 = sum_k df_k dW_k

The difference is the covariation of f and W along the grid. Here are three integrands f.

f = W. The difference is the quadratic variation Q = sum dW_k^2, with mean T and variance 2 T h
(claim G03), so it stays as n grows:

    E (R_1 - R_0)^2 = E Q^2 = T^2 + 2 T h

f = g(t), a deterministic function. The increments dg_k are numbers, and the dW_k are independent:

    E (R_1 - R_0)^2 = h sum dg_k^2

which tends to 0 for a smooth g, because dg_k is about g' h. For g = t it is h n h^2 = T h^2.

f = W', a Brownian motion that is independent of W. The products dW'_k dW_k are independent, with
mean 0 and mean square h^2:

    E (R_1 - R_0)^2 = n h^2 = T h

which tends to 0 as well. The means of the sums are

    f = W'    E R_0 = E R_1 = 0, since W'(t_k) and W'(t_{k+1}) are independent of dW_k
    f = W     E R_0 = 0, E R_1 = E Q = T

The mean of R_0 is 0 in both cases and says nothing. That of R_1 tells them apart: its twin is T.

Source: I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus (2nd ed. 1991),
sections 1.5 (covariation) and 3.3 (the Stratonovich integral).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.moments import take_root
from stochcalc.motion.partition import Partition
from stochcalc.typing import Array, Axes

STEPS = 64
TIMES = Partition.uniform(1.0, STEPS).times


def left_and_right(f: Array, w: Array) -> tuple[Array, Array]:
    """Return the left and the right sums of f dw, for values f and w (paths, times)."""
    dw = np.diff(w, axis=1)
    return (f[:, :-1] * dw).sum(axis=1), (f[:, 1:] * dw).sum(axis=1)


def squared_gap(f: Array, w: Array) -> Array:
    """Return (R_1 - R_0)^2 of the sums of f dw."""
    left, right = left_and_right(f, w)
    return (right - left) ** 2


def observe_sums(w: Array) -> tuple[Array, ...]:
    """Return (R_1 - R_0)^2 of t dW, and (R_1 - R_0)^2 and R_1 of W' dW.

    The components of w are W and W'.
    """
    W = w[..., 0]
    other = w[..., 1]
    left, right = left_and_right(other, W)
    return squared_gap(TIMES[None, :], W), (right - left) ** 2, right


@claim(
    "G11",
    chapter="lambda",
    title="lambda does not matter for g(t) dW, nor for W' dW with an independent W'",
    formula=r"R(1) - R(0) = \sum_k (f_{t_{k+1}} - f_{t_k}) (W_{t_{k+1}} - W_{t_k})"
    r" \longrightarrow [f, W]_T, \qquad [g, W]_T = [W', W]_T = 0",
    sources=("karatzasshreve1991",),
)
def spread(run: Run) -> Iterator[Row | str]:
    """Measure squared differences of left and right sums, and the mean of the right ones."""
    h = 1.0 / STEPS
    W = run.brownian(STEPS, dim=2)
    moments = run.expectation(observe_sums, W)
    yield Row(
        statement=f"E (R_1 - R_0)^2, t dW, n = {STEPS}",
        exact=h * h,
        measured=moments[0].estimate(),
        twin=1 + 2 * h,
        twin_statement="T^2 + 2 T h, as for W dW",
        limit=0.0,
    )
    yield Row(
        statement=f"E (R_1 - R_0)^2, W' dW, n = {STEPS}",
        exact=h,
        measured=moments[1].estimate(),
        twin=1 + 2 * h,
        twin_statement="T^2 + 2 T h, as for W dW",
        limit=0.0,
    )
    yield Row(
        statement=f"E R_1, W' dW, n = {STEPS}",
        exact=0.0,
        measured=moments[2].estimate(),
        twin=1.0,
        twin_statement="T, as for W dW",
        limit=0.0,
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """An integrand of the figure, with the exact root mean square of R_1 - R_0 on n steps."""

    name: str
    formula: str
    f: Callable[[Array], Array]  # of the paths (W, W')
    exact: Callable[[Array], Array]  # of the numbers of steps


CASES = (
    Case(
        name="W dW",
        formula="√(T$^2$ + 2hT)",
        f=lambda w: w[..., 0],
        exact=lambda n: np.sqrt(1 + 2 / n),
    ),
    Case(
        name="W′ dW",
        formula="√(hT)",
        f=lambda w: w[..., 1],
        exact=lambda n: np.sqrt(1 / n),
    ),
    Case(
        name="t dW",
        formula="h √T",
        f=lambda w: np.linspace(0.0, 1.0, w.shape[1])[None, :],
        exact=lambda n: 1 / n,
    ),
)


def observe_gaps(w: Array) -> tuple[Array, ...]:
    """Return (R_1 - R_0)^2 of each case, for paths w of W and W'."""
    return tuple(squared_gap(case.f(w), w[..., 0]) for case in CASES)


@spread.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the root mean square of R_1 - R_0 against the number of steps, for three integrands."""
    from stochcalc.plot import curve, name_line, points, tell_points_from_lines

    sizes: Array = np.array([4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0])
    measured = []
    for n in sizes:
        W = run.brownian(int(n), paths=20_000, dim=2)
        squares = run.expectation(observe_gaps, W)
        measured.append([take_root(squares[i].estimate()) for i in range(len(CASES))])
    for i, case in enumerate(CASES):
        exact = case.exact(sizes)
        points(ax, sizes, [estimates[i] for estimates in measured], "", i)
        curve(ax, sizes, exact, "", i)
        name_line(ax, sizes[-1], exact[-1], f"{case.name}: {case.formula}", i)
    tell_points_from_lines(ax)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of steps n",
        ylabel="RMS of R(λ = 1) − R(λ = 0)",
        title="For g(t) dW and independent W′ dW, λ does not matter;\n"
        "for W dW the difference tends to T",
    )
    ax.legend()
    return ax
