"""G20: Levy's area A = 1/2 int (W' dW'' - W'' dW'), of variance T^2/4 and characteristic function
1/cosh(uT/2).

Given one component, left sums are normal in the other, so E exp(iuA) = det(1 + (uh/2)^2 S
S^T)^(-1/2) with S the matrix of signs: prod_k (1 + (uh/2)^2 cot^2((2k - 1) pi/(2n)))^(-1/2). The
area is far from normal.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.integrals.path_areas import area, levy_area
from stochcalc.motion.brownian import brownian

N, U = 40, 4.0


def characteristic(u: float, n: int) -> float:
    """E cos(u A) for left sums on n steps of [0, 1]."""
    k = np.arange(1, n + 1)
    return float(
        np.prod((1.0 + (0.5 * u / n / np.tan((2 * k - 1) * np.pi / (2 * n))) ** 2) ** -0.5)
    )


@claim(
    "G20",
    chapter="integrals",
    title="Levy's area has variance T^2/4 and characteristic function 1/cosh(uT/2)",
)
def levys_area(run: Run) -> Finding:
    """Variance and characteristic function of left sums on forty steps."""
    W = brownian(1.0, N, paths=run.paths, dim=2, store=False, key=run.key)

    def numbers(w: Any) -> Any:
        A = area(w, 0, 1)[:, -1]
        return A, np.cos(U * A)

    found, variance = run.expect(numbers, W, 2), (1 - 1 / N) / 4
    rows = (
        Row(
            statement=f"E A^2, n = {N}",
            exact=variance,
            measured=found[0].mean_square(),
            twin=1 / 12,
            twin_statement="T^2/12, its value at dW = 0",
            paths=run.paths,
            limit=0.25,
        ),
        Row(
            statement=f"E cos({U:g} A), n = {N}",
            exact=characteristic(U, N),
            measured=found[1].estimate(),
            twin=math.exp(-U * U * variance / 2),
            twin_statement="exp(-u^2 Var/2), as for a normal",
            paths=run.paths,
            limit=1 / math.cosh(U / 2),
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, histogram, panels

        left, right = panels(
            ax, 2, "The area between path and chord: Lévy's law, with its long tails", widths=(2, 3)
        )
        one = brownian(1.0, 1000, dim=2, key=run.key).values[0]
        left.fill(one[:, 0], one[:, 1], color=COLOURS[5], alpha=0.35, lw=0)
        left.plot(one[:, 0], one[:, 1], color=COLOURS[0], lw=0.8, label="(W′, W″)")
        left.plot(
            one[[0, -1], 0], one[[0, -1], 1], color=COLOURS[1], ls="--", lw=1.6, label="chord"
        )
        left.set(
            xlabel="W′",
            ylabel="W″",
            aspect="equal",
            title=f"A = {area(one[None], 0, 1)[0, -1]:+.3f}",
        )
        left.legend()
        samples, x = (
            levy_area(brownian(1.0, N, paths=100_000, dim=2, store=False, key=run.key)),
            np.linspace(-2, 2, 300),
        )
        histogram(right, samples, np.linspace(-2, 2, 81), "100000 paths")
        curve(right, x, 1 / np.cosh(np.pi * x), "sech(πx/T)/T", 1)
        curve(right, x, np.sqrt(2 / np.pi) * np.exp(-2 * x * x), "normal of the same variance", 2)
        right.set(xlabel="area A", ylabel="density", yscale="log", ylim=(1e-3, 2))
        right.legend()
        return ax

    return Finding(rows, draw)
