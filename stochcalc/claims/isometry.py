"""G13: Ito's isometry, E I = 0 and E I^2 = E int G^2 dt, exactly for step processes: here the left sums with n = 8."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.brownian import brownian
from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.riemann import RiemannSum, total

N = 8


@claim("G13", "integrals", "Ito's isometry: E I = 0 and E I^2 = E int G^2 dt for step processes")
def isometry(run: Run) -> Finding:
    """Second moments of left sums of W, t and exp(W/2)."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)
    t, dt = W.t[:-1], W.partition.steps
    cases = (
        # G, sum of E G^2 dt, a wrong value and what it would mean, the limit
        ("W", lambda t, w: w, (t * dt).sum(), 0.5, "T^2/2 already at n = 8", 0.5),
        ("t", lambda t, w: t, (t * t * dt).sum(), 1 / 3, "T^3/3 already at n = 8", 1 / 3),
        ("exp(W/2)", lambda t, w: math.exp(0.5 * w), (np.exp(t / 2) * dt).sum(), float((np.exp(t / 4) * dt).sum()),
         "int (E G)^2 dt", 2 * math.expm1(0.5)),
    )
    rows = []
    for name, G, exact, twin, wrong, limit in cases:
        (ito,) = run.measure(RiemannSum(G, W, 0.0, "time").job(total, 1, np.array([N]), save_rows=False))
        if name == "W":
            wrong_mean = "T/2, Stratonovich's mean"
            rows.append(Row("E int W dW, left sums, n = 8", 0.0, ito.estimate(), 0.5, wrong_mean, run.paths, 0.0))
        statement = f"E (int {name} dW)^2, left sums, n = 8"
        rows.append(Row(statement, float(exact), ito.mean_square(), twin, wrong, run.paths, limit))

    def draw(ax: Any) -> Any:
        from stochcalc.plot import plot_isometry
        sides = []
        for n in (2, 4, 8, 16, 32, 64):
            W = brownian(1.0, n, paths=20_000, store=False, key=run.key)
            job = RiemannSum(cases[0][1], W, 0.0, "time").job(total, 1, np.array([n]), save_rows=False)
            sides.append((n, Run(20_000, run.key, run.workers).measure(job)[0].mean_square(), 0.5 * (1 - 1 / n)))
        return plot_isometry(sides, ax=ax)

    return Finding(tuple(rows), draw)
