"""G28: the bias of the unadjusted Langevin algorithm on N(0, 1/k).

x + (h/2) s(x) + sqrt(h) z with s = -k x multiplies x by rho = 1 - k h/2: V_n = V (1 - rho^(2n)) from x_0 = 0, with
V = (1/k)/(1 - k h/4).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.langevin import sample

N = 40


def variance(run: Run, k: float, h: float, paths: int) -> Any:
    """Moments of the chains after N steps."""
    chains = sample(lambda x, k: -k * x, 0.0, step=h, n=N, chains=paths, thin=N, save="stats", args=(k,), key=run.key,
                    workers=run.workers, progress=run.progress)
    return chains.moments[-1]


@claim("G28", "langevin", "ULA samples N(0, 1/k) with variance (1/k) / (1 - k h/4)")
def langevin_bias(run: Run) -> Finding:
    """Variances of chains on two targets."""
    rows = []
    for k, h in ((1.0, 0.5), (2.0, 0.4)):
        limit = 1 / k / (1 - k * h / 4)
        exact = limit * (1 - (1 - k * h / 2) ** (2 * N))
        measured = variance(run, k, h, run.paths).mean_square()
        twin, wrong = (1 / k, "1/k: no bias") if k == 1.0 else (
            1 / k / (1 - k * h / 2), "(1/k)/(1 - k h/2), the other convention")
        rows.append(Row(f"E x_n^2, k = {k:g}, h = {h:g}, n = {N}", exact, measured, twin, wrong, run.paths, limit))

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, limit_line, points
        steps, grid = np.array([0.1, 0.25, 0.5, 1.0, 1.5, 2.0]), np.linspace(0.09, 2.0, 100)
        points(ax, steps, [variance(run, 1.0, float(h), 50_000).mean_square() for h in steps], "variance of the chains ± 2 se")
        exact = (1 - (1 - grid / 2) ** (2 * N)) / (1 - grid / 4)
        curve(ax, grid, exact, f"(1 − (1 − h/2)$^{{2n}}$) / (1 − h/4), exact, n = {N}", 1)
        curve(ax, grid, 1 / (1 - grid / 4), "n → ∞", 2)
        limit_line(ax, 1.0, "the target's variance")
        ax.set(xlabel="step h of x + (h/2) s + √h z", ylabel="variance",
               title="ULA on N(0, 1) is biased, by a known amount")
        ax.legend()
        return ax

    return Finding(tuple(rows), draw)
