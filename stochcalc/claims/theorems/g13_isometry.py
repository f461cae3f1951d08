"""G13: Ito's isometry, E I = 0 and E I^2 = E int G^2 dt, exactly for step processes: here the left
sums with n = 8.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.integrals.riemann_steps import RiemannSum, observe_sum
from stochcalc.motion.brownian import brownian

N, FINE = 8, 8  # steps, and grid times in each to see what happens inside


def step_error(w: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """int (W^n - W)^2 dt, W^n the left-end value in each of n steps: the trapezoid rule in each,
    exact in mean.
    """
    m = (w.shape[1] - 1) // n
    inside = w[:, 1:].reshape(len(w), n, m) - w[:, :-1:m, None]
    weights = np.full(m, 1.0 / (n * m))
    weights[-1] /= 2
    return (inside**2 * weights).sum(axis=(1, 2))


def around_limit(t: float, x: Any, args: Any) -> Any:
    """Observe the sum, the path's end and the squared distance of the sum from (W_T^2 - T)/2, on
    the state (W, sum).
    """
    error = x[1] - 0.5 * (x[0] * x[0] - t)
    return x[1], x[0], error * error


@claim(
    "G13",
    chapter="integrals",
    title="Ito's isometry: E I = 0 and E I^2 = E int G^2 dt for step processes",
)
def isometry(run: Run) -> Finding:
    """Second moments of left sums of W, t and exp(W/2)."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)
    t, dt = W.t[:-1], W.partition.steps
    cases = (
        # G, sum of E G^2 dt, a wrong value and what it would mean, the limit
        ("W", lambda t, w: w, (t * dt).sum(), 0.5, "T^2/2 already at n = 8", 0.5),
        ("t", lambda t, w: t, (t * t * dt).sum(), 1 / 3, "T^3/3 already at n = 8", 1 / 3),
        (
            "exp(W/2)",
            lambda t, w: math.exp(0.5 * w),
            (np.exp(t / 2) * dt).sum(),
            float((np.exp(t / 4) * dt).sum()),
            "int (E G)^2 dt",
            2 * math.expm1(0.5),
        ),
    )
    rows = []
    for name, G, exact, twin, wrong, limit in cases:
        (ito,) = run.measure(
            RiemannSum(G, W, 0.0, "time").job(observe_sum, 1, np.array([N]), save_rows=False)
        )
        if name == "W":
            wrong_mean = "T/2, Stratonovich's mean"
            rows.append(
                Row(
                    statement="E int W dW, left sums, n = 8",
                    exact=0.0,
                    measured=ito.estimate(),
                    twin=0.5,
                    twin_statement=wrong_mean,
                    paths=run.paths,
                    limit=0.0,
                )
            )
        statement = f"E (int {name} dW)^2, left sums, n = 8"
        rows.append(
            Row(
                statement=statement,
                exact=float(exact),
                measured=ito.mean_square(),
                twin=twin,
                twin_statement=wrong,
                paths=run.paths,
                limit=limit,
            )
        )

    fine = brownian(1.0, N * FINE, paths=run.paths, store=False, key=run.key)
    distance = run.expect(lambda w: step_error(w, N), fine)
    rows.append(
        Row(
            statement=f"E int (W^n - W)^2 dt, n = {N}",
            exact=0.5 / N,
            measured=distance.estimate(),
            twin=1 / (6 * N),
            twin_statement="1/(6n), the polygon's error",
            paths=run.paths,
            limit=0.0,
        )
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, limit_line, panels, points

        left, right = panels(
            ax,
            2,
            "Ito's isometry holds at every n, and turns a distance of integrands into one of "
            "integrals",
        )
        sizes, moments, distances, errors = np.array([2, 4, 8, 16, 32, 64]), [], [], []
        for n in sizes:
            W = brownian(1.0, int(n), paths=20_000, store=False, key=run.key)
            job = RiemannSum(cases[0][1], W, 0.0, "time").job(
                around_limit, 3, np.array([int(n)]), save_rows=False
            )
            sums, _, error = run.measure(job, 3)
            moments.append(sums.mean_square())
            errors.append(error.estimate())
            W = brownian(1.0, int(n) * FINE, paths=4096, store=False, key=run.key)
            distances.append(run.expect(lambda w, n=n: step_error(w, int(n)), W).estimate())
        points(left, sizes, moments, "E I², measured ± 2 standard errors", 0)
        curve(left, sizes, 0.5 * (1 - 1 / sizes), "E ∫ G² dt = T²/2 (1 − 1/n), exact", 1)
        limit_line(left, 0.5, "T²/2")
        left.set(xlabel="number of steps n", ylabel="second moment, G = W at left ends")
        points(right, sizes, errors, "E (Σ W ΔW − ∫ W dW)²", 0)
        points(right, sizes, distances, "E ∫ (W$^n$ − W)² dt", 1)
        curve(right, sizes, 0.5 / sizes, "T²/(2n), exact", 1)
        right.set(yscale="log", xlabel="number of steps n", ylabel="squared distance to the limit")
        for panel in (left, right):
            panel.set(xscale="log", xticks=sizes, xticklabels=map(str, sizes))
            panel.minorticks_off()
            panel.legend()
        return ax

    return Finding(tuple(rows), draw)
