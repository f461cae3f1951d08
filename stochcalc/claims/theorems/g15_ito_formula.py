"""G15: Ito's formula. F(W_T) - F(0) - sum f dW - 1/2 sum f' dt is left over on a grid, and tends to
0.

For f = w^2 a step leaves w (dW^2 - h) + dW^3/3, so the residual has mean 0 and variance sum (2 t_k
h^2 + 5/3 h^3) exactly. Without the last sum, what is left over is int W dt there, which does not
vanish.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.integrals.ito_formula import ito_residual, make_ito_job
from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.motion.brownian import brownian

N = 64


def cube(w: float) -> float:
    """F(w) = w^3/3."""
    return w * w * w / 3.0


def square(w: float) -> float:
    """f(w) = w^2."""
    return w * w


def twice(w: float) -> float:
    """f'(w) = 2 w."""
    return 2.0 * w


def exponential(w: float) -> float:
    """F = f = f' = exp."""
    return math.exp(w)


def variance(n: int) -> float:
    """Of the residual for f = w^2."""
    h = 1.0 / n
    return h * h * (n - 1.0) + 5.0 / 3.0 * h * h


def uncorrected(n: int) -> float:
    """E (residual + sum W_k h)^2: what is left over without the last sum.

    d_k^3/3 correlates with later W_j, E d^4/3 = h^2.
    """
    k, h = np.arange(n), 1.0 / n
    area = float(np.minimum.outer(k, k).sum()) * h**3
    return variance(n) + area + 2.0 * float((n - 1 - k).sum()) * h**3


def squared_residual(t: float, x: Any, args: Any) -> float:
    """Observe (F(W) - F(0) - sums)^2 for F = w^3/3 on the state (W, sums)."""
    left = x[0] * x[0] * x[0] / 3.0 - x[1]
    return left * left


def exponential_residual(t: float, x: Any, args: Any) -> float:
    """Observe the residual for F = exp."""
    return math.exp(x[0]) - 1.0 - x[1]


@claim(
    "G15",
    chapter="integrals",
    title="Ito's formula holds with its term 1/2 int f' dt, and with it only",
)
def ito_formula(run: Run) -> Finding:
    """Mean square of the residual for f = w^2, mean for f = exp."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)
    (left,) = run.measure(make_ito_job(square, twice, W, squared_residual, 1, save_rows=False))
    (mean,) = run.measure(
        make_ito_job(exponential, exponential, W, exponential_residual, 1, save_rows=False)
    )
    exact = math.expm1(0.5) - 0.5 / N * float(np.exp(W.t[:-1] / 2).sum())
    rows = (
        Row(
            statement=f"E residual^2, f = w^2, n = {N}",
            exact=variance(N),
            measured=left.estimate(),
            twin=uncorrected(N),
            twin_statement="without 1/2 sum f' dt",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement=f"E residual, f = exp w, n = {N}",
            exact=exact,
            measured=mean.estimate(),
            twin=math.expm1(0.5),
            twin_statement="without 1/2 sum f' dt",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, points

        sizes = 2 ** np.arange(2, 10)
        with_term: list[Estimate] = []
        without: list[Estimate] = []
        for n in sizes:
            V = brownian(1.0, int(n), paths=10_000, key=run.key)
            whole = ito_residual(cube, square, twice, V)
            half = V.values[:, -1] ** 3 / 3.0 - riemann_sum(lambda t, w: w * w, V)
            for residual, into in ((whole, with_term), (half, without)):
                rms = math.sqrt(np.mean(residual**2))
                into.append(
                    Estimate.normal(rms, np.std(residual**2) / math.sqrt(len(residual)) / (2 * rms))
                )
        points(ax, sizes, with_term, "with ½ Σ f′ Δt", 0)
        points(ax, sizes, without, "without it", 1)
        curve(
            ax,
            sizes,
            [math.sqrt(variance(int(n))) for n in sizes],
            "√(Σ 2tΔ$^2$ + 5/3 Δ$^3$), exact",
            0,
        )
        curve(ax, sizes, [math.sqrt(uncorrected(int(n))) for n in sizes], "exact without it", 1)
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="number of steps n",
            ylabel="RMS of what is left over",
            title="Ito's formula for F = w³/3: only with ½ Σ f′ Δt does the rest vanish",
        )
        ax.legend()
        return ax

    return Finding(rows, draw)
